"""Small talk: greetings, thanks, anger and agreement, which ask for nothing."""

import re

from bot.flows import profile
from bot.i18n import _
from bot.messages import Reply

GREETINGS = frozenset(
    [
        "chao",
        "xin chao",
        "chao ban",
        "chao ad",
        "hello",
        "hi",
        "hey",
        "alo",
        "a lo",
        "chao bot",
        "hello ad",
        "hi ad",
        "chao em",
        "chao shop",
        "xin chao ban",
        "chao buoi sang",
        "chao buoi toi",
        "co ai khong",
        "good morning",
    ]
)
THANKS = frozenset(
    [
        "cam on",
        "cam on ban",
        "cam on nhe",
        "cam on nhieu",
        "cam on ad",
        "thanks",
        "thank you",
        "thank",
        "tks",
        "thks",
        "tk ad",
        "cam on em",
        "cam on bot",
        "cam on nha",
        "ok cam on",
        "da cam on",
        "tot qua",
        "hay qua",
    ]
)
FAREWELLS = frozenset(["tam biet", "bye", "bye bye", "chao nhe", "hen gap lai", "ngu ngon"])
AGREEMENTS = frozenset(
    [
        "ok",
        "oke",
        "okay",
        "da",
        "vang",
        "u",
        "uh",
        "um",
        "roi",
        "da roi",
        "vang a",
        "ok ad",
        "hieu roi",
        "da hieu",
    ]
)
PARTICLES = re.compile(r"(?: (?:nhe|nha|a|ad|ban|nhieu|lam|em|bot|nghe|hi|hen))+$")
"""Words that make thanks warmer and mean nothing more."""
INSULT = re.compile(r"\b(?:do ngu|ngu qua|ngu vay|ngu the|oc cho|vo dung|dm|dmm|dkm|vcl|cut di)\b")
ANGRY = 8
"""Longer messages hold a question, however angry."""


def answer(words: str) -> list[Reply] | None:
    """The reply to small talk, or None when the words want something."""
    if words in GREETINGS:
        return [profile.greet()]
    if words in THANKS or PARTICLES.sub("", words) in THANKS:
        return [Reply(_("Không có chi! Bạn cần gì thêm cứ nhắn mình nhé."))]
    if words in FAREWELLS:
        return [Reply(_("Chào bạn, hẹn gặp lại!"))]
    if len(words.split()) <= ANGRY and INSULT.search(words):
        return [Reply(_("Mình xin lỗi vì chưa giúp được bạn. Bạn nói việc cần hỏi, mình cố thêm."))]
    if words in AGREEMENTS:
        return [Reply(_("Dạ. Bạn cần hỏi gì thêm, cứ nhắn mình nhé."))]
    return None
