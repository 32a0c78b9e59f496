"""Backups, what is on hold after a restore, and requests by law, from the command line."""

import argparse
import sqlite3
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
from sqlmodel import Session

from bot import backup, organisers, outbox, rights
from bot.db import Database
from bot.i18n import day
from bot.serving import AlreadyRunningError, only_one
from bot.settings import Settings
from bot.tables import migrate

ACTOR = "command line"
KINDS = {"see": "xem", "correct": "sửa", "forget": "xóa", "withdraw": "rút đồng ý"}


def back_up(settings: Settings, file: Path) -> int:
    """Write a backup; the exit status."""
    db = Database(settings.url)
    try:
        kept = backup.backup(db, file, datetime.now(UTC))
    except (OSError, sqlite3.Error, psycopg.Error) as error:
        file.with_name(file.name + ".part").unlink(missing_ok=True)
        print(f"Không sao lưu được: {type(error).__name__}. Xem chỗ trống trên đĩa và quyền ghi.")
        return 1
    finally:
        db.close()
    size = file.stat().st_size / 1_000_000
    print(f"Đã sao lưu {sum(kept.rows.values())} dòng vào {file} ({size:.1f} MB).")
    print("Tệp này có lời người dân đã nhắn: cất nơi an toàn, tại Việt Nam, xóa khi hết hạn lưu.")
    return 0


def restore(settings: Settings, file: Path) -> int:
    """Put a backup into an empty database; the exit status."""
    try:
        with only_one(settings):
            kept, held = backup.restore(settings.url, file)
    except AlreadyRunningError:
        print("Bot đang chạy. Dừng bot rồi khôi phục.")
        return 1
    except backup.NotABackupError as error:
        print(f"Tệp này không khôi phục được ({error}). Không có gì bị thay đổi.")
        return 1
    except backup.NotEmptyError as error:
        print(f"Cơ sở dữ liệu {error} đang có dữ liệu. Dời nó đi trước; không có gì bị thay đổi.")
        return 1
    print(f"Đã khôi phục {sum(kept.rows.values())} dòng, bản lúc {kept.at}.")
    if held:
        print(f"{held} tin đang chờ gửi được GIỮ LẠI. Xem rồi quyết định: python -m bot release")
    print("Ai đã xóa dữ liệu sau lúc sao lưu thì có trở lại: nhờ họ gõ /xoadulieu lần nữa.")
    return 0


def release(settings: Settings, *, drop: bool, only_list: bool) -> int:
    """Let go of what is on hold, or give it up; the exit status."""
    db = _open(settings)
    try:
        waiting = db.read(outbox.counts).get(outbox.HELD, 0)
        if only_list or not waiting:
            print(f"{waiting} tin đang bị giữ.")
            return 0
        count = db.run(partial(_release, drop=drop, now=datetime.now(UTC))).result()
    finally:
        db.close()
    print(f"Đã bỏ {count} tin." if drop else f"{count} tin sẽ được gửi.")
    return 0


def _release(session: Session, now: datetime, *, drop: bool) -> int:
    count = outbox.let_go(session, now, drop=drop)
    act = "outbox.drop" if drop else "outbox.release"
    organisers.note(session, ACTOR, act, f"{count} messages", now)
    return count


def privacy(settings: Settings, options: argparse.Namespace) -> int:
    """List requests by law, write one down, or call one done; the exit status."""
    db = _open(settings)
    now = datetime.now(UTC)
    try:
        if options.act == "list":
            lines = db.read(partial(_requests, settings=settings, now=now))
            print("\n".join(lines) or "Không có yêu cầu nào đang chờ.")
            return 0
        if options.act == "add":
            print(db.run(partial(_add, options=options, settings=settings, now=now)).result())
            return 0
        db.run(partial(rights.finish, request_id=options.id, now=now)).result()
    except rights.UnknownRequestError:
        print(f"Không có yêu cầu số {options.id} đang chờ.")
        return 1
    finally:
        db.close()
    print("Đã ghi là xong.")
    return 0


def _requests(session: Session, settings: Settings, now: datetime) -> list[str]:
    late = {request.id for request in rights.overdue(session, now)}
    return [
        _line(request, settings) + ("  QUÁ HẠN" if request.id in late else "")
        for request in rights.waiting(session)
    ]


def _line(request: rights.PrivacyRequest, settings: Settings) -> str:
    answer, due = day(request.answer_by, settings.zone), day(request.due_at, settings.zone)
    kind = KINDS[request.kind]
    return f"{request.id}. {kind}: trả lời trước {answer}, xong trước {due}"


def _add(session: Session, options: argparse.Namespace, settings: Settings, now: datetime) -> str:
    request = rights.receive(session, options.kind, now, way="office")
    session.flush()
    return _line(request, settings)


def _open(settings: Settings) -> Database:
    settings.state.mkdir(parents=True, exist_ok=True)
    db = Database(settings.url)
    migrate(db.engine)
    return db
