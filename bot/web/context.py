"""What the pages work with, built once by app.py."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.content import Content
from bot.db import Database
from bot.i18n import _
from bot.messages import Capability, Choice
from bot.notices.audience import Ways
from bot.notices.official import Official
from bot.notices.programme import Programme
from bot.settings import Settings
from bot.signals import Signals


@dataclass(frozen=True)
class Suggestion:
    """A question worth asking, shown before anything was said."""

    question: str


@dataclass(frozen=True)
class Push:
    """What a browser subscribes with, and the push services we send to."""

    key: str
    services: tuple[str, ...]


NO_PUSH = Push("", ())


@dataclass(frozen=True)
class Web:
    """The parts every page may use."""

    settings: Settings
    db: Database
    signals: Signals
    wake: Callable[[], None]
    """Tell the worker that the inbox has something new."""
    suggestions: Callable[[str], list[Suggestion]]
    """Six real questions, in a language ("vi" or "en")."""
    emergency: Callable[[], list[Choice]]
    """Emergency numbers: label and number to dial."""
    content: Callable[[], Content]
    """The content of this moment."""
    programme: Callable[[], Programme] = Programme
    """Events, the plan and the list of what is official, as they are now."""
    push: Push = NO_PUSH
    """Without a key the page offers no notifications."""
    can: Mapping[str, Capability] = field(default_factory=dict)
    """What each channel can show: organisers' answers go out on them."""
    ways: Callable[[], Ways] = lambda: Ways({})
    """How people can be told of a notice."""

    def official(self) -> Official:
        """The list of what is official, with our own address on it."""
        ours = (self.settings.public_url, _("Chatbot này"), self.settings.operator)
        return self.programme().official.plus(*ours)
