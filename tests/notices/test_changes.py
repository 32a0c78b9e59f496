"""An event that moves or is called off: notices are edited, who comes hears it once."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session

from bot.db import Database
from bot.flows.turn import House
from bot.notices import changes, edits, invitation, reminders, taking_part
from bot.notices.events import as_written
from tests.conftest import NOON
from tests.notices.board import Board, linked
from tests.notices.sample import furnish, lay

TALK = "toa-dam-dong"
EIGHT = {
    "start": "2026-12-02 20:00",
    "end": "2026-12-02 21:30",
    "status": "changed",
    "note": "Trùng lịch họp thôn",
}
OFF = {"status": "cancelled", "note": "Biển động"}


@dataclass
class Talks(Board):
    """The calendar of two thôn lies over the shipped one, and was told of."""

    async def change(self, event: str = TALK, **values: Any) -> None:
        """An organiser changes an event."""
        await self.db.write(partial(self._change, event=event, values=values))

    def _change(self, session: Session, event: str, values: dict[str, Any]) -> None:
        programme = self.house.programme
        known = {one.id: one for one in programme.current(session)}[event]
        data = {**as_written(known), **values}
        names, shipped = programme.names, programme.events
        saved = edits.save(session, shipped, names, data, "Hoa", known.version, self.now)
        assert saved.mistakes == ()

    async def comes(self, *people: int, choice: taking_part.Choice = "yes") -> None:
        """People say whether they come."""
        for person in people:
            reply = partial(taking_part.reply, occurrence=TALK, person_id=person, now=self.now)
            await self.db.write(partial(reply, choice=choice))

    def heard(self, chat: str) -> list[str]:
        """What somebody was sent, by first lines."""
        return [text.split("\n")[0] for text in self.channel.texts(chat)]


@pytest.fixture
async def talks(db: Database, house: House) -> Talks:
    """People, channels and a calendar, on both databases."""
    house = furnish(house)
    lay(db, house, NOON)
    made = Talks(db, house, NOON)
    await made.settle()
    return made


async def invited(talks: Talks) -> tuple[int, int]:
    """Lan and Minh have the notice of the talk; Lan comes."""
    lan, minh = await talks.meet("lan", "minh")
    await talks.announce("Mời bà con dự tọa đàm lúc 19:00.", event=TALK)
    await talks.settle()
    await talks.comes(lan)
    return lan, minh


async def test_a_new_hour_is_edited_in_and_told_to_who_comes(talks: Talks) -> None:
    """Both notices say the new hour; only who comes is sent a word, with old and new hour."""
    await invited(talks)

    await talks.change(**EIGHT)
    await talks.settle()

    edited = {chat: reply.text for chat, _name, reply in talks.channel.edited}
    assert set(edited) == {"lan", "minh"}
    assert edited["minh"].startswith("THAY ĐỔI: Tọa đàm chuyển đổi số thôn Đông.\nGiờ mới: 20:00")
    assert edited["minh"].endswith("\n\nTin đã báo trước đó:\nMời bà con dự tọa đàm lúc 19:00.")
    [_notice, word] = talks.channel.texts("lan")
    assert "Giờ mới: 20:00 đến 21:30, thứ Tư, 2/12/2026 (trước đó: 19:00)." in word
    assert "Không đi được nữa thì nhắn cho mình: không đi." in word
    assert len(talks.channel.texts("minh")) == 1


async def test_an_invitation_we_wrote_is_written_again(talks: Talks) -> None:
    """No old hour stands below the new one; called off, nobody is asked whether they come."""
    [_lan] = await talks.meet("lan")
    await talks.announce(by_event(talks), event=TALK)
    await talks.settle()

    await talks.change(**EIGHT)
    await talks.settle()
    moved = talks.channel.edited[-1][2].text
    await talks.change(**OFF)
    await talks.settle()
    off = talks.channel.edited[-1][2].text
    await talks.change(status="announced", note="")
    await talks.settle()

    assert moved.startswith("THAY ĐỔI: Tọa đàm chuyển đổi số thôn Đông.\nGiờ mới: 20:00 đến 21:30")
    assert moved.count("19:00") == 1
    assert "Lưu ý: Trùng lịch họp thôn.\n\nĐịa điểm: Nhà văn hóa thôn Đông." in moved
    assert moved.endswith("không đi. Xem kỹ: /sukien toa-dam-dong")
    assert "Bạn có đi không" not in off
    assert talks.channel.edited[-1][2].text.count("Bạn có đi không") == 1


def by_event(talks: Talks) -> str:
    """The words of the talk itself."""

    def work(session: Session) -> str:
        programme = talks.house.programme
        event = {one.id: one for one in programme.current(session)}[TALK]
        return invitation.written(event, programme.names, talks.house.zone, NOON, "vi")

    return talks.db.read(work)


async def test_the_word_answers_the_notice(talks: Talks) -> None:
    """Who had a notice of a talk says "đi", and after the move "không đi", and is understood."""
    await talks.meet("lan")
    await talks.announce("Mời bà con.", event=TALK)
    await talks.settle()

    [comes] = await talks.says("đi")
    await talks.change(**EIGHT)
    await talks.settle()
    [stays] = await talks.says("khong di")

    assert "bạn sẽ đi Tọa đàm chuyển đổi số thôn Đông" in comes
    assert "bạn không đi Tọa đàm" in stays


async def test_called_off(talks: Talks) -> None:
    """A cancellation says so everywhere, with the reason."""
    await invited(talks)

    await talks.change(**OFF)
    await talks.settle()

    word = talks.channel.texts("lan")[-1]
    assert word.startswith("ĐÃ HỦY: Tọa đàm chuyển đổi số thôn Đông.\nKhông diễn ra lúc 19:00")
    assert "Biển động" in word
    assert "để bạn khỏi tới" in word
    assert all(reply.text.startswith("ĐÃ HỦY") for _chat, _name, reply in talks.channel.edited)


async def test_postponed_and_on_again(talks: Talks) -> None:
    """Called off and then on again: the newest word stands above the notice, not both."""
    await invited(talks)
    await talks.change(**OFF)
    await talks.settle()

    await talks.change(status="announced", note="")
    await talks.settle()

    newest = talks.channel.edited[-1][2].text
    assert newest.startswith("VẪN DIỄN RA: ")
    assert newest.count("Mời bà con dự tọa đàm") == 1
    assert "ĐÃ HỦY" not in newest
    assert talks.heard("lan")[-1].startswith("VẪN DIỄN RA")


async def test_a_new_place(talks: Talks) -> None:
    """Where it is now, and where it would have been."""
    await invited(talks)

    await talks.change(place="Trường tiểu học thôn Đông")
    await talks.settle()

    word = talks.channel.texts("lan")[-1]
    assert "Chỗ mới: Trường tiểu học thôn Đông (trước đó: Nhà văn hóa thôn Đông)." in word


async def test_a_slip_of_the_pen_is_not_told(talks: Talks) -> None:
    """Another wording of what it is about moves nobody."""
    await invited(talks)

    await talks.change(what="Nghe và hỏi ngay tại thôn.")
    await talks.settle()

    assert len(talks.channel.texts("lan")) == 1
    assert talks.channel.edited == []


async def test_it_is_told_once(talks: Talks) -> None:
    """However often we look, and however many notices there are about it."""
    await invited(talks)
    await talks.announce("Nhắc lại: tọa đàm lúc 19:00.", event=TALK)
    await talks.settle()

    await talks.change(**EIGHT)
    for _look in range(3):
        await talks.settle()
        talks.later(timedelta(minutes=1))

    assert len(talks.channel.edited) == 4
    assert [line for line in talks.heard("lan") if line.startswith("THAY ĐỔI")] == [
        "THAY ĐỔI: Tọa đàm chuyển đổi số thôn Đông."
    ]


async def test_who_is_just_being_sent_the_notice_gets_no_second_word(talks: Talks) -> None:
    """A copy that has not left says the new hour already."""
    [lan] = await talks.meet("lan")
    await talks.comes(lan)
    await talks.announce("Mời bà con.", event=TALK)
    await talks.worker.work_some()  # queued, not sent

    await talks.change(**EIGHT)
    await talks.settle()

    assert talks.heard("lan") == ["THAY ĐỔI: Tọa đàm chuyển đổi số thôn Đông."]
    assert talks.channel.edited == []


async def test_on_the_channel_they_prefer_and_once(talks: Talks) -> None:
    """Somebody on two channels hears it where they like to be told."""
    [lan] = await talks.meet("lan", preferred="other")
    await talks.db.write(partial(linked, user="lan2", channel="other", person=lan))
    await talks.comes(lan)

    await talks.change(**EIGHT)
    await talks.settle()

    assert talks.channel.sent == []
    assert [chat for chat, _reply in talks.other.sent] == ["lan2"]


async def test_those_who_are_not_sure_hear_it_too(talks: Talks) -> None:
    """They were promised; who does not come is left in peace."""
    sure, unsure, away = await talks.meet("a", "b", "c", registered=False)
    await talks.comes(sure)
    await talks.comes(unsure, choice="maybe")
    await talks.comes(away, choice="no")

    await talks.change(**EIGHT)
    await talks.settle()

    assert sorted(chat for chat, _reply in talks.channel.sent) == ["a", "b"]


async def test_at_night_it_waits_and_only_the_last_word_is_sent(talks: Talks) -> None:
    """Moved twice at night: in the morning who comes hears one word, the newest."""
    await invited(talks)
    talks.later(timedelta(hours=10))  # 22:00
    await talks.change(**EIGHT)
    await talks.settle()
    at_night = len(talks.channel.texts("lan"))

    await talks.change(**OFF)
    await talks.settle()
    talks.later(timedelta(hours=9))
    await talks.settle()

    assert at_night == 1
    assert [line[:7] for line in talks.heard("lan")[1:]] == ["ĐÃ HỦY:"]


async def test_what_never_went_out_is_given_up(talks: Talks) -> None:
    """An invitation for tomorrow to a talk that is called off today is not sent."""
    await talks.meet("lan")
    number = await talks.announce("Mời bà con.", event=TALK, at=NOON + timedelta(days=1))

    await talks.change(**OFF)
    await talks.settle()
    talks.later(timedelta(days=1))
    await talks.settle()

    assert talks.notice(number).state == "cancelled"
    assert talks.channel.sent == []


async def test_each_in_their_language(talks: Talks) -> None:
    """English speakers hear it in English."""
    [ann] = await talks.meet("ann", language="en")
    await talks.comes(ann)

    await talks.change(**EIGHT)
    await talks.settle()

    assert talks.heard("ann") == ["CHANGED: Tọa đàm chuyển đổi số thôn Đông."]


async def test_one_time_of_what_repeats(talks: Talks) -> None:
    """Of a monthly event only those who come to the time that moved are told."""
    await talks.change(event="phat-thanh-thu", kind="training", replays=[], place="Hội trường")
    await talks.settle()
    december, january = await talks.meet("a", "b")
    for person, when in ((december, "2026-12-07"), (january, "2027-01-04")):
        name = f"phat-thanh-thu@{when}"
        await talks.db.write(
            partial(taking_part.reply, occurrence=name, person_id=person, choice="yes", now=NOON)
        )

    await talks.change(event="phat-thanh-thu", without=["2026-12-07"], start="2026-12-07 06:00")
    await talks.settle()

    assert [chat for chat, _reply in talks.channel.sent] == ["a"]
    assert talks.heard("a")[0].startswith("ĐÃ HỦY")


def test_the_news_takes_the_place_of_older_news() -> None:
    """A notice is never longer than one message, whatever stands above it."""
    twice = changes.over(changes.over("Mời họp.", "THAY ĐỔI: A."), "ĐÃ HỦY: A.")
    long = changes.over("a" * 1500, "THAY ĐỔI: A.")

    assert twice == "ĐÃ HỦY: A.\n\nTin đã báo trước đó:\nMời họp."
    assert long == "THAY ĐỔI: A."


async def test_who_wants_to_hear_is_reminded(talks: Talks) -> None:
    """A week, a day, two hours before the hour it was moved to; not those of another thôn."""
    await talks.meet("lan", hamlet="dong")
    await talks.meet("minh", hamlet="tay")
    await talks.worker.plan_reminders()
    await talks.change(**EIGHT)
    await talks.settle()
    for days, hours in ((0, 7), (0, 1), (5, 23), (0, 1), (0, 22), (0, 1)):
        talks.later(timedelta(days=days, hours=hours))
        await talks.worker.plan_reminders()
        await talks.settle()

    told = talks.channel.texts("lan")
    assert [text.split("\n")[0] for text in told] == [
        "Nhắc bạn: Tọa đàm chuyển đổi số thôn Đông"
    ] * len(told)
    assert len(told) == 3
    assert all("20:00 đến 21:30" in text for text in told)
    assert not any("thôn Đông" in text for text in talks.channel.texts("minh"))


async def test_what_is_off_is_not_reminded_of_until_it_is_on_again(talks: Talks) -> None:
    """Cancelled: nobody is reminded; on again at the same hour: everybody is."""
    await talks.meet("lan", hamlet="dong")
    await talks.worker.plan_reminders()
    await talks.change(**OFF)
    await talks.worker.plan_reminders()
    off = [item.state for item in talks.db.read(reminded)]

    await talks.change(status="announced", note="")
    await talks.worker.plan_reminders()

    assert set(off) == {"dropped"}
    assert {item.state for item in talks.db.read(reminded)} == {"waiting"}


def reminded(session: Session) -> list[reminders.Reminder]:
    """The reminders of the talk."""
    return list(reminders.listed(session, TALK))
