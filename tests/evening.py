"""A contest evening played for real: phones on the web and on Telegram, doubles, late ones, forged
ones, and the bot killed in the middle; then the log is held against what people did."""

import asyncio
import contextlib
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx
from sqlmodel import Session, select

from bot import people
from bot.content import DATA
from bot.db import Database
from bot.tables import migrate
from faq import book as books
from quiz import bank as banks
from quiz import board, contest, players, recount, rounds
from quiz.bank import Question
from quiz.log import Answer
from quiz.papers import Entrant
from quiz.rounds import Round, id_of
from quiz.rules import Rules
from quiz.stage import Act
from tests.processes import Bot, telegram, wait_until

T = TypeVar("T")
DOUBLE, LATE, FORGED = 0.3, 0.1, 0.1
SECONDS = 600
"""Long enough that a kill costs nobody the question, however slowly a busy machine starts again."""
SETTLED = 300
"""Seconds we wait for what is on its way before the question is closed."""


@dataclass(frozen=True)
class Tally:
    """What an evening came to."""

    honest: int
    """Answers people gave in time, each once."""
    counted: int
    lost: int
    double: int
    late: int
    """Late ones that were counted."""
    forged: int
    """Forged ones that were counted."""
    differences: int
    """Rows of the board that are not what the log gives."""
    kills: int


@dataclass
class Evening:
    """One contest: its database, its people, and what they did."""

    db: Database
    bot: Bot
    control: httpx.AsyncClient
    pages: httpx.AsyncClient
    chance: random.Random
    web: dict[str, str] = field(default_factory=dict)
    """Visitors by player key."""
    phones: dict[str, int] = field(default_factory=dict)
    """Telegram users by player key."""
    honest: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """(question, player) -> the options of the bank any of their presses in time named."""
    round_id: int = 0
    code: str = ""

    def work(self, work: Callable[[Session, Round], T]) -> T:
        """Something done in a transaction of ours."""
        wanted = self.round_id
        return self.db.run(lambda session: work(session, session.get_one(Round, wanted))).result()

    def opens(self, questions: int, many: int) -> None:
        """A contest with its people: every other one on Telegram."""
        rules = Rules(
            "evening",
            "Đêm thi",
            mode="stage",
            difficulty={1: questions - questions // 2, 2: questions // 2},
            seconds={1: SECONDS, 2: SECONDS},
        )

        def work(session: Session) -> tuple[int, str]:
            now = datetime.now(UTC)
            round_ = evening_of(session, rules, now)
            for number in range(many):
                channel = "telegram" if number % 2 else "web"
                user = str(7000 + number) if number % 2 else secrets.token_hex(16)
                person, _new = people.welcome(session, channel, user, user, now)
                players.name(session, person.key, f"Người {number}", now)
                contest.join(session, round_, Entrant(person.key), channel, now)
                if number % 2:
                    self.phones[person.key] = int(user)
                else:
                    self.web[person.key] = user
            return id_of(round_), round_.code

        self.round_id, self.code = self.db.run(work).result()

    def step(self, act: Act) -> None:
        """The presenter presses a button."""

        def work(session: Session, round_: Round) -> None:
            seen = contest.standing_of(session, round_).step
            contest.take(session, round_, act, seen, "test", datetime.now(UTC))

        self.work(work)

    async def question(self, kill: bool) -> None:
        """One question: everybody presses; perhaps the bot dies; then the late ones press."""
        self.step("open")
        shown = self.work(_now_shown)
        late = [key for key in (*self.web, *self.phones) if self.chance.random() < LATE]
        prompt = [key for key in (*self.web, *self.phones) if key not in set(late)]
        self.chance.shuffle(prompt)
        presses = [asyncio.create_task(self.presses(key, shown)) for key in prompt]
        if kill:
            await asyncio.sleep(0.6)
            await asyncio.to_thread(self.dies)
        await asyncio.gather(*presses)
        expected = len({key for question, key in self.honest if question == shown[0]})
        settled = partial(self.has, shown[0], expected)
        with contextlib.suppress(TimeoutError):
            await asyncio.to_thread(wait_until, settled, SETTLED, "answers not counted")
        self.step("close")
        await asyncio.sleep(3.2)  # the longest grace of a channel
        await asyncio.gather(*(self.presses(key, shown, late=True) for key in late))
        await asyncio.sleep(0.5)
        self.step("reveal")

    def dies(self) -> None:
        """SIGKILL, and a new start."""
        self.bot.kill()
        self.bot.start()
        self.bot.wait_healthy()

    def has(self, question: str, count: int) -> bool:
        """Whether so many answers to a question are counted."""
        rows = select(Answer.person_key).where(Answer.question == question)
        return len(self.db.read(lambda session: session.execute(rows).all())) >= count

    async def presses(
        self, key: str, shown: tuple[str, tuple[int, ...]], *, late: bool = False
    ) -> None:
        """Somebody presses, some twice; some forged presses come besides."""
        question, order = shown
        await asyncio.sleep(self.chance.random() * 2)
        if self.chance.random() < FORGED:
            await self.forges(key, question)
        times = 2 if self.chance.random() < DOUBLE else 1
        places = [self.chance.randrange(4) for _time in range(times)]
        if not late:
            self.honest[question, key] = {order[place] for place in places}
        send = self.on_web if key in self.web else self.on_telegram
        await asyncio.gather(*(send(key, place, question) for place in places))

    async def on_web(self, key: str, place: int, question: str) -> None:
        """A phone on the page: it presses again until it is told that the press is in."""
        url = f"http://127.0.0.1:{self.bot.port}/san-khau/{self.code}/tra-loi"
        data = {"choice": str(place), "question": question}
        for _try in range(200):
            try:
                cookie = {"Cookie": f"visitor={self.web[key]}", "Accept": "application/json"}
                answer = await self.pages.post(url, data=data, headers=cookie)
                if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.25)

    async def on_telegram(self, key: str, place: int, _question: str) -> None:
        """A phone on Telegram: a letter."""
        order = {"user": self.phones[key], "text": "ABCD"[place]}
        (await self.control.post("/control/says", json=order)).raise_for_status()

    async def forges(self, key: str, question: str) -> None:
        """A press nobody was asked for: another question, no option, an unknown visitor."""
        url = f"http://127.0.0.1:{self.bot.port}/san-khau/{self.code}/tra-loi"
        forged = self.chance.choice(
            [
                (self.web.get(key, "0" * 32), {"choice": "1", "question": "q-forged"}),
                (self.web.get(key, "0" * 32), {"choice": "7", "question": question}),
                (secrets.token_hex(16), {"choice": "1", "question": question}),
            ]
        )
        with contextlib.suppress(httpx.HTTPError):
            cookie = {"Cookie": f"visitor={forged[0]}"}
            await self.pages.post(url, data=forged[1], headers=cookie)

    def tally(self, kills: int) -> Tally:
        """What the log holds against what people did."""

        def work(session: Session, round_: Round) -> Tally:
            rows = list(session.scalars(select(Answer)))
            kept = [(row.question, row.person_key) for row in rows]
            known = {*self.web, *self.phones}
            honest = set(self.honest)
            wrong = [
                row
                for row in rows
                if row.person_key not in known
                or row.choice not in self.honest.get((row.question, row.person_key), {row.choice})
            ]
            standing = board.top(session, self.round_id, 10_000)
            counted_right = sum(row.right for row in standing)
            return Tally(
                honest=len(honest),
                counted=len(kept),
                lost=len(honest - set(kept)),
                double=len(kept) - len(set(kept)) + counted_right - sum(r.right for r in rows),
                late=len(set(kept) - honest),
                forged=len(wrong),
                differences=len(recount.compare(session, round_)),
                kills=kills,
            )

        return self.work(work)


def _now_shown(session: Session, round_: Round) -> tuple[str, tuple[int, ...]]:
    stage = contest.standing_of(session, round_)
    _question, asked = contest.questions(round_)[stage.question - 1]
    return asked.question, asked.order


def evening_of(session: Session, rules: Rules, now: datetime) -> Round:
    """A round of the shipped questions, open for an evening."""
    closes, title = now + timedelta(hours=9), rules.title
    return rounds.open_round(
        session, rules, shipped(), title=title, opens_at=now, closes_at=closes, by="test"
    )


def shipped() -> list[Question]:
    """The shipped questions."""
    book, _mistakes = books.load(DATA)
    bank, _wrong = banks.load(DATA / "quiz", {entry.id: entry.sources for entry in book.entries})
    return list(bank.questions)


def run_evening(folder: Path, many: int, questions: int, seed: int, url: str = "") -> Tally:
    """A whole evening of `many` people with one SIGKILL in its middle."""
    with telegram(folder / "journal.jsonl") as address:
        bot = Bot(folder, address, url)
        db = Database(bot.url)
        migrate(db.engine)
        try:
            return asyncio.run(_evening(db, bot, address, many, questions, seed))
        finally:
            bot.kill()
            db.close()


async def _evening(
    db: Database, bot: Bot, address: str, many: int, questions: int, seed: int
) -> Tally:
    limits = httpx.Limits(max_connections=50)
    async with (
        httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as control,
        httpx.AsyncClient(timeout=60, limits=limits) as pages,
    ):
        evening = Evening(db, bot, control, pages, random.Random(seed))
        evening.opens(questions, many)
        bot.start()
        await asyncio.to_thread(bot.wait_healthy)
        for number in range(questions):
            await evening.question(kill=number == questions // 2)
        return evening.tally(kills=1)
