"""Taking part: once a person by constraint, whatever the hour is moved to; small groups hidden."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from bot import dossier, people, privacy
from bot.content import Content
from bot.notices import asking, following, learning, taking_part
from bot.notices.asking import QuestionError
from bot.notices.calendar import Series, When
from bot.notices.events import Event
from bot.notices.learning import Phase
from bot.notices.taking_part import NO_PHONE, Choice, How, Talk, grouped, name_of
from bot.people import Person
from tests.conftest import NOON, ZONE
from tests.notices.sample import sample

HOUR = timedelta(hours=1)
EVENTS = {event.id: event for event in sample()}
TALK = EVENTS["toa-dam-dong"]
START = datetime(2026, 12, 2, 19, 0, tzinfo=ZONE)


def person(session: Session, name: str, hamlet: str = "") -> Person:
    """Somebody who wrote to us."""
    made, _new = people.welcome(session, "fake", name, name, NOON)
    made.hamlet = hamlet
    session.flush()
    return made


def evening(session: Session, event: Event = TALK) -> Talk:
    """The row of the talk."""
    item = taking_part.this_time(event, NOON)
    assert item is not None
    return taking_part.talk_of(session, event, item, NOON)


def test_the_last_word_counts(session: Session) -> None:
    """Whoever changes their mind is counted once, by what they said last."""
    lan, minh = (people.id_of(person(session, name)) for name in ("lan", "minh"))
    said: tuple[tuple[int, Choice], ...] = ((lan, "yes"), (minh, "yes"), (lan, "no"))
    for who, choice in said:
        taking_part.reply(session, "toa-dam-dong", who, choice, NOON)

    assert taking_part.going(session, "toa-dam-dong") == [minh]
    assert taking_part.going(session, "toa-dam-dong", "yes", "no") == [lan, minh]
    assert taking_part.said(session, "toa-dam-dong") == {"yes": 1, "no": 1}


def test_a_moved_hour_keeps_who_comes() -> None:
    """The name of an evening is the same after its hour, or even its day, was moved."""
    assert TALK.when is not None
    moved = replace(TALK, when=When(Series(START + timedelta(days=1)), HOUR))
    before, after = (taking_part.this_time(event, NOON) for event in (TALK, moved))

    assert before is not None
    assert after is not None
    assert before.start != after.start
    assert name_of(TALK, before) == name_of(moved, after)


def test_what_repeats_is_told_apart_by_its_day() -> None:
    """Each month's programme has a name, from which its hour is found again."""
    radio = EVENTS["phat-thanh-thu"]
    first = taking_part.this_time(radio, NOON)
    second = taking_part.this_time(radio, datetime(2026, 12, 20, tzinfo=ZONE))
    assert first is not None
    assert second is not None

    assert name_of(radio, first) == "phat-thanh-thu@2026-12-07"
    assert name_of(radio, second) == "phat-thanh-thu@2027-01-04"
    assert taking_part.item_of(radio, "phat-thanh-thu@2026-12-07") == first
    assert taking_part.item_of(radio, "phat-thanh-thu@2026-12-08") is None
    assert taking_part.item_of(TALK, "toa-dam-tay") is None


def test_a_second_check_in_does_not_count(session: Session) -> None:
    """A person is counted once, whether by code or by QR code."""
    lan = person(session, "lan", "dong")
    ways: tuple[How, ...] = ("qr", "code", "qr")
    for how in ways:
        taking_part.check_in(session, "x", lan.key, "dong", how, NOON)

    came = taking_part.came(session, "x")
    assert (came.total, came.how, came.hamlets) == (1, {"qr": 1}, {"dong": 1})


def test_only_what_a_helper_counted_can_be_taken_back(session: Session) -> None:
    """A slip at the door is undone; somebody who checked in themselves stays."""
    lan = person(session, "lan")
    taking_part.check_in(session, "x", lan.key, "", "qr", NOON)
    taking_part.check_in(session, "x", NO_PHONE + "ab12", "", "helper", NOON)

    assert not taking_part.take_back(session, "x", lan.key)
    assert taking_part.take_back(session, "x", NO_PHONE + "ab12")
    assert taking_part.came(session, "x").total == 1


def test_the_code_at_a_door_stays(session: Session) -> None:
    """Asked for again it is the same; another evening has another; it is read in any case."""
    first, again = evening(session), evening(session)
    other = evening(session, EVENTS["toa-dam-tay"])

    assert first.code == again.code != other.code
    found = taking_part.by_code(session, f" {first.code.lower()} ")
    assert found is not None
    assert found.occurrence == "toa-dam-dong"


@pytest.mark.parametrize(
    ("gone", "is_open"),
    [
        pytest.param(-2.1 * HOUR, False, id="lâu trước giờ"),
        pytest.param(-2 * HOUR, True, id="hai giờ trước"),
        pytest.param(4.5 * HOUR, True, id="ba giờ sau khi xong"),
        pytest.param(4.6 * HOUR, False, id="xong đã lâu"),
    ],
)
def test_the_door_is_open_around_the_talk(gone: timedelta, is_open: bool) -> None:
    """From two hours before until three hours after its end."""
    item = taking_part.this_time(TALK, NOON)
    assert item is not None

    assert taking_part.door_is_open(item, START + gone) is is_open


@pytest.mark.parametrize(
    ("counts", "shown", "rest"),
    [
        pytest.param({"a": 9, "b": 5}, {"a": 9, "b": 5}, 0, id="đủ cả"),
        pytest.param({"a": 9, "b": 4}, {}, 13, id="một thôn ít thì không suy ra được"),
        pytest.param({"a": 9, "b": 6, "c": 4}, {"a": 9}, 10, id="thôn kề gộp vào"),
        pytest.param({"a": 9, "b": 3, "": 4}, {"a": 9}, 7, id="gộp với chưa rõ"),
        pytest.param({"a": 3}, {}, 3, id="chỉ vài người"),
    ],
)
def test_no_small_group_can_be_read_off(
    counts: dict[str, int], shown: dict[str, int], rest: int
) -> None:
    """Groups under five stand nowhere, nor can they be reckoned from the others."""
    listed, left = grouped(Counter(counts))

    assert (dict(listed), left) == (shown, rest)


def test_what_is_taken_up_is_consented_to(session: Session) -> None:
    """Each interest has its consent with the words seen; letting go is kept too, and works."""
    lan = person(session, "lan", "dong")
    minh = person(session, "minh")
    following.take_up(session, lan, ["talk", "radio"], "lời hỏi", NOON)
    following.take_up(session, minh, ["talk"], "lời hỏi", NOON)
    assert following.let_go(session, lan, following.INTERESTS[1:], "/huy", NOON) == ["radio"]
    session.flush()

    ids = [people.id_of(one) for one in (lan, minh)]
    assert following.subscribers(session, "talk") == ids
    assert following.subscribers(session, "talk", "dong") == ids[:1]
    assert following.subscribers(session, "radio") == []
    kept = dossier.gather(session, lan, ZONE, NOON).tables["consent"]
    told = [(row["kind"], row["given"], row["wording"]) for row in kept]
    assert ("notices radio", True, "lời hỏi") in told
    assert ("notices radio", False, "/huy") in told


def test_who_is_muted_is_no_subscriber(session: Session) -> None:
    """Whoever stopped everything is not listed, whatever they took up before."""
    lan = person(session, "lan")
    following.take_up(session, lan, ["talk"], "lời hỏi", NOON)
    lan.muted = True
    session.flush()

    assert following.subscribers(session, "talk") == []


def test_votes_lift_a_question(session: Session) -> None:
    """One vote a person, none for one's own; the most wanted comes first; hidden ones do not."""
    lan, minh, an = (people.id_of(person(session, name)) for name in ("lan", "minh", "an"))
    first = asking.ask(session, "x", lan, "Làm VNeID ở đâu?", NOON)
    second = asking.ask(session, "x", minh, "Mất mật khẩu thì sao?", NOON)
    voted = [
        asking.vote(session, *pair)
        for pair in ((second, an), (second, an), (second, minh), (second, lan), (first, lan))
    ]

    assert voted == [True, False, False, True, False]
    assert [(one.id, one.votes) for one in asking.listed(session, "x")] == [(second, 2), (first, 0)]
    assert asking.hide(session, "x", second)
    assert not asking.hide(session, "y", first)
    assert [one.id for one in asking.listed(session, "x")] == [first]
    assert not asking.vote(session, second, an)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("gì?", "short", id="ngắn"),
        pytest.param("a" * 301, "long", id="dài"),
        pytest.param("Gọi tôi 0905.123.456 nhé", "address", id="số điện thoại"),
        pytest.param("Vào xem kho-qua.xyz nhận tiền", "address", id="đường dẫn"),
        pytest.param("Cán bộ làm việc ngu như bò thế?", "rude", id="thô lỗ"),
    ],
)
def test_what_a_hall_should_not_read(session: Session, text: str, reason: str) -> None:
    """Others read a question before anybody has looked at it, so it must be fit for that."""
    lan = people.id_of(person(session, "lan"))

    with pytest.raises(QuestionError) as told:
        asking.ask(session, "x", lan, text, NOON)
    assert told.value.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "Buổi tọa đàm nói về cái gì vậy?",
        "dang nhap dichvucong.gov.vn roi chon cai nao",
        "Số 113 114 115 gọi có mất tiền không?",
        "lam the can cuoc cho con 7 tuoi o dau",
    ],
)
def test_decent_questions_pass(session: Session, text: str) -> None:
    """Pages of the state, emergency numbers and words that only sound bad are fine."""
    lan = people.id_of(person(session, "lan"))

    assert asking.ask(session, "x", lan, text, NOON) > 0


def test_nobody_fills_the_list_alone(session: Session) -> None:
    """Five questions a person for one talk."""
    lan = people.id_of(person(session, "lan"))
    for number in range(asking.EACH):
        asking.ask(session, "x", lan, f"Câu hỏi số {number} của tôi?", NOON)

    with pytest.raises(QuestionError, match="many"):
        asking.ask(session, "x", lan, "Thêm một câu nữa được không?", NOON)


def test_learning_is_of_those_who_did_both(session: Session, content: Content) -> None:
    """The share right before and after, of people with whole papers; others are counted apart."""
    talk = evening(session)
    asked = learning.drawn(talk, content.bank, NOON.date())
    papers: tuple[tuple[str, Phase, int], ...] = (
        ("lan", "before", 1),
        ("lan", "after", 3),
        ("minh", "before", 0),
        ("minh", "after", 2),
        ("an", "before", 3),
    )
    for key, phase, right in papers:
        for number, question in enumerate(asked):
            choice = question.answer if number < right else (question.answer + 1) % 4
            learning.answer(session, talk.occurrence, key, phase, question, choice, NOON)
    assert not learning.answer(session, talk.occurrence, "an", "before", asked[0], 0, NOON)

    told = learning.learned(session, talk.occurrence)
    assert (told.people, told.once) == (2, 1)
    assert told.before == pytest.approx(1 / 6)
    assert told.after == pytest.approx(5 / 6)


def test_the_questions_are_drawn_once(session: Session, content: Content) -> None:
    """Three of different subjects, none hard; the same after the bank has changed."""
    talk = evening(session)
    first = learning.drawn(talk, content.bank, NOON.date())
    shorter = replace(content.bank, questions=tuple(reversed(content.bank.questions)))

    assert [one.id for one in learning.drawn(talk, shorter, NOON.date())] == [
        one.id for one in first
    ]
    assert len({one.category for one in first}) == 3
    assert all(one.difficulty < 3 for one in first)


def test_before_ends_in_the_middle() -> None:
    """Latecomers are asked before, those who leave after."""
    item = taking_part.this_time(TALK, NOON)
    assert item is not None

    assert learning.phase_of(item, START + 0.7 * HOUR) == "before"
    assert learning.phase_of(item, START + 0.8 * HOUR) == "after"


def test_forgetting_leaves_the_count(session: Session) -> None:
    """A forgotten person's reply, question and vote go; that somebody came stays, nameless."""
    lan, minh = person(session, "lan"), person(session, "minh")
    key, number = lan.key, people.id_of(lan)
    taking_part.reply(session, "x", number, "yes", NOON)
    taking_part.check_in(session, "x", key, "dong", "qr", NOON)
    mine = asking.ask(session, "x", number, "Làm VNeID ở đâu?", NOON)
    asking.vote(session, mine, people.id_of(minh))
    following.take_up(session, lan, ["talk"], "lời hỏi", NOON)
    privacy.forget(session, lan)

    assert taking_part.going(session, "x") == []
    assert asking.listed(session, "x") == []
    assert following.subscribers(session, "talk") == []
    assert taking_part.came(session, "x").total == 1
    assert taking_part.attended(session, key, NOON) == []
