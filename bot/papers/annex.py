"""The annex of the year's report as a workbook: each figure, and the rows it comes from."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.workbook import Workbook

from bot.notices.reports import Result
from bot.papers.record import safe
from bot.papers.year import HANDED, STATES, Year, one_line
from bot.rows import Row

Cell = str | float | date | None
Trace = tuple[str, str, Row]
"""A figure, the name of one of its rows, and a row behind that row."""
LONGEST_CELL = 32_767
FIGURES = ("Số liệu", "Dòng", "Đếm gì", "Giá trị", "Ghi chú", "Dò tại")
BEHIND = ("Số liệu", "Dòng", "Thời gian", "Giá trị", "Ghi chú")
PLAN = (
    "Hoạt động",
    "Chủ trì",
    "Phối hợp",
    "Hạn",
    "Tình trạng",
    "Quá hạn (ngày)",
    "Số đơn vị báo cáo",
)
RESULTS = ("Hoạt động", "Đơn vị", "Kết quả đã làm", "Số lần", "Số người")
UNITS = ("Đơn vị", "Tình trạng", "Gửi lúc")
TRACE = "Dò số liệu"


def xlsx(kept: Year) -> bytes:
    """The workbook: numbers as numbers, all else as text, never a formula."""
    out = io.BytesIO()
    book = opened(out, f"Phụ lục báo cáo truyền thông chuyển đổi số năm {kept.number}", kept.now)
    traced = list(_behind(kept))
    sheet_of(book, "Số liệu", FIGURES, _figures(kept, traced))
    lines = ((figure, label, row.label, row.value, row.mark) for figure, label, row in traced)
    sheet_of(book, TRACE, BEHIND, lines)
    sheet_of(book, "Kế hoạch", PLAN, _plan(kept))
    sheet_of(book, "Kết quả đơn vị", RESULTS, (_result(kept, one) for one in kept.results))
    sheet_of(book, "Báo cáo đơn vị", UNITS, _units(kept))
    book.close()
    return out.getvalue()


def opened(out: io.BytesIO, title: str, now: datetime) -> Workbook:
    """A workbook to be written into `out`, that makes no formula and no link of a text."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": title, "created": now.replace(tzinfo=None)})
    return book


def _figures(kept: Year, traced: Sequence[Trace]) -> Iterable[Sequence[Cell]]:
    """Each row of each figure, and in which lines of the next sheet it comes about."""
    places: dict[tuple[str, str], list[int]] = {}
    for line, (figure, label, _row) in enumerate(traced, start=2):
        places.setdefault((figure, label), []).append(line)
    for one in kept.figures:
        for row in one.rows:
            lines = places.get((one.title, row.label), [])
            where = f"{TRACE}, dòng {lines[0]} đến {lines[-1]}" if lines else ""
            yield one.title, row.label, one.counted, row.value, row.mark, where


def _behind(kept: Year) -> Iterable[Trace]:
    for figure, label, below in kept.behind:
        for row in below.rows:
            yield figure.title, label, row


def _plan(kept: Year) -> Iterable[Sequence[Cell]]:
    for one in kept.plan.activities:
        late = float((kept.today - one.due).days) if one.due and one.late(kept.today) else None
        support = ", ".join(kept.name(unit) for unit in one.support)
        head = (one.title, kept.name(one.lead), support, one.due or "chưa ấn định")
        yield *head, STATES[one.status], late, float(len(kept.told(one.id)))


def _result(kept: Year, one: Result) -> Sequence[Cell]:
    titles = {activity.id: activity.title for activity in kept.plan.activities}
    title = titles.get(one.activity, one.activity)
    return title, kept.name(one.unit), one_line(one.done), one.times, one.people


def _units(kept: Year) -> Iterable[Sequence[Cell]]:
    for one in kept.standings:
        at = one.handed_at.astimezone(kept.span.zone) if one.handed_at else None
        yield one.name, HANDED[one.state], at.replace(tzinfo=None) if at else ""


def sheet_of(
    book: Workbook, name: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    """Write a sheet with its heading: numbers as numbers, all else as text, never a formula."""
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    day = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 42)
    sheet.set_column(1, len(heading), 22)
    sheet.write_row(0, 0, heading, bold)
    for at, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            match cell:
                case None:
                    continue
                case str():
                    sheet.write_string(at, column, safe(cell)[:LONGEST_CELL])
                case datetime() | date():
                    sheet.write_datetime(at, column, cell, day)
                case _:
                    sheet.write_number(at, column, cell)
