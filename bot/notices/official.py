"""What is truly official: links, phone numbers, names of accounts; how a claim compares. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from rapidfuzz.distance.Levenshtein import distance
from rapidfuzz.fuzz import ratio

from faq.files import Mapping as Item
from faq.files import Mistake, read, text
from faq.text import fold

Kind = Literal["link", "phone", "account"]
KINDS = ("link", "phone", "account")
MOST = 5
"""Claims of one message we look at."""
ALIKE = 84
"""How alike, of 100, two names of accounts are when one may pass for the other."""
LONG = 9
"""Letters of an address from which two slips of the eye, not one, still pass for it."""
_ENDS = (
    "vn com net org info biz asia top xyz club online site website shop store vip live link click "
    "app dev io co cc me ly gg tk ml ga cf gq icu fun pro work mobi us in ru cn tv page one world"
)
_LINK = re.compile(
    r"https?://[^\s<>\"']{1,2000}"
    rf"|(?<![\w@.-])(?:[a-z0-9_-]{{1,63}}\.)+(?:{'|'.join(_ENDS.split())})\b(?:[/:?][^\s<>\"']*)?",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.,/-])\+?\d(?:[ .-]?\d){2,12}(?![\w/-])")
_HANDLE = re.compile(r"(?<![\w.])@[A-Za-z][\w.]{3,63}")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PAGE = re.compile(r"\b(?:trang|fanpage|facebook|fb|page|nhom|kenh|tai khoan|zalo)\b")
"""Words that make a name after them the name of an account ("huyện đảo Lý Sơn" is a place)."""
_REAL_PHONE = re.compile(r"0\d{9,10}|1[89]00\d{4,6}|02\d{8,9}")
_SHORTENERS = frozenset(
    "bit.ly tinyurl.com goo.gl t.co is.gd cutt.ly s.id rb.gy ow.ly shorturl.at by.com.vn".split()
)
_SOCIAL = frozenset(
    "facebook.com fb.com m.facebook.com zalo.me t.me telegram.me tiktok.com youtube.com".split()
)
_TAILS = frozenset("gov com net org edu vn info".split())
_LOOKS = str.maketrans("01358@", "olesba")


@dataclass(frozen=True)
class Listed:
    """Something on the list. `unsure`: why nobody may be told that it is genuine."""

    kind: Kind
    value: str
    label: str
    owner: str
    unsure: str = ""


@dataclass(frozen=True)
class Official:
    """The list, and the day it was last compared with its sources."""

    items: tuple[Listed, ...] = ()
    checked: date | None = None

    def plus(self, url: str, label: str, owner: str) -> "Official":
        """The list with our own address on it."""
        host = _host(url)
        return (
            replace(self, items=(Listed("link", host, label, owner), *self.items)) if host else self
        )


@dataclass(frozen=True)
class Claim:
    """What a message would have people trust: a link, a number, a name."""

    kind: Kind
    value: str


Hint = Literal["", "gov", "short", "letters"]


@dataclass(frozen=True)
class Verdict:
    """How a claim compares. `item`: what it is, or only resembles; None: nothing on the list."""

    claim: Claim
    item: Listed | None = None
    alike: bool = False
    """It resembles `item` and is something else."""
    hint: Hint = ""


def load(path: Path, local: Mapping[str, str]) -> tuple[Official, list[Mistake]]:
    """The list of a file with the local values that are known, and every mistake in it."""
    items, whole, mistakes = read(path, "items")
    listed = []
    for item in items:
        wrong = list(_wrong(item, local, path.name))
        mistakes += wrong
        value = text(item, "value")
        if text(item, "local") and not wrong:
            value = local[text(item, "local")]
        if value and not wrong:
            kind = cast("Kind", text(item, "kind"))
            words = (text(item, key) for key in ("label", "owner", "unsure"))
            listed.append(Listed(kind, _plain(kind, value), *words))
    checked = None
    try:
        checked = date.fromisoformat(text(whole, "checked"))
    except ValueError:
        if items:
            wrong_date = "checked không phải ngày"
            mistakes.append(
                Mistake(path.name, whole.at("checked"), wrong_date, "Viết dạng 2026-11-25")
            )
    return Official(tuple(listed), checked), sorted(mistakes)


def _wrong(item: Item, local: Mapping[str, str], file: str) -> Iterator[Mistake]:
    name = text(item, "value") or text(item, "local") or text(item, "label")
    if text(item, "kind") not in KINDS:
        remedy = f"Dùng một trong: {', '.join(KINDS)}"
        yield Mistake(file, item.at("kind"), f"mục {name}: kind sai", remedy)
    for key in ("label", "owner"):
        if not text(item, key):
            yield Mistake(file, item.line, f"mục {name} thiếu {key}", f"Thêm {key}")
    if bool(text(item, "value")) == bool(text(item, "local")):
        yield Mistake(file, item.line, f"mục {name}: cần value hoặc local", "Ghi đúng một khóa")
    if text(item, "local") and text(item, "local") not in local:
        what = f"mục {name}: places.yaml không có giá trị này"
        yield Mistake(file, item.at("local"), what, "Sửa tên")
    if text(item, "kind") == "link" and text(item, "value") and not _host(text(item, "value")):
        yield Mistake(file, item.at("value"), f"mục {name} không phải địa chỉ", "Ghi tên miền")
    for key in item.keys() - {"kind", "value", "local", "label", "owner", "unsure"}:
        yield Mistake(file, item.at(key), f"mục {name}: khóa lạ {key}", "Sửa tên hoặc bỏ đi")


def claims(words: str, official: Official) -> list[Claim]:
    """The links, phone numbers and account names in a message, in order, each once."""
    plain = unicodedata.normalize("NFKC", words)
    found: list[tuple[int, Claim]] = []
    for match in _LINK.finditer(plain):
        link = match[0].rstrip(".,;:!?)]}…")
        kind: Kind = "account" if _bare_host(link) in _SOCIAL and _path(link) else "link"
        found.append((match.start(), Claim(kind, link)))
    rest = _LINK.sub(lambda match: " " * len(match[0]), plain)
    found += [(match.start(), Claim("account", match[0])) for match in _MAIL.finditer(rest)]
    rest = _MAIL.sub(lambda match: " " * len(match[0]), rest)
    found += [(match.start(), Claim("account", match[0])) for match in _HANDLE.finditer(rest)]
    listed = {item.value for item in official.items if item.kind == "phone"}
    for match in _PHONE.finditer(rest):
        number = _digits(match[0])
        if number in listed or _REAL_PHONE.fullmatch(number):
            found.append((match.start(), Claim("phone", match[0].strip())))
    known = {fold(item.value): item.value for item in official.items if item.kind == "account"}
    folded = f" {fold(rest)} " if _PAGE.search(fold(rest)) else ""
    found += [
        (len(plain), Claim("account", value))
        for key, value in known.items()
        if f" {key} " in folded
    ]
    return list(dict.fromkeys(claim for _at, claim in sorted(found, key=lambda pair: pair[0])))[
        :MOST
    ]


def judge(claim: Claim, official: Official) -> Verdict:
    """How a claim compares with the list."""
    items = [item for item in official.items if item.kind == claim.kind]
    match claim.kind:
        case "link":
            return _judge_link(claim, items)
        case "phone":
            number = _digits(claim.value)
            return Verdict(claim, next((item for item in items if item.value == number), None))
        case _:
            return _judge_account(claim, items)


def _judge_link(claim: Claim, items: list[Listed]) -> Verdict:
    host = _bare_host(claim.value)
    for item in items:
        if host == item.value or host.endswith(f".{item.value}"):
            return Verdict(claim, item)
    if host in _SHORTENERS:
        return Verdict(claim, hint="short")
    if host.endswith(".gov.vn"):  # only state bodies get one
        return Verdict(claim, hint="gov")
    close = next((item for item in items if _passes_for(host, item.value)), None)
    if close is not None:
        return Verdict(claim, close, alike=True)
    odd = not host.isascii() or "xn--" in host
    return Verdict(claim, hint="letters" if odd else "")


def _passes_for(host: str, genuine: str) -> bool:
    """Whether a host that is not the genuine one could be taken for it."""
    core = max((part for part in genuine.split(".") if part not in _TAILS), key=len, default="")
    looks = fold(host).translate(_LOOKS) if host.isascii() else fold(_shown(host))
    if len(core) < 4:
        return genuine in looks
    squeezed = re.sub(r"[^a-z]", "", looks)
    parts = [part for part in re.split(r"[^a-z]+", looks) if part not in _TAILS]
    slips = 2 if len(core) >= LONG else 1
    near = any(distance(part, core, score_cutoff=slips) <= slips for part in parts)
    return near or core in squeezed


def _judge_account(claim: Claim, items: list[Listed]) -> Verdict:
    wanted = _plain("account", claim.value)
    for item in items:
        if wanted == item.value or fold(wanted) == fold(item.value):
            return Verdict(claim, item)
    close = next((one for one in items if ratio(fold(wanted), fold(one.value)) >= ALIKE), None)
    return Verdict(claim, close, alike=close is not None)


def _plain(kind: Kind, value: str) -> str:
    """A value as it is compared."""
    match kind:
        case "link":
            return _bare_host(value)
        case "phone":
            return _digits(value)
        case _:
            host = _bare_host(value) if "/" in value else ""
            return f"{host}/{_path(value)}" if host in _SOCIAL else value.strip()


def _digits(value: str) -> str:
    digits = re.sub(r"\D", "", value)
    return "0" + digits[2:] if digits.startswith("84") and len(digits) > 9 else digits


def _host(url: str) -> str:
    """The name of the server an address leads to, in small letters; empty when there is none."""
    try:
        found = urlsplit(url if "://" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
    return found.rstrip(".") if "." in found else ""


def _bare_host(url: str) -> str:
    return _host(url).removeprefix("www.")


def _path(url: str) -> str:
    parts = urlsplit(url if "://" in url else f"//{url}")
    return parts.path.strip("/").lower()


def _shown(host: str) -> str:
    try:
        return host.encode("ascii").decode("idna") if "xn--" in host else host
    except (UnicodeError, ValueError):
        return host
