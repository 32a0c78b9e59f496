"""What is on: events, the radio's month, and whether something people hold is truly ours."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import state
from bot.flows.coming import invite
from bot.flows.turn import Turn
from bot.i18n import _
from bot.messages import Link, Reply
from bot.notices import verify, words
from bot.notices.calendar import Occurrence, month
from bot.notices.events import Event
from bot.notices.official import Official
from faq.text import fold

SHOWN = 8
"""Events offered at once."""
TALKS = ("toa dam", "noi chuyen", "hoi dap tai thon")
MINE = (
    "thon toi",
    "thon minh",
    "thon tui",
    "thon em",
    "thon chau",
    "xom toi",
    "xom minh",
    "cho toi",
)
LIVE = frozenset({"lich-toa-dam-sap-toi", "chuong-trinh-phat-thanh-chuyen-doi-so"})
"""Entries whose answer is in the calendar, not in the book."""
Listed = Sequence[tuple[Event, Occurrence]]


def events(turn: Turn, rest: str) -> list[Reply]:
    """/sukien: what is coming, for a thôn when one is named or known; or one event by its id."""
    current = turn.house.programme.current(turn.session)
    if rest.strip().lower() in {event.id for event in current}:
        return show(turn, rest.strip().lower())
    return [coming(turn, fold(rest), current)]


def coming(turn: Turn, asked: str, current: Sequence[Event]) -> Reply:
    """The next events that concern the one who asks; `asked` is folded."""
    hamlet = _hamlet(turn, asked)
    listed = [pair for pair in words.soonest(current, turn.now) if pair[0].concerns(hamlet)]
    if not hamlet:
        listed = words.soonest(current, turn.now)
    talks = [pair for pair in listed if pair[0].kind == "talk"]
    wanted = any(name in asked for name in TALKS)
    heading = _heading(turn, hamlet, talks=wanted, found=talks if wanted else listed)
    return _offer(turn, heading, (talks if wanted else []) or listed, current, hamlet)


def _hamlet(turn: Turn, asked: str) -> str:
    """The thôn a question is about: the one it names, or else the asker's own."""
    for place in turn.house.content.places.hamlets:
        if fold(place.name).removeprefix("thon ") in asked:
            return place.id
    return turn.person.hamlet


def _heading(turn: Turn, hamlet: str, *, talks: bool, found: Listed) -> str:
    name = turn.house.programme.names.hamlets.get(hamlet, "")
    where = name or _("Lý Sơn")
    if found:
        text = _("Tọa đàm sắp tới ở {where}:") if talks else _("Sắp tới ở {where}:")
        return text.format(where=where)
    if talks:
        text = _(
            "Chưa có buổi tọa đàm nào ở {where} được ấn định ngày. Mình không đoán ngày thay ban "
            "tổ chức."
        )
        return text.format(where=where)
    text = _(
        "Chưa có sự kiện nào ở {where} được ấn định ngày. Mình không đoán ngày thay ban tổ chức."
    )
    return text.format(where=where)


def _offer(
    turn: Turn, heading: str, listed: Listed, current: Sequence[Event], hamlet: str
) -> Reply:
    """The events to pick from, what is not settled yet, and where the whole calendar is."""
    options = [(_line(turn, event, item), {"event": event.id}) for event, item in listed[:SHOWN]]
    after = _afterwards(turn, current, hamlet)
    links = _calendar_links(turn)
    if not (options and turn.message.private):
        lines = [f"- {label}" for label, _meaning in options]
        return Reply("\n".join([heading, *lines]), links=links, footer=after)
    footer = "\n".join(filter(None, (_("Gõ số để xem chi tiết."), after)))
    return replace(turn.ask("event", heading, options, footer=footer), links=links)


def _afterwards(turn: Turn, current: Sequence[Event], hamlet: str) -> str:
    """What has no day yet, and how to be told of one's own thôn."""
    titles = "; ".join(one.title for one in words.unsettled(current) if one.kind != "deadline")
    text = _("Trong kế hoạch, chưa ấn định ngày: {titles}.")
    lines = [text.format(titles=titles) if titles else ""]
    if not hamlet and turn.message.private and turn.house.content.places.hamlets:
        lines.append(_("Gõ /thon để chọn thôn, mình sẽ lọc đúng thôn bạn."))
    return "\n".join(filter(None, lines))


def _line(turn: Turn, event: Event, item: Occurrence) -> str:
    """One event in a line: when, what, where, and whether something changed."""
    parts = [words.when_of(event, item, turn.house.zone), event.title]
    where = words.where_of(event, turn.house.programme.names)
    status, again = words.status_of(event), words.replayed(item)
    return " · ".join(part for part in (*parts, where, again, status.upper()) if part)


def _calendar_links(turn: Turn) -> tuple[Link, ...]:
    base = turn.house.public_url.rstrip("/")
    if not base:
        return ()
    return (
        Link(_("Lịch sự kiện"), f"{base}/su-kien"),
        Link(_("Thêm vào lịch điện thoại"), f"{base}/su-kien.ics"),
    )


def picked(turn: Turn, meaning: dict[str, str]) -> list[Reply]:
    """Somebody picked one of the events offered."""
    return show(turn, meaning["event"])


def show(turn: Turn, event_id: str) -> list[Reply]:
    """One event, by its id (from a list, or a link somebody shared)."""
    current = turn.house.programme.current(turn.session)
    one = next((words.told(event) for event in current if event.id == event_id), None)
    if one is None:
        return [Reply(_("Mình không còn sự kiện này. Gõ /sukien để xem các sự kiện sắp tới."))]
    return [_opened(turn, one)]


def _opened(turn: Turn, event: Event) -> Reply:
    """An event, and whether one comes."""
    return invite(turn, event, detail(turn, event))


def detail(turn: Turn, event: Event) -> Reply:
    """Everything people should know of an event."""
    links = [Link(_("Bản đồ"), event.map)] if event.map and event.shown else []
    base = turn.house.public_url.rstrip("/")
    if base and event.shown:
        links.append(Link(_("Trang sự kiện"), f"{base}/su-kien/{event.id}"))
    return Reply(
        words.detailed(event, turn.house.programme.names, turn.house.zone, turn.now),
        links=(*links, *event.materials),
        source=_source(turn, event),
    )


def _source(turn: Turn, event: Event) -> str:
    source = turn.house.content.book.sources.get(event.source)
    return _("Nguồn: {source}").format(source=source.cite) if source else ""


def radio(turn: Turn, _rest: str) -> list[Reply]:
    """/lichphat: what the loudspeaker has this month with its replays, or next month's."""
    current = turn.house.programme.current(turn.session)
    shows = [words.told(one) for one in current if one.kind == "radio" and one.shown]
    for at in _this_month_and_next(turn):
        listed = sorted(
            (item, event)
            for event in shows
            if event.when
            for item in month(event.when, at.year, at.month, turn.house.zone)
        )
        if any(item.end > turn.now for item, _event in listed):
            heading = _("Lịch phát thanh tháng {month}/{year}:").format(
                month=at.month, year=at.year
            )
            lines = [_on_air(turn, event, item) for item, event in listed]
            return [Reply("\n".join([heading, *lines]))]
    return [Reply(_not_on_air(turn, current))]


def _this_month_and_next(turn: Turn) -> list[datetime]:
    today = turn.now.astimezone(turn.house.zone)
    return [today, today.replace(day=1) + timedelta(days=32)]


def _on_air(turn: Turn, event: Event, item: Occurrence) -> str:
    status = words.status_of(event)
    told = words.replayed(item) or event.title
    past = _("đã phát") if item.end <= turn.now and event.status != "cancelled" else ""
    when = words.when_of(event, item, turn.house.zone)
    return "- " + " · ".join(part for part in (when, told, past, status.upper()) if part)


def _not_on_air(turn: Turn, current: Sequence[Event]) -> str:
    hours = turn.house.content.places.values.get("gio-phat-thanh")
    planned = next((words.told(event) for event in current if event.kind == "radio"), None)
    lines = [
        _("Lịch phát thanh chuyển đổi số chưa được ấn định. Mình không đoán giờ thay đài."),
        planned.what if planned else "",
        f"{hours.label}: {hours.value}" if hours and hours.value else "",
    ]
    return "\n".join(line for line in lines if line)


def live(turn: Turn, entry: str, asked: str) -> Reply | None:
    """What the calendar answers to an entry of the book, or None when the book knows better."""
    if entry not in LIVE:
        return None
    current = turn.house.programme.current(turn.session)
    if entry == "lich-toa-dam-sap-toi":
        return coming(turn, fold(asked), current)
    on_air = any(event.kind == "radio" and event.shown for event in current)
    return radio(turn, "")[0] if on_air else None


# Is it ours?


def check(turn: Turn, rest: str) -> list[Reply]:
    """/xacminh: of a code, link, number or name; asks for one when none is given."""
    if rest.strip():
        return [_verdict(told) for told in [_answer(turn, rest, asked=True)] if told]
    state.ask(turn.chat, "verify", {"options": []}, turn.person_id, turn.now)
    return [
        Reply(
            _(
                "Bạn gửi cho mình mã trên thông báo (dạng LS-XXXXXX), hoặc đường dẫn, số điện "
                "thoại, tên trang cần xem có phải thật không."
            )
        )
    ]


def checked(turn: Turn, text: str) -> list[Reply] | None:
    """The answer to a message that is a code, was forwarded, or follows /xacminh; else None."""
    question = state.question(turn.chat, turn.person_id, turn.now)
    asked = question is not None and question.kind == "verify"
    alone = verify.code_in(text) and len(text.split()) <= 3
    if not (asked or alone or (turn.message.private and not turn.message.trusted)):
        return None
    told = _answer(turn, text, asked=False)
    if not told:
        return None
    state.close(turn.chat)
    return [_verdict(told)]


def _answer(turn: Turn, text: str, *, asked: bool) -> list[str]:
    return verify.answer(turn.session, official(turn), text, turn.house.zone, asked=asked)


def official(turn: Turn) -> Official:
    """The list of what is official, with our own address on it."""
    label = _("Chatbot này")
    return turn.house.programme.official.plus(turn.house.public_url, label, turn.house.operator)


def _verdict(told: list[str]) -> Reply:
    return Reply("\n".join(told))
