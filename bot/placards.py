"""Posters with QR codes, A4, from words to PDF or PNG. Pure."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from bot.i18n import _
from bot.lettering import Sheet
from bot.pictures import DEEP, EMBLEM, FOAM, GOLD, INK, SEA, SOFT, WHITE

DPI = 200
SIZE = WIDTH, HEIGHT = 1654, 2339
"""A4 at that many dots an inch: a code of 600 dots is 76 mm wide."""
EDGE = 110
FLOOR = 1330
"""Where the white part with the codes begins."""


@dataclass(frozen=True)
class Code:
    """A QR code: the channel, where it leads, and what is typed there, for those it needs."""

    channel: str
    address: str
    typed: str = ""


@dataclass(frozen=True)
class Poster:
    """What a poster says, in words ready to be drawn."""

    brand: str
    operator: str
    over: str
    title: str
    lines: tuple[str, ...]
    what: str
    call: str
    codes: tuple[Code, ...]
    note: str


# Drawing


def png(poster: Poster) -> bytes:
    """The poster as a PNG that prints as A4."""
    return _saved(poster, "PNG")


def pdf(poster: Poster) -> bytes:
    """The poster as a page of PDF."""
    return _saved(poster, "PDF")


def _saved(poster: Poster, kind: str) -> bytes:
    made = BytesIO()
    image = compose(poster).image
    if kind == "PDF":
        image.save(made, "PDF", resolution=float(DPI), title=poster.title)
    else:
        image.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
            made, "PNG", dpi=(DPI, DPI)
        )
    return made.getvalue()


def compose(poster: Poster) -> Sheet:
    """The poster on its sheet, with the boxes of its texts."""
    sheet = Sheet(Image.new("RGB", SIZE, WHITE))
    _ground(sheet)
    inner, left = WIDTH - 2 * EDGE, EDGE
    beside = WIDTH - EDGE - 330
    sheet.write(poster.brand, (330, 96), (beside, 96), (66, 54), weight="Bold")
    sheet.write(poster.operator, (330, 190), (beside, 60), (40, 34), fill=FOAM)
    sheet.write(poster.over, (left, 350), (inner, 90), (64, 54), weight="Bold", fill=GOLD)
    titles = (124, 108, 92, 80, 68)
    sheet.write(poster.title, (left, 440), (inner, 400), titles, weight="Bold", lines=3)
    top = 866
    for line in poster.lines[:2]:
        sheet.write(line, (left, top), (inner, 130), (62, 54, 46, 40), weight="Bold", lines=2)
        top += 136
    sheet.write(poster.what, (left, top), (inner, 170), (48, 42, 36), fill=FOAM, lines=3)
    _codes_on(sheet, poster)
    return sheet


def _ground(sheet: Sheet) -> None:
    sheet.pen.rectangle((0, 0, WIDTH, FLOOR), DEEP)
    sheet.pen.rectangle((0, 0, WIDTH, 300), SEA)
    sheet.pen.rectangle((0, 300, WIDTH, 308), GOLD)
    sheet.pen.ellipse((EDGE - 6, 64, EDGE + 184, 254), FOAM)
    with Image.open(EMBLEM) as emblem:
        small = emblem.resize((178, 178), Image.Resampling.LANCZOS)
    sheet.image.paste(small, (EDGE, 70), small)


def _codes_on(sheet: Sheet, poster: Poster) -> None:
    """The first code large with what it is for, the others beside it, smaller."""
    inner = WIDTH - 2 * EDGE
    sheet.write(
        poster.call, (EDGE, FLOOR + 30), (inner, 110), (84, 72, 60), weight="Bold", fill=SEA
    )
    first, *others = poster.codes or (None,)
    side = 640
    if first is not None:
        sheet.code(first.address, (EDGE - 20, FLOOR + 150), side)
        shown = first.address.split("://")[-1]
        sheet.write(shown, (EDGE, FLOOR + 150 + side), (side, 70), (36, 30, 26), fill=INK, lines=2)
    for number, code in enumerate(others[:2]):
        _beside(sheet, code, (EDGE + side + 60, FLOOR + 164 + number * 340))
    sheet.write(poster.note, (EDGE, HEIGHT - 120), (inner, 84), (36, 32), fill=SOFT, lines=2)


def _beside(sheet: Sheet, code: Code, at: tuple[int, int]) -> None:
    side = 300
    sheet.code(code.address, at, side)
    left, room = at[0] + side + 30, WIDTH - EDGE - at[0] - side - 30
    put = (left, at[1] + 30), (room, 70)
    sheet.write(code.channel, *put, (56, 48), weight="Bold", fill=INK)
    if code.typed:
        how = _("Quét, quan tâm, rồi nhắn:")
        sheet.write(how, (left, at[1] + 104), (room, 90), (32, 28), fill=SOFT, lines=2)
        sheet.write(
            code.typed,
            (left, at[1] + 196),
            (room, 90),
            (36, 30, 26),
            weight="Bold",
            fill=INK,
            lines=2,
        )
