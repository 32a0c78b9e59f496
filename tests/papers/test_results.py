"""Results as a spreadsheet and as text: figures can be traced, and nothing in them is run."""

import csv
import io
import unicodedata
import zipfile

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from sqlmodel import Session

from bot.papers import results
from quiz.rounds import Round
from tests.conftest import NOON, ONE_DATABASE, ZONE
from tests.papers.play import named, writes

BEGIN = ["=", "+", "-", "@", "\t=", "\r=", " =", "'=", '"=', "\u202e=", "\ufeff=", "=", "＋", "＝"]
ATTACKS = [
    *(f"{start}1+1" for start in BEGIN),
    *(f'{start}HYPERLINK("http://x.example","Lan")' for start in BEGIN),
    *(f"{start}cmd|' /C calc'!A0" for start in BEGIN),
    "a;=1+1",
    "a,=1+1",
    'a;"=1+1',
    "a|@SUM(1)",
    "a\n=1+1",
    "a\x01=b\x0b\x1f",
    "{=1+1}",
    "<f>1+1</f>",
    ']]><c t="str"><f>1</f></c>',
    "https://x.example",
    "mailto:lan@x.example",
    "internal:Sheet!A1",
    "Nguyễn\u0323\u0301 Ánh",
    "\u202eevil\u2066",
    "👩‍👩‍👧 Lan",
    "%0A=1+1",
    "\ufffe\uffffx",
    "0x=1",
]
"""Sixty names and titles that a spreadsheet might run, or that would break its file."""


@pytest.fixture
def attacked(session: Session, week: Round) -> Round:
    """A round whose players, units and title are hostile."""
    for number, name in enumerate(ATTACKS):
        named(session, f"p{number}", name)
        writes(session, week, f"p{number}", number % 6, unit=name[:20])
    week.title = "=cmd|' /C calc'!A0"
    session.flush()
    return week


def opened(data: bytes) -> Workbook:
    """The workbook, as a reader sees it."""
    return openpyxl.load_workbook(io.BytesIO(data))


def cells(book: Workbook) -> list[tuple[str, object]]:
    """The kind and value of every cell."""
    rows = (row for sheet in book.worksheets for row in sheet.iter_rows())
    return [(cell.data_type, cell.value) for row in rows for cell in row if cell.value is not None]


def table(book: Workbook, sheet: str) -> list[dict[str, object]]:
    """A sheet's rows by the names of its columns."""
    heading, *rows = [[cell.value for cell in row] for row in book[sheet].iter_rows()]
    return [dict(zip(map(str, heading), row, strict=True)) for row in rows]


@ONE_DATABASE
def test_the_workbook_has_no_formula(session: Session, attacked: Round) -> None:
    """Under sixty hostile names no cell is a formula, a link, or has a control character."""
    data = results.xlsx(session, attacked, ZONE, NOON)

    assert len(ATTACKS) == 60
    kinds = cells(opened(data))
    assert [value for kind, value in kinds if kind == "f"] == []
    texts = [value for kind, value in kinds if isinstance(value, str)]
    assert [t for t in texts if any(unicodedata.category(c)[0] == "C" for c in t)] == []
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name]
    assert [part for part in sheets if b"<f" in part or b"<hyperlink" in part] == []


@ONE_DATABASE
def test_the_text_has_nothing_to_run(session: Session, attacked: Round) -> None:
    """However a spreadsheet splits it, no cell begins as a formula does."""
    written = results.csv(session, attacked, ZONE, NOON).decode("utf-8-sig")

    for delimiter in (",", ";", "\t", "|"):
        rows = list(csv.reader(io.StringIO(written), delimiter=delimiter))
        assert len(rows) > len(ATTACKS)
        runs = [cell for row in rows for cell in row if cell.strip()[:1] in set("=+-@\t\r＝＋－＠")]
        assert runs == [], delimiter


def test_the_text_opens_with_its_letters(session: Session, played: Round) -> None:
    """It begins with the mark that tells spreadsheets it is UTF-8, and has a line a player."""
    data = results.csv(session, played, ZONE, NOON)
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))

    assert data.startswith(b"\xef\xbb\xbf")
    assert [(row["Hạng"], row["Biệt danh"], row["Số câu đúng"]) for row in rows] == [
        ("1", "Lan", "4"),
        ("2", "Minh", "3"),
        ("2", "An", "3"),
    ]


def test_every_figure_can_be_traced(session: Session, played: Round) -> None:
    """What a player has on the board is the sum of the log's rows of their paper."""
    book = opened(results.xlsx(session, played, ZONE, NOON))
    log = table(book, "Nhật ký trả lời")

    for row in table(book, "Kết quả"):
        mine = [it for it in log if it["Số bài"] == row["Số bài"] and it["Kết luận"] == "tính"]
        right = [it for it in mine if it["Đúng"] == "đúng"]
        assert len(right) == row["Số câu đúng"]
        assert sum(int(str(it["Thời gian (mili giây)"])) for it in right) == 1000 * len(right)
        assert sum(int(str(it["Điểm"])) for it in mine) == row["Điểm"]
        assert len({it["Số dòng"] for it in mine}) == row["Số câu đã trả lời"]


def test_answers_of_an_undone_step_are_told_apart(session: Session, staged: Round) -> None:
    """They stand in the log, and it says that they do not count."""
    log = table(opened(results.xlsx(session, staged, ZONE, NOON)), "Nhật ký trả lời")

    fates = [(it["Biệt danh"], it["Bước mở câu"], it["Kết luận"]) for it in log]
    assert fates == [
        ("Lan", 1, "hủy cùng bước mở câu"),
        ("Lan", 2, "tính"),
        ("Đội Sóng Biển", 2, "tính"),
    ]


def test_every_mark_of_the_jury_stands_in_the_workbook(session: Session, staged: Round) -> None:
    """Who gave what to whom for which part, below the teams' totals."""
    sheet = opened(results.xlsx(session, staged, ZONE, NOON))["Đội và giám khảo"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]

    assert rows[1][:6] == [1, "Đội Sóng Biển", 10, 32, 42, 3]
    marks = [row[:4] for row in rows[-3:]]
    assert marks == [["Đội Sóng Biển", "Tiểu phẩm", f"Giám khảo {n}", 30 + n] for n in (1, 2, 3)]


def test_units_are_called_by_their_names(session: Session, played: Round) -> None:
    """An id is shown as the name the organisers gave it."""
    names = {"doan-an-hai": "Chi đoàn An Hải"}
    book = opened(results.xlsx(session, played, ZONE, NOON, units=names))

    assert [row["Đơn vị"] for row in table(book, "Đơn vị")] == ["Chi đoàn An Hải"]
