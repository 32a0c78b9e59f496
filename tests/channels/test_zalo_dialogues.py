"""Every dialogue again, on both Zalo channels: typed choices, plain text, their webhooks."""

import re
from collections.abc import AsyncIterator, Iterator
from functools import partial

import pytest
from sqlmodel import Session

from bot import organisers, people
from bot.db import Database
from bot.flows.turn import House
from tests.conftest import NOON
from tests.emulators.zalo import ZaloEmulator
from tests.test_dialogues import Scene, play, scenes
from tests.zalo_stage import ZaloStage, stage_of

NOT_ON_ZALO = ("Dân (chuyển tiếp):", "Dân sửa tin:")
"""Zalo does not tell forwarded messages, and has no edits."""
GROUPS = ("Nhóm:", "Nhóm @:", "Trưởng nhóm:")
"""The Official Account is in no group; a bot is told only what mentions it."""

WHOLE_GROUP = re.compile(r"(?:Nhóm|Trưởng nhóm)[^:]*: /(?:dangkynhom|huynhom)")
"""Zalo tells nobody who runs a group, so there a group cannot subscribe as a whole: see the last
test here."""


def playable() -> Iterator[object]:
    """Each scene on each channel that can say its lines."""
    for scene in scenes():
        if any(line.startswith(NOT_ON_ZALO) for line in scene.lines):
            continue
        if not any(WHOLE_GROUP.match(line) for line in scene.lines):
            yield pytest.param("zalo_bot", _heard_by_bot(scene), id=f"zalo_bot: {scene.title}")
        if not any(line.startswith(GROUPS) for line in scene.lines):
            yield pytest.param("zalo_oa", scene, id=f"zalo_oa: {scene.title}")


def _heard_by_bot(scene: Scene) -> Scene:
    """The scene without what is said in a group to others, which Zalo does not deliver."""
    lines: list[str] = []
    skipping = False
    for line in scene.lines:
        skipping = line.startswith("Nhóm:") or (skipping and line.startswith("Bot"))
        if not skipping:
            lines.append(line)
    return Scene(scene.title, tuple(lines))


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloEmulator]:
    """A Zalo of our own."""
    async with ZaloEmulator() as emulator:
        yield emulator


async def organised(stage: ZaloStage) -> None:
    """Chị Hoa is an organiser, on this channel."""
    add = partial(organisers.add, name="Chị Hoa", role="admin", actor="test", now=NOON)
    code = await stage.db.write(add)

    def join(session: Session) -> None:
        user = stage.id_of("hoa")
        person, _new = people.welcome(session, stage.which, user, user, NOON)
        organisers.join(session, person, code, NOON)

    await stage.db.write(join)


@pytest.mark.parametrize(("which", "scene"), list(playable()))
async def test_dialogue_on_zalo(
    which: str, scene: Scene, zalo: ZaloEmulator, sqlite_url: str, house: House
) -> None:
    """The bot answers on Zalo as the scene says, and Zalo refuses nothing it is sent."""
    db = Database(sqlite_url)
    stage = stage_of(which, zalo, db, house, NOON)
    await organised(stage)

    await play(scene, stage)

    assert {code for _method, code in zalo.calls} <= {0, 200}
    await stage.close()
    db.close()


@pytest.mark.parametrize("command", ["/dangkynhom", "/huynhom"])
async def test_a_zalo_group_is_told_why_it_cannot_subscribe(
    command: str, zalo: ZaloEmulator, sqlite_url: str, house: House
) -> None:
    """Zalo tells nobody who runs a group: the answer says so, and what each can do instead."""
    db = Database(sqlite_url)
    stage = stage_of("zalo_bot", zalo, db, house, NOON)

    heard = await stage.says(command, chat="-1")

    assert len(heard) == 1
    assert "không được biết ai là quản trị nhóm" in heard[0]
    assert "nhắn riêng cho mình và gõ /dangky" in heard[0]
    await stage.close()
    db.close()
