"""The agenda of a talk: what was asked, and from where, without small groups."""

import pytest

from bot.papers import agenda
from tests.conftest import NOON, ZONE
from tests.papers.test_yearly import text_of


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        pytest.param({"Đông": 9, "Tây": 7}, "Theo thôn: Đông: 9; Tây: 7.", id="large"),
        pytest.param({"Đông": 9, "Tây": 7, "Bắc": 2}, "Theo thôn: Đông: 9.", id="one small"),
        pytest.param({"Đông": 9, "": 2}, "", id="reckoned from those without"),
        pytest.param({"Đông": 1}, "", id="one alone"),
    ],
)
def test_a_small_village_is_not_counted(counts: dict[str, int], told: str) -> None:
    """A thôn of few is left out, and another with it, for the sum of all stands above."""
    asked = [("Làm ở đâu?", NOON, name) for name, many in counts.items() for _each in range(many)]
    words = text_of(agenda.docx("Làm ở đâu?", asked, [], ZONE, "UBND", NOON))

    assert f"Có {len(asked)} câu hỏi" in words
    assert (told or "CHƯƠNG TRÌNH TỌA ĐÀM") in words
    assert ("Theo thôn" in words) is bool(told)
