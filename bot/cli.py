"""The commands: `python -m bot run | chat | ask | migrate | doctor | ...`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot import settings as settings_
from bot.settings import Settings, SettingsError

SEMANTIC = "by meaning too (needs the extra semantic; minutes the first time)"
ADDRESS_HELP = """
  Trang chat:      {address}
  Thêm Telegram:   đặt BOT_TELEGRAM_TOKEN (lấy từ @BotFather) trong tệp .env rồi chạy lại
  Kiểm tra:        python -m bot doctor
  Dừng:            Ctrl+C
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    options = parser().parse_args(arguments)
    try:
        settings = settings_.load(dotenv=Path(".env"))
    except SettingsError as error:
        print("Cài đặt chưa đúng:", file=sys.stderr)
        for problem in error.problems:
            print(f"  - {problem}", file=sys.stderr)
        return 2
    command: Callable[[Settings, argparse.Namespace], int] = options.command
    try:
        return command(settings, options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0


def parser() -> argparse.ArgumentParser:
    """The commands and what they take."""
    top = argparse.ArgumentParser("python -m bot", description="Chatbot chuyển đổi số Lý Sơn")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, run: Callable[[Settings, argparse.Namespace], int], meaning: str
    ) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=meaning, description=meaning)
        one.set_defaults(command=run)
        return one

    add("run", _run, "serve the web chat and the channels that are set")
    add("chat", _chat, "talk to the bot in this terminal")
    ask = add("ask", _ask, "ask the FAQ alone")
    ask.add_argument("question", nargs="?", help="the question")
    ask.add_argument("--jsonl", action="store_true", help='read {"text": ...} lines from stdin')
    ask.add_argument("--semantic", action="store_true", help=SEMANTIC)
    ask.add_argument("--explain", action="store_true", help="show what matched and why")
    add("migrate", _migrate, "bring the database to the newest schema")
    doctor = add("doctor", _doctor, "check settings, database, content and tokens")
    doctor.add_argument("--content", action="store_true", help="list what to check in the content")
    evaluate = add("evaluate", _evaluate, "measure the matcher on labelled questions")
    evaluate.add_argument("file", type=Path, help='JSONL: {"text", "topic" or null, "style"}')
    evaluate.add_argument("--semantic", action="store_true", help=SEMANTIC)
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    content = add("content", _content, "check the content files")
    content.add_argument("what", choices=["check"])
    links = add("links", _links, "check that the addresses in the answers are alive")
    links.add_argument("--only", help="check one address, by its id")
    _notice_parser(add("notice", _notice, "write notices, send them, see what became of them"))
    _organiser_parser(add("organiser", _organiser, "add, list or remove organisers"))
    _phrasings_parser(add("phrasings", _phrasings, "wordings people confirmed, to take or refuse"))
    _questions_parser(add("questions", _questions, "list or answer what nobody could answer"))
    return top


def _notice_parser(one: argparse.ArgumentParser) -> None:
    acts = one.add_subparsers(required=True, dest="act", metavar="ACT")
    send = acts.add_parser("send", help="write a notice, see it, send it now or at a time")
    send.add_argument("text", nargs="?", default="")
    send.add_argument("--file", type=Path, help="file with the text")
    send.add_argument("--en", default="", help="the text in English")
    for name, meaning in (
        ("hamlet", "id of a thôn"),
        ("unit", "id of a unit"),
        ("language", "vi or en"),
        ("role", "organisers of a role"),
        ("interest", "people who follow something"),
    ):
        send.add_argument(f"--{name}", action="append", default=[], help=f"only to: {meaning}")
    send.add_argument("--at", help='"2026-12-02 19:00", time of the island')
    send.add_argument("--urgent", action="store_true", help="an emergency: at night too, to all")
    send.add_argument("--yes", action="store_true", help="do not ask")
    send.add_argument("--no-wait", action="store_true", help="do not watch it being sent")
    status = acts.add_parser("status", help="the newest notices, or how one stands")
    status.add_argument("id", type=int, nargs="?")
    status.add_argument("--follow", action="store_true", help="watch it being sent")
    for name, meaning in (
        ("pause", "send nothing more until resume"),
        ("resume", "go on"),
        ("cancel", "send nothing more, ever"),
        ("code", "a code with which its author may send it to more than 50 from chat"),
    ):
        acts.add_parser(name, help=meaning).add_argument("id", type=int)
    retry = acts.add_parser("retry", help="send again to those it failed for")
    retry.add_argument("id", type=int)
    retry.add_argument("--unknown", action="store_true", help="and to those we are not sure of")


def _organiser_parser(one: argparse.ArgumentParser) -> None:
    acts = one.add_subparsers(required=True, dest="act", metavar="ACT")
    add = acts.add_parser("add", help="add an organiser; prints a code to type to the bot")
    add.add_argument("name")
    add.add_argument(
        "--role", default="editor", choices=["admin", "editor", "contest", "announcer", "viewer"]
    )
    acts.add_parser("list", help="list the organisers")
    remove = acts.add_parser("remove", help="take an organiser's powers away")
    remove.add_argument("id", type=int)


def _phrasings_parser(one: argparse.ArgumentParser) -> None:
    acts = one.add_subparsers(required=True, dest="act", metavar="ACT")
    acts.add_parser("list", help="the wordings that wait")
    for name, meaning in (("approve", "take a wording into its entry"), ("refuse", "refuse it")):
        acts.add_parser(name, help=meaning).add_argument("id", type=int)


def _questions_parser(one: argparse.ArgumentParser) -> None:
    acts = one.add_subparsers(required=True, dest="act", metavar="ACT")
    acts.add_parser("list", help="the questions that wait for a person")
    answer = acts.add_parser("answer", help="answer a question; the one who asked gets it")
    answer.add_argument("code", help="for example H-0142")
    answer.add_argument("text")


def _run(settings: Settings, _options: argparse.Namespace) -> int:
    from bot import logs
    from bot.app import AlreadyRunningError, serve

    logs.set_up(settings.log_level, (settings.telegram_token, settings.telegram_webhook_secret))
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    try:
        serve(settings, lambda: print(ADDRESS_HELP.format(address=address), flush=True))
    except AlreadyRunningError:
        print(f"Một bản khác đang chạy trên {settings.state}. Dừng bản đó trước.", file=sys.stderr)
        return 1
    return 0


def _chat(settings: Settings, _options: argparse.Namespace) -> int:
    from bot.terminal import talk

    return talk(settings, sys.stdin, sys.stdout)


def _ask(settings: Settings, options: argparse.Namespace) -> int:
    from bot import content, terminal

    known = content.load(cache=settings.state / "cache")
    if options.semantic:
        known = content.deepen(known, settings.state / "cache")
    if options.jsonl:
        return terminal.ask_lines(known, sys.stdin, sys.stdout)
    if not options.question:
        print('Bạn gõ: python -m bot ask "câu hỏi"', file=sys.stderr)
        return 2
    if options.explain:
        print(known.matcher.explain(options.question))
        return 0
    print(terminal.ask_once(known, options.question))
    return 0


def _migrate(settings: Settings, _options: argparse.Namespace) -> int:
    from bot.db import Database
    from bot.tables import migrate, revisions

    db = Database(settings.url)
    try:
        migrate(db.engine)
        print(f"Cơ sở dữ liệu ở phiên bản {revisions(db.engine)[0]}.")
    finally:
        db.close()
    return 0


def _doctor(settings: Settings, options: argparse.Namespace) -> int:
    from bot import doctor

    if options.content:
        print("\n".join(doctor.content_lines(settings)))
        return 0
    findings = doctor.examine(settings)
    for finding in findings:
        print(finding)
    return 1 if any(finding.bad for finding in findings) else 0


def _evaluate(settings: Settings, options: argparse.Namespace) -> int:
    from bot import content
    from faq.evaluate import evaluate, load_questions

    known = content.load(cache=settings.state / "cache")
    if options.semantic:
        known = content.deepen(known, settings.state / "cache")
    report = evaluate(known.matcher, load_questions(options.file))
    print(report.to_json() if options.json else report.to_text())
    return 0


def _content(settings: Settings, _options: argparse.Namespace) -> int:
    from datetime import datetime

    from bot import content

    known = content.load(cache=settings.state / "cache")
    today = datetime.now(settings.zone).date()
    questions, in_quiz = content.check_bank(known.book, today)
    mistakes = [*content.check(known, today), *in_quiz]
    for mistake in mistakes:
        print(mistake)
    print(
        f"{len(known.book.entries)} mục hỏi đáp, {len(questions.questions)} câu đố, "
        f"{len(mistakes)} lỗi."
    )
    return 1 if mistakes else 0


def _links(settings: Settings, options: argparse.Namespace) -> int:
    from bot import linkcheck

    return linkcheck.run(settings, options.only, sys.stdout)


def _notice(settings: Settings, options: argparse.Namespace) -> int:
    from bot import herald

    return herald.run(settings, options)


def _organiser(settings: Settings, options: argparse.Namespace) -> int:
    from bot import clerk

    return clerk.organiser(settings, options)


def _questions(settings: Settings, options: argparse.Namespace) -> int:
    from bot import clerk

    return clerk.questions(settings, options)


def _phrasings(settings: Settings, options: argparse.Namespace) -> int:
    from bot import clerk

    return clerk.phrasings(settings, options)
