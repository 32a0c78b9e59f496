"""DX Day: how long until it, what is on, a question a day, what is told of it afterwards."""

from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from bot import content as contents
from bot import people
from bot.content import Content
from bot.flows.turn import House
from bot.inbox import DONE, Inbox
from bot.notices import dx_day
from bot.notices.calendar import Series, When
from bot.notices.dx_day import Figures
from bot.notices.events import Event, Names
from quiz import practice
from tests.conftest import ZONE

DAY = date(2026, 10, 10)


def event(start: str, **more: object) -> Event:
    """Something at an hour of a day."""
    at = datetime.fromisoformat(start).replace(tzinfo=ZONE)
    given = {"id": "e", "kind": "talk", "title": "Tọa đàm", "status": "announced", "what": "x"}
    return Event(**{**given, "when": When(Series(at)), **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 9, 30), "Còn 10 ngày nữa"),
        (date(2026, 10, 9), "Ngày mai là"),
        (date(2026, 10, 10), "Hôm nay là"),
        (date(2026, 10, 11), "Còn 364 ngày nữa"),
    ],
)
def test_the_countdown_counts_to_the_next_day(today: date, said: str) -> None:
    """Before, on and after the day: the number of days is right."""
    assert dx_day.countdown(today).startswith(said)


def test_the_programme_is_of_that_day_alone() -> None:
    """In order, with hours; drafts, what is off and other days are left out."""
    listed = [
        event("2026-10-10 19:00", id="b", title="Chung kết"),
        event("2026-10-10 08:00", id="a", place="Nhà văn hóa"),
        event("2026-10-10 09:00", id="c", status="draft"),
        event("2026-10-10 09:00", id="d", status="cancelled", note="Biển động"),
        event("2026-10-11 00:00", id="e"),
    ]
    planned = dx_day.programme(listed, DAY, ZONE)

    assert dx_day.lines(planned, Names(), ZONE) == [
        "08:00 · Tọa đàm · Nhà văn hóa",
        "19:00 · Chung kết",
    ]


def test_nothing_shipped_is_made_up(house: House) -> None:
    """As shipped there is no programme and no route: dates and roads are the organisers' to set."""
    assert dx_day.programme(house.programme.events, date(2027, 10, 10), ZONE) == []
    assert house.programme.dx_day.routes == ()


def test_each_of_the_ten_days_has_the_question_that_is_sent(content: Content) -> None:
    """Ten days, ten different questions, those which subscribers get on the same day."""
    found = dx_day.questions(content.bank, DAY)

    assert [day for day, _question in found][0::9] == [date(2026, 9, 30), date(2026, 10, 9)]
    assert len({question.id for _day, question in found}) == 10
    day, question = found[3]
    assert practice.of_the_day(content.bank.current(day), day) == question


def test_slogans_of_our_own_are_marked(house: House) -> None:
    """Themes carry their year; every other slogan says that it is a suggestion."""
    lines = list(dx_day.slogans(house.programme.dx_day))

    assert all(line.startswith(("Chủ đề năm 2022", "Chủ đề năm 2024", "Gợi ý (")) for line in lines)
    assert len(lines) == 6


def test_themes_name_sources_there_are(house: House) -> None:
    """Every theme was compared with a source of the list."""
    known = house.content.book.sources

    assert {theme.source for theme in house.programme.dx_day.themes} <= set(known)


def test_the_car_reads_words_alone(house: House) -> None:
    """What the loudspeaker car reads holds no figure."""
    planned = dx_day.programme([event("2026-10-10 19:30")], DAY, ZONE)
    told = house.programme
    read = dx_day.script(told.dx_day, planned, told.names, ZONE, house.operator, told.said)

    assert not any(sign.isdigit() for sign in read)
    assert "mười chín giờ ba mươi" in read


@pytest.mark.parametrize(
    ("counted", "said", "unsaid"),
    [
        pytest.param(
            Figures(40, 12, 7, 2), ["40 câu", "12 người", "7 người", "2 buổi"], [], id="all"
        ),
        pytest.param(Figures(40, 4, 4, 0), [], ["40", "4 người", "buổi"], id="too few"),
        pytest.param(Figures(0, 0, 0, 0), [], ["có"], id="nothing"),
        pytest.param(Figures(9, 5, 4, 0), ["9 câu", "5 người"], ["đố vui"], id="few players"),
    ],
)
def test_thanks_tell_no_small_number(counted: Figures, said: list[str], unsaid: list[str]) -> None:
    """Fewer than five people are not told as a number, nor what these few wrote."""
    text = dx_day.thanks(counted, DAY)

    assert all(part in text for part in said)
    assert not any(part in text.removeprefix("Cảm ơn bà con đã cùng") for part in unsaid)


def test_figures_are_of_those_days(session: Session) -> None:
    """Messages answered from 30/9 to 10/10 by the island's clock count, others do not."""
    person, _new = people.welcome(session, "fake", "lan", "lan", datetime(2026, 9, 1, tzinfo=ZONE))
    moments = ["2026-09-29 23:59", "2026-09-30 00:00", "2026-10-10 23:59", "2026-10-11 00:00"]
    for number, moment in enumerate(moments):
        at = datetime.fromisoformat(moment).replace(tzinfo=ZONE)
        row = partial(Inbox, channel="fake", lane="fake:lan", received_at=at, state=DONE)
        session.add(row(key=str(number), text="hỏi", person_id=person.id))
        session.add(row(key=f"{number}x", text=""))
    session.flush()
    talks = [event("2026-10-05 19:00", status="held"), event("2026-08-05 19:00", status="held")]

    assert dx_day.figures(session, talks, DAY, ZONE) == Figures(2, 1, 0, 1)


def test_mistakes_in_the_file_are_told(tmp_path: Path) -> None:
    """A theme without a source and a stop without a place are named with their lines."""
    path = tmp_path / "dx_day.yaml"
    path.write_text('themes:\n- {year: 2022, text: "x"}\nroutes:\n- {when: "8:00"}\n', "utf-8")
    day, mistakes = dx_day.load(path)

    assert (day.themes, day.routes) == ((), ())
    assert [mistake.line for mistake in mistakes] == [2, 4]


def test_the_shipped_file_is_right() -> None:
    """What is shipped has no mistake."""
    assert dx_day.load(contents.DATA / "dx_day.yaml")[1] == []
