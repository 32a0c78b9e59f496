"""Contest rounds written alone: the rules, the paper question by question, and its result."""

from bot import state
from bot.flows import live
from bot.flows.turn import Turn, letters
from bot.i18n import _, lasted, moment
from bot.messages import Reply
from bot.state import Question as Open
from bot.terms import terms
from quiz import board, papers, players, rounds
from quiz.log import Paper
from quiz.papers import NoAttemptLeftError, NotAllowedError, Outcome
from quiz.rounds import Round, RoundClosedError

KIND = "paper"
NICKNAME, BIRTH, GUESS = "nickname", "birth", "guess"


def rounds_now(turn: Turn) -> list[Reply]:
    """/thi: go on with a paper, or the rounds one may enter with their rules."""
    pending = papers.pending(turn.session, turn.person.key, turn.now)
    if pending is not None:
        return put(turn, *pending, _("Bạn đang làm dở bài này, mình tiếp tục nhé."))
    own = rounds.running(turn.session, turn.now, "self")
    staged = rounds.running(turn.session, turn.now, "stage")
    if not own and not staged:
        return [_nothing_open(turn)]
    if len(own) == 1 and not staged:
        return [show(turn, own[0])]
    options = [(round_.title, {"round": round_.uid}) for round_ in (*own, *staged)]
    return [turn.ask("round", _("Đang mở:"), options)]


def _nothing_open(turn: Turn) -> Reply:
    later = [item for item in rounds.listed(turn.session) if item.opens_at > turn.now]
    if later:
        first = min(later, key=lambda item: item.opens_at)
        text = _("{title} mở lúc {when}. Trong lúc chờ, chơi thử: /dovui")
        return Reply(text.format(title=first.title, when=moment(first.opens_at, turn.house.zone)))
    return Reply(_("Hiện chưa có vòng thi nào mở. Bạn chơi thử nhé: /dovui"))


def show(turn: Turn, round_: Round) -> Reply:
    """The rules of a round in words, and whether to begin."""
    rules = rounds.rules_of(round_)
    units = turn.house.content.places.unit_names
    titles = turn.house.content.bank.categories
    told = terms(rules, turn.house.zone, round_.opens_at, round_.closes_at, units, titles)
    lines = [round_.title, *told]
    mine = papers.of_player(turn.session, rounds.id_of(round_), turn.person.key)
    left = papers.attempts_left(rules, mine, turn.now, turn.house.zone)
    if left <= 0:
        lines.append(_("Bạn đã dùng hết lượt. Xem hạng: /bangxephang"))
        return Reply("\n".join(lines))
    options = [
        (_("Bắt đầu, tính giờ ngay"), {"round": round_.uid, "act": "begin"}),
        (_("Để sau"), {"round": round_.uid, "act": "later"}),
    ]
    return turn.ask("begin", "\n".join(lines), options, footer=_("Gõ 1 hoặc 2."))


def chosen(turn: Turn, meaning: dict[str, str]) -> list[Reply]:
    """A round was picked from the list, or begun."""
    round_ = rounds.by_code(turn.session, meaning["round"])
    match meaning.get("act"):
        case "begin":
            return enter(turn, round_)
        case "later":
            return [Reply(_("Khi nào sẵn sàng, bạn gõ /thi nhé."))]
        case _ if round_.mode == "stage":
            return enter(turn, round_)
        case _:
            return [show(turn, round_)]


def enter(turn: Turn, round_: Round) -> list[Reply]:
    """Into a round: first a nickname, and a birth year when its rules have limits of age."""
    player = players.of(turn.session, turn.person.key)
    if player is None:
        return [ask_nickname(turn, round_.uid)]
    if round_.mode == "stage":
        return live.join(turn, round_)
    try:
        paper = papers.begin(
            turn.session,
            round_,
            live.entrant(turn),
            turn.message.channel,
            turn.now,
            turn.house.zone,
        )
    except RoundClosedError:
        return [Reply(_("Vòng này đã đóng hoặc chưa mở. Gõ /thi để xem vòng đang mở."))]
    except NoAttemptLeftError:
        return [Reply(_("Bạn đã dùng hết lượt. Xem hạng: /bangxephang"))]
    except NotAllowedError as error:
        if error.reason == "birth year":
            return [turn.ask_words(BIRTH, live.refused(error.reason), {"round": round_.uid})]
        return [Reply(live.refused(error.reason))]
    return put(turn, round_, paper, "")


def ask_nickname(turn: Turn, uid: str = "") -> Reply:
    """Ask how somebody wants to be called on the board."""
    return turn.ask_words(NICKNAME, nickname_question(), {"round": uid})


def nickname_question() -> str:
    """What somebody agrees to who gives a nickname."""
    return _(
        "Bạn muốn hiện tên gì trên bảng xếp hạng? Đặt biệt danh từ 2 đến 24 ký tự, đừng dùng họ "
        "tên thật hay số điện thoại."
    )


def put(turn: Turn, round_: Round, paper: Paper, lead: str) -> list[Reply]:
    """The question before a player, or the result when there is no more."""
    question = papers.put(round_, paper, turn.handled_at)
    if question is None:
        return finish(turn, round_, paper, lead)
    turn.session.flush()
    text = _("Câu {number}/{count} ({seconds} giây): {question}").format(
        number=question.number,
        count=question.of,
        seconds=int(question.limit.total_seconds()),
        question=question.question.question,
    )
    options = [(label, {"shown": str(place)}) for place, label in enumerate(question.options)]
    more = {"round": round_.uid, "question": question.question.id}
    reply = turn.ask(KIND, text, options, footer=letters(), lettered=True, more=more)
    return [Reply(**{**vars(reply), "text": f"{lead}\n\n{text}" if lead else text})]


def answered(turn: Turn, opened: Open, shown: int) -> list[Reply]:
    """Count an answer, say that it is kept (not whether it is right), and go on."""
    round_ = rounds.by_code(turn.session, opened.data["round"])
    pending = _unfinished(turn, round_)
    if pending is None:
        return [Reply(_("Bài này đã kết thúc. Xem hạng: /bangxephang"))]
    outcome = papers.answer(
        turn.session,
        round_,
        pending,
        shown,
        turn.message.channel,
        turn.now,
        opened.data["question"],
    )
    return put(turn, round_, pending, _kept(outcome, shown))


def _unfinished(turn: Turn, round_: Round) -> Paper | None:
    mine = papers.of_player(turn.session, rounds.id_of(round_), turn.person.key)
    return next((paper for paper in mine if paper.finished_at is None), None)


def _kept(outcome: Outcome | None, shown: int) -> str:
    if outcome is None:
        return _("Câu đó đã trả lời rồi; câu đầu tiên được tính.")
    if outcome.late:
        return _("Hết giờ mất rồi, câu này không được tính.")
    return _("Đã nhận {letter}.").format(letter="ABCD"[shown])


def finish(turn: Turn, round_: Round, paper: Paper, lead: str) -> list[Reply]:
    """The result of a paper; before that the prediction, when the rules ask for one."""
    rules = rounds.rules_of(round_)
    state.close(turn.chat)
    if rules.prediction and paper.guess is None:
        question = f"{lead}\n\n{rules.prediction}" if lead else rules.prediction
        more = {"round": round_.uid}
        return [turn.ask_words(GUESS, f"{question} {_('Bạn gõ một con số.')}", more)]
    return [Reply("\n".join(part for part in (lead, result(turn, round_)) if part))]


def result(turn: Turn, round_: Round) -> str:
    """What a player has in a round, and their rank so far."""
    mine = board.standing(turn.session, rounds.id_of(round_), turn.person.key)
    if mine is None or mine.side == board.WRITING:
        return _("Bạn chưa có kết quả ở vòng này.")
    of = rounds.rules_of(round_).questions
    text = _("Kết quả tốt nhất của bạn: đúng {right}/{count} câu trong {time}. Hạng {rank}/{all}.")
    told = text.format(
        right=mine.right,
        count=of,
        time=lasted(mine.took),
        rank=board.rank(turn.session, mine),
        all=board.count(turn.session, mine.round_id),
    )
    if not rounds.is_open(round_, turn.now):
        return told
    when = moment(round_.closes_at, turn.house.zone)
    return told + " " + _("Vòng thi đóng lúc {when}; đáp án công bố sau đó.").format(when=when)


def guessed(turn: Turn, opened: Open, text: str) -> list[Reply]:
    """Keep the predicted number."""
    digits = text.replace(".", "").replace(",", "").replace(" ", "")
    if not digits.isdecimal() or len(digits) > 9:
        return [turn.ask_words(GUESS, _("Bạn gõ một con số giúp mình, ví dụ 250."), opened.data)]
    round_ = rounds.by_code(turn.session, opened.data["round"])
    mine = papers.of_player(turn.session, rounds.id_of(round_), turn.person.key)
    if mine:
        papers.give_guess(turn.session, mine[-1], int(digits))
    state.close(turn.chat)
    kept = _("Đã ghi số dự đoán {number}.").format(number=digits)
    return [Reply(f"{kept}\n{result(turn, round_)}")]
