"""Players: a nickname and a unit, nothing more; teams and people without a phone too."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy import DateTime, select
from sqlmodel import Field, Session, SQLModel, col

from quiz import nicknames
from quiz.nicknames import Problem
from quiz.store import PERSON

Kind = Literal["person", "guest", "team", "paper"]
"""person: writes to the bot. guest: came with imported results, not linked to anybody here.
team: performs on stage. paper: has no phone, a helper keys in the answers."""
Hider = Literal["self", "organiser"]
NOBODY = "Người chơi đã xóa tên"
HIDDEN = "Ẩn danh"


class Player(SQLModel, table=True):
    """Somebody on a board. Of a person under 16, as of everybody, no real name is asked."""

    person_key: str = Field(primary_key=True, sa_column_kwargs={"info": PERSON})
    kind: str = "person"
    nickname: str
    unit: str = ""
    birth_year: int | None = None
    """Asked only when a contest has limits of age."""
    round_id: int | None = Field(default=None, foreign_key="round.id", index=True)
    """The stage contest a team or a person without a phone belongs to."""
    hidden: str = ""
    """Who took the name off the boards, "self" or "organiser"; the answers still count."""
    created_at: datetime = Field(sa_type=DateTime(timezone=True))


class NicknameError(Exception):
    """The name cannot be taken; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def of(session: Session, person_key: str) -> Player | None:
    """The player a person is, or None when they have no nickname yet."""
    return session.get(Player, person_key)


def name(session: Session, person_key: str, nickname: str, now: datetime) -> Player:
    """Give a person a nickname, or another one. Raises NicknameError."""
    chosen = checked(nickname)
    player = of(session, person_key)
    if player is None:
        player = Player(person_key=person_key, nickname=chosen, created_at=now)
        session.add(player)
    elif player.nickname != chosen:
        player.nickname = chosen
    session.flush()
    return player


def checked(nickname: str) -> str:
    """A nickname as it is kept. Raises NicknameError."""
    chosen = nicknames.tidy(nickname)
    wrong = nicknames.problem(chosen)
    if wrong is not None:
        raise NicknameError(wrong)
    return chosen


def enrol(
    session: Session, round_id: int, kind: Kind, nickname: str, now: datetime, unit: str = ""
) -> Player:
    """A team, or a person without a phone, of a stage contest. Raises NicknameError."""
    player = Player(
        person_key=f"{kind}-{secrets.token_hex(12)}",
        kind=kind,
        nickname=checked(nickname),
        unit=unit,
        round_id=round_id,
        created_at=now,
    )
    session.add(player)
    session.flush()
    return player


def enrolled(session: Session, round_id: int, kind: Kind) -> list[Player]:
    """The teams, or the people without a phone, of a stage contest, in order of enrolment."""
    statement = select(Player).where(col(Player.round_id) == round_id, col(Player.kind) == kind)
    ordered = statement.order_by(col(Player.created_at), col(Player.person_key))
    return list(session.scalars(ordered))


def hide(
    session: Session, person_key: str, *, hidden: bool = True, by: Hider = "organiser"
) -> bool:
    """Take a name off the boards, or put it back; whether it is as was wanted now.

    What an organiser hid, only an organiser puts back.
    """
    player = of(session, person_key)
    if player is None or (player.hidden == "organiser" and by == "self"):
        return player is not None and hidden
    player.hidden = by if hidden else ""
    return True


def names(session: Session, keys: Iterable[str]) -> Mapping[str, str]:
    """How players are called on a board; those who left, or were hidden, have no name."""
    wanted = list(keys)
    statement = select(Player.person_key, Player.nickname, Player.hidden).where(  # type: ignore[call-overload]
        col(Player.person_key).in_(wanted)
    )
    known = {key: HIDDEN if hidden else nick for key, nick, hidden in session.execute(statement)}
    return {key: known.get(key, NOBODY) for key in wanted}
