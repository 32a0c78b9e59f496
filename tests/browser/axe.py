"""The accessibility checker axe-core, in light colours and in the dark."""

import json

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that look at colours: in the dark no other can find what it does not find in light."""


async def barriers(page: Page) -> list[str]:
    """What axe finds on a page as it stands: nothing moves meanwhile, and it stays in the light."""
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    report = await Axe().run(page)
    await page.emulate_media(color_scheme="dark")
    options = json.dumps({"resultTypes": ["violations"], "runOnly": COLOURS})
    dark = await page.evaluate(f"axe.run({options})")
    await page.emulate_media(color_scheme="light")
    found = (("light", report.response["violations"]), ("dark", dark["violations"]))
    return [
        f"{scheme}: {one['id']}: {one['nodes'][0]['html'][:120]}"
        for scheme, violations in found
        for one in violations
    ]


async def is_for_everyone(page: Page, width: int) -> None:
    """Nothing stands out at the side of a window this wide, and axe finds nothing."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert await barriers(page) == [], page.url
