"""QR codes as pictures of lines: for the wall, and for links shown once."""

import io

import segno
from markupsafe import Markup


def svg(text: str) -> bytes:
    """A QR code as an SVG file."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=8, border=2, light="#ffffff")
    return out.getvalue()


def inline(text: str) -> Markup:
    """A QR code to stand inside a page."""
    code = segno.make(text, error="m")
    picture = code.svg_inline(scale=6, border=2, light="#ffffff", omitsize=True, svgclass="qr")
    return Markup(picture)  # noqa: S704 - drawn by segno from the text, which it encodes
