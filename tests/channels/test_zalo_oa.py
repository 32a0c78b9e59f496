"""The Official Account against a strict fake: codes, windows, buttons, quotas, and polling."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from bot import outbox, reach
from bot.channels.channel import reaches
from bot.channels.utf16 import fitted, units
from bot.channels.zalo_oa.codes import ACTS, meaning, until_morning
from bot.channels.zalo_oa.window import window
from bot.db import Database
from bot.flows.turn import House
from bot.messages import (
    BrokenError,
    Choice,
    DeliveryError,
    GoneError,
    RefusedError,
    Reply,
    RetryError,
    SlowDownError,
    UncertainError,
)
from bot.outbox import Outbox
from bot.people import Address
from bot.reach import Reach
from tests.conftest import NOON, ZONE
from tests.emulators.zalo import Fault, ZaloEmulator
from tests.zalo_stage import ZaloStage, stage_of

HOUR = timedelta(hours=1)
SEND = "cs"
"""The last part of the path on which messages are sent."""
PICK = Reply("Chọn nhé", choices=(Choice("Một", "1"), Choice("Hai", "2")), ask="7")


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloEmulator]:
    """A Zalo of our own."""
    async with ZaloEmulator() as emulator:
        yield emulator


@pytest.fixture
async def stage(zalo: ZaloEmulator, sqlite_url: str, house: House) -> AsyncIterator[ZaloStage]:
    """The Official Account at work, and Lan who has just written."""
    db = Database(sqlite_url)
    made = stage_of("zalo_oa", zalo, db, house, NOON)
    await made.says("vneid là gì")
    yield made
    await made.close()
    db.close()


def lan(stage: ZaloStage) -> str:
    """Lan's id."""
    return stage.zalo.oa.resident("lan").id


async def reached(stage: ZaloStage) -> Reach:
    """Whether a notice would reach Lan now."""

    def work(session: Session) -> Reach:
        address = session.exec(select(Address).where(Address.user == lan(stage))).one()
        return reach.of(session, address, stage.now, reaches({"zalo_oa": stage.oa}))

    return await stage.db.fetch(work)


async def notice(stage: ZaloStage, *people: str, text: str = "Tối nay họp thôn.") -> None:
    """Queue a notice to people."""
    put = partial(outbox.put, replies=[Reply(text)], can=stage.oa.can, now=stage.now)
    for name in people:
        chat = stage.zalo.oa.resident(name).id
        await stage.db.write(partial(put, channel="zalo_oa", chat=chat, rank=outbox.BULK))


def states(stage: ZaloStage) -> list[tuple[str, str]]:
    """What became of the messages: state and reason."""

    def work(session: Session) -> list[tuple[str, str]]:
        return [(row.state, row.error) for row in session.exec(select(Outbox).order_by("id"))]

    return stage.db.read(work)


# Windows


@pytest.mark.parametrize(
    ("gone", "found"),
    [
        pytest.param(timedelta(0), "free", id="just now"),
        pytest.param(48 * HOUR - timedelta(seconds=1), "free", id="a second before two days"),
        pytest.param(48 * HOUR, "billed", id="two days"),
        pytest.param(168 * HOUR - timedelta(seconds=1), "billed", id="a second before a week"),
        pytest.param(168 * HOUR, "closed", id="a week"),
    ],
)
def test_windows(gone: timedelta, found: str) -> None:
    """Free for 48 hours, billed to the seventh day, then closed."""
    assert window(NOON - gone, NOON) == found
    assert window(None, NOON) == "free"


async def test_whom_a_notice_reaches(stage: ZaloStage) -> None:
    """Within 48 hours a notice arrives; after that it does not, and writing opens it again."""
    assert (await reached(stage)).ok
    stage.later(48 * HOUR)
    assert await reached(stage) == Reach("window")

    await stage.says("chào")
    assert (await reached(stage)).ok


async def test_nothing_that_costs_is_sent_unasked(stage: ZaloStage) -> None:
    """In the billed days nothing leaves the house, not even an answer that comes late."""
    stage.later(49 * HOUR)
    calls = len(stage.zalo.calls)
    await notice(stage, "lan")
    await stage.settle()

    assert states(stage)[-1] == ("failed", "window")
    assert stage.zalo.calls[calls:] == []


async def test_what_costs_is_sent_when_allowed(
    zalo: ZaloEmulator, sqlite_url: str, house: House
) -> None:
    """With BOT_ZALO_OA_BILLED=on the billed days are used, and a spent quota ends that for all."""
    db = Database(sqlite_url)
    stage = stage_of("zalo_oa", zalo, db, house, NOON, zalo_oa_billed="on")
    await stage.says("vneid là gì")
    stage.later(49 * HOUR)
    assert await reached(stage) == Reach(billed=True)
    await notice(stage, "lan")
    await stage.settle()
    zalo.fails(Fault("code", SEND, -211))
    await notice(stage, "lan")
    await stage.settle()

    assert zalo.oa.billed == [lan(stage)]
    assert await reached(stage) == Reach("quota")
    await stage.says("chào")
    assert (await reached(stage)).ok, "what is free goes on"
    await stage.close()
    db.close()


async def test_zalo_may_close_a_window_before_us(stage: ZaloStage) -> None:
    """After -230 nobody writes to this person on our own accord until they write."""
    stage.zalo.oa.resident("lan").refusal = -230
    await notice(stage, "lan")
    await stage.settle()
    assert states(stage)[-1] == ("failed", "-230")
    assert await reached(stage) == Reach("window")

    stage.zalo.oa.resident("lan").refusal = 0
    assert await stage.says("chào")
    assert (await reached(stage)).ok


async def test_unfollowing_and_coming_back(stage: ZaloStage) -> None:
    """Who unfollows gets no notices; following or writing brings them back."""
    person = stage.zalo.oa.resident("lan")
    await stage.post_oa(stage.zalo.oa.follows(person, leaves=True))
    await stage.settle()
    assert await reached(stage) == Reach("blocked")

    await stage.post_oa(stage.zalo.oa.follows(person))
    await stage.settle()
    assert (await reached(stage)).ok


# Codes


@pytest.mark.parametrize(
    ("code", "found", "then"),
    [
        pytest.param(-213, ("failed", "-213"), Reach("declined"), id="no follower"),
        pytest.param(-217, ("failed", "-217"), Reach("declined"), id="takes no invitations"),
        pytest.param(-218, ("failed", "-218"), Reach("resting"), id="enough for today"),
        pytest.param(-227, ("failed", "-227"), Reach("blocked"), id="banned or long away"),
        pytest.param(-231, ("failed", "-231"), Reach("window"), id="another window code"),
        pytest.param(-305, ("failed", "-305"), Reach("window"), id="the old window code"),
        pytest.param(-201, ("failed", "-201"), Reach(), id="a bad parameter"),
        pytest.param(-248, ("failed", "-248"), Reach(), id="against the rules"),
        pytest.param(-9999, ("failed", "-9999"), Reach(), id="not on our list"),
    ],
)
async def test_codes_that_end_a_message(
    stage: ZaloStage, code: int, found: tuple[str, str], then: Reach
) -> None:
    """Each code settles the message, and says whether this person is reached from now on."""
    stage.zalo.fails(Fault("code", SEND, code))
    await notice(stage, "lan")
    await stage.settle()

    assert states(stage)[-1] == found
    assert await reached(stage) == then


async def test_resting_ends_after_a_day(stage: ZaloStage) -> None:
    """Who had enough for today can be reached tomorrow."""
    stage.zalo.fails(Fault("code", SEND, -218))
    await notice(stage, "lan")
    await stage.settle()
    stage.later(24 * HOUR)

    assert (await reached(stage)).ok


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("code", SEND, -32, times=2), id="too many calls"),
        pytest.param(Fault("code", SEND, -200), id="send failed"),
        pytest.param(Fault("code", SEND, -216), id="token refused"),
        pytest.param(Fault("code", SEND, -220), id="token expired"),
        pytest.param(Fault("status", SEND, 502), id="a proxy's page"),
        pytest.param(Fault("status", SEND, 429), id="429"),
    ],
)
async def test_what_passes_is_sent_once(stage: ZaloStage, fault: Fault) -> None:
    """What was certainly refused is tried again, and arrives once."""
    stage.zalo.fails(fault)

    heard = await stage.says("/trogiup")

    assert len([text for text in heard if "/camnang" in text]) == 1
    assert {state for state, _reason in states(stage)} == {"sent"}


@pytest.mark.parametrize("kind", ["cut", "garbled"])
async def test_a_lost_answer_is_unknown_and_never_doubled(stage: ZaloStage, kind: str) -> None:
    """What Zalo took without our hearing of it is not sent again by itself."""
    stage.zalo.fails(Fault(kind, SEND))  # type: ignore[arg-type]
    heard = await stage.says("/trogiup")
    stage.later(HOUR)
    await stage.settle()

    assert len([text for text in heard if "/camnang" in text]) == 1
    assert "unknown" in {state for state, _reason in states(stage)}


async def test_a_failure_is_tried_three_times(stage: ZaloStage) -> None:
    """-200 is tried twice more, then it is a dead letter."""
    stage.zalo.fails(Fault("code", SEND, -200, times=None))
    before = len(stage.zalo.codes(SEND))
    await notice(stage, "lan")
    for _try in range(5):
        await stage.settle()
        stage.later(HOUR / 60)

    assert states(stage)[-1] == ("failed", "-200")
    assert len(stage.zalo.codes(SEND)) - before == 3


async def test_a_channel_that_is_not_allowed_stops(stage: ZaloStage) -> None:
    """When Zalo switched the app off, nothing is lost, and Zalo is not asked for every message."""
    stage.zalo.fails(Fault("code", SEND, -209))
    calls = len(stage.zalo.codes(SEND))
    await notice(stage, "lan", "lan", "lan")
    await stage.settle()

    assert len(stage.zalo.codes(SEND)) == calls + 1
    assert stage.oa.state == "stopped (-209)"
    stage.later(timedelta(minutes=6))
    await stage.settle()
    assert {state for state, _reason in states(stage)} == {"sent"}


def test_every_code_has_its_meaning() -> None:
    """The whole table: which class of error a code becomes."""
    classes: dict[type[DeliveryError], set[int]] = {}
    for code in ACTS:
        classes.setdefault(type(meaning(code, NOON, ZONE)), set()).add(code)

    assert classes[SlowDownError] == {-32}
    assert classes[RetryError] == {-200, -214, -234}
    assert classes[GoneError] == {-227}
    assert classes[BrokenError] == {
        *(-216, -220, -401, -204, -205, -209, -212, -219, -223, -235),
    }
    assert classes[RefusedError] == {
        *(-201, -233, -210, -240, -242, -230, -231, -232, -305, -213, -217, -244, -218, -211),
        *(-311, -320, -321, -224, -221, -248, -100, -237, -238, -241, -249, -403),
    }


def test_night_messages_wait_for_six() -> None:
    """-234 puts a message off until six in the morning on the island."""
    late = NOON.replace(hour=15)  # 22:00 there
    early = NOON.replace(hour=22, minute=30)  # 5:30 there

    assert until_morning(late, ZONE) == 8 * 3600
    assert until_morning(early, ZONE) == 1800
    assert meaning(-234, early, ZONE).wait == 1800


async def test_a_gateway_that_gave_up_leaves_it_open(stage: ZaloStage) -> None:
    """504 says that Zalo may have had it: unknown, not again."""
    stage.zalo.fails(Fault("status", SEND, 504))

    with pytest.raises(UncertainError):
        await stage.oa.send(lan(stage), Reply("chào"))


# What is shown


def test_text_is_composed_and_counted_as_zalo_counts() -> None:
    """Decomposed Vietnamese is composed; an emoji counts two; the end shows that there was more."""
    assert fitted("e\u0302\u0301") == "ế"
    assert units("🧄" * 1000) == 2000
    assert fitted("🧄" * 1000) == "🧄" * 1000
    long = fitted("🧄" * 1001)
    assert units(long) <= 2000
    assert long.endswith("🧄…")


async def test_a_long_answer_comes_in_parts(stage: ZaloStage) -> None:
    """Zalo never cuts for us: what is long comes in several messages, whole."""
    text = "Một câu dài vừa phải cho bà con. " * 150
    await notice(stage, "lan", text=text)
    before = len(stage.channel.texts("lan"))
    await stage.settle()

    parts = stage.channel.texts("lan")[before:]
    assert len(parts) == 3
    assert " ".join(parts).strip() == text.strip()


async def test_buttons_are_off_unless_set(stage: ZaloStage) -> None:
    """By default what can be picked is in the text alone."""
    await stage.oa.send(lan(stage), PICK)

    shown = stage.zalo.oa.resident("lan").shown[-1]
    assert shown == {"text": "Chọn nhé\n1. Một\n2. Hai"}


@pytest.mark.parametrize(("flag", "template"), [("plain", ""), ("button", "button")])
async def test_buttons_where_zalo_takes_them(stage: ZaloStage, flag: str, template: str) -> None:
    """With the flag on, a tap comes back as a pick of this very question."""
    stage.zalo.oa.buttons, stage.oa.buttons = template, flag
    await stage.oa.send(lan(stage), PICK)

    payload = stage.zalo.oa.resident("lan").shown[-1]["attachment"]["payload"]
    first = {"title": "1. Một", "type": "oa.query.hide", "payload": "#7:1"}
    assert payload["buttons"][0] == first


async def test_buttons_zalo_does_not_take_are_left_out(stage: ZaloStage) -> None:
    """Refused buttons cost nobody an answer: the text goes alone, and no more are tried."""
    stage.oa.buttons = "button"
    await stage.oa.send(lan(stage), PICK)
    await stage.oa.send(lan(stage), PICK)

    assert stage.oa.buttons == "off"
    assert stage.zalo.codes(SEND)[-3:] == [-201, 0, 0]


async def test_pictures_and_files_are_answered_with_a_hint(stage: ZaloStage) -> None:
    """Who sends a picture hears that words are needed."""
    assert "chỉ đọc được chữ" in (await stage.says("", kind="media"))[0]


# Without a public address


async def test_polling_answers_what_came_since(stage: ZaloStage) -> None:
    """The newest chats are fetched page by page; each message is answered once, ours never."""
    await stage.oa.poll(stage.accept)
    before = len(stage.channel.texts("lan"))
    for number in range(25):
        stage.later(timedelta(seconds=1))
        stage.zalo.oa.says(stage.zalo.oa.resident(f"p{number}"), "vneid là gì")
    stage.later(timedelta(seconds=1))
    await stage.oa.poll(stage.accept)
    await stage.settle()
    await stage.oa.poll(stage.accept)
    await stage.settle()

    assert [len(stage.channel.texts(f"p{number}")) for number in range(25)] == [2] * 25
    assert len(stage.channel.texts("lan")) == before


async def test_polling_answers_no_old_chats(
    zalo: ZaloEmulator, sqlite_url: str, house: House
) -> None:
    """On its first day the bot does not answer what was said last week; after an outage it does."""
    db = Database(sqlite_url)
    stage = stage_of("zalo_oa", zalo, db, house, NOON)
    zalo.oa.says(zalo.oa.resident("old"), "vneid là gì")
    stage.later(HOUR)
    await stage.oa.poll(stage.accept)
    zalo.oa.says(zalo.oa.resident("new"), "vneid là gì")
    stage.later(5 * HOUR)
    await stage.oa.poll(stage.accept)
    await stage.settle()

    assert stage.channel.texts("old") == []
    assert len(stage.channel.texts("new")) == 2
    await stage.close()
    db.close()
