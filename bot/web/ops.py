"""What machines watch: /health and /metrics."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import inbox, metrics, outbox
from bot.db import Database, upsert
from bot.pace import Pace
from faq import unanswered

COMMIT_WITHIN = 5.0
"""Seconds a commit may take before we call ourselves ill."""
ILL_FOR = 5.0
"""Seconds we call ourselves ill after a refused commit: on a full disk a small one may pass."""


def routes(db: Database, notes: Callable[[], Mapping[str, object]]) -> list[Route]:
    """/health (503 when nothing can be committed) and /metrics; `notes` tells the rest."""

    async def health(_request: Request) -> Response:
        try:
            async with asyncio.timeout(COMMIT_WITHIN):
                await db.write(_touch)
                counted = await db.fetch(_count)
            if db.refused_at is not None and time.monotonic() - db.refused_at < ILL_FOR:
                body = {"status": "ill", "commit": "refused", **notes()}
                return JSONResponse(body, 503)
        except Exception as error:  # noqa: BLE001 - whatever it is, we are ill
            body = {"status": "ill", "commit": type(error).__name__, **notes()}
            return JSONResponse(body, 503)
        return JSONResponse({"status": "ok", **counted, **notes()})

    async def measured(_request: Request) -> Response:
        await db.fetch(_count)
        kind = "text/plain; version=0.0.4; charset=utf-8"
        return Response(metrics.text(), headers={"Content-Type": kind})

    return [Route("/health", health), Route("/metrics", measured)]


def _touch(session: Session) -> None:
    """A write that means nothing, but that only a working database commits."""
    now = datetime.now(UTC)
    upsert(session, Pace, [{"key": "", "due": now, "free_at": now}])


def _count(session: Session) -> dict[str, object]:
    counts = outbox.counts(session)
    for state in (outbox.QUEUED, outbox.SENDING, outbox.SENT, outbox.FAILED, outbox.UNKNOWN):
        metrics.OUTBOX.labels(state).set(counts.get(state, 0))
    waiting, questions = inbox.waiting(session), unanswered.count_waiting(session)
    metrics.INBOX_WAITING.set(waiting)
    metrics.UNANSWERED.set(questions)
    age, unread = _age(outbox.oldest_queued(session)), _age(inbox.oldest_waiting(session))
    metrics.OLDEST.labels("inbox").set(unread)
    metrics.OLDEST.labels("outbox").set(age)
    return {
        "inbox_waiting": waiting,
        "oldest_waiting_seconds": unread,
        "inbox_parked": inbox.parked(session),
        "outbox_queued": counts.get(outbox.QUEUED, 0),
        "outbox_unknown": counts.get(outbox.UNKNOWN, 0),
        "oldest_queued_seconds": age,
        "unanswered": questions,
    }


def _age(since: datetime | None) -> float:
    """Seconds since a moment; none when there is none."""
    return round((datetime.now(UTC) - since).total_seconds(), 1) if since else 0.0
