"""The Zalo Official Account from the command line: consent, its code, how things stand."""

import argparse
import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import TextIO

import httpx
from sqlmodel import Session, select

from bot import reach, tokens
from bot.channels.channel import reaches
from bot.channels.zalo_oa import login
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.client import CodeError
from bot.channels.zalo_oa.keeper import alarm
from bot.channels.zalo_oa.oauth import TOKEN
from bot.channels.zalo_oa.read import CHANNEL
from bot.db import Database
from bot.i18n import moment
from bot.messages import DeliveryError
from bot.people import Address
from bot.settings import Settings
from bot.tables import migrate


def run(settings: Settings, options: argparse.Namespace, out: TextIO) -> int:
    """login, code or status; the exit status."""
    if not settings.zalo_oa_app_id:
        print("Chưa đặt BOT_ZALO_OA_APP_ID. Xem docs/huong-dan-zalo.md.", file=out)
        return 2
    settings.state.mkdir(parents=True, exist_ok=True)
    db = Database(settings.url)
    migrate(db.engine)
    try:
        match options.act:
            case "login":
                return _login(db, settings, out)
            case "code":
                return asyncio.run(_code(db, settings, options.code, out))
            case _:
                return asyncio.run(_status(db, settings, out))
    finally:
        db.close()


def _login(db: Database, settings: Settings, out: TextIO) -> int:
    print("Quản trị viên của Official Account mở địa chỉ này và bấm Cho phép:", file=out)
    print(login.begin(db, settings, datetime.now(UTC)), file=out)
    print(
        "Nếu trang cuối chưa báo đã nối, chép mã code= trong địa chỉ của trang đó rồi chạy:",
        file=out,
    )
    print("  python -m bot zalo-oa code MÃ", file=out)
    return 0


async def _code(db: Database, settings: Settings, given: str, out: TextIO) -> int:
    async with httpx.AsyncClient() as http:
        code = login.code_in(given)
        wrong = await login.finish(db, http, settings, code, datetime.now(UTC))
    print(wrong or "Đã lưu mã truy cập. Bot đang chạy sẽ dùng ngay.", file=out)
    return 1 if wrong else 0


async def _status(db: Database, settings: Settings, out: TextIO) -> int:
    now = datetime.now(UTC)
    held = db.read(partial(tokens.held, name=TOKEN))
    said = alarm(held, now)
    if held is not None:
        for name, until in (
            ("Mã truy cập", held.pair.access_until),
            ("Mã gia hạn", held.pair.refresh_until),
        ):
            print(f"{name}: tới {moment(until, settings.zone)}", file=out)
    if said:
        print(f"Cần làm: {said}", file=out)
    channel = ZaloOaChannel(settings, db)
    try:
        for line in await _account(channel, ask=held is not None and not held.trouble):
            print(line, file=out)
    finally:
        await channel.close()
    for line in db.read(partial(audience, channel=channel, now=now)):
        print(line, file=out)
    return 1 if said else 0


async def _account(channel: ZaloOaChannel, *, ask: bool) -> list[str]:
    """The account as Zalo knows it, and its quota."""
    if not ask:
        return []
    try:
        account = await channel.client.account()
        quota = await channel.client.quota()
    except (CodeError, DeliveryError) as error:
        return [f"Zalo chưa trả lời: {error}"]
    lines = [f"Official Account: {account.get('name', '?')}"]
    for row in quota:
        left = f"{row.get('remain', '?')}/{row.get('total', '?')}"
        lines.append(f"Hạn mức {row.get('quota_type', '?')}: còn {left}")
    return lines


def audience(session: Session, channel: ZaloOaChannel, now: datetime) -> list[str]:
    """How many people a notice would reach now, and why not the others."""
    asks = reaches({CHANNEL: channel})
    counts: dict[reach.Why, int] = {}
    for address in session.exec(select(Address).where(Address.channel == CHANNEL)):
        why = reach.of(session, address, now, asks).why
        counts[why] = counts.get(why, 0) + 1
    lines = [f"Gửi tới được lúc này: {counts.pop('', 0)} người"]
    lines += [f"Không tới {n} người: {reach.reason(why)}" for why, n in sorted(counts.items())]
    return lines
