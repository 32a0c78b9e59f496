"""Coming to an event: saying so by tap or word, and checking in at the door."""

from dataclasses import replace
from datetime import timedelta

from bot import state
from bot.flows import quizzing
from bot.flows.turn import Turn
from bot.i18n import _, moment
from bot.messages import Link, Reply
from bot.notices import invitation, taking_part, words
from bot.notices.calendar import Occurrence
from bot.notices.events import Event
from bot.notices.taking_part import DOOR_BEFORE, INVITED, LEAST, Choice, How

RSVP = "rsvp"
SIGNAL = "door:{}"
"""What the page at the door could listen to."""
_WORDS: dict[Choice, tuple[str, ...]] = {
    "yes": ("di", "co di", "co", "toi di", "tui di", "minh di", "se di", "em di", "going", "yes"),
    "no": ("khong di", "ko di", "k di", "khong", "khong den", "khong toi", "not going", "no"),
    "maybe": ("chua chac", "chua biet", "de xem", "co the", "khong chac", "maybe"),
}
SAID = {word: choice for choice, words_ in _WORDS.items() for word in words_}
"""Words after an event was shown; elsewhere they mean nothing here."""
PLAIN = frozenset(
    {word for word in SAID if "di" in word.split()} | {"chua chac", "going", "not going"}
)
"""Those of them that also answer the newest notice: who says "đi" speaks of going."""
LATELY = timedelta(days=14)


def event_of(turn: Turn, name: str) -> Event | None:
    """An event by its id, as it is now, in the language spoken."""
    current = turn.house.programme.current(turn.session)
    return next((words.told(event) for event in current if event.id == name), None)


def open_time(turn: Turn, event: Event) -> Occurrence | None:
    """The time of an event one may still say one comes to."""
    if event.kind not in INVITED or not event.shown or event.status == "cancelled":
        return None
    item = taking_part.this_time(event, turn.now)
    return item if item and taking_part.ended(item) > turn.now else None


def invite(turn: Turn, event: Event, told: Reply) -> Reply:
    """What is told of an event, with the question whether one comes."""
    if not turn.message.private or open_time(turn, event) is None:
        return told
    labels: tuple[tuple[str, Choice], ...] = (
        (_("Đi"), "yes"),
        (_("Không đi"), "no"),
        (_("Chưa chắc"), "maybe"),
    )
    options = [(label, {"event": event.id, "choice": choice}) for label, choice in labels]
    footer = _("Bạn có đi không? Gõ số, hoặc gõ: đi, không đi, chưa chắc.")
    asked = turn.ask(RSVP, told.text, options, footer=footer, more={"event": event.id})
    return replace(told, choices=asked.choices, ask=asked.ask, footer=asked.footer)


def choice_of(name: str) -> Choice:
    """A choice as it was kept with the question."""
    known: dict[str, Choice] = {"yes": "yes", "no": "no"}
    return known.get(name, "maybe")


def shown_event(turn: Turn) -> str:
    """The event the chat has just shown; empty when it is about something else."""
    question = state.question(turn.chat, turn.person_id, turn.now)
    return str(question.data.get("event", "")) if question and question.kind == RSVP else ""


def told_event(turn: Turn, said: str) -> str:
    """The event of the newest notice they had, when the words can mean nothing else."""
    if said not in PLAIN or not turn.message.private:
        return ""
    found = invitation.last_told(turn.session, turn.person_id, turn.now - LATELY)
    event = event_of(turn, found) if found else None
    return found if event and open_time(turn, event) else ""


def replied(turn: Turn, event_id: str, choice: Choice) -> list[Reply]:
    """Keep whether somebody comes, and leave the question open for a change of mind."""
    event = event_of(turn, event_id)
    item = open_time(turn, event) if event else None
    if event is None or item is None:
        return [Reply(_("Sự kiện này đã qua hoặc đã hủy nên mình không ghi nữa."))]
    occurrence = taking_part.name_of(event, item)
    taking_part.reply(turn.session, occurrence, turn.person_id, choice, turn.now)
    more = {"event": event.id, "options": []}
    state.ask(turn.chat, RSVP, more, turn.person_id, turn.now)
    return [_noted(turn, event, item, occurrence, choice)]


def _noted(turn: Turn, event: Event, item: Occurrence, occurrence: str, choice: Choice) -> Reply:
    heading = {
        "yes": _("Mình đã ghi: bạn sẽ đi {title}."),
        "no": _("Mình đã ghi: bạn không đi {title}."),
        "maybe": _("Mình đã ghi: bạn chưa chắc đi {title}."),
    }[choice].format(title=event.title)
    lines = [heading]
    if choice != "no":
        lines.append(words.when_of(event, item, turn.house.zone))
        others = taking_part.said(turn.session, occurrence)["yes"]
        if others >= LEAST:
            lines.append(_("{count} người đã báo sẽ đi.").format(count=others))
        lines.append(_("Đổi giờ hay hủy, mình báo bạn. Đổi ý thì gõ: không đi."))
        if event.kind in {"talk", "training"}:
            lines.append(_("Gửi trước câu hỏi: gõ hỏi trước: rồi điều bạn muốn hỏi."))
    base = turn.house.public_url.rstrip("/")
    links = (Link(_("Thêm vào lịch điện thoại"), f"{base}/su-kien/{event.id}.ics"),)
    return Reply("\n".join(lines), links=links if base and choice != "no" else ())


def check_in(turn: Turn, code: str, how: How) -> list[Reply]:
    """Count somebody in by the code at the door; then the three questions before."""
    if not turn.message.private:
        return [Reply(_("Bạn nhắn riêng cho mình mã này để điểm danh nhé."))]
    if not code.strip():
        return [Reply(_("Bạn gõ /diemdanh rồi mã ghi ở cửa, ví dụ: /diemdanh AB2CD."))]
    talk = taking_part.by_code(turn.session, code)
    event = event_of(turn, talk.event) if talk else None
    item = taking_part.item_of(event, talk.occurrence) if talk and event else None
    if talk is None or event is None or item is None:
        return [Reply(_("Mình không thấy mã này. Bạn xem lại mã ghi ở cửa nhé."))]
    if event.status == "cancelled":
        return [Reply(_("Buổi này đã hủy: {note}").format(note=event.note))]
    if not taking_part.door_is_open(item, turn.now):
        return [_not_open(turn, event, item)]
    key, hamlet = turn.person.key, turn.person.hamlet
    new = taking_part.check_in(turn.session, talk.occurrence, key, hamlet, how, turn.now)
    turn.changed.append(SIGNAL.format(talk.occurrence))
    text = (
        _("Đã điểm danh: {title}. Cảm ơn bạn đã tới.")
        if new
        else _("Bạn đã điểm danh rồi: {title}.")
    )
    return quizzing.begin(turn, talk, item, text.format(title=event.title))


def _not_open(turn: Turn, event: Event, item: Occurrence) -> Reply:
    if turn.now > item.start:
        return Reply(
            _("Buổi này đã xong nên không điểm danh nữa: {title}").format(title=event.title)
        )
    at = moment(item.start - DOOR_BEFORE, turn.house.zone)
    text = _("Chưa tới giờ. Điểm danh {title} mở từ {at}.")
    return Reply(text.format(title=event.title, at=at))
