"""A rehearsal from its beginning to its verdict: through the real pages, and cleared away after."""

import argparse
import asyncio
import random
from datetime import UTC, datetime
from functools import partial

import httpx
from sqlalchemy import delete, select
from sqlmodel import Session, col

from bot import organisers, passes
from bot.db import Database
from bot.organisers import Organiser
from bot.passes import Pass
from bot.people import Address, Person
from bot.rehearsal import verdict
from bot.rehearsal.crowd import Crowd, Played
from bot.rehearsal.presenter import NotHeardError, Presenter
from bot.rehearsal.verdict import Facts
from bot.settings import Settings
from quiz import contest, recount, rounds
from quiz.board import Standing
from quiz.papers import Answer, Paper
from quiz.players import Player
from quiz.rounds import Round, UnknownRoundError
from quiz.steps import Step

NAME = "Diễn tập tự động"
"""The organiser a rehearsal signs in as; what this one opened is ours to clear away."""
TITLE = "Diễn tập"
MOST = 5000
_OURS = (col(Organiser.name) == NAME,)
LOT = 500


def rehearse(settings: Settings, db: Database, options: argparse.Namespace) -> int:
    """Rehearse an evening against the running server; 0 when it may begin."""
    url = (options.url or f"http://127.0.0.1:{settings.port}").rstrip("/")
    if not 1 <= options.players <= MOST or options.questions < 1:
        print(f"Số người từ 1 đến {MOST}, số câu từ 1.")
        return 1
    if not _answers(url):
        print(f"Chưa thấy máy chủ ở {url}. Bạn mở: python -m bot run, rồi diễn tập ở cửa sổ khác.")
        return 1
    db.run(clear).result()
    try:
        token = db.run(_token).result()
        return asyncio.run(_evening(db, url, token, options))
    except (NotHeardError, httpx.HTTPError, UnknownRoundError) as error:
        print(f"CHƯA SẴN SÀNG: {error or type(error).__name__}.")
        return 1
    finally:
        db.run(clear).result()
        print("Đã dọn sạch người chơi và câu trả lời diễn tập.")


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=10).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


async def _evening(db: Database, url: str, token: str, options: argparse.Namespace) -> int:
    async with httpx.AsyncClient(timeout=30) as http:
        presenter = Presenter(url, http, partial(print, flush=True))
        await presenter.enters(token)
        code = await presenter.makes(options.rules, TITLE)
        chance = random.Random(code)  # noqa: S311 - chance, not a secret
        hall = Crowd(url, code, options.players, chance)
        try:
            print(f"Mời {options.players} người vào vòng {code}…", flush=True)
            await hall.come()
            many = db.read(partial(_questions, code=code))
            await presenter.plays(hall, min(options.questions, many))
        finally:
            await hall.leave()
    facts = db.read(partial(facts_of, code=code, played=hall.played, players=options.players))
    found = verdict.checks(facts)
    print(f"\n{verdict.table(found)}")
    return 0 if all(check.good for check in found) else 1


def _token(session: Session) -> str:
    """A one-time link for an organiser who is there for the rehearsal alone."""
    now = datetime.now(UTC)
    organisers.add(session, NAME, "contest", NAME, now)
    made = session.scalars(select(Organiser).where(*_OURS).order_by(col(Organiser.id).desc()))
    return passes.issue(session, "organiser", str(made.first().id), now)  # type: ignore[union-attr]


def _questions(session: Session, code: str) -> int:
    return len(contest.questions(rounds.by_code(session, code)))


def facts_of(session: Session, code: str, played: Played, players: int) -> Facts:
    """What the phones did, held against the log and the board."""
    round_ = rounds.by_code(session, code)
    visitors = _visitors(session, rounds.id_of(round_))
    orders = {item.question: item.order for _question, item in contest.questions(round_)}
    rows = list(session.scalars(select(Answer).where(col(Answer.round_id) == rounds.id_of(round_))))
    kept = [(row.question, visitors.get(row.person_key, "")) for row in rows]
    wrong = [
        row
        for row, pressed in zip(rows, kept, strict=True)
        if pressed in played.honest
        and row.choice not in {orders[row.question][place] for place in played.honest[pressed]}
    ]
    strangers = [pressed for pressed in kept if not pressed[1]]
    return Facts(
        players=players,
        joined=played.joined,
        pressed=len(played.honest),
        lost=len(played.honest.keys() - set(kept)),
        double=len(kept) - len(set(kept)),
        late=len({pressed for pressed in kept if pressed[1]} - played.honest.keys()),
        forged=len(wrong) + len(strangers),
        differences=len(recount.compare(session, round_)),
        refused=played.refused,
        counted_within=max(played.waits, default=float("inf")),
        delays=played.delays,
    )


def _visitors(session: Session, round_id: int) -> dict[str, str]:
    """The browser of each player of a round."""
    statement = (
        select(Person.key, Address.user)  # type: ignore[call-overload]
        .join(Address, col(Address.person_id) == col(Person.id))
        .join(Paper, col(Paper.person_key) == col(Person.key))
        .where(col(Paper.round_id) == round_id, col(Address.channel) == "web")
    )
    return {str(key): str(user) for key, user in session.execute(statement)}


def clear(session: Session) -> int:
    """Remove what rehearsals left: their contests, players and sign-ins; how many contests.

    The audit keeps its lines: what an organiser did is never taken out of it.
    """
    ours = (col(Round.rehearsal), col(Round.opened_by) == NAME)
    found = [rounds.id_of(round_) for round_ in session.scalars(select(Round).where(*ours))]
    for round_id in found:
        _clear_round(session, round_id)
    gone = [f"{row.id}" for row in session.scalars(select(Organiser).where(*_OURS))]
    _remove(session, Pass, col(Pass.kind) == "organiser", col(Pass.subject).in_(gone))
    _remove(session, Organiser, *_OURS)
    return len(found)


def _clear_round(session: Session, round_id: int) -> None:
    of_round = select(Paper.person_key).where(col(Paper.round_id) == round_id)  # type: ignore[call-overload]
    keys = list(session.scalars(of_round))
    for table in (Answer, Standing, Step, Paper):
        _remove(session, table, col(table.round_id) == round_id)
    for start in range(0, len(keys), LOT):
        some = keys[start : start + LOT]
        people = select(Person.id).where(col(Person.key).in_(some))  # type: ignore[call-overload]
        _remove(session, Player, col(Player.person_key).in_(some))
        _remove(session, Address, col(Address.person_id).in_(people))
        _remove(session, Person, col(Person.key).in_(some))
    _remove(session, Round, col(Round.id) == round_id)


def _remove(session: Session, table: type, *where: object) -> None:
    statement = delete(table).where(*where).execution_options(synchronize_session=False)  # type: ignore[arg-type]
    session.execute(statement)
