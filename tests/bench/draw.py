"""Pictures to share: what drawing one costs, beside saving a plain one: `tests.bench draw`."""

import io
import time
from collections.abc import Callable
from statistics import median

from PIL import Image

from bot import pictures
from tests.test_pictures import CARD, PODIUM

TIMES = 15
SIZE = (1080, 1350)


def main() -> None:
    """Print milliseconds of processor time, and the ratio to an empty picture of that size."""
    plain = _spent(lambda: Image.new("RGB", SIZE, "white").save(io.BytesIO(), "PNG"))
    print(f"plain    {plain:6.1f} ms")
    for name, picture in (("card", CARD), ("podium", PODIUM)):

        def draw(picture: pictures.Picture = picture) -> None:
            pictures.draw.cache_clear()
            pictures.draw(picture)

        took = _spent(draw)
        print(f"{name:8} {took:6.1f} ms, {took / plain:.1f} of the plain one (target 100 ms)")


def _spent(work: Callable[[], None]) -> float:
    spent = []
    for _each in range(TIMES):
        begun = time.process_time()
        work()
        spent.append((time.process_time() - begun) * 1000)
    return median(spent)
