"""What is wrong at this moment: everything an operator should be told of, found in one look."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot import inbox, links, rights, tokens
from bot.channels.zalo_oa.keeper import alarm
from bot.channels.zalo_oa.oauth import TOKEN
from bot.i18n import _, moment, number
from bot.notices import refiled
from bot.notices.programme import Programme
from bot.outbox import ANSWER, QUEUED, UNKNOWN, Outbox
from bot.settings import Settings

QUEUE_AGE = timedelta(minutes=5)
RECENT = timedelta(days=1)
"""For so long after it a send whose fate is unknown is a trouble."""
TIGHT = 0.05
"""Of the disk that holds the state folder; and at least TIGHT_BYTES."""
TIGHT_BYTES = 200_000_000


@dataclass(frozen=True)
class Room:
    """The disk which holds our files: bytes in all, and bytes free."""

    total: int
    free: int

    @property
    def tight(self) -> bool:
        """Whether it will soon be full."""
        return self.free < max(self.total * TIGHT, TIGHT_BYTES)


def room_of(folder: Path) -> Room:
    """The disk a folder is on."""
    usage = shutil.disk_usage(folder)
    return Room(usage.total, usage.free)


def troubles(
    session: Session,
    settings: Settings,
    room: Room,
    content: str,
    now: datetime,
    programme: Programme | None = None,
) -> dict[str, str]:
    """Everything that is wrong: names which stay the same while it lasts, and what is said of it.

    `content`: what is wrong with the content files, or nothing.
    """
    found = [
        *_token(session, settings, now),
        *_waiting(session, settings, now),
        *_queue(session, settings, now),
        *_unknown(session, now),
        *_links(session),
        *_requests(session, now),
        *_refiled(session, settings, programme, now),
    ]
    if room.tight:
        said = _("Đĩa gần đầy, còn {free} MB. Bạn dọn bớt, kẻo bot phải ngừng nhận tin.")
        found.append(("disk", said.format(free=number(room.free / 1_000_000))))
    if content:
        said = _("Nội dung có lỗi ({what}). Xem: python -m bot content check")
        found.append(("content", said.format(what=content)))
    return dict(found)


def _token(session: Session, settings: Settings, now: datetime) -> Iterator[tuple[str, str]]:
    if settings.zalo_oa_app_id:
        said = alarm(tokens.held(session, TOKEN), now)
        if said:
            yield "token", f"Zalo Official Account: {said}"


def _waiting(session: Session, settings: Settings, now: datetime) -> Iterator[tuple[str, str]]:
    """Messages that nobody took up: every worker is busy, or none is left."""
    since = inbox.oldest_waiting(session)
    if since is not None and since < now - QUEUE_AGE:
        said = _("{count} tin nhắn chưa được trả lời, từ {since}.")
        count = number(inbox.waiting(session))
        yield "inbox", said.format(count=count, since=moment(since, settings.zone))


def _queue(session: Session, settings: Settings, now: datetime) -> Iterator[tuple[str, str]]:
    """Answers that wait; notices to many may take longer than that by their nature."""
    waiting = (
        col(Outbox.state) == QUEUED,
        col(Outbox.rank) == ANSWER,
        col(Outbox.created_at) < now - QUEUE_AGE,
    )
    found = select(Outbox.channel, func.min(col(Outbox.created_at)), func.count())  # type: ignore[call-overload]
    for channel, since, count in session.execute(found.where(*waiting).group_by(Outbox.channel)):
        said = _("{count} câu trả lời qua {channel} chưa gửi được, từ {since}.").format(
            count=number(count), channel=channel, since=moment(since, settings.zone)
        )
        yield f"queue:{channel}", said


def _unknown(session: Session, now: datetime) -> Iterator[tuple[str, str]]:
    statement = select(func.count()).where(
        col(Outbox.state) == UNKNOWN, col(Outbox.settled_at) > now - RECENT
    )
    count = int(session.scalar(statement) or 0)
    if count:
        said = _("{count} tin không rõ đã tới người nhận chưa. Bot không tự gửi lại.")
        yield "unknown", said.format(count=number(count))


def _links(session: Session) -> Iterator[tuple[str, str]]:
    for link in sorted(links.dead(session)):
        said = _("Liên kết {link} không mở được. Câu trả lời đang dùng bản tóm tắt.")
        yield f"link:{link}", said.format(link=link)


def _requests(session: Session, now: datetime) -> Iterator[tuple[str, str]]:
    count = len(rights.overdue(session, now))
    if count:
        said = _("{count} yêu cầu về dữ liệu cá nhân quá hạn. Xem: python -m bot privacy list")
        yield "requests", said.format(count=number(count))


def _refiled(
    session: Session, settings: Settings, programme: Programme | None, now: datetime
) -> Iterator[tuple[str, str]]:
    """Events that changed in the file: somebody must say whether people are told."""
    if programme is None:
        return
    count = len(refiled.listed(session, programme, settings.zone, now))
    if count:
        said = _("{count} sự kiện đã đổi trong tệp, chưa báo cho ai. Bạn vào /ban/doi-trong-tep.")
        yield "events", said.format(count=number(count))
