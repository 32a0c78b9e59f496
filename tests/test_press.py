"""What goes to print: the files of the DX Day pack and of an event's post."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot import press
from bot.cli import main
from bot.settings import Settings

FILES = {
    *("dem-nguoc.txt", "chuong-trinh.txt", "cau-hoi.txt", "khau-hieu.txt", "xe-luu-dong.txt"),
    *("cam-on.txt", "bang-ron.png", "ap-phich-a3.pdf"),
}


def test_the_pack_is_whole(sqlite_url: str, tmp_path: Path) -> None:
    """Every part of the pack is written, and the route says that it is not filled in."""
    out = tmp_path / "pack"

    assert press.pack(Settings(database_url=sqlite_url, state_dir=str(tmp_path)), out) == 0
    assert {path.name for path in out.iterdir()} == FILES
    assert (out / "cau-hoi.txt").read_text("utf-8").count("Đáp án:") == 10
    assert "Chưa có lộ trình" in (out / "xe-luu-dong.txt").read_text("utf-8")
    assert Image.open(BytesIO((out / "bang-ron.png").read_bytes())).size == (3000, 1000)


def test_an_event_is_posted_from_the_command_line(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`event post` writes the text and the card of an event that has a day."""
    monkeypatch.setenv("BOT_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("BOT_STATE_DIR", str(tmp_path))
    done = main(["event", "post", "ngay-chuyen-doi-so", "--out", str(tmp_path / "post")])

    assert done == 0
    text = (tmp_path / "post" / "ngay-chuyen-doi-so.txt").read_text("utf-8")
    assert text.startswith("Ngày Chuyển đổi số quốc gia 10/10\nKhi nào: ")
    with Image.open(tmp_path / "post" / "ngay-chuyen-doi-so.png") as card:
        assert card.size == (1080, 1350)


@pytest.mark.parametrize("name", ["khong-co", "toa-dam-tai-thon"])
def test_no_post_of_what_is_not_settled(sqlite_url: str, tmp_path: Path, name: str) -> None:
    """An unknown event and a draft are refused, and nothing is written."""
    settings = Settings(database_url=sqlite_url, state_dir=str(tmp_path))

    assert press.post(settings, name, tmp_path / "post") == 1
    assert not (tmp_path / "post").exists()
