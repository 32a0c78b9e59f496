"""Helper mode: the thôn of the one who is helped, asked where it may differ from the team's"""

from bot.content import Place
from bot.desk.visits import HelpVisit
from bot.flows.turn import Turn
from bot.i18n import _
from bot.messages import Reply

KIND = "help-hamlet"
OTHER = frozenset({"thon khac", "o thon khac", "another hamlet"})
"""Words that say, at any time in a visit, that the thôn is another one."""


def ask(turn: Turn, visit: HelpVisit, lead: str) -> Reply:
    """The lead; with consent also one question, where the thôn may be another than the visit has.

    Who answers nothing and goes on has said that it is the team's.
    """
    own, others = _split(turn, visit)
    if not visit.consent or not others:
        return Reply(lead)
    if own is None:
        return elsewhere(turn, visit, lead)
    options = [(own.name, {"hamlet": own.id}), (_("Ở thôn khác"), {"elsewhere": "1"})]
    text = f"{lead}\n" + _("Người đó ở thôn nào?")
    footer = _("Gõ 1 hoặc 2; không chọn thì mình ghi {place}.").format(place=own.name)
    return turn.ask(KIND, text, options, footer=footer)


def elsewhere(turn: Turn, visit: HelpVisit, lead: str = "") -> Reply:
    """Every other thôn to pick from."""
    _own, others = _split(turn, visit)
    if not others or not visit.consent:
        return Reply(_("Mình chỉ ghi được thôn của tổ. Bạn gõ câu người đó muốn hỏi nhé."))
    options = [(place.name, {"hamlet": place.id}) for place in others]
    options.append((_("Nơi khác, hoặc không rõ"), {"hamlet": ""}))
    text = f"{lead}\n" + _("Người đó ở thôn nào?")
    footer = _("Gõ số của thôn, hoặc gõ luôn câu người đó muốn hỏi.")
    return turn.ask(KIND, text.strip(), options, footer=footer)


def picked(turn: Turn, visit: HelpVisit, meaning: dict[str, str]) -> Reply:
    """Count the visit for the thôn that was picked."""
    if "elsewhere" in meaning:
        return elsewhere(turn, visit)
    visit.hamlet = meaning["hamlet"]
    names = turn.house.content.places.hamlet_names
    where = names.get(visit.hamlet) or _("không rõ thôn")
    return Reply(_("Đã ghi: {where}. Bạn gõ câu người đó muốn hỏi.").format(where=where))


def _split(turn: Turn, visit: HelpVisit) -> tuple[Place | None, list[Place]]:
    """The thôn the visit has, when it is on the list, and the other ones."""
    listed = turn.house.content.places.hamlets
    own = next((place for place in listed if place.id == visit.hamlet), None)
    return own, [place for place in listed if place is not own]
