"""The live contest in a chat: joining by code, and answering what stands on the projector."""

import re
from datetime import datetime

from sqlmodel import Session

from bot import organisers
from bot.flows.turn import Turn
from bot.i18n import _
from bot.messages import Reply
from quiz import contest, players, pressing, rounds
from quiz.papers import Entrant, NotAllowedError
from quiz.pressing import Press, Result
from quiz.rounds import Round, RoundClosedError, UnknownRoundError

CODE = re.compile(r"(?:(?:choi|tham gia|vao|join|ma)\s+)?([2-9a-hjkmnp-z]{5})")
SIGNAL = "stage:{}"
"""What the projector listens to."""
HURRY = "step:{}"
"""Told when the presenter took a step, which is to be shown at once."""


def signal_of(round_: Round) -> str:
    """The signal told when something of a live contest changed."""
    return SIGNAL.format(rounds.id_of(round_))


def entrant(turn: Turn) -> Entrant:
    """The person who writes, as the rules see them."""
    player = players.of(turn.session, turn.person.key)
    return Entrant(
        turn.person.key,
        turn.person.unit,
        player.birth_year if player else None,
        organiser=organisers.of(turn.session, turn.person) is not None,
    )


def by_code(turn: Turn, words: str) -> Round | None:
    """The live contest whose code was typed, or None."""
    match = CODE.fullmatch(words)
    if match is None:
        return None
    try:
        round_ = rounds.by_code(turn.session, match[1])
    except UnknownRoundError:
        return None
    return round_ if round_.mode == "stage" else None


def join(turn: Turn, round_: Round) -> list[Reply]:
    """Take part in a live contest; the nickname must be known by now."""
    try:
        contest.join(turn.session, round_, entrant(turn), turn.message.channel, turn.now)
    except RoundClosedError:
        return [Reply(_("Cuộc thi này đã kết thúc hoặc chưa mở."))]
    except NotAllowedError as error:
        return [Reply(refused(error.reason))]
    turn.changed.append(signal_of(round_))
    text = _(
        "Bạn đã vào {title}. Nhìn màn hình lớn để đọc câu hỏi, rồi nhắn cho mình A, B, C hoặc D. "
        "Chỉ câu trả lời đầu tiên được tính."
    )
    return [Reply(text.format(title=round_.title))]


def refused(reason: str) -> str:
    """Why somebody may not enter, in words."""
    return {
        "organiser": _("Người tổ chức không dự thi cuộc thi của mình."),
        "unit": _("Vòng này dành cho một số đơn vị. Chọn đơn vị của bạn: /donvi"),
        "age": _("Vòng này có giới hạn tuổi, bạn chưa vào được."),
        "birth year": _("Vòng này có giới hạn tuổi. Bạn sinh năm nào?"),
    }[reason]


def pressed(turn: Turn, shown: int) -> list[Reply] | None:
    """Count a letter for the live contest the person takes part in; None when there is none."""
    round_ = contest.joined(turn.session, turn.person.key, turn.now)
    if round_ is None:
        return None
    stage = contest.standing_of(turn.session, round_)
    if stage.phase not in {"open", "closed"}:
        return None
    item = Press(turn.person.key, shown, turn.message.channel, turn.now)
    result = pressing.press(turn.session, round_, [item], stage)[0]
    if result == "counted":
        turn.changed.append(signal_of(round_))
    return [Reply(_told(turn, round_, result, shown, stage.question))]


def is_awaited(session: Session, person_key: str, now: datetime) -> bool:
    """Whether a question on stage still waits for this person's first answer."""
    round_ = contest.joined(session, person_key, now)
    if round_ is None:
        return False
    stage = contest.standing_of(session, round_)
    open_ = stage.phase in {"open", "closed"}
    return open_ and contest.answer_to(session, round_, stage, person_key) is None


def _told(turn: Turn, round_: Round, result: Result, shown: int, number: int) -> str:
    letter = "ABCD"[shown]
    match result:
        case "counted":
            return _("Đã nhận {letter} cho câu {number}.").format(letter=letter, number=number)
        case "already":
            return _("Câu {number} bạn đã trả lời {letter} rồi; câu đầu tiên được tính.").format(
                number=number, letter=_first(turn, round_)
            )
        case "late":
            return _("Hết giờ câu {number} rồi, câu trả lời này không được tính.").format(
                number=number
            )
        case _:
            return _("Chưa có câu hỏi nào đang mở. Bạn chờ câu tiếp theo trên màn hình nhé.")


def _first(turn: Turn, round_: Round) -> str:
    stage = contest.standing_of(turn.session, round_)
    mine = contest.answer_to(turn.session, round_, stage, turn.person.key)
    if mine is None:
        return ""
    _question, asked = contest.questions(round_)[stage.question - 1]
    return "ABCD"[asked.order.index(mine.choice)]
