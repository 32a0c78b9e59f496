"""The content from the command line: written out, looked at, taken in whole or not at all."""

from pathlib import Path

import pytest
import yaml
from sqlmodel import Session, col, select

from bot import cli, packing
from bot.cli import main
from bot.db import Database
from bot.desk import edits
from bot.organisers import Audit


@pytest.fixture
def folder(
    database_url: str, tmp_path: Path, matcher_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An installation of its own; where its content is written."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "cache").symlink_to(matcher_cache)
    monkeypatch.setenv("BOT_DATABASE_URL", database_url)
    monkeypatch.setenv("BOT_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "out"


def kept(url: str) -> tuple[list[tuple[str, str, str]], list[str]]:
    """What is kept of changes, and the audit lines."""
    db = Database(url)

    def work(session: Session) -> tuple[list[tuple[str, str, str]], list[str]]:
        rows = session.scalars(select(edits.ContentEdit).order_by(col(edits.ContentEdit.id)))
        lines = session.scalars(select(col(Audit.act)).where(col(Audit.actor) == "command line"))
        return [(row.kind, row.name, row.state) for row in rows], list(lines)

    try:
        return db.read(work)
    finally:
        db.close()


def test_what_goes_out_is_shown_then_taken_in(
    folder: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed and a new question and a thôn: `--check` shows them and keeps nothing."""
    assert main(["content", "export", "--out", str(folder)]) == 0
    path = folder / "questions.yaml"
    whole = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    first = whole["questions"][0]
    assert (type(first["answer"]), len(list(folder.iterdir()))) == (int, len(cli.KINDS))
    new = {**first, "id": "moi-1", "question": "Chim én bay về đâu vào mùa xuân?",
           "options": list(first["options"]), "topic": "so-dien-thoai-khan-cap",
           "source": "so-khan"}  # fmt: skip
    first["explanation"] = "Vì vậy."
    path.write_text(yaml.safe_dump({"questions": [first, new]}, allow_unicode=True), "utf-8")
    places = folder / "places.yaml"
    places.write_text("hamlets:\n- {id: thon-mot, name: Thôn Một}\n", "utf-8")
    files = [str(path), str(places)]

    assert main(["content", "import", "--check", *files]) == 0
    said = capsys.readouterr().out
    assert "+ explanation: Vì vậy." in said
    assert "questions moi-1 (mới)" in said
    assert "3 trong 3 mục sẽ đổi" in said
    assert kept(database_url) == ([], [])
    assert main(["content", "import", *files]) == 0
    assert kept(database_url)[0] == [
        ("quiz", first["id"], "live"), ("quiz", "moi-1", "draft"), ("place", "thon-mot", "live")
    ]  # fmt: skip
    assert kept(database_url)[1] == ["content.import"] * 3


def test_one_mistake_and_no_file_is_taken(
    folder: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every mistake is told with file and line; the good file beside it is not taken either."""
    folder.mkdir()
    good, bad = folder / "links.yaml", folder / "places.yaml"
    good.write_text("links:\n- {id: moi, title: Trang, url: 'https://moi.vn'}\n", "utf-8")
    bad.write_text("units:\n- {id: a, name: ''}\n- {id: b, ten: B}\n", "utf-8")

    assert main(["content", "import", str(good), str(bad)]) == 1
    told = capsys.readouterr().err
    assert "places.yaml:2: thiếu name" in told
    assert "places.yaml:3: khóa lạ ten" in told
    assert main(["content", "import", str(folder / "khong-co.yaml")]) == 2
    assert kept(database_url) == ([], [])


def test_the_command_knows_every_kind() -> None:
    """What can be exported at the desk can be from here."""
    assert (cli.KINDS, cli.FORMATS) == (packing.KINDS, packing.FORMATS)
