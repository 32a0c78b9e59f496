"""A notice before it is sent: written with the code people can check it by, dropped with that."""

from datetime import datetime

from sqlmodel import Session

from bot.i18n import _
from bot.notices import announce, dispatch, verify
from bot.notices.announce import Draft, Notice


def write(
    session: Session,
    draft: Draft,
    author: str,
    operator: str,
    now: datetime,
    *,
    author_id: int | None = None,
) -> Notice:
    """Keep a notice with its code, issued by `operator`. Raises NoticeError."""
    notice = announce.write(session, draft, author, now, author_id=author_id)
    verify.mark(session, notice, operator, now)
    return notice


def drop(session: Session, notice: Notice, by: str, now: datetime) -> None:
    """It is not sent, so its code is not ours to anybody. Raises NoticeError."""
    dispatch.cancel(session, notice, by, now)
    if notice.code:
        verify.withdraw(session, notice.code, _("chưa từng được gửi"), now)
