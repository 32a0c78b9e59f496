"""The plan: what is late, whom to remind, what it costs, and the file offices open."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.content import DATA
from bot.notices import ledger, plan, sheet
from bot.notices.ledger import Line
from bot.notices.plan import Plan, late, money, progress, reminders
from tests.conftest import NOON

TODAY = date(2026, 11, 25)
FILE = """\
year: 2027
units:
- {id: phong-a, name: "Phòng A"}
- {id: doan, name: "Đoàn"}
activities:
- {id: toa-dam, title: "Tọa đàm", lead: phong-a, support: [doan], measure: "Số buổi",
   status: doing, due: 2026-11-01}
- {id: hoi-thi, title: "Hội thi", lead: doan, measure: "Số đội", status: planned, due: 2026-11-30}
- {id: phat-thanh, title: "Phát thanh", lead: phong-a, measure: "Số buổi", status: planned}
- {id: bao-cao, title: "Báo cáo", lead: phong-a, measure: "Số đơn vị", status: done,
   due: 2026-10-01, estimate: 2.000.000}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small plan to read and to spoil."""
    path = tmp_path / "plan.yaml"
    path.write_text(FILE, "utf-8")
    return path


@pytest.fixture
def planned(file: Path) -> Plan:
    """The small plan."""
    found, wrong = plan.load(file)
    assert wrong == []
    return found


def test_late_is_what_is_open_and_past_due(planned: Plan) -> None:
    """What is done, has no date or is due later is not late."""
    assert [one.id for one in late(planned, TODAY)] == ["toa-dam"]


def test_each_unit_is_reminded_of_its_own(planned: Plan) -> None:
    """A supporting unit is reminded too; of a missing date only the leading one."""
    [office, union] = reminders(planned, TODAY)

    assert ([one.id for one in office.late], [one.id for one in office.undated]) == (
        ["toa-dam"],
        ["phat-thanh"],
    )
    assert ([one.id for one in union.late], [one.id for one in union.soon]) == (
        ["toa-dam"],
        ["hoi-thi"],
    )


def test_progress_adds_up(planned: Plan) -> None:
    """The states together are all activities."""
    assert sum(progress(planned.activities).values()) == len(planned.activities)


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("15.000.000", 15_000_000),
        ("15 000 000 đ", 15_000_000),
        ("200000 đồng", 200_000),
        ("mười triệu", None),
        ("-5", None),
        ("", None),
        ("9" * 14, None),
    ],
)
def test_sums_as_people_write_them(words: str, amount: int | None) -> None:
    """Points and the word đồng are understood; what is no sum is not guessed."""
    assert money(words) == amount


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("lead: doan", "lead: x", "không có đơn vị x", id="unit"),
        pytest.param('measure: "Số đội", ', "", "thiếu measure", id="measure"),
        pytest.param("status: doing", "status: late", "status sai", id="status"),
        pytest.param("2026-11-30", "cuối tháng", "due không phải ngày", id="date"),
        pytest.param("2.000.000", "vài triệu", "không phải số tiền", id="sum"),
        pytest.param("id: hoi-thi", "id: toa-dam", "có hai lần", id="id twice"),
        pytest.param("year: 2027", "year: 2027\nremind: [7, 14]", "remind sai", id="steps rise"),
        pytest.param("year: 2027", "year: 2027\nremind: [0]", "remind sai", id="step of nought"),
        pytest.param("year: 2027", "year: 2027\nremind: sớm", "remind sai", id="no step"),
        pytest.param("year: 2027", "year: sau", "year không phải năm", id="year"),
        pytest.param("status: planned}", "status: planned, x: 1}", "khóa lạ x", id="slip"),
    ],
)
def test_each_mistake_is_told(file: Path, old: str, new: str, told: str) -> None:
    """A mistake names its line and what to do; the rest of the plan stands."""
    assert old in FILE
    file.write_text(FILE.replace(old, new, 1), "utf-8")

    found, wrong = plan.load(file)

    assert any(told in item.what for item in wrong), wrong
    assert all(item.line and item.remedy for item in wrong)
    assert len(found.activities) >= 3


def test_mistakes_are_told_all_at_once(file: Path) -> None:
    """Three mistakes are three lines."""
    text = FILE.replace("lead: doan", "lead: x").replace("2026-11-01", "mai")
    file.write_text(text.replace("status: done", "status: xong"), "utf-8")

    assert len(plan.load(file)[1]) == 3


def test_what_units_hand_in_counts(session: Session, planned: Plan) -> None:
    """The newest state and date count; estimates of units add up, and a new figure replaces."""
    give = ledger.hand_in
    give(session, planned, Line("toa-dam", "phong-a", "Nước", 500_000), "Chị Hoa", NOON)
    give(session, planned, Line("toa-dam", "phong-a", "Nước", 700_000), "Chị Hoa", NOON)
    give(session, planned, Line("toa-dam", "doan", "Loa", 3_000_000_000), "Anh Ba", NOON)
    ledger.report(session, planned, "hoi-thi", "Anh Ba", NOON, status="done")
    ledger.report(session, planned, "hoi-thi", "Anh Ba", NOON, due=date(2026, 12, 1))

    now = ledger.current(session, planned)

    talk, contest, *_others = now.activities
    assert talk.estimate == 3_000_700_000
    assert (contest.status, contest.due) == ("done", date(2026, 12, 1))
    assert ledger.by_unit(ledger.estimates(session)) == {"doan": 3_000_000_000, "phong-a": 700_000}


def test_what_the_plan_does_not_know_is_refused(session: Session, planned: Plan) -> None:
    """An unknown activity or unit is an error, not a new row."""
    with pytest.raises(ledger.UnknownActivityError):
        ledger.hand_in(session, planned, Line("x", "doan", "Loa", 1), "Anh Ba", NOON)
    with pytest.raises(ledger.UnknownActivityError):
        ledger.hand_in(session, planned, Line("toa-dam", "x", "Loa", 1), "Anh Ba", NOON)
    with pytest.raises(ledger.UnknownActivityError):
        ledger.report(session, planned, "x", "Anh Ba", NOON, status="done")


def opened(body: bytes) -> dict[str, str]:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def test_the_workbook_has_text_and_numbers_alone(planned: Plan) -> None:
    """What looks like a formula or a link stays the text somebody typed."""
    evil = '=HYPERLINK("http://evil.example";"x")'
    first = replace(planned.activities[0], title=evil)
    book = replace(planned, activities=(first, *planned.activities[1:]))
    lines = [Line("hoi-thi", "doan", "=1+1", 1_500_000), Line("hoi-thi", "doan", "@SUM(A1)", 2)]

    parts = opened(sheet.workbook(book, lines, TODAY))

    sheets = "".join(text for name, text in parts.items() if "/worksheets/" in name)
    assert re.search(r"<f[ >]", sheets) is None
    assert "hyperlink" not in sheets.lower()
    assert "=1+1" in parts["xl/sharedStrings.xml"]
    assert "<v>1500002</v>" in sheets


def test_the_workbook_shows_what_is_late(planned: Plan) -> None:
    """The second sheet counts the days of delay."""
    parts = opened(sheet.workbook(planned, [], TODAY))

    assert "<v>24</v>" in parts["xl/worksheets/sheet2.xml"]
    assert "Quá hạn" in parts["xl/workbook.xml"]


def test_the_shipped_plan_leaves_open_what_is_not_settled() -> None:
    """No due date and no estimate of the shipped plan is invented."""
    shipped, wrong = plan.load(DATA / "plan.yaml")

    assert wrong == []
    assert all(one.due is None and one.estimate is None for one in shipped.activities)
    assert late(shipped, date(2030, 1, 1)) == []
