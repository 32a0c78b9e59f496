"""The fanpage: a post for an event, a result or a story, ready to be copied, and its card."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bot.i18n import _, day
from bot.notices import words
from bot.notices.calendar import Occurrence
from bot.notices.events import Event, Names
from bot.notices.stories import Story
from bot.pictures import Podium
from bot.posters import Flyer

PAGE = "Huyện Đảo Lý Sơn"
"""The fanpage, as the plan of 2023 calls it."""
LONGEST = 600
"""Letters of a post: what is seen before one has to unfold it, and a little."""
TAGS = "#ChuyenDoiSo #LySon"


def of_event(event: Event, item: Occurrence | None, names: Names, zone: ZoneInfo, url: str) -> str:
    """A post for an event: what, when, where, why; an event without a day has no post."""
    status, where = words.status_of(event), words.where_of(event, names)
    facts = (
        ("{what}", f"{status.upper()}: {event.note}" if status and event.note else status.upper()),
        (_("Khi nào: {what}"), words.when_of(event, item, zone) if item else ""),
        (_("Ở đâu: {what}"), where),
        (_("Dành cho: {what}"), event.audience),
    )
    sure = [event.title, *(text.format(what=what) for text, what in facts if what)]
    return _fitted(sure, [event.what, event.why], url)


def of_story(story: Story, zone: ZoneInfo) -> str:
    """A post for a news item: its head, where it comes from, and its address."""
    source = ", ".join(filter(None, (story.source, day(story.published_at, zone))))
    return _fitted(
        [story.title], [story.summary, _("Nguồn: {source}").format(source=source)], story.link
    )


def of_result(podium: Podium, url: str) -> str:
    """A post for the result of a round: the first three, as its podium shows them."""
    return _fitted([f"{podium.heading}: {podium.title}", *_steps(podium)], [podium.note], url)


def _steps(podium: Podium) -> Iterator[str]:
    for step in podium.steps:
        who = f"{step.name} ({step.unit})" if step.unit else step.name
        yield f"{step.rank}. {who}: {', '.join(step.values)}"


def _fitted(sure: list[str], more: list[str], url: str) -> str:
    """What must be said, what may be shortened, the address and the tags, within LONGEST."""
    tail = "\n".join(part for part in (url, TAGS) if part)
    head = _shortened("\n".join(part for part in sure if part), LONGEST - len(tail) - 1)
    parts = [head]
    for text in filter(None, more):
        room = LONGEST - sum(len(part) + 1 for part in parts) - len(tail) - 1
        if room >= min(40, len(text)):
            parts.append(_shortened(text, room))
    return "\n".join([*parts, tail])


def _shortened(text: str, most: int) -> str:
    """A text of at most so many letters, cut after a word."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(",.;: ") + "…"


def card_of_event(
    event: Event, item: Occurrence | None, names: Names, zone: ZoneInfo, url: str
) -> Flyer:
    """The picture that goes with the post of an event."""
    status = words.status_of(event)
    return Flyer(
        brand=_("Chuyển đổi số Lý Sơn"),
        kind=words.kind_of(event),
        title=event.title,
        status=f"{status}: {event.note}" if status and event.note else status,
        when=words.when_of(event, item, zone) if item else "",
        where=words.where_of(event, names),
        what=event.what,
        call=_("Quét mã xem chi tiết"),
        address=url,
    )


def card_of_story(story: Story, zone: ZoneInfo) -> Flyer:
    """The picture that goes with the post of a story."""
    return Flyer(
        brand=_("Chuyển đổi số Lý Sơn"),
        kind=_("Tin mới"),
        title=story.title,
        status="",
        when=day(story.published_at, zone),
        where=story.source,
        what=story.summary,
        call=_("Quét mã đọc tin"),
        address=story.link,
    )
