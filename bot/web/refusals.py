"""Why a message was not taken, and the words for it; what was written stays in the box."""

from dataclasses import dataclass

from bot.channels.webchat import LONGEST
from bot.i18n import _


@dataclass(frozen=True)
class Refusal:
    """A message that was not taken: the status of the answer, why, and seconds to wait."""

    status: int
    reason: str
    wait: int = 0


def explain(refusal: Refusal, length: int) -> str:
    """What the visitor reads: why, and what to do."""
    match refusal.reason:
        case "empty":
            return _("Bạn gõ câu hỏi giúp mình nhé.")
        case "long":
            sentence = _(
                "Tin dài {length} ký tự, mình chỉ đọc được {most}. Bạn rút gọn hoặc chia làm nhiều "
                "tin giúp mình nhé."
            )
            return sentence.format(length=length, most=LONGEST)
        case "often":
            sentence = _("Bạn gửi hơi nhanh. Chờ {wait} giây rồi gửi lại giúp mình nhé.")
            return sentence.format(wait=refusal.wait)
        case _:
            return _("Hệ thống đang trục trặc, tin của bạn chưa gửi được. Bạn thử lại sau ít phút.")
