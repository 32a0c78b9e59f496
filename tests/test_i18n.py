"""English: every sentence for people has its translation, and dates are as each language writes."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.i18n import FOLDER, _, day, language, lasted, moment, number, speaking, written
from tests.conftest import NOON, ZONE

METHODS = [("bot/**.py", "python"), ("bot/web/templates/**.html", "jinja2")]


def catalogue() -> dict[str, str]:
    """The English sentences by their Vietnamese."""
    with (FOLDER / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {str(item.id): str(item.string) for item in read_po(BytesIO(file.read())) if item.id}


def sentences() -> set[str]:
    """Every sentence marked in the code and the pages."""
    found = extract_from_dir(Path.cwd(), METHODS, keywords={"_": None, "gettext": None})
    return {str(item[2]) for item in found}


def test_every_sentence_has_its_english() -> None:
    """No sentence is missing from the catalogue, and none there is unused."""
    english = catalogue()

    assert sentences() == set(english)
    assert [key for key, text in english.items() if not text] == []


def test_placeholders_survive_translation() -> None:
    """What is filled in stands in both languages."""
    for key, text in catalogue().items():
        assert {part.split("}")[0] for part in key.split("{")[1:]} == {
            part.split("}")[0] for part in text.split("{")[1:]
        }, key


def test_unknown_languages_are_vietnamese() -> None:
    """Whoever asks for a language we lack hears Vietnamese."""
    with speaking("fr"):
        assert language() == "vi"
        assert _("Xóa hết") == "Xóa hết"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("vi", ["12:00 ngày 25/11/2026", "25/11/2026", "2/12/2026", "Xóa hết"]),
        (
            "en",
            ["12:00, 25 November 2026", "25 November 2026", "2 December 2026", "Delete everything"],
        ),
    ],
)
def test_dates_are_as_people_write_them(code: str, said: list[str]) -> None:
    """A moment, a day, a date of a file, and a sentence in each language."""
    with speaking(code):
        heard = [moment(NOON, ZONE), day(NOON, ZONE), written("2026-12-02"), _("Xóa hết")]
        assert heard == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("vi", ["0,0 giây", "59,9 giây", "1 phút 0,0 giây", "100.000", "4,25", "4"]),
        ("en", ["0.0 s", "59.9 s", "1 min 0.0 s", "100,000", "4.25", "4"]),
    ],
)
def test_numbers_and_times_are_as_people_write_them(code: str, said: list[str]) -> None:
    """Never "60,0 giây": a time is cut to the tenth, not rounded up into the next minute."""
    with speaking(code):
        times = [lasted(milliseconds) for milliseconds in (99, 59_999, 60_000)]
        assert [*times, number(100_000), number(4.25, 2), number(4.0, 2)] == said
