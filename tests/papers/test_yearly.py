"""The year's report: its layout, figures traced to their rows, nothing a reader would run."""

import io
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlmodel import Session

from bot import asked
from bot.asked import NOTHING, SURE
from bot.content import Content
from bot.flows.turn import House
from bot.notices import ledger, reports
from bot.notices.reports import Result
from bot.papers import annex, charts, year, yearly
from bot.papers.year import Year
from bot.rows import Figure, Row, Span
from tests.conftest import ONE_DATABASE, ZONE
from tests.hostile import HOSTILE

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
SPAN = Span(date(2026, 1, 1), date(2026, 11, 25), ZONE)
EVIL = {"formula": '=HYPERLINK("http://x","y")', "marks": "<w:p>&\u202e\x07\x00]]>"}
EVIL |= {name: text[:2000] for name, text in HOSTILE.items()}
TALK, UNIT = "toa-dam-tai-thon", "phong-van-hoa-xa-hoi"


def gathered(session: Session, house: House, content: Content, done: str = "Ba buổi") -> Year:
    """A year with questions, one late activity, one report in time and one late."""
    for month in range(1, 12):
        for verdict, count in ((SURE, 6), (NOTHING, 2)):
            entry = "cam-nang-chuyen-doi-so-o-dau" if verdict == SURE else ""
            for _each in range(count):
                asked.note(session, date(2026, month, 5), verdict, entry, "", "web")
    plan = house.programme.plan
    ledger.report(session, plan, TALK, "test", NOW, status="doing", due=date(2026, 11, 1))
    for unit, at in ((UNIT, NOW - timedelta(days=4)), ("doan-dac-khu", NOW)):
        token = reports.invite(session, 2026, unit, NOW)
        report = reports.by_token(session, token)
        assert report
        said = [Result(one.id, done, 3, 1200) for one in reports.activities_of(plan, unit)]
        reports.hand_in(session, report, said, "", at)
    return year.gather(session, SPAN, content, house.programme, NOW)


def text_of(document: bytes) -> str:
    """All words of a document, its tables too."""
    doc = Document(io.BytesIO(document))
    cells = [cell.text for table in doc.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in doc.paragraphs), *cells])


def test_the_report_has_the_parts_the_decree_wants(
    session: Session, house: House, content: Content
) -> None:
    """The nation's name, number, place and date, what it is about, who gets it and who signs."""
    words = text_of(yearly.docx(gathered(session, house, content), house.operator))

    for wanted in (
        *("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
        *("Số: ......./BC-VHXH", "Lý Sơn, ngày 26 tháng 11 năm 2026", "BÁO CÁO"),
        *("Kính gửi: UBND đặc khu Lý Sơn", "Nơi nhận:", "Lưu: VT, VHXH.", "TRƯỞNG PHÒNG"),
    ):
        assert wanted in words


def test_every_activity_is_told_with_its_units(
    session: Session, house: House, content: Content
) -> None:
    """What was done, by whom, how far it is, and that it is late."""
    words = text_of(yearly.docx(gathered(session, house, content), house.operator))

    assert all(one.title in words for one in house.programme.plan.activities)
    assert "QUÁ HẠN 25 ngày" in words
    assert "Chủ trì: Phòng Văn hóa - Xã hội" in words
    assert words.count("1.200") >= 2
    assert "1/4 đơn vị gửi báo cáo đúng hạn" in words


def test_each_figure_is_traced_to_the_rows_it_comes_from(
    session: Session, house: House, content: Content
) -> None:
    """The lines the annex names add up to the figure they are named for."""
    book = load_workbook(io.BytesIO(annex.xlsx(gathered(session, house, content))))
    lines: list[Any] = list(book["Dò số liệu"].values)
    figures: list[Any] = list(book["Số liệu"].values)[1:]
    traced = 0
    for row in [figure for figure in figures if figure[5]]:
        first, last = (int(part) for part in row[5].split("dòng ")[1].split(" đến "))
        found = lines[first - 1 : last]
        hidden = any(line[4] for line in found)
        assert all(line[:2] == row[:2] for line in found)
        assert hidden or sum(line[3] or 0 for line in found) == row[3]
        traced += not hidden

    assert traced >= 3


@ONE_DATABASE
@pytest.mark.parametrize("name", EVIL)
def test_what_units_write_is_never_run(
    session: Session, house: House, content: Content, name: str
) -> None:
    """No formula cell and no broken file, whatever stands in a report."""
    kept = gathered(session, house, content, EVIL[name].replace("\ud800", "?"))
    document = yearly.docx(kept, house.operator)
    book = load_workbook(io.BytesIO(annex.xlsx(kept)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]

    assert "BÁO CÁO" in text_of(document)
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert not any("\u202e" in str(cell.value) for cell in cells)


@pytest.mark.parametrize(
    ("at", "state"),
    [
        pytest.param(
            datetime(2026, 11, 24, 16, 59, tzinfo=UTC), "in time", id="23:59 the day before"
        ),
        pytest.param(
            datetime(2026, 11, 24, 17, 0, tzinfo=UTC), "late", id="midnight on the island"
        ),
    ],
)
def test_late_is_by_the_clock_of_the_island(
    session: Session, house: House, at: datetime, state: str
) -> None:
    """Reports are in before 25/11 begins; a correction later does not make one late."""
    report = reports.by_token(session, reports.invite(session, 2026, UNIT, at))
    assert report
    reports.hand_in(session, report, [], "", at)
    reports.hand_in(session, report, [], "sửa", NOW)
    standings = partial(reports.standings, session, house.programme.plan, 2026, ZONE)
    found = {one.unit: one.state for one in standings()}

    assert found[UNIT] == state
    assert UNIT not in {one.unit for one in reports.to_remind(standings())}
    assert "doan-dac-khu" in {one.unit for one in reports.to_remind(standings())}


def test_a_new_link_ends_the_old_one(session: Session) -> None:
    """A unit has one link; making another takes the first away."""
    old = reports.invite(session, 2026, UNIT, NOW)
    new = reports.invite(session, 2026, UNIT, NOW)

    assert reports.by_token(session, old) is None
    assert reports.by_token(session, new) is not None


@pytest.mark.parametrize("kind", ["bars", "line"])
def test_plots_are_drawn_of_any_rows(kind: str) -> None:
    """None, one, hidden and huge rows all give a PNG."""
    for rows in ((), (Row("a", "A", 3.0),), (Row("a", "A" * 300, None, "<5"), Row("b", "B", 1e7))):
        png = charts.draw(Figure("x", "X", "T", "N", rows, kind))

        assert png.startswith(b"\x89PNG")
