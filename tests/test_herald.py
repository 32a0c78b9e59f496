"""Notices from the command line: seen before, sent when agreed, watched, and ended."""

import io
import sys
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bot import cli, herald, people
from bot.db import Database
from bot.notices import announce, dispatch
from bot.notices.announce import Draft, Notice
from bot.notices.tally import Progress, Tally
from bot.tables import migrate
from tests.conftest import ZONE


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The database of an installation in which Lan wrote once on Telegram."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_STATE_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("BOT_TELEGRAM_TOKEN", "1234:TEST")
    database = Database(f"sqlite:///{tmp_path / 'var' / 'bot.db'}")
    migrate(database.engine)
    now = datetime.now(UTC)
    database.run(lambda session: people.welcome(session, "telegram", "7", "7", now)[1]).result()
    return database


def notice(db: Database) -> Notice:
    """The one notice there is."""
    return db.read(lambda session: session.exec(select(Notice)).one())


def kept(session: Session, *, sent: bool) -> int:
    """A notice, perhaps on its way."""
    now = datetime.now(UTC)
    made = announce.write(session, Draft("Mời họp", urgent=True), "x", now)
    if sent:
        announce.send(session, made, "x", now, ZONE)
    return announce.id_of(made)


def test_it_is_shown_and_then_sent(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """What people will see, how many of them, and when it goes."""
    status = cli.main(["notice", "send", "Mời họp", "--urgent", "--yes", "--no-wait"])

    told = capsys.readouterr().out
    assert status == 0
    assert "--- telegram, web, webpush\nMời họp\nThông báo khẩn cấp chính thức" in told
    assert "Sẽ đến 1 người: Telegram 1." in told
    assert "chưa đăng ký" in told.split("Thông báo khẩn cấp chính thức")[1]
    assert notice(db).state == "scheduled"


def test_it_can_be_about_an_event(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """The words may be the event's own; of one there is not, that is said."""
    options = ["--urgent", "--yes", "--no-wait"]
    unknown = cli.main(["notice", "send", "Mời", "--event", "khong-co", *options])
    known = cli.main(["notice", "send", "Mời", "--event", "ngay-chuyen-doi-so", *options])

    assert (unknown, known) == (1, 0)
    assert "Không có sự kiện này" in capsys.readouterr().err
    assert notice(db).event == "ngay-chuyen-doi-so"


def test_a_no_sends_nothing(
    db: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a yes it is not sent."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("k\n"))

    status = cli.main(["notice", "send", "Mời họp"])

    assert (status, notice(db).state) == (1, "cancelled")
    assert "Không gửi." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        pytest.param(["send", "x", "--at", "mai"], 2, "Giờ gửi cần dạng", id="no time"),
        pytest.param(["send", "x", "--at", "2020-01-01 08:00", "--yes"], 1, "đã qua", id="past"),
        pytest.param(["send", ""], 1, "Chưa có nội dung", id="nothing"),
        pytest.param(["send", "a" * 1501], 1, "dài quá 1500", id="too long"),
        pytest.param(["status", "9"], 1, "Không có thông báo", id="unknown"),
        pytest.param(["pause", "9"], 1, "Không có thông báo", id="unknown too"),
    ],
)
def test_what_cannot_be_done_is_said(
    db: Database,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    said: str,
) -> None:
    """In a sentence, with a status that is not 0."""
    assert cli.main(["notice", *arguments]) == status
    assert said in capsys.readouterr().err


def test_paused_resumed_cancelled(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """Each act changes the notice, and says so."""
    number = str(db.run(partial(kept, sent=True)).result())
    states = []
    for act in ("pause", "resume", "cancel"):
        assert cli.main(["notice", act, number]) == 0
        states.append(notice(db).state)

    assert states == ["paused", "scheduled", "cancelled"]
    assert "Đã tạm dừng." in capsys.readouterr().out


def test_retry_says_how_many(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody failed yet, so nobody is told again."""
    number = db.run(partial(kept, sent=True)).result()
    db.run(lambda session: setattr(announce.get(session, number), "state", "sending")).result()

    assert cli.main(["notice", "retry", str(number)]) == 0
    assert "Gửi lại cho 0 người." in capsys.readouterr().out


def test_the_code_is_taken_once(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """The code printed is the one the notice takes, and only once."""
    number = db.run(partial(kept, sent=False)).result()
    cli.main(["notice", "code", str(number)])
    code = capsys.readouterr().out.strip().split()[-1]

    def take(session: Session) -> bool:
        return announce.takes(announce.get(session, number), code, datetime.now(UTC))

    assert [db.run(take).result(), db.run(take).result()] == [True, False]


def test_the_list_and_how_one_stands(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a number the newest; with one, its numbers."""
    number = db.run(partial(kept, sent=True)).result()
    cli.main(["notice", "status"])
    cli.main(["notice", "status", str(number)])

    assert capsys.readouterr().out.splitlines() == [
        f"{number}. chờ gửi: Mời họp",
        "Chờ gửi. Tới giờ gửi mình mới đếm người nhận.",
    ]


def test_the_bar() -> None:
    """How many of all, how fast, how long still, and what went wrong."""
    told = Tally(total=200, left=100, sent=98, failed=Counter({"400": 2}))
    far = Progress("sending", False, True, told, 20.0)

    assert herald.bar(far) == (
        "[###############...............] 100/200 50% · 20/giây · còn 0:05 · hỏng hoặc chưa rõ 2"
    )


def test_watching_ends_with_the_notice(db: Database) -> None:
    """The bar goes on until it is done, then every number is told; 1 when some failed."""
    number = db.run(partial(kept, sent=True)).result()
    db.run(
        lambda session: dispatch.cancel(
            session, announce.get(session, number), "x", datetime.now(UTC)
        )
    ).result()
    out = io.StringIO()

    assert herald.follow(db, number, out) == 0
    assert out.getvalue().splitlines()[-1] == "Đã hủy. Tổng 0 người."
