"""The accessibility checker axe-core: in light colours, in the dark, and at several widths."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

Violation = dict[str, Any]

COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that look at colours: in the dark no other can find what it does not find in light."""
LAYOUT = (*COLOURS, "scrollable-region-focusable")
"""The rules that look at where things stand: no width hides or shows a thing, so at another width
the rules of names and structure find what they found at the first."""
SHOTS = os.environ.get("BOT_SHOTS", "")
"""A folder in which pictures of the pages are left, for people to look at."""


async def barriers(page: Page) -> list[str]:
    """What axe finds on a page as it stands: nothing moves meanwhile, and it stays in the light."""
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    light = (await Axe().run(page)).response["violations"]
    await page.emulate_media(color_scheme="dark")
    dark = await _violations(page, COLOURS)
    await page.emulate_media(color_scheme="light")
    return [*_told("light", light), *_told("dark", dark)]


async def is_for_everyone(page: Page, *widths: int, shot: str = "") -> None:
    """Nothing stands out at the side of windows this wide, and axe finds nothing.

    The page is left at the first width, where all is looked at; at the others, what may differ.
    """
    height = (page.viewport_size or {"height": 740})["height"]
    for number, width in enumerate(widths):
        await page.set_viewport_size({"width": width, "height": height})
        if SHOTS and shot:
            await page.screenshot(path=Path(SHOTS) / f"{shot}-{width}.png", full_page=True)
        taken = await page.evaluate("document.documentElement.scrollWidth")
        assert taken <= width, f"{page.url}: {taken} of {width} pixels"
        if number == 0:
            found = await barriers(page)
        else:
            found = _told(str(width), await _violations(page, LAYOUT))
        assert not found, f"{page.url}: {found}"
    await page.set_viewport_size({"width": widths[0], "height": height})


async def _violations(page: Page, rules: Sequence[str]) -> list[Violation]:
    """What some rules find, where all have been run before."""
    options = json.dumps({"resultTypes": ["violations"], "runOnly": rules})
    found = await page.evaluate(f"axe.run({options})")
    return list(found["violations"])


def _told(where: str, violations: Sequence[Violation]) -> list[str]:
    return [f"{where}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in violations]
