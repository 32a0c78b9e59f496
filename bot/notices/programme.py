"""What is planned, loaded and checked together: events, the plan, the list of what is official."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.content import Places
from bot.notices import dx_day, edits, merit, official, plan, spoken, vetting
from bot.notices.calendar import ISLAND
from bot.notices.dx_day import DxDay
from bot.notices.events import Event, Names
from bot.notices.merit import Merit
from bot.notices.official import Official
from bot.notices.plan import Plan
from bot.notices.sayings import Said
from faq.files import Mistake


@dataclass(frozen=True, repr=False)  # written out it fills pages
class Programme:
    """Everything the files say of what is planned and what is ours."""

    events: tuple[Event, ...] = ()
    plan: Plan = field(default_factory=Plan)
    official: Official = field(default_factory=Official)
    said: Said = field(default_factory=Said)
    names: Names = field(default_factory=Names)
    mistakes: tuple[Mistake, ...] = ()
    dx_day: DxDay = field(default_factory=DxDay)
    merit: Merit = field(default_factory=Merit)

    def current(self, session: Session) -> tuple[Event, ...]:
        """The events of this moment, changes at the desk included."""
        return edits.current(session, self.events, self.names)


def load(data: Path, places: Places, zone: ZoneInfo = ISLAND) -> Programme:
    """The programme of a data folder; what is wrong stands in `mistakes`, the rest is used."""
    planned, mistakes = plan.load(data / "plan.yaml")
    names = names_of(places, planned)
    listed, wrong = vetting.load(data / "events.yaml", names, zone)
    local = {name: value.value for name, value in places.values.items()}
    genuine, more = official.load(data / "official.yaml", local)
    said, unsaid = spoken.load(data / "spoken.yaml")
    about_day, wrong_day = dx_day.load(data / "dx_day.yaml")
    commending, wrong_merit = merit.load(data / "merit.yaml")
    mistakes += [*wrong_merit, *wrong_day, *wrong, *more, *unsaid, *_cross(listed, planned)]
    return Programme(
        tuple(listed),
        planned,
        genuine,
        said,
        names,
        tuple(sorted(mistakes)),
        about_day,
        commending,
    )


def names_of(places: Places, planned: Plan) -> Names:
    """How thôn and units are called: those people may pick, and those of the plan."""
    units = {unit.id: unit.name for unit in planned.units.values()}
    gone = {place.id for place in (*places.former_hamlets, *places.former_units)}
    return Names(
        places.hamlet_names, {**units, **places.unit_names}, frozenset(gone - units.keys())
    )


def _cross(listed: list[Event], planned: Plan) -> Iterator[Mistake]:
    """Activities that name events there are not."""
    known = {event.id for event in listed}
    for one in planned.activities:
        for name in one.events:
            if name not in known:
                what = f"hoạt động {one.id}: không có sự kiện {name}"
                yield Mistake("plan.yaml", one.line, what, "Sửa tên, hoặc thêm vào events.yaml")
