"""The minute: an organiser opens it, every figure stands in it, nothing hostile breaks it."""

import io
from datetime import timedelta

import docx
from docx.document import Document
from sqlmodel import Session

from bot.papers import minutes
from quiz import board, contest, papers, players
from quiz.rounds import Round, id_of
from tests.conftest import NOON, ONE_DATABASE, ZONE
from tests.papers.play import named, writes
from tests.papers.test_results import ATTACKS

LATER = NOON + timedelta(days=8)
OPERATOR = "UBND đặc khu Lý Sơn"


def written(session: Session, round_: Round) -> Document:
    """The minute, opened again, a day after the round."""
    units = {"doan-an-hai": "Chi đoàn An Hải"}
    return docx.Document(io.BytesIO(minutes.docx(session, round_, ZONE, OPERATOR, LATER, units)))


def words(document: Document) -> str:
    """Its paragraphs, those in tables too."""
    rows = [[cell.text for cell in row.cells] for it in document.tables for row in it.rows]
    return "\n".join([*(it.text for it in document.paragraphs), *(" | ".join(row) for row in rows)])


def test_the_minute_has_the_decrees_layout(session: Session, played: Round) -> None:
    """A4 with its margins, the country's name, the agency, number, place and date, signatures."""
    document = written(session, played)
    section = document.sections[0]
    sizes = (section.page_width, section.page_height, section.left_margin)
    text = words(document)

    assert [round(size.mm) for size in sizes if size is not None] == [210, 297, 30]
    for expected in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "UBND ĐẶC KHU LÝ SƠN",
        "Số: ........./BB-BTC",
        "Lý Sơn, ngày 03 tháng 12 năm 2026",
        "BIÊN BẢN",
        "THƯ KÝ",
        "TRƯỞNG BAN TỔ CHỨC",
        "Nơi nhận:",
    ):
        assert expected in text


def test_the_board_stands_in_the_minute(session: Session, played: Round) -> None:
    """Rank, name, unit, right answers, time, points and the paper they were counted from."""
    text = words(written(session, played))

    for row in board.top(session, id_of(played)):
        paper = papers.of_player(session, id_of(played), row.person_key)[0].id
        unit = "Chi đoàn An Hải" if row.unit else "–"
        figures = f"{row.right} | {row.took // 1000},000 | {row.points} | {paper}"
        assert f"{row.rank} | {row.name} | {unit} | {figures}" in text
    assert "Đồng hạng vì bằng nhau ở mọi tiêu chí của thể lệ: hạng 2: 2 người (Minh, An)" in text
    assert "1 | Chi đoàn An Hải | 2 | 1,4 | 7,000" in text


def test_the_minute_says_what_was_counted(session: Session, played: Round) -> None:
    """How many papers and answers there were, and that the recount agrees."""
    text = words(written(session, played))

    assert "Câu trả lời nhận được | 15" in text
    assert "Trễ giờ, không tính | 0" in text
    assert "bảng xếp hạng khớp với nhật ký" in text
    assert played.seed in text


def test_a_difference_is_told(session: Session, played: Round) -> None:
    """A forged row is named, and the minute says not to sign."""
    forged = board.standing(session, id_of(played), "minh")
    assert forged is not None
    forged.right, forged.key = 9, "0"
    session.flush()

    text = words(written(session, played))

    assert "Có 1 dòng của bảng KHÔNG khớp với nhật ký" in text


def test_the_seed_stays_secret_until_the_round_is_over(session: Session, week: Round) -> None:
    """Whoever had it could draw the questions."""
    early = minutes.docx(session, week, ZONE, OPERATOR, NOON)
    text = words(docx.Document(io.BytesIO(early)))

    assert week.seed not in text
    assert "Vòng thi chưa đóng" in text


def test_an_evening_has_teams_marks_and_steps(session: Session, staged: Round) -> None:
    """The jury's marks are itemised by juror and part; undone steps stay in the log."""
    text = words(written(session, staged))

    assert "1 | Đội Sóng Biển | 10 | 32 | 0 | 32 | 42" in text
    for number in (1, 2, 3):
        mark = f"Đội Sóng Biển | Tiểu phẩm | Giám khảo {number} | {30 + number} | 40 | 1"
        assert mark in text
    assert "1 | mở câu hỏi | 12:00:00,000 | 12:00:04,000" in text
    assert "Hủy cùng bước mở câu bị hoàn tác, không tính | 1" in text
    assert "CHƯA ĐỦ" in text


def test_only_revealed_questions_stand_in_the_minute(session: Session, staged: Round) -> None:
    """Printed in the middle of an evening, it tells no question that is still to come."""
    early = words(written(session, staged))
    contest.take(session, staged, "close", 2, "Hoa", NOON + timedelta(seconds=20))
    contest.take(session, staged, "reveal", 3, "Hoa", NOON + timedelta(seconds=21))
    later = words(written(session, staged))

    assert "Đáp án" not in early
    assert later.count("Đáp án") == 1
    assert f"1 | {contest.shown(staged, 1).text} Đáp án: đúng | 2 | 2" in later


def test_a_teams_hidden_name_is_not_shown(session: Session, staged: Round) -> None:
    """A team's name that an organiser took off stands neither in the table nor beside its marks."""
    (team,) = players.enrolled(session, id_of(staged), "team")
    players.hide(session, team.person_key)
    session.flush()

    text = words(written(session, staged))

    assert "Đội Sóng Biển" not in text
    assert f"{players.HIDDEN} | Tiểu phẩm | Giám khảo 1 | 31 | 40 | 1" in text


def test_a_hidden_name_is_counted_and_not_shown(session: Session, played: Round) -> None:
    """The result stays; the name does not."""
    players.hide(session, "minh")
    session.flush()

    text = words(written(session, played))

    assert "Minh" not in text
    assert "Biệt danh đã ẩn hoặc đã xóa (kết quả vẫn giữ) | 1" in text


@ONE_DATABASE
def test_hostile_names_do_not_break_the_minute(session: Session, week: Round) -> None:
    """Sixty of them: the file opens, and no direction or control mark is in it."""
    for number, name in enumerate(ATTACKS):
        named(session, f"p{number}", name)
        writes(session, week, f"p{number}", 1)

    text = words(written(session, week))

    assert text.count("1+1") >= len(ATTACKS) // 4
    assert not set(text) & set("\u202e\u2066\ufeff\x00\x0b\x1f")
