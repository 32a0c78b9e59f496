"""A calendar to test with: two thôn, two talks, a training that is off, a monthly programme."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlmodel import Session

from bot.content import Place
from bot.db import Database
from bot.flows.turn import House
from bot.notices import edits, verify, vetting
from bot.notices.events import Event, Names, as_written

FILE = Path(__file__).parent / "su-kien.yaml"
HAMLETS = (Place("dong", "Thôn Đông"), Place("tay", "Thôn Tây"))
UNITS = {
    "phong-van-hoa-xa-hoi": "Phòng Văn hóa - Xã hội",
    "don-vi-vien-thong": "Các đơn vị viễn thông trên đảo",
}
NAMES = Names({place.id: place.name for place in HAMLETS}, UNITS)
CODE = "LS-4T7KMJ"


def sample() -> list[Event]:
    """The events of the file."""
    listed, wrong = vetting.load(FILE, NAMES)
    assert wrong == []
    return listed


def furnish(house: House) -> House:
    """A house whose people may say which of the two thôn is theirs."""
    places = replace(house.content.places, hamlets=HAMLETS)
    names = replace(house.programme.names, hamlets=NAMES.hamlets)
    return replace(
        house,
        content=replace(house.content, places=places),
        programme=replace(house.programme, names=names),
    )


def lay(db: Database, house: House, now: datetime) -> None:
    """Put the calendar over the shipped one, as an organiser would; and a notice with a code."""
    db.run(partial(_lay, house=house, now=now)).result(10)


def _lay(session: Session, house: House, now: datetime) -> None:
    programme = house.programme
    for event in sample():
        data = as_written(event)
        saved = edits.save(session, programme.events, programme.names, data, "Chị Hoa", 0, now)
        assert saved.mistakes == ()
    title = "Tọa đàm chuyển đổi số thôn Đông"
    session.add(
        verify.NoticeCode(
            code=CODE,
            subject="notice 1",
            title=title,
            issued_by="Phòng Văn hóa - Xã hội",
            issued_at=now,
        )
    )
