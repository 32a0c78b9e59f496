"""Events changed in their file: before and after in words, and whether people are told"""

from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from bot.i18n import _, number
from bot.notices import refiled, rules, taking_part, words
from bot.notices.events import Event, as_written
from bot.notices.refiled import DecidedError, Waiting
from bot.web.desk import event_form
from bot.web.desk.events import effects_of, telling, told_words
from bot.web.desk.room import Desk, Door, Visit

PAGE = "/ban/doi-trong-tep"


@dataclass(frozen=True)
class Difference:
    """One thing that changed, in words; empty: there was or is nothing."""

    label: str
    was: str
    now: str


async def show(desk: Desk, visit: Visit) -> Response:
    """Every change of the file somebody must decide on."""
    work = partial(refiled.waiting, programme=desk.web.programme(), desk=telling(desk, visit))
    found = await desk.look(work)
    rows = [
        (one, _differences(desk, visit, one), effects_of(one.foreseen), told_words(one.foreseen))
        for one in found
    ]
    return desk.page(visit, "refiled.html", rows=rows, done=_done(visit))


def _done(visit: Visit) -> str:
    match visit.asked("xong"):
        case "bao":
            people = number(int(visit.asked("nguoi")) if visit.asked("nguoi").isdecimal() else 0)
            text = _("Đã báo: {count} người đã báo sẽ đi nhận tin, tin đã gửi được sửa lời.")
            return text.format(count=people)
        case "khong":
            return _("Đã ghi: không báo ai.")
    return ""


def _differences(desk: Desk, visit: Visit, one: Waiting) -> list[Difference]:
    """What changed, what moves people first."""
    names = desk.web.programme().names
    told = [
        (_("Khi nào"), *(_when(desk, visit, event) for event in (one.before, one.after))),
        (_("Ở đâu"), *(words.where_of(event, names) for event in (one.before, one.after))),
        (_("Tình trạng"), *(event_form.statuses()[event.status] for event in _both(one))),
        (_("Tên sự kiện"), *(event.title for event in _both(one))),
        (_("Lý do, điều còn chờ"), *(event.note for event in _both(one))),
    ]
    if one.removed:
        told = [(_("Trong tệp"), _("có"), _("không còn"))]
    found = [Difference(*line) for line in told if line[1] != line[2]]
    return found + ([] if one.removed else _others(one))


def _both(one: Waiting) -> tuple[Event, Event]:
    return one.before, one.after


def _when(desk: Desk, visit: Visit, event: Event) -> str:
    """When it is next, and how it repeats."""
    item = taking_part.this_time(event, visit.now)
    if item is None or event.when is None:
        return _("chưa ấn định")
    zone, how = desk.web.settings.zone, rules.told(event.when)
    return "; ".join(filter(None, (words.when_of(event, item, zone), how)))


def _others(one: Waiting) -> list[Difference]:
    """What else differs, by its names: it moves nobody."""
    labels = event_form.labels_of()
    was, now = as_written(one.before), as_written(one.after)
    said = {"id", "title", "status", "note", "start", "end", "rule", "place", "hamlets", "until"}
    keys = [key for key in {**was, **now} if key not in said and was.get(key) != now.get(key)]
    names = [labels[event_form.place(key)][0] for key in keys if event_form.place(key) in labels]
    if not names:
        return []
    return [Difference(_("Còn sửa"), "", ", ".join(dict.fromkeys(names)))]


async def decide(desk: Desk, visit: Visit) -> Response:
    """Tell, or settle that nobody is told; of two who press at once, one is told it was done."""
    tell = visit.line("viec") == "bao"
    if not tell and visit.line("viec") != "khong":
        return desk.wrong(visit, _("Bạn chọn báo hay không báo."), PAGE)
    settle = partial(
        refiled.decide,
        programme=desk.web.programme(),
        name=visit.line("su-kien"),
        mark=visit.line("biet"),
        tell=tell,
        desk=telling(desk, visit),
    )
    try:
        people = await desk.do(settle)
    except DecidedError:
        told = _("Có người vừa quyết định, hoặc tệp vừa đổi lần nữa. Không báo thêm cho ai.")
        return desk.wrong(visit, told, PAGE, 409)
    desk.web.wake()
    return desk.back(PAGE, xong="bao", nguoi=people) if tell else desk.back(PAGE, xong="khong")


DOORS = (
    Door(PAGE, "GET", "events.edit", show),
    Door(PAGE, "POST", "events.edit", decide),
)
