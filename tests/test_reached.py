"""Figures of notices, talks and contests: by channel, by thôn, small groups hidden everywhere."""

from datetime import date
from functools import partial

import pytest
from sqlmodel import Session

from bot import people, reached, traced
from bot.figures import Labels
from bot.notices import taking_part
from bot.notices.announce import Notice, Recipient
from bot.rows import Figure, Span
from tests.conftest import NOON, ZONE

DAY = NOON.astimezone(ZONE).date()
SPAN = Span(DAY, DAY, ZONE)
LABELS = Labels(hamlets={"dong": "Thôn Đông"}, events={"toa-dam": "Tọa đàm tại thôn"})
TALK = f"toa-dam@{DAY}"


def told(session: Session, states: dict[tuple[str, str, str], int], people_: int = 60) -> None:
    """A notice with so many recipients of each channel, state and reason."""
    notice = Notice(text="Mời bà con\ndự tọa đàm", author="Lan", created_at=NOON, started_at=NOON)
    session.add(notice)
    session.flush()
    rows = [kind for kind, many in states.items() for _each in range(many)]
    assert len(rows) <= people_
    for at, (channel, state, why) in enumerate(rows):
        person, _new = people.welcome(session, "web", f"p{at}", f"p{at}", NOON)
        row = partial(Recipient, notice_id=notice.id or 0, person_id=person.id or 0, at=NOON)
        session.add(row(channel=channel, state=state, reason=why))
    session.flush()


def shown(figure: Figure | None) -> list[tuple[str, str]]:
    """What a figure says."""
    return [(row.label, row.shown) for row in figure.rows] if figure else []


def test_notices_are_counted_by_channel_and_by_why_they_did_not_reach(session: Session) -> None:
    """Sent, seen later and not reached are told apart; a channel of two people is hidden."""
    told(session, {("web", "sent", ""): 9, ("telegram", "sent", ""): 7, ("", "later", ""): 6,
                   ("zalo_oa", "sent", ""): 2, ("", "waiting", "window"): 8})  # fmt: skip

    notices = reached.told(session, SPAN)
    found, missed = shown(reached.by_channel(notices)), shown(reached.unreached(notices))

    assert found == [("Trang chat", "9"), ("Telegram", "7"), ("Xem khi nhắn lại", "ẩn"),
                     ("Zalo OA", "<5")]  # fmt: skip
    assert [value for _label, value in missed] == ["8"]


def test_many_tellings_of_few_people_stay_hidden(session: Session) -> None:
    """Three notices to the same two people are six tellings, and still a group of two."""
    for _each in range(3):
        told(session, {("web", "sent", ""): 2})

    found = reached.by_channel(reached.told(session, SPAN))
    assert shown(found) == [("Trang chat", "<5")]


def test_a_channel_leads_to_its_notices(session: Session) -> None:
    """Behind a channel stand its notices, which add up to it; a hidden row leads nowhere."""
    for web, telegram in ((9, 6), (7, 0), (8, 0)):
        told(session, {("web", "sent", ""): web, ("telegram", "sent", ""): telegram})
    told(session, {("zalo_oa", "sent", ""): 2})
    down = partial(traced.behind, session, SPAN, LABELS, "bao-toi")

    assert [row.shown for row in (down("web") or Figure("", "", "", "", ())).rows] == [
        *("9", "7", "8", "0"),
    ]
    assert down("zalo_oa") is None


@pytest.mark.parametrize("few", [4, 5])
def test_who_came_is_counted_by_talk_and_by_village(session: Session, few: int) -> None:
    """A thôn of four is hidden and takes another along; one of five is shown."""
    for at in range(20 + few):
        hamlet = "dong" if at < 20 else "tay"
        taking_part.check_in(session, TALK, f"p{at}", hamlet, "qr" if at % 2 else "code", NOON)

    came = reached.came_to(session, SPAN)
    talks = shown(reached.talks(came, LABELS.events))
    hamlets = dict(shown(reached.by_hamlet(came, LABELS.hamlets)))
    ways = traced.behind(session, SPAN, LABELS, "buoi", TALK)

    assert talks == [(f"Tọa đàm tại thôn ({DAY:%d/%m/%Y})", str(20 + few))]
    assert hamlets == {"Thôn Đông": "20" if few == 5 else "ẩn", "tay": "5" if few == 5 else "<5"}
    assert ways
    assert sum(row.value or 0 for row in ways.rows) == 20 + few


def test_promises_are_counted_by_their_last_word(session: Session) -> None:
    """Who said yes and then no counts as no."""
    for at in range(12):
        person, _new = people.welcome(session, "web", f"p{at}", f"p{at}", NOON)
        taking_part.reply(session, TALK, person.id or 0, "yes", NOON)
        if at < 6:
            taking_part.reply(session, TALK, person.id or 0, "no", NOON)

    found = shown(reached.promised(session, SPAN))
    assert found == [("Sẽ đến", "6"), ("Có thể đến", "0"), ("Không đến được", "6")]


def test_other_days_have_nothing(session: Session) -> None:
    """What happened on another day is in no figure of these days."""
    taking_part.check_in(session, TALK, "p", "dong", "code", NOON)
    told(session, {("web", "sent", ""): 9})
    other = Span(date(2020, 1, 1), date(2020, 1, 2), ZONE)

    assert reached.all_of(session, other, {}, {}) == []
