"""The commands: `python -m bot run | chat | ask | migrate | doctor | ...`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from bot import settings as settings_
from bot.settings import Settings, SettingsError

KINDS = ("entries", "questions", "links", "places", "values", "events")
FORMATS = ("yaml", "csv")
"""What content is exported as; tests hold both against `bot.packing`, which is slow to load."""
SEMANTIC = "by meaning too (needs the extra semantic; minutes the first time)"
ADDRESS_HELP = """
  Trang chat:      {address}
  Thêm Telegram:   đặt BOT_TELEGRAM_TOKEN (lấy từ @BotFather) trong tệp .env rồi chạy lại
  Kiểm tra:        python -m bot doctor
  Dừng:            Ctrl+C
"""
ONLY_HELP = """--only cần PostgreSQL: đặt BOT_DATABASE_URL=postgresql://...
Với SQLite, một tiến trình làm tất cả: python -m bot run"""


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

    run = add("run", _run, "serve the web chat and the channels that are set")
    run.add_argument("--only", choices=["web", "worker"], help="one part alone, over PostgreSQL")
    add("chat", _chat, "talk to the bot in this terminal")
    ask = add("ask", _ask, "ask the FAQ alone")
    ask.add_argument("question", nargs="?", help="the question")
    ask.add_argument("--jsonl", action="store_true", help='read {"text": ...} lines from stdin')
    ask.add_argument("--semantic", action="store_true", help=SEMANTIC)
    ask.add_argument("--explain", action="store_true", help="show what matched and why")
    add("backup", _backup, "copy everything to one file, while running").add_argument(
        "file", type=Path
    )
    add("restore", _restore, "put a backup into an empty database; nothing is sent").add_argument(
        "file", type=Path
    )
    release = add("release", _release, "send, or give up, what is on hold after a restore")
    release.add_argument("--drop", action="store_true", help="give it up instead")
    release.add_argument("--list", action="store_true", help="only count it")
    _privacy_parser(add("privacy", _privacy, "requests about personal data, and their deadlines"))
    add("migrate", _migrate, "bring the database to the newest schema")
    doctor = add("doctor", _doctor, "check settings, database, content and tokens")
    doctor.add_argument("--live", action="store_true", help="also send a message on each channel")
    doctor.add_argument("--content", action="store_true", help="list what to check in the content")
    evaluate = add("evaluate", _evaluate, "measure the matcher on labelled questions")
    evaluate.add_argument("file", type=Path, help='JSONL: {"text", "topic" or null, "style"}')
    evaluate.add_argument("--semantic", action="store_true", help=SEMANTIC)
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    _content_parser(add("content", _content, "check the content files, export or import content"))
    links = add("links", _links, "check that the addresses in the answers are alive")
    links.add_argument("--only", help="check one address, by its id")
    _zalo_oa_parser(add("zalo-oa", _zalo_oa, "connect the Zalo Official Account, or see how it is"))
    _notice_parser(add("notice", _notice, "write notices, send them, see what became of them"))
    _organiser_parser(add("organiser", _organiser, "add, list or remove organisers"))
    _quiz_parser(add("quiz", _quiz, "open, close, recount and carry contest rounds"))
    _phrasings_parser(add("phrasings", _phrasings, "wordings people confirmed, to take or refuse"))
    _event_parser(add("event", _event, "list, import, export or read aloud events"))
    _news_parser(add("news", _news, "take stories of the portal's feed, add or list them"))
    _dx_day_parser(add("dx-day", _dx_day, "everything for Digital Transformation Day, 10/10"))
    _plan_parser(add("plan", _plan, "what is late, whom to remind, estimates, .xlsx"))
    _report_parser(add("report", _report, "the year's report, commendations, certificates"))
    _questions_parser(add("questions", _questions, "list or answer what nobody could answer"))
    return top


def _privacy_parser(one: argparse.ArgumentParser) -> None:
    acts = one.add_subparsers(required=True, dest="act", metavar="ACT")
    acts.add_parser("list", help="the requests that are not done, and by when they must be")
    add = acts.add_parser("add", help="write down a request made to a person, without a name")
    add.add_argument("kind", choices=["see", "correct", "forget", "withdraw"])
    acts.add_parser("done", help="a request is done").add_argument("id", type=int)


def _content_parser(one: argparse.ArgumentParser) -> None:
    acts = one.add_subparsers(required=True, dest="act", metavar="ACT")
    acts.add_parser("check", help="every mistake in the content files")
    export = acts.add_parser("export", help="write the content of this moment, a file a kind")
    export.add_argument("--out", type=Path, default=Path("noi-dung"), help="folder to write into")
    export.add_argument("--format", choices=FORMATS, default="yaml")
    export.add_argument(
        "--kind", nargs="+", choices=KINDS, default=list(KINDS), help="default: all"
    )
    taken = acts.add_parser("import", help="take .yaml or .csv files in, all of them or none")
    taken.add_argument("files", type=Path, nargs="+")
    taken.add_argument("--check", action="store_true", help="only show differences and mistakes")


def _zalo_oa_parser(one: argparse.ArgumentParser) -> None:
    acts = one.add_subparsers(required=True, dest="act", metavar="ACT")
    acts.add_parser("login", help="print the page on which an admin of the account consents")
    code = acts.add_parser("code", help="take the code which that page gave")
    code.add_argument("code", help="the code, or the whole address it stands in")
    acts.add_parser("status", help="the tokens, the account and what is left of its quota")


def _notice_parser(one: argparse.ArgumentParser) -> None:
    acts = one.add_subparsers(required=True, dest="act", metavar="ACT")
    send = acts.add_parser("send", help="write a notice, see it, send it now or at a time")
    send.add_argument("text", nargs="?", default="")
    send.add_argument("--file", type=Path, help="file with the text")
    send.add_argument("--en", default="", help="the text in English")
    send.add_argument("--event", default="", help="about this event, in its words unless given")
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
    link = acts.add_parser("link", help="print a one-time link that signs an organiser in")
    link.add_argument("id", type=int)
    remove = acts.add_parser("remove", help="take an organiser's powers away")
    remove.add_argument("id", type=int)


def _quiz_parser(one: argparse.ArgumentParser) -> None:
    acts = one.add_subparsers(required=True, dest="act", metavar="ACT")
    acts.add_parser("check", help="check the questions and the rules")
    acts.add_parser("list", help="list the rounds")
    opened = acts.add_parser("open", help="open a round with rules of data/contests.yaml")
    opened.add_argument("rules", help="for example: tuan")
    opened.add_argument("--title", default="", help="what players read; default: the rules' title")
    opened.add_argument("--season", default="", help="rounds of one season share a table")
    opened.add_argument("--opens", default="", help="2026-12-05T19:00; default: now")
    opened.add_argument("--closes", default="", help="2026-12-12T19:00; default: after --days")
    opened.add_argument("--days", type=float, default=7.0)
    opened.add_argument("--weeks", type=int, default=1, help="a round for each of so many weeks")
    closed = acts.add_parser("close", help="close a round now")
    closed.add_argument("code")
    closed.add_argument("--actual", type=int, help="the number that was to be predicted")
    acts.add_parser("recount", help="count a round again from its log").add_argument("code")
    export = acts.add_parser("export", help="write .json, .xlsx, .csv or the minute as .docx")
    export.add_argument("code")
    export.add_argument("file", type=Path)
    acts.add_parser("import", help="merge results of another machine").add_argument(
        "file", type=Path
    )
    rehearsal = acts.add_parser("rehearse", help="fill the hall of the running server; go or no-go")
    rehearsal.add_argument("--players", type=int, default=500)
    rehearsal.add_argument("--questions", type=int, default=3)
    rehearsal.add_argument("--rules", default="san-khau", help="of data/contests.yaml")
    rehearsal.add_argument("--url", default="", help="default: the server of this machine")


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


def _event_parser(one: argparse.ArgumentParser) -> None:
    acts = one.add_subparsers(required=True, dest="act", metavar="ACT")
    acts.add_parser("list", help="the events of this moment")
    taken = acts.add_parser("import", help="take events from a .yaml or .csv file")
    taken.add_argument("file", type=Path)
    telling = taken.add_mutually_exclusive_group()
    telling.add_argument("--tell", action="store_true", help="who said they come hears of changes")
    telling.add_argument("--quiet", action="store_true", help="nobody is told of any change")
    acts.add_parser("export", help="the events of this moment as YAML")
    acts.add_parser("script", help="an event as the loudspeaker reads it").add_argument("id")
    post = acts.add_parser("post", help="an event as a post and a picture for the fanpage")
    post.add_argument("id")
    post.add_argument("--out", type=Path, default=Path(), help="folder to write into")
    poster = acts.add_parser("poster", help="a poster with QR codes, A4; without ID: to subscribe")
    poster.add_argument("id", nargs="?", default="")
    poster.add_argument("--hamlet", default="", help="without ID: of this thôn")
    poster.add_argument("--door", action="store_true", help="to check in, for the door")
    poster.add_argument("--out", type=Path, required=True, help="a .pdf or .png file")
    minutes = acts.add_parser("minutes", help="the minute of a talk as .docx")
    minutes.add_argument("id")
    minutes.add_argument("--out", type=Path, required=True, help="a .docx file")


def _news_parser(one: argparse.ArgumentParser) -> None:
    acts = one.add_subparsers(required=True, dest="act", metavar="ACT")
    taken = acts.add_parser("import", help="take what is new in a feed")
    taken.add_argument("url", nargs="?", default="", help="default: BOT_NEWS_FEED")
    added = acts.add_parser("add", help="add one story by hand")
    added.add_argument("url")
    added.add_argument("title")
    acts.add_parser("list", help="the newest stories")


def _dx_day_parser(one: argparse.ArgumentParser) -> None:
    acts = one.add_subparsers(required=True, dest="act", metavar="ACT")
    pack = acts.add_parser("pack", help="write countdown, questions, slogans, banner, script")
    pack.add_argument("--out", type=Path, default=Path("ngay-chuyen-doi-so"), help="folder")


def _report_parser(one: argparse.ArgumentParser) -> None:
    one.add_argument("--from", dest="first", type=date.fromisoformat, help="default: 1 January")
    one.add_argument("--to", dest="last", type=date.fromisoformat, help="default: today")
    kinds = ("year", "commend", "certificates")
    one.add_argument("--kind", choices=kinds, default="year", help="default: the year's report")
    one.add_argument("--unit", action="append", default=[], help="commend this one, by its id")
    where = "a file ending in .docx or .xlsx; .pdf for certificates"
    one.add_argument("--out", type=Path, required=True, help=where)


def _plan_parser(one: argparse.ArgumentParser) -> None:
    acts = one.add_subparsers(required=True, dest="act", metavar="ACT")
    acts.add_parser("late", help="what is late or due soon, by unit")
    export = acts.add_parser("export", help="the plan with its estimates as .xlsx")
    export.add_argument("file", type=Path, nargs="?", default=Path("ke-hoach.xlsx"))
    change = acts.add_parser("set", help="how far an activity is, or when it is due")
    change.add_argument("activity")
    change.add_argument("--status", choices=["planned", "doing", "done", "dropped"])
    change.add_argument("--due", type=date.fromisoformat, help="for example 2027-06-30")
    estimate = acts.add_parser("estimate", help="what a unit reckons an item will cost")
    for name in ("activity", "unit", "item"):
        estimate.add_argument(name)
    estimate.add_argument("amount", help="in đồng, for example 15.000.000")


def _run(settings: Settings, options: argparse.Namespace) -> int:
    from bot import logs
    from bot.app import BOTH
    from bot.serving import AlreadyRunningError, serve

    if options.only and settings.url.startswith("sqlite"):
        print(ONLY_HELP, file=sys.stderr)
        return 2
    logs.set_up(settings.log_level, settings_.secrets_of(settings))
    here = f"http://{settings.host}:{settings.port}"
    said = ADDRESS_HELP.format(address=settings.public_url or here)
    if options.only:
        said = f"Chỉ chạy phần {options.only}. Kiểm tra: {here}/health"
    try:
        serve(
            settings,
            lambda: print(said, flush=True),
            (options.only,) if options.only else BOTH,
        )
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


def _backup(settings: Settings, options: argparse.Namespace) -> int:
    from bot import caretaker

    return caretaker.back_up(settings, options.file)


def _restore(settings: Settings, options: argparse.Namespace) -> int:
    from bot import caretaker

    return caretaker.restore(settings, options.file)


def _release(settings: Settings, options: argparse.Namespace) -> int:
    from bot import caretaker

    return caretaker.release(settings, drop=options.drop, only_list=options.list)


def _privacy(settings: Settings, options: argparse.Namespace) -> int:
    from bot import caretaker

    return caretaker.privacy(settings, options)


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
    if options.live:
        from bot import trial

        findings += trial.findings(settings)
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


def _content(settings: Settings, options: argparse.Namespace) -> int:
    from bot import librarian

    return librarian.run(settings, options)


def _links(settings: Settings, options: argparse.Namespace) -> int:
    from bot import linkcheck

    return linkcheck.run(settings, options.only, sys.stdout)


def _notice(settings: Settings, options: argparse.Namespace) -> int:
    from bot import herald

    return herald.run(settings, options)


def _organiser(settings: Settings, options: argparse.Namespace) -> int:
    from bot import clerk

    return clerk.organiser(settings, options)


def _event(settings: Settings, options: argparse.Namespace) -> int:
    from bot import planner, press

    if options.act == "post":
        return press.post(settings, options.id, options.out)
    return planner.event(settings, options)


def _plan(settings: Settings, options: argparse.Namespace) -> int:
    from bot import planner

    return planner.planned(settings, options)


def _report(settings: Settings, options: argparse.Namespace) -> int:
    from bot import registrar

    return registrar.report(settings, options)


def _questions(settings: Settings, options: argparse.Namespace) -> int:
    from bot import clerk

    return clerk.questions(settings, options)


def _news(settings: Settings, options: argparse.Namespace) -> int:
    from bot import feed

    return feed.run(settings, options, sys.stdout)


def _dx_day(settings: Settings, options: argparse.Namespace) -> int:
    from bot import press

    return press.pack(settings, options.out)


def _phrasings(settings: Settings, options: argparse.Namespace) -> int:
    from bot import clerk

    return clerk.phrasings(settings, options)


def _quiz(settings: Settings, options: argparse.Namespace) -> int:
    from bot import umpire

    return umpire.quiz(settings, options)


def _zalo_oa(settings: Settings, options: argparse.Namespace) -> int:
    from bot import zalo

    return zalo.run(settings, options, sys.stdout)
