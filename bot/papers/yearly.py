"""The year's report as a document in the layout of Nghị định 30/2020/NĐ-CP."""

from bot.i18n import speaking
from bot.notices.plan import Activity
from bot.notices.reports import due_of
from bot.papers import charts
from bot.papers.sheet import Sheet, dated
from bot.papers.year import HANDED, STATES, Year, one_line

OFFICE, NUMBER, PLACE = "PHÒNG VĂN HÓA - XÃ HỘI", "Số: ......./BC-VHXH", "Lý Sơn"
SIGNER = ("TRƯỞNG PHÒNG",)
ROMAN = ("I", "II", "III", "IV", "V")
NOTHING_SAID = "Chưa đơn vị nào báo cáo kết quả."
HIDDEN = (
    "Nhóm dưới 5 người không nêu số (ghi <5); khi cần, một nhóm nữa được ẩn để không tính ngược "
    "ra được. Mỗi số dưới đây dò được đến từng tuần, từng tháng trong phụ lục .xlsx."
)


def docx(kept: Year, operator: str) -> bytes:
    """The report, in Vietnamese whoever asks for it."""
    with speaking("vi"):
        return _Report(kept).written(operator)


class _Report:
    """The parts of the report, in their order."""

    def __init__(self, kept: Year) -> None:
        self.kept = kept
        about = f"Báo cáo truyền thông chuyển đổi số năm {kept.number}"
        self.sheet = Sheet(about, kept.now)
        self.parts = iter(ROMAN)

    def written(self, operator: str) -> bytes:
        """The whole file."""
        day = dated(PLACE, self.kept.today)
        self.sheet.head(operator.upper(), OFFICE, NUMBER, day)
        about = f"Kết quả truyền thông về chuyển đổi số năm {self.kept.number}"
        self.sheet.name("BÁO CÁO", about)
        self.sheet.to(operator)
        self._summary()
        self._activities()
        self._figures()
        self._units()
        self._open()
        self.sheet.say(
            f"Trên đây là báo cáo kết quả truyền thông về chuyển đổi số năm {self.kept.number}, "
            f"số liệu {self.kept.period()}./."
        )
        copies = ("Như trên;", "Các đơn vị có tên trong kế hoạch;", "Lưu: VT, VHXH.")
        self.sheet.end(copies, SIGNER)
        return self.sheet.bytes()

    def _part(self, name: str) -> None:
        self.sheet.part(f"{next(self.parts)}. {name.upper()}")

    def _summary(self) -> None:
        self._part("Tình hình chung")
        kept, activities = self.kept, self.kept.plan.activities
        words = ", ".join(
            f"{sum(one.status == state for one in activities)} {name.lower()}"
            for state, name in STATES.items()
        )
        self.sheet.say(f"Số liệu {kept.period()}.")
        self.sheet.say(
            f"Kế hoạch có {len(activities)} hoạt động: {words}; {len(kept.late())} hoạt động quá "
            f"hạn tính đến ngày {kept.today:%d/%m/%Y}."
        )
        if kept.plan.year != kept.number:
            self.sheet.say(
                f"Lưu ý: tệp kế hoạch ghi năm {kept.plan.year}, báo cáo này cho năm {kept.number}."
            )
        handed = sum(one.state == "in time" for one in kept.standings)
        self.sheet.say(
            f"{handed}/{len(kept.standings)} đơn vị gửi báo cáo đúng hạn (trước ngày "
            f"{due_of(kept.number):%d/%m/%Y})."
        )

    def _activities(self) -> None:
        self._part("Kết quả theo nội dung kế hoạch")
        for number, one in enumerate(self.kept.plan.activities, start=1):
            self.sheet.part(f"{number}. {one.title}")
            self._activity(one)

    def _activity(self, one: Activity) -> None:
        kept, late = self.kept, one.late(self.kept.today)
        support = ", ".join(kept.name(unit) for unit in one.support) or "không có"
        self.sheet.say(f"Chủ trì: {kept.name(one.lead)}. Phối hợp: {support}.")
        if one.what:
            self.sheet.say(f"Nội dung: {one.what}")
        due = f"{one.due:%d/%m/%Y}" if one.due else "chưa ấn định"
        days = f", QUÁ HẠN {(kept.today - one.due).days} ngày" if late and one.due else ""
        self.sheet.say(f"Tình trạng: {STATES[one.status].lower()}; hạn: {due}{days}.")
        target = f" Chỉ tiêu: {one.target}." if one.target else ""
        self.sheet.say(f"Thước đo: {one.measure}.{target}")
        told = kept.told(one.id)
        if not told:
            self.sheet.say(NOTHING_SAID)
            return
        rows = [
            (kept.name(it.unit), one_line(it.done), _number(it.times), _number(it.people))
            for it in told
        ]
        if len(told) > 1:
            sums = (_total([it.times for it in told]), _total([it.people for it in told]))
            rows.append(("Cộng", "", *sums))
        self.sheet.table(("Đơn vị", "Kết quả đã làm", "Số lần", "Số người"), rows, (44, 76, 18, 22))

    def _figures(self) -> None:
        self._part("Số liệu từ chatbot")
        self.sheet.say(HIDDEN)
        for number, figure in enumerate(self.kept.figures, start=1):
            self.sheet.part(f"{number}. {figure.title}")
            if not any(row.value for row in figure.rows):
                self.sheet.say("Chưa có số liệu trong thời gian này.")
                continue
            self.sheet.picture(charts.draw(figure), f"Biểu đồ: {figure.title}. Số ở bảng dưới.")
            rows = [(row.label, row.shown) for row in figure.rows]
            self.sheet.table((figure.head, figure.counted), rows, (120, 40))
            if figure.note:
                self.sheet.say(figure.note)

    def _units(self) -> None:
        self._part("Báo cáo của các đơn vị")
        zone = self.kept.span.zone
        rows = [
            (
                str(number),
                one.name,
                HANDED[one.state],
                f"{one.handed_at.astimezone(zone):%d/%m/%Y}" if one.handed_at else "",
            )
            for number, one in enumerate(self.kept.standings, start=1)
        ]
        self.sheet.table(("STT", "Đơn vị", "Tình trạng", "Ngày gửi"), rows, (12, 92, 28, 28))

    def _open(self) -> None:
        self._part("Việc quá hạn, khó khăn và kiến nghị")
        late = self.kept.late()
        for one in late:
            days = (self.kept.today - one.due).days if one.due else 0
            self.sheet.say(f"- {one.title} ({self.kept.name(one.lead)}): quá hạn {days} ngày.")
        if not late:
            self.sheet.say("Không có hoạt động nào quá hạn.")
        for label in ("Khó khăn", "Kiến nghị"):
            self.sheet.blank(label)


def _number(count: int | None) -> str:
    return "" if count is None else f"{count:,}".replace(",", ".")


def _total(counts: list[int | None]) -> str:
    known = [count for count in counts if count is not None]
    return _number(sum(known)) if known else ""
