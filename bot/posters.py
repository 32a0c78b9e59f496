"""Pictures that announce: the card of an event or an answer, DX Day's banner and poster. Pure."""

from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from io import BytesIO
from math import pi, sin

from PIL import Image, ImageDraw

from bot.lettering import Sheet
from bot.pictures import COLOURS, DEEP, EMBLEM, FOAM, GOLD, INK, NO_DITHER, SEA, SOFT, WHITE

DESIGN = 1
"""Part of a picture's version: a new design is a new picture."""
FLYER = 1080, 1350
BANNER = 3000, 1000
DOTS = 200
"""Dots an inch of the poster: sharp at arm's length, and a file that can be sent."""
LEAF = 1200, 630
"""What networks show beside a link."""
A3 = 2339, 3307
"""297 x 420 mm at DOTS."""
LINES = 6
"""Lines of a programme that a poster has room for."""
Size = tuple[int, int]
DATE = "10/10"


@dataclass(frozen=True)
class Flyer:
    """What the card of an event or a story says, in words ready to be drawn."""

    brand: str
    kind: str
    title: str
    status: str
    """What changed; empty: nothing."""
    when: str
    where: str
    what: str
    call: str
    """What the QR code is for."""
    address: str
    """Where it leads; empty: no code."""


@dataclass(frozen=True)
class Leaf:
    """What stands beside a link to an answer that is shared."""

    brand: str
    kind: str
    title: str
    told: str
    """The beginning of the answer."""
    source: str


@dataclass(frozen=True)
class Banner:
    """What the banner and the poster of DX Day say."""

    brand: str
    title: str
    slogan: str
    programme: tuple[str, ...]
    by: str
    call: str
    address: str


def version(picture: Flyer | Banner | Leaf) -> str:
    """The name of a picture's content: the same words give the same picture."""
    return blake2b(f"{DESIGN}{picture!r}".encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=16)
def flyer(card: Flyer) -> bytes:
    """The card as PNG, 1080 x 1350."""
    return _png(compose(card).image)


@lru_cache(maxsize=32)
def leaf(card: Leaf) -> bytes:
    """The card of an answer as PNG, 1200 x 630."""
    return _png(turned(card).image)


@lru_cache(maxsize=2)
def banner(told: Banner) -> bytes:
    """The banner as PNG, 3000 x 1000."""
    return _png(hung(told).image)


def poster(told: Banner) -> bytes:
    """The poster as PDF, one page A3."""
    made = BytesIO()
    image = pinned(told).image
    image.save(made, "PDF", resolution=DOTS, quality=90, title=f"{told.title} {DATE}")
    return made.getvalue()


def _png(image: Image.Image) -> bytes:
    made = BytesIO()
    few = image.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=NO_DITHER)
    few.save(made, "PNG", compress_level=6)
    return made.getvalue()


# Layouts


def compose(card: Flyer) -> Sheet:
    """The card of an event on its sheet, with the boxes of its texts."""
    sheet = Sheet(_ground(FLYER, 560).copy())
    _emblem(sheet, (64, 64), 128)
    sheet.write(card.brand, (224, 62), (792, 56), (38, 32), fill=FOAM)
    sheet.write(card.kind, (224, 120), (792, 72), (48, 40, 32), weight="Bold", fill=GOLD)
    titles = (92, 80, 70, 60, 52, 44)
    sheet.write(card.title, (64, 226), (952, 352), titles, weight="Bold", lines=4)
    sheet.pen.rounded_rectangle((64, 600, 1016, 1046), 36, WHITE)
    if card.status:
        sheet.pen.rounded_rectangle(
            (64, 600, 1016, 678), 36, GOLD, corners=(True, True, False, False)
        )
        sheet.write(
            card.status, (540, 606), (900, 66), (44, 36), weight="Bold", fill=INK, anchor="m"
        )
    _facts(sheet, card, 690 if card.status else 624)
    if card.address:
        _call(sheet, (card.call, card.address), (64, 1088), 200, (46, 38, 32))
    return sheet


def turned(card: Leaf) -> Sheet:
    """The card of an answer on its sheet, with the boxes of its texts."""
    sheet = Sheet(_ground(LEAF, 300).copy())
    inner = LEAF[0] - 128
    _emblem(sheet, (64, 48), 104)
    sheet.write(card.brand, (196, 44), (inner - 132, 52), (34, 28), fill=FOAM)
    sheet.write(card.kind, (196, 96), (inner - 132, 56), (38, 32, 26), weight="Bold", fill=GOLD)
    titles = (72, 64, 56, 48, 42, 36)
    sheet.write(card.title, (64, 172), (inner, 210), titles, weight="Bold", lines=3)
    sheet.pen.rounded_rectangle((64, 400, LEAF[0] - 64, 540), 28, WHITE)
    sheet.write(card.told, (96, 408), (inner - 64, 124), (36, 32, 28), fill=INK, lines=3)
    sheet.write(card.source, (64, 556), (inner, 46), (26, 22), fill=FOAM)
    return sheet


def _facts(sheet: Sheet, card: Flyer, top: int) -> None:
    """When, where and what, one below the other; what is empty leaves its room to the rest."""
    parts = (
        (card.when, 96, (50, 44, 38, 32), "Bold", INK, 2),
        (card.where, 84, (42, 36, 30), "Regular", INK, 2),
        (card.what, 176, (36, 32, 28), "Regular", SOFT, 4),
    )
    told = [part for part in parts if part[0]]
    for number, (text, high, sizes, weight, fill, lines) in enumerate(told):
        last = number == len(told) - 1
        room = 1030 - top if last else high
        many = room // 42 if last else lines
        bold = "Bold" if weight == "Bold" else "Regular"
        sheet.write(text, (104, top), (872, room), sizes, weight=bold, fill=fill, lines=many)  # type: ignore[arg-type]
        top += high + 12


def hung(told: Banner) -> Sheet:
    """The banner on its sheet: read from across the street."""
    sheet = Sheet(_ground(BANNER, 640).copy())
    _emblem(sheet, (90, 90), 190)
    sheet.write(told.brand, (320, 92), (1300, 90), (64, 52), fill=FOAM)
    sheet.write(told.by, (320, 186), (1300, 80), (52, 44, 36), fill=FOAM)
    sheet.write(DATE, (90, 300), (1120, 620), (400, 380, 360, 340), weight="Bold", fill=GOLD)
    wide = 1220 if told.address else 1660
    titles = (150, 130, 112, 96, 80)
    sheet.write(told.title, (1250, 300), (wide, 340), titles, weight="Bold", lines=2)
    slogans = (92, 80, 70, 60, 50)
    sheet.write(told.slogan, (1250, 660), (wide, 260), slogans, fill=FOAM, lines=3)
    if told.address:
        sheet.code(told.address, (2510, 300), 400)
        sheet.write(told.call, (2710, 716), (400, 130), (44, 38, 32), anchor="m", lines=2)
        sheet.write(
            _host(told.address), (2710, 850), (400, 60), (38, 32, 26), fill=FOAM, anchor="m"
        )
    return sheet


def pinned(told: Banner) -> Sheet:
    """The poster on its sheet: for the wall of a house of culture."""
    sheet = Sheet(_ground(A3, 1330).copy())
    middle, inner = A3[0] // 2, A3[0] - 300
    _emblem(sheet, (150, 150), 260)
    sheet.write(told.brand, (460, 160), (inner - 310, 120), (88, 72), weight="Bold", fill=WHITE)
    sheet.write(told.by, (460, 284), (inner - 310, 100), (64, 52), fill=FOAM)
    sheet.write(
        DATE, (middle, 460), (inner, 640), (490, 460, 430), weight="Bold", fill=GOLD, anchor="m"
    )
    titles = (150, 130, 112)
    sheet.write(
        told.title, (middle, 1110), (inner, 240), titles, weight="Bold", anchor="m", lines=2
    )
    slogans = (104, 92, 80, 70)
    sheet.write(told.slogan, (middle, 1370), (inner, 300), slogans, fill=FOAM, anchor="m", lines=2)
    _programme(sheet, told.programme[:LINES])
    if told.address:
        _call(sheet, (told.call, told.address), (150, 2720), 430, (110, 92, 76))
    return sheet


def _programme(sheet: Sheet, lines: tuple[str, ...]) -> None:
    """The day's programme in its white field."""
    sheet.pen.rounded_rectangle((150, 1730, A3[0] - 150, 2650), 70, WHITE)
    room = min(840 // max(1, len(lines)), 210)
    first = 1770 + (840 - room * len(lines)) // 2
    for number, line in enumerate(lines):
        at = (220, first + number * room)
        sheet.write(line, at, (A3[0] - 440, room - 12), (76, 66, 58, 50, 44), fill=INK, lines=3)


def _call(sheet: Sheet, told: tuple[str, str], at: Size, side: int, sizes: tuple[int, ...]) -> None:
    """The QR code with what it is for and where it leads."""
    sheet.code(told[1], at, side)
    left, room = at[0] + side + side // 6, sheet.image.width - 2 * at[0] - side - side // 6
    high = side * 3 // 5
    sheet.write(told[0], (left, at[1]), (room, high), sizes, weight="Bold", lines=2)
    small = tuple(size * 3 // 4 for size in sizes)
    sheet.write(_host(told[1]), (left, at[1] + high), (room, side - high), small, fill=FOAM)


def _host(address: str) -> str:
    return address.rpartition("://")[2].partition("/")[0]


# Grounds


def _emblem(sheet: Sheet, at: Size, side: int) -> None:
    """The emblem on its round ground."""
    sheet.image.paste(_disc(side), at, _disc(side))


@cache
def _disc(side: int) -> Image.Image:
    big = Image.new("RGBA", (side * 3, side * 3))
    ImageDraw.Draw(big).ellipse((0, 0, side * 3 - 1, side * 3 - 1), FOAM)
    disc = big.resize((side, side), Image.Resampling.LANCZOS)
    with Image.open(EMBLEM) as emblem:
        small = emblem.convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)
    disc.alpha_composite(small)
    return disc


@cache
def _ground(size: Size, shore: int) -> Image.Image:
    """A lighter sky over deep water, drawn twice as large and shrunk: smooth edges."""
    wide, high = size
    image = Image.new("RGB", (wide * 2, high * 2), SEA)
    pen = ImageDraw.Draw(image)
    step = max(70, high // 16)
    for number, fill in enumerate(("#0a668e", "#095b80", "#085373", DEEP)):
        pen.polygon(_wave(size, shore - 60 + number * step), fill)
    return image.resize(size, Image.Resampling.LANCZOS)


def _wave(size: Size, top: int) -> list[tuple[float, float]]:
    """A wave across the picture, filled to its lower edge."""
    wide, high = size
    crest = [
        (x * 2.0, (top + wide / 50 * sin(2 * pi * (x + top) / (wide / 2.5))) * 2)
        for x in range(0, wide + 8, 4)
    ]
    return [*crest, (wide * 2.0, high * 2.0), (0.0, high * 2.0)]
