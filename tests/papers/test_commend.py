"""The commendation: each figure from its rows, its papers, and certificates nobody signed for."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from PIL import Image
from sqlmodel import Session

from bot import cli
from bot.content import DATA, Content
from bot.desk import handed
from bot.flows.turn import House
from bot.notices import commended, ledger, reports, taking_part
from bot.notices import programme as programmes
from bot.notices.merit import Measure, Measured
from bot.notices.programme import Programme
from bot.notices.reports import Result
from bot.papers import certificates, commend, merits
from bot.papers.certificates import Certificate
from bot.papers.merits import Commendation
from bot.rows import Span
from faq import unanswered
from tests.conftest import NOON, ONE_DATABASE, ZONE
from tests.hostile import HOSTILE
from tests.papers.play import writes
from tests.papers.test_yearly import text_of
from tests.quiz.conftest import SELF, opened

DAY = timedelta(days=1)
SPAN = Span(date(2026, 1, 1), date(2026, 12, 31), ZONE)
OFFICE, UNION, RADIO = "phong-van-hoa-xa-hoi", "doan-dac-khu", "trung-tam-truyen-thong"
NAME = "Phòng Văn hóa - Xã hội"


@pytest.fixture
def programme(house: House) -> Programme:
    """The shipped programme."""
    return house.programme


def gathered(session: Session, content: Content, programme: Programme) -> Commendation:
    """The commendation of the year, the day after noon."""
    return merits.gather(session, SPAN, content, programme, NOON + DAY)


def figure(kept: Commendation, unit: str, measure: Measure) -> Measured:
    """A figure of a unit."""
    line = next(line for line in kept.lines if line.unit == unit)
    return next(one.figure for one in line.points if one.criterion.measure == measure)


def rows(found: Measured) -> list[str]:
    """Which rows a figure comes from."""
    return [one.row for one in found.evidence]


def test_activities_are_judged_by_the_day_they_were_done(
    session: Session, content: Content, programme: Programme
) -> None:
    """In time, late, not done though due; what is not due yet, or was dropped, is not judged."""
    plan, today = programme.plan, NOON.date()
    tell = ledger.report
    cases = {
        "toa-dam-tai-thon": ("done", today),
        "huong-ung-ngay-chuyen-doi-so": ("done", today - DAY),
        "bieu-duong-dien-hinh": ("doing", today - DAY),
        "gioi-thieu-cam-nang": ("dropped", today - DAY),
        "bao-cao-ket-qua": ("planned", today + 9 * DAY),
    }
    for activity, (status, due) in cases.items():
        tell(session, plan, activity, "Lan", NOON, status=status, due=due)  # type: ignore[arg-type]

    found = figure(gathered(session, content, programme), OFFICE, "activities_in_time")

    assert found.value == 33.3
    assert len(found.evidence) == 4
    assert any("đúng hạn" in one.said and "planedit" in one.row for one in found.evidence)


def test_done_again_counts_from_the_last_time(
    session: Session, content: Content, programme: Programme
) -> None:
    """What was taken up again was not done by its day."""
    tell, what = ledger.report, "toa-dam-tai-thon"
    tell(session, programme.plan, what, "Lan", NOON - 2 * DAY, status="done", due=NOON.date() - DAY)
    tell(session, programme.plan, what, "Lan", NOON - DAY, status="doing")
    tell(session, programme.plan, what, "Lan", NOON, status="done")

    found = figure(gathered(session, content, programme), OFFICE, "activities_in_time")

    assert found.value == 0


def test_reports_count_by_the_day_they_came(
    session: Session, content: Content, programme: Programme
) -> None:
    """In time, late, never; and before the due date nobody is late."""
    for unit, at in ((OFFICE, NOON - 2 * DAY), (UNION, NOON)):
        report = reports.by_token(session, reports.invite(session, 2026, unit, NOON))
        assert report
        said = [Result("toa-dam-tai-thon", "Đã làm", 3, 1200), Result("x", "", None, 4)]
        reports.hand_in(session, report, said, "", at)
    kept = gathered(session, content, programme)
    early = merits.gather(session, SPAN, content, programme, NOON - 30 * DAY)

    got = {unit: figure(kept, unit, "report_in_time") for unit in (OFFICE, UNION, RADIO)}
    assert [one.value for one in got.values()] == [100, 0, 0]
    assert figure(early, RADIO, "report_in_time").value is None
    assert figure(kept, OFFICE, "people_reached").value == 1200
    assert "nhóm dưới 5" in figure(kept, OFFICE, "people_reached").evidence[1].said


def test_talks_and_who_came_belong_to_the_unit_that_led(
    session: Session, content: Content, programme: Programme
) -> None:
    """Talks are counted, people summed up; where four came they are in no sum."""
    talk, contest = "toa-dam-tai-thon", "cuoc-thi-san-khau"
    for name, many in ((f"{talk}@2026-11-02", 8), (f"{talk}@2026-11-09", 4), (contest, 30)):
        for at in range(many):
            taking_part.check_in(session, name, f"p{at}", "", "qr", NOON)
    kept = gathered(session, content, programme)

    assert figure(kept, OFFICE, "talks_held").value == 2
    assert figure(kept, UNION, "people_at_talks").value == 30
    assert figure(kept, OFFICE, "people_at_talks").value == 8
    assert rows(figure(kept, UNION, "people_at_talks")) == [f"attendance {contest}"]


def test_contests_count_as_the_page_of_figures_shows_them(
    session: Session, content: Content, programme: Programme
) -> None:
    """A unit of three players has neither a number nor a score; one of five has both."""
    round_ = opened(session, SELF)
    for unit, many in ((UNION, 6), (OFFICE, 3), (RADIO, 5)):
        for at in range(many):
            writes(session, round_, f"{unit}{at}", 3, unit)
    kept = gathered(session, content, programme)

    assert figure(kept, UNION, "quiz_players").value == 6
    assert rows(figure(kept, UNION, "quiz_players")) == [f"standing, round {round_.id}"]
    assert figure(kept, OFFICE, "quiz_players").value is None
    assert figure(kept, OFFICE, "quiz_right").value is None
    assert figure(kept, RADIO, "quiz_players").value is None
    assert (figure(kept, UNION, "quiz_right").value or 0) > 0


def test_handed_questions_count_by_their_day(
    session: Session, content: Content, programme: Programme
) -> None:
    """Answered in time, late and not at all; the unit is found by its name, marks or none."""
    due = {"a": 3, "b": -2, "c": -1, "d": 5}
    for text, days in due.items():
        kept_ = unanswered.keep(
            session, person_key=text, channel="web", lane=text, text=text, folded=text, near=(),
            why="nothing", now=NOON - 9 * DAY,
        )  # fmt: skip
        if text in "ab":
            unanswered.answer(kept_, "Đây", "Lan", NOON)
        day = NOON.date() + days * DAY
        handed.hand(session, [kept_.id or 0], "phong van hoa - xa hoi", day, "Lan", NOON)

    found = figure(gathered(session, content, programme), OFFICE, "questions_in_time")

    assert found.value == 33.3
    assert len(found.evidence) == 4


def test_choosing_keeps_who_chose_first(session: Session) -> None:
    """Chosen again, a unit keeps who chose it; one that is left out is let go; years are apart."""
    commended.choose(session, 2025, ["z"], "An", NOON)
    commended.choose(session, 2026, ["a", "b"], "Lan", NOON)
    commended.choose(session, 2026, ["b", "c"], "Minh", NOON + DAY)

    assert commended.of(session, 2026) == {"b", "c"}
    assert commended.of(session, 2025) == {"z"}


@pytest.fixture
def kept(session: Session, content: Content, programme: Programme) -> Commendation:
    """A commendation with one unit ranked and chosen."""
    tell = ledger.report
    tell(session, programme.plan, "toa-dam-tai-thon", "Lan", NOON, status="done", due=NOON.date())
    report = reports.by_token(session, reports.invite(session, 2026, OFFICE, NOON))
    assert report
    said = [Result("toa-dam-tai-thon", "Đã làm", 3, 1200)]
    reports.hand_in(session, report, said, "", NOON - 2 * DAY)
    commended.choose(session, 2026, [OFFICE, "gone"], "Lan", NOON)
    return gathered(session, content, programme)


def test_the_file_has_the_parts_the_decree_wants(kept: Commendation) -> None:
    """Heading, criteria, ranks, evidence; the number of the document is a blank."""
    words = text_of(commend.docx(kept, "UBND đặc khu Lý Sơn"))

    for wanted in (
        *("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: ......./TTr-VHXH", "TỜ TRÌNH"),
        *(f"1. {NAME}: hạng 1, 100 điểm.", "TRƯỞNG PHÒNG", "Chưa đủ số liệu để xếp hạng"),
        *("thiếu: chưa có số liệu", "xong 25/11/2026: đúng hạn", "100%"),
    ):
        assert wanted in words
    assert all(one.name in words for one in kept.merit.criteria)


def test_each_figure_can_be_traced(kept: Commendation) -> None:
    """Every figure stands in the annex with a row of a table; what is missing has no number."""
    book = load_workbook(io.BytesIO(commend.xlsx(kept)))
    figures = [row for row in book["Điểm"].values if row[0] == NAME]
    traced = [row for row in book["Dò số liệu"].values if row[0] == NAME]

    known = {row[1] for row in figures if row[3] is not None}
    assert known == {row[1] for row in traced}
    assert all(re.match(r"(planedit|unitreport|unitresult) \d+$", str(row[4])) for row in traced)
    assert all(row[6] for row in figures if row[3] is None)
    assert [row[4] for row in book["Xếp hạng"].values if row[1] == NAME] == ["có"]


@ONE_DATABASE
@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_never_run(kept: Commendation, name: str) -> None:
    """No formula and no broken file, whatever a unit is called."""
    evil = HOSTILE[name].replace("\ud800", "?")[:2000]
    named = replace(kept, names={**kept.names, OFFICE: evil})
    book = load_workbook(io.BytesIO(commend.xlsx(named)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]

    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert "TỜ TRÌNH" in text_of(commend.docx(named, "UBND"))
    assert certificates.pdf(merits.certificates_of(named, "UBND")).startswith(b"%PDF")


def test_a_certificate_has_blanks_for_what_we_may_not_write(kept: Commendation) -> None:
    """One a chosen unit; its texts stay on the page and off each other."""
    [one] = merits.certificates_of(kept, "UBND đặc khu Lý Sơn")
    long = replace(one, unit="Các đơn vị viễn thông, truyền thanh và " * 6)

    assert (one.unit, "2026" in one.reason) == (NAME, True)
    assert not re.search(r"\d", certificates.NUMBER + certificates.DATED)
    for drawn in (one, long):
        boxes = sorted(certificates.compose(drawn).boxes)
        assert all(100 <= b[0] < b[2] <= certificates.WIDTH - 84 for b in boxes)
        assert not any(
            a is not b and a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
            for a in boxes
            for b in boxes
        )


def test_certificates_are_pages_of_one_file() -> None:
    """Three units are three pages; none is no file."""
    many = [Certificate("UBND", "GIẤY KHEN", f"Đơn vị {at}", "Vì", ("CHỦ TỊCH",)) for at in "abc"]
    page = certificates.pdf(many)

    assert len(re.findall(rb"/Type\s*/Page\b", page)) == 3
    assert certificates.compose(many[0]).image.size == (2339, 1654)
    assert isinstance(certificates.compose(many[0]).image, Image.Image)
    with pytest.raises(ValueError, match="needs a certificate"):
        certificates.pdf([])


@pytest.mark.parametrize(
    ("arguments", "status", "begins"),
    [
        pytest.param(["--kind", "commend", "--out", "x.docx"], 0, b"PK", id="document"),
        pytest.param(["--kind", "commend", "--out", "x.xlsx"], 0, b"PK", id="annex"),
        pytest.param(["--kind", "commend", "--out", "x.pdf"], 2, b"", id="wrong ending"),
        pytest.param(["--kind", "certificates", "--out", "x.pdf"], 2, b"", id="nobody chosen"),
        pytest.param(
            ["--kind", "certificates", "--unit", OFFICE, "--out", "x.pdf"], 0, b"%PDF", id="named"
        ),
        pytest.param(
            ["--kind", "certificates", "--unit", "y", "--out", "x.pdf"], 2, b"", id="unknown unit"
        ),
    ],
)
def test_papers_from_the_command_line(
    sqlite_url: str,
    matcher_cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    status: int,
    begins: bytes,
) -> None:
    """Each kind is written into a file of its ending, or it is said what is missing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_DATABASE_URL", sqlite_url)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "cache").symlink_to(matcher_cache)

    assert cli.main(["report", *arguments]) == status
    made = Path(arguments[-1])
    assert (made.read_bytes()[:4] if made.exists() else b"").startswith(begins)
    assert made.exists() is (status == 0)


def test_the_programme_tells_wrong_criteria(tmp_path: Path, content: Content) -> None:
    """A mistake in the criteria is one of the content's."""
    for file in DATA.glob("*.yaml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "merit.yaml").write_text("criteria: {}", "utf-8")

    found = programmes.load(tmp_path, content.places)

    assert {one.file for one in found.mistakes} == {"merit.yaml"}


def test_documents_are_documents(kept: Commendation) -> None:
    """The document opens, and its tables stay inside the page."""
    doc = Document(io.BytesIO(commend.docx(kept, "UBND")))

    assert len(doc.tables) >= 4
