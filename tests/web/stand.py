"""The chat page served for real, with a clerk who answers from a short list."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import httpx
import uvicorn
from sqlmodel import Session
from starlette.applications import Starlette

from bot import inbox, outbox, people, privacy, pushes, sensitive
from bot.channels import webchat
from bot.content import Content
from bot.db import Database
from bot.flows.turn import House
from bot.inbox import Task
from bot.messages import Choice, Link, Reply
from bot.notices.programme import Programme
from bot.settings import Settings
from bot.signals import Signals
from bot.web import answers, auth, chat, door, dx_day, fanpage, mydata, news, private, push
from bot.web.context import Push, Suggestion, Web
from bot.web.security import protect
from faq.text import clean

QUESTIONS = {
    "vi": [
        "Làm định danh mức 2 (VNeID) ở đâu?",
        "Đi khám bệnh không cần thẻ giấy?",
        "Lỡ bị lừa chuyển tiền thì làm gì?",
        "Nộp hồ sơ trực tuyến thế nào?",
        "Cẩm nang chuyển đổi số ở đâu?",
        "Khi nào có điểm thi Em là công dân số?",
    ],
    "en": [
        "Where do I get a level 2 digital identity?",
        "How do I see a doctor without a paper card?",
        "I was tricked into a transfer: what now?",
        "How do I apply online?",
        "Where is the digital handbook?",
        "When are the quiz results out?",
    ],
}
EMERGENCY = [
    Choice("Công an", "113"),
    Choice("Cứu hỏa", "114"),
    Choice("Cấp cứu", "115"),
    Choice("Tìm kiếm cứu nạn", "112"),
    Choice("Bảo vệ trẻ em", "111"),
]
MARKS = (Choice("Đúng ý", "đúng ý", mark=True), Choice("Chưa đúng ý", "chưa đúng ý", mark=True))
IDENTITY = Reply(
    "Bạn làm định danh mức 2 trực tiếp tại Công an đặc khu Lý Sơn.\n"
    "1. Mang theo thẻ căn cước.\n"
    "2. Chụp ảnh, lấy vân tay tại chỗ.\n"
    "3. Nhận tin nhắn, rồi kích hoạt trên ứng dụng VNeID.",
    links=(Link("Trang VNeID", "https://vneid.gov.vn"),),
    source="Nguồn: Nghị định 69/2024/NĐ-CP · rà soát 11/2026",
    choices=(Choice("Mang giấy tờ gì?", "1"), Choice("Bao lâu có kết quả?", "2"), *MARKS),
    ask="7",
    footer="Bạn cần thêm? Gõ 1 hoặc 2 nhé, hoặc hỏi lại cách khác.",
)
HANDBOOK = Reply(
    "Cẩm nang Chuyển đổi số: https://dx.mic.gov.vn.",
    source="Nguồn: Bộ Thông tin và Truyền thông · rà soát 11/2026",
    choices=MARKS,
)
WELCOME = Reply(
    "Đôi lời lần đầu: UBND đặc khu Lý Sơn vận hành chatbot này. Xem /quyenriengtu; xóa hết bằng "
    "/xoadulieu."
)
ANSWERS = {
    "lam vneid muc 2 o dau": IDENTITY,
    QUESTIONS["vi"][0]: IDENTITY,
    "cam nang chuyen doi so o dau": HANDBOOK,
    "1": Reply("Bạn mang thẻ căn cước và điện thoại đang dùng.", choices=MARKS),
    "/quyenriengtu": Reply("Mình lưu tin nhắn bạn gửi. Xem (/dulieu), xóa (/xoadulieu)."),
    "/ngonngu en": Reply("From now on I speak English with you."),
    "/xoadulieu": Reply("Mình đã xóa hết dữ liệu của bạn.", passing=True),
}


@dataclass
class Clerk:
    """Answers what is in the inbox; `holding` leaves it there."""

    db: Database
    signals: Signals
    holding: bool = False
    leaving: bool = False
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self) -> None:
        """Answer until told to leave."""
        while not self.leaving:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.woken.wait(), 0.05)
            self.woken.clear()
            if not self.holding:
                for lane in await self.db.write(self._answer_all):
                    self.signals.tell(lane)

    def _answer_all(self, session: Session) -> list[str]:
        now = datetime.now(UTC)
        tasks = inbox.claim(session, [webchat.CHANNEL], "clerk", now)
        for task in tasks:
            self._answer(session, task, now)
        return [task.lane for task in tasks]

    def _answer(self, session: Session, task: Task, now: datetime) -> None:
        message = webchat.read(task.payload)
        inbox.finish(session, task, "clerk")
        person, new = people.welcome(session, message.channel, message.user, message.chat, now)
        text = sensitive.blank(clean(message.text))
        reply = ANSWERS.get(text, Reply(f"Bạn vừa hỏi: {text}", choices=MARKS))
        person_id: int | None = people.id_of(person)
        if text == "/xoadulieu":
            privacy.forget(session, person)
            person_id, text, new = None, "", False
        elif text == "/ngonngu en":
            person.language = "en"
        session.flush()
        inbox.keep_text(session, task.id, person_id, text)
        replies = [reply, WELCOME] if new else [reply]
        put = partial(outbox.put, session, webchat.CHANNEL, message.chat, replies, webchat.CAN)
        put(datetime.now(UTC), person_id=person_id)


@dataclass
class Site:
    """The page at an address, and what stands behind it."""

    url: str
    db: Database
    signals: Signals
    clerk: Clerk

    def visitor(self) -> httpx.Client:
        """A browser of one visitor, which follows redirects and runs no script."""
        return httpx.Client(base_url=self.url, follow_redirects=True)


def content_of(house: House | None) -> Content:
    """The content of a house; the chat page alone needs none."""
    if house is None:
        msg = "this site was opened without content"
        raise LookupError(msg)
    return house.content


@contextlib.contextmanager
def serve(
    db: Database, settings: Settings | None = None, house: House | None = None
) -> Iterator[Site]:
    """The chat page on a free port; the public pages too, when there is a house behind them."""
    settings, signals = settings or Settings(), Signals()
    keys = db.run(partial(pushes.keys, now=datetime.now(UTC))).result()
    clerk = Clerk(db, signals)
    web = Web(
        settings,
        db,
        signals,
        clerk.woken.set,
        lambda language: [Suggestion(text) for text in QUESTIONS[language]],
        lambda: EMERGENCY,
        lambda: content_of(house),
        lambda: house.programme if house else Programme(),
        Push(keys.application, settings.pushing[0]),
    )

    loops: list[asyncio.AbstractEventLoop] = []

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        loops.append(asyncio.get_running_loop())
        working = asyncio.create_task(clerk.work())
        yield
        clerk.leaving = True
        await working

    app = Starlette(
        routes=[
            *chat.routes(web),
            *news.routes(web),
            *answers.routes(web),
            *private.routes(web),
            *dx_day.routes(web),
            *fanpage.routes(web),
            *auth.routes(web),
            *door.routes(web),
            *push.routes(web),
            *mydata.routes(web),
        ],
        middleware=protect(settings),
        lifespan=lifespan,
    )
    with listening(app) as url:
        yield Site(url, db, signals, clerk)
        loops[0].call_soon_threadsafe(signals.close)


@contextlib.contextmanager
def listening(app: Starlette) -> Iterator[str]:
    """An application on a free port, in a thread of its own."""
    config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        run = partial(server.serve, sockets=[listener])
        thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.005)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()
