"""A talk from its announcement to its minute, as an organiser and residents live through it."""

import io
from datetime import datetime, timedelta
from functools import partial

import docx
import pytest
from sqlmodel import Session

from bot import people
from bot.db import Database
from bot.flows.turn import House
from bot.notices import asking, edits, learning, taking_part
from bot.notices.events import Event, as_written
from bot.notices.learning import Phase
from bot.notices.taking_part import NO_PHONE, Talk
from bot.papers import talk as papers
from tests.conftest import NOON, ZONE
from tests.notices.sample import furnish, lay
from tests.papers.test_minutes import OPERATOR, words
from tests.stage import Stage

MOVED = datetime(2026, 12, 2, 18, 0, tzinfo=ZONE)
NAME = "toa-dam-dong"


@pytest.fixture
def stage(db: Database, house: House) -> Stage:
    """A conversation with the test calendar, on each kind of database."""
    stage = Stage(db, furnish(house), NOON)
    lay(db, stage.house, NOON)
    return stage


def event_of(session: Session, house: House) -> Event:
    """The talk as it is now."""
    return next(one for one in house.programme.current(session) if one.id == NAME)


def move(session: Session, house: House) -> None:
    """The talk begins an hour earlier."""
    event, programme = event_of(session, house), house.programme
    data = {**as_written(event), "start": "2026-12-02 18:00", "end": "2026-12-02 19:30"}
    data |= {"status": "changed", "note": "Sớm một giờ vì mưa"}
    work = (programme.events, programme.names, data, "Chị Hoa", event.version, NOON)
    assert edits.save(session, *work).mistakes == ()


def door(session: Session, house: House) -> str:
    """The code at the door."""
    event = event_of(session, house)
    item = taking_part.this_time(event, NOON)
    assert item is not None
    return taking_part.talk_of(session, event, item, NOON).code


def minute(session: Session, house: House) -> str:
    """The minute's words."""
    event = event_of(session, house)
    item = taking_part.this_time(event, NOON)
    assert item is not None
    record = papers.gather(session, event, item, house.programme.names)
    written = papers.docx(record, ZONE, OPERATOR, MOVED + timedelta(hours=3))
    return words(docx.Document(io.BytesIO(written)))


async def answer_all(stage: Stage, user: str, heard: list[str], *, rightly: bool) -> list[str]:
    """Answer the three questions, as they come."""
    bank = stage.house.content.bank.questions
    for _number in range(3):
        asked = next(one for one in bank if one.question in heard[-1])
        place = asked.answer if rightly else (asked.answer + 1) % 4
        heard = await stage.says("ABCD"[place], user=user)
    return heard


async def test_an_evening(stage: Stage) -> None:
    """Moved, replied to, asked ahead, checked in by QR: the count and the minute agree."""
    await stage.says(f"/sukien {NAME}")
    await stage.says("đi")
    await stage.says(f"/start sk-{NAME}", user="minh")
    await stage.says("1", user="minh")
    await stage.says("hỏi trước: Quên mật khẩu VNeID thì làm lại ở đâu?")
    await stage.says("bình chọn", user="minh")
    await stage.says("1", user="minh")
    await stage.db.write(partial(move, house=stage.house))
    code = await stage.db.write(partial(door, house=stage.house))
    await stage.settle()

    assert "Giờ mới: 18:00" in stage.channel.texts("lan")[-1]
    assert "Giờ mới: 18:00" in stage.channel.texts("minh")[-1]
    [early] = await stage.says(f"/start dd-{code}")
    assert "Chưa tới giờ" in early
    assert "16:00 ngày 2/12/2026" in early
    stage.now = MOVED - timedelta(minutes=10)
    heard = await stage.says(f"/start dd-{code}")
    assert "Đã điểm danh: Tọa đàm chuyển đổi số thôn Đông" in heard[0]
    heard = await answer_all(stage, "lan", heard, rightly=False)
    assert "Hết buổi, bạn gõ ba câu" in heard[-1]
    assert "Bạn đã điểm danh rồi" in (await stage.says(f"điểm danh {code.lower()}"))[0]
    stage.now = MOVED + timedelta(hours=2)
    heard = await answer_all(stage, "lan", await stage.says("ba câu"), rightly=True)
    assert "Sau buổi bạn đúng 3/3. Trước buổi: 0/3." in heard[-1]

    told = stage.db.read(partial(minute, house=stage.house))
    for expected in (
        "18:00 đến 19:30, thứ Tư, 2/12/2026",
        "Điểm danh: 1 người (quét mã 1, gõ mã 0, người giúp ghi 0)",
        "có 2 người báo sẽ đi, 0 người chưa chắc",
        "1 | Quên mật khẩu VNeID thì làm lại ở đâu? | 1",
        "Chưa đủ 5 người trả lời",
        "Ý kiến trao đổi và kết luận",
    ):
        assert expected in told


async def test_who_comes_is_known_after_the_move(stage: Stage) -> None:
    """Those a change must be told are still those who said they come."""
    await stage.says(f"/sukien {NAME}")
    await stage.says("đi")
    await stage.db.write(partial(move, house=stage.house))

    [lan] = stage.db.read(partial(taking_part.going, occurrence=NAME))
    found = stage.db.read(lambda session: people.find(session, "fake", "lan"))
    assert found is not None
    assert found.id == lan


def crowd(session: Session, house: House) -> None:
    """Seven from the east and six from the west came, and learned."""
    code = door(session, house)
    talk = taking_part.by_code(session, code)
    assert talk is not None
    asked = learning.drawn(talk, house.content.bank, NOON.date())
    phases: tuple[tuple[Phase, int], ...] = (("before", 1), ("after", 2))
    for number in range(13):
        key = f"{NO_PHONE}{number:08d}"
        hamlet = "dong" if number < 7 else "tay"
        taking_part.check_in(session, NAME, key, hamlet, "helper", NOON)
        for phase, right in phases:
            for place, question in enumerate(asked):
                choice = question.answer if place < right else (question.answer + 1) % 4
                learning.answer(session, NAME, key, phase, question, choice, NOON)


def test_the_minute_counts_by_thon_and_what_was_learned(stage: Stage) -> None:
    """Thôn of five and more stand by name, the shares before and after beside how many."""
    stage.db.run(partial(crowd, house=stage.house)).result(10)

    told = stage.db.read(partial(minute, house=stage.house))
    assert "Thôn Đông | 7" in told
    assert "Thôn Tây | 6" in told
    assert "13 người trả lời ba câu hỏi cả hai lần" in told
    assert "trước buổi 33%, sau buổi 67%" in told


def test_a_hidden_question_is_counted_only(stage: Stage) -> None:
    """What an organiser took off is not written down, but that it was is."""

    def work(session: Session) -> None:
        lan, _new = people.welcome(session, "fake", "lan", "lan", NOON)
        number = asking.ask(session, NAME, people.id_of(lan), "Nội dung riêng tư ở đây?", NOON)
        asking.hide(session, NAME, number)

    stage.db.run(work).result(10)
    told = stage.db.read(partial(minute, house=stage.house))
    assert "riêng tư" not in told
    assert "Ban tổ chức đã ẩn 1 câu" in told


async def test_a_cancelled_evening_lets_nobody_in(stage: Stage) -> None:
    """The code of an event that was called off says so."""

    def work(session: Session) -> str:
        house = stage.house
        current = house.programme.current(session)
        event = next(one for one in current if one.id == "tap-huan-to-cong-nghe-so")
        item = taking_part.this_time(event, NOON)
        assert item is not None
        talk: Talk = taking_part.talk_of(session, event, item, NOON)
        return talk.code

    code = await stage.db.write(work)
    assert "Buổi này đã hủy: Biển động" in (await stage.says(f"/diemdanh {code}"))[0]
