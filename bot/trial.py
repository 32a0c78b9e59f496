"""A trial: one message through each channel that is set, while the bot runs; what became of it."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from bot import inbox, organisers, outbox, people, privacy
from bot.channels import webchat
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.zalo_bot.channel import ZaloBotChannel
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.db import Database
from bot.doctor import Finding
from bot.i18n import _
from bot.messages import Capability, Reply
from bot.outbox import Outbox
from bot.people import addresses
from bot.settings import Settings

PATIENCE = 30.0
"""Seconds a message may take."""
LOOK = 0.2


@dataclass(frozen=True)
class Outcome:
    """What became of the trial of a channel."""

    channel: str
    good: bool
    said: str


def findings(settings: Settings) -> list[Finding]:
    """What became of the trial of every channel that is set; the bot must be running."""
    db = Database(settings.url)
    try:
        outcomes = list(run(db, channels(settings)))
    except SQLAlchemyError as error:
        outcomes = [Outcome("database", good=False, said=type(error).__name__)]
    finally:
        db.close()
    return [Finding(not one.good, f"Kênh {one.channel}: {one.said}") for one in outcomes]


def channels(settings: Settings) -> dict[str, Capability]:
    """The channels that are set, the web first."""
    found = {webchat.CHANNEL: webchat.CAN}
    if settings.telegram_token:
        found[TelegramChannel.name] = TelegramChannel.can
    if settings.zalo_oa_app_id:
        found[ZaloOaChannel.name] = ZaloOaChannel.can
    if settings.zalo_bot_token:
        found[ZaloBotChannel.name] = ZaloBotChannel.can
    return found


def run(
    db: Database,
    can: Mapping[str, Capability],
    *,
    patience: float = PATIENCE,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Outcome]:
    """Try the web chat as a visitor would, and each other channel by a message to an admin."""
    yield _ask(db, patience, sleep)
    for channel in can:
        if channel == webchat.CHANNEL:
            continue
        row = db.run(partial(_queue, channel=channel, can=can[channel])).result()
        if row is None:
            yield Outcome(channel, good=False, said="chưa có quản trị nào nhắn với bot ở kênh này")
            continue
        state = _wait(partial(_state, db, row), patience, sleep)
        yield Outcome(channel, good=state == outbox.SENT, said=WORDS[state])


WORDS = {
    outbox.SENT: "đã gửi tới quản trị",
    "": "còn chờ: bot có đang chạy không, kênh có vào được không?",
    outbox.FAILED: "nền tảng từ chối",
    outbox.UNKNOWN: "nền tảng không hồi âm, không rõ đã tới chưa",
}


def _queue(session: Session, channel: str, can: Capability) -> int | None:
    """Queue a word to an admin on a channel; its row, or None when no admin is there."""
    now = datetime.now(UTC)
    for organiser in organisers.listed(session):
        if organiser.role != "admin" or organiser.person_id is None:
            continue
        for address in addresses(session, organiser.person_id):
            if address.channel == channel and address.chat == address.user:
                reply = Reply(_("Tin thử của người vận hành: kênh này đang gửi được."))
                whose = organiser.person_id
                outbox.put(session, channel, address.chat, [reply], can, now, person_id=whose)
                return _newest(session, f"{channel}:{address.chat}")
    return None


def _newest(session: Session, lane: str) -> int | None:
    mine = select(Outbox.id).where(col(Outbox.lane) == lane)  # type: ignore[call-overload]
    found: int | None = session.scalar(mine.order_by(col(Outbox.id).desc()).limit(1))
    return found


def _state(db: Database, row: int) -> str:
    """What became of a message; "" while it is on its way."""
    state = db.read(lambda session: session.get_one(Outbox, row).state)
    return "" if state in {outbox.QUEUED, outbox.SENDING} else state


def _ask(db: Database, patience: float, sleep: Callable[[float], None]) -> Outcome:
    """Ask something as a visitor of the page; the visitor is forgotten afterwards."""
    visitor = secrets.token_hex(16)
    asked = webchat.posted(visitor, "trial", "/trogiup", "", datetime.now(UTC))
    db.run(partial(inbox.accept, deliveries=[asked])).result()
    answered = _wait(partial(_answered, db, visitor), patience, sleep)
    db.run(partial(_forget, visitor=visitor)).result()
    said = "hỏi và được trả lời" if answered else "hỏi mà không ai trả lời: bot có đang chạy không?"
    return Outcome(webchat.CHANNEL, good=bool(answered), said=said)


def _answered(db: Database, visitor: str) -> str:
    found = db.read(partial(outbox.history, lane=webchat.lane_of(visitor)))
    return "answered" if found else ""


def _forget(session: Session, visitor: str) -> None:
    person = people.find(session, webchat.CHANNEL, visitor)
    if person is not None:
        privacy.forget(session, person)


def _wait(look: Callable[[], str], patience: float, sleep: Callable[[float], None]) -> str:
    """Look until there is an outcome; the last one seen."""
    until = time.monotonic() + patience
    while not (seen := look()) and time.monotonic() < until:
        sleep(LOOK)
    return seen
