"""Plots for documents, as PNG: the same bars and lines as on the page, sharp on paper. Pure."""

from io import BytesIO
from math import ceil

from PIL import Image, ImageDraw

from bot.lettering import Sheet
from bot.rows import Figure, Row, ticks

WIDE = 1400
BAR, GAP, LABEL, VALUE = 34, 18, 520, 150
"""How thick a bar is, what lies between two, and the room for names and numbers, in pixels."""
TALL, LEFT, BELOW = 480, 130, 60
BLUE, RAIL, GRID, INK = "#0b6e99", "#e3f1f7", "#c5d2da", "#14242d"
SIZES = (26, 24, 22, 20, 18)


def draw(figure: Figure) -> bytes:
    """The plot of a figure."""
    sheet = _line(figure) if figure.kind == "line" else _bars(figure)
    out = BytesIO()
    sheet.image.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(
        out, "PNG", dpi=(220, 220)
    )
    return out.getvalue()


def _bars(figure: Figure) -> Sheet:
    step = BAR + GAP
    sheet = Sheet(Image.new("RGB", (WIDE, step * max(len(figure.rows), 1) + GAP), "white"))
    room = WIDE - LABEL - VALUE
    for number, row in enumerate(figure.rows):
        top = GAP + number * step
        sheet.write(row.label, (0, top - 4), (LABEL - 20, BAR + 8), SIZES, fill=INK)
        sheet.pen.rectangle((LABEL, top, LABEL + room, top + BAR), RAIL)
        if row.value:
            wide = max(4, int(room * row.value / (figure.most or 1)))
            sheet.pen.rectangle((LABEL, top, LABEL + wide, top + BAR), BLUE)
        at = (LABEL + room + 14, top - 4)
        sheet.write(row.shown, at, (VALUE - 14, BAR + 8), SIZES, weight="Bold", fill=INK)
    return sheet


def _line(figure: Figure) -> Sheet:
    sheet = Sheet(Image.new("RGB", (WIDE, TALL + BELOW), "white"))
    marks = ticks(figure.most)
    for mark in marks:
        y = _height(mark, marks[-1])
        sheet.pen.line((LEFT, y, WIDE - 20, y), GRID, 2)
        sheet.write(_counted(mark), (0, y - 20), (LEFT - 20, 40), SIZES, fill=INK)
    wide = (WIDE - 60 - LEFT) / max(len(figure.rows) - 1, 1)
    _points(sheet.pen, figure.rows, wide, marks[-1])
    every = ceil(len(figure.rows) / 7)
    for place, row in enumerate(figure.rows):
        if place % every == 0:
            at = (int(LEFT + place * wide), TALL + 8)
            sheet.write(
                row.label,
                (min(max(at[0], LEFT), WIDE - 90), at[1]),
                (180, 40),
                SIZES,
                fill=INK,
                anchor="m",
            )
    return sheet


def _points(pen: ImageDraw.ImageDraw, rows: tuple[Row, ...], wide: float, top: int) -> None:
    """The line, broken where a number is hidden, and a dot at each number."""
    before: tuple[int, int] | None = None
    for place, row in enumerate(rows):
        if row.value is None:
            before = None
            continue
        at = (int(LEFT + place * wide), _height(row.value, top))
        if before:
            pen.line((*before, *at), BLUE, 5)
        pen.ellipse((at[0] - 7, at[1] - 7, at[0] + 7, at[1] + 7), BLUE)
        before = at


def _height(value: float, top: int) -> int:
    return int(TALL - 20 - (TALL - 50) * value / top)


def _counted(mark: int) -> str:
    return f"{mark:,}".replace(",", ".")
