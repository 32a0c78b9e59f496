"""The plan as an .xlsx that offices open: activities, what is late, estimates. Never a formula."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from bot.notices.ledger import Line, by_unit
from bot.notices.plan import Plan, Unit, late

STATUS_WORDS = {
    "planned": "Chưa làm",
    "doing": "Đang làm",
    "done": "Đã xong",
    "dropped": "Không làm",
}
NOT_SETTLED = "chưa ấn định"
Cell = str | int | date | None


def workbook(plan: Plan, lines: Sequence[Line], today: date) -> bytes:
    """The file: what people typed stays text, even when it looks like a formula or an address."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": f"Kế hoạch truyền thông chuyển đổi số {plan.year}"})
    book.set_properties({"created": datetime(today.year, today.month, today.day)})  # noqa: DTZ001 - a spreadsheet knows no zones
    pages = Pages(book)
    pages.add("Kế hoạch", PLAN_HEAD, _activities(plan), {3: 42, 5: 42})
    pages.add("Quá hạn", LATE_HEAD, _late(plan, today), {0: 42})
    pages.add("Dự toán", COST_HEAD, _costs(plan, lines), {0: 42})
    pages.add("Theo đơn vị", UNIT_HEAD, _units(plan, lines), {0: 42})
    book.close()
    return out.getvalue()


PLAN_HEAD = (
    "Hoạt động",
    "Chủ trì",
    "Phối hợp",
    "Nội dung",
    "Hạn",
    "Thước đo",
    "Chỉ tiêu",
    "Dự toán (đồng)",
    "Tình trạng",
)
LATE_HEAD = ("Hoạt động", "Chủ trì", "Hạn", "Quá hạn (ngày)")
COST_HEAD = ("Hoạt động", "Đơn vị", "Khoản", "Số tiền (đồng)")
UNIT_HEAD = ("Đơn vị", "Tổng dự toán (đồng)")


def _activities(plan: Plan) -> list[tuple[Cell, ...]]:
    return [
        (
            one.title,
            _name(plan, one.lead),
            ", ".join(_name(plan, unit) for unit in one.support),
            one.what,
            one.due or NOT_SETTLED,
            one.measure,
            one.target,
            one.estimate,
            STATUS_WORDS[one.status],
        )
        for one in plan.activities
    ]


def _late(plan: Plan, today: date) -> list[tuple[Cell, ...]]:
    return [
        (one.title, _name(plan, one.lead), one.due, (today - one.due).days if one.due else None)
        for one in late(plan, today)
    ]


def _costs(plan: Plan, lines: Sequence[Line]) -> list[tuple[Cell, ...]]:
    titles = {one.id: one.title for one in plan.activities}
    rows: list[tuple[Cell, ...]] = [
        (titles.get(line.activity, line.activity), _name(plan, line.unit), line.item, line.amount)
        for line in lines
    ]
    return [*rows, ("Cộng", "", "", sum(line.amount for line in lines))]


def _units(plan: Plan, lines: Sequence[Line]) -> list[tuple[Cell, ...]]:
    sums = by_unit(lines)
    rows: list[tuple[Cell, ...]] = [(unit.name, sums.get(unit.id)) for unit in plan.units.values()]
    return [*rows, ("Cộng", sum(sums.values()))]


def _name(plan: Plan, unit: str) -> str:
    return plan.units.get(unit, Unit(unit, unit)).name


class Pages:
    """Writes tables into a workbook, all in one look."""

    def __init__(self, book: Any) -> None:
        self.book = book
        common = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#CFDDE4"}
        self.head = book.add_format({**common, "bold": True, "bg_color": "#E3F1F7"})
        self.text = book.add_format(common)
        self.number = book.add_format({**common, "num_format": "#,##0"})
        self.day = book.add_format({**common, "num_format": "dd/mm/yyyy"})

    def add(
        self,
        name: str,
        head: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        widths: dict[int, int],
    ) -> None:
        """A sheet: a heading that stays in view, then the rows."""
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.fit_to_pages(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        for column, title in enumerate(head):
            sheet.set_column(column, column, widths.get(column, 22))
            sheet.write_string(0, column, title, self.head)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._cell(sheet, number, column, value)

    def _cell(self, sheet: Any, row: int, column: int, value: Cell) -> None:
        match value:
            case None:
                sheet.write_blank(row, column, None, self.text)
            case int():
                sheet.write_number(row, column, value, self.number)
            case date():
                sheet.write_datetime(row, column, value, self.day)
            case _:
                sheet.write_string(row, column, value, self.text)
