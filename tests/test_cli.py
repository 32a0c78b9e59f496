"""The commands, run as people run them."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import cli, terminal
from bot.content import Content
from bot.settings import Settings

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    tmp_path: Path,
    matcher_cache: Path,
    content: Content,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run a command in a state folder of its own; its status and what it printed."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "cache").symlink_to(matcher_cache)
    monkeypatch.setenv("BOT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("BOT_DATABASE_URL", raising=False)

    def go(*arguments: str, stdin: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        status = cli.main(list(arguments))
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return go


def test_ask_prints_the_answer_for_a_person(run: Run) -> None:
    """`ask` gives the answer with its address and source."""
    status, out = run("ask", "cam nang chuyen doi so o dau")

    assert status == 0
    assert "https://dx.mic.gov.vn" in out
    assert "Nguồn:" in out


def test_ask_offers_or_says_it_does_not_know(run: Run) -> None:
    """Small talk is nothing to the FAQ alone."""
    assert "chưa có câu trả lời" in run("ask", "chào bạn khỏe không")[1]


def test_ask_jsonl_answers_line_by_line(run: Run) -> None:
    """A verdict and the five best entries a line, in order; a bad line is said so."""
    lines = [{"text": "vneid là gì"}, {"text": "chào bạn"}]
    stdin = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\nnonsense\n"

    status, out = run("ask", "--jsonl", stdin=stdin)

    first, second, third = (json.loads(line) for line in out.splitlines())
    assert (first["verdict"], first["entries"][0]["id"]) == ("sure", "vneid-la-gi")
    assert len(first["entries"]) == 5
    assert second["verdict"] == "nothing"
    assert "error" in third
    assert status == 1


def test_ask_explains_itself(run: Run) -> None:
    """`--explain` shows what was read and what matched."""
    status, out = run("ask", "--explain", "lam vneid muc 2 o mo")

    assert status == 0
    assert "dang-ky-vneid-muc-2" in out


def test_ask_without_a_question_says_how(run: Run) -> None:
    """Nothing to ask is a usage mistake."""
    assert run("ask")[0] == 2


def test_content_check_passes_on_what_is_shipped(run: Run) -> None:
    """The shipped content has no mistake."""
    status, out = run("content", "check")

    assert status == 0
    assert out.startswith("229 mục hỏi đáp, 240 câu đố, 6 sự kiện, 7 hoạt động, ")
    assert out.endswith(" 0 lỗi.\n")


def test_doctor_says_what_to_do(run: Run) -> None:
    """Before the first start the schema is missing, and doctor says how to make it."""
    before = run("doctor")
    run("migrate")
    after = run("doctor")

    assert before[0] == 1
    assert "python -m bot migrate" in before[1]
    assert after[0] == 0


def test_doctor_lists_what_is_not_settled(run: Run) -> None:
    """`--content` names drafts, activities without a date, and names to be confirmed."""
    out = run("doctor", "--content")[1]

    for told in ("- toa-dam-tai-thon: Ngày, giờ", "- bao-cao-ket-qua: hạn", "- doan-dac-khu: Tên"):
        assert told in out


def test_doctor_lists_what_to_compare_and_fill_in(run: Run) -> None:
    """`--content` names second-hand entries and local values that are missing."""
    out = run("doctor", "--content")[1]

    assert "Mở văn bản gốc để đối chiếu" in out
    assert "dien-thoai-cong-an-dac-khu" in out


def test_a_bad_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bad value stops every command with the setting's name."""
    monkeypatch.setenv("BOT_PORT", "chín nghìn")

    status, out = run("migrate")

    assert status == 2
    assert "BOT_PORT" in out


def test_organisers_are_added_listed_and_removed(run: Run) -> None:
    """`organiser add` prints a code for the chat; remove takes effect at once."""
    added = run("organiser", "add", "Chị Hoa", "--role", "editor")[1]
    listed = run("organiser", "list")[1]
    removed = run("organiser", "remove", "1")[1]

    assert "/start org-" in added
    assert "1. Chị Hoa (editor), chưa nhận mã" in listed
    assert "Chị Hoa" in removed
    assert run("organiser", "remove", "1")[0] == 1
    assert "Chưa có" in run("organiser", "list")[1]


def test_a_conversation_in_the_terminal(run: Run) -> None:
    """Questions are answered line by line; waiting ones are listed, answered and given back."""
    odd = "xin hỏi cách nuôi cá koi trong chậu xi măng nước bị đục"
    talk = run("chat", stdin=f"cam nang chuyen doi so o dau\n\n{odd}\n0\n/thoat\n")[1]
    listed = run("questions", "list")[1]
    answered = run("questions", "answer", "H-0001", "Bạn hỏi Phòng Kinh tế nhé.")
    again = run("questions", "answer", "H-0001", "Lần nữa")
    unknown = run("questions", "answer", "H-0999", "x")
    later = run("chat", stdin="h-0001\n/thoat\n")[1]

    assert "https://dx.mic.gov.vn" in talk
    assert "H-0001" in listed
    assert (answered[0], again[0], unknown[0]) == (0, 1, 1)
    assert "Bạn hỏi Phòng Kinh tế nhé." in later


def test_confirmed_wordings_are_listed_and_decided(run: Run) -> None:
    """ "Đúng ý" makes a wording wait for an organiser."""
    run("chat", stdin="vneid là cái gì vậy ta\nđúng ý\n/thoat\n")

    listed = run("phrasings", "list")[1]
    taken = run("phrasings", "approve", "1")

    assert "1. vneid-la-gi: vneid là cái gì vậy ta" in listed
    assert taken[0] == 0
    assert run("phrasings", "refuse", "1")[0] == 1
    assert "Không có" in run("phrasings", "list")[1]


def test_evaluate_prints_figures(run: Run, tmp_path: Path) -> None:
    """Labelled questions give accuracy, for people and for machines."""
    file = tmp_path / "q.jsonl"
    lines = [
        {"text": "vneid là gì", "topic": "vneid-la-gi", "style": "short"},
        {"text": "chào bạn", "topic": None, "style": "out-of-scope"},
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")

    assert run("evaluate", str(file))[0] == 0
    json.loads(run("evaluate", str(file), "--json")[1])


def test_verdicts_have_five_entries_whatever_they_are(content: Content) -> None:
    """Near, sure and nothing alike show the five best."""
    for text in ("vneid", "chào bạn", "cách nấu bún bò", "1", "asdfgh"):
        assert len(terminal.verdict_of(text, content.matcher.find(text), content)["entries"]) == 5  # type: ignore[arg-type]


def test_every_command_has_help(run: Run) -> None:
    """`--help` works without loading anything heavy."""
    for name in ("run", "chat", "ask", "migrate", "doctor", "evaluate", "content", "links"):
        with pytest.raises(SystemExit, match="0"):
            cli.parser().parse_args([name, "--help"])
    assert Settings().port == "8000"
