"""Forgetting in a large database: `python -m tests.soak forgetting`. A million messages."""

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlmodel import Session

from bot import people, privacy, rights
from bot.db import Database, table_of
from bot.inbox import Inbox
from bot.messages import Reply, dump
from bot.outbox import Outbox
from bot.people import Person
from bot.tables import migrate
from bot.upkeep import Upkeep

EACH, PEOPLE, LOT = 500_000, 10_000, 5_000
"""Messages received, and as many sent, by so many people."""
WITHIN = 60.0
MARK = "nuoicakoi-5151"
ANSWER = dump(Reply("Bạn nộp hồ sơ tại Trung tâm Phục vụ hành chính công, hoặc trên mạng. " * 4))


def main() -> int:
    """Fill, forget one person, and wait until no byte of theirs is left; 1 when too slow."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "bot.db"
        db = Database(f"sqlite:///{file}")
        migrate(db.engine)
        fill(db)
        size = file.stat().st_size / 1_000_000
        start = time.monotonic()
        db.run(forget).result()
        deleted = time.monotonic() - start
        upkeep = Upkeep(db, timedelta(days=90))
        while db.read(rights.to_scrub):
            asyncio.run(upkeep.once())
            time.sleep(1)
        took = time.monotonic() - start
        left = sum(one.read_bytes().count(MARK.encode()) for one in file.parent.glob("bot.db*"))
        db.close()
    print(f"{2 * EACH} messages, {size:.0f} MB: rows deleted after {deleted:.2f} s, ", end="")
    print(f"no byte left after {took:.1f} s ({left} found)")
    return int(took > WITHIN or left > 0)


def fill(db: Database) -> None:
    """People and their messages; the first of them says a word nobody else does."""
    now = datetime.now(UTC)
    for number in range(PEOPLE):
        where = f"p{number}"
        db.run(partial(people.welcome, channel="telegram", user=where, chat=where, now=now))
    for start in range(0, EACH, LOT):
        db.run(partial(_lot, start=start, now=now)).result()


def _lot(session: Session, start: int, now: datetime) -> None:
    said, told = [], []
    for number in range(start, start + LOT):
        who = number % PEOPLE
        word = MARK if who == 0 else "chuyện chung"
        lane = {"channel": "telegram", "lane": f"telegram:p{who}", "person_id": who + 1}
        kept = {"attempts": 1, "owner": "x", "error": ""}
        text = f"{word}: xin hỏi thủ tục này nộp ở đâu, mất bao lâu"
        at = {"key": str(number), "payload": "", "received_at": now}
        said.append({**lane, **kept, **at, "state": "done", "text": text})
        more = {"chat": f"p{who}", "rank": 0, "body": ANSWER, "state": "sent", "external": "1"}
        when = {"not_before": now, "created_at": now, "settled_at": now}
        flags = {"passing": False, "late": False, "edits": None, "notice_id": None}
        told.append({**lane, **kept, **more, **when, **flags})
    session.connection().execute(table_of(Inbox).insert(), said)
    session.connection().execute(table_of(Outbox).insert(), told)


def forget(session: Session) -> None:
    """As /xoadulieu does."""
    privacy.forget(session, session.get_one(Person, 1))
    rights.receive(session, "forget", datetime.now(UTC))


if __name__ == "__main__":
    sys.exit(main())
