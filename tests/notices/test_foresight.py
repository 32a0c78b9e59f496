"""What a change will do is foreseen whole, and telling then does just that."""

from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session

from bot.db import Database
from bot.flows.turn import House
from bot.notices import changes, taking_part, vetting
from bot.notices.audience import Ways
from bot.notices.events import Event, as_item, as_written
from bot.notices.foresight import Foreseen, foresee
from tests.conftest import NOON, ZONE
from tests.notices.sample import NAMES, furnish, lay
from tests.notices.test_changes import TALK, Talks

RADIO = "phat-thanh-thu"
TIMES = ("2026-12-07", "2027-01-04", "2027-02-01")


@pytest.fixture
async def talks(db: Database, house: House) -> Talks:
    """Two thôn with their calendar; the programme is a monthly training people come to."""
    house = furnish(house)
    lay(db, house, NOON)
    made = Talks(db, house, NOON)
    await made.change(event=RADIO, kind="training", replays=[], place="Hội trường")
    await made.settle()
    return made


def pair(talks: Talks, event: str, **values: object) -> tuple[Event, Event]:
    """An event as people know it and as it would be."""
    current = talks.db.read(talks.house.programme.current)
    before = next(one for one in current if one.id == event)
    after, wrong = vetting.examine(as_item({**as_written(before), **values}), NAMES)
    assert after is not None, wrong
    return before, after


def seen(talks: Talks, before: Event, after: Event) -> Foreseen:
    """What is foreseen of a change now."""
    return talks.db.read(partial(foresee, before=before, after=after, desk=desk(talks)))


def desk(talks: Talks) -> changes.Desk:
    """What telling takes."""
    return changes.Desk(NAMES, talks.ways, ZONE, "Hoa", talks.now)


async def come(talks: Talks, person: int, day: str) -> None:
    """Somebody comes to one time of the programme."""
    name = f"{RADIO}@{day}"
    work = partial(taking_part.reply, occurrence=name, person_id=person, choice="yes", now=NOON)
    await talks.db.write(work)


async def test_every_time_that_changed_has_its_words(talks: Talks) -> None:
    """One time falls out, the others move: three texts, and each person once, as telling does."""
    a, b, c = await talks.meet("a", "b", "c")
    for person, day in ((a, TIMES[0]), (a, TIMES[1]), (b, TIMES[1]), (c, TIMES[2])):
        await come(talks, person, day)
    before, after = pair(
        talks, RADIO, place="Sân vận động", without=[TIMES[0]], start=f"{TIMES[0]} 06:00"
    )

    found = seen(talks, before, after)
    told = await talks.db.write(
        partial(changes.tell_of, before=before, after=after, desk=desk(talks))
    )
    await talks.settle()

    assert [(one.text.split(":")[0], one.people) for one in found.words] == [
        ("ĐÃ HỦY", 1), ("THAY ĐỔI", 1), ("THAY ĐỔI", 1),
    ]  # fmt: skip
    assert (found.people, told) == (3, 3)
    for chat, one in zip("abc", found.words, strict=True):
        assert len(talks.channel.texts(chat)) == 1
        assert one.text in talks.channel.texts(chat)[0]


async def test_a_later_time_alone_is_foreseen(talks: Talks) -> None:
    """The next time stays as it was; who comes to a later one that falls out hears it."""
    [a] = await talks.meet("a")
    await come(talks, a, TIMES[1])
    before, after = pair(talks, RADIO, without=[TIMES[1]])

    found = seen(talks, before, after)

    assert [(one.text[:6], one.people) for one in found.words] == [("ĐÃ HỦY", 1)]


async def test_notices_are_counted_as_telling_treats_them(talks: Talks) -> None:
    """Sent ones are edited, those that wait for their time are dropped when it is called off."""
    [lan] = await talks.meet("lan")
    await talks.announce("Mời bà con.", event=TALK)
    await talks.settle()
    await talks.announce("Nhắc lại.", event=TALK, at=NOON + timedelta(days=1))
    await talks.comes(lan)
    before, off = pair(talks, TALK, status="cancelled", note="Biển động")
    _before, moved = pair(talks, TALK, place="Nơi khác")

    called_off, elsewhere = seen(talks, before, off), seen(talks, before, moved)

    assert (called_off.edited, called_off.dropped, called_off.people) == (1, 1, 1)
    assert (elsewhere.edited, elsewhere.dropped, elsewhere.people) == (2, 0, 1)


async def test_whose_notice_has_not_left_is_not_counted(talks: Talks) -> None:
    """Their copy will say the new place, so no word of its own goes to them."""
    [lan] = await talks.meet("lan")
    await talks.comes(lan)
    await talks.announce("Mời bà con.", event=TALK)
    await talks.worker.work_some()  # queued, not sent

    found = seen(talks, *pair(talks, TALK, place="Nơi khác"))

    assert (found.edited, found.people, found.reaches) == (1, 0, True)


def test_nothing_comes_of_what_nobody_knew(session: Session) -> None:
    """A new event, and one whose words alone changed, matter to nobody."""
    desk = changes.Desk(NAMES, Ways({}), ZONE, "Hoa", NOON)
    event = Event("moi", "talk", "Mới", "announced")

    assert foresee(session, None, event, desk) == Foreseen()
    assert not foresee(session, event, event, desk).reaches
