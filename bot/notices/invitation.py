"""A notice about an event: the words that invite to it, and whom it is for unless said otherwise"""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.i18n import _, speaking
from bot.notices import words
from bot.notices.announce import Draft
from bot.notices.calendar import upcoming
from bot.notices.events import Event, Names
from bot.notices.taking_part import INVITED


def about(draft: Draft, event: Event, names: Names, zone: ZoneInfo, now: datetime) -> Draft:
    """A notice tied to an event; without words of its own it has those of the event."""
    chosen = draft.audience
    if not chosen.hamlets and not chosen.named:
        chosen = replace(chosen, hamlets=event.hamlets)
    text, english = draft.text, draft.text_en
    if not text.strip():
        text, english = (written(event, names, zone, now, code) for code in ("vi", "en"))
    return replace(draft, text=text, text_en=english, audience=chosen, event=event.id)


def written(event: Event, names: Names, zone: ZoneInfo, now: datetime, language: str) -> str:
    """The invitation to the next time an event happens; empty when that is not settled."""
    item = next(iter(upcoming(event.when, now)), None) if event.when and event.shown else None
    if item is None:
        return ""
    with speaking(language):
        lines = [event.title, *words.announced(event, item, names, zone)]
        if event.kind in INVITED and event.status != "cancelled":
            lines.append(_("Bạn có đi không? Gõ /sukien {event}").format(event=event.id))
    return "\n".join(lines)
