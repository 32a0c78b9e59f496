"""Questions for a figure - a fine, a fee, a time - and whether an answer has one. Pure."""

import re
from collections.abc import Callable
from typing import NamedTuple

from bot.i18n import _
from faq.text import fold

HOW_MUCH = r"(?:bao nhieu|bnhieu|bn|(?<!xe )(?<!ve )may)\b(?! lan| buoi| gio| h\b| cau| diem)"
MONEY = r"\d[\d.,]*\s*(?:đồng|đ\b|nghìn|ngàn|triệu|tỷ|VND|dong\b)|\d\s*%"
FREE = (
    r"miễn|(?:không|chưa) (?:\w+ ){0,2}(?:phí|tiền)|(?:giá|phí|tiền)[^.]{0,40}mình chưa có"
    r"|\bfree\b|no fee|do not have confirmed"
)
DURATION = (
    r"\d+\s*(?:giây|phút|giờ|ngày|tuần|tháng|năm)|trong ngày|ngay lập tức|24/24|mình chưa có"
    r"|\d+[\s-](?:minutes?|hours?|(?:working )?days?|weeks?|months?|years?)"
)


OTHERS = re.compile("máy|phát")
"""Where accents were typed, these are a machine and a broadcast: no "mấy", no "phạt"."""


class Figure(NamedTuple):
    """A kind of figure: how it is asked for, how an answer has it, what is said when not."""

    asked: re.Pattern[str]  # in folded words
    told: re.Pattern[str]
    missing: Callable[[], str]


FIGURES = (
    Figure(
        re.compile(
            rf"\bphat (?!thanh|hanh|song|giay|sinh|lai)(?:\w+ ){{0,3}}{HOW_MUCH}"
            r"|\bmuc (?:xu )?phat\b(?! thanh)"
            r"|how much .*\bfined?\b|\bfined?\b.* how much"
        ),
        re.compile(MONEY),
        lambda: _("Mức phạt thì nguồn của mình không có con số nên mình không nói bừa."),
    ),
    Figure(
        re.compile(
            rf"\b(?:le phi|phi|cuoc phi)\b (?:\w+ ){{0,3}}{HOW_MUCH}"
            rf"|\b(?:mat|ton|het|dong|nop|tra|gia) (?:\w+ )?{HOW_MUCH} ?(?:tien|dong|phi|$)"
            r"|\b(?:gia|ton) bao nhieu\b(?! ngay| lau| thoi)|\b(?:may|bn|bao nhieu) tien\b"
            r"|\b(?:ton|het|phi) nhieu\b(?! khong)"
            r"|^(?:\w+ ){0,3}(?:mat|ton) (?:tien|phi|le phi) (?:gi )?(?:khong|ko|k|hong|hk)$"
            r"|how much (?:is|does|do|will|are)\b.*(?:cost|fee|price|pay|charge|$)"
            r"|\bwhat.* (?:fee|price)\b"
        ),
        re.compile(f"{MONEY}|{FREE}", re.IGNORECASE),
        lambda: _("Số tiền bạn hỏi thì nguồn của mình không có con số."),
    ),
    Figure(
        re.compile(
            r"\b(?:mat|ton|bao|het|cho|trong) (?:bao )?"
            r"(?:lau(?! roi)|may ngay|may tuan|bao nhieu ngay)\b"
            r"|\bmay (?:ngay|tuan|thang) (?:thi |la |moi |sau )?(?:co|xong|duoc|nhan|lay)\b"
            r"|\b(?:khi nao|chung nao|bao gio) (?:\w+ )?(?:co ket qua|lay duoc|nhan duoc|xong)\b"
            r"|\bhow long\b"
        ),
        re.compile(DURATION, re.IGNORECASE),
        lambda: _("Thời gian bạn hỏi thì nguồn của mình không có con số."),
    ),
)


def missing(asked: str, answer: str) -> str:
    """What to say first when a question asks for a figure that the answer lacks; else nothing."""
    words = fold(OTHERS.sub("", asked.lower()))
    for figure in FIGURES:
        if figure.asked.search(words) and not figure.told.search(answer):
            where = _(
                "Bạn hỏi nơi nêu dưới đây, hoặc Trung tâm Phục vụ hành chính công đặc khu nhé."
            )
            return f"{figure.missing()} {where}"
    return ""
