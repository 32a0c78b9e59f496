"""News: the latest stories, and every week's to those who asked for it, each person once."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from bot import outbox, people
from bot.flows.daily import LOT, address
from bot.flows.turn import House, Turn
from bot.i18n import _, day, speaking
from bot.messages import Capability, Link, Reply
from bot.notices import stories, words
from bot.notices.stories import Story
from bot.people import agree
from faq.text import fold

KIND = "weekly news"
"""The name of the consent."""
SHOWN, OF_WEEK, COMING = 3, 5, 3
"""Stories of /tintuc; stories and events of a week's news."""
WEEK = timedelta(days=7)
SUNDAY = 6
EVENING, NIGHT, MORNING = time(18, 0), time(21, 0), time(6, 30)
"""It goes out on Sunday evening; what could not go then goes on Monday, in daylight."""
EVERY_WEEK = frozenset({"tuan", "hang tuan", "moi tuan", "week", "weekly"})


def command(turn: Turn, rest: str) -> list[Reply]:
    """/tintuc: the latest news; /tintuc tuần: every week's, or no more of it."""
    if fold(rest) not in EVERY_WEEK:
        return [latest(turn)]
    if not turn.message.private:
        return [Reply(_("Bạn nhắn riêng cho mình /tintuc tuần để nhận tin mỗi tuần nhé."))]
    return [_toggle(turn)]


def latest(turn: Turn) -> Reply:
    """The newest stories with their date and source."""
    newest = stories.latest(turn.session, SHOWN)
    mine = turn.session.get(stories.Reader, turn.person_id)
    offer = (
        _("Thôi nhận tin mỗi tuần: /tintuc tuần")
        if mine is not None and mine.weekly
        else _("Nhận tin 18:00 Chủ nhật mỗi tuần: /tintuc tuần")
    )
    footer = offer if turn.message.private else ""
    if not newest:
        text = _("Mình chưa có tin nào. Gõ /sukien để xem các sự kiện sắp tới.")
        return Reply(text, footer=footer)
    links = tuple(_link(story, turn.house) for story in newest)
    return Reply(_("Tin mới nhất:"), links=links, footer=footer)


def _link(story: Story, house: House) -> Link:
    facts = (story.source, day(story.published_at, house.zone))
    return Link(f"{story.title} ({', '.join(filter(None, facts))})", story.link)


def _toggle(turn: Turn) -> Reply:
    """Switch the week's news on or off, and keep what was agreed to."""
    reader = stories.reader(turn.session, turn.person_id)
    reader.weekly = not reader.weekly
    text = (
        _("Từ nay mình gửi bạn tin trong tuần vào 18:00 Chủ nhật. Thôi nhận: /tintuc tuần")
        if reader.weekly
        else _("Mình thôi gửi tin mỗi tuần. Bật lại: /tintuc tuần")
    )
    agree(turn.session, turn.person, KIND, text, turn.now, given=reader.weekly)
    turn.session.flush()
    return Reply(text)


def send(session: Session, house: House, can: Mapping[str, Capability], now: datetime) -> int:
    """Queue the week's news for some of those who did not have it yet; how many."""
    week = due(now.astimezone(house.zone))
    if week is None:
        return 0
    readers = stories.waiting(session, week, LOT)
    for reader in readers:
        reader.sent_on = week
        person = session.get_one(people.Person, reader.person_id)
        where = address(session, person, can)
        with speaking(person.language):
            news = of_week(session, house, week) if where is not None else None
        if where is not None and news is not None:
            outbox.put(
                session,
                where.channel,
                where.chat,
                [news],
                can[where.channel],
                now,
                person_id=person.id,
                rank=outbox.BULK,
            )
    session.flush()
    return len(readers)


def due(local: datetime) -> date | None:
    """The Sunday whose news goes out at a moment of the island's clock; None at other times."""
    if local.weekday() == SUNDAY and EVENING <= local.time() < NIGHT:
        return local.date()
    if local.weekday() == 0 and MORNING <= local.time() < NIGHT:
        return local.date() - timedelta(days=1)
    return None


def of_week(session: Session, house: House, week: date) -> Reply | None:
    """The news of the week that ended on a Sunday evening; None when there was none."""
    end = datetime.combine(week, EVENING, house.zone)
    found = stories.since(session, end - WEEK, OF_WEEK)
    current = words.soonest(house.programme.current(session), end)
    events = [pair for pair in current if pair[1].start <= end + WEEK][:COMING]
    if not (found or events):
        return None
    lines = [
        f"- {words.when_of(event, item, house.zone)} · {event.title}" for event, item in events
    ]
    coming = "\n".join([_("Tuần tới:"), *lines]) if lines else ""
    heading = _("Tin trong tuần của bạn:") if found else ""
    return Reply(
        "\n".join(filter(None, (coming, heading))),
        links=tuple(_link(story, house) for story in found),
        footer=_("Thôi nhận tin mỗi tuần: /tintuc tuần"),
    )
