"""The stage's pages served for real, with a small bank, and browsers of every kind."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import httpx
from sqlmodel import Session
from starlette.applications import Starlette

from bot import organisers, passes, people
from bot.content import Content, Place
from bot.db import Database
from bot.organisers import Organiser, Role
from bot.settings import Settings
from bot.signals import Signals
from bot.web import auth, chat, ops
from bot.web.context import Web
from bot.web.security import protect
from bot.web.stage.routes import routes
from quiz import contest, jury, players, rounds
from quiz.bank import Bank, Question
from quiz.papers import Entrant
from quiz.players import Kind
from quiz.rounds import Round
from quiz.rules import Rules
from tests.quiz.conftest import BANK, STAGE
from tests.web.stand import listening

T = TypeVar("T")
JSON = {"Accept": "application/json"}
LONG = replace(STAGE, seconds={1: 300})
"""Time enough that no test is ever late unless it means to be."""
CONTENT = cast(
    "Content",
    SimpleNamespace(
        bank=Bank(tuple(BANK), {}),
        contests={"san-khau": LONG, "nhieu": replace(LONG, id="nhieu", difficulty={3: 20})},
        places=SimpleNamespace(
            units=(Place("doan-a", "Chi đoàn A"), Place("doan-b", "Thôn B")),
            unit_names={"doan-a": "Chi đoàn A", "doan-b": "Thôn B"},
        ),
    ),
)


def now() -> datetime:
    """The moment it is; pages keep to the true time."""
    return datetime.now(UTC)


@dataclass
class Theatre:
    """The pages at an address, and what stands behind them."""

    url: str
    db: Database
    signals: Signals
    code: str = ""
    round_id: int = 0

    def browser(self, secret: str = "") -> httpx.Client:
        """A browser without script; with a session when it has its secret."""
        cookies = {auth.COOKIE: secret} if secret else {}
        return httpx.Client(base_url=self.url, cookies=cookies)

    def work(self, work: Callable[[Session, Round], T]) -> T:
        """Something done to the contest in a transaction."""
        wanted = self.round_id
        return self.db.run(lambda session: work(session, session.get_one(Round, wanted))).result()

    def link(self, kind: passes.Kind, subject: str) -> str:
        """A fresh one-time token."""
        return self.db.run(lambda session: passes.issue(session, kind, subject, now())).result()

    def session(self, kind: passes.Kind, subject: str) -> str:
        """The secret of a session that is open."""

        def work(session: Session) -> str:
            token = passes.issue(session, kind, subject, now())
            opened = passes.open_session(session, token, now())
            assert opened is not None
            return opened[0]

        return self.db.run(work).result()

    def organiser(self, role: Role = "contest") -> str:
        """The secret of a new organiser's session."""

        def work(session: Session) -> str:
            organisers.add(session, "Chị Hoa", role, "test", now())
            return str(max(item.id or 0 for item in organisers.listed(session)))

        return self.session("organiser", self.db.run(work).result())

    def removed(self) -> None:
        """All organisers lose their powers."""

        def work(session: Session) -> None:
            for item in list(organisers.listed(session)):
                organisers.remove(session, item.id or 0, "test", now())

        self.db.run(work).result()

    def enrolled(self, kind: Kind, name: str) -> str:
        """The key of a new team or of somebody without a phone, who has joined."""

        def work(session: Session, round_: Round) -> str:
            key = players.enrol(session, rounds.id_of(round_), kind, name, now()).person_key
            contest.join(session, round_, Entrant(key), "stage", now())
            return key

        return self.work(work)

    def juror(self, name: str = "Thầy Ba") -> str:
        """The row number of a new juror."""
        return self.work(lambda session, round_: str(jury.appoint(session, round_, name, now()).id))

    @contextlib.contextmanager
    def player(self, name: str = "Lan", **form: str) -> Iterator[httpx.Client]:
        """A browser that has joined."""
        with self.browser() as client:
            answer = client.post(self.path("/vao"), data={"name": name, **form})
            assert answer.status_code == 303, answer.text
            yield client

    def path(self, of: str = "") -> str:
        """A page of the contest."""
        return f"/san-khau/{self.code}{of}"

    def step(self, act: str, ago: float = 0) -> None:
        """The presenter pressed a button, some seconds ago."""

        def work(session: Session, round_: Round) -> None:
            seen = contest.standing_of(session, round_).step
            at = now() - timedelta(seconds=ago)
            contest.take(session, round_, act, seen, "test", at)  # type: ignore[arg-type]

        self.work(work)

    def shown(self) -> contest.Shown:
        """The question the contest is about."""
        return self.work(
            lambda session, round_: contest.shown(
                round_, contest.standing_of(session, round_).question
            )
        )

    def press(self, client: httpx.Client, place: int | str, question: str = "") -> str:
        """What became of a press."""
        data = {"choice": str(place), "question": question}
        answer = client.post(self.path("/tra-loi"), data=data, headers=JSON)
        return str(answer.json()["result"])

    @contextlib.contextmanager
    def stream(self) -> Iterator[Iterator[tuple[str, Any]]]:
        """What a watcher hears: (event, data)."""
        with (
            self.browser() as client,
            client.stream("GET", self.path("/luong")) as response,
        ):
            assert response.headers["cache-control"] == "no-store"
            assert response.headers["x-accel-buffering"] == "no"
            yield _events(response)

    def is_organiser(self, visitor: str) -> None:
        """The person behind a visitor becomes an organiser."""

        def work(session: Session) -> None:
            person, _new = people.welcome(session, "web", visitor, visitor, now())
            session.add(
                Organiser(name="Anh Ba", role="viewer", person_id=person.id, added_at=now())
            )

        self.db.run(work).result()


def _events(response: httpx.Response) -> Iterator[tuple[str, Any]]:
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        name, _colon, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "data" in fields:
            yield fields["event"], json.loads(fields["data"])
            fields = {}


@contextlib.contextmanager
def open_theatre(db: Database, settings: Settings | None = None) -> Iterator[Theatre]:
    """The pages on a free port, with a contest of three questions."""
    settings, signals = settings or Settings(), Signals()
    web = Web(settings, db, signals, lambda: None, lambda _language: [], list, lambda: CONTENT)
    loops: list[asyncio.AbstractEventLoop] = []

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        loops.append(asyncio.get_running_loop())
        yield

    app = Starlette(
        routes=[*chat.routes(web), *auth.routes(web), *routes(web), *ops.routes(db, dict)],
        middleware=protect(settings),
        lifespan=lifespan,
    )
    with listening(app) as url:
        theatre = Theatre(url, db, signals)
        opens(theatre)
        yield theatre
        loops[0].call_soon_threadsafe(signals.close)


def opens(theatre: Theatre, questions: Sequence[Question] = BANK, rules: Rules = LONG) -> None:
    """A contest on stage begins; those before go on."""

    def work(session: Session) -> tuple[int, str]:
        at = now() - timedelta(minutes=5)
        made = rounds.open_round(
            session,
            rules,
            questions,
            title="Đêm <b>thi</b>",
            opens_at=at,
            closes_at=at + timedelta(hours=9),
            by="test",
        )
        return rounds.id_of(made), made.code

    theatre.round_id, theatre.code = theatre.db.run(work).result()


def visitor() -> str:
    """The cookie of somebody new."""
    return secrets.token_hex(16)
