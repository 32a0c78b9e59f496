"""The desk's pages and the year's report from 1,000,000 questions: `tests.bench figures`."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from statistics import quantiles

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from bot import asked, content
from bot.asked import NEAR, NOTHING, SURE, Asked
from bot.content import Content, Place
from bot.db import Database, table_of
from bot.inbox import Inbox
from bot.notices import commended, programme
from bot.notices.announce import Notice, Recipient
from bot.notices.programme import Programme
from bot.outbox import Outbox
from bot.papers import annex, year, yearly
from bot.people import Person
from bot.rows import Span
from bot.tables import migrate
from bot.web.desk.routes import DOORS
from faq.unanswered import Unanswered
from quiz.board import Standing
from quiz.rounds import id_of
from tests import postgres
from tests.conftest import ZONE
from tests.quiz.conftest import SELF, opened
from tests.web.desk.bench import serve

QUESTIONS, PEOPLE, WAITING, LOOKS = 1_000_000, 50_000, 10_000, 60
DAYS = 365
ROUNDS, PLAYERS = 5, 50_000
"""Rounds of the year, and players in all of them together."""
NOTICES, TOLD = 50, 2_000
"""Notices of the year, and how many people each was sent to."""
NOW = datetime.now(UTC)
TODAY = NOW.astimezone(ZONE).date()
YEAR = f"/ban/so-lieu?tu={TODAY - timedelta(364)}&den={TODAY}"
"""The figures of a year."""


def main() -> None:
    """Print what a look and a report take, on both databases."""
    known = content.load()
    hamlets = tuple(Place(f"thon-{at}", f"Thôn {at}") for at in range(6))
    known = replace(known, places=replace(known.places, hamlets=hamlets))
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    try:
        _measure(f"sqlite:///{folder / 'bot.db'}", known)
        with postgres.server() as server:
            _measure(postgres.create(server, "bench"), known)
    finally:
        shutil.rmtree(folder)


def _measure(url: str, known: Content) -> None:
    db = Database(url)
    migrate(db.engine)
    with Session(db.engine) as session, session.begin():
        _fill(session, known)
    with _timed(f"{db.dialect}: keep {QUESTIONS:,} questions and sum up each day after it"):
        _live(db, known)
    _tidy(db)
    planned = programme.load(content.DATA, known.places)
    print(f"{db.dialect}: with what the issue names", flush=True)
    _look(db, known, planned, [YEAR])
    with Session(db.engine) as session, session.begin():
        _play(session, list(planned.plan.units))
        _tell(session)
        _reward(session, list(planned.plan.units))
    _tidy(db)
    print(f"{db.dialect}: with notices and contests too", flush=True)
    _look(db, known, planned, _pages(known))
    _report(db, known, planned)
    db.close()


def _fill(session: Session, known: Content) -> None:
    """People, messages, waiting questions, and a year of questions."""
    people = (
        {"id": at, "key": f"k{at}", "hamlet": f"thon-{at % 6}"} for at in range(1, PEOPLE + 1)
    )
    common = {"language": "vi", "unit": "", "created_at": NOW, "seen_at": NOW}
    _insert(session, Person, (row | common for row in people))
    said = {"channel": "web", "payload": "", "received_at": NOW, "state": "done", "attempts": 0}
    said |= {"owner": "", "error": "", "text": "một câu hỏi dài vừa phải"}
    numbers = ((at, 1 + at % PEOPLE) for at in range(QUESTIONS))
    messages = ({"key": f"m{at}", "lane": f"web:{by}", "person_id": by} for at, by in numbers)
    _insert(session, Inbox, (row | said for row in messages))
    waiting = [
        {"person_key": f"k{at}", "text": "một câu hỏi", "folded": f"mot cau hoi {at}"}
        | {"why": "nothing", "state": "open", "asked_at": NOW - timedelta(days=at % 365)}
        | {"near": "[]", "channel": "web", "lane": f"web:{at}", "answer": "", "answered_by": ""}
        for at in range(WAITING)
    ]
    session.execute(insert(table_of(Unanswered)), waiting)


def _play(session: Session, units: list[str]) -> None:
    """Rounds through the year, with players of all units."""
    for number in range(ROUNDS):
        began = NOW - timedelta(days=number * DAYS // ROUNDS + 1)
        round_id = id_of(opened(session, SELF, opens_at=began, closes_at=began + timedelta(1)))
        rows = (
            {"round_id": round_id, "person_key": f"k{at}", "paper_id": at, "side": "players"}
            | {"unit": units[at % len(units)], "attempt": 1, "right": at % 11, "points": 0}
            | {"took": 0, "answered": 10, "finished": at, "key": f"{at:09}"}
            for at in range(number * PLAYERS // ROUNDS, (number + 1) * PLAYERS // ROUNDS)
        )
        _insert(session, Standing, rows)


def _tell(session: Session) -> None:
    """Notices through the year, each sent to some on two channels; a tenth was not reached."""
    for number in range(NOTICES):
        began = NOW - timedelta(days=number * DAYS // NOTICES + 1)
        notice = Notice(text="Mời bà con", author="Lan", created_at=began, started_at=began)
        notice.state = "done"
        session.add(notice)
        session.flush()
        numbers = range(number * TOLD + 1, (number + 1) * TOLD + 1)
        sent = {"state": "sent", "body": "", "rank": 1, "attempts": 1, "owner": "", "error": ""}
        sent |= {"external": "x", "passing": False, "late": False, "notice_id": notice.id}
        sent |= {"created_at": began, "not_before": began, "settled_at": began}
        rows = (
            {"id": at, "channel": _channel(at), "chat": f"{at}", "lane": f"{at}"} | sent
            for at in numbers
        )
        _insert(session, Outbox, rows)
        told = {"notice_id": notice.id, "at": began}
        named = (
            {"person_id": 1 + at % PEOPLE, "channel": _channel(at), "outbox_id": at}
            | (
                {"state": "sent", "reason": ""}
                if at % 10
                else {"state": "waiting", "reason": "window"}
            )
            | told
            for at in numbers
        )
        _insert(session, Recipient, named)


def _channel(at: int) -> str:
    return "telegram" if at % 3 else "zalo_oa"


def _live(db: Database, known: Content) -> None:
    """A year goes by: each day's questions, summed up the day after."""
    chance, entries = Random(1), [entry.id for entry in known.book.entries]
    for ago in range(DAYS - 1, -1, -1):
        day = TODAY - timedelta(ago)
        with Session(db.engine) as session, session.begin():
            asked.roll(session, day)
            _insert(session, Asked, _questions(chance, entries, day, QUESTIONS // DAYS + 1))
        if ago % 30 == 0:
            _tidy(db)


def _insert(session: Session, table: type[SQLModel], rows: Iterator[dict[str, object]]) -> None:
    while part := list(islice(rows, 50_000)):
        session.execute(insert(table_of(table)), part)


def _questions(
    chance: Random, entries: list[str], day: date, many: int
) -> Iterator[dict[str, object]]:
    for _each in range(many):
        verdict = chance.choices((SURE, NEAR, NOTHING), (80, 12, 8))[0]
        yield {
            "day": day,
            "verdict": verdict,
            "entry": chance.choice(entries) if verdict == SURE else "",
            "hamlet": f"thon-{chance.randrange(6)}",
            "channel": chance.choice(("web", "telegram", "zalo_oa", "zalo_bot")),
        }


def _tidy(db: Database) -> None:
    """What PostgreSQL does by itself within minutes: room and statistics after so many changes."""
    if db.dialect == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _reward(session: Session, units: list[str]) -> None:
    """Choose three units to be commended, so that the page has all it can have."""
    commended.choose(session, year=TODAY.year, units=units[:3], who="bench", now=NOW)


def _pages(known: Content) -> list[str]:
    """Every page of the desk; the figures of a year, what is behind a row and a group too."""
    row = YEAR.replace("?", "/linh-vuc?") + f"&dong={known.book.entries[0].category}"
    seen = (door.path for door in DOORS if door.method == "GET")
    pages = [path for path in seen if "{" not in path and "." not in path]  # files: see _report
    return [YEAR, row, "/ban/cau-hoi/H-0001", *pages]


def _look(db: Database, known: Content, planned: Programme, paths: list[str]) -> None:
    """How long each page takes, over HTTP."""
    with serve(db, known, planned) as at:
        browser = at.signed("admin")
        for path in paths:
            took = []
            for _each in range(LOOKS):
                began = time.perf_counter()
                answer = browser.get(path)
                took.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200, (path, answer.status_code)
            cuts = quantiles(took, n=20)
            figures = {"page": path, "p50_ms": round(cuts[9], 1), "p95_ms": round(cuts[18], 1)}
            print(db.dialect, json.dumps(figures), flush=True)


def _report(db: Database, known: Content, planned: Programme) -> None:
    """How long the year's report and its annex take."""
    span = Span(TODAY - timedelta(364), TODAY, ZONE)
    with _timed(f"{db.dialect}: the year's report as .docx and .xlsx"):
        kept = db.read(lambda session: year.gather(session, span, known, planned, NOW))
        sizes = [len(yearly.docx(kept, "UBND đặc khu Lý Sơn")), len(annex.xlsx(kept))]
    print(db.dialect, "bytes", sizes, flush=True)


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:.1f} s", flush=True)
