"""What plots of figures need besides their rows: the lines of a line plot, names cut to fit."""

from bot.rows import Figure, ticks

LEFT, RIGHT, FLOOR, TALL = 44, 332, 150, 132
"""Where the field of a line plot lies in its picture."""


def cut(text: str, most: int) -> str:
    """The beginning of a name that fits beside a bar."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def runs(figure: Figure) -> list[list[str]]:
    """The points of a line, broken where a number is hidden: a gap is not nought."""
    found: list[list[str]] = [[]]
    top = ticks(figure.most)[-1]
    wide = (RIGHT - LEFT) / max(len(figure.rows) - 1, 1)
    for place, row in enumerate(figure.rows):
        if row.value is None:
            found.append([])
        else:
            found[-1].append(f"{LEFT + place * wide:.1f},{FLOOR - TALL * row.value / top:.1f}")
    return [run for run in found if run]
