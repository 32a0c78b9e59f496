"""Vietnamese words for numbers: whole, with a decimal comma, digit by digit, and Roman. Pure."""

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu", "tỷ")
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def whole(number: int) -> str:
    """A whole number in words: 21 is "hai mươi mốt", 1005 "một nghìn không trăm linh năm"."""
    if number < 0:
        return f"âm {whole(-number)}"
    if number >= 10**12:
        high, low = divmod(number, 10**9)
        rest = f" {_below(low, full=True)}" if low else ""
        return f"{whole(high)} tỷ{rest}"
    return _below(number, full=False)


def _below(number: int, *, full: bool) -> str:
    """A number below 10 to the 12th; `full` says its leading hundreds too."""
    parts: list[str] = []
    for power in (3, 2, 1, 0):
        group, number = divmod(number, 1000**power)
        if group:
            words = _hundreds(group, full=full or bool(parts))
            parts.append(f"{words} {_GROUPS[power]}".strip())
    return " ".join(parts) or DIGITS[0]


def _hundreds(number: int, *, full: bool) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [f"{DIGITS[hundreds]} trăm"] if hundreds or full else []
    if rest:
        parts.append(_tens(rest, after_hundred=bool(parts)))
    return " ".join(parts)


def _tens(number: int, *, after_hundred: bool) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return f"linh {DIGITS[ones]}" if after_hundred else DIGITS[ones]
    head = "mười" if tens == 1 else f"{DIGITS[tens]} mươi"
    if ones == 0:
        return head
    last = "lăm" if ones == 5 else "mốt" if ones == 1 and tens > 1 else DIGITS[ones]
    return f"{head} {last}"


def decimal(words: str) -> str:
    """A number as people write it: points group thousands, a comma begins the fraction."""
    head, _comma, tail = words.replace(".", "").partition(",")
    said = whole(int(head))
    if not tail:
        return said
    fraction = digits(tail) if tail.startswith("0") or len(tail) > 2 else whole(int(tail))
    return f"{said} phẩy {fraction}"


def digits(words: str) -> str:
    """Digit by digit, as phone numbers are read."""
    return " ".join(DIGITS[int(sign)] for sign in words if sign.isdecimal())


def roman(words: str) -> int | None:
    """The value of a Roman numeral written as it should be, or None."""
    values = [_ROMAN.get(letter, 0) for letter in words]
    if not values or 0 in values:
        return None
    following = [*values[1:], 0]
    total = sum(-a if a < b else a for a, b in zip(values, following, strict=True))
    return total if _as_roman(total) == words else None


def _as_roman(number: int) -> str:
    out = ""
    for value, letters in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        out += letters * (number // value)
        number %= value
    return out
