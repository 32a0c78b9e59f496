"""Contests from the command line: open, close, recount, carry, sign in."""

import re
from pathlib import Path

from bot.tables import METADATA
from tests.test_cli import Run, run

__all__ = ["run"]
CODE = re.compile(r"^([2-9A-Z]{5})  ", re.MULTILINE)


def opened(run: Run, *more: str) -> str:
    """Open a round; its code."""
    status, out = run("quiz", "open", "tuan", *more)
    assert status == 0, out
    return str(CODE.findall(out)[0])


def test_a_round_is_opened_listed_and_closed(run: Run) -> None:
    """What was opened stands in the list until it is closed."""
    code = opened(run, "--title", "Vòng một", "--season", "2026")

    assert f"{code}  đang mở  Vòng một" in run("quiz", "list")[1]
    assert run("quiz", "close", code)[0] == 0
    assert f"{code}  đã đóng  Vòng một" in run("quiz", "list")[1]


def test_a_round_for_each_week(run: Run) -> None:
    """A season of weekly rounds is opened at once; those to come are not open yet."""
    opened(run, "--weeks", "3", "--title", "Mùa thu")
    listed = run("quiz", "list")[1]

    assert len(CODE.findall(listed)) == 3
    assert listed.count("chưa mở") == 2
    assert "Mùa thu, tuần 3" in listed


def test_a_recount_agrees(run: Run) -> None:
    """Counting a round again says that the board is what the log gives."""
    assert run("quiz", "recount", opened(run)) == (
        0,
        "Bảng xếp hạng khớp với nhật ký câu trả lời.\n",
    )


def test_results_are_written_and_read_back(run: Run, tmp_path: Path) -> None:
    """Every form of file is written; reading the results again changes nothing."""
    code = opened(run)
    for name in ("a.json", "a.xlsx", "a.csv", "a.docx"):
        assert run("quiz", "export", code, str(tmp_path / name))[0] == 0
        assert (tmp_path / name).stat().st_size > 100

    status, out = run("quiz", "import", str(tmp_path / "a.json"))

    assert status == 0
    assert "thêm 0 người chơi, 0 bài, 0 câu trả lời" in out


def test_mistakes_are_told(run: Run, tmp_path: Path) -> None:
    """Unknown rules, codes, files and endings each get a clear message and a status."""
    (tmp_path / "b.json").write_text("[]", "utf-8")
    code = opened(run)

    assert "Không có thể lệ la" in run("quiz", "open", "la")[1]
    assert "Giờ đóng phải sau giờ mở" in run("quiz", "open", "tuan", "--closes", "2020-01-01")[1]
    assert "Giờ viết dạng" in run("quiz", "open", "tuan", "--opens", "mai")[1]
    assert "Không có vòng thi ZZZZZ" in run("quiz", "close", "ZZZZZ")[1]
    assert "không phải kết quả" in run("quiz", "import", str(tmp_path / "b.json"))[1]
    assert "đuôi .json" in run("quiz", "export", code, str(tmp_path / "a.pdf"))[1]
    assert run("quiz", "import", str(tmp_path / "none.json"))[0] == 1


def test_the_questions_and_rules_are_checked(run: Run) -> None:
    """`quiz check` counts what is shipped and finds nothing wrong."""
    status, out = run("quiz", "check")

    assert status == 0
    assert out.startswith("240 câu, ")
    assert out.endswith("0 lỗi.\n")


def test_an_organiser_gets_a_link_that_signs_in(run: Run) -> None:
    """The link is printed once and kept nowhere; nobody else gets one."""
    run("organiser", "add", "Hoa", "--role", "contest")
    status, out = run("organiser", "link", "1")

    assert status == 0
    assert re.search(r"http://127\.0\.0\.1:8000/vao/[\w-]{43}$", out.strip())
    assert "Không có người tổ chức số 9" in run("organiser", "link", "9")[1]
    assert "pass" in METADATA.tables
