"""A notice as the loudspeaker reads it: everything written short is said in full. Pure."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from re import Match

from bot.notices import sayings
from bot.notices.sayings import UNITS, Said
from faq.files import Mapping as Item
from faq.files import Mistake, read, text

PACE = 3.2
"""Syllables a second of an unhurried reader: a guess, so that a slot on the air can be planned."""
Rule = tuple[re.Pattern[str], Callable[[Match[str], Said], str]]

_DAY = r"(?P<cue>\b(?:ngày|mùng|mồng)\s+)?"
_CALL = (
    r"(?P<cue>\b(?:gọi(?: ngay| lại| số| đến| tới)?|số(?: điện thoại| máy)?|tổng đài|hotline"
    r"|đường dây nóng|bấm|nhắn(?: tin)?(?: tới| đến)?|báo(?: ngay)?|điện thoại)[: ]+)"
)
_PAPER = (
    r"(?P<before>\b(?:Luật|Nghị định|Nghị quyết|Quyết định|Thông tư|Chỉ thị|Kế hoạch|Công văn"
    r"|Thông báo|Hướng dẫn|Báo cáo|Công điện|Pháp lệnh|NĐ|QĐ|TT|NQ|CT|KH|CV)"
    r"(?: số)?\s+|\b[Ss]ố\s+)?"
)
_ROMAN = (
    r"\b(quý|chương|khóa|khoá|phần|mục|kỳ|thế kỷ|điều|hạng|loại|mức|nhóm|cấp|đợt|tập|vòng)"
    r" (?-i:([IVXLC]+))\b(?:/(?P<year>\d{4}))?"
)
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_AMOUNT = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_CLOCK = r"(?P<h{0}>[01]?\d|2[0-4])(?:(?::|h|g)(?P<m{0}>[0-5]\d)|h|(?P<g{0}>g))(?![\w:])"


def _rule(pattern: str, say: Callable[[Match[str], Said], str], flags: int = re.IGNORECASE) -> Rule:
    return re.compile(pattern, flags), say


# Each rule puts words without digits, so that later rules leave them alone.
RULES: tuple[Rule, ...] = (
    _rule(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", sayings.address),
    _rule(r"https?://[^\s<>\"')]+", sayings.address),
    _rule(
        r"(?<![\w.@])(?:[a-z0-9-]+\.)+(?:vn|com|net|org|info|io|me)\b(?:/[\w./?=&-]*)?",
        sayings.address,
    ),
    _rule(r"\b(?:LS-[0-9A-Z]{6}|H-\d{4,9})\b", sayings.code, 0),
    _rule(
        _PAPER + r"(?<![\d/.,])(?P<number>\d{1,5})(?:-(?P<kind_first>[A-ZĐ]{2,4}))?"
        r"(?:/(?P<year>\d{4}))?/(?:(?P<kind>[A-ZĐ]{2,4})-)?(?P<organ>[A-ZĐ][A-ZĐa-z]*\d*)\b",
        sayings.paper,
        0,
    ),
    _rule(r"\b(NĐ|QĐ|NQ|TT|CT|KH|TB|CĐ)-([A-ZĐ][A-ZĐa-z]*)\b", sayings.kind_and_signer, 0),
    _rule(r"(?<![\d/])(24)/(7|24)(?![\d/])", sayings.always),
    _rule(
        _DAY + r"(?<![\d-])(?P<year>\d{4})-(?P<month>[01]\d)-(?P<day>[0-3]\d)(?![\d-])",
        sayings.iso_day,
    ),
    _rule(_ROMAN, sayings.in_roman),
    _rule(r"\b(thứ) ((?-i:[IVXLC]+)|\d)\b", sayings.ordinal),
    _rule(
        _DAY + r"(?<![\d/.,])(?:(?P<first>\d{1,2}) ?[-–] ?)?(?P<day>\d{1,2})/(?P<month>\d{1,2})"
        r"(?:/(?P<year>\d{4}))?(?![\d/])",
        sayings.day,
    ),
    _rule(
        _DAY + r"(?P<first>(?!))?(?<![\d-])(?P<day>\d{1,2})-(?P<month>\d{1,2})-(?P<year>\d{4})"
        r"(?![\d-])",
        sayings.day,
    ),
    _rule(
        r"(?:\btháng\s+)?(?<![\d/])(?P<month>0?[1-9]|1[0-2])/(?P<year>\d{4})(?![\d/])",
        sayings.month,
    ),
    _rule(
        r"(?<![\w.,:/])"
        + _CLOCK.format("")[: -len(r"(?![\w:])")]
        + r"(?:(?: ?[-–] ?| đến )"
        + _CLOCK.format("2")
        + r")?(?![\w:])",
        sayings.hour,
    ),
    _rule(
        r"(?<![\w.,/])(?P<cue>)(?P<phone>\+84[\d .-]{8,13}\d|0\d{2,4}(?:[ .-]?\d{2,4}){2,4}"
        r"|1[89]00[ .-]?\d{2,4}(?:[ .-]?\d{2,4})?)(?![\w/])",
        sayings.phone,
    ),
    _rule(_CALL + r"(?P<phone>11[1-5]|156|1022|5656)(?![\w.,/]*\d)", sayings.short_phone),
    _rule(
        r"(?P<cue>\b(?:hoặc|hay|và) )(?P<phone>11[1-5]|156|1022|5656)(?=\s*(?:[,.;:!?)\n]|$))",
        sayings.short_phone,
    ),
    _rule(r"(?m)^(\s*)(\d{1,2})[.)] ", sayings.numbered),
    _rule(
        rf"(?<![\w.,])(?:(?P<first>{_AMOUNT}) ?[-–] ?)?(?P<number>{_AMOUNT}) ?(?P<unit>{_UNIT})"
        r"(?![\wÀ-ỹ²])",
        sayings.amount,
    ),
    _rule(r"(?<![\w.,])\d\.\d{6}(?![\w]|[.,]\d)", sayings.procedure),
    _rule(r"(\w+)/(năm|tháng|tuần|ngày|giờ|phút|lần|người|buổi|hộ|đội)\b", sayings.per),
    _rule(rf"(?<![\w.,])({_AMOUNT}) ?[-–] ?({_AMOUNT})(?![\w]|[.,]\d)", sayings.span),
    _rule(r"(?<![\w.,])\d{1,3}(?:\.\d{1,2}){1,3}(?![\w]|[.,]\d)", sayings.version),
    _rule(_AMOUNT, sayings.number),
)
_ACRONYM = re.compile(r"\b[a-z]?[A-ZĐ]{2,6}\b")
_TIDY: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[“”\"«»]"), ""),
    (re.compile(r"(?<![\w/])/(?=[a-z])"), "lệnh "),
    (re.compile(r"\s*[(\[]\s*"), ", "),
    (re.compile(r"\s*[)\]]\s*(?=[,.;:!?])"), ""),
    (re.compile(r"\s*[)\]]\s*"), ", "),
    (re.compile(r"\s*&\s*"), " và "),
    (re.compile(r"(?<=\w)\s*\+\s*(?=\w)"), " cộng "),
    (re.compile(r"%"), " phần trăm"),
    (re.compile(r"\s*[·•|]\s*|\s+[-–—]\s+"), ", "),
    (re.compile(r"(?m)^\s*[-–•*]\s*"), ""),
    (re.compile(r"(?<=\w)/(?=\w)"), " hoặc "),
    (re.compile(r"…|\.{3,}"), "."),
    (re.compile(r"\s+([,.;:!?])"), r"\1"),
    (re.compile(r",\s*,"), ","),
    (re.compile(r"[ \t]{2,}"), " "),
)


def aloud(words: str, said: Said) -> str:
    """A text in words alone, as it is to be read."""
    out = unicodedata.normalize("NFC", words)
    for pattern, say in RULES:
        out = pattern.sub(partial(_say, say, said), out)
    out = _short_forms(out, said)
    for pattern, tidy in _TIDY:
        out = pattern.sub(tidy, out)
    return "\n".join(line.strip() for line in out.strip().splitlines())


def _say(say: Callable[[Match[str], Said], str], said: Said, found: Match[str]) -> str:
    return say(found, said)


def _short_forms(words: str, said: Said) -> str:
    """Short forms in full; capitals nobody knows letter by letter."""
    known = sorted(said.words, key=len, reverse=True)
    if known:
        listed = "|".join(map(re.escape, known))
        words = re.sub(rf"(?<!\w)(?:{listed})(?!\w)", lambda found: said.words[found[0]], words)
    return _ACRONYM.sub(lambda found: sayings.spell(found[0]), words)


def script(title: str, lines: Sequence[str], again: str, sender: str, said: Said) -> str:
    """What the announcer reads: who speaks, what it is, and once more what, when and where."""
    parts = [
        f"Kính thưa bà con. Sau đây là thông báo của {sender}.",
        title,
        *lines,
        f"Xin nhắc lại: {again}",
        "Trân trọng cảm ơn bà con đã lắng nghe.",
    ]
    return "\n".join(_ended(aloud(part, said)) for part in parts if part.strip())


def _ended(line: str) -> str:
    return line if line.endswith((".", "!", "?", ":")) else f"{line}."


def seconds(words: str) -> int:
    """About how long a text takes to read."""
    return round(len(re.findall(r"\w+", words)) / PACE)


def load(path: Path) -> tuple[Said, list[Mistake]]:
    """How short forms are said, from the file people edit, and every mistake in it."""
    _items, whole, mistakes = read(path, "words")
    tables: dict[str, dict[str, str]] = {"words": {}, "organs": {}, "names": {}}
    for key, table in tables.items():
        for item in [one for one in whole.get(key) or [] if isinstance(one, Item)]:
            written, spoken = text(item, "written"), text(item, "said")
            what = _wrong(written, spoken, table)
            if what:
                remedy = "Ghi đủ written và said, said bằng chữ"
                mistakes.append(Mistake(path.name, item.line, f"{key}: {what}", remedy))
            else:
                table[written] = spoken
    return Said(tables["words"], tables["organs"], tables["names"]), sorted(mistakes)


def _wrong(written: str, spoken: str, table: dict[str, str]) -> str:
    if not written or not spoken:
        return "thiếu written hoặc said"
    if written in table:
        return f"{written} có hai lần"
    if any(sign.isdigit() for sign in spoken):
        return f"{written} đọc là {spoken!r} còn chữ số"
    return ""
