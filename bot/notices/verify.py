"""Is it ours? Short codes of official notices, and what people are told of a claim."""

import re
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, select
from sqlmodel import Field, Session, SQLModel, col

from bot.i18n import _, moment, written
from bot.notices.announce import Notice
from bot.notices.official import Claim, Official, Verdict, claims, judge

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXY"
"""29 signs, none of which looks like another; a prime, so that the last sign tells every slip."""
LENGTH = 6
"""Signs of a code, the last of which follows from the others: 20 million codes."""
SHORT = 60
"""Letters of a strange address that are repeated."""
_CODE = re.compile(r"\bls[\s-]?([0-9a-z]{6})\b", re.IGNORECASE)
_BARE = re.compile(r"\s*([0-9a-z]{6})\s*", re.IGNORECASE)


class NoticeCode(SQLModel, table=True):
    """The code an official notice carries, and what it stands for."""

    code: str = Field(primary_key=True)
    subject: str = Field(unique=True)
    """Our own name of what it stands for: "notice 12", "event toa-dam-1"."""
    title: str
    """What people compare with the message they hold."""
    issued_by: str
    issued_at: datetime = Field(sa_type=DateTime(timezone=True))
    withdrawn_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    why: str = ""


class UnknownCodeError(Exception):
    """We never gave out this code."""


def issue(session: Session, subject: str, title: str, by: str, now: datetime) -> str:
    """The code of a notice: a new one, or the one it has."""
    statement = select(NoticeCode).where(col(NoticeCode.subject) == subject)
    known = session.scalars(statement).first()
    if known is not None:
        return known.code
    code = _new()
    while session.get(NoticeCode, code) is not None:
        code = _new()
    session.add(NoticeCode(code=code, subject=subject, title=title, issued_by=by, issued_at=now))
    session.flush()
    return code


def mark(session: Session, notice: Notice, by: str, now: datetime) -> None:
    """Give a notice its code, so that it carries it wherever it is shown."""
    title = notice.text.splitlines()[0][:120]
    notice.code = issue(session, f"notice {notice.id}", title, by, now)


def code_of(session: Session, subject: str) -> str:
    """The code a notice was given; empty when it has none, or it no longer holds."""
    statement = select(NoticeCode).where(col(NoticeCode.subject) == subject)
    found = session.scalars(statement).first()
    return "" if found is None or found.withdrawn_at is not None else found.code


def withdraw(session: Session, code: str, why: str, now: datetime) -> None:
    """Say from now on that a notice no longer holds. Raises UnknownCodeError."""
    found = session.get(NoticeCode, code)
    if found is None:
        raise UnknownCodeError(code)
    found.withdrawn_at, found.why = now, why


def code_in(text: str, *, asked: bool = False) -> str:
    """The code a message holds, as we write it; empty when there is none.

    Where a code was asked for it may stand without its "LS-".
    """
    found = _CODE.search(text) or (_BARE.fullmatch(text) if asked else None)
    return f"LS-{found[1].upper()}" if found and any(map(str.isdigit, found[1])) else ""


def is_slip(code: str) -> bool:
    """Whether a code cannot be one of ours: a sign was read wrong, or two changed places."""
    body = code.removeprefix("LS-")
    return any(sign not in LETTERS for sign in body) or _sum(body) != 0


def _new() -> str:
    while True:
        body = "".join(secrets.choice(LETTERS) for _sign in range(LENGTH - 1))
        whole = body + next(sign for sign in LETTERS if _sum(body + sign) == 0)
        if any(map(str.isdigit, whole)):  # so that no word is taken for a code
            return f"LS-{whole}"


def _sum(body: str) -> int:
    """0 for a code of ours: each place has its own weight, and 29 is prime."""
    return sum(at * LETTERS.find(sign) for at, sign in enumerate(body, start=1)) % len(LETTERS)


def answer(
    session: Session, official: Official, text: str, zone: ZoneInfo, *, asked: bool = False
) -> list[str]:
    """What people are told of the code, links, numbers and names in a message; nothing if none.

    With `asked` the message as a whole is taken for a name when it holds nothing else.
    """
    told = []
    code = code_in(text, asked=asked)
    if code:
        told.append(_of_code(session, code, zone))
    found = claims(text.replace(code, " ") if code else text, official)
    if asked and not found and not code and text.strip():
        found = [Claim("account", text.strip()[:80])]
    verdicts = [judge(claim, official) for claim in found]
    told += [_of_claim(verdict, official) for verdict in verdicts]
    if any(verdict.item is None or verdict.alike for verdict in verdicts):
        told.append(what_to_do())
    return told


def what_to_do() -> str:
    """What to do with something that is not on the list."""
    return _(
        "Không có trong danh sách chưa chắc là lừa đảo, nhưng bạn đừng bấm, đừng chuyển tiền, đừng "
        "đưa mã OTP. Hỏi lại nơi gửi bằng số bạn tự tìm. Nghi lừa đảo: báo 156. Đã mất tiền: gọi "
        "ngân hàng và 113. Tra thêm: https://tinnhiemmang.vn/website-lua-dao"
    )


def _of_code(session: Session, code: str, zone: ZoneInfo) -> str:
    found = session.get(NoticeCode, code)
    if found is None and is_slip(code):
        text = _("Mã {code} có chữ chưa đúng. Bạn xem lại từng chữ trên thông báo rồi gõ lại nhé.")
        return text.format(code=code)
    if found is None:
        return _(
            "Mã {code} không có trong danh sách thông báo của mình. Thông báo bạn nhận có thể là "
            "giả: đừng bấm liên kết, đừng chuyển tiền, đừng đưa mã OTP trong đó."
        ).format(code=code)
    facts = {"code": code, "title": found.title, "by": found.issued_by}
    if found.withdrawn_at is not None:
        text = _(
            'Mã {code} là của mình: thông báo "{title}", {by} phát lúc {at}. Nhưng thông báo này '
            "đã rút lại lúc {withdrawn}: {why}"
        )
        withdrawn = moment(found.withdrawn_at, zone)
        at = moment(found.issued_at, zone)
        return text.format(**facts, at=at, withdrawn=withdrawn, why=found.why)
    text = _(
        'Đúng, mã {code} là của mình: thông báo "{title}", {by} phát lúc {at}. Bạn so lại: tin bạn '
        "cầm mà khác việc, khác giờ hoặc có thêm số tài khoản thì là giả."
    )
    return text.format(**facts, at=moment(found.issued_at, zone))


def _of_claim(verdict: Verdict, official: Official) -> str:
    item, value = verdict.item, shown(verdict)
    if item is not None and verdict.alike:
        text = _("{value}: KHÔNG phải {label}, chỉ giống. Thật là {genuine}. Bạn đừng bấm.")
        return text.format(value=value, label=item.label, genuine=item.value)
    if item is None:
        return " ".join(filter(None, (_unlisted(value), _hint(verdict))))
    if item.unsure:
        text = _("{value}: mình biết tên này ({label}) nhưng chưa xác nhận được: {why}.")
        return text.format(value=value, label=item.label, why=item.unsure)
    text = _("{value}: có trong danh sách chính thức, là {label} ({owner}). Đối chiếu {date}.")
    checked = written(official.checked.isoformat()) if official.checked else ""
    said = text.format(value=value, label=item.label, owner=item.owner, date=checked)
    return f"{said} {_calling_back()}" if verdict.claim.kind == "phone" else said


def shown(verdict: Verdict) -> str:
    """A claim as we repeat it: an address that is not on the list must not become a link."""
    value = verdict.claim.value
    if verdict.item is not None and not verdict.alike:
        return value
    bare = value.split("://", 1)[-1]
    short = bare if len(bare) <= SHORT else bare[:SHORT] + "…"
    return value if verdict.claim.kind == "phone" else short.replace(".", " . ")


def _unlisted(value: str) -> str:
    return _("{value}: không có trong danh sách.").format(value=value)


def _calling_back() -> str:
    return _("Số hiện trên máy có thể bị giả: muốn chắc, bạn tự bấm số này gọi lại.")


def _hint(verdict: Verdict) -> str:
    match verdict.hint:
        case "gov":
            return _("Đuôi .gov.vn là của cơ quan nhà nước, nhưng mình chưa đối chiếu trang này.")
        case "short":
            return _("Đây là đường dẫn rút gọn, không biết trước nó dẫn tới đâu.")
        case "letters":
            return _("Tên miền có chữ lạ trông giống chữ thường, hay gặp ở trang giả.")
        case _:
            return ""
