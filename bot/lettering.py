"""Text and codes on a picture: as large as they fit, of letters the font has alone. Pure."""

import unicodedata
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import segno
from PIL import Image, ImageDraw, ImageFont

MARKS = 2
"""Marks on one letter; Vietnamese needs no more."""
FONTS = Path(__file__).parent / "fonts"
NOTHING = "•••"
"""Shown for a text of which nothing can be drawn."""
Weight = Literal["Regular", "Bold"]
Anchor = Literal["l", "m"]
Box = tuple[int, int, int, int]


@dataclass
class Sheet:
    """A picture being drawn, and where its texts stand."""

    image: Image.Image
    boxes: list[Box] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pen = ImageDraw.Draw(self.image)

    def write(
        self,
        text: str,
        at: tuple[int, int],
        room: tuple[int, int],
        sizes: tuple[int, ...],
        *,
        weight: Weight = "Regular",
        fill: str = "white",
        anchor: Anchor = "l",
        lines: int = 1,
    ) -> None:
        """Write a text as large as it fits a room (width, height), centred in its height.

        `at` is the upper left corner of the room, or the middle of its upper edge.
        """
        font, rows = fit(shown(text), weight, room, sizes, lines)
        step = _step(font)
        top = at[1] + (room[1] - step * len(rows)) // 2
        for number, row in enumerate(rows):
            place = (at[0], top + number * step + step // 2)
            self.pen.text(place, row, fill, font, f"{anchor}m")
            box = self.pen.textbbox(place, row, font, f"{anchor}m")
            self.boxes.append((int(box[0]), int(box[1]), int(box[2]) + 1, int(box[3]) + 1))

    def code(self, address: str, at: tuple[int, int], side: int) -> None:
        """Draw a QR code on its white square, sharp: whole pixels a module."""
        self.pen.rounded_rectangle((*at, at[0] + side, at[1] + side), 24, "white")
        matrix = segno.make(address, error="m", micro=False).matrix
        many = len(matrix)
        dots = Image.frombytes(
            "L", (many, many), bytes(0 if dot else 255 for r in matrix for dot in r)
        )
        wide = many * max(1, side // (many + 8))
        left = (side - wide) // 2
        scaled = dots.resize((wide, wide), Image.Resampling.NEAREST)
        self.image.paste(scaled, (at[0] + left, at[1] + left))


def shown(text: str) -> str:
    """A text as it can be drawn: one normal form, no letter the font lacks, few marks on one."""
    kept: list[str] = []
    run = 0
    for letter in unicodedata.normalize("NFD", text):
        run = run + 1 if unicodedata.combining(letter) else 0
        if run <= MARKS:
            kept.append(" " if letter.isspace() else letter)
    plain = unicodedata.normalize("NFC", "".join(kept))
    known = "".join(letter for letter in plain if letter == " " or _has(letter))
    return " ".join(known.split()) or (NOTHING if text.strip() else "")


@lru_cache(maxsize=4096)
def _has(letter: str) -> bool:
    """Whether the font has a letter; one it lacks is drawn as the box of U+FFFE."""
    if unicodedata.category(letter)[0] == "C":
        return False
    font = font_of("Bold", 32)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\ufffe"))


@cache
def font_of(weight: Weight, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"BeVietnamPro-{weight}.ttf", size)


def _step(font: ImageFont.FreeTypeFont) -> int:
    """From one line to the next: room for the marks of Ế above and of Ị below."""
    return int(font.size * 1.3)


def fit(
    text: str, weight: Weight, room: tuple[int, int], sizes: tuple[int, ...], lines: int
) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest size at which a text fits its room, and its lines; the smallest one is cut."""
    for size in sizes:
        font = font_of(weight, size)
        rows = _wrapped(text, font, room[0], hard=size == sizes[-1])
        fits = len(rows) <= lines and _step(font) * len(rows) <= room[1]
        if fits and all(font.getlength(row) <= room[0] for row in rows):
            return font, rows
    rows = rows[:lines]
    return font, [*rows[:-1], _cut(rows[-1] + "…", font, room[0])]


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int, *, hard: bool) -> list[str]:
    """Lines of whole words; `hard` breaks a word that is longer than a line."""
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            rows[-1] = longer
            continue
        pieces = _broken(word, font, width) if hard else [word]
        rows += pieces if rows[-1] else [pieces[0], *pieces[1:]]
    return [row for row in rows if row] or [""]


def _broken(word: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    pieces = [""]
    for letter in word:
        if font.getlength(pieces[-1] + letter) > width and not unicodedata.combining(letter):
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _cut(row: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """A line that ends in "…", shortened until it fits."""
    while len(row) > 1 and font.getlength(row) > width:
        row = row[:-2].rstrip() + "…"
    return row
