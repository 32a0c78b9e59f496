"""How each thing written short is said: days, hours, sums, papers, addresses, phones. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from re import Match

from bot.notices.numerals import decimal, digits, roman, whole


@dataclass(frozen=True)
class Said:
    """How short forms are said: words, who signs a paper, and parts of addresses."""

    words: Mapping[str, str] = field(default_factory=dict)
    organs: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


LETTERS = dict(
    zip(
        "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz",
        "a á ớ bê xê dê đê e ê ép gờ hát i gi ca lờ mờ nờ o ô ơ pê quy rờ sờ tê u ư vê "
        "vê-kép ích i-dài dét".split(),
        strict=True,
    )
)
SIGNS = {
    ".": "chấm",
    "-": "gạch ngang",
    "_": "gạch dưới",
    "/": "gạch chéo",
    "@": "a còng",
    "?": "chấm hỏi",
    "=": "bằng",
    "&": "và",
}
UNITS = {
    "%": "phần trăm",
    "đ": "đồng",
    "₫": "đồng",
    "vnđ": "đồng",
    "vnd": "đồng",
    "k": "nghìn",
    "tr": "triệu",
    "km²": "ki lô mét vuông",
    "km2": "ki lô mét vuông",
    "m²": "mét vuông",
    "m2": "mét vuông",
    "km": "ki lô mét",
    "cm": "xen ti mét",
    "mm": "mi li mét",
    "kg": "ki lô gam",
    "ha": "héc ta",
    "gb": "gi ga bai",
    "mb": "mê ga bai",
    "°c": "độ xê",
    "g": "gờ",
    "m": "mét",
}
"""Said after a number. "4G" is "bốn gờ"."""
_DATED = re.compile(
    r"\b(?:ngày|hạn|trước|sau|từ|đến|tới|hôm|thứ|sáng|trưa|chiều|tối|dịp|lễ|vào|kỳ|tuần|mùng)\b"
    r"[^.;!?\d]{0,30}$",
    re.IGNORECASE,
)
"""Words after which 10/10 is a day; elsewhere 3/5 is "ba trên năm"."""


def spell(letters: str) -> str:
    """Letter by letter, digits and signs too."""
    said = (
        digits(sign) if sign.isdecimal() else LETTERS.get(sign) or SIGNS.get(sign, "")
        for sign in letters.lower()
    )
    return " ".join(part for part in said if part)


# Addresses


def address(found: Match[str], said: Said) -> str:
    """A web address or an e-mail address."""
    written = re.sub(r"^(?:https?://)?(?:www\.)?", "", found[0], flags=re.IGNORECASE)
    bare = written.rstrip(".,;:!?/")
    rest = written[len(bare) :].replace("/", "")
    parts = re.split(r"([.@/_?=&-])", bare)
    words = (SIGNS.get(part) or said.names.get(part.lower()) or spell(part) for part in parts)
    return " ".join(word for word in words if word) + rest


# Numbers of papers


def paper(found: Match[str], said: Said) -> str:
    """91/2025/QH15, 69/2024/NĐ-CP, 121/KH-UBND, 01-KH/BCĐTW: number, year, kind and who signed."""
    kind = found["kind"] or found["kind_first"]
    named = (found["before"] or "").strip()
    parts = [named]
    if kind and not named:
        parts.append(said.words.get(kind) or spell(kind))
    if not named.lower().endswith("số"):
        parts.append("số")
    parts.append(whole(int(found["number"])))
    if found["year"]:
        parts.append(f"năm {whole(int(found['year']))}")
    parts.append(f"của {_signer(found['organ'], said)}")
    return " ".join(part for part in parts if part)


def kind_and_signer(found: Match[str], said: Said) -> str:
    """NĐ-CP standing alone: "Nghị định của Chính phủ"."""
    return f"{said.words.get(found[1]) or spell(found[1])} của {_signer(found[2], said)}"


def _signer(organ: str, said: Said) -> str:
    name = organ.rstrip("0123456789")
    term = organ[len(name) :]
    words = said.organs.get(name) or said.words.get(name) or spell(name)
    return f"{words} khóa {whole(int(term))}" if term else words


# Days and hours


def day(found: Match[str], _said: Said) -> str:
    """A day: 10/10, 1/7/2025, 2-12-2026; also 1-3/12/2026."""
    first, last, number = (found[name] for name in ("first", "day", "month"))
    cue, year = found["cue"] or "", found["year"]
    if not (1 <= int(last) <= 31 and 1 <= int(number) <= 12):
        return found[0]
    if not (year or first or _DATED.search(found.string[: found.start()] + cue)):
        return f"{cue}{whole(int(last))} trên {whole(int(number))}"
    plain = cue.strip().lower() in {"mùng", "mồng"}
    days = _day(last, plain=plain)
    if first:
        days = f"{_day(first, plain=plain)} đến {days}"
    return f"{cue or 'ngày '}{days} {_month(number)}{_year(year)}"


def iso_day(found: Match[str], _said: Said) -> str:
    """A day as machines write it."""
    cue = found["cue"] or "ngày "
    return f"{cue}{_day(found['day'])} {_month(found['month'])}{_year(found['year'])}"


def _day(number: str, *, plain: bool = False) -> str:
    value = int(number)
    return whole(value) if value > 9 or plain else f"mùng {whole(value)}"


def _month(number: str) -> str:
    return "tháng tư" if int(number) == 4 else f"tháng {whole(int(number))}"


def _year(number: str | None) -> str:
    return f" năm {whole(int(number))}" if number else ""


def month(found: Match[str], _said: Said) -> str:
    """A month of a year: 11/2026."""
    return f"{_month(found['month'])}{_year(found['year'])}"


def hour(found: Match[str], _said: Said) -> str:
    """An hour: 19:00, 19h30, 7g, 8h-11h30."""
    if found["g"] and 2 <= int(found["h"]) <= 5:  # "4g" is how one receives the net
        return found[0]
    said = _hour(found["h"], found["m"])
    return f"{said} đến {_hour(found['h2'], found['m2'])}" if found["h2"] else said


def _hour(hours: str, minutes: str | None) -> str:
    said = f"{whole(int(hours))} giờ"
    return said if int(minutes or 0) == 0 else f"{said} {whole(int(minutes or 0))} phút"


# Numbers people dial


def phone(found: Match[str], _said: Said) -> str:
    """A phone number, in the groups it is written in, or in some that can be written down."""
    written = found["phone"]
    plain = re.sub(r"\D", "", written)
    if written.startswith("+84"):
        groups = _groups("0" + plain[2:])
    else:
        groups = re.split(r"[ .-]+", written)
        groups = groups if len(groups) > 1 else _groups(plain)
    return ", ".join(digits(group) for group in groups)


def _groups(plain: str) -> list[str]:
    rest = plain[4:]
    step = 3 if len(rest) % 3 == 0 else 2 if len(rest) == 4 else 4
    return [plain[:4], *(rest[at : at + step] for at in range(0, len(rest), step))]


def short_phone(found: Match[str], _said: Said) -> str:
    """113, 156, 1022 after a word such as "gọi"."""
    return f"{found['cue']}{digits(found['phone'])}"


# Amounts


def amount(found: Match[str], _said: Said) -> str:
    """A number with its unit: 95%, 50.000đ, 200k, 12 km, 4G; also 5-7%."""
    first = f"{decimal(found['first'])} đến " if found["first"] else ""
    return f"{first}{decimal(found['number'])} {UNITS[found['unit'].lower()]}"


def per(found: Match[str], _said: Said) -> str:
    """đồng/năm: "đồng mỗi năm"."""
    return f"{found[1]} mỗi {found[2]}"


def ordinal(found: Match[str], _said: Said) -> str:
    """Thứ 2, lần thứ IV, thứ nhất."""
    value = int(found[2]) if found[2].isdecimal() else roman(found[2])
    if value is None:
        return found[0]
    return f"{found[1]} { {1: 'nhất', 4: 'tư'}.get(value) or whole(value) }"


def in_roman(found: Match[str], _said: Said) -> str:
    """Quý II, Chương V, khóa XV; quý II/2026."""
    value = roman(found[2])
    return found[0] if value is None else f"{found[1]} {whole(value)}{_year(found['year'])}"


def always(found: Match[str], _said: Said) -> str:
    """24/7 and 24/24."""
    return f"{whole(int(found[1]))} trên {whole(int(found[2]))}"


def numbered(found: Match[str], _said: Said) -> str:
    """A line that begins with its number: "1. ..."."""
    return f"{found[1]}{whole(int(found[2])).capitalize()} là, "


def version(found: Match[str], _said: Said) -> str:
    """2.0: "hai chấm không"."""
    return " chấm ".join(whole(int(part)) for part in found[0].split("."))


def procedure(found: Match[str], _said: Said) -> str:
    """2.001194, the code of an administrative procedure: digit by digit."""
    return " chấm ".join(digits(part) for part in found[0].split("."))


def span(found: Match[str], _said: Said) -> str:
    """7-9: "bảy đến chín"."""
    return f"{decimal(found[1])} đến {decimal(found[2])}"


def number(found: Match[str], _said: Said) -> str:
    """What is left: a number; one that begins with 0, or is endless, digit by digit."""
    written = found[0]
    starts_with_zero = len(written) > 1 and written[0] == "0" and written[1] != ","
    return digits(written) if starts_with_zero or len(written) > 19 else decimal(written)


def code(found: Match[str], _said: Said) -> str:
    """LS-7K3M2A and H-0142: sign by sign."""
    return ", ".join(spell(part) for part in found[0].split("-"))
