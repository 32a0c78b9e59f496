"""Figures of what went out and who came: notices by channel, why not, talks, promises, thôn."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from sqlalchemy import and_, distinct, func, or_, select
from sqlmodel import Session, col

from bot.db import table_of
from bot.i18n import _
from bot.notices import urge
from bot.notices.announce import OUT, Notice, Recipient
from bot.notices.audience import reason
from bot.notices.taking_part import Attendance, Rsvp
from bot.notices.tally import tally
from bot.outbox import SENT, Outbox
from bot.rows import FEWEST, Figure, Row, Span, best, hide, ranked, together

NO_KEY = "-"
"""What an empty key is called in an address."""
LATER = "later"
"""The row of those who saw a notice when they next wrote."""
_OUTBOX, _RECIPIENT = table_of(Outbox), table_of(Recipient)


def channels() -> dict[str, str]:
    """What channels are called."""
    return {
        "web": _("Trang chat"),
        "telegram": "Telegram",
        "zalo_oa": "Zalo OA",
        "zalo_bot": "Zalo Bot",
        "console": _("Máy của ban tổ chức"),
    }


def _sent(session: Session, span: Span) -> list[Notice]:
    """The notices that began to go out in these days; what units are told they owe is none."""
    statement = select(Notice).where(
        col(Notice.started_at) >= span.begin,
        col(Notice.started_at) < span.end,
        col(Notice.author) != urge.AUTHOR,
    )
    return list(session.scalars(statement.order_by(col(Notice.id))))


def by_channel(session: Session, span: Span) -> Figure | None:
    """How often notices of these days reached somebody, by channel."""
    notices = _sent(session, span)
    counts: Counter[str] = Counter()
    for notice in notices:
        found = tally(session, notice.id or 0)
        counts += found.by_channel
        counts[LATER] += found.later
    names = {**channels(), LATER: _("Xem khi nhắn lại")}
    rows = [Row(key or NO_KEY, names.get(key, key), float(n)) for key, n in counts.items() if n]
    if not rows:
        return None
    # A person is told a notice once, so that many tellings are many people.
    few = {key for key, n in counts.items() if n < FEWEST * len(notices)}
    small = {key for key in few if _people(session, notices, key) < FEWEST}
    title, head = _("Thông báo đã tới, theo kênh"), _("Kênh")
    shown = ranked(rows, small)
    return Figure("bao-toi", title, head, _("Lượt người nhận"), shown, down=True)


def _people(session: Session, notices: list[Notice], key: str) -> int:
    """How many different people stand behind a channel."""
    row = _RECIPIENT.c
    statement = (
        select(func.count(distinct(row.person_id)))
        .outerjoin(_OUTBOX, _OUTBOX.c.id == row.outbox_id)
        .where(row.notice_id.in_([notice.id for notice in notices]))
    )
    if key == LATER:
        return int(session.scalar(statement.where(row.state == LATER)) or 0)
    gone = or_(row.state == SENT, and_(row.state == OUT, _OUTBOX.c.state == SENT))
    return int(session.scalar(statement.where(row.channel == key, gone)) or 0)


def unreached(session: Session, span: Span) -> Figure | None:
    """How often notices of these days did not reach somebody, by why."""
    counts: Counter[str] = Counter()
    notices = _sent(session, span)
    for notice in notices:
        found = tally(session, notice.id or 0)
        counts.update({reason(why): many for why, many in found.unreached.items()})
        counts[_("Gửi hỏng")] += found.failed.total()
        counts[_("Chưa rõ đến hay chưa")] += found.unknown
    rows = [Row(name, name, float(many)) for name, many in counts.items() if many]
    if not rows:
        return None
    # How many people are behind a reason is not known exactly: at least this many.
    small = {row.key for row in rows if (row.value or 0) <= (FEWEST - 1) * len(notices)}
    title, head = _("Thông báo chưa tới, vì sao"), _("Vì sao")
    return Figure("bao-khong-toi", title, head, _("Lượt người chưa nhận"), ranked(rows, small))


def behind_channel(session: Session, span: Span, key: str, title: str) -> Figure:
    """The notices behind a channel, in their order."""
    rows = []
    for notice in _sent(session, span):
        found = tally(session, notice.id or 0)
        count = found.later if key == LATER else found.by_channel["" if key == NO_KEY else key]
        day = notice.started_at.astimezone(span.zone) if notice.started_at else None
        first = notice.text.splitlines()[0][:60] if notice.text else ""
        label = f"{day:%d/%m}: {first}" if day else first
        rows.append(Row(str(notice.id), label, float(count)))
    return Figure(f"bao-toi-{key}", title, _("Thông báo"), _("Lượt người nhận"), hide(rows))


def _came(session: Session, span: Span) -> list[tuple[str, int]]:
    """Each time something happened in these days, and how many came."""
    statement = select(col(Attendance.occurrence), func.count()).where(
        col(Attendance.at) >= span.begin, col(Attendance.at) < span.end
    )
    found = session.execute(statement.group_by(col(Attendance.occurrence)))
    return [(name, int(many)) for name, many in found]


def talks(session: Session, span: Span, titles: Mapping[str, str]) -> Figure | None:
    """How many came to each talk or other event of these days."""
    found = _came(session, span)
    if not found:
        return None
    rows = [Row(name, _named(name, titles), float(many)) for name, many in found]
    note = _("{count} buổi có người đến dự.").format(count=len(found))
    title, head = _("Người dự từng buổi"), _("Buổi")
    return Figure("buoi", title, head, _("Số người"), ranked(rows), note=note, down=True)


def _named(occurrence: str, titles: Mapping[str, str]) -> str:
    event, _at, day = occurrence.partition("@")
    name = titles.get(event, event)
    return f"{name} ({date.fromisoformat(day):%d/%m/%Y})" if day else name


def behind_talk(session: Session, occurrence: str, title: str, span: Span) -> Figure:
    """How those who came were counted: by code, by QR, by a helper. Never by thôn beside the sums
    of thôn: from both, a small group could be reckoned."""
    names = {"code": _("Gõ mã ở cửa"), "qr": _("Quét mã QR"), "helper": _("Cán bộ ghi giúp")}
    statement = (
        select(col(Attendance.how), func.count())
        .where(
            col(Attendance.occurrence) == occurrence,
            col(Attendance.at) >= span.begin,
            col(Attendance.at) < span.end,
        )
        .group_by(col(Attendance.how))
    )
    rows = [Row(how, names.get(how, how), float(n)) for how, n in session.execute(statement)]
    shown = ranked(rows)
    return Figure(f"buoi-{occurrence}", title, _("Cách ghi nhận"), _("Số người"), shown)


def by_hamlet(session: Session, span: Span, names: Mapping[str, str]) -> Figure | None:
    """How often people of each thôn came.

    Each time something happened is hidden or shown by itself, whatever days are asked for, and
    what is hidden is in no sum: two sums would tell of it by their difference.
    """
    statement = (
        select(col(Attendance.occurrence), col(Attendance.hamlet), func.count())
        .where(col(Attendance.at) >= span.begin, col(Attendance.at) < span.end)
        .group_by(col(Attendance.occurrence), col(Attendance.hamlet))
        .order_by(col(Attendance.occurrence), col(Attendance.hamlet))
    )
    times: dict[str, list[Row]] = {}
    for occurrence, hamlet, many in session.execute(statement):
        times.setdefault(occurrence, []).append(Row(hamlet, hamlet, float(many)))
    cells: dict[str, list[Row]] = {}
    for counted in times.values():
        for row in hide(counted):
            cells.setdefault(row.key, []).append(row)
    if not cells:
        return None
    rows = [
        together(shown, key or NO_KEY, names.get(key, key) or _("Chưa chọn thôn"))
        for key, shown in cells.items()
    ]
    title, head = _("Lượt dự theo thôn"), _("Thôn")
    note = _("Chỉ cộng các buổi có từ 5 người của thôn.")
    return Figure("du-thon", title, head, _("Lượt người"), best(rows), note=note)


def promised(session: Session, span: Span) -> Figure | None:
    """What people said of coming in these days."""
    names = {"yes": _("Sẽ đến"), "maybe": _("Có thể đến"), "no": _("Không đến được")}
    statement = (
        select(col(Rsvp.choice), func.count(), func.count(distinct(col(Rsvp.person_id))))
        .where(col(Rsvp.at) >= span.begin, col(Rsvp.at) < span.end)
        .group_by(col(Rsvp.choice))
    )
    found = {choice: (int(n), int(many)) for choice, n, many in session.execute(statement)}
    if not found:
        return None
    rows = [Row(key, name, float(found.get(key, (0, 0))[0])) for key, name in names.items()]
    small = [key for key, (_count, many) in found.items() if many < FEWEST]
    title, head = _("Bà con hẹn đến dự"), _("Trả lời")
    return Figure("hen-den", title, head, _("Lượt trả lời"), hide(rows, small))
