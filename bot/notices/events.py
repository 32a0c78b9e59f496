"""Events: what is known of each, in Vietnamese and perhaps English, and as its file has it. Pure"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from bot import spans
from bot.messages import Link
from bot.notices.calendar import When
from bot.notices.written import write_when
from faq.files import Mapping as Item

Kind = Literal["talk", "dxday", "radio", "contest", "training", "deadline"]
Status = Literal["draft", "announced", "changed", "cancelled", "held"]
KINDS = ("talk", "dxday", "radio", "contest", "training", "deadline")
STATUSES = ("draft", "announced", "changed", "cancelled", "held")
SHOWN = frozenset({"announced", "changed", "cancelled"})
"""Events residents are told the time of. A draft is only told of as not settled."""


@dataclass(frozen=True)
class Names:
    """Thôn and units by their ids, as people call them."""

    hamlets: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    """Those nobody may pick any more; what names one already keeps its name."""

    @property
    def open_hamlets(self) -> dict[str, str]:
        """The thôn one may pick."""
        return {key: name for key, name in self.hamlets.items() if key not in self.withdrawn}


@dataclass(frozen=True)
class Event:
    """Something that happens, or is due, and what people should know of it."""

    id: str
    kind: Kind
    title: str
    status: Status
    what: str = ""
    why: str = ""
    when: When | None = None
    """None: not settled."""
    hamlets: tuple[str, ...] = ()
    """For whom by thôn; none: the whole island."""
    place: str = ""
    map: str = ""
    lead: str = ""
    support: tuple[str, ...] = ()
    audience: str = ""
    agenda: tuple[str, ...] = ()
    materials: tuple[Link, ...] = ()
    note: str = ""
    """Why it changed or was cancelled; what is still open."""
    source: str = ""
    reminders: tuple[timedelta, ...] | None = None
    """How long before people are reminded; None: as the settings say."""
    title_en: str = ""
    """This and the others in English: empty where there are only Vietnamese words."""
    what_en: str = ""
    why_en: str = ""
    place_en: str = ""
    audience_en: str = ""
    agenda_en: tuple[str, ...] = ()
    note_en: str = ""
    version: int = 0
    """Edits since it was shipped."""
    changed_at: datetime | None = None
    file: str = ""
    line: int = 0

    @property
    def shown(self) -> bool:
        """Whether residents are told when and where."""
        return self.status in SHOWN and self.when is not None

    def concerns(self, hamlet: str) -> bool:
        """Whether it is for people of a thôn; those for everyone always are."""
        return not self.hamlets or hamlet in self.hamlets

    @property
    def english(self) -> "Event":
        """The event with its English words where it has them."""
        return replace(self, **{
            key: getattr(self, f"{key}_en")
            for key in TRANSLATED
            if getattr(self, f"{key}_en") and getattr(self, key)
        })  # fmt: skip


TRANSLATED = ("title", "what", "why", "place", "audience", "agenda", "note")
"""What an event may also say in English, under the same key with `_en`."""

KEYS = (
    "id",
    "kind",
    "title",
    "status",
    "what",
    "why",
    "start",
    "end",
    "rule",
    "until",
    "without",
    "replays",
    "hamlets",
    "place",
    "map",
    "lead",
    "support",
    "audience",
    "agenda",
    "materials",
    "note",
    "source",
    "reminders",
    *(f"{key}_en" for key in TRANSLATED),
)
"""The keys of an event in its file, in the order they are written."""


def as_item(data: Mapping[str, object]) -> Item:
    """A mapping that came from no file (a table, an import), to be parsed like one that did."""
    item = Item(data)
    item.lines = {}
    for key, value in data.items():
        if isinstance(value, list):
            item[key] = [as_item(one) if isinstance(one, Mapping) else one for one in value]
    return item


def as_written(event: Event) -> dict[str, object]:
    """An event as its file has it: what is empty is left out."""
    values: dict[str, object] = {
        **{key: getattr(event, key) for key in KEYS if key in Event.__dataclass_fields__},
        **(write_when(event.when) if event.when else {}),
        "hamlets": list(event.hamlets),
        "support": list(event.support),
        "agenda": list(event.agenda),
        "agenda_en": list(event.agenda_en),
        "reminders": "" if event.reminders is None else spans.write(event.reminders),
        "materials": [{"title": one.title, "url": one.url} for one in event.materials],
    }
    return {key: values[key] for key in KEYS if values.get(key)}
