"""Notices from the command line: write, send, watch, pause, go on, try again, end."""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TextIO

from sqlmodel import Session

from bot import library, pushes
from bot.channels import webpush
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.webchat import CAN as WEB
from bot.channels.zalo_bot.channel import CAN as ZALO_BOT
from bot.channels.zalo_oa.channel import CAN as ZALO_OA
from bot.content import DATA
from bot.db import Database
from bot.i18n import moment
from bot.notices import (
    announce,
    audience,
    dispatch,
    drafts,
    invitation,
    programme,
    report,
    tally,
)
from bot.notices.announce import Draft, Notice, NoticeError
from bot.notices.audience import Audience, Ways
from bot.notices.tally import Progress
from bot.settings import Settings
from bot.tables import migrate

ACTOR = "command line"
EVERY = 0.5
"""Seconds between two looks at a notice under way."""
WIDTH = 30


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    settings.state.mkdir(parents=True, exist_ok=True)
    db = Database(settings.url)
    migrate(db.engine)
    try:
        return _act(db, settings, options)
    except NoticeError as error:
        print(report.wrong(error), file=sys.stderr)
        return 1
    finally:
        db.close()


def _act(db: Database, settings: Settings, options: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    match options.act:
        case "send":
            return _send(db, settings, options, now)
        case "status":
            return _status(db, options)
        case "code":
            code = db.run(partial(_code, number=options.id, now=now)).result()
            print(f"Trong 10 phút, người viết gõ cho bot (một lần): /thongbao {options.id} {code}")
        case "retry":
            again = partial(dispatch.retry, unknown=options.unknown)
            many = db.run(partial(_on, act=again, number=options.id, now=now)).result()
            print(f"Gửi lại cho {many} người.")
        case act:
            acts = {
                "pause": (dispatch.pause, "Đã tạm dừng."),
                "resume": (dispatch.resume, "Gửi tiếp."),
                "cancel": (dispatch.cancel, "Đã hủy phần chưa gửi."),
            }
            does, said = acts[act]
            db.run(partial(_on, act=does, number=options.id, now=now)).result()
            print(said)
    return 0


def _on(
    session: Session,
    act: Callable[[Session, Notice, str, datetime], int | None],
    number: int,
    now: datetime,
) -> int | None:
    return act(session, announce.get(session, number), ACTOR, now)


def _code(session: Session, number: int, now: datetime) -> str:
    notice = announce.get(session, number)
    if notice.state != announce.DRAFT:
        raise NoticeError("state")
    return announce.new_code(session, notice, ACTOR, now)


# Sending


def ways(settings: Settings) -> Ways:
    """How people can be told, as far as the settings say."""
    can = {"web": WEB, pushes.CHANNEL: webpush.CAN}
    if settings.zalo_bot_token:
        can = {"zalo_bot": ZALO_BOT, **can}
    if settings.zalo_oa_app_id:
        can = {"zalo_oa": ZALO_OA, **can}
    if settings.telegram_token:
        can = {"telegram": TelegramChannel.can, **can}
    return Ways(can)


def _send(db: Database, settings: Settings, options: argparse.Namespace, now: datetime) -> int:
    """Write a notice, show what it will be, and have it sent when that is wanted."""
    at = _moment(options.at, settings) if options.at else None
    if options.at and at is None:
        print('Giờ gửi cần dạng "2026-12-02 19:00".', file=sys.stderr)
        return 2
    draft = _draft(options)
    if options.event:
        about = _about(db, settings, draft, options.event, now)
        if about is None:
            return 1
        draft = about
    by = settings.operator
    number = db.run(partial(_write, draft=draft, by=by, now=now)).result()
    look = partial(
        audience.survey, audience=draft.audience, ways=ways(settings), now=now, urgent=draft.urgent
    )
    print(_preview(db.read(partial(announce.get, number=number)), settings))
    print(report.survey(db.read(look)))
    if not options.yes and not _agreed(sys.stdin):
        db.run(partial(_on, act=drafts.drop, number=number, now=now)).result()
        print("Không gửi.")
        return 1
    due = db.run(partial(_schedule, number=number, at=at, settings=settings)).result()
    print(f"Thông báo {number} gửi lúc {moment(due, settings.zone)}.")
    if options.no_wait or due > datetime.now(UTC):
        return 0
    return follow(db, number, sys.stdout)


def _draft(options: argparse.Namespace) -> Draft:
    text = options.text if options.file is None else options.file.read_text("utf-8")
    chosen = Audience(
        tuple(options.hamlet),
        tuple(options.unit),
        tuple(options.language),
        tuple(options.role),
        tuple(options.interest),
    )
    return Draft(text or "", options.en, chosen, options.urgent)


def _about(
    db: Database, settings: Settings, draft: Draft, event: str, now: datetime
) -> Draft | None:
    """The notice tied to an event; None, and why, when there is none."""
    planned = programme.load(DATA, db.read(library.places), settings.zone)
    found = next((one for one in db.read(planned.current) if one.id == event), None)
    if found is None:
        print("Không có sự kiện này. Xem: python -m bot event list", file=sys.stderr)
        return None
    return invitation.about(draft, found, planned.names, settings.zone, now)


def _write(session: Session, draft: Draft, by: str, now: datetime) -> int:
    return announce.id_of(drafts.write(session, draft, ACTOR, by, now))


def _schedule(session: Session, number: int, at: datetime | None, settings: Settings) -> datetime:
    notice = announce.get(session, number)
    return announce.send(session, notice, ACTOR, datetime.now(UTC), settings.zone, at=at)


def _moment(text: str, settings: Settings) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=settings.zone)
    except ValueError:
        return None


def _agreed(lines: TextIO) -> bool:
    print("Gửi? [c/K] ", end="", flush=True)
    return lines.readline().strip().lower() in {"c", "co", "có", "y", "yes"}


def _preview(notice: Notice, settings: Settings) -> str:
    shown = [
        (", ".join(names), "\n\n".join(told))
        for names, told in report.previews(notice, ways(settings))
    ]
    return "\n".join(f"--- {names}\n{words}" for names, words in shown)


# Watching


def _status(db: Database, options: argparse.Namespace) -> int:
    if options.id is None:
        for notice in db.read(announce.listed):
            first = notice.text.splitlines()[0][:60]
            print(f"{notice.id}. {report.state(notice.state)}: {first}")
        return 0
    if options.follow:
        return follow(db, options.id, sys.stdout)
    far = db.read(partial(tally.progress, number=options.id, now=datetime.now(UTC)))
    print("\n".join(report.lines(far)))
    return 0


def follow(db: Database, number: int, out: TextIO) -> int:
    """Show a notice on its way until it is done, ended or paused; 1 when some failed."""
    live = out.isatty()
    shown = ""
    while True:
        far = db.read(partial(tally.progress, number=number, now=datetime.now(UTC)))
        line = bar(far)
        if live:
            print(f"\r{line}\033[K", end="", file=out, flush=True)
        elif line != shown:
            print(line, file=out, flush=True)
        shown = line
        if far.state in {announce.DONE, announce.CANCELLED, announce.PAUSED} or far.resting:
            break
        time.sleep(EVERY if live else 10 * EVERY)
    print(("\n" if live else "") + "\n".join(report.lines(far)), file=out)
    return 1 if far.tally.failed or far.tally.unknown else 0


def bar(far: Progress) -> str:
    """The progress bar: how many of all, how fast, how long still, and what went wrong."""
    told = far.tally
    part = far.done / told.total if told.total else 0.0
    full = round(part * WIDTH)
    still = ""
    if far.remaining is not None and told.left:
        minutes, seconds = divmod(int(far.remaining.total_seconds()), 60)
        still = f" · còn {minutes}:{seconds:02d}"
    wrong = told.failed.total() + told.unknown
    return (
        f"[{'#' * full}{'.' * (WIDTH - full)}] {far.done}/{told.total} {part:.0%}"
        f" · {far.rate:.0f}/giây{still}" + (f" · hỏng hoặc chưa rõ {wrong}" if wrong else "")
    )
