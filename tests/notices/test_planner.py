"""Events and the plan from the command line, run as people run them."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from bot import cli, people
from bot.db import Database
from bot.notices import edits, filed, taking_part
from bot.notices.calendar import ISLAND
from tests.notices.sample import FILE, sample

Run = Callable[..., tuple[int, str]]
CSV = (
    "id,kind,title,status,what,start,end,place,agenda\n"
    'hop-thon,talk,"Họp thôn, bàn số hóa",announced,Bàn việc chung,2027-03-01 19:00,'
    "2027-03-01 20:00,Nhà văn hóa,19:00 Đón; 19:10 Nói\n"
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a state folder of its own; its status and what it printed."""
    monkeypatch.setenv("BOT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("BOT_DATABASE_URL", raising=False)

    def go(*arguments: str) -> tuple[int, str]:
        status = cli.main(list(arguments))
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return go


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The test calendar for the whole island, since no thôn is listed yet."""
    path = tmp_path / "su-kien.yaml"
    text = FILE.read_text("utf-8")
    path.write_text(text.replace("[dong]", "[]").replace("[tay]", "[]"), "utf-8")
    return path


def test_events_are_imported_once(run: Run, file: Path) -> None:
    """The same file again changes nothing; a changed one changes what it names."""
    assert "4 sự kiện mới, 0 sự kiện thay đổi, 0 không đổi" in run("event", "import", str(file))[1]
    assert "0 sự kiện mới, 0 sự kiện thay đổi, 4 không đổi" in run("event", "import", str(file))[1]

    file.write_text(file.read_text("utf-8").replace("Hội trường đặc khu", "Sân vận động"), "utf-8")

    assert "0 sự kiện mới, 1 sự kiện thay đổi, 3 không đổi" in run("event", "import", str(file))[1]
    assert "toa-dam-dong" in run("event", "list")[1]


def test_an_import_asks_who_is_told(
    run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What people would hear is shown, and nothing taken until it is said whether they do."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    text = file.read_text("utf-8").replace("2026-12-02", "2126-12-04")
    file.write_text(text, "utf-8")
    run("event", "import", str(file))
    come(tmp_path / "state" / "bot.db")
    file.write_text(text.replace("Nhà văn hóa thôn Đông", "Sân trường"), "utf-8")

    asked, said = run("event", "import", str(file))
    listed = run("event", "export")[1]
    quiet = run("event", "import", str(file), "--quiet")

    assert asked == 1
    assert "toa-dam-dong: 1 người đã báo sẽ đi nhận tin" in said
    assert "  THAY ĐỔI: Tọa đàm chuyển đổi số thôn Đông." in said
    assert "Thêm --tell (báo) hoặc --quiet (không báo)" in said
    assert "Sân trường" not in listed
    assert quiet[0] == 0
    assert "Không báo cho ai." in quiet[1]


def test_the_list_marks_what_waits(run: Run, tmp_path: Path) -> None:
    """An event that is gone from the file while somebody comes is shown too."""
    run("event", "list")
    db = Database(f"sqlite:///{tmp_path / 'state' / 'bot.db'}")
    talk = replace(sample()[0], id="toa-dam-cu")
    assert talk.when is not None
    first = replace(talk.when.first, start=datetime(2126, 12, 2, 19, tzinfo=ISLAND))
    talk = replace(talk, when=replace(talk.when, first=first))
    db.run(partial(filed.add, events=[talk], now=datetime.now(UTC))).result(10)
    db.close()
    come(tmp_path / "state" / "bot.db", "toa-dam-cu")

    out = run("event", "list")[1]

    assert "toa-dam-cu  không còn trong tệp, chưa báo cho ai" in out
    assert "1 sự kiện chờ quyết định" in out
    assert "1 sự kiện đã đổi trong tệp, chưa báo cho ai: toa-dam-cu" in run("doctor")[1]


def come(path: Path, event: str = "toa-dam-dong") -> None:
    """Lan comes to a talk."""
    db = Database(f"sqlite:///{path}")

    def work(session: Session) -> None:
        now = datetime.now(UTC)
        person, _new = people.welcome(session, "chat", "lan", "lan", now)
        taking_part.reply(session, event, people.id_of(person), "yes", now)
        edits.mark_told(session, event, now)

    db.run(work).result(10)
    db.close()


def test_an_export_can_be_imported(run: Run, file: Path, tmp_path: Path) -> None:
    """What is exported reads back without a change."""
    run("event", "import", str(file))
    out = tmp_path / "out.yaml"
    out.write_text(run("event", "export")[1], "utf-8")

    assert "0 sự kiện mới, 0 sự kiện thay đổi, 10 không đổi" in run("event", "import", str(out))[1]


def test_a_spreadsheet_is_imported(run: Run, tmp_path: Path) -> None:
    """A CSV as Excel saves it, with its mark at the start, makes events."""
    path = tmp_path / "su-kien.csv"
    path.write_text(CSV, "utf-8-sig")

    status, out = run("event", "import", str(path))

    assert (status, "1 sự kiện mới" in out) == (0, True)
    assert "- 19:10 Nói" in run("event", "export")[1]


def test_a_file_with_mistakes_is_not_taken(run: Run, tmp_path: Path) -> None:
    """All mistakes are shown at once, and no event is taken."""
    path = tmp_path / "su-kien.csv"
    path.write_text(CSV.replace("talk,", "party,") + CSV.splitlines()[1], "utf-8")
    again = tmp_path / "hai.csv"
    again.write_text(CSV + CSV.splitlines()[1] + "\n,,,,,,,,\n", "utf-8")

    status, out = run("event", "import", str(path))
    _status, twice = run("event", "import", str(again))

    assert status == 1
    assert "su-kien.csv:2: sự kiện hop-thon: kind 'party' sai" in out
    assert "có hai lần" in twice
    assert "hai.csv:4: id '' sai dạng" in twice
    assert "hop-thon" not in run("event", "list")[1]


def test_an_event_is_read_aloud(run: Run, file: Path) -> None:
    """The script has no digit left, and says about how long it takes."""
    run("event", "import", str(file))

    status, out = run("event", "script", "phat-thanh-thu")

    script, _paren, length = out.rpartition("(")
    assert status == 0
    assert "Kính thưa bà con" in script
    assert not any(sign.isdigit() for sign in script)
    assert length.startswith("Đọc khoảng")


def test_what_is_not_settled_is_not_read_aloud(run: Run) -> None:
    """A draft has no hour to announce; an unknown event is said to be unknown."""
    assert "chưa ấn định ngày" in run("event", "script", "toa-dam-tai-thon")[1]
    assert "Không có sự kiện x" in run("event", "script", "x")[1]


def test_the_plan_from_late_to_workbook(run: Run, tmp_path: Path) -> None:
    """A date handed in makes an activity late; estimates are kept; the workbook is written."""
    run("plan", "set", "toa-dam-tai-thon", "--due", "2020-01-01", "--status", "doing")
    run("plan", "estimate", "toa-dam-tai-thon", "don-vi-vien-thong", "Loa", "1.500.000")
    out = tmp_path / "k.xlsx"

    late = run("plan", "late")[1]
    run("plan", "export", str(out))

    assert "Các đơn vị viễn thông trên đảo:\n  - quá hạn" in late
    assert "1 hoạt động quá hạn" in late
    assert out.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("estimate", "x", "don-vi-vien-thong", "Loa", "5"), "Kế hoạch không có x"),
        (("estimate", "toa-dam-tai-thon", "x", "Loa", "5"), "Kế hoạch không có x"),
        (("estimate", "toa-dam-tai-thon", "don-vi-vien-thong", "Loa", "ít"), "không phải số tiền"),
        (("set", "x", "--status", "done"), "Kế hoạch không có x"),
    ],
)
def test_what_the_plan_does_not_know(run: Run, arguments: tuple[str, ...], told: str) -> None:
    """A wrong name or sum is told, and the status is not 0."""
    status, out = run("plan", *arguments)

    assert status != 0
    assert told in out


def test_a_poster_and_a_minute_are_files(
    run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A .pdf and a .png to print, a .docx to sign; what cannot be is said with its reason."""
    monkeypatch.setenv("BOT_PUBLIC_URL", "https://chat.example.vn")
    run("event", "import", str(file))
    pdf, png, minute = (tmp_path / name for name in ("a.pdf", "a.png", "a.docx"))

    assert run("event", "poster", "toa-dam-dong", "--out", str(pdf))[0] == 0
    assert run("event", "poster", "--out", str(png))[0] == 0
    assert run("event", "minutes", "toa-dam-dong", "--out", str(minute))[0] == 0
    signs = [path.read_bytes()[:4] for path in (pdf, png, minute)]
    assert signs == [b"%PDF", b"\x89PNG", b"PK\x03\x04"]
    assert "Không có sự kiện" in run("event", "poster", "x", "--out", str(pdf))[1]
    assert run("event", "poster", "--out", str(tmp_path / "a.gif"))[0] == 2
    assert run("event", "minutes", "x", "--out", str(minute))[0] == 1
