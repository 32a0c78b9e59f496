"""People on several channels, a worker that sends to them, and notices."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from bot import people
from bot.channels.channel import Channel
from bot.channels.webchat import WebChannel
from bot.notices import announce, tally
from bot.notices.announce import Draft, Notice
from bot.notices.audience import Ways
from bot.notices.tally import Tally
from tests.conftest import ZONE
from tests.fakes import FakeChannel
from tests.stage import Stage


@dataclass
class Board(Stage):
    """A stage with a second channel and the web chat, on which notices are sent."""

    other: FakeChannel = field(default_factory=lambda: FakeChannel(name="other"))

    def __post_init__(self) -> None:
        super().__post_init__()
        more: dict[str, Channel] = {"other": self.other, "web": WebChannel()}
        self.worker.channels = {**self.worker.channels, **more}

    @property
    def ways(self) -> Ways:
        """How people can be told."""
        return Ways({name: item.can for name, item in self.worker.channels.items()})

    async def meet(self, *users: str, channel: str = "fake", **about: Any) -> list[int]:
        """People who wrote once and, unless told otherwise, registered; their rows."""
        return await self.db.write(
            partial(met, users=users, channel=channel, now=self.now, about=about)
        )

    async def announce(self, text: str = "Mời bà con dự tọa đàm.", **more: Any) -> int:
        """Write a notice and have it sent; its number."""
        at = more.pop("at", None)
        named = more.pop("named", ())

        def work(session: Session) -> int:
            notice = announce.write(session, Draft(text, **more), "Hoa", self.now, named=named)
            announce.send(session, notice, "Hoa", self.now, ZONE, at=at)
            return announce.id_of(notice)

        return await self.db.write(work)

    async def act(self, act: Callable[..., Any], number: int, **more: Any) -> Any:
        """Do something with a notice: pause, resume, cancel, retry."""

        def work(session: Session) -> Any:
            return act(session, announce.get(session, number), "Hoa", self.now, **more)

        return await self.db.write(work)

    def tally(self, number: int) -> Tally:
        """How a notice stands; every recipient is counted once."""
        found = self.db.read(lambda session: tally.tally(session, number))
        assert found.adds_up
        return found

    def notice(self, number: int) -> Notice:
        """A notice as it is stored."""
        return self.db.read(lambda session: session.get_one(Notice, number))


def met(
    session: Session, users: tuple[str, ...], channel: str, now: datetime, about: dict[str, Any]
) -> list[int]:
    """People at addresses of a channel."""
    rows = []
    registered = about.get("registered", True)
    about = {name: value for name, value in about.items() if name != "registered"}
    for user in users:
        person, _new = people.welcome(session, channel, user, user, now)
        for name, value in about.items():
            setattr(person, name, value)
        rows.append(people.id_of(person))
        if registered:
            people.follow(session, rows[-1], "talk", now)
    session.flush()
    return rows


def linked(session: Session, user: str, channel: str, person: int) -> None:
    """One more address of a person."""
    session.add(people.Address(person_id=person, channel=channel, user=user, chat=user))
    session.flush()


def works(_chat: str) -> None:
    """A channel on which nothing fails."""
