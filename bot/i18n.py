"""Sentences, dates and numbers in Vietnamese and English. Vietnamese is the source."""

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
FOLDER = Path(__file__).parent / "locale"
_language: ContextVar[str] = ContextVar("language", default="vi")


@cache
def _translations(language: str) -> gettext.NullTranslations:
    """The sentences of a language, straight from its .po file."""
    path = FOLDER / language / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(sentence: str) -> str:
    """The sentence in the language being spoken."""
    return _translations(_language.get()).gettext(sentence)


def language() -> str:
    """The language being spoken."""
    return _language.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language for a while; an unknown one is Vietnamese."""
    token = _language.set(code if code in LANGUAGES else "vi")
    try:
        yield
    finally:
        _language.reset(token)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A moment as people say it: "19:00 ngày 2/12/2026"."""
    pattern = "HH:mm 'ngày' d/M/y" if language() == "vi" else "HH:mm, d MMMM y"
    return format_datetime(at, pattern, tzinfo=zone, locale=language())


def day(at: datetime, zone: ZoneInfo) -> str:
    """A day as people write it: "2/12/2026"."""
    pattern = "d/M/y" if language() == "vi" else "d MMMM y"
    return format_datetime(at, pattern, tzinfo=zone, locale=language())


def written(iso: str) -> str:
    """A date of a file (2026-11-25) as people write it."""
    pattern = "d/M/y" if language() == "vi" else "d MMMM y"
    return format_date(date.fromisoformat(iso), pattern, locale=language()) if iso else ""


def number(value: float, digits: int = 0) -> str:
    """A number as people write it: "1.234", or "4,2" with digits behind the comma."""
    return _number(value, digits, language())


@lru_cache(maxsize=10_000)
def _number(value: float, digits: int, code: str) -> str:
    # Kept: a page of figures writes hundreds, most of them small and written before.
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return str(format_decimal(value, pattern, locale=code))


def lasted(milliseconds: int) -> str:
    """A time as people say it: "1 phút 5,2 giây"."""
    # Cut, not rounded: nobody reads a time longer than the one that counted, nor "60,0 giây".
    minutes, tenths = divmod(milliseconds // 100, 600)
    seconds = f"{tenths / 10:.1f}".replace(".", _(","))
    if not minutes:
        return _("{seconds} giây").format(seconds=seconds)
    return _("{minutes} phút {seconds} giây").format(minutes=minutes, seconds=seconds)
