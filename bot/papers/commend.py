"""The commendation file: criteria, units ranked with their evidence; its annex as a workbook."""

import io
from collections.abc import Iterable, Sequence

from bot.i18n import number, speaking
from bot.notices.merit import Criterion, Line
from bot.papers.annex import Cell, opened, sheet_of
from bot.papers.merits import Commendation, shown
from bot.papers.sheet import Sheet, dated
from bot.papers.year import one_line
from bot.papers.yearly import OFFICE, PLACE, ROMAN, SIGNER

NUMBER = "Số: ......./TTr-VHXH"
HIDDEN = (
    "Số nào thiếu thì ghi là thiếu và bỏ trọng số của tiêu chí ấy khi tính điểm của đơn vị, không "
    "tính là 0. Nhóm dưới 5 người không nêu số. Từng số dò được đến từng dòng trong phụ lục .xlsx."
)
RANKED = ("Hạng", "Đơn vị", "Điểm", "Trọng số có số liệu (%)", "Đề nghị biểu dương", "Ghi chú")
POINTS = ("Đơn vị", "Tiêu chí", "Trọng số", "Giá trị", "Đơn vị đo", "Điểm (0-100)", "Vì sao thiếu")
TRACED = ("Đơn vị", "Tiêu chí", "Dòng", "Nội dung", "Nằm ở (bảng, số thứ tự)")
CRITERIA = ("Mã", "Tiêu chí", "Trọng số", "Đo gì", "Đơn vị đo", "Quy điểm", "Nguồn")


def scale_of(one: Criterion) -> str:
    """How a figure becomes points, in words."""
    return {
        "share": "Tỷ lệ phần trăm là số điểm",
        "best": "Đơn vị cao nhất được 100 điểm, đơn vị khác theo tỷ lệ",
        "target": f"Đạt {number(one.target, 1)} {one.unit} được 100 điểm, chưa đạt theo tỷ lệ",
    }[one.scale]


def note_of(line: Line) -> str:
    """What must be said beside a rank."""
    if line.rank is None:
        return "Chưa đủ số liệu để xếp hạng"
    return "Đồng hạng" if line.tied else ""


def docx(kept: Commendation, operator: str) -> bytes:
    """The file, in Vietnamese whoever asks for it."""
    with speaking("vi"):
        return _File(kept).written(operator)


class _File:
    """The parts of the file, in their order."""

    def __init__(self, kept: Commendation) -> None:
        self.kept = kept
        self.sheet = Sheet(f"Hồ sơ biểu dương năm {kept.number}", kept.now)
        self.parts = iter(ROMAN)

    def written(self, operator: str) -> bytes:
        """The whole file."""
        kept, sheet = self.kept, self.sheet
        place = dated(PLACE, kept.now.astimezone(kept.span.zone).date())
        sheet.head(operator.upper(), OFFICE, NUMBER, place)
        what = f"làm tốt truyền thông về chuyển đổi số năm {kept.number}"
        sheet.name("TỜ TRÌNH", f"Đề nghị biểu dương các đơn vị {what}")
        sheet.to(operator)
        first, last = kept.span.first, kept.span.last
        sheet.say(f"Số liệu từ {first:%d/%m/%Y} đến hết {last:%d/%m/%Y}.")
        self._proposed()
        self._criteria()
        self._ranking()
        self._evidence()
        sheet.say("Kính trình xem xét, quyết định./.")
        sheet.end(("Như trên;", "Các đơn vị có tên;", "Lưu: VT, VHXH."), SIGNER)
        return sheet.bytes()

    def _part(self, name: str) -> None:
        self.sheet.part(f"{next(self.parts)}. {name.upper()}")

    def _proposed(self) -> None:
        self._part("Đơn vị được đề nghị biểu dương")
        chosen = self.kept.commended()
        if not chosen:
            self.sheet.say("Ban tổ chức chưa chọn đơn vị nào. Bảng xếp hạng dưới đây để tham khảo.")
        for at, line in enumerate(chosen, start=1):
            place = f"hạng {line.rank}, {number(line.score, 2)} điểm" if line.rank else ""
            why = place or "chưa đủ số liệu để xếp hạng"
            self.sheet.say(f"{at}. {self.kept.name(line.unit)}: {why}.")

    def _criteria(self) -> None:
        self._part("Tiêu chí")
        self.sheet.say(HIDDEN)
        rows = [
            (str(at), one.name, number(one.weight, 1), scale_of(one), one.source)
            for at, one in enumerate(self.kept.merit.criteria, start=1)
        ]
        heading = ("STT", "Tiêu chí", "Trọng số", "Quy điểm", "Nguồn số liệu")
        self.sheet.table(heading, rows, (12, 44, 18, 42, 44))

    def _ranking(self) -> None:
        self._part("Xếp hạng")
        least = number(self.kept.merit.least_known, 1)
        self.sheet.say(
            f"Đơn vị có dưới {least}% trọng số có số liệu thì không xếp hạng. Bằng điểm thì đồng "
            "hạng, ghi theo thứ tự trong kế hoạch."
        )
        rows = [
            (
                str(line.rank or "-"),
                self.kept.name(line.unit),
                number(line.score, 2) if line.rank else "-",
                number(line.known, 1),
                note_of(line),
            )
            for line in self.kept.lines
        ]
        heading = ("Hạng", "Đơn vị", "Điểm", "Có số liệu (%)", "Ghi chú")
        self.sheet.table(heading, rows, (14, 68, 20, 24, 34))

    def _evidence(self) -> None:
        self._part("Số liệu của từng đơn vị")
        for at, line in enumerate(self.kept.lines, start=1):
            self.sheet.part(f"{at}. {self.kept.name(line.unit)}")
            if not line.known:
                self.sheet.say("Chưa có số liệu nào trong thời gian này.")
                continue
            rows = [
                (
                    one.criterion.name,
                    shown(one.figure, one.criterion.unit),
                    "-" if one.points is None else number(one.points, 1),
                    "; ".join(f"{row.what}: {row.said}" for row in one.figure.evidence),
                )
                for one in line.points
            ]
            heading = ("Tiêu chí", "Số liệu", "Điểm", "Bằng chứng")
            self.sheet.table(heading, rows, (40, 34, 16, 70))


def xlsx(kept: Commendation) -> bytes:
    """The annex: each figure, its points, and the rows it comes from. Never a formula."""
    out = io.BytesIO()
    with speaking("vi"):
        book = opened(out, f"Phụ lục hồ sơ biểu dương năm {kept.number}", kept.now)
        sheet_of(book, "Xếp hạng", RANKED, _ranked(kept))
        sheet_of(book, "Điểm", POINTS, _points(kept))
        sheet_of(book, "Dò số liệu", TRACED, _traced(kept))
        sheet_of(book, "Tiêu chí", CRITERIA, _criteria(kept))
        book.close()
    return out.getvalue()


def _ranked(kept: Commendation) -> Iterable[Sequence[Cell]]:
    for line in kept.lines:
        rank = None if line.rank is None else float(line.rank)
        score = None if line.rank is None else line.score
        chosen = "có" if line.unit in kept.chosen else ""
        yield rank, kept.name(line.unit), score, line.known, chosen, note_of(line)


def _points(kept: Commendation) -> Iterable[Sequence[Cell]]:
    for line in kept.lines:
        for one in line.points:
            what, figure = one.criterion, one.figure
            head = (kept.name(line.unit), what.name, what.weight)
            yield *head, figure.value, what.unit, one.points, figure.why


def _traced(kept: Commendation) -> Iterable[Sequence[Cell]]:
    for line in kept.lines:
        for one in line.points:
            for row in one.figure.evidence:
                head = (kept.name(line.unit), one.criterion.name)
                yield *head, one_line(row.what), one_line(row.said), row.row


def _criteria(kept: Commendation) -> Iterable[Sequence[Cell]]:
    for one in kept.merit.criteria:
        yield one.id, one.name, one.weight, one.measure, one.unit, scale_of(one), one.source
