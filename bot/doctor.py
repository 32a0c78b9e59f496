"""What is right and wrong with this installation, and what to do about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

import httpx
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot import content as contents
from bot import library, outbox, rights, tokens
from bot.channels.zalo_bot.plan import PEOPLE, used
from bot.channels.zalo_oa.keeper import alarm
from bot.channels.zalo_oa.oauth import TOKEN
from bot.content import Content
from bot.db import Database
from bot.i18n import day, moment
from bot.logs import redact
from bot.notices import programme, refiled
from bot.notices.programme import Programme
from bot.settings import Settings
from bot.tables import revisions
from faq.book import TO_COMPARE

T = TypeVar("T")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is bad, what it is, what to do."""

    bad: bool
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        mark = "LỖI" if self.bad else "ổn "
        return f"{mark}  {self.what}" + (f"\n      -> {self.remedy}" if self.remedy else "")


def examine(settings: Settings) -> list[Finding]:
    """Look at settings, database, content and tokens."""
    content = contents.load(cache=settings.state / "cache")
    return [
        Finding(bad=False, what="Cài đặt đọc được"),
        *_database(settings),
        *_content(settings, content),
        *_requests(settings),
        *_refiled(settings, content),
        *_held(settings),
        *_telegram(settings),
        *_zalo_oa(settings),
        *_zalo_bot(settings),
    ]


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        db = Database(settings.url)
        now, newest = revisions(db.engine)
        db.close()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        remedy = "Xem BOT_DATABASE_URL, quyền ghi thư mục BOT_STATE_DIR, máy chủ PostgreSQL"
        yield Finding(
            bad=True, what=f"Không mở được cơ sở dữ liệu: {type(error).__name__}", remedy=remedy
        )
        return
    yield Finding(bad=False, what=f"Mở được cơ sở dữ liệu ({db.dialect})")
    if now != newest:
        yield Finding(
            bad=True,
            what=f"Lược đồ ở {now or 'chưa có'}, mới nhất là {newest}",
            remedy="Chạy: python -m bot migrate (lệnh run tự làm việc này)",
        )


def _content(settings: Settings, content: Content) -> Iterator[Finding]:
    planned = programme.load(contents.DATA, content.places, settings.zone)
    today = datetime.now(settings.zone).date()
    mistakes = [*contents.check(content, today), *planned.mistakes]
    yield Finding(
        bad=bool(mistakes),
        what=f"{len(content.book.entries)} mục hỏi đáp, {len(mistakes)} lỗi",
        remedy="Chạy: python -m bot content check" if mistakes else "",
    )
    local = _look(settings, library.places) or content.places
    missing = local.missing()
    if missing or not local.hamlets:
        what = f"{len(missing)} thông tin địa phương chưa điền (trang Địa danh ở bàn)"
        remedy = "Xem: python -m bot doctor --content"
        yield Finding(bad=False, what=what, remedy=remedy)


def _requests(settings: Settings) -> Iterator[Finding]:
    """What people asked of us by law and did not get in time."""
    late = _look(settings, partial(rights.overdue, now=datetime.now(settings.zone)))
    if late:
        until = day(late[0].answer_by, settings.zone)
        what = f"{len(late)} yêu cầu về dữ liệu cá nhân đã quá hạn trả lời (từ {until})"
        yield Finding(bad=True, what=what, remedy="Xem: python -m bot privacy list")


def _refiled(settings: Settings, content: Content) -> Iterator[Finding]:
    """Events that changed in the file, of which nobody was told."""
    planned = programme.load(contents.DATA, content.places, settings.zone)
    now = datetime.now(settings.zone)
    work = partial(refiled.listed, programme=planned, zone=settings.zone, now=now)
    found = _look(settings, work)
    if found:
        names = ", ".join(one.after.id for one in found)
        what = f"{len(found)} sự kiện đã đổi trong tệp, chưa báo cho ai: {names}"
        remedy = "Người tổ chức vào /ban/doi-trong-tep: báo cho bà con, hay không báo"
        yield Finding(bad=True, what=what, remedy=remedy)


def _held(settings: Settings) -> Iterator[Finding]:
    held = (_look(settings, outbox.counts) or {}).get(outbox.HELD, 0)
    if held:
        what = f"{held} tin đang bị giữ lại sau khi khôi phục"
        yield Finding(bad=True, what=what, remedy="Gửi hay bỏ: python -m bot release")


def _telegram(settings: Settings) -> Iterator[Finding]:
    if not settings.telegram_token:
        yield Finding(bad=False, what="Chưa dùng Telegram (BOT_TELEGRAM_TOKEN trống)")
        return
    url = f"{settings.telegram_api_url.rstrip('/')}/bot{settings.telegram_token}/getMe"
    try:
        answer = httpx.get(url, timeout=10)
    except httpx.HTTPError as error:
        what = f"Không nối được Telegram: {redact(type(error).__name__)}"
        yield Finding(bad=True, what=what, remedy="Xem mạng; kênh web vẫn chạy bình thường")
        return
    if answer.status_code == httpx.codes.OK:
        name = answer.json().get("result", {}).get("username", "")
        yield Finding(bad=False, what=f"Telegram nhận mã của @{name}")
    else:
        yield Finding(
            bad=True,
            what=f"Telegram từ chối mã ({answer.status_code})",
            remedy="Lấy mã mới từ @BotFather rồi đặt lại BOT_TELEGRAM_TOKEN",
        )


def _zalo_oa(settings: Settings) -> Iterator[Finding]:
    if not settings.zalo_oa_app_id:
        yield Finding(bad=False, what="Chưa dùng Zalo Official Account (BOT_ZALO_OA_APP_ID trống)")
        return
    now = datetime.now(settings.zone)
    held = _look(settings, partial(tokens.held, name=TOKEN))
    said = alarm(held, now)
    if said:
        remedy = "Xem: python -m bot zalo-oa status"
        yield Finding(bad=True, what=f"Zalo Official Account: {said}", remedy=remedy)
    elif held is not None:
        until = moment(held.pair.access_until, settings.zone)
        yield Finding(bad=False, what=f"Zalo Official Account: mã truy cập tới {until}, tự gia hạn")
    if settings.zalo_oa_billed == "on":
        what = "Zalo Official Account: tin từ 48 giờ đến 7 ngày ĐANG ĐƯỢC GỬI, và Zalo tính tiền"
        yield Finding(bad=False, what=what)


def _zalo_bot(settings: Settings) -> Iterator[Finding]:
    if not settings.zalo_bot_token:
        yield Finding(bad=False, what="Chưa dùng Zalo Bot (BOT_ZALO_BOT_TOKEN trống)")
        return
    root = settings.zalo_bot_api_url.rstrip("/")
    try:
        answer = httpx.post(f"{root}/bot{settings.zalo_bot_token}/getMe", json={}, timeout=10)
        body = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        what = f"Không nối được Zalo Bot: {redact(type(error).__name__)}"
        yield Finding(bad=True, what=what, remedy="Xem mạng; các kênh khác vẫn chạy bình thường")
        return
    if not isinstance(body, dict) or body.get("ok") is not True:
        remedy = "Lấy mã mới từ Zalo Bot Manager rồi đặt lại BOT_ZALO_BOT_TOKEN"
        yield Finding(bad=True, what="Zalo từ chối mã của Zalo Bot", remedy=remedy)
        return
    use = _look(settings, partial(used, now=datetime.now(settings.zone), zone=settings.zone))
    said = f"{use.people}/{PEOPLE} người (gói miễn phí)" if use else "?"
    sent = f"{use.messages}/{settings.zalo_bot_monthly} tin tháng này" if use else "?"
    yield Finding(bad=False, what=f"Zalo Bot nhận mã; {said}, {sent}")


def _look(settings: Settings, work: Callable[[Session], T]) -> T | None:
    """Look into the database; None when it cannot be opened, which is a finding of its own."""
    try:
        db = Database(settings.url)
    except Exception:  # noqa: BLE001 - told by _database
        return None
    try:
        return db.read(work)
    except SQLAlchemyError:
        return None
    finally:
        db.close()


def content_lines(settings: Settings) -> list[str]:
    """What an operator should compare with the original, and fill in."""
    content = contents.load(cache=settings.state / "cache")
    lines = ["Mở văn bản gốc để đối chiếu:"]
    for entry in content.book.entries:
        if entry.confidence in TO_COMPARE:
            cited = content.book.cite(entry)
            where = "; ".join(f"{item.cite} {item.url}".strip() for item in cited[:3])
            lines.append(f"- {entry.id} ({entry.confidence}): {where}")
    lines += ["", "Thông tin địa phương chưa điền (data/places.yaml, hoặc trang Địa danh ở bàn):"]
    local = _look(settings, library.places) or content.places
    lines += [f"- {value.id}: {value.label}" for value in local.missing()]
    if not local.hamlets:
        lines.append("- hamlets: danh sách thôn do UBND đặc khu xác nhận")
    if not local.units:
        lines.append("- units: danh sách đơn vị")
    return [*lines, "", *_open_lines(programme.load(contents.DATA, content.places, settings.zone))]


def _open_lines(planned: Programme) -> Iterator[str]:
    """What of the programme is not settled or not confirmed yet."""
    yield "Chưa ấn định hoặc chưa xác nhận (data/events.yaml, plan.yaml, official.yaml):"
    for event in planned.events:
        if event.status == "draft":
            yield f"- {event.id}: {event.note or 'ngày, giờ, địa điểm'}"
    for one in planned.plan.activities:
        if one.due is None:
            yield f"- {one.id}: hạn (due) và dự toán"
    for unit in planned.plan.units.values():
        if unit.unsure:
            yield f"- {unit.id}: {unit.unsure}"
    for item in planned.official.items:
        if item.unsure:
            yield f"- {item.value}: {item.unsure}"
