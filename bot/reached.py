"""Figures of what went out and who came: notices by channel, why not, talks, promises, thôn."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, Select, func, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import Session, col

from bot.db import table_of
from bot.i18n import _, speaking
from bot.notices import urge
from bot.notices.announce import Notice
from bot.notices.audience import reason
from bot.notices.taking_part import Attendance, Rsvp
from bot.notices.tally import Tally, tallies
from bot.outbox import FAILED, UNKNOWN
from bot.rows import Figure, Row, Span, alone, best, parted, ranked, together

NO_KEY = "-"
"""What an empty key is called in an address."""
LATER = "later"
"""The row of those who saw a notice when they next wrote."""
Columns = ReadOnlyColumnCollection[str, Column[Any]]
_ATTENDANCE, _RSVP = table_of(Attendance).c, table_of(Rsvp).c


@dataclass(frozen=True)
class Told:
    """A notice, and what became of it."""

    notice: Notice
    tally: Tally

    @property
    def channels(self) -> Counter[str]:
        """How many it reached, by channel."""
        found = Counter({key or NO_KEY: many for key, many in self.tally.by_channel.items()})
        found[LATER] += self.tally.later
        return found

    @property
    def missed(self) -> dict[str, int]:
        """How many it did not reach, by why."""
        ended = {FAILED: self.tally.failed.total(), UNKNOWN: self.tally.unknown}
        return {**self.tally.unreached, **ended}


def all_of(
    session: Session, span: Span, events: Mapping[str, str], hamlets: Mapping[str, str]
) -> list[Figure]:
    """Every figure there is something of; `events` and `hamlets`: how they are called."""
    notices, came = told(session, span), came_to(session, span)
    found = (
        *(by_channel(notices), unreached(notices), promised(session, span)),
        *(talks(came, events), by_hamlet(came, hamlets)),
    )
    return [figure for figure in found if figure is not None]


# Notices


def told(session: Session, span: Span) -> list[Told]:
    """The notices that began to go out in these days; what units are told they owe is none."""
    statement = select(Notice).where(
        col(Notice.started_at) >= span.begin,
        col(Notice.started_at) < span.end,
        col(Notice.author) != urge.AUTHOR,
    )
    notices = {row.id or 0: row for row in session.scalars(statement.order_by(col(Notice.id)))}
    found = tallies(session, list(notices))
    return [Told(row, found[number]) for number, row in notices.items()]


def by_channel(notices: list[Told]) -> Figure | None:
    """How often notices reached somebody, by channel: of each notice the channels of few are
    hidden, and in no sum."""
    cells = parted([one.channels for one in notices])
    names = {**channels(), LATER: _("Xem khi nhắn lại")}
    rows = [together(cells[key], key, names.get(key, key)) for key in cells]
    shown = tuple(row for row in best(rows) if row.value != 0)
    if not shown:
        return None
    title, head = _("Thông báo đã tới, theo kênh"), _("Kênh")
    note = _("Chỉ cộng các thông báo có từ 5 người nhận trên kênh.")
    return Figure("bao-toi", title, head, _("Lượt người nhận"), shown, note=note, down=True)


def channels() -> dict[str, str]:
    """What channels are called."""
    return {
        "web": _("Trang chat"),
        "telegram": "Telegram",
        "zalo_oa": "Zalo OA",
        "zalo_bot": "Zalo Bot",
        "console": _("Máy của ban tổ chức"),
    }


def unreached(notices: list[Told]) -> Figure | None:
    """How often notices did not reach somebody, by why, hidden as channels are."""
    with speaking("vi"):  # which group goes along must not depend on the language
        keys = {why: _why(why) for why in {why for one in notices for why in one.missed}}
    names = {key: _why(why) for why, key in keys.items()}
    parts = []
    for one in notices:
        counts: Counter[str] = Counter()
        for why, many in one.missed.items():
            counts[keys[why]] += many
        parts.append(counts)
    rows = [together(cells, key, names[key]) for key, cells in parted(parts).items()]
    shown = tuple(row for row in best(rows) if row.value != 0)
    if not shown:
        return None
    title, head = _("Thông báo chưa tới, vì sao"), _("Vì sao")
    note = _("Chỉ cộng các thông báo có từ 5 người chưa nhận vì cùng lý do.")
    return Figure("bao-khong-toi", title, head, _("Lượt người chưa nhận"), shown, note=note)


def _why(name: str) -> str:
    """Why a notice did not reach somebody, in words; reasons that read the same are one."""
    ended = {FAILED: _("Gửi hỏng"), UNKNOWN: _("Chưa rõ đến hay chưa")}
    return ended.get(name) or reason(name)


def behind_channel(notices: list[Told], key: str, title: str, span: Span) -> Figure:
    """The notices behind a channel, in their order."""
    cells = parted([one.channels for one in notices])[key]
    rows = tuple(
        Row(f"{one.notice.id}", _called(one.notice, span), cell.value, cell.mark)
        for one, cell in zip(notices, cells, strict=True)
    )
    return Figure(f"bao-toi-{key}", title, _("Thông báo"), _("Lượt người nhận"), rows)


def _called(notice: Notice, span: Span) -> str:
    first = notice.text.splitlines()[0][:60] if notice.text else ""
    day = notice.started_at.astimezone(span.zone) if notice.started_at else None
    return f"{day:%d/%m}: {first}" if day else first


# Events


def came_to(session: Session, span: Span) -> dict[str, Counter[str]]:
    """For each time something happened, how many of each thôn came.

    It stands whole on the day of the first who came, so that days chosen at will cut no group.
    """
    row = _ATTENDANCE
    statement = (
        select(row.occurrence, row.hamlet, func.count())
        .where(row.occurrence.in_(_begun(row, span)))
        .group_by(row.occurrence, row.hamlet)
        .order_by(row.occurrence, row.hamlet)
    )
    found: dict[str, Counter[str]] = {}
    for occurrence, hamlet, many in session.execute(statement):
        found.setdefault(occurrence, Counter())[hamlet or NO_KEY] = many
    return found


def _begun(row: Columns, span: Span) -> Select[tuple[str]]:
    """The times something happened of which the first row is of these days."""
    first = func.min(row.at)
    found = select(row.occurrence).group_by(row.occurrence)
    return found.having(first >= span.begin, first < span.end)


def talks(came: Mapping[str, Counter[str]], titles: Mapping[str, str]) -> Figure | None:
    """How many came to each talk or other event."""
    if not came:
        return None
    rows = [
        alone(Row(name, _named(name, titles), float(hamlets.total())))
        for name, hamlets in came.items()
    ]
    note = _("{count} buổi có người đến dự.").format(count=len(came))
    title, head = _("Người dự từng buổi"), _("Buổi")
    return Figure("buoi", title, head, _("Số người"), best(rows), note=note, down=True)


def _named(occurrence: str, titles: Mapping[str, str]) -> str:
    event, _at, day = occurrence.partition("@")
    name = titles.get(event, event)
    return f"{name} ({date.fromisoformat(day):%d/%m/%Y})" if day else name


def behind_talk(session: Session, occurrence: str, title: str) -> Figure:
    """How those who came were counted: by code, by QR, by a helper. Never by thôn beside the sums
    of thôn: from both, a small group could be reckoned."""
    names = {"code": _("Gõ mã ở cửa"), "qr": _("Quét mã QR"), "helper": _("Cán bộ ghi giúp")}
    row = _ATTENDANCE
    statement = select(row.how, func.count()).where(row.occurrence == occurrence).group_by(row.how)
    rows = [Row(how, names.get(how, how), float(n)) for how, n in session.execute(statement)]
    shown = ranked(rows)
    return Figure(f"buoi-{occurrence}", title, _("Cách ghi nhận"), _("Số người"), shown)


def by_hamlet(came: Mapping[str, Counter[str]], names: Mapping[str, str]) -> Figure | None:
    """How often people of each thôn came.

    Each time something happened is hidden or shown by itself, whatever days are asked for, and
    what is hidden is in no sum: two sums would tell of it by their difference.
    """
    if not came:
        return None
    words = {**names, NO_KEY: _("Chưa chọn thôn")}
    rows = [
        together(cells, key, words.get(key, key))
        for key, cells in parted(list(came.values())).items()
    ]
    title, head = _("Lượt dự theo thôn"), _("Thôn")
    note = _("Chỉ cộng các buổi có từ 5 người của thôn.")
    return Figure("du-thon", title, head, _("Lượt người"), best(rows), note=note)


def promised(session: Session, span: Span) -> Figure | None:
    """What people said of coming, each time something happens by itself, on the day of the first
    who said so."""
    row = _RSVP
    statement = (
        select(row.occurrence, row.choice, func.count())
        .where(row.occurrence.in_(_begun(row, span)))
        .group_by(row.occurrence, row.choice)
    )
    times: dict[str, Counter[str]] = {}
    for occurrence, choice, many in session.execute(statement):
        times.setdefault(occurrence, Counter())[choice] = many
    if not times:
        return None
    names = {"yes": _("Sẽ đến"), "maybe": _("Có thể đến"), "no": _("Không đến được")}
    cells = parted(list(times.values()))
    rows = tuple(together(cells.get(key, ()), key, name) for key, name in names.items())
    title, head = _("Bà con hẹn đến dự"), _("Trả lời")
    note = _(
        "Mỗi buổi tính trọn vào ngày có người trả lời đầu tiên; chỉ cộng câu trả lời có từ 5 người "
        "của buổi."
    )
    return Figure("hen-den", title, head, _("Lượt trả lời"), rows, note=note)
