"""Contests from the command line: open, close, recount, carry results between machines."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlmodel import Session

from bot import content as contents
from bot import library, rulings
from bot.db import Database
from bot.i18n import moment
from bot.rehearsal import conduct
from bot.settings import Settings
from bot.tables import migrate
from quiz import merge, practice, rounds
from quiz import rules as rules_
from quiz.bank import Bank
from quiz.merge import UnreadableResultsError
from quiz.rounds import Round, UnknownRoundError
from quiz.rules import Rules

ACTOR = "command line"
MOST_WEEKS = 60


def quiz(settings: Settings, options: argparse.Namespace) -> int:
    """Run one of the contest commands; the exit status."""
    acts: dict[str, Callable[[Settings, Database, argparse.Namespace], int]] = {
        "check": _check,
        "list": _list,
        "open": _open,
        "close": _close,
        "recount": _recount,
        "export": _export,
        "import": _import,
        "rehearse": conduct.rehearse,
    }
    settings.state.mkdir(parents=True, exist_ok=True)
    db = Database(settings.url)
    try:
        migrate(db.engine)
        return acts[options.act](settings, db, options)
    except UnknownRoundError:
        print(f"Không có vòng thi {options.code}. Xem: python -m bot quiz list")
        return 1
    finally:
        db.close()


def _known(db: Database) -> tuple[Bank, dict[str, Rules], list[str]]:
    """The questions of this moment, the sets of rules, and what is wrong with them."""
    bank, in_quiz = db.read(library.quiz)
    known, in_rules = rules_.load(contents.DATA / "contests.yaml", bank.categories)
    return bank, known, [str(mistake) for mistake in (*in_quiz, *in_rules)]


def _check(_settings: Settings, db: Database, _options: argparse.Namespace) -> int:
    """The questions and rules, and which questions proved too hard or too easy."""
    bank, known, mistakes = _known(db)

    def odd(session: Session) -> list[str]:
        return [f"{it.question}: {it.right}/{it.times}" for it in practice.odd_ones(session)]

    for mistake in mistakes:
        print(mistake)
    for line in db.read(odd):
        print(f"Nên viết lại {line} lượt đúng")
    print(f"{len(bank.questions)} câu, {len(known)} thể lệ, {len(mistakes)} lỗi.")
    return 1 if mistakes else 0


def _list(settings: Settings, db: Database, _options: argparse.Namespace) -> int:
    now = datetime.now(UTC)

    def lines(session: Session) -> list[str]:
        return [_line(item, settings, now) for item in rounds.listed(session, rehearsals=True)]

    print("\n".join(db.read(lines)) or "Chưa có vòng thi nào.")
    return 0


def _line(round_: Round, settings: Settings, now: datetime) -> str:
    states = {"soon": "chưa mở", "open": "đang mở", "over": "đã đóng"}
    state = states[rounds.state_of(round_, now)]
    when = (moment(each, settings.zone) for each in (round_.opens_at, round_.closes_at))
    return f"{round_.code}  {state}  {round_.title}  ({' đến '.join(when)})"


def _open(settings: Settings, db: Database, options: argparse.Namespace) -> int:
    """Open one round, or one for each of the next weeks."""
    bank, known, mistakes = _known(db)
    if options.rules not in known:
        print(f"Không có thể lệ {options.rules}. Có: {', '.join(known)}")
        return 1
    if mistakes:
        print("Ngân hàng câu hỏi còn lỗi, xem: python -m bot quiz check")
        return 1
    now = datetime.now(UTC)
    try:
        opens = _moment(options.opens, settings) or now
        closes = _moment(options.closes, settings) or opens + timedelta(days=options.days)
    except ValueError:
        print("Giờ viết dạng 2026-12-05T19:00.")
        return 1
    if closes <= max(now, opens) or not 1 <= options.weeks <= MOST_WEEKS:
        print("Giờ đóng phải sau giờ mở và sau bây giờ; số tuần từ 1 đến 60.")
        return 1
    rules = known[options.rules]
    questions = bank.current(closes.astimezone(settings.zone).date())

    def work(session: Session) -> list[str]:
        made = []
        for week in range(options.weeks):
            title = options.title or rules.title
            later = timedelta(weeks=week)
            round_ = rulings.open_round(
                session,
                rules,
                questions,
                ACTOR,
                now,
                title=f"{title}, tuần {week + 1}" if options.weeks > 1 else title,
                season=options.season,
                opens_at=opens + later,
                closes_at=closes + later,
            )
            made.append(_line(round_, settings, now))
        return made

    print("\n".join(db.run(work).result()))
    return 0


def _moment(written: str, settings: Settings) -> datetime | None:
    """A moment typed as 2026-12-05T19:00, in the zone of the island."""
    if not written:
        return None
    parsed = datetime.fromisoformat(written)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=settings.zone)


def _close(settings: Settings, db: Database, options: argparse.Namespace) -> int:
    now = datetime.now(UTC)

    def work(session: Session) -> str:
        round_ = rounds.by_code(session, options.code)
        rulings.close(session, round_, options.actual, ACTOR, now)
        return _line(round_, settings, now)

    print(db.run(work).result())
    return 0


def _recount(_settings: Settings, db: Database, options: argparse.Namespace) -> int:
    """Count a round again from its log; what differed is told and put right."""

    def work(session: Session) -> list[str]:
        round_ = rounds.by_code(session, options.code)
        return [
            f"{name}: đang giữ {item.kept or 'không có'}, đếm lại {item.counted or 'không có'}"
            for name, item in rulings.count_again(session, round_, ACTOR, datetime.now(UTC))
        ]

    wrong = db.run(work).result()
    print("\n".join(wrong) if wrong else "Bảng xếp hạng khớp với nhật ký câu trả lời.")
    return 1 if wrong else 0


def _export(settings: Settings, db: Database, options: argparse.Namespace) -> int:
    """Write a round: .json to carry it on, .xlsx and .csv of the results, .docx of the minute."""
    from bot.papers import files

    units = db.read(library.places).unit_names
    around = files.Around(settings.zone, settings.operator, units, _known(db)[0].categories)
    write = files.writers(around, datetime.now(UTC)).get(options.file.suffix.removeprefix("."))
    if write is None:
        print("Tệp cần có đuôi .json, .xlsx, .csv hoặc .docx.")
        return 1

    def work(session: Session) -> bytes:
        return write(session, rounds.by_code(session, options.code))

    options.file.write_bytes(db.read(work))
    print(f"Đã ghi {options.file}")
    return 0


def _import(_settings: Settings, db: Database, options: argparse.Namespace) -> int:
    """Read results of another machine; reading them twice changes nothing."""
    try:
        written = Path(options.file).read_text("utf-8")
        found = db.run(partial(merge.load, written=written)).result()
    except (OSError, UnicodeDecodeError, UnreadableResultsError):
        print(f"{options.file} không phải kết quả đã xuất bằng `quiz export`.")
        return 1
    print(
        f"{found.title}: thêm {found.players} người chơi, {found.papers} bài, "
        f"{found.answers} câu trả lời."
    )
    return 0
