"""What organisers did, in words, on both databases."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bot import organisers
from bot.desk import staff, trail
from bot.desk.trail import PAGE, Wanted
from bot.organisers import POWERS
from tests.conftest import NOON, ZONE

ROOT = Path(__file__).parents[2] / "bot"
KINDS = (
    "organisers|session|questions?|content|talk|phrasings|reports|notices|groups|outbox|contest"
    "|merit|units|teams"
)


def written() -> set[str]:
    """Every act the code may write down, by how acts are named."""
    named = re.compile(rf'"((?:{KINDS})\.[a-z_-]+)"')
    files = [path for path in ROOT.rglob("*.py") if path.name != "trail.py"]
    found = {act for path in files for act in named.findall(path.read_text("utf-8"))}
    return {act for act in found if not act.endswith((".html", ".yaml", ".json", ".css"))}


def test_every_act_has_its_words() -> None:
    """An act somebody adds tomorrow needs words here; so does every power, for what was refused."""
    powers = {act for mine in POWERS.values() for act in mine}

    assert (written() | powers) - set(trail.acts()) == set()
    assert set(trail.roles()) == set(trail.duties()) == set(POWERS)


@pytest.mark.parametrize(
    ("act", "subject", "did", "on"),
    [
        ("organisers.role", "organiser 1 editor", "đổi vai trò", "Chị Hoa (Biên tập nội dung)"),
        ("questions.answer", "H-0142", "trả lời câu hỏi", "H-0142"),
        ("notices.send", "notice 7", "gửi thông báo", "thông báo số 7"),
        ("content.save", "entry vneid-la-gi v3", "lưu một mục", "vneid-la-gi, bản 3"),
        ("questions.hand", "H-0003 2026-11-27", "chuyển câu hỏi cho đơn vị",
         "H-0003, hạn 27/11/2026"),
        ("session.end", "pass 4", "kết thúc một phiên của mình", "phiên số 4"),
        ("something.new", "row 1", "something.new", "row 1"),
    ],
)  # fmt: skip
def test_an_act_is_said_in_words(
    session: Session, act: str, subject: str, did: str, on: str
) -> None:
    """What was done and on what, with names where we have them."""
    staff.add(session, "Chị Hoa", "editor", "command line", NOON)
    organisers.note(session, "Chị Hoa", act, subject, NOON)
    (line, added), older = trail.read(session, Wanted(), ZONE)

    assert (line.actor, line.did, line.on, older) == ("Chị Hoa", did, on, 0)
    assert added.actor == "Máy chủ (dòng lệnh)"


def test_acts_are_found_by_person_and_day_a_page_at_a_time(session: Session) -> None:
    """Newest first; the island's day, not Greenwich's."""
    for hour in range(PAGE + 5):
        who = "Lan" if hour % 2 else "Minh"
        organisers.note(
            session, who, "questions.answer", f"H-{hour:04d}", NOON + timedelta(hours=hour)
        )
    first, older = trail.read(session, Wanted(), ZONE)
    rest, end = trail.read(session, Wanted(before=older), ZONE)
    lan, _more = trail.read(session, Wanted(actor="Lan"), ZONE)
    day, _more = trail.read(session, Wanted(on=date(2026, 11, 26)), ZONE)

    assert (len(first), len(rest), end) == (PAGE, 5, 0)
    assert first[0].on == f"H-{PAGE + 4:04d}"
    assert {line.actor for line in lan} == {"Lan"}
    assert [line.on for line in day][:: len(day) - 1] == ["H-0035", "H-0012"]
    assert trail.actors(session) == ["Lan", "Minh"]
