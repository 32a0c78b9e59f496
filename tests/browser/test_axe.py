"""The checker that other tests rely on sees a fault, and one that is there in the dark only."""

import pytest
from playwright.async_api import Browser

from tests.browser.axe import barriers, is_for_everyone

PAGE = """<!doctype html><html lang="vi"><title>Trang</title><style>
body {{ color: #111; background: #fff; }}
@media (prefers-color-scheme: dark) {{ body {{ color: {dark}; background: #000; }} }}
</style><main><h1>Lý Sơn</h1>{more}</main>"""


@pytest.mark.parametrize(
    ("dark", "more", "found"),
    [
        ("#eee", "", []),
        ("#333", "", ["dark: color-contrast"]),
        ("#eee", "<input>", ["light: label"]),
    ],
)
async def test_a_fault_is_seen(browser: Browser, dark: str, more: str, found: list[str]) -> None:
    """A text that is hard to read in the dark alone, a field without a name; and nothing else."""
    page = await browser.new_page()
    await page.set_content(PAGE.format(dark=dark, more=more))

    seen = [line.rsplit(": ", 1)[0] for line in await barriers(page)]

    assert seen == found


@pytest.mark.parametrize(
    ("wide", "told"),
    [("color: #ddd", "1280: color-contrast"), ("width: 2000px", "2008 of 1280")],
)
async def test_a_fault_of_one_width_is_seen(browser: Browser, wide: str, told: str) -> None:
    """What is hard to read, or stands out, in a wide window alone."""
    page = await browser.new_page()
    style = f"<style>@media (min-width: 700px) {{ p {{ {wide}; }} }}</style>"
    await page.set_content(PAGE.format(dark="#eee", more=f"{style}<p>Đảo</p>"))

    with pytest.raises(AssertionError, match=told):
        await is_for_everyone(page, 320, 1280)
