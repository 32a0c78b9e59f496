"""Notices: to each person once, never at night, paused and resumed, counted to the last one."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from bot import jobs, leases, organisers, outbox, people
from bot.messages import GoneError, MovedError, RefusedError, RetryError, UncertainError
from bot.notices import announce, audience, dispatch, tally
from bot.notices.announce import Draft, NoticeError, Recipient, wake
from bot.notices.audience import Audience, Survey
from bot.outbox import Outbox
from tests.conftest import NOON, ZONE
from tests.notices.board import Board, linked, works

HOUR = timedelta(hours=1)
TALK = "Mời bà con dự tọa đàm."


async def test_everyone_gets_it_once(board: Board) -> None:
    """More people than one chunk holds: each gets the notice once, and the tally says so."""
    await board.meet(*(f"u{number}" for number in range(503)))

    number = await board.announce()
    await board.settle()

    assert set(Counter(chat for chat, _reply in board.channel.sent).values()) == {1}
    told = board.tally(number)
    assert (told.total, told.sent, board.notice(number).state) == (503, 503, "done")


async def test_one_person_on_two_channels_gets_it_on_the_preferred_one(board: Board) -> None:
    """Whoever is linked hears it once, where they like it."""
    [lan] = await board.meet("lan", preferred="other")
    await board.db.write(partial(linked, user="lan2", channel="other", person=lan))

    number = await board.announce()
    await board.settle()

    assert (board.channel.sent, [chat for chat, _r in board.other.sent]) == ([], ["lan2"])
    assert board.tally(number).by_channel == {"other": 1}


async def test_when_the_preferred_channel_is_closed_another_is_used(board: Board) -> None:
    """A blocked address is passed over for one that can be reached."""
    [lan] = await board.meet("lan", preferred="other")
    await board.db.write(partial(linked, user="lan2", channel="other", person=lan))
    await board.db.write(partial(people.mark_blocked, channel="other", chat="lan2", now=NOON))

    await board.announce()
    await board.settle()

    assert [chat for chat, _reply in board.channel.sent] == ["lan"]


@pytest.mark.parametrize(
    ("chosen", "heard"),
    [
        pytest.param(Audience(hamlets=("dong",)), {"a"}, id="a thôn"),
        pytest.param(Audience(units=("doan",)), {"b"}, id="a unit"),
        pytest.param(Audience(languages=("en",)), {"c"}, id="a language"),
        pytest.param(Audience(interests=("toa-dam", "x")), {"d"}, id="an interest"),
        pytest.param(Audience(hamlets=("dong", "tay"), languages=("vi",)), {"a", "d"}, id="both"),
        pytest.param(Audience(), {"a", "b", "c", "d"}, id="everyone"),
    ],
)
async def test_the_audience(board: Board, chosen: Audience, heard: set[str]) -> None:
    """A notice goes to those it is for, and to nobody else."""
    await board.meet("a", hamlet="dong")
    await board.meet("b", unit="doan")
    await board.meet("c", language="en", hamlet="bac")
    [number] = await board.meet("d", hamlet="tay")
    await board.db.write(partial(people.follow, person_id=number, name="toa-dam", now=NOON))

    await board.announce(audience=chosen)
    await board.settle()

    assert {chat for chat, _reply in board.channel.sent} == heard


async def test_each_is_told_in_their_language(board: Board) -> None:
    """English readers get the English words, when there are some."""
    await board.meet("lan")
    await board.meet("ann", language="en")

    await board.announce(TALK, text_en="You are invited.")
    await board.settle()

    assert board.channel.texts("lan")[0].startswith(TALK)
    assert board.channel.texts("ann") == ["You are invited.\nOfficial notice"]


async def test_who_cannot_be_reached_is_counted_with_the_reason(board: Board) -> None:
    """Blocked, muted, a closed window, a web visitor: each in its own number, nobody missing."""
    await board.meet("lan", "minh")
    await board.meet("tat", muted=True)
    await board.meet("web1", channel="web")
    await board.meet("zalo", channel="other")
    await board.db.write(partial(people.mark_blocked, channel="fake", chat="minh", now=NOON))
    board.worker.reach = {"other": lambda _session, _address, _now: "window"}

    number = await board.announce()
    await board.settle()

    told = board.tally(number)
    assert told.sent == 1
    assert told.unreached == {"blocked": 1, "muted": 1, "no push": 1, "window": 1}


def test_who_left_does_not_see_it_later() -> None:
    """Whoever may write again is counted as seeing it then; who blocked us is not."""
    survey = Survey(Counter({"telegram": 3}), Counter({"window": 2, "no push": 1, "blocked": 4}))

    assert (survey.reached, survey.offered) == (3, 6)


async def test_the_survey_before_is_the_tally_after(board: Board) -> None:
    """What an organiser is told before sending is what happens."""
    await board.meet("lan", "minh", "hoa")
    await board.meet("web1", channel="web")
    await board.db.write(partial(people.mark_blocked, channel="fake", chat="minh", now=NOON))

    before = board.db.read(partial(audience.survey, audience=Audience(), ways=board.ways, now=NOON))
    number = await board.announce()
    await board.settle()

    after = board.tally(number)
    assert (before.by_channel, before.unreached) == (after.by_channel, after.unreached)


async def test_an_emergency_reaches_who_wants_no_notices(board: Board) -> None:
    """What is urgent goes to everyone."""
    await board.meet("lan", muted=True)

    await board.announce(urgent=True)
    await board.settle()

    assert len(board.channel.sent) == 1


async def test_who_never_registered_is_not_told(board: Board) -> None:
    """Only who asked to be told is; the preview counts the others, the tally knows none of them."""
    await board.meet("lan")
    await board.meet("hỏi", "chơi", registered=False)

    before = board.db.read(partial(audience.survey, audience=Audience(), ways=board.ways, now=NOON))
    number = await board.announce()
    await board.settle()

    assert (before.reached, before.unregistered) == (1, 2)
    assert [chat for chat, _reply in board.channel.sent] == ["lan"]
    assert board.tally(number).total == 1


async def test_who_stopped_everything_is_not_told(board: Board) -> None:
    """After /huy somebody counts as not registered."""
    await board.meet("lan", registered=False)
    await board.says("/dangky")
    await board.says("1")
    await board.says("6")
    await board.says("/huy")
    heard = len(board.channel.sent)

    number = await board.announce()
    await board.settle()

    assert len(board.channel.sent) == heard
    assert board.tally(number).total == 0


async def test_organisers_are_told_by_their_role(board: Board) -> None:
    """A notice to admins reaches them although they follow nothing."""
    add = partial(organisers.add, name="Hoa", role="admin", actor="x", now=NOON)
    code = await board.db.write(add)
    await board.says(f"/start org-{code}", user="hoa")
    heard = len(board.channel.sent)

    await board.announce(audience=Audience(roles=("admin",)))
    await board.settle()

    assert [chat for chat, _reply in board.channel.sent[heard:]] == ["hoa"]


async def test_an_emergency_reaches_who_never_registered(board: Board) -> None:
    """What is urgent goes to everyone who wrote, and says why they have it."""
    await board.meet("lan", registered=False)

    number = await board.announce("Bão sắp vào.", urgent=True)
    await board.settle()

    assert board.tally(number).sent == 1
    assert "gửi cả người chưa đăng ký" in board.channel.texts("lan")[0]


async def test_how_each_delivery_ended_is_counted(board: Board) -> None:
    """Sent, blocked meanwhile, refused, perhaps delivered: the numbers add up, `unknown` stays."""
    await board.meet("ok", "gone", "bad", "perhaps")
    errors = {
        "gone": GoneError("403"),
        "bad": RefusedError("400"),
        "perhaps": UncertainError("no answer"),
    }
    board.channel.fails = errors.get

    number = await board.announce()
    await board.settle()
    board.channel.fails = works
    again = await board.act(dispatch.retry, number)
    await board.settle()

    told = board.tally(number)
    assert again == 1
    assert (told.sent, told.failed, told.unknown) == (2, {"403": 1}, 1)
    assert "perhaps" not in [chat for chat, _reply in board.channel.sent]


async def test_who_blocked_us_is_marked(board: Board) -> None:
    """The next notice knows who is gone."""
    await board.meet("gone")
    board.channel.fails = {"gone": GoneError("403")}.get
    await board.announce()
    await board.settle()

    number = await board.announce("Lần hai")
    await board.settle()

    assert board.tally(number).unreached == {"blocked": 1}


async def test_unknown_is_sent_again_when_an_organiser_says_so(board: Board) -> None:
    """Only asked for by name are those of whom we do not know told again."""
    await board.meet("perhaps")
    board.channel.fails = {"perhaps": UncertainError("no answer")}.get
    number = await board.announce()
    await board.settle()
    board.channel.fails = works

    await board.act(partial(dispatch.retry, unknown=True), number)
    await board.settle()

    assert board.tally(number).sent == 1


async def test_paused_and_resumed_without_a_duplicate(board: Board) -> None:
    """In the middle nothing moves while it is paused; afterwards each has it once."""
    await board.meet(*(f"u{number}" for number in range(40)))
    number = await board.announce()
    await board.worker.work_some()
    await board.worker.send_some()
    await board.worker.idle()
    before = len(board.channel.sent)

    await board.act(dispatch.pause, number)
    await board.settle()
    during = len(board.channel.sent)
    await board.act(dispatch.resume, number)
    await board.settle()

    assert 0 < before == during < 40
    assert Counter(chat for chat, _reply in board.channel.sent) == {
        f"u{number}": 1 for number in range(40)
    }


async def test_a_failed_try_stays_still_while_paused(board: Board) -> None:
    """A message under way at the pause, and to be tried again, waits too."""
    await board.meet("lan")
    board.channel.fails = {"lan": RetryError("500")}.get
    number = await board.announce()
    await board.settle()
    await board.act(dispatch.pause, number)
    board.channel.fails = works
    await board.db.write(lambda session: session.exec(select(Outbox)).one())
    board.later(HOUR)
    await board.settle()

    assert board.channel.sent == []


async def test_cancelled_goes_no_further(board: Board) -> None:
    """What is left is not sent, and counted as cancelled."""
    await board.meet(*(f"u{number}" for number in range(40)))
    number = await board.announce()
    await board.worker.work_some()
    await board.worker.send_some()
    await board.worker.idle()

    await board.act(dispatch.cancel, number)
    await board.settle()

    told = board.tally(number)
    assert told.sent == len(board.channel.sent) < 40
    assert told.cancelled == 40 - told.sent
    with pytest.raises(NoticeError):
        await board.act(dispatch.resume, number)


async def test_at_a_time(board: Board) -> None:
    """A notice waits for its moment."""
    await board.meet("lan")

    await board.announce(at=NOON + HOUR)
    await board.settle()
    early = len(board.channel.sent)
    board.later(HOUR)
    await board.settle()

    assert (early, len(board.channel.sent)) == (0, 1)


@pytest.mark.parametrize(
    ("local", "morning"),
    [
        pytest.param("2026-11-25 20:59", "2026-11-25 20:59", id="still day"),
        pytest.param("2026-11-25 21:00", "2026-11-26 06:30", id="evening"),
        pytest.param("2026-11-26 06:29", "2026-11-26 06:30", id="early"),
        pytest.param("2026-11-26 06:30", "2026-11-26 06:30", id="awake"),
    ],
)
def test_when_people_may_be_disturbed(local: str, morning: str) -> None:
    """From 21:00 to 06:30 on the island nobody is."""
    at = datetime.fromisoformat(local).replace(tzinfo=ZONE)

    assert wake(at, ZONE) == datetime.fromisoformat(morning).replace(tzinfo=ZONE)


async def test_at_night_it_waits_for_the_morning(board: Board) -> None:
    """What is sent at 22:00 leaves at 06:30; what is urgent leaves at once."""
    await board.meet("lan")
    board.later(10 * HOUR)  # 22:00

    await board.announce("thường")
    await board.announce("khẩn", urgent=True)
    await board.settle()
    at_night = board.channel.texts()
    board.later(8.5 * HOUR)
    await board.settle()

    assert [text.split("\n")[0] for text in at_night] == ["khẩn"]
    assert board.channel.texts()[-1].startswith("thường")


async def test_a_broadcast_rests_at_night(board: Board) -> None:
    """What is left at 21:00 goes on in the morning."""
    await board.meet(*(f"u{number}" for number in range(40)))
    number = await board.announce()
    await board.worker.work_some()
    await board.worker.send_some()
    await board.worker.idle()
    board.later(9 * HOUR)  # 21:00

    await board.settle()
    at_night = (len(board.channel.sent), board.notice(number).resting)
    board.later(9.5 * HOUR)
    await board.settle()

    assert at_night[0] < 40
    assert at_night[1]
    assert len(board.channel.sent) == 40


async def test_a_clock_set_back_sends_nothing_twice(board: Board) -> None:
    """Two hours back after sending: no second copy; two hours on: the next one still leaves."""
    await board.meet("lan")
    await board.announce("một", at=NOON + HOUR)
    board.later(HOUR)
    await board.settle()

    board.later(-2 * HOUR)
    await board.settle()
    await board.announce("hai", at=NOON)
    board.later(4 * HOUR)
    await board.settle()

    assert [text.split("\n")[0] for text in board.channel.texts()] == ["một", "hai"]


def test_a_person_cannot_be_a_recipient_twice(session: Session) -> None:
    """The database itself refuses a second copy."""
    person, _new = people.welcome(session, "fake", "lan", "lan", NOON)
    number = people.id_of(person)
    draft = Draft(TALK, audience=Audience(named=True))
    notice = announce.write(session, draft, "Hoa", NOON, named=[number, number])
    session.add(Recipient(notice_id=announce.id_of(notice), person_id=number, at=NOON))

    with pytest.raises(Exception, match=r"(?i)unique"):
        session.flush()


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        pytest.param(Draft("  "), "empty", id="nothing"),
        pytest.param(Draft("a" * 1501), "long", id="too long for one message"),
    ],
)
def test_what_cannot_be_a_notice(session: Session, draft: Draft, why: str) -> None:
    """A notice has words, and fits one message on every channel."""
    with pytest.raises(NoticeError) as caught:
        announce.write(session, draft, "Hoa", NOON)

    assert caught.value.why == why


def test_the_preview_is_what_is_sent(session: Session, board: Board) -> None:
    """The preview of a channel holds the very message that will be queued."""
    notice = announce.write(session, Draft(TALK, code="LS-AB12CD"), "Hoa", NOON)

    shown = announce.preview(notice, board.ways)

    assert shown["fake"] == [announce.said(notice, "vi")]
    assert "LS-AB12CD" in shown["fake"][0].source


async def test_progress(board: Board) -> None:
    """How far it is, how fast, and how long it will take."""
    await board.meet(*(f"u{number}" for number in range(40)))
    number = await board.announce()
    await board.worker.work_some()
    await board.worker.send_some()
    await board.worker.idle()

    far = board.db.read(partial(tally.progress, number=number, now=board.now))

    assert (far.state, far.done + far.tally.left) == ("sending", 40)
    assert far.rate == far.done / 10
    assert far.remaining is not None


async def test_a_moved_group_keeps_its_people(board: Board) -> None:
    """A chat with a new id is followed by its address."""
    await board.meet("-1")
    board.channel.fails = lambda chat: (
        MovedError("moved", moved_to="-100") if chat == "-1" else None
    )

    number = await board.announce()
    await board.settle()

    assert [chat for chat, _reply in board.channel.sent] == ["-100"]
    assert board.tally(number).sent == 1
    assert board.db.read(lambda s: s.exec(select(people.Address.chat)).one()) == "-100"


async def test_two_processes_fill_it_once(board: Board) -> None:
    """Only the process that holds the lease takes a notice on; another takes over after it."""
    await board.meet("lan")
    await board.announce()
    step = partial(jobs.step, ways=board.ways, zone=ZONE)

    first = await board.db.write(partial(step, owner="one", now=NOON))
    second = await board.db.write(partial(step, owner="two", now=NOON))
    after = await board.db.write(
        lambda session: leases.take(session, jobs.NOTICES, "two", NOON + leases.LEASE)
    )

    assert (first, second, after) == (True, False, True)
    assert board.db.read(outbox.counts) == {"queued": 1}
