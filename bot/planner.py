"""Events and the plan from the command line: list, import, read aloud; late, estimates, export."""

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from typing import TypeVar

import yaml
from sqlmodel import Session

from bot import invitations, library, placards
from bot.content import DATA
from bot.db import Database
from bot.i18n import day
from bot.notices import (
    edits,
    imported,
    ledger,
    plan,
    programme,
    refiled,
    sheet,
    spoken,
    taking_part,
    words,
)
from bot.notices.audience import Ways
from bot.notices.calendar import upcoming
from bot.notices.changes import Desk
from bot.notices.events import Event, as_written
from bot.notices.imported import Step
from bot.notices.ledger import Line
from bot.notices.plan import Reminder
from bot.notices.programme import Programme
from bot.papers import talk
from bot.settings import Settings
from bot.tables import migrate

ACTOR = "command line"
T = TypeVar("T")
NO_POSTER = {
    "event": "Không có sự kiện này. Xem: python -m bot event list",
    "date": "Sự kiện chưa ấn định ngày nên chưa in áp phích được.",
    "hamlet": "Không có thôn này trong places.yaml.",
    "way": "Chưa có địa chỉ cho mã QR: đặt BOT_PUBLIC_URL, BOT_TELEGRAM_NAME hoặc BOT_ZALO_OA_ID.",
}


class Office:
    """The programme and the database, for one command."""

    def __init__(self, settings: Settings) -> None:
        settings.state.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.db = Database(settings.url)
        migrate(self.db.engine)
        places = self.db.read(library.places)
        self.programme: Programme = programme.load(DATA, places, settings.zone)
        self.now = datetime.now(UTC)

    @property
    def today(self) -> date:
        """The day on the island."""
        return self.now.astimezone(self.settings.zone).date()

    def events(self) -> tuple[Event, ...]:
        """The events of this moment."""
        return self.db.read(self.programme.current)

    def write(self, work: Callable[[Session], T]) -> T:
        """Do a work in a committed transaction."""
        return self.db.run(work).result()


def event(settings: Settings, options: argparse.Namespace) -> int:
    """list, import, export or read aloud; the exit status."""
    return _run(_event, settings, options)


def planned(settings: Settings, options: argparse.Namespace) -> int:
    """late, export, set or estimate; the exit status."""
    return _run(_plan, settings, options)


Command = Callable[[Office, argparse.Namespace], int]


def _run(command: Command, settings: Settings, options: argparse.Namespace) -> int:
    office = Office(settings)
    try:
        return command(office, options)
    finally:
        office.db.close()


def _event(office: Office, options: argparse.Namespace) -> int:
    match options.act:
        case "list":
            _list(office)
            for mistake in office.db.read(partial(edits.check, names=office.programme.names)):
                print(mistake, file=sys.stderr)
        case "import":
            return _import(office, options)
        case "export":
            listed = {"events": [as_written(event) for event in office.events()]}
            print(yaml.safe_dump(listed, allow_unicode=True, sort_keys=False, width=100), end="")
        case "poster":
            return _poster(office, options)
        case "minutes":
            return _minutes(office, options)
        case _:
            return _script(office, options.id)
    return 0


def _list(office: Office) -> None:
    """The events of this moment; those that changed in the file untold are marked."""
    look = partial(
        refiled.listed,
        programme=office.programme,
        zone=office.settings.zone,
        now=office.now,
    )
    found = {one.after.id: one for one in office.db.read(look)}
    mark = "  <- đã đổi trong tệp, chưa báo cho ai"
    for event in office.events():
        print(_line(office, event) + (mark if event.id in found else ""))
    for one in found.values():
        if one.removed:
            print(f"{one.after.id}  không còn trong tệp, chưa báo cho ai  {one.after.title}")
    if found:
        print(f"{len(found)} sự kiện chờ quyết định: người tổ chức vào /ban/doi-trong-tep.")


def _line(office: Office, event: Event) -> str:
    item = next(iter(upcoming(event.when, office.now)), None) if event.when else None
    when = words.when_of(event, item, office.settings.zone) if item else "chưa có ngày tới"
    status = words.status_of(event) or "Đã thông báo"
    return f"{event.id}  [{words.kind_of(event)} · {status}]  {when}  {event.title}"


def _import(office: Office, options: argparse.Namespace) -> int:
    """Take every event of a file, or none when there is a mistake or nobody says who is told."""
    desk = Desk(office.programme.names, Ways({}), office.settings.zone, ACTOR, office.now)
    items, mistakes = imported.load(options.file, office.programme, desk)
    if mistakes:
        for mistake in mistakes:
            print(mistake, file=sys.stderr)
        print(f"Chưa nhập sự kiện nào: {len(mistakes)} lỗi.", file=sys.stderr)
        return 1
    telling = [
        step
        for step in office.db.read(
            lambda session: list(imported.steps(session, office.programme, items, desk))
        )
        if not step.is_same and step.foreseen.reaches
    ]
    print("".join(_foretold(step) for step in telling), end="")
    tell = _asked(options) if telling else not options.quiet
    if tell is None:
        print("Chưa nhập sự kiện nào. Thêm --tell (báo) hoặc --quiet (không báo).")
        return 1
    take = partial(imported.take, programme=office.programme, items=items, desk=desk)
    done = office.write(partial(take, quiet=not tell))
    new = sum(step.before is None for step in done)
    same = sum(step.is_same for step in done)
    print(f"{new} sự kiện mới, {len(done) - new - same} sự kiện thay đổi, {same} không đổi.")
    if telling:
        people = sum(step.foreseen.people for step in telling)
        sent = f"{people} người được nhắn thay đổi (ban đêm thì sáng ra)."
        print(sent if tell else "Không báo cho ai.")
    return 0


def _foretold(step: Step) -> str:
    """Who would hear of an event, and what."""
    seen, name = step.foreseen, step.after.id
    lines = [f"{name}: {seen.people} người đã báo sẽ đi nhận tin; {seen.edited} thông báo sửa lời"]
    lines[0] += f", {seen.dropped} thông báo hẹn giờ bỏ." if seen.dropped else "."
    lines += [f"  {line}" for one in seen.words if one.people for line in one.text.split("\n")]
    return "\n".join(lines) + "\n"


def _asked(options: argparse.Namespace) -> bool | None:
    """Whether people are told, by the option or by who sits at the terminal; None: not said."""
    if options.tell or options.quiet:
        return bool(options.tell)
    if not sys.stdin.isatty():
        return None
    answer = input("Báo cho bà con? (b: báo, k: không báo, Enter: thôi) ").strip().lower()
    return {"b": True, "k": False}.get(answer)


def _poster(office: Office, options: argparse.Namespace) -> int:
    """Draw a poster as A4; .pdf or .png as the file is called."""
    draw = {".pdf": placards.pdf, ".png": placards.png}.get(options.out.suffix.lower())
    if draw is None:
        print("Tên tệp phải kết thúc bằng .pdf hoặc .png", file=sys.stderr)
        return 2
    work = partial(
        invitations.poster,
        programme=office.programme,
        settings=office.settings,
        name=options.id,
        hamlet=options.hamlet,
        now=office.now,
        at_door=options.door,
    )
    try:
        made = office.write(work)
    except invitations.NoPosterError as error:
        print(NO_POSTER[error.reason], file=sys.stderr)
        return 1
    options.out.write_bytes(draw(made))
    print(f"Đã ghi {options.out}.")
    return 0


def _minutes(office: Office, options: argparse.Namespace) -> int:
    """Write the minute of a talk."""
    event = next((one for one in office.events() if one.id == options.id), None)
    item = taking_part.this_time(event, office.now) if event else None
    if event is None or item is None:
        print(f"Không có sự kiện {options.id}, hoặc chưa ấn định ngày.", file=sys.stderr)
        return 1
    names, settings = office.programme.names, office.settings
    record = office.db.read(partial(talk.gather, event=event, item=item, names=names))
    options.out.write_bytes(talk.docx(record, settings.zone, settings.operator, office.now))
    print(f"Đã ghi {options.out}.")
    return 0


def _script(office: Office, name: str) -> int:
    event = next((one for one in office.events() if one.id == name), None)
    if event is None:
        print(f"Không có sự kiện {name}.", file=sys.stderr)
        return 1
    item = next(iter(upcoming(event.when, office.now)), None) if event.when else None
    if item is None or not event.shown:
        print(f"Sự kiện {name} chưa ấn định ngày nên chưa đọc trên loa được.", file=sys.stderr)
        return 1
    names, zone = office.programme.names, office.settings.zone
    lines = words.announced(event, item, names, zone)
    facts = (event.title, words.when_of(event, item, zone), words.where_of(event, names))
    again = ", ".join(filter(None, facts))
    operator, said = office.settings.operator, office.programme.said
    out = spoken.script(event.title, lines, again, operator, said)
    print(out)
    print(f"\n(Đọc khoảng {spoken.seconds(out)} giây)")
    return 0


def _plan(office: Office, options: argparse.Namespace) -> int:
    current = office.db.read(partial(ledger.current, plan=office.programme.plan))
    match options.act:
        case "late":
            late = plan.late(current, office.today)
            for reminder in plan.reminders(current, office.today):
                print("\n".join(_reminder(office, reminder)))
            print(f"{len(late)} hoạt động quá hạn.")
        case "export":
            lines = office.db.read(ledger.estimates)
            options.file.write_bytes(sheet.workbook(current, lines, office.today))
            print(f"Đã ghi {options.file}.")
        case _:
            return _hand_in(office, options)
    return 0


def _reminder(office: Office, reminder: Reminder) -> Iterator[str]:
    """What a unit is to be reminded of, ready to be sent to it."""
    unit = office.programme.plan.units[reminder.unit]
    yield f"{unit.name}:"
    for one in reminder.late:
        days = (office.today - one.due).days if one.due else 0
        yield f"  - quá hạn {days} ngày: {one.title}"
    for one in reminder.soon:
        yield f"  - hạn {_day(office, one.due)}: {one.title}"
    for one in reminder.undated:
        yield f"  - chưa ấn định hạn: {one.title}"


def _day(office: Office, on: date | None) -> str:
    zone = office.settings.zone
    return day(datetime(on.year, on.month, on.day, tzinfo=zone), zone) if on else ""


def _hand_in(office: Office, options: argparse.Namespace) -> int:
    """Write down what a unit handed in; tell what the plan does not know."""
    planned = office.programme.plan
    work: Callable[[Session], None]
    if options.act == "estimate":
        amount = plan.money(options.amount)
        if amount is None:
            print(f"{options.amount} không phải số tiền. Ví dụ: 15.000.000", file=sys.stderr)
            return 2
        line = Line(options.activity, options.unit, options.item, amount)
        work = partial(ledger.hand_in, plan=planned, line=line, who=ACTOR, now=office.now)
    else:
        work = partial(
            ledger.report,
            plan=planned,
            activity=options.activity,
            who=ACTOR,
            now=office.now,
            status=options.status,
            due=options.due,
        )
    try:
        office.write(work)
    except ledger.UnknownActivityError as error:
        print(f"Kế hoạch không có {error}.", file=sys.stderr)
        return 1
    print("Đã ghi.")
    return 0
