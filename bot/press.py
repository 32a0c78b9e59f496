"""What goes to print and to the fanpage: posts with their cards, and the DX Day pack, as files."""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from bot import library, posters
from bot.content import DATA
from bot.db import Database
from bot.i18n import written
from bot.notices import dx_day, fanpage, programme, spoken
from bot.notices.calendar import upcoming
from bot.notices.events import Event
from bot.notices.programme import Programme
from bot.posters import Banner
from bot.settings import Settings
from bot.tables import migrate
from quiz.bank import Bank

LETTERS = "ABCD"


def post(settings: Settings, name: str, out: Path) -> int:
    """Write the post and the card of an event; the exit status."""
    db, told = _open(settings)
    try:
        event = next((one for one in db.read(told.current) if one.id == name), None)
    finally:
        db.close()
    if event is None:
        print(f"Không có sự kiện {name}.", file=sys.stderr)
        return 1
    if not event.shown:
        print(f"Sự kiện {name} chưa ấn định ngày nên chưa có bài đăng.", file=sys.stderr)
        return 1
    item = next(iter(upcoming(event.when, datetime.now(UTC))), None) if event.when else None
    base, zone = settings.public_url.rstrip("/"), settings.zone
    url = f"{base}/su-kien/{event.id}" if base else ""
    card = fanpage.card_of_event(event, item, told.names, zone, url)
    out.mkdir(parents=True, exist_ok=True)
    words = fanpage.of_event(event, item, told.names, zone, url)
    _write(out / f"{event.id}.txt", words + "\n")
    _write(out / f"{event.id}.png", posters.flyer(card))
    return 0


def pack(settings: Settings, out: Path) -> int:
    """Write everything for the next DX Day into a folder; the exit status."""
    db, told = _open(settings)
    today = datetime.now(UTC).astimezone(settings.zone).date()
    try:
        events = db.read(told.current)
        ended = dx_day.last(today)
        work = partial(dx_day.figures, events=events, on=ended, zone=settings.zone)
        counted = db.read(work)
        bank, _mistakes = db.read(library.quiz)
    finally:
        db.close()
    out.mkdir(parents=True, exist_ok=True)
    for name, words in texts(settings, told, events, bank, today).items():
        _write(out / name, words + "\n")
    _write(out / "cam-on.txt", dx_day.thanks(counted, ended) + "\n")
    banner = banner_of(settings, told, events, today)
    _write(out / "bang-ron.png", posters.banner(banner))
    _write(out / "ap-phich-a3.pdf", posters.poster(banner))
    return 0


def texts(
    settings: Settings, told: Programme, events: tuple[Event, ...], bank: Bank, today: date
) -> dict[str, str]:
    """The written parts of the pack, by the name of their file."""
    on, zone = dx_day.coming(today), settings.zone
    planned = dx_day.programme(events, on, zone)
    lines = dx_day.lines(planned, told.names, zone) or [dx_day.unsettled()]
    days = [on - timedelta(days=left) for left in range(dx_day.BEFORE, -1, -1)]
    count = [f"{written(day.isoformat())}: {dx_day.countdown(day)}" for day in days]
    heading = f"Ngày Chuyển đổi số {written(on.isoformat())}"
    return {
        "dem-nguoc.txt": "\n".join(count),
        "chuong-trinh.txt": "\n".join([heading, *lines]),
        "cau-hoi.txt": "\n\n".join(_questions(bank, on)),
        "khau-hieu.txt": "\n".join([*dx_day.slogans(told.dx_day), _of_banner(told)]),
        "xe-luu-dong.txt": _car(settings, told, events, on),
    }


def _of_banner(told: Programme) -> str:
    used = next(iter(told.dx_day.suggestions), "")
    return f'\nBăng rôn và áp phích dùng câu gợi ý: "{used}"' if used else ""


def _questions(bank: Bank, on: date) -> Iterator[str]:
    """A question a day with its answer, which is posted the day after."""
    for day, question in dx_day.questions(bank, on):
        options = [f"{LETTERS[place]}. {option}" for place, option in enumerate(question.options)]
        answer = f"Đáp án: {LETTERS[question.answer]}. {question.explanation}"
        head = f"Câu hỏi ngày {written(day.isoformat())}"
        yield "\n".join([head, question.question, *options, answer])


def _car(settings: Settings, told: Programme, events: tuple[Event, ...], on: date) -> str:
    """The script of the loudspeaker car, then its route."""
    planned, zone = dx_day.programme(events, on, settings.zone), settings.zone
    read = dx_day.script(told.dx_day, planned, told.names, zone, settings.operator, told.said)
    stops = [f"- {stop.when}: {stop.where}" for stop in told.dx_day.routes]
    route = stops or ["Chưa có lộ trình. Điền routes trong data/dx_day.yaml."]
    length = f"(Đọc khoảng {spoken.seconds(read)} giây)"
    return "\n".join([read, "", length, "", "Lộ trình xe thông tin lưu động:", *route])


def banner_of(
    settings: Settings, told: Programme, events: tuple[Event, ...], today: date
) -> Banner:
    """What the banner and the poster say."""
    on, zone = dx_day.coming(today), settings.zone
    return dx_day.banner(
        told.dx_day,
        dx_day.lines(dx_day.programme(events, on, zone), told.names, zone),
        settings.operator,
        settings.public_url,
    )


def _open(settings: Settings) -> tuple[Database, Programme]:
    settings.state.mkdir(parents=True, exist_ok=True)
    db = Database(settings.url)
    migrate(db.engine)
    return db, programme.load(DATA, db.read(library.places), settings.zone)


def _write(path: Path, body: str | bytes) -> None:
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    print(f"Đã ghi {path}.")
