"""A talk at a thôn, from its notice to its minute, by people on three channels at once."""

import io
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import docx
import pytest
from sqlmodel import Session

from bot import organisers, outbox
from bot.channels.channel import reaches
from bot.channels.webchat import WebChannel, posted
from bot.db import Database
from bot.flows.turn import House
from bot.messages import load, plain
from bot.notices import amend, edits, taking_part, tally
from bot.notices.events import Event, as_written
from bot.notices.tally import Progress
from bot.papers import talk as papers
from bot.people import Address
from bot.reach import Ask
from tests.conftest import NOON, ZONE
from tests.emulators.zalo import ZaloEmulator
from tests.fakes import FakeChannel, delivery
from tests.notices.sample import furnish, lay
from tests.papers.test_minutes import OPERATOR, words
from tests.zalo_stage import ZaloStage

TALK = "toa-dam-dong"
DOOR = datetime(2026, 12, 2, 19, 50, tzinfo=ZONE)
OLD, NEW = "19:00 đến 20:30, thứ Tư, 2/12/2026", "20:00 đến 21:30, thứ Tư, 2/12/2026"


@dataclass
class Town(ZaloStage):
    """Lan on a Telegram of our own, bác Tư on Zalo, cô Ba on the web page, and chị Hoa."""

    telegram: FakeChannel = field(default_factory=FakeChannel)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._keys = itertools.count(1)
        self.worker.channels = {"fake": self.telegram, "zalo_oa": self.oa, "web": WebChannel()}
        asks = reaches(self.worker.channels)
        self.worker.reach = {name: partial(why, ask) for name, ask in asks.items()}

    async def telegrams(self, who: str, text: str) -> str:
        """Somebody writes on Telegram; what they hear."""
        before = len(self.telegram.texts(who))
        await self.accept([delivery(f"t{next(self._keys)}", text, self.now, user=who)])
        await self.settle()
        return "\n".join(self.telegram.texts(who)[before:])

    async def zalos(self, text: str) -> str:
        """Bác Tư writes on Zalo."""
        return "\n".join(await self.says(text, user="tu"))

    async def types(self, text: str) -> str:
        """Cô Ba writes on the page."""
        before = len(self.page())
        await self.accept([posted("ba", f"k{next(self._keys)}", text, "", self.now)])
        await self.settle()
        return "\n".join(self.page()[before:])

    def page(self) -> list[str]:
        """What cô Ba's page shows of us."""
        rows = self.db.read(partial(outbox.history, lane="web:ba"))
        return [plain(load(body)) for _row, body in rows]

    def event(self, session: Session) -> Event:
        """The talk as it is now."""
        return next(one for one in self.house.programme.current(session) if one.id == TALK)

    def far(self, number: int = 1) -> Progress:
        """How a notice stands."""
        return self.db.read(partial(tally.progress, number=number, now=self.now))

    def minute(self) -> str:
        """The minute's words."""

        def work(session: Session) -> str:
            event = self.event(session)
            item = taking_part.this_time(event, self.now)
            assert item is not None
            record = papers.gather(session, event, item, self.house.programme.names)
            made = papers.docx(record, ZONE, OPERATOR, self.now)
            return words(docx.Document(io.BytesIO(made)))

        return self.db.read(work)


def why(ask: Ask, session: Session, address: Address, now: datetime) -> str:
    """Why a channel would not reach an address, as the bot asks it."""
    return ask(session, address, now).why


@pytest.fixture
async def town(db: Database, house: House) -> AsyncIterator[Town]:
    """Everybody, the calendar of two thôn, and an organiser on Telegram."""
    house = furnish(house)
    lay(db, house, NOON)
    async with ZaloEmulator() as zalo:
        made = Town(db, house, NOON, zalo=zalo, which="zalo_oa")
        add = partial(organisers.add, name="Chị Hoa", role="admin", actor="test", now=NOON)
        await made.telegrams("hoa", f"/start org-{await db.write(add)}")
        yield made
        await made.close()


async def test_a_talk_on_three_channels(town: Town) -> None:
    """Announced, moved, replied to, asked ahead, checked in: tally and minute say what happened."""
    await registered(town)
    await announced(town)
    await replied(town)
    await moved(town)
    await held(town)
    agreed(town)


async def registered(town: Town) -> None:
    """Each takes notices up in the way of their channel, and says which thôn is theirs."""
    asked = await town.telegrams("lan", "/start dk-dong")  # the poster of the thôn
    assert "Mình cũng ghi thôn của bạn là Thôn Đông" in asked
    for pick in ("1", "6"):
        await town.telegrams("lan", pick)
    for say in (town.zalos, town.types):
        for words_ in ("đăng ký nhận tin", "1", "6", "/thon", "1"):
            heard = await say(words_)
        assert "Mình đã ghi nhớ" in heard
    assert "Mình chưa có câu trả lời" not in await town.telegrams("khach", "chào")


async def announced(town: Town) -> None:
    """The organiser sees the very words and whom they reach; then each has them once."""
    shown = await town.telegrams("hoa", f"/thongbao sự kiện: {TALK}")
    assert f"Tọa đàm chuyển đổi số thôn Đông\nThời gian: {OLD}." in shown
    assert "Sẽ đến 2 người: fake 1; Zalo OA 1." in shown
    assert (
        "Chưa đến được 1 người: dùng trang chat, chưa bật báo tin; sẽ thấy khi mở lại 1." in shown
    )
    await town.telegrams("hoa", "1")

    assert town.telegram.texts("lan")[-1].count(OLD) == 1
    assert town.zalo.oa.resident("tu").heard[-1].count(OLD) == 1
    assert town.page()[-1].count(OLD) == 1
    assert not any(OLD in text for text in town.telegram.texts("khach"))


async def replied(town: Town) -> None:
    """Two say they come, by tap and by word; the third asks ahead."""
    await town.telegrams("lan", f"/sukien {TALK}")
    assert "bạn sẽ đi Tọa đàm" in await town.telegrams("lan", "1")
    assert "bạn sẽ đi Tọa đàm" in await town.zalos("đi")
    heard = await town.types("hỏi trước: Quên mật khẩu VNeID thì làm lại ở đâu?")
    assert "Mình đã gửi câu hỏi của bạn tới Tọa đàm" in heard


async def moved(town: Town) -> None:
    """The organiser imports the new hour: edited where that can be, told to the two who come."""
    before = len(town.zalo.oa.resident("tu").heard)
    await town.db.write(partial(imported, town=town))
    await town.settle()

    [(_chat, _name, edited)] = town.telegram.edited
    assert edited.text.startswith("THAY ĐỔI: Tọa đàm chuyển đổi số thôn Đông.\nGiờ mới: " + NEW)
    assert "Lưu ý: Trùng lịch họp thôn." in edited.text
    assert OLD not in edited.text
    told = [town.telegram.texts("lan")[-1], *town.zalo.oa.resident("tu").heard[before:]]
    assert len(told) == 2
    assert all(f"Giờ mới: {NEW} (trước đó: 19:00)." in text for text in told)
    assert any(f"Giờ mới: {NEW}" in text for text in town.page())
    assert not any("Bạn đã báo sẽ đi" in text for text in town.page())


def imported(session: Session, town: Town) -> None:
    """What `python -m bot event import` keeps."""
    data = {**as_written(town.event(session)), "status": "changed", "note": "Trùng lịch họp thôn"}
    data |= {"start": "2026-12-02 20:00", "end": "2026-12-02 21:30"}
    saved = edits.save(
        session, town.house.programme.events, town.house.programme.names, data, "Hoa", 1, town.now
    )
    assert saved.mistakes == ()


async def held(town: Town) -> None:
    """Lan scans the code at the door; the evening goes by."""

    def code_of(session: Session) -> str:
        event = town.event(session)
        item = taking_part.this_time(event, town.now)
        assert item is not None
        return taking_part.talk_of(session, event, item, town.now).code

    town.now = DOOR
    code = await town.db.write(code_of)
    assert "Đã điểm danh: Tọa đàm" in await town.telegrams("lan", f"/start dd-{code}")
    town.later(timedelta(hours=2))
    await town.settle()


def agreed(town: Town) -> None:
    """The tally, the counts and the minute are what everybody did."""
    told = town.far().tally
    assert (told.total, told.sent, told.later, told.unreached.total()) == (3, 2, 1, 0)
    assert told.by_channel == {"fake": 1, "zalo_oa": 1}
    assert told.adds_up
    correction = town.far(2).tally
    assert (correction.total, correction.sent) == (2, 2)
    assert town.db.read(partial(amend.edits, number=1)) == {"sent": 1}
    minute = town.minute()
    assert NEW in minute
    assert "Điểm danh: 1 người (quét mã 1, gõ mã 0, người giúp ghi 0)" in minute
    assert "có 2 người báo sẽ đi, 0 người chưa chắc, 0 người không đi" in minute
    assert "1 | Quên mật khẩu VNeID thì làm lại ở đâu? | 0" in minute
    assert {code for _method, code in town.zalo.calls} <= {0, 200}
