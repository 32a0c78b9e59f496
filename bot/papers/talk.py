"""The minute of a talk: who came by thôn, what was asked, what was learned; decisions left open."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.i18n import moment, number, speaking
from bot.notices import asking, learning, taking_part, words
from bot.notices.asking import Asked
from bot.notices.calendar import Occurrence
from bot.notices.events import Event, Names
from bot.notices.learning import Learned
from bot.notices.taking_part import LEAST, Came
from bot.papers.sheet import Sheet

OFFICE, NUMBER, PLACE = "BAN TỔ CHỨC", "Số: ........./BB-BTC", "Lý Sơn"
DECISIONS = 5
"""Lines left for what was decided."""


@dataclass(frozen=True)
class Record:
    """What is known of a talk when its minute is written."""

    event: Event
    item: Occurrence
    names: Names
    came: Came
    said: dict[str, int]
    asked: tuple[Asked, ...]
    hidden: int
    learned: Learned


def gather(session: Session, event: Event, item: Occurrence, names: Names) -> Record:
    """Everything the minute tells of, read in one go."""
    name = taking_part.name_of(event, item)
    every = asking.listed(session, name, hidden=True)
    return Record(
        event,
        item,
        names,
        taking_part.came(session, name),
        dict(taking_part.said(session, name)),
        tuple(one for one in every if not one.hidden),
        sum(one.hidden for one in every),
        learning.learned(session, name),
    )


def docx(record: Record, zone: ZoneInfo, operator: str, now: datetime) -> bytes:
    """The minute, in Vietnamese as the decree wants it, whoever asks for it."""
    with speaking("vi"):
        return _Minute(record, zone, now).written(operator)


class _Minute:
    """The parts of the minute, in their order."""

    def __init__(self, record: Record, zone: ZoneInfo, now: datetime) -> None:
        self.record, self.zone, self.now = record, zone, now
        self.sheet = Sheet(f"Biên bản: {record.event.title}", now)
        self.number = 0

    def written(self, operator: str) -> bytes:
        """The whole file."""
        local = self.now.astimezone(self.zone)
        # The decree writes a zero before days below 10 and before January and February.
        month = f"{local.month:02d}" if local.month < 3 else str(local.month)
        day = f"{PLACE}, ngày {local.day:02d} tháng {month} năm {local.year}"
        self.sheet.head(operator.upper(), OFFICE, NUMBER, day)
        self.sheet.name("BIÊN BẢN", self.record.event.title)
        self._opening()
        self._who_came()
        self._questions()
        self._learning()
        self._part("Ý kiến trao đổi và kết luận")
        for line in range(1, DECISIONS + 1):
            self.sheet.blank(str(line))
        self._ending()
        return self.sheet.bytes()

    def _part(self, name: str) -> None:
        self.number += 1
        self.sheet.part(f"{self.number}. {name}")

    def _opening(self) -> None:
        event, names = self.record.event, self.record.names
        self.sheet.say(f"Thời gian: {words.when_of(event, self.record.item, self.zone)}.")
        where, units = words.where_of(event, names), words.units_of(event, names)
        if where:
            self.sheet.say(f"Địa điểm: {where}.")
        if units:
            self.sheet.say(f"Đơn vị: {units}.")
        for label in ("Chủ trì", "Thư ký", "Người nói chuyện"):
            self.sheet.blank(label)
        for line in event.agenda:
            self.sheet.say(f"- {line}")

    def _who_came(self) -> None:
        self._part("Người dự")
        came, said = self.record.came, self.record.said
        self.sheet.say(
            f"Điểm danh: {came.total} người (quét mã {came.how['qr']}, gõ mã {came.how['code']}, "
            f"người giúp ghi {came.how['helper']}). Trước buổi có {said.get('yes', 0)} người báo "
            f"sẽ đi, {said.get('maybe', 0)} người chưa chắc, {said.get('no', 0)} người không đi."
        )
        listed, rest = taking_part.grouped(came.hamlets)
        if not listed:
            return
        rows = [(self.record.names.hamlets.get(name, name), str(many)) for name, many in listed]
        if rest:
            rows.append(("Nơi khác hoặc chưa chọn thôn", str(rest)))
        self.sheet.table(("Thôn", "Số người"), rows, (120, 30))
        self.sheet.say(f"Thôn có dưới {LEAST} người không ghi riêng, để không lộ ai là ai.")

    def _questions(self) -> None:
        self._part("Câu hỏi gửi trước")
        rows = [
            (str(place), one.text, str(one.votes))
            for place, one in enumerate(self.record.asked, start=1)
        ]
        if rows:
            self.sheet.table(("Số", "Câu hỏi", "Bình chọn"), rows, (12, 118, 24))
        else:
            self.sheet.say("Không có câu hỏi nào để ghi.")
        if self.record.hidden:
            self.sheet.say(f"Ban tổ chức đã ẩn {self.record.hidden} câu, không ghi ở đây.")

    def _learning(self) -> None:
        self._part("Hiểu biết trước và sau buổi")
        told = self.record.learned
        if told.people < LEAST:
            self.sheet.say(
                f"Chưa đủ {LEAST} người trả lời ba câu hỏi cả trước và sau buổi nên không nêu số."
            )
            return
        before, after = (number(100 * share) for share in (told.before, told.after))
        self.sheet.say(
            f"{told.people} người trả lời ba câu hỏi cả hai lần. Tỷ lệ trả lời đúng: trước buổi "
            f"{before}%, sau buổi {after}%. Ngoài ra {told.once} người chỉ trả lời một lần, không "
            "tính vào tỷ lệ này."
        )

    def _ending(self) -> None:
        self.sheet.say(
            f"Số liệu lấy từ chatbot lúc {moment(self.now, self.zone)}. Biên bản lập thành ...... "
            "bản, các thành viên đã đọc và nhất trí ký tên."
        )
        copies = ("Như thành phần;", "Lưu: hồ sơ buổi tọa đàm.")
        self.sheet.sign("THƯ KÝ", "CHỦ TRÌ", copies)
