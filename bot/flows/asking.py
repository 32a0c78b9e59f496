"""Questions before a talk: sent in, and voted for."""

from bot.flows import coming
from bot.flows.turn import Turn
from bot.i18n import _
from bot.messages import Reply
from bot.notices import asking, taking_part, words
from bot.notices.asking import EACH, LONGEST, Asked, QuestionError
from bot.notices.events import Event
from faq.text import fold

VOTE = "vote"
SHOWN = 8
"""Questions offered at once."""
SHORT = 90
"""Letters of a question on a button."""


def send(turn: Turn, rest: str) -> list[Reply]:
    """'hỏi trước <sự kiện>: ...': keep a question; without one, show those of others."""
    if not turn.message.private:
        return [Reply(_("Bạn nhắn riêng cho mình câu hỏi này nhé."))]
    name, colon, text = rest.partition(":")
    event = meant(turn, name)
    item = coming.open_time(turn, event) if event else None
    if event is None or item is None:
        return [Reply(_("Mình không thấy buổi nào sắp tới như vậy. Gõ /sukien để xem các buổi."))]
    if not (colon and text.strip()):
        return offer(turn, event)
    occurrence = taking_part.name_of(event, item)
    try:
        asking.ask(turn.session, occurrence, turn.person_id, " ".join(text.split()), turn.now)
    except QuestionError as error:
        return [Reply(_refused(error.reason))]
    told = _(
        "Mình đã gửi câu hỏi của bạn tới {title}. Tên bạn không hiện. Xem câu của người khác và "
        "bình chọn: gõ bình chọn."
    )
    return [Reply(told.format(title=event.title))]


def _refused(reason: str) -> str:
    """Why a question was not taken, and what to do."""
    return {
        "short": _("Câu hỏi ngắn quá, bạn viết rõ hơn giúp mình."),
        "long": _("Câu hỏi dài quá, bạn viết trong {count} chữ cái giúp mình.").format(
            count=LONGEST
        ),
        "many": _(
            "Bạn đã gửi {count} câu cho buổi này rồi. Để dành lượt cho người khác nhé."
        ).format(count=EACH),
        "again": _("Câu này bạn đã gửi rồi."),
        "rude": _("Bạn viết lại cho lịch sự giúp mình, vì cả thôn sẽ đọc."),
        "address": _("Bạn bỏ số điện thoại và đường dẫn ra rồi gửi lại nhé, vì cả thôn sẽ đọc."),
    }[reason]


def offer(turn: Turn, event: Event | None = None) -> list[Reply]:
    """/binhchon: the questions of others, to vote for."""
    event = event or meant(turn, "")
    item = coming.open_time(turn, event) if event else None
    if event is None or item is None:
        return [Reply(_("Chưa có buổi nào sắp tới để gửi câu hỏi. Gõ /sukien để xem lịch."))]
    how = _("Gửi câu của bạn: gõ hỏi trước: rồi điều bạn muốn hỏi.")
    listed = asking.listed(turn.session, taking_part.name_of(event, item))
    others = [one for one in listed if one.person_id != turn.person_id][:SHOWN]
    if not others or not turn.message.private:
        none = _("Chưa có câu hỏi nào của người khác cho {title}.").format(title=event.title)
        return [Reply(f"{none}\n{how}")]
    options = [(_label(one), {"question": str(one.id), "event": event.id}) for one in others]
    heading = _("Câu hỏi gửi trước cho {title}, gõ số để bình chọn:").format(title=event.title)
    return [turn.ask(VOTE, heading, options, footer=how)]


def _label(one: Asked) -> str:
    text = one.text if len(one.text) <= SHORT else one.text[: SHORT - 1] + "…"
    return _("{text} ({votes} bình chọn)").format(text=text, votes=one.votes) if one.votes else text


def voted(turn: Turn, meaning: dict[str, str]) -> list[Reply]:
    """Somebody wants to hear an answer too."""
    if asking.vote(turn.session, int(meaning["question"]), turn.person_id):
        return [Reply(_("Mình đã ghi bình chọn của bạn. Chọn thêm: gõ bình chọn."))]
    return [Reply(_("Câu này bạn đã bình chọn rồi, hoặc không còn nữa."))]


def meant(turn: Turn, name: str) -> Event | None:
    """The event a name means: by id or words of its title; unnamed, the one shown or the next."""
    wanted = fold(name)
    current = turn.house.programme.current(turn.session)
    titles = {event.id: f"{event.title} {event.title_en}" for event in current}
    listed = [event for event, _item in words.soonest(current, turn.now)]
    listed = [event for event in listed if coming.open_time(turn, event)]
    if wanted:
        exact = [event for event in listed if event.id == name.strip().lower()]
        parts = set(wanted.split())
        near = [event for event in listed if parts <= set(fold(titles[event.id]).split())]
        return next(iter(exact or near), None)
    shown = coming.shown_event(turn)
    mine = [event for event in listed if event.id == shown]
    talks = [event for event in listed if event.kind in {"talk", "training"}]
    near = [event for event in talks if event.concerns(turn.person.hamlet)]
    return next(iter(mine or near or talks), None)
