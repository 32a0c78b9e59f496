"""The hall: boards, one's own place on them, and how one is called there."""

from bot import cards, state
from bot.flows import compete
from bot.flows.turn import Turn
from bot.i18n import _, lasted
from bot.messages import Link, Reply
from bot.people import agree
from bot.state import Question as Open
from quiz import board, players, practice, rounds, season
from quiz.board import Row
from quiz.nicknames import Problem
from quiz.players import NicknameError
from quiz.rounds import Round

SHOWN = 10
UNITS = 5


def boards(turn: Turn, _rest: str = "") -> list[Reply]:
    """/bangxephang: the board of the newest round, and the others to pick from."""
    known = [item for item in rounds.listed(turn.session) if item.opens_at <= turn.now]
    if not known:
        return [Reply(_("Chưa có vòng thi nào nên chưa có bảng xếp hạng. Chơi thử: /dovui"))]
    return [of_round(turn, known[0], known[1:6])]


def picked(turn: Turn, meaning: dict[str, str]) -> list[Reply]:
    """Another round's board, or a season's table."""
    if "season" in meaning:
        return [of_season(turn, meaning["season"])]
    return [of_round(turn, rounds.by_code(turn.session, meaning["board"]), [])]


def of_round(turn: Turn, round_: Round, others: list[Round]) -> Reply:
    """The board of a round: the first ten, the units, one's own place."""
    round_id = rounds.id_of(round_)
    if not cards.is_shown(turn.session, round_):
        return Reply(_("Đang có câu hỏi trên sân khấu. Bảng hiện lại sau khi công bố đáp án nhé."))
    rows = board.top(turn.session, round_id, SHOWN)
    lines = [_("Bảng xếp hạng: {title}").format(title=round_.title)]
    lines += [line(row) for row in rows] or [_("Chưa có ai trả lời.")]
    mine = board.standing(turn.session, round_id, turn.person.key)
    if mine is not None and mine.side == board.WRITING:
        lines.append(_("Bạn đang làm bài; hạng của bạn hiện khi làm xong."))
    elif mine is not None and all(row.person_key != turn.person.key for row in rows):
        lines += ["...", *(line(row, turn.person.key) for row in board.around(turn.session, mine))]
    lines += _units(turn, round_)
    options = [(item.title, {"board": item.uid}) for item in others]
    if round_.season:
        name = _("Cả mùa {season}").format(season=round_.season)
        options.append((name, {"season": round_.season}))
    text = "\n".join(lines)
    links = _page(turn, round_)
    if not options or not turn.message.private:
        return Reply(text, links=links)
    reply = turn.ask("board", text, options, footer=_("Gõ số để xem bảng khác."))
    return Reply(**{**vars(reply), "links": links})


def line(row: Row, own: str = "") -> str:
    """A line of a board: rank, name, right answers, time."""
    mark = " ←" if own and row.person_key == own else ""
    return _("{rank}. {name}: đúng {right}, {time}{mark}").format(
        rank=row.rank,
        name=row.name,
        right=row.right,
        time=lasted(row.took),
        mark=mark,
    )


def _units(turn: Turn, round_: Round) -> list[str]:
    rules = rounds.rules_of(round_)
    names = turn.house.content.places.unit_names
    ranked = board.units(turn.session, rounds.id_of(round_), rules)[:UNITS]
    if not ranked:
        return []
    heading = _("Đơn vị (trung bình {count} người cao nhất):").format(count=rules.unit_best)
    return [
        heading,
        *(f"{row.rank}. {names.get(row.unit, row.unit)}: {row.score:.2f}" for row in ranked),
    ]


def _page(turn: Turn, round_: Round) -> tuple[Link, ...]:
    if not turn.house.public_url:
        return ()
    url = f"{turn.house.public_url}/bang-xep-hang/{round_.uid}"
    return (Link(_("Xem cả bảng và thẻ hạng"), url),)


def of_season(turn: Turn, name: str) -> Reply:
    """The table of a season."""
    of = [rounds.id_of(item) for item in rounds.listed(turn.session) if item.season == name]
    lines = [_("Bảng cả mùa {season}, {count} vòng:").format(season=name, count=len(of))]
    lines += [line(row) for row in season.table(turn.session, of, SHOWN)]
    mine = season.place(turn.session, of, turn.person.key)
    if mine is not None:
        lines.append(_("Bạn: hạng {rank}.").format(rank=mine[0]))
    return Reply("\n".join(lines))


def profile(turn: Turn, _rest: str = "") -> list[Reply]:
    """/hoso: nickname, unit, streak; and how to change them."""
    player = players.of(turn.session, turn.person.key)
    if player is None:
        return [compete.ask_nickname(turn)]
    learner = practice.of(turn.session, turn.person.key)
    today = turn.now.astimezone(turn.house.zone).date()
    units = turn.house.content.places.unit_names
    lines = [
        _("Biệt danh: {name}").format(name=player.nickname),
        _("Đơn vị: {unit}").format(unit=units.get(turn.person.unit, _("chưa chọn"))),
        _("Chơi {days} ngày liền, dài nhất {longest} ngày.").format(
            days=practice.streak(learner, today), longest=learner.longest
        ),
        _("Câu hỏi mỗi ngày: {state}").format(state=_("bật") if learner.daily else _("tắt")),
    ]
    options = [(_("Đổi biệt danh"), {"profile": "nickname"})]
    if player.hidden:
        lines.append(_("Tên bạn đang ẩn trên bảng xếp hạng."))
        options.append((_("Hiện tên trên bảng xếp hạng"), {"profile": "show"}))
    else:
        options.append((_("Ẩn tên khỏi bảng xếp hạng"), {"profile": "hide"}))
    if units:
        options.append((_("Chọn đơn vị"), {"profile": "unit"}))
    return [turn.ask("profile", "\n".join(lines), options)]


def show_name(turn: Turn, *, shown: bool) -> Reply:
    """Show or hide one's own name on the boards; what is counted stays."""
    done = players.hide(turn.session, turn.person.key, hidden=not shown, by="self")
    if not done:
        return Reply(_("Người tổ chức đã ẩn biệt danh này. Bạn đổi biệt danh khác nhé: /hoso"))
    if shown:
        agree(turn.session, turn.person, "board", _("Hiện tên trên bảng xếp hạng"), turn.now)
        return Reply(_("Từ giờ biệt danh của bạn hiện trên bảng xếp hạng."))
    agree(
        turn.session,
        turn.person,
        "board",
        _("Ẩn tên khỏi bảng xếp hạng"),
        turn.now,
        given=False,
    )
    return Reply(_("Từ giờ bảng xếp hạng chỉ ghi Ẩn danh. Điểm của bạn vẫn được tính."))


def named(turn: Turn, opened: Open, text: str) -> list[Reply]:
    """Keep the nickname somebody chose, then go on to the round they wanted to enter."""
    try:
        player = players.name(turn.session, turn.person.key, text, turn.now)
    except NicknameError as error:
        return [turn.ask_words(compete.NICKNAME, problem(error.problem), opened.data)]
    state.close(turn.chat)
    agree(turn.session, turn.person, "board", compete.nickname_question(), turn.now)
    told = _("Chào {name}!").format(name=player.nickname)
    if not opened.data.get("round"):
        return [Reply(told + " " + _("Xem vòng thi đang mở: /thi"))]
    round_ = rounds.by_code(turn.session, opened.data["round"])
    first, *rest = compete.enter(turn, round_)
    return [Reply(**{**vars(first), "text": f"{told}\n{first.text}"}), *rest]


def problem(wrong: Problem) -> str:
    """Why a nickname was not taken, and what to do."""
    return {
        "short": _("Biệt danh cần ít nhất 2 ký tự, có chữ hoặc số. Bạn chọn tên khác nhé."),
        "long": _("Biệt danh dài quá 24 ký tự. Bạn chọn tên ngắn hơn nhé."),
        "unsafe": _("Biệt danh có ký tự lạ, màn hình không hiện được. Bạn gõ chữ thường nhé."),
        "rude": _("Biệt danh này không hợp để hiện trước mọi người. Bạn chọn tên khác nhé."),
        "posing": _("Biệt danh này dễ nhầm với người tổ chức. Bạn chọn tên khác nhé."),
        "number": _("Đừng để lộ số điện thoại hay số giấy tờ. Bạn chọn tên khác nhé."),
    }[wrong]


def born(turn: Turn, opened: Open, text: str) -> list[Reply]:
    """Keep a birth year, which only rounds with limits of age ask for."""
    year = int(text) if text.isdecimal() and len(text) == 4 else 0
    if not turn.now.year - 120 <= year <= turn.now.year:
        again = _("Bạn gõ năm sinh bốn chữ số giúp mình, ví dụ 2008.")
        return [turn.ask_words(compete.BIRTH, again, opened.data)]
    player = players.of(turn.session, turn.person.key)
    if player is not None:
        player.birth_year = year
    state.close(turn.chat)
    return compete.enter(turn, rounds.by_code(turn.session, opened.data["round"]))
