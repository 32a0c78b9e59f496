"""Pictures people share: rank cards and the podium, 1080 x 1350, from words to PNG. Pure."""

from dataclasses import dataclass
from functools import cache, lru_cache, partial
from hashlib import blake2b
from io import BytesIO
from math import pi, sin
from pathlib import Path

from PIL import Image, ImageDraw

from bot.lettering import Sheet, font_of

SIZE = WIDTH, HEIGHT = 1080, 1350
EDGE = 64
DESIGN = 1
"""Part of a picture's version: a new design is a new picture."""
COLOURS, NO_DITHER = 200, Image.Dither.NONE
KEPT = 64
"""Pictures kept drawn; one is some 50 KB."""
FINE = 3
"""Backgrounds are drawn so many times larger, then shrunk: smooth edges."""
EMBLEM = Path(__file__).parent / "web" / "static" / "emblem.png"
"""`web/static/emblem.svg`, 512 pixels wide; a test compares the two in Chromium."""
SEA, DEEP, FOAM, GOLD = "#0b6e99", "#064a68", "#bfe3f2", "#f7d774"
WHITE, CREAM, INK, SOFT, BRONZE = "#ffffff", "#fffaf0", "#14242d", "#4a5f6b", "#8a6410"


@dataclass(frozen=True)
class Card:
    """What a rank card says, in words ready to be drawn: of a person, a unit or a team."""

    brand: str
    title: str
    over: str
    """What stands above the rank: "Hạng"."""
    rank: str
    under: str
    """What stands below the rank: "trên 812 người"."""
    name: str
    unit: str
    facts: tuple[tuple[str, str], ...]
    """Up to three: a label and its value."""
    call: str
    """What the QR code is for."""
    address: str
    """Where the QR code leads; empty: no code."""


@dataclass(frozen=True)
class Step:
    """Somebody on the podium."""

    rank: str
    name: str
    unit: str
    values: tuple[str, ...]
    """What they have, a line each; up to two."""


@dataclass(frozen=True)
class Podium:
    """What the podium says: the first three, the best one first."""

    brand: str
    heading: str
    title: str
    steps: tuple[Step, ...]
    note: str
    call: str
    address: str


Picture = Card | Podium


def version(picture: Picture) -> str:
    """The name of a picture's content: the same words give the same picture."""
    return blake2b(f"{DESIGN}{picture!r}".encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=KEPT)
def draw(picture: Picture) -> bytes:
    """The picture as PNG; one that was drawn before is not drawn again."""
    made = BytesIO()
    # A palette: a third of the bytes in half the time, and nobody sees the difference.
    few = compose(picture).image.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=NO_DITHER)
    few.save(made, "PNG", compress_level=6)
    return made.getvalue()


def compose(picture: Picture) -> Sheet:
    """The picture on its sheet, with the boxes of its texts."""
    sheet = Sheet(_ground(type(picture).__name__).copy())
    if isinstance(picture, Card):
        _card(sheet, picture)
    else:
        _podium(sheet, picture)
    return sheet


# Layouts


def _card(sheet: Sheet, card: Card) -> None:
    inner = WIDTH - 2 * EDGE
    beside = WIDTH - EDGE - 224
    sheet.write(card.brand, (224, 62), (beside, 46), (34, 28), fill=FOAM)
    sheet.write(card.title, (224, 106), (beside, 104), (48, 42, 36, 30), weight="Bold", lines=2)
    middle = WIDTH // 2
    sheet.write(card.over, (middle, 238), (inner, 62), (46,), fill=FOAM, anchor="m")
    sheet.write(
        card.rank, (middle, 284), (inner, 300), (228, 180), weight="Bold", fill=GOLD, anchor="m"
    )
    sheet.write(card.under, (middle, 566), (inner, 58), (42, 34), fill=FOAM, anchor="m")
    names = (96, 84, 72, 64, 56)
    sheet.write(card.name, (middle, 636), (inner, 150), names, weight="Bold", anchor="m", lines=2)
    sheet.write(card.unit, (middle, 790), (inner, 56), (42, 36, 30), fill=FOAM, anchor="m")
    _facts(sheet, card.facts)
    _call(sheet, card, (EDGE, 1084), WHITE, FOAM)


def _facts(sheet: Sheet, facts: tuple[tuple[str, str], ...]) -> None:
    """Labels with their values, side by side in the white field."""
    inner = WIDTH - 2 * EDGE - 32
    sizes = (64, 56, 48, 40, 32)
    # A long value gets a wider column, so that all are of about the same size.
    big, small = font_of("Bold", sizes[0]), font_of("Regular", 34)
    wanted = [max(big.getlength(value), small.getlength(label)) + 64 for label, value in facts]
    left = EDGE + 16
    for (label, value), wide in zip(facts, wanted, strict=True):
        column = int(wide + (inner - sum(wanted)) / len(facts))
        middle, room = left + column // 2, column - 24
        sheet.write(label, (middle, 882), (room, 50), (34, 28, 24), fill=SOFT, anchor="m")
        sheet.write(value, (middle, 936), (room, 86), sizes, weight="Bold", fill=INK, anchor="m")
        left += column


def _call(sheet: Sheet, picture: Picture, at: tuple[int, int], fill: str, soft: str) -> None:
    """The QR code with what it is for; nothing when it would lead nowhere."""
    if not picture.address:
        return
    side = 226
    sheet.code(picture.address, at, side)
    left, top = at[0] + side + 36, at[1]
    room, sizes = WIDTH - at[0] - left, (50, 44, 38)
    sheet.write(
        picture.call, (left, top + 24), (room, 118), sizes, weight="Bold", fill=fill, lines=2
    )
    host = picture.address.split("://")[-1].split("/")[0]
    sheet.write(host, (left, top + 144), (room, 50), (36, 30, 24), fill=soft)


STEPS = ((WIDTH // 2, 640), (WIDTH // 2 - 304, 712), (WIDTH // 2 + 304, 766))
"""The middle of each step of the podium, and how high it reaches: first, second, third."""
STEP_WIDE, FLOOR = 288, 984


def _podium(sheet: Sheet, podium: Podium) -> None:
    middle, inner = WIDTH // 2, WIDTH - 2 * EDGE - 64
    put = partial(sheet.write, anchor="m")
    put(podium.brand, (middle, 196), (inner, 48), (34, 28), fill=SOFT)
    put(podium.heading, (middle, 244), (inner, 92), (68, 56), weight="Bold", fill=SEA)
    put(podium.title, (middle, 336), (inner, 104), (42, 36, 30), fill=INK, lines=2)
    for (across, top), step in zip(STEPS, podium.steps, strict=False):
        _stand(sheet, step, across, top)
    put(podium.note, (middle, 996), (inner, 46), (32, 28, 24), fill=SOFT)
    _call(sheet, podium, (EDGE + 16, 1062), INK, SOFT)


def _stand(sheet: Sheet, step: Step, across: int, top: int) -> None:
    """A step with its rank and values, the name and unit above it."""
    half, room = STEP_WIDE // 2, STEP_WIDE - 24
    fill, ink = (GOLD, INK) if step.rank == "1" else (SEA, WHITE)
    box = (across - half, top, across + half, FLOOR)
    sheet.pen.rounded_rectangle(box, 20, fill, corners=(True, True, False, False))
    put = partial(sheet.write, anchor="m")
    put(step.rank, (across, top + 6), (room, 126), (92,), weight="Bold", fill=ink)
    for number, value in enumerate(step.values):
        put(value, (across, top + 126 + 44 * number), (room, 44), (32, 28, 24), fill=ink)
    put(step.unit, (across, top - 80), (STEP_WIDE, 72), (27, 24), fill=SOFT, lines=2)
    name = (46, 40, 34, 30, 26)
    put(step.name, (across, top - 208), (STEP_WIDE, 124), name, weight="Bold", fill=INK, lines=2)


# Grounds


@cache
def _ground(kind: str) -> Image.Image:
    """What all pictures of a kind have in common, drawn once."""
    wide = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), DEEP if kind == "Card" else CREAM)
    pen = ImageDraw.Draw(wide)
    if kind == "Card":
        _sea(pen)
    else:
        _frame(pen)
    image = wide.resize(SIZE, Image.Resampling.LANCZOS)
    side, at = (128, (EDGE, 64)) if kind == "Card" else (128, ((WIDTH - 128) // 2, 64))
    with Image.open(EMBLEM) as emblem:
        small = emblem.resize((side, side), Image.Resampling.LANCZOS)
    image.paste(small, at, small)
    return image


def _sea(pen: ImageDraw.ImageDraw) -> None:
    """Deep water under a lighter sky, and the white field for the facts."""
    pen.rectangle((0, 0, WIDTH * FINE, 560 * FINE), SEA)
    for top, fill in ((520, "#0a668e"), (600, "#095b80"), (680, "#085373"), (770, DEEP)):
        pen.polygon(_wave(top), fill)
    field_ = (EDGE, 866, WIDTH - EDGE, 1040)
    pen.rounded_rectangle([side * FINE for side in field_], 36 * FINE, WHITE)
    pen.ellipse([side * FINE for side in (EDGE - 1, 63, EDGE + 129, 193)], FOAM)


def _wave(top: int) -> list[tuple[float, float]]:
    """A wave across the picture, filled to its lower edge."""
    crest = [
        (x * FINE, (top + 22 * sin(2 * pi * (x + top) / 430)) * FINE)
        for x in range(0, WIDTH + 8, 4)
    ]
    return [*crest, (WIDTH * FINE, HEIGHT * FINE), (0, HEIGHT * FINE)]


def _frame(pen: ImageDraw.ImageDraw) -> None:
    """The double frame of a certificate."""
    for inset, thick, fill in ((24, 8, BRONZE), (40, 3, GOLD)):
        box = (inset, inset, WIDTH - inset, HEIGHT - inset)
        pen.rounded_rectangle(
            [side * FINE for side in box], 28 * FINE, outline=fill, width=thick * FINE
        )
