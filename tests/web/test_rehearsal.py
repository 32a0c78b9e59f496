"""A rehearsal: played through the real pages, judged by the log, cleared away."""

import argparse
import math
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from bot.db import Database
from bot.rehearsal import conduct, crowd, presenter, traces, verdict
from bot.rehearsal.crowd import Played
from bot.rehearsal.verdict import Facts
from bot.settings import Settings
from bot.tables import METADATA
from quiz.rounds import Round
from tests.web.theatre import Theatre

GOOD = Facts(
    players=20,
    joined=20,
    pressed=60,
    lost=0,
    double=0,
    late=0,
    forged=0,
    differences=0,
    refused=0,
    counted_within=0.1,
    delays=(0.01,) * 99 + (0.4,),
    dropped=4,
    resumed=4,
    deaf=0,
)


@pytest.fixture
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter times; on a busy machine a step may be seen, and a press counted, late."""
    for module, name, value in (
        *((crowd, "WITHIN", 0.4), (crowd, "SLOWER", 0.2), (presenter, "LOOKS", 0.1)),
        *((verdict, "SHOWN_WITHIN", 30.0), (verdict, "COUNTED_WITHIN", 30.0)),
        (crowd, "SHOWS_WITHIN", 60.0),
    ):
        monkeypatch.setattr(module, name, value)


def options(theatre: Theatre, **changed: object) -> argparse.Namespace:
    """What was typed."""
    given = {"players": 12, "questions": 2, "rules": "san-khau", "url": theatre.url}
    return argparse.Namespace(**{**given, **changed})


def rows(db: Database) -> dict[str, int]:
    """How many rows there are, in the tables that have any; /health leaves its mark in one."""

    def work(session: Session) -> dict[str, int]:
        tables = [table for table in METADATA.sorted_tables if table.name != "pace"]
        counts = {t.name: session.scalar(select(func.count()).select_from(t)) for t in tables}
        return {name: count for name, count in counts.items() if count}

    return db.read(work)


@pytest.mark.usefixtures("_hurry")
def test_a_good_hall_ends_in_go_and_leaves_nothing(
    theatre: Theatre, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twelve phones play two questions; afterwards only the audit knows of it."""
    before = rows(theatre.db)

    status = conduct.rehearse(Settings(), theatre.db, options(theatre))

    printed = capsys.readouterr().out
    after = rows(theatre.db)
    assert (status, "SẴN SÀNG." in printed, "CHƯA" in printed) == (0, True, False), printed
    assert printed.count("nhận đủ sau") == 2
    assert {**after, "audit": 0} == {**before, "audit": 0}
    assert after["audit"] > before.get("audit", 0)


def test_what_an_earlier_one_left_is_cleared_too(theatre: Theatre) -> None:
    """A rehearsal that was killed leaves its contest; the next one removes it, and no other."""

    def killed(session: Session) -> None:
        round_ = session.get_one(Round, theatre.round_id)
        copied = round_.model_dump(exclude={"id", "uid", "code"})
        left = {**copied, "rehearsal": True, "opened_by": traces.NAME}
        session.add(Round(**left, uid="left", code="LEFT1"))
        session.add(Round(**{**left, "opened_by": "Hoa"}, uid="theirs", code="LEFT2"))

    theatre.db.run(killed).result()

    assert conduct.clear(theatre.db) == 1
    left = theatre.db.read(lambda session: sorted(session.scalars(select(Round.code))))  # type: ignore[call-overload]
    assert left == sorted([theatre.code, "LEFT2"])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"url": "http://127.0.0.1:9"}, "Chưa thấy máy chủ"),
        ({"players": 0}, "Số người từ 1"),
        ({"rules": "khong-co"}, "CHƯA SẴN SÀNG"),
    ],
)
def test_what_cannot_be_rehearsed_is_told(
    theatre: Theatre,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, object],
    told: str,
) -> None:
    """No server, nobody to play, rules there are not: said in words, and no go."""
    assert conduct.rehearse(Settings(), theatre.db, options(theatre, **changed)) == 1
    assert told in capsys.readouterr().out


def test_the_log_is_held_against_what_was_pressed(theatre: Theatre) -> None:
    """An answer that is not in the log is lost; what a phone did not give is late or forged; what
    a person of the staff gave is no fault.
    """
    mine, theirs = traces.visitor(), traces.visitor()
    with theatre.player("An") as staff, theatre.browser() as lan, theatre.browser() as minh:
        for each, visitor in ((lan, mine), (minh, theirs)):
            each.cookies.set("visitor", visitor)
            each.post(theatre.path("/vao"), data={"name": "Lan"})
        theatre.step("open")
        question = theatre.shown().id
        assert {theatre.press(each, 1) for each in (lan, minh, staff)} == {"counted"}
    played = Played(honest={(question, mine): {2}, (question, "0" * 32): {1}})

    facts = theatre.db.read(
        lambda session: conduct.facts_of(session, theatre.code, played, players=2)
    )

    assert (facts.lost, facts.late, facts.forged, facts.double) == (1, 1, 1, 0)


def test_whoever_plays_along_stays(theatre: Theatre) -> None:
    """Of a real person in a rehearsal only what they answered there is removed."""

    def rehearsed(session: Session) -> None:
        round_ = session.get_one(Round, theatre.round_id)
        round_.rehearsal, round_.opened_by = True, traces.NAME

    theatre.db.run(rehearsed).result()
    theatre.juror()
    team = theatre.enrolled("team", "Đội A")
    theatre.link("team", team)
    with theatre.player("An"), theatre.browser() as simulated:
        simulated.cookies.set("visitor", traces.visitor())
        simulated.post(theatre.path("/vao"), data={"name": "Máy"})

    assert conduct.clear(theatre.db) == 2
    assert rows(theatre.db) == dict.fromkeys(("address", "person", "player"), 1)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"lost": 1}, {"double": 1}, {"late": 1}, {"forged": 1}, {"differences": 1}),
        *({"joined": 19}, {"refused": 1}, {"counted_within": 2.1}, {"delays": ()}),
        {"delays": (9.0,) * 2 + (0.01,) * 98},
        *({"resumed": 3}, {"deaf": 1}),
    ],
)
def test_one_bad_figure_is_a_no_go(wrong: dict[str, object]) -> None:
    """Whatever is beyond its limit is named in the verdict."""
    found = verdict.checks(replace(GOOD, **wrong))  # type: ignore[arg-type]

    bad = [check.name.lower() for check in found if not check.good]
    assert len(bad) == 1
    assert verdict.table(found).endswith(f"CHƯA SẴN SÀNG: {bad[0]}.")
    assert verdict.table(verdict.checks(GOOD)).endswith("\nSẴN SÀNG.")


def test_the_last_hundredth_does_not_count() -> None:
    """99 of 100 phones must be in time; of none nothing is known."""
    assert verdict.percentile(GOOD.delays, 0.99) == 0.01
    assert math.isinf(verdict.percentile((), 0.99))
