"""The terminal: a conversation line by line, and the FAQ alone."""

import asyncio
import getpass
import json
import secrets
from functools import partial
from itertools import islice
from typing import TextIO

from sqlmodel import Session

from bot import content as contents
from bot import inbox, outbox
from bot.channels.console import CHANNEL, ConsoleChannel, typed
from bot.content import Content
from bot.db import Database
from bot.flows.ask import render, title
from bot.flows.turn import House
from bot.messages import load, plain
from bot.notices import programme as programmes
from bot.settings import Settings
from bot.signals import Signals
from bot.tables import migrate
from bot.worker import Worker
from faq.matcher import Found, Near, Sure

BEST = 5
"""Entries shown for machines, whatever the verdict."""
GREETING = "Bạn hỏi gì cứ gõ rồi Enter; gõ /thoat để thôi."


def talk(settings: Settings, lines: TextIO, out: TextIO) -> int:
    """Read lines, answer each; until /thoat or the end of the input."""
    settings.state.mkdir(parents=True, exist_ok=True)
    db = Database(settings.url)
    migrate(db.engine)
    content = contents.load(cache=settings.state / "cache")
    try:
        asyncio.run(_talk(settings, db, content, lines, out))
    finally:
        db.close()
    return 0


async def _talk(
    settings: Settings, db: Database, content: Content, lines: TextIO, out: TextIO
) -> None:
    programme = programmes.load(contents.DATA, content.places)
    house = House(content, settings.operator, settings.zone, settings.public_url, programme)
    worker = Worker(db, lambda: house, {CHANNEL: ConsoleChannel()}, Signals())
    user = getpass.getuser()
    lane = f"{CHANNEL}:{user}"
    seen = await db.fetch(partial(_newest, lane=lane))
    print(GREETING, file=out)
    while True:
        print("> ", end="", file=out, flush=True)
        line = await asyncio.to_thread(lines.readline)
        if not line or line.strip() in {"/thoat", "/quit", "/exit"}:
            return
        if not line.strip():
            continue
        delivery = typed(user, secrets.token_hex(8), line.strip())
        await db.write(partial(inbox.accept, deliveries=[delivery]))
        while await worker.handle_some():
            pass
        for row, body in await db.fetch(partial(outbox.history, lane=lane, after=seen)):
            print(plain(load(body)), file=out, flush=True)
            seen = row


def _newest(session: Session, lane: str) -> int:
    found = outbox.history(session, lane, limit=1)
    return found[0][0] if found else 0


def ask_once(content: Content, question: str) -> str:
    """The FAQ's answer to a question, for a person."""
    parts = []
    for found in content.find(question):
        match found:
            case Sure():
                entry = content.book.by_id[found.hits[0].id]
                parts.append(plain(render(content, entry, frozenset())))
            case Near():
                entries = [content.book.by_id[hit.id] for hit in found.offered]
                listed = [f"{number}. {title(e)}" for number, e in enumerate(entries, start=1)]
                parts.append("\n".join(["Ý bạn là:", *listed]))
            case _:
                parts.append("Mình chưa có câu trả lời chắc chắn cho câu này.")
    return "\n\n".join(parts)


def ask_lines(content: Content, lines: TextIO, out: TextIO) -> int:
    """A verdict a line, in order, for `{"text": ...}` lines; a line that is none is said so."""
    status = 0
    for line in lines:
        if not line.strip():
            continue
        try:
            text = json.loads(line)["text"]
            if not isinstance(text, str):
                raise TypeError
        except (ValueError, KeyError, TypeError):
            print(json.dumps({"error": 'cần một dòng JSON {"text": "..."}'}), file=out)
            status = 1
            continue
        found = verdict_of(text, content.matcher.find(text), content)
        print(json.dumps(found, ensure_ascii=False), file=out)
    return status


def verdict_of(text: str, found: Found, content: Content) -> dict[str, object]:
    """What was found, for machines: the verdict and five entries, the best first.

    When fewer than five have anything of the question, others follow with the score 0.
    """
    hits = [{"id": hit.id, "score": round(hit.score, 4)} for hit in found.hits[:BEST]]
    known = {hit.id for hit in found.hits}
    others = (entry.id for entry in content.book.entries if entry.id not in known)
    hits += [{"id": name, "score": 0.0} for name in islice(others, BEST - len(hits))]
    return {"text": text, "verdict": found.verdict, "entries": hits}
