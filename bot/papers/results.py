"""The results of a round as a workbook and as CSV: texts and numbers, never a formula."""

import csv as csv_
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import xlsxwriter
from sqlmodel import Session
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from bot.i18n import moment, speaking
from bot.packing import FORMULA
from bot.papers import record
from bot.papers.record import COUNTED, NO_NAMES, Record, safe
from bot.terms import terms
from quiz.rounds import Round, sheet_of

Cell = str | int | float | datetime
FULL = 1_000_000
"""Rows of one sheet: a spreadsheet opens 1,048,576."""
LONGEST_CELL = 32_767
SIDES = {"players": "Người chơi", "teams": "Đội"}
BOARD = (
    "Hạng",
    "Biệt danh",
    "Đơn vị",
    "Số câu đúng",
    "Thời gian các câu đúng (mili giây)",
    "Điểm",
    "Số câu đã trả lời",
    "Lượt",
    "Số bài",
)
UNITS = ("Hạng", "Đơn vị", "Số người chơi", "Điểm đơn vị", "Thời gian các người được tính (ms)")
TEAMS = ("Hạng", "Đội", "Điểm câu hỏi", "Điểm giám khảo", "Tổng", "Phiếu đã chấm")
MARKS = ("Đội", "Phần thi", "Giám khảo", "Điểm chấm", "Tối đa", "Hệ số", "Lúc chấm")
LOG = (
    "Số dòng",
    "Số bài",
    "Biệt danh",
    "Đơn vị",
    "Lượt",
    "Câu hỏi",
    "Chọn",
    "Đáp án",
    "Đúng",
    "Điểm",
    "Thời gian (mili giây)",
    "Hỏi lúc",
    "Nhận lúc",
    "Kênh",
    "Bước mở câu",
    "Kết luận",
)
QUESTIONS = ("Mã", "Mức", "Câu hỏi", "A", "B", "C", "D", "Đáp án", "Lượt trả lời", "Lượt đúng")
_FORMULA = re.compile(rf"""(^|[;,|])([\s"']*)([{re.escape(FORMULA)}])""")
"""Where a spreadsheet might read a formula: at the start, or after what it may split cells at."""


def xlsx(
    session: Session,
    round_: Round,
    zone: ZoneInfo,
    now: datetime,
    units: Mapping[str, str] = NO_NAMES,
    categories: Mapping[str, str] = NO_NAMES,
) -> bytes:
    """The workbook of a round: any figure of it can be traced to rows of the log."""
    kept = record.gather(session, round_)
    out = io.BytesIO()
    # In memory, because a container's root may be read-only; texts stay texts.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": safe(round_.title), "created": _local(now, zone)})
    pen = _Pen(book, zone)
    pen.sheet("Kết quả", BOARD, _board(kept, units))
    pen.sheet("Đơn vị", UNITS, _units(kept, units))
    pen.sheet("Đội và giám khảo", *_teams(kept))
    pen.sheet("Nhật ký trả lời", LOG, _log(kept, units))
    pen.sheet("Câu hỏi", QUESTIONS, _questions(kept))
    pen.sheet("Thể lệ", ("Mục", "Nội dung"), _terms(kept, zone, now, units, categories))
    book.close()
    return out.getvalue()


def csv(
    session: Session,
    round_: Round,
    zone: ZoneInfo,  # noqa: ARG001 - the same call as for the workbook
    now: datetime,  # noqa: ARG001 - the same
    units: Mapping[str, str] = NO_NAMES,
) -> bytes:
    """The board of a round as UTF-8 text that opens in a spreadsheet; nothing in it is run."""
    out = io.StringIO()
    writer = csv_.writer(out, quoting=csv_.QUOTE_ALL)
    writer.writerow(BOARD)
    for row in _board(record.gather(session, round_), units):
        writer.writerow([inert(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def inert(text: str) -> str:
    """Text no spreadsheet takes for a formula: an apostrophe goes before what begins one."""
    return _FORMULA.sub(r"\1\2'\3", safe(text))


class _Pen:
    """Writes sheets: a bold heading that stays, numbers as numbers, all else as text."""

    def __init__(self, book: Workbook, zone: ZoneInfo) -> None:
        self.book = book
        self.zone = zone
        self.bold: Format = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.date: Format = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss.000"})

    def sheet(self, name: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """A sheet; a second one of the same name where the rows are too many for one."""
        number, at = 0, FULL + 1
        sheet = None
        for row in [(), *rows]:
            if sheet is None or at > FULL:
                number, at = number + 1, 1
                sheet = self.book.add_worksheet(name if number == 1 else f"{name} {number}")
                sheet.freeze_panes(1, 0)
                for column, title in enumerate(heading):
                    sheet.set_column(column, column, max(9, min(60, len(title) * 0.8)))
                    sheet.write_string(0, column, title, self.bold)
            if not row:
                continue
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(at, column, safe(cell)[:LONGEST_CELL])
                elif isinstance(cell, datetime):
                    sheet.write_datetime(at, column, _local(cell, self.zone), self.date)
                else:
                    sheet.write_number(at, column, cell)
            at += 1


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    """A moment on the island's clock; a spreadsheet knows no zones."""
    return at.astimezone(zone).replace(tzinfo=None)


def _board(kept: Record, units: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    for line in kept.board:
        row = line.row
        unit = units.get(row.unit, row.unit)
        counts = (row.right, row.took, row.points, row.answered, row.attempt, line.paper)
        yield row.rank, row.name, unit, *counts


def _units(kept: Record, units: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    for row in kept.units:
        yield row.rank, units.get(row.unit, row.unit), row.players, row.score, row.took


def _teams(kept: Record) -> tuple[Sequence[str], Iterator[Sequence[Cell]]]:
    """The teams with their parts, and below them every mark of every juror."""
    parts = {part.id: part for part in kept.rules.parts}
    names = {team.key: team.name for team in kept.teams}

    def rows() -> Iterator[Sequence[Cell]]:
        for team in kept.teams:
            averages = (points for _part, points in team.parts)
            yield (
                *(team.rank, team.name, team.quiz, team.jury, team.total, team.marks),
                *averages,
            )
        if kept.marks:
            yield ("",)
            yield MARKS
        for juror, mark in kept.marks:
            part = parts[mark.part]
            team_name = names.get(mark.team, "")
            yield (
                *(team_name, part.name, juror.name, mark.points, part.most, part.weight),
                mark.at,
            )

    return (*TEAMS, *(f"{part.name} (đã nhân hệ số)" for part in kept.rules.parts)), rows()


def _log(kept: Record, units: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    for item in kept.log:
        answer = item.answer
        yield (
            answer.id or 0,
            answer.paper_id,
            item.name,
            units.get(item.unit, item.unit),
            answer.attempt,
            answer.question,
            record.letter(answer.choice),
            record.right_letter(kept.round_, answer.question),
            "đúng" if answer.right else "sai",
            answer.points,
            answer.took,
            answer.asked_at,
            answer.received_at,
            answer.channel,
            answer.opening or "",
            item.fate,
        )


def _questions(kept: Record) -> Iterator[Sequence[Cell]]:
    counted = [item.answer for item in kept.log if item.fate == COUNTED]
    times = Counter(answer.question for answer in counted)
    right = Counter(answer.question for answer in counted if answer.right)
    for item in sheet_of(kept.round_).values():
        letter = record.letter(item.answer)
        tail = (letter, times[item.id], right[item.id])
        yield item.id, item.difficulty, item.question, *item.options, *tail


def _terms(
    kept: Record,
    zone: ZoneInfo,
    now: datetime,
    units: Mapping[str, str],
    categories: Mapping[str, str],
) -> Iterator[Sequence[Cell]]:
    round_ = kept.round_
    with speaking("vi"):
        lines = terms(kept.rules, zone, round_.opens_at, round_.closes_at, units, categories)
        yield "Vòng thi", round_.title
        yield "Mã vòng thi", round_.uid
        yield "Mã rút đề", record.seed(round_, now)
        yield "Xuất lúc", moment(now, zone)
    for number, line in enumerate(lines, start=1):
        yield f"Điều {number}", line
