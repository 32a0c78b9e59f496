"""What a resident may say and hear: the dialogues that organisers read and correct themselves.

A file holds scenes, each under a line `# title`. Lines of a scene:
`Dân: ...` somebody writes (also `Cán bộ:` an organiser, `Nhóm:` in a group, `Nhóm @:` there, naming
the bot, `Trưởng nhóm:` there, by who runs it); `Bot: ...` what must be in the answer, pieces
between `...` in this order;
`Bot không nói: ...` what must not be in it; `Bot im lặng`; `(30 phút sau)`, `(hôm sau)`; `(lịch
thử)`: from here on there are two thôn and the calendar of tests/notices/su-kien.yaml.
`(vòng thi mở)`, `(sân khấu mở)`: a round or a stage contest begins, whose code is `{mã}`; `(mở câu
hỏi)`, `(đóng câu hỏi)`, `(công bố đáp án)`, `(xếp hạng)` are the presenter's steps.
`(tổ công nghệ số)`: there is a team whose next member has the code `{mã tổ}`.
`⏎` in what somebody writes begins a new line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from bot import organisers, people
from bot.db import Database
from bot.desk import teams
from bot.flows.turn import House
from tests.conftest import NOON
from tests.notices.sample import furnish, lay
from tests.quiz.scene import code as round_code
from tests.quiz.scene import direct
from tests.stage import Stage

FOLDER = Path(__file__).parent / "dialogues"
PAUSE = re.compile(r"\((\d+) (phút|giờ|ngày) sau\)|\((hôm) sau\)")
SAMPLE = "(lịch thử)"
TEAM = "(tổ công nghệ số)"
UNITS = {"phút": timedelta(minutes=1), "giờ": timedelta(hours=1), "ngày": timedelta(days=1)}


@dataclass(frozen=True)
class Scene:
    """A dialogue of its own: title and lines."""

    title: str
    lines: tuple[str, ...]


def scenes() -> Iterator[Scene]:
    """Every scene of every file."""
    for path in sorted(FOLDER.glob("*.txt")):
        for part in re.split(r"^# ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            title, *lines = part.splitlines()
            yield Scene(f"{path.stem}: {title}", tuple(line for line in lines if line.strip()))


@pytest.fixture
async def stage(sqlite_url: str, house: House) -> "Stage":
    """A conversation with an empty database; Chị Hoa is an organiser."""
    db = Database(sqlite_url)
    code = await db.write(
        partial(organisers.add, name="Chị Hoa", role="admin", actor="test", now=NOON)
    )

    def join(session: object) -> None:
        person, _new = people.welcome(session, "fake", "hoa", "hoa", NOON)  # type: ignore[arg-type]
        organisers.join(session, person, code, NOON)  # type: ignore[arg-type]

    await db.write(join)
    return Stage(db, house, NOON)


@pytest.mark.parametrize("scene", [pytest.param(item, id=item.title) for item in scenes()])
async def test_dialogue(scene: Scene, stage: Stage) -> None:
    """The bot answers as the scene says."""
    await play(scene, stage)
    stage.db.close()


def invited(session: Session) -> str:
    """The code of a new member of a team."""
    number = teams.add(session, "Tổ công nghệ số thôn Đông", "dong", "Chị Hoa", NOON)
    return teams.invite(session, number, "Chị Hai", "Chị Hoa", NOON)


async def play(scene: Scene, stage: Stage) -> None:
    """Say the lines of a scene, and hold what is heard against it."""
    heard = code = ""
    for line in scene.lines:
        if pause := PAUSE.fullmatch(line.strip()):
            stage.later(UNITS["ngày"] if pause[3] else int(pause[1]) * UNITS[pause[2]])
            continue
        if line.strip() == SAMPLE:
            stage.house = furnish(stage.house)
            lay(stage.db, stage.house, stage.now)
            continue
        if line.strip() == TEAM:
            code = await stage.db.write(invited)
            continue
        if direct(stage, line.strip()):
            continue
        who, _colon, words = line.partition(":")
        if who.startswith("Bot"):
            expect(who, words.strip(), heard, line)
            continue
        said = words.strip().replace("⏎", "\n").replace("{mã}", round_code(stage))
        said = said.replace("{mã tổ}", code)
        heard = "\n".join(await speak(stage, who.strip(), said))


async def speak(stage: Stage, who: str, words: str) -> list[str]:
    """Somebody says a line; what they, or their group, hear; or what came for them meanwhile."""
    match who:
        case "Cán bộ":
            return await stage.says(words, user="hoa")
        case "Nhóm" | "Nhóm @":
            addressed = who.endswith("@")
            return await stage.says(words, chat="-1", private=False, addressed=addressed)
        case "Trưởng nhóm":
            return await stage.says(words, user="truong", chat="-1", private=False)
        case "Dân (chuyển tiếp)":
            return await stage.says(words, trusted=False)
        case "Dân sửa tin":
            return await stage.says(words, kind="edited")
        case "Dân gửi ảnh":
            return await stage.says("", kind="media")
        case "Dân nghe":
            return stage.channel.texts("lan")[-1:]
        case _:
            return await stage.says(words, user="lan" if who == "Dân" else who)


def expect(who: str, words: str, heard: str, line: str) -> None:
    """Hold what was heard against a line of the scene."""
    if who == "Bot im lặng":
        assert heard == "", line
        return
    if who == "Bot không nói":
        assert words not in heard, f"{line}\nnghe: {heard}"
        return
    at = 0
    for piece in (part.strip() for part in words.split("...")):
        found = heard.find(piece, at)
        assert found >= 0, f"{line}\nnghe: {heard}"
        at = found + len(piece)
