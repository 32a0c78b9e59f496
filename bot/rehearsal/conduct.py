"""A rehearsal from its beginning to its verdict: through the real pages, and cleared away after."""

import argparse
import asyncio
import random
import resource
from datetime import UTC, datetime
from functools import partial

import httpx
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.rehearsal import traces, verdict
from bot.rehearsal.crowd import Crowd, Played
from bot.rehearsal.presenter import NotHeardError, Presenter
from bot.rehearsal.verdict import Facts
from bot.settings import Settings
from quiz import contest, recount, rounds
from quiz.log import Answer
from quiz.rounds import UnknownRoundError

TITLE = "Diễn tập"
MOST = 5000


def rehearse(settings: Settings, db: Database, options: argparse.Namespace) -> int:
    """Rehearse an evening against the running server; 0 when it may begin."""
    url = (options.url or f"http://127.0.0.1:{settings.port}").rstrip("/")
    if not 1 <= options.players <= MOST or options.questions < 1:
        print(f"Số người từ 1 đến {MOST}, số câu từ 1.")
        return 1
    if not _answers(url):
        print(f"Chưa thấy máy chủ ở {url}. Bạn mở: python -m bot run, rồi diễn tập ở cửa sổ khác.")
        return 1
    _many_connections()
    if clear(db):
        print("Đã dọn những gì một lần diễn tập dở dang để lại.")
    try:
        token = db.run(partial(traces.admit, now=datetime.now(UTC))).result()
        return asyncio.run(_evening(db, url, token, options))
    except (NotHeardError, httpx.HTTPError, UnknownRoundError) as error:
        print(f"CHƯA SẴN SÀNG: {error or type(error).__name__}.")
        return 1
    finally:
        clear(db)
        print("Đã dọn sạch người chơi và câu trả lời diễn tập.")


def _many_connections() -> None:
    """Each phone holds a line open and presses on another; the usual limit is 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


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
            await hall.look_round(presenter.seen)
        finally:
            await hall.leave()
    facts = db.read(partial(facts_of, code=code, played=hall.played, players=options.players))
    found = verdict.checks(facts)
    print(f"\n{verdict.table(found)}")
    late = verdict.percentile(hall.lags, 0.99)
    if late > verdict.OWN_DELAY:
        print(f"Máy chạy diễn tập đang bận: tự nó chậm {late:.2f} giây, gồm trong số đo ở trên.")
    return 0 if all(check.good for check in found) else 1


def _questions(session: Session, code: str) -> int:
    return len(contest.questions(rounds.by_code(session, code)))


def facts_of(session: Session, code: str, played: Played, players: int) -> Facts:
    """What the phones did, held against the log and the board."""
    round_ = rounds.by_code(session, code)
    visitors = {key: visitor for visitor, key, _row in traces.simulated(session)}
    orders = {item.question: item.order for _question, item in contest.questions(round_)}
    logged = session.scalars(select(Answer).where(col(Answer.round_id) == rounds.id_of(round_)))
    # A person of the staff may play along on their own phone: that is no fault of the hall.
    rows = [row for row in logged if row.person_key in visitors]
    kept = [(row.question, visitors[row.person_key]) for row in rows]
    wrong = [
        row
        for row, pressed in zip(rows, kept, strict=True)
        if pressed in played.honest
        and row.choice not in {orders[row.question][place] for place in played.honest[pressed]}
    ]
    return Facts(
        players=players,
        joined=played.joined,
        pressed=len(played.honest),
        lost=len(played.honest.keys() - set(kept)),
        double=len(kept) - len(set(kept)),
        late=len(set(kept) - played.honest.keys()),
        forged=len(wrong),
        differences=len(recount.compare(session, round_)),
        refused=played.refused,
        counted_within=max(played.waits, default=float("inf")),
        delays=played.delays,
        dropped=played.dropped,
        resumed=played.resumed,
        deaf=played.deaf,
    )


def clear(db: Database) -> int:
    """Remove what rehearsals left, in short transactions: the server goes on meanwhile.

    How much there was: contests, organisers, people.
    """
    there = db.read(traces.count)
    if there:
        db.run(traces.remove_contests).result()
        while db.run(traces.remove_people).result():
            pass
    return there
