"""Events edited in their file by hand: noticed, decided by an organiser, told exactly once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session

from bot import watch
from bot.db import Database
from bot.flows.turn import House
from bot.notices import changes, edits, filed, refiled, reminders, vetting
from bot.notices.events import Event, as_item, as_written
from bot.notices.programme import Programme
from bot.notices.refiled import DecidedError, Waiting
from bot.settings import Settings
from bot.watch import Room
from faq.files import Mistake
from tests.conftest import NOON, ZONE
from tests.notices.sample import NAMES, furnish, sample
from tests.notices.test_changes import EIGHT, OFF, TALK, Talks


@dataclass
class Files(Talks):
    """The calendar of two thôn is the file itself; `edit` is what an operator does to it."""

    planned: Programme = field(default_factory=Programme)

    def edit(self, event: str = TALK, **values: Any) -> None:
        """Write something else in the file, and start again."""
        self.put([_with(one, values) if one.id == event else one for one in self.planned.events])

    def put(self, events: Sequence[Event], mistakes: Sequence[Mistake] = ()) -> None:
        """Start with a file as it is given."""
        self.planned = replace(self.planned, events=tuple(events), mistakes=tuple(mistakes))
        self.house = replace(self.house, programme=self.planned)
        self.start()

    def start(self) -> None:
        """What every process does when it starts."""
        self.db.run(partial(note, planned=self.planned, now=self.now)).result(10)

    def waits(self) -> list[Waiting]:
        """What waits for a decision."""
        return self.db.read(partial(refiled.waiting, programme=self.planned, desk=self.desk))

    @property
    def desk(self) -> changes.Desk:
        """What telling takes."""
        return changes.Desk(NAMES, self.ways, ZONE, "Hoa", self.now)

    def decide(self, tell: bool, mark: str = "", name: str = TALK) -> int:
        """An organiser presses a button, having seen what waits now."""
        mark = mark or self.waits()[0].mark
        given = {"name": name, "mark": mark, "tell": tell, "desk": self.desk}
        work = partial(refiled.decide, programme=self.planned, **given)  # type: ignore[arg-type]
        return self.db.run(work).result(10)


def _with(event: Event, values: dict[str, Any]) -> Event:
    found, wrong = vetting.examine(as_item({**as_written(event), **values}), NAMES)
    assert found is not None, wrong
    return found


def note(session: Session, planned: Programme, now: datetime) -> None:
    """Take note of a file."""
    refiled.take_note(session, planned, ZONE, now)


@pytest.fixture
async def files(db: Database, house: House) -> Files:
    """The bot was started with the file; Lan comes to its talk, Minh has the notice alone."""
    house = furnish(house)
    planned = replace(house.programme, events=tuple(sample()), names=NAMES, mistakes=())
    made = Files(db, replace(house, programme=planned), NOON, planned=planned)
    made.start()
    lan, _minh = await made.meet("lan", "minh")
    await made.announce("Mời bà con dự tọa đàm lúc 19:00.", event=TALK)
    await made.settle()
    await made.comes(lan)
    return made


async def test_a_change_of_the_file_waits_and_is_told_once(files: Files) -> None:
    """Nobody hears a word until it is decided; then as after a change at the desk, and once."""
    files.edit(**EIGHT)
    await files.settle()
    before = (len(files.channel.texts("lan")), len(files.channel.edited))
    [one] = files.waits()
    people = files.decide(tell=True, mark=one.mark)
    await files.settle()
    files.start()
    await files.settle()

    assert before == (1, 0)
    assert (one.before.id, one.removed, one.foreseen.people, one.foreseen.edited) == (
        TALK, False, 1, 1,
    )  # fmt: skip
    assert people == 1
    assert "Giờ mới: 20:00" in files.channel.texts("lan")[1]
    assert files.channel.texts("lan")[1].startswith(one.foreseen.words[0].text)
    assert len(files.channel.texts("lan")) == 2
    assert {chat for chat, _name, _reply in files.channel.edited} == {"lan", "minh"}
    assert files.waits() == []
    with pytest.raises(DecidedError):
        files.decide(tell=True, mark=one.mark)


async def test_admins_are_alerted_until_it_is_decided(files: Files) -> None:
    """A change that waits is a trouble, named with where to decide; decided, it is none."""

    def troubled() -> dict[str, str]:
        room, planned = Room(10**12, 10**11), files.planned
        return files.db.read(
            lambda session: watch.troubles(session, Settings(), room, "", files.now, planned)
        )

    before = troubled()
    files.edit(**EIGHT)
    waiting = troubled()
    files.decide(tell=False)

    assert "events" not in before
    assert "1 sự kiện đã đổi" in waiting["events"]
    assert "/ban/doi-trong-tep" in waiting["events"]
    assert "events" not in troubled()


async def test_who_asks_hears_what_the_file_says_meanwhile(files: Files) -> None:
    """The operator wrote it: /sukien answers with the new hour before anybody is told."""
    files.edit(**EIGHT)

    [answer] = await files.says("/sukien toa-dam-dong")

    assert "20:00 đến 21:30" in answer
    assert len(files.waits()) == 1


async def test_it_can_be_settled_quietly(files: Files) -> None:
    """Nobody is written to, no notice is edited, and it does not wait any more after a restart."""
    files.edit(**EIGHT)
    files.decide(tell=False)
    files.start()
    await files.settle()

    assert (files.waits(), files.channel.edited) == ([], [])
    assert len(files.channel.texts("lan")) == 1


@pytest.mark.parametrize("tell", [True, False])
async def test_a_notice_that_waits_goes_out_when_it_is_decided(files: Files, tell: bool) -> None:
    """With an hour that may be wrong it waits however late it gets; then it has the words that
    were decided on."""
    at = files.now + timedelta(hours=1)
    await files.announce("Ngày mai tọa đàm lúc 19:00.", event=TALK, at=at)
    files.edit(**EIGHT)
    files.now += timedelta(hours=3)
    await files.settle()
    before = len(files.channel.texts("minh"))
    files.decide(tell=tell)
    await files.settle()

    assert before == 1
    [_first, word] = files.channel.texts("minh")
    assert word.startswith("THAY ĐỔI") is tell
    assert ("Giờ mới: 20:00" in word) is tell


def test_a_restart_does_not_accept_what_waits(files: Files) -> None:
    """However often it starts, it waits; taken back, it waits no more."""
    files.edit(**EIGHT)
    for _again in range(3):
        files.start()
    waited = len(files.waits())
    files.put(sample())

    assert (waited, files.waits()) == (1, [])


def test_a_second_edit_is_told_from_what_people_know(files: Files) -> None:
    """What was seen of the first edit decides nothing; the second shows the hour people know."""
    files.edit(**EIGHT)
    [first] = files.waits()
    files.edit(start="2026-12-02 18:00", end="2026-12-02 19:30")
    [second] = files.waits()

    with pytest.raises(DecidedError):
        files.decide(tell=True, mark=first.mark)
    assert "18:00" in second.foreseen.words[0].text
    assert "(trước đó: 19:00)" in second.foreseen.words[0].text


async def test_an_edit_at_the_desk_settles_what_waits(files: Files) -> None:
    """It is told from the hour people know, not from the file nobody heard of; once."""
    files.edit(**EIGHT)
    await files.change(start="2026-12-02 18:00", end="2026-12-02 19:30")
    waits = files.waits()
    files.start()
    await files.settle()
    files.start()
    await files.settle()

    word = files.channel.texts("lan")[1]
    assert waits == files.waits() == []
    assert "Giờ mới: 18:00" in word
    assert "(trước đó: 19:00)" in word
    assert len(files.channel.texts("lan")) == 2


async def test_an_event_gone_from_the_file_is_told_as_called_off(files: Files) -> None:
    """It waits like any change, says so, and is forgotten when it is decided."""
    files.put([one for one in sample() if one.id != TALK])
    [one] = files.waits()
    files.decide(tell=True, mark=one.mark)
    await files.settle()

    assert (one.removed, one.after.status) == (True, "cancelled")
    assert files.channel.texts("lan")[1].startswith("ĐÃ HỦY: ")
    assert files.waits() == []
    assert TALK not in files.db.read(partial(filed.accepted, names=NAMES))


def test_a_mistake_in_the_file_calls_nothing_off(files: Files) -> None:
    """An event left out because it cannot be read is not gone."""
    wrong = Mistake(filed.FILE, 3, "kind sai", "Sửa")
    files.put([one for one in sample() if one.id != TALK], [wrong])

    assert files.waits() == []
    assert TALK in files.db.read(partial(filed.accepted, names=NAMES))


@pytest.mark.parametrize(
    ("event", "values"),
    [
        (TALK, {"agenda": ["19:00 Đón bà con"]}),
        (TALK, {"status": "held"}),
        ("phat-thanh-thu", {"without": ["2026-12-07"]}),
    ],
    ids=["a typo", "it was held", "nobody was told and nobody comes"],
)
def test_what_moves_nobody_is_accepted_silently(
    files: Files, event: str, values: dict[str, Any]
) -> None:
    """Nothing waits, and the next change is measured from it."""
    files.edit(event, **values)

    known = files.db.read(partial(filed.known, event=event, names=NAMES))
    now = next(one for one in files.planned.events if one.id == event)
    assert files.waits() == []
    assert known is not None
    assert filed.mark_of(known) == filed.mark_of(now)


def test_what_is_over_does_not_wait(files: Files) -> None:
    """A talk of last week, corrected in the file, concerns nobody."""
    files.now = NOON + timedelta(days=14)
    files.edit(place="Nơi khác")

    assert files.waits() == []


def test_an_older_database_starts_silently(db: Database, house: House) -> None:
    """Nothing was kept yet: what the file says is what people know, and one row an event."""
    planned = replace(house.programme, events=tuple(sample()), names=NAMES)
    for _process in range(2):
        db.run(partial(note, planned=planned, now=NOON)).result(10)

    assert set(db.read(partial(filed.accepted, names=NAMES))) == {one.id for one in sample()}


async def test_many_press_at_once_and_one_decides(files: Files) -> None:
    """Eight organisers in eight processes: one is told it was told, Lan hears it once."""
    files.edit(**OFF)
    [one] = files.waits()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _n: _pressed(files, one.mark), range(8)))
    await files.settle()

    assert sorted(results) == [False] * 7 + [True]
    assert files.heard("lan")[1:] == ["ĐÃ HỦY: Tọa đàm chuyển đổi số thôn Đông."]


def _pressed(files: Files, mark: str) -> bool:
    """Decide over a connection of one's own, as another process does."""
    own = Database(files.db.engine.url.render_as_string(hide_password=False))
    given = {"name": TALK, "mark": mark, "tell": True, "desk": files.desk}
    try:
        work = partial(refiled.decide, programme=files.planned, **given)  # type: ignore[arg-type]
        own.run(work).result(30)
    except DecidedError:
        return False
    finally:
        own.close()
    return True


def test_many_processes_start_at_once(files: Files) -> None:
    """Each takes note of the same file; what waits goes on waiting, the rest is kept once."""
    edited = [_with(one, EIGHT) if one.id == TALK else one for one in sample()]
    new = replace(sample()[0], id="moi")
    files.planned = replace(files.planned, events=(*edited, new))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _n: _started(files), range(6)))

    assert [one.after.id for one in files.waits()] == [TALK]
    assert "moi" in files.db.read(partial(filed.accepted, names=NAMES))


def _started(files: Files) -> None:
    own = Database(files.db.engine.url.render_as_string(hide_password=False))
    try:
        own.run(partial(note, planned=files.planned, now=files.now)).result(30)
    finally:
        own.close()


async def test_reminders_follow_the_file_whatever_is_decided(files: Files) -> None:
    """They are planned from what is shown, before and after the decision alike."""
    files.edit(**EIGHT)
    await files.worker.plan_reminders()
    before = {one.due_at for one in files.db.read(partial(reminders.listed, event=TALK))}
    files.decide(tell=False)
    await files.worker.plan_reminders()

    after = {one.due_at for one in files.db.read(partial(reminders.listed, event=TALK))}
    assert before == after
    assert before


def test_nothing_of_it_is_an_edit(files: Files) -> None:
    """The desk's versions stay what the desk did."""
    files.edit(**EIGHT)
    files.decide(tell=True)

    assert files.db.read(edits.untold) == []
    assert files.db.read(edits.edited) == set()
