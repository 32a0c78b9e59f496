"""The minute of a round: what was counted, in words and tables, each figure traceable."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.i18n import moment, speaking
from bot.papers import record, stage
from bot.papers.record import (
    BY_ORGANISER,
    COUNTED,
    LATE,
    NO_NAMES,
    OTHER,
    VOID,
    Record,
    decimal,
    seconds,
)
from bot.papers.sheet import Sheet
from bot.terms import terms
from quiz.rounds import Round, sheet_of

LETTERS = "abcdđeghiklmnopqrstuvxy"
MOST = 300
"""Players listed in the minute; the workbook lists all."""
OFFICE, NUMBER, PLACE = "BAN TỔ CHỨC CUỘC THI", "Số: ........./BB-BTC", "Lý Sơn"


def docx(
    session: Session,
    round_: Round,
    zone: ZoneInfo,
    operator: str,
    now: datetime,
    units: Mapping[str, str] = NO_NAMES,
    categories: Mapping[str, str] = NO_NAMES,
) -> bytes:
    """The minute, in Vietnamese as the decree wants it, whoever asks for it."""
    kept = record.gather(session, round_)
    with speaking("vi"):
        return _Minute(kept, zone, now, units).written(operator, categories)


class _Minute:
    """The parts of the minute, in their order."""

    def __init__(
        self, kept: Record, zone: ZoneInfo, now: datetime, units: Mapping[str, str]
    ) -> None:
        self.kept, self.zone, self.now, self.units = kept, zone, now, units
        self.round_ = kept.round_
        self.sheet = Sheet(f"Biên bản chấm thi: {kept.round_.title}", now)
        self.number = 0

    def written(self, operator: str, categories: Mapping[str, str]) -> bytes:
        """The whole file."""
        local = self.now.astimezone(self.zone)
        # The decree writes a zero before days below 10 and before January and February.
        month = f"{local.month:02d}" if local.month < 3 else str(local.month)
        day = f"{PLACE}, ngày {local.day:02d} tháng {month} năm {local.year}"
        self.sheet.head(operator.upper(), OFFICE, NUMBER, day)
        self.sheet.name("BIÊN BẢN", f"Chấm thi: {self.round_.title}")
        self._opening()
        self._terms(categories)
        self._drawing()
        self._counts()
        self._recount()
        self._players()
        self._units()
        for name, tell in stage.PARTS.items():
            if stage.has(name, self.kept):
                self._part(name)
                tell(self.sheet, self.kept, self.zone)
        self._ending()
        return self.sheet.bytes()

    def _part(self, name: str) -> None:
        self.number += 1
        self.sheet.part(f"{self.number}. {name}")

    def _opening(self) -> None:
        round_ = self.round_
        opened, ended = (
            moment(each, self.zone) for each in (round_.opens_at, record.ended(round_))
        )
        self.sheet.say(f"Lập lúc {moment(self.now, self.zone)}.")
        for label in ("Địa điểm", "Chủ trì", "Thư ký", "Thành phần"):
            self.sheet.blank(label)
        state = "kết thúc" if record.is_over(round_, self.now) else "sẽ đóng"
        self.sheet.say(
            f"Cuộc thi mở lúc {opened}, {state} lúc {ended}. Mã tham gia {round_.code}, "
            f"mã vòng thi {round_.uid}."
        )
        if round_.rehearsal:
            self.sheet.say("Đây là buổi diễn tập, kết quả không dùng để trao giải.")
        if state == "sẽ đóng":
            self.sheet.say("Vòng thi chưa đóng: các số dưới đây còn thay đổi.")

    def _terms(self, categories: Mapping[str, str]) -> None:
        self._part("Thể lệ đã dùng để chấm")
        round_ = self.round_
        lines = terms(
            self.kept.rules, self.zone, round_.opens_at, round_.closes_at, self.units, categories
        )
        for letter, line in zip(LETTERS, lines, strict=False):
            self.sheet.say(f"{letter}) {line}")

    def _drawing(self) -> None:
        self._part("Rút câu hỏi")
        how = (
            "Mọi người cùng một bộ câu hỏi, rút từ mã này."
            if self.round_.mode == "stage"
            else "Đề của mỗi người rút từ chuỗi gồm mã này, mã riêng của người dự thi và số lượt."
        )
        self.sheet.say(
            f"Mã rút đề: {record.seed(self.round_, self.now)}. {how} Cùng một mã luôn cho cùng "
            "một đề, nên rút lại được để đối chiếu. Ngân hàng khóa khi mở vòng thi: "
            f"{len(sheet_of(self.round_))} câu."
        )

    def _counts(self) -> None:
        self._part("Số lượng")
        kept = self.kept
        rows = [
            ("Người có tên trên bảng xếp hạng", str(len(kept.board))),
            ("Bài thi (lượt)", str(kept.papers)),
            ("Bài chưa làm hết", str(kept.unfinished if self.round_.mode == "self" else 0)),
            ("Câu trả lời nhận được", str(len(kept.log))),
            ("Trong đó được tính", str(kept.many(COUNTED))),
            ("Trễ giờ, không tính", str(kept.many(LATE))),
            ("Hủy cùng bước mở câu bị hoàn tác, không tính", str(kept.many(VOID))),
            ("Thuộc bài không phải bài tốt nhất của người thi, không tính", str(kept.many(OTHER))),
            ("Bài của người tổ chức, không xếp hạng", str(kept.many(BY_ORGANISER))),
            ("Biệt danh đã ẩn hoặc đã xóa (kết quả vẫn giữ)", str(kept.hidden)),
        ]
        self.sheet.table(("Nội dung", "Số lượng"), rows, (120, 30))

    def _recount(self) -> None:
        self._part("Đếm lại từ nhật ký câu trả lời")
        wrong = self.kept.differences
        if not wrong:
            self.sheet.say(
                f"Đã đếm lại toàn bộ từ nhật ký lúc {moment(self.now, self.zone)}: bảng xếp hạng "
                "khớp với nhật ký, không có sai lệch."
            )
            return
        papers = {line.row.person_key: line for line in self.kept.board}
        rows = []
        for item in wrong:
            line = papers.get(item.person_key)
            name, paper = (line.row.name, str(line.paper)) if line else ("(không có dòng)", "")
            rows.append((paper, name, item.kept or "không có", item.counted or "không có"))
        self.sheet.say(
            f"Có {len(wrong)} dòng của bảng KHÔNG khớp với nhật ký. Cần chạy đếm lại (quiz recount "
            f"{self.round_.code}) trước khi ký."
        )
        self.sheet.table(("Số bài", "Biệt danh", "Đang giữ", "Đếm lại"), rows, (15, 40, 50, 50))

    def _players(self) -> None:
        self._part("Xếp hạng người dự thi")
        shown = self.kept.board[:MOST]
        if not shown:
            self.sheet.say("Chưa có ai dự thi.")
            return
        rows = [
            (
                str(line.row.rank),
                line.row.name,
                self._unit(line.row.unit),
                str(line.row.right),
                seconds(line.row.took),
                str(line.row.points),
                str(line.paper),
            )
            for line in shown
        ]
        heading = ("Hạng", "Biệt danh", "Đơn vị", "Câu đúng", "Thời gian (giây)", "Điểm", "Số bài")
        self.sheet.table(heading, rows, (16, 46, 45, 14, 22, 14, 14))
        if len(self.kept.board) > MOST:
            self.sheet.say(
                f"Bảng trên ghi {MOST} hạng đầu trong {len(self.kept.board)} người; toàn bộ nằm "
                "trong tệp bảng tính kèm theo."
            )
        self._ties()

    def _ties(self) -> None:
        ties = [group for group in self.kept.ties if group[0].row.rank <= MOST]
        if not ties:
            self.sheet.say("Không có đồng hạng.")
            return
        told = "; ".join(
            f"hạng {group[0].row.rank}: {len(group)} người ({_names(group)})" for group in ties
        )
        self.sheet.say(f"Đồng hạng vì bằng nhau ở mọi tiêu chí của thể lệ: {told}.")

    def _unit(self, unit: str) -> str:
        return self.units.get(unit, unit) or "–"

    def _units(self) -> None:
        if not self.kept.units:
            return
        self._part("Xếp hạng đơn vị")
        best = self.kept.rules.unit_best
        what = "số câu đúng" if self.kept.rules.ranking[0] == "right" else "điểm"
        self.sheet.say(
            f"Điểm đơn vị = tổng {what} của {best} người cao nhất trong đơn vị, chia cho {best}, "
            "kể cả khi đơn vị có ít người hơn. Bằng điểm thì xét tổng thời gian của những người đó."
        )
        rows = [
            (
                str(row.rank),
                self._unit(row.unit),
                str(row.players),
                decimal(row.score),
                seconds(row.took),
            )
            for row in self.kept.units
        ]
        heading = ("Hạng", "Đơn vị", "Số người", "Điểm đơn vị", "Thời gian (giây)")
        self.sheet.table(heading, rows, (15, 70, 20, 25, 30))

    def _ending(self) -> None:
        self._part("Đối chiếu")
        self.sheet.say(
            "Mỗi người trên bảng có một số bài. Tệp bảng tính kèm theo (trang Nhật ký trả lời) ghi "
            "từng câu trả lời của số bài đó với số dòng, lúc hỏi, lúc nhận và kết luận; cộng các "
            "dòng được tính ra đúng số câu, thời gian và điểm nêu trên."
        )
        self.sheet.say("Biên bản lập thành ...... bản, các thành viên đã đọc và nhất trí ký tên.")
        copies = ("Như thành phần;", "Lưu: hồ sơ cuộc thi.")
        self.sheet.sign("THƯ KÝ", "TRƯỞNG BAN TỔ CHỨC", copies)


def _names(group: list[record.Line]) -> str:
    told = ", ".join(line.row.name for line in group[:10])
    return told if len(group) <= 10 else f"{told}..."
