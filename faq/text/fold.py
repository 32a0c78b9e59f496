"""Text made safe and plain: one normal form, bounded length, and a form without accents."""

import re
import unicodedata

MAX_CHARS = 1000
# A decomposed letter is at most three code points, so a longer text cannot need more than this.
_MAX_RAW = 3 * MAX_CHARS
_MARKS = range(0x300, 0x370)
_MARK = "[\u0300-\u036f]"
_USUAL = re.compile("[ -~À-ɏẠ-ỹ–—‘’“”…]*")
# Circled, wide and mathematical letters, used to look fancy or to slip past a filter.
_FANCY = re.compile("[\u2460-\u24ff\uff01-\uff5e\U0001d400-\U0001d7ff]")
_PILED = re.compile(_MARK + "{3,}")
_LEFT_OVER = re.compile(_MARK + "+")
_NOT_A_WORD = re.compile(r"[\W_]+")


def _usual_form(code: int) -> str:
    """Give what stands for a character: itself, a plain letter, a space, or nothing."""
    char = chr(code)
    kind = unicodedata.category(char)
    if code in _MARKS:
        return char
    if kind[0] == "Z" or char in "\t\n\r\v\f\x85":
        return " "
    if kind[0] in "MC":
        return ""
    if _FANCY.match(char):
        # Only here: elsewhere one character such as U+FDFA would become eighteen.
        return unicodedata.normalize("NFKC", char)
    # Some letters of other scripts fall apart in NFC, into a letter and marks which go.
    composed = unicodedata.normalize("NFC", char)
    if composed == char:
        return char
    return "".join(part for part in composed if unicodedata.category(part)[0] != "M")


def _each_once(marks: re.Match[str]) -> str:
    """Keep each mark of a pile once, so that putting them in order stays cheap."""
    return "".join(dict.fromkeys(marks[0]))


class _Table(dict[int, str]):
    """What stands for each character; rare ones are worked out when they come, and not kept."""

    def __missing__(self, code: int) -> str:
        return _usual_form(code)


_FORMS = _Table(
    {
        code: _usual_form(code)
        for start, end in ((0, 0x250), (0x300, 0x370), (0x1E00, 0x2070), (0x1F300, 0x1F700))
        for code in range(start, end)
    }
)
_LETTERS = {
    code: unicodedata.normalize("NFD", chr(code))[0]
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
    if chr(code).isalpha()
} | {ord("đ"): "d", ord("Đ"): "d"}


def clean(text: str) -> str:
    """Return the text in NFC, printable, with single spaces and at most MAX_CHARS characters."""
    text = text[:_MAX_RAW]
    if not text.isascii():
        if not _USUAL.fullmatch(text):
            text = _PILED.sub(_each_once, text.translate(_FORMS))
        text = _LEFT_OVER.sub("", unicodedata.normalize("NFC", text))
    elif not text.isprintable():
        text = text.translate(_FORMS)
    return " ".join(text.split())[:MAX_CHARS].rstrip()


def fold(text: str) -> str:
    """Return the words of the text in lower case, without accents, đ as d, joined by one space."""
    return bare_words(clean(text))


def bare_words(text: str) -> str:
    """Fold a text which is clean already."""
    text = text.lower()
    if not text.isascii():
        text = text.translate(_LETTERS)
        if not text.isascii():
            text = _LEFT_OVER.sub("", unicodedata.normalize("NFC", text))
    return _NOT_A_WORD.sub(" ", text).strip()
