"""Questions: answer them, offer what is near, or pass them to a person and keep the promise."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot import asked as counted
from bot import links, state
from bot.content import FEATURES, Content
from bot.desk import visits
from bot.flows import news
from bot.flows.figures import missing
from bot.flows.turn import Turn, how_to_pick
from bot.i18n import _, day, language, speaking, written
from bot.messages import Choice, Link, Reply
from bot.metrics import FOUND
from faq import unanswered
from faq.book import Entry
from faq.followup import parts
from faq.matcher import Found, Near, Nothing, Sure
from faq.text import fold

OFFERED = 3
NONE_OF_THESE = "none"


def ask(turn: Turn) -> list[Reply]:
    """Answer what was asked: one answer, or two when the message holds two questions."""
    asked = turn.message.text
    for found in turn.found:
        FOUND.labels(found.verdict).inc()
    if len(turn.found) == 2:
        return _both(turn, parts(asked))
    found = turn.found[0] if turn.found else Nothing(())
    return [found_one(turn, found, asked)]


def _both(turn: Turn, asked: Sequence[str]) -> list[Reply]:
    """What is clear first; then the choices near the other question, or that it is passed on."""
    pairs = list(zip(asked, turn.found, strict=False))
    clear = [found_one(turn, each, text, True) for text, each in pairs if isinstance(each, Sure)]
    others = [(text, each) for text, each in pairs if not isinstance(each, Sure)]
    return clear + [_of(found_one(turn, each, text), text) for text, each in others]


def _of(reply: Reply, asked: str) -> Reply:
    """A reply that says which of two questions it is about."""
    return replace(reply, text=_('Còn câu "{asked}":').format(asked=asked) + "\n" + reply.text)


def found_one(turn: Turn, found: Found, asked: str, brief: bool = False) -> Reply:
    """The answer, the choices near it, or the promise of one."""
    match found:
        case Sure(hits):
            _count(turn, counted.SURE, hits[0].id)
            english = hits[0].phrasing in turn.house.content.book.by_id[hits[0].id].english
            with speaking("en" if english else language()):
                return answer(turn, hits[0].id, asked, brief)[0]
        case Near() if found.offered:
            _count(turn, counted.NEAR)
            return offer(turn, found, asked)
        case _:
            _count(turn, counted.NOTHING)
            return pass_on(turn, asked, [hit.id for hit in found.hits], "nothing")


def _count(turn: Turn, verdict: str, entry: str = "") -> None:
    """Count a question of this day, without who asked it or what it said."""
    on = turn.now.astimezone(turn.house.zone).date()
    hamlet, channel = turn.person.hamlet, turn.message.channel
    counted.note(turn.session, on, verdict, entry, hamlet, channel)


def answer(turn: Turn, entry_id: str, asked: str, brief: bool = False) -> list[Reply]:
    """The answer of an entry, what to ask next, and "Đúng ý / Chưa đúng ý"."""
    entry = turn.house.content.book.by_id[entry_id]
    state.remember(turn.chat, entry.id, asked, turn.now)
    live = news.live(turn, entry.id, asked)
    if live is not None:
        return [live]
    reply = render(turn.house.content, entry, links.dead(turn.session), turn)
    if lacking := missing(asked, reply.text):
        reply = replace(reply, text=f"{lacking}\n{reply.text}")
    following = [turn.house.content.book.by_id[name] for name in entry.next]
    if not brief and following and turn.message.private:
        options = [(title(item), {"entry": item.id}) for item in following]
        asking = turn.ask("next", "", options)
        more = _("Bạn cần thêm?")
        footer = f"{more} {asking.footer}"
        reply = replace(reply, choices=asking.choices, ask=asking.ask, footer=footer)
    else:
        state.close(turn.chat)
    if turn.message.private:
        marks = (
            Choice(_("Đúng ý"), "đúng ý", mark=True),
            Choice(_("Chưa đúng ý"), "chưa đúng ý", mark=True),
        )
        reply = replace(reply, choices=(*reply.choices, *marks))
    return [reply]


def overdue() -> str:
    """What is said of an answer that should have been reviewed by now."""
    return _("Lưu ý: câu này đã quá hạn rà soát, bạn hỏi lại cán bộ trước khi làm nhé.")


def render(content: Content, entry: Entry, gone: frozenset[str], turn: Turn | None = None) -> Reply:
    """An entry as it is said: its answer, local values, cautions, links that live, its source."""
    values = (content.places.values[name] for name in entry.local)
    filled = [f"{value.label}: {value.value}" for value in values if value.value]
    lines = _words(entry, filled)
    if turn is not None and entry.expired(turn.now.astimezone(turn.house.zone).date()):
        lines.append(overdue())
    pages = [content.pages[name] for name in entry.links]
    for page in pages:
        if page.id in gone and page.summary:
            heading = _("{title} hiện không mở được. Tóm tắt của mình ({date}):")
            lines.append(heading.format(title=page.title, date=written(page.summary_on)))
            lines.append(page.summary)
    text = "\n".join(lines)
    shown = [page for page in links.alive_of(pages, gone) if page.url not in text]
    return Reply(
        text,
        links=tuple(Link(page.title, page.url) for page in shown),
        source=source_line(content, entry),
    )


def _words(entry: Entry, filled: list[str]) -> list[str]:
    """What is said of an entry, with the local values that are there; they may be what is asked."""
    if entry.needs and entry.needs not in FEATURES:
        return [not_yet(entry.needs), *filled]
    first, answer, known = list[str](), entry.answer, entry.known
    if language() == "en" and entry.answer_en:
        answer, known = entry.answer_en, entry.known_en
    elif language() == "en":
        first = [_("Câu này mình mới có bằng tiếng Việt:")]
    return [*first, *filled, known] if known and filled else [*first, answer, *filled]


def source_line(content: Content, entry: Entry) -> str:
    """The source in one small line, with when it was reviewed."""
    cited = [source.cite for source in content.book.cite(entry)[:2]]
    reviewed = f"{entry.reviewed_on.month}/{entry.reviewed_on.year}"
    line = _("Nguồn: {sources} · rà soát {reviewed}")
    return line.format(sources="; ".join(cited), reviewed=reviewed)


def not_yet(feature: str) -> str:
    """What is said of a feature that is not there yet."""
    if feature == "contest":
        return _(
            "Phần đố vui và thi của chatbot chưa mở. Khi mở, cách chơi, cách tính điểm và bảng xếp "
            "hạng sẽ có ngay ở đây."
        )
    return _(
        "Phần lịch sự kiện và đăng ký nhận thông báo của chatbot chưa mở. Trong lúc chờ, bạn nghe "
        "loa truyền thanh hoặc hỏi trưởng thôn nhé."
    )


def title(entry: Entry) -> str:
    """An entry's question, in the language being spoken when it has it."""
    return entry.question_en if language() == "en" and entry.question_en else entry.question


def offer(turn: Turn, found: Near, asked: str) -> Reply:
    """Up to three near entries, worded as questions, and a way to say that it is none of them."""
    book = turn.house.content.book
    entries = [book.by_id[hit.id] for hit in found.offered]
    options = [(title(entry), {"entry": entry.id}) for entry in entries]
    options.append((_("Không phải các câu này"), {"entry": NONE_OF_THESE}))
    footer = how_to_pick(len(options))
    return turn.ask("near", _("Ý bạn là:"), options, footer=footer, asked=asked)


def picked(turn: Turn, kind: str, meaning: dict[str, str], asked: str) -> list[Reply]:
    """Somebody picked one of the entries offered, or none of them."""
    name = meaning["entry"]
    if name == NONE_OF_THESE:
        return [pass_on(turn, asked, [], "refused")]
    if name not in turn.house.content.book.by_id:
        return [pass_on(turn, asked, [], "refused")]
    if kind == "near" and asked:
        unanswered.confirm(
            turn.session,
            person_key=turn.person.key,
            entry=name,
            text=asked,
            folded=fold(asked),
            now=turn.now,
        )
    return answer(turn, name, asked or turn.house.content.book.by_id[name].question)


def pass_on(turn: Turn, asked: str, near: Sequence[str], why: str) -> Reply:
    """Keep a question for a person, and say what happens next and by when."""
    state.close(turn.chat)
    if why == "nothing" and len(fold(asked).replace(" ", "")) < 4:
        return Reply(_("Mình chưa hiểu. Bạn viết rõ hơn điều muốn hỏi giúp mình nhé."))
    question = unanswered.keep(
        turn.session,
        person_key=turn.person.key,
        channel=turn.message.channel,
        lane=turn.lane,
        text=asked,
        folded=fold(asked),
        near=near,
        why=why,
        now=turn.now,
    )
    return Reply(
        _(
            "Mình chưa có câu trả lời chắc chắn cho câu này. Mình đã chuyển câu hỏi cho cán bộ phụ "
            "trách; có trả lời mình nhắn bạn ở đây, hoặc bạn gõ {code} để xem (thường trong 2 ngày "
            "làm việc)."
        ).format(code=question.code)
    )


def right(turn: Turn) -> list[Reply]:
    """ "Đúng ý": the wording is kept as one that means this entry."""
    topic = state.topic(turn.chat, turn.now)
    if not topic:
        return [Reply(_("Cảm ơn bạn. Bạn cần hỏi gì thêm, cứ nhắn mình nhé."))]
    unanswered.confirm(
        turn.session,
        person_key=turn.person.key,
        entry=topic,
        text=turn.chat.asked,
        folded=fold(turn.chat.asked),
        now=turn.now,
    )
    return [Reply(_("Cảm ơn bạn đã báo. Bạn cần hỏi gì thêm, cứ nhắn mình nhé."))]


def wrong(turn: Turn) -> list[Reply]:
    """ "Chưa đúng ý": offer the other near entries, or pass the question on."""
    topic, asked = state.topic(turn.chat, turn.now), turn.chat.asked
    if not topic or not asked:
        return [Reply(_("Mình xin lỗi. Bạn hỏi lại cách khác giúp mình nhé."))]
    book = turn.house.content.book
    around = [name for name in book.by_id[topic].neighbours if name in book.by_id][:OFFERED]
    if not around:
        return [pass_on(turn, asked, [topic], "wrong")]
    options = [(title(book.by_id[name]), {"entry": name}) for name in around]
    options.append((_("Không phải, chuyển cho cán bộ"), {"entry": NONE_OF_THESE}))
    return [turn.ask("near", _("Mình xin lỗi. Có phải bạn hỏi:"), options, asked=asked)]


def status(turn: Turn, code: str) -> list[Reply]:
    """What became of a question with a code; only the one who asked may see it."""
    try:
        question = unanswered.by_code(turn.session, code)
    except unanswered.UnknownQuestionError:
        question = None
    if question is None or not _is_theirs(turn, question):
        return [Reply(_("Mình không thấy câu hỏi {code} của bạn.").format(code=code.upper()))]
    if question.state == unanswered.ANSWERED:
        return [Reply(came_back(question, turn.house.zone))]
    asked_on = day(question.asked_at, turn.house.zone)
    text = _("Câu hỏi {code} ({asked}) gửi ngày {date} đang chờ cán bộ trả lời.")
    return [Reply(text.format(code=question.code, asked=question.text, date=asked_on))]


def _is_theirs(turn: Turn, question: unanswered.Unanswered) -> bool:
    """Whether who writes asked it, or asked it for somebody they helped."""
    if question.person_key == turn.person.key:
        return True
    teller = visits.teller(turn.session, question.person_key)
    return teller is not None and teller.id == turn.person_id


def came_back(question: unanswered.Unanswered, zone: ZoneInfo) -> str:
    """A person's answer as it is given back to the one who asked."""
    text = _('Trả lời câu hỏi {code} của bạn ("{asked}", ngày {date}): {answer}')
    return text.format(
        code=question.code,
        asked=question.text,
        date=day(question.asked_at, zone),
        answer=question.answer,
    )


def handbook(turn: Turn) -> list[Reply]:
    """/camnang: the handbook, and our own dated summaries of it and of the provinces' lessons."""
    content = turn.house.content
    first = answer(turn, "cam-nang-chuyen-doi-so-o-dau", "cẩm nang chuyển đổi số")
    pages = [page for page in content.pages.values() if page.summary]
    heading = _("{title} ({url}), tóm tắt của mình ngày {date}:")
    summaries = [
        Reply(
            heading.format(title=page.title, url=page.url, date=written(page.summary_on))
            + "\n"
            + page.summary
        )
        for page in pages
    ]
    return [*summaries, *first]
