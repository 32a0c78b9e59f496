"""Events and the plan from the command line: list, import, read aloud; late, estimates, export."""

import argparse
import csv
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import yaml
from sqlmodel import Session

from bot import invitations, library, placards
from bot.content import DATA
from bot.db import Database
from bot.i18n import day
from bot.notices import edits, ledger, plan, programme, sheet, spoken, taking_part, words
from bot.notices.audience import Ways
from bot.notices.calendar import upcoming
from bot.notices.changes import Desk
from bot.notices.events import Event, as_written
from bot.notices.foresight import foresee
from bot.notices.ledger import Line
from bot.notices.plan import Reminder
from bot.notices.programme import Programme
from bot.notices.vetting import parse
from bot.papers import talk
from bot.settings import Settings
from bot.tables import migrate
from faq.files import Mapping as Item
from faq.files import Mistake, read

ACTOR = "command line"
T = TypeVar("T")
NO_POSTER = {
    "event": "Không có sự kiện này. Xem: python -m bot event list",
    "date": "Sự kiện chưa ấn định ngày nên chưa in áp phích được.",
    "hamlet": "Không có thôn này trong places.yaml.",
    "way": "Chưa có địa chỉ cho mã QR: đặt BOT_PUBLIC_URL, BOT_TELEGRAM_NAME hoặc BOT_ZALO_OA_ID.",
}
LISTS = ("hamlets", "support", "agenda", "without", "agenda_en")
"""Columns of a CSV file that hold several values, a semicolon between."""


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
            print("\n".join(_line(office, event) for event in office.events()))
            for mistake in office.db.read(partial(edits.check, names=office.programme.names)):
                print(mistake, file=sys.stderr)
        case "import":
            return _import(office, options.file)
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


def _line(office: Office, event: Event) -> str:
    item = next(iter(upcoming(event.when, office.now)), None) if event.when else None
    when = words.when_of(event, item, office.settings.zone) if item else "chưa có ngày tới"
    status = words.status_of(event) or "Đã thông báo"
    return f"{event.id}  [{words.kind_of(event)} · {status}]  {when}  {event.title}"


def _import(office: Office, path: Path) -> int:
    """Take every event of a file, or none when there is a mistake."""
    items, mistakes = _items(path)
    for item in items:
        mistakes += parse(item, path.name, office.programme.names, office.settings.zone)[1]
    seen: set[str] = set()
    for item in items:
        name = str(item.get("id"))
        if name in seen:
            mistakes.append(Mistake(path.name, item.line, f"id {name} có hai lần", "Đổi một"))
        seen.add(name)
    if mistakes:
        for mistake in sorted(mistakes):
            print(mistake, file=sys.stderr)
        print(f"Chưa nhập sự kiện nào: {len(mistakes)} lỗi.", file=sys.stderr)
        return 1
    counts = office.write(partial(_take, office=office, items=items))
    print(f"{counts[0]} sự kiện mới, {counts[1]} sự kiện thay đổi, {counts[2]} không đổi.")
    if counts[3]:
        print(
            f"{counts[3]} người đã báo sẽ đi sẽ được chatbot nhắn thay đổi (ban đêm thì sáng ra)."
        )
    return 0


def _take(session: Session, office: Office, items: list[Item]) -> tuple[int, int, int, int]:
    known = {event.id: event for event in office.programme.current(session)}
    new = changed = same = hear = 0
    for item in items:
        name = str(item["id"])
        before = known.get(name)
        event, _mistakes = parse(item, edits.DESK, office.programme.names, office.settings.zone)
        if before and event and as_written(before) == as_written(event):
            same += 1
            continue
        shipped, names = office.programme.events, office.programme.names
        version = before.version if before else 0
        edits.save(session, shipped, names, item, ACTOR, version, office.now)
        new, changed = (new, changed + 1) if before else (new + 1, changed)
        if before and event:
            desk = Desk(names, Ways({}), office.settings.zone, ACTOR, office.now)
            hear += foresee(session, before, event, desk).people
    return new, changed, same, hear


def _items(path: Path) -> tuple[list[Item], list[Mistake]]:
    """The events of a file, YAML as in data/events.yaml or CSV with the same names as columns."""
    if path.suffix.lower() != ".csv":
        items, _whole, mistakes = read(path, "events")
        return items, mistakes
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(csv.DictReader(file))), []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        what = f"không đọc được ({type(error).__name__})"
        return [], [Mistake(path.name, 0, what, "Lưu lại dạng CSV UTF-8")]


def _rows(reader: "csv.DictReader[str]") -> Iterator[Item]:
    for row in reader:
        values: dict[str, Any] = {
            key.strip(): value.strip() for key, value in row.items() if key and value
        }
        for key in LISTS:
            if key in values:
                values[key] = [part.strip() for part in values[key].split(";") if part.strip()]
        item = Item(values)
        item.line, item.lines = reader.line_num, {}
        yield item


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
