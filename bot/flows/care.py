"""Danger and distress: seen before anything else is looked at, whatever the chat was about."""

import re
from collections.abc import Callable

from bot.i18n import _
from bot.messages import Reply

# On folded words, where "tự tử" and "từ từ" are one: only whole phrases count.
SELF_HARM = (
    r"\b(?:muon|dinh|doi|nghi toi) (?:tu tu|tu sat)\b|khong muon song|chan song"
    r"|\b(?:toi|tui|em|con|minh) (?:chi )?(?:muon|dinh) chet\b"
    r"|kill myself|want to die|end my life|suicid"
)
VIOLENCE = (
    r"\b(?:chong|vo|cha|ba|bo|me|ong|ban trai) (?:toi|tui|em|con|minh)?\s?(?:hay )?(?:danh|dam)\b"
    r"|\bbi (?:chong|vo|cha|bo|me|nguoi ta) (?:danh|hanh ha|dam)\b"
    r"|bao hanh|bao luc gia dinh|xam hai"
    r"|\b(?:beats|beating|raped|attacked) me\b|was (?:raped|attacked)"
)
FIRE = r"\bchay nha\b|\bnha (?:\w+ )?(?:bi |dang )chay\b|hoa hoan|\bon fire\b|there is a fire"
HURT = r"(?:gay (?:tay|chan|xuong)|chay mau|bi thuong|bat tinh|kho tho|dot quy|dau nguc)"
AFLOAT = r"\b(?:ngoai khoi|giua bien|tren bien)\b"
SEA = (
    rf"{HURT}.*{AFLOAT}|{AFLOAT}.*{HURT}"
    r"|\b(?:chim|lat) (?:tau|ghe|xuong|thuyen|thung)\b|roi xuong bien|chet duoi|duoi nuoc"
    r"|drowning|overboard|(?:boat|ship) (?:is |has )?(?:sinking|sunk|capsized)"
)
HEALTH = (
    r"\bsot (?:cao|\d)|bat tinh|kho tho|co giat|ngung tho|dot quy|dau nguc|ngo doc|tai nan"
    r"|gay (?:tay|chan|xuong)|chay mau nhieu"
    r"|unconscious|can ?(?:no)?t breathe|heart attack|chest pain"
)

CODE = (
    r"(?:otp|ma (?:\w+ )?xac (?:nhan|thuc)|ma (?:6|sau) so|ma pin"
    r"|mat khau (?:ngan hang|tai khoan|app))"
)
GIVE = r"(?:dua|doc|noi|cho|gui|nhap|cung cap|khai|dien|bam|ghi)"
SLIPPED = re.compile(
    rf"\b(?:lo|trot|lo tay|nham) (?:\w+ ){{0,3}}?{GIVE} (?:\w+ ){{0,4}}?{CODE}\b"
    rf"|\b{GIVE} (?:\w+ ){{0,4}}?{CODE} (?:\w+ ){{0,3}}?(?:cho|vo|vao) (?:\w+ ){{1,6}}?roi\b"
    r"|\b(?:gave|shared|told|read|sent)\b.*\b(?:otp|code|password|pin)\b"
    r".*\b(?:to|him|her|them|away)\b"
    r"|\b(?:gave|told) (?:\w+ ){1,3}?(?:otp|code|password|pin)\b"
)
SWINDLED = "bi-lua-chuyen-tien"
"""The entry that helps somebody who was swindled, or has just made it possible."""

Words = Callable[[], str]
GUARDS: tuple[tuple[re.Pattern[str], Words], ...] = (
    (
        re.compile(SELF_HARM),
        lambda: _(
            "Bạn đang rất khó khăn, và bạn không phải chịu một mình. Hãy gọi ngay 115, hoặc "
            "111 nếu bạn là trẻ em, hoặc gọi người bạn tin tưởng nhất. Mình chỉ là máy, xin bạn "
            "hãy nói chuyện với một người ngay bây giờ."
        ),
    ),
    (
        re.compile(VIOLENCE),
        lambda: _(
            "Bạn hãy tới nơi an toàn và gọi ngay 113 (công an). Trẻ em bị đánh, bị xâm hại: "
            "gọi 111. Bị thương thì gọi 115."
        ),
    ),
    (
        re.compile(FIRE),
        lambda: _("Gọi ngay 114 (cứu hỏa). Ra khỏi chỗ cháy trước, đừng quay lại lấy đồ."),
    ),
    (
        re.compile(SEA),
        lambda: _("Gọi ngay 112 (tìm kiếm cứu nạn). Nói rõ bạn ở đâu, có mấy người."),
    ),
    (
        re.compile(HEALTH),
        lambda: _(
            "Việc sức khỏe gấp thì gọi ngay 115 (cấp cứu) hoặc tới trạm y tế gần nhất; mình chỉ là "
            "máy, không trả lời thay bác sĩ được."
        ),
    ),
)


def danger(words: str) -> list[Reply] | None:
    """Whom to call at once, when folded words tell of danger; else None."""
    for pattern, say in GUARDS:
        if pattern.search(words):
            return [Reply(say())]
    return None


def gave_a_code_away(words: str) -> bool:
    """Whether folded words tell that a code or password was just given to somebody."""
    return SLIPPED.search(words) is not None
