"""Which of what people write belongs to taking part: commands, links, picks and words."""

import re
from collections.abc import Callable

from bot.flows import asking, coming, following, quizzing
from bot.flows.coming import SAID
from bot.flows.turn import Turn
from bot.messages import Reply
from bot.state import Question as Open

COMMANDS: dict[str, Callable[[Turn, str], list[Reply]]] = {
    "dangky": lambda turn, _rest: following.subscribe(turn, ""),
    "huy": following.unsubscribe,
    # The same two acts under the names people try first.
    "batthongbao": lambda turn, _rest: following.subscribe(turn, ""),
    "tatthongbao": following.unsubscribe,
    "diemdanh": lambda turn, rest: coming.check_in(turn, rest, "code"),
    "bacau": lambda turn, _rest: quizzing.again(turn),
    "hoitruoc": asking.send,
    "binhchon": lambda turn, _rest: asking.offer(turn),
}
WORDS = {
    "dang ky nhan tin": "dangky",
    "dang ky nhan thong bao": "dangky",
    "nhan tin su kien": "dangky",
    "bat thong bao": "dangky",
    "nhan thong bao": "dangky",
    "huy nhan tin": "huy",
    "huy dang ky": "huy",
    "huy dang ky nhan tin": "huy",
    "ngung nhan tin": "huy",
    "tat thong bao": "huy",
    "tat het": "huy",
    "ngung nhan thong bao": "huy",
    "diem danh": "diemdanh",
    "ba cau": "bacau",
    "3 cau": "bacau",
    "binh chon": "binhchon",
    "hoi truoc": "hoitruoc",
    "vote": "binhchon",
    "three questions": "bacau",
}
PICKED = frozenset({following.CONSENT, following.INTEREST, coming.RSVP, quizzing.KIND, asking.VOTE})
"""Kinds of open questions whose picks are handled here."""
_DOOR = re.compile(r"(?:ma )?diem danh (?:ma )?([2-9a-hj-np-z]{5})")
_AHEAD = re.compile(
    r"\s*(?:h[oỏ]i\s+tr[uư][oơớ]c|ask ahead)\b([^:]{0,80}:.*)", re.IGNORECASE | re.DOTALL
)


def started(turn: Turn, payload: str) -> list[Reply] | None:
    """What a poster's link was made for: check in (dd-), or hear of events (dk, dk-thôn)."""
    kind, _dash, rest = payload.partition("-")
    match kind:
        case "dd":
            return coming.check_in(turn, rest, "qr")
        case "dk":
            return following.subscribe(turn, rest)
    return None


def heard(turn: Turn, words: str) -> list[Reply] | None:
    """The reply to words that belong here before anything else is looked at, else None."""
    if not turn.message.trusted:
        return None
    shown = coming.shown_event(turn) or coming.told_event(turn, words)
    if shown and words in SAID:
        return coming.replied(turn, shown, SAID[words])
    door = _DOOR.fullmatch(words)
    if door is not None:
        return coming.check_in(turn, door[1], "code")
    ahead = _AHEAD.fullmatch(turn.message.text)
    if ahead is not None:
        return asking.send(turn, ahead[1])
    return COMMANDS[WORDS[words]](turn, "") if words in WORDS else None


def picked(turn: Turn, opened: Open, meaning: dict[str, str]) -> list[Reply]:
    """The reply to a pick of one of the kinds above."""
    match opened.kind:
        case following.CONSENT:
            return following.consented(turn, meaning)
        case following.INTEREST:
            return following.chosen(turn, opened.data, meaning)
        case coming.RSVP:
            return coming.replied(turn, meaning["event"], coming.choice_of(meaning["choice"]))
        case asking.VOTE:
            return asking.voted(turn, meaning)
        case _:
            return quizzing.answered(turn, opened, meaning)
