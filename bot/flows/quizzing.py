"""The three questions before and after a talk: no points, only what the talk taught."""

from collections.abc import Sequence

from bot.flows.turn import Turn, letters
from bot.i18n import _
from bot.messages import Reply
from bot.notices import learning, taking_part
from bot.notices.calendar import Occurrence
from bot.notices.learning import Phase
from bot.notices.taking_part import Talk
from bot.state import Question as Open
from quiz.bank import Question

KIND = "talkquiz"


def begin(turn: Turn, talk: Talk, item: Occurrence, lead: str) -> list[Reply]:
    """What was said, then the next question of this phase, if there is one left."""
    phase = learning.phase_of(item, turn.now)
    asked = _next(turn, talk, phase)
    if asked is None:
        return [Reply(lead)] if lead else [_done(turn, talk, phase)]
    heading = (
        _("Trước khi nghe, bạn trả lời giúp {count} câu ngắn. Không tính điểm, không ai biết tên.")
        if phase == "before"
        else _("Nghe xong rồi, bạn trả lời lại {count} câu ngắn nhé.")
    )
    many = len(_drawn(turn, talk))
    replies = [Reply(" ".join(filter(None, (lead, heading.format(count=many)))))]
    return [*replies, asked]


def again(turn: Turn) -> list[Reply]:
    """/bacau: the questions of the talk one was at last."""
    if not turn.message.private:
        return []
    for occurrence in taking_part.attended(turn.session, turn.person.key, turn.now):
        talk = turn.session.get(Talk, occurrence)
        current = turn.house.programme.current(turn.session)
        event = next((one for one in current if talk and one.id == talk.event), None)
        item = taking_part.item_of(event, occurrence) if event else None
        if talk and item and turn.now < taking_part.ended(item) + taking_part.RECENT:
            return begin(turn, talk, item, "")
    return [Reply(_("Bạn điểm danh ở buổi tọa đàm trước nhé: gõ /diemdanh và mã ghi ở cửa."))]


def answered(turn: Turn, opened: Open, meaning: dict[str, str]) -> list[Reply]:
    """Keep an answer; nothing is told of it before the talk is over."""
    talk = turn.session.get(Talk, opened.data["occurrence"])
    phase: Phase = "before" if opened.data["phase"] == "before" else "after"
    question = next((one for one in _drawn(turn, talk) if one.id == meaning["question"]), None)
    if talk is None or question is None:
        return [Reply(_("Buổi này không còn câu hỏi nào."))]
    key, choice = turn.person.key, int(meaning["choice"])
    learning.answer(turn.session, talk.occurrence, key, phase, question, choice, turn.now)
    asked = _next(turn, talk, phase)
    return [asked if asked is not None else _done(turn, talk, phase)]


def _drawn(turn: Turn, talk: Talk | None) -> list[Question]:
    if talk is None:
        return []
    today = turn.now.astimezone(turn.house.zone).date()
    return learning.drawn(talk, turn.house.content.bank, today)


def _next(turn: Turn, talk: Talk, phase: Phase) -> Reply | None:
    asked = _drawn(turn, talk)
    done = learning.answered(turn.session, talk.occurrence, turn.person.key, phase)
    left = [question for question in asked if question.id not in done]
    if not left:
        return None
    number = len(asked) - len(left) + 1
    text = _("Câu {number}/{of}: {question}")
    return turn.ask(
        KIND,
        text.format(number=number, of=len(asked), question=left[0].question),
        [
            (option, {"question": left[0].id, "choice": str(place)})
            for place, option in enumerate(left[0].options)
        ],
        footer=letters(),
        lettered=True,
        more={"occurrence": talk.occurrence, "phase": phase},
    )


def _done(turn: Turn, talk: Talk, phase: Phase) -> Reply:
    asked = _drawn(turn, talk)
    if phase == "before":
        return Reply(_("Cảm ơn bạn. Hết buổi, bạn gõ ba câu để trả lời lại và xem đáp án nhé."))
    key = turn.person.key
    after = learning.answered(turn.session, talk.occurrence, key, "after")
    before = learning.answered(turn.session, talk.occurrence, key, "before")
    text = _("Cảm ơn bạn. Sau buổi bạn đúng {right}/{of}.")
    lines = [text.format(right=sum(after.values()), of=len(asked))]
    if before:
        lines.append(
            _("Trước buổi: {right}/{of}.").format(right=sum(before.values()), of=len(asked))
        )
    return Reply("\n".join([" ".join(lines), *_solutions(asked)]))


def _solutions(asked: Sequence[Question]) -> list[str]:
    return [f"- {one.question} {one.options[one.answer]}. {one.explanation}" for one in asked]
