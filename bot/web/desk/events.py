"""Events on the desk: made, changed, called off; what that does is said before it is done"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from bot import organisers, spans
from bot.i18n import _, speaking
from bot.notices import (
    changes,
    edits,
    foresight,
    invitation,
    refiled,
    remind,
    rules,
    taking_part,
    vetting,
    words,
)
from bot.notices.calendar import upcoming
from bot.notices.edits import EventEdit, OutdatedError
from bot.notices.events import Event, as_item, as_written
from bot.notices.foresight import Foreseen, Heard
from bot.web.desk import entry_form, event_form, repeat_form
from bot.web.desk.event_form import Values
from bot.web.desk.room import Desk, Door, Visit, whole
from faq.files import Told

LIST = "/ban/su-kien"
NEW = f"{LIST}/moi"
ONE = f"{LIST}/{{name}}"


@dataclass(frozen=True)
class Version:
    """One version of an event: who left it so, when, what differs, when people were told."""

    number: int
    who: str
    at: datetime
    changed: str
    told_at: datetime | None


async def listed(desk: Desk, visit: Visit) -> Response:
    """Every event, those that come next first; then those without a day, then what is over."""
    zone = desk.web.settings.zone
    rows = []
    for event in await desk.look(desk.web.programme().current):
        item = next(iter(upcoming(event.when, visit.now)), None) if event.when else None
        when = words.when_of(event, item, zone) if item else ""
        order = (event.status == "draft", item is None, item.start if item else visit.now)
        rows.append((order, words.told(event), when))
    rows.sort(key=lambda row: row[0])
    lines = [
        (event, words.kind_of(event), words.status_of(event), when, _how(event))
        for _order, event, when in rows
    ]
    count = await desk.look(partial(count_refiled, desk=desk, visit=visit))
    return desk.page(visit, "events.html", lines=lines, refiled=count)


def _how(event: Event) -> str:
    """How often it happens, in words."""
    return rules.told(event.when) if event.when else ""


def count_refiled(session: Session, desk: Desk, visit: Visit) -> int:
    """How many events changed in their file while nobody was told."""
    programme, zone = desk.web.programme(), desk.web.settings.zone
    return len(refiled.listed(session, programme, zone, visit.now))


async def new(desk: Desk, visit: Visit) -> Response:
    """The form of an event there is not yet."""
    return await _page(desk, visit, event_form.values_of({"kind": "talk", "status": "draft"}), None)


async def show(desk: Desk, visit: Visit) -> Response:
    """One event: the form, as it is or as it was in an earlier version."""
    before = await _current(desk, visit.path["name"])
    if before is None:
        return desk.wrong(visit, _("Không có sự kiện này."), LIST, 404)
    data, chosen = as_written(before), whole(visit.asked("ban"))
    if chosen:
        rows = await desk.look(partial(_bodies, name=before.id))
        data = {**next((body for number, body in rows if number == chosen), data), "id": before.id}
    return await _page(desk, visit, event_form.values_of(data), before)


def _bodies(session: Session, name: str) -> list[tuple[int, dict[str, Any]]]:
    return [(row.version, json.loads(row.body)) for row in edits.history(session, name)]


async def _current(desk: Desk, name: str) -> Event | None:
    current = await desk.look(desk.web.programme().current)
    return next((one for one in current if one.id == name), None)


async def _page(
    desk: Desk, visit: Visit, values: Values, before: Event | None, wrong: Sequence[Told] = (),
    status: int = 200, shown: Event | None = None, foreseen: Foreseen | None = None,
) -> Response:  # fmt: skip
    names = desk.web.programme().names
    rows = await desk.look(partial(_history, name=before.id)) if before else []
    version = max(visit.numbers("ban"), default=0) if visit.fields else _version(before)
    known = event_form.labels_of()
    return desk.page(
        visit, "event.html", status, before=before, version=version, rows=rows,
        groups=event_form.groups(values, names, wrong),
        rest=[what for key, what, _remedy in wrong if event_form.place(key) not in known],
        wrong=wrong, mark=_mark(shown) if shown else "",
        effects=_effects(desk, before, shown, foreseen) if shown and foreseen else [],
        said=told_words(foreseen) if foreseen else [],
        previews=_previews(desk, visit, shown or before),
        done=_("Đã lưu.") if visit.asked("xong") else "",
        evening=before is not None and _has_evening(visit, before),
        can_call_off=before is not None and before.shown and before.status != "cancelled",
    )  # fmt: skip


def _has_evening(visit: Visit, event: Event) -> bool:
    """Whether there is a door to open and a minute to take along, and this organiser may."""
    may = visit.may("notices.send") or visit.may("contest.run")
    return may and event.shown and taking_part.this_time(event, visit.now) is not None


def _version(before: Event | None) -> int:
    return before.version if before else 0


def _history(session: Session, name: str) -> list[Version]:
    """The versions of an event, newest first, each with what differs from the one before."""
    labels = event_form.labels_of()
    rows = list(edits.history(session, name))
    bodies = [json.loads(row.body) for row in rows]
    pairs = zip(rows, bodies, [*bodies, None][1:], strict=True)
    return [_of_version(row, body, older, labels) for row, body, older in pairs]


def _of_version(
    row: EventEdit,
    body: dict[str, Any],
    older: dict[str, Any] | None,
    labels: dict[str, tuple[str, str]],
) -> Version:
    keys = sorted(key for key in {*body, *(older or {})} if body.get(key) != (older or {}).get(key))
    names = [labels[event_form.place(key)][0] for key in keys if event_form.place(key) in labels]
    told = ", ".join(dict.fromkeys(names)) if older is not None else ""
    return Version(row.version, row.who, row.at, told, row.told_at)


def _previews(desk: Desk, visit: Visit, event: Event | None) -> list[tuple[str, str, str]]:
    """The event as residents see it: language, heading, words."""
    if event is None:
        return []
    names, zone = desk.web.programme().names, desk.web.settings.zone
    found = []
    for code in ("vi", "en") if event.title_en else ("vi",):
        with speaking(code):
            chat = words.detailed(words.told(event), names, zone, visit.now)
        found.append((code, _("Khi người dân hỏi") if code == "vi" else "English", chat))
    invited = invitation.written(event, names, zone, visit.now, "vi")
    if invited:
        found.append(("vi", _("Lời mời, nếu viết thông báo về sự kiện này"), invited))
    return found


def _effects(desk: Desk, before: Event | None, after: Event, foreseen: Foreseen) -> list[str]:
    """What will happen when it is kept, a sentence each."""
    told = effects_of(foreseen)
    if not told and before is not None and before.shown:
        told.append(_("Không ai được nhắn: giờ, chỗ và việc có diễn ra hay không vẫn như cũ."))
    elif not told and after.shown:
        told.append(
            _(
                "Sự kiện hiện ở /sukien và trang Sự kiện. "
                "Muốn mời ai thì viết thông báo sau khi lưu."
            )
        )
    elif not told:
        told.append(_("Không ai được nhắn. Người dân chỉ thấy là chưa ấn định ngày."))
    early = remind.of(after, desk.web.settings.remind)
    if after.shown and after.status != "cancelled" and early:
        text = _("Người muốn nghe loại sự kiện này được nhắc trước: {when}.")
        told.append(text.format(when=", ".join(_long(span) for span in early)))
    return told


def effects_of(foreseen: Foreseen) -> list[str]:
    """What telling of a change does to notices and people, a sentence each."""
    told = []
    if foreseen.edited:
        text = _("{count} thông báo đã gửi hoặc đang chờ được sửa lời, ở kênh nào sửa được.")
        told.append(text.format(count=foreseen.edited))
    if foreseen.dropped:
        text = _("{count} thông báo hẹn giờ không gửi nữa.")
        told.append(text.format(count=foreseen.dropped))
    if foreseen.matters:
        text = _("{count} người đã báo sẽ đi nhận một tin, mỗi người một lần, không gửi ban đêm.")
        told.append(text.format(count=foreseen.people))
    return told


def told_words(foreseen: Foreseen) -> list[Heard]:
    """What people hear; of times nobody comes to, the next one alone."""
    heard = [one for one in foreseen.words if one.people]
    return heard or list(foreseen.words[:1])


def _long(span: Any) -> str:
    """A span in words."""
    short = spans.write([span])
    unit = {"d": _("{count} ngày"), "h": _("{count} giờ"), "m": _("{count} phút")}[short[-1]]
    return unit.format(count=short[:-1])


def _mark(event: Event) -> str:
    """What stands for just this event: whoever saves it has seen it so."""
    whole_ = json.dumps({**as_written(event), "id": ""}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(whole_.encode()).hexdigest()[:16]


async def save(desk: Desk, visit: Visit) -> Response:
    """Look at an event as people will see it and at what happens then; or keep it."""
    name = visit.path.get("name", "")
    before = await _current(desk, name) if name else None
    if name and before is None:
        return desk.wrong(visit, _("Không có sự kiện này."), LIST, 404)
    values = _written(visit, before)
    data = event_form.data_of(values, name or await _name(desk, values["title"]))
    names = desk.web.programme().names
    event, wrong = vetting.examine(as_item(data), names)
    if event and before and before.status == event.status == "announced" and _moved(before, event):
        values["status"] = data["status"] = "changed"
        event, wrong = vetting.examine(as_item(data), names)
    wrong = [*repeat_form.mistakes(values), *wrong]
    if event is None or wrong:
        return await _page(desk, visit, values, before, wrong, 422)
    at = telling(desk, visit)
    foreseen = await desk.look(partial(_foreseen, desk=desk, after=event, at=at))
    unseen = foreseen.matters and visit.line("biet") != _mark(event)
    if unseen or visit.line("viec") != "luu":
        return await _page(desk, visit, values, before, shown=event, foreseen=foreseen)
    return await _keep(desk, visit, data, _given_version(visit))


def telling(desk: Desk, visit: Visit) -> changes.Desk:
    """What telling of a change takes, by who visits."""
    names, zone = desk.web.programme().names, desk.web.settings.zone
    return changes.Desk(names, desk.web.ways(), zone, visit.who.name, visit.now)


def _foreseen(session: Session, desk: Desk, after: Event, at: changes.Desk) -> Foreseen:
    """What keeping an event does, from what people know of it: its file may have changed since."""
    before = edits.known(session, desk.web.programme().events, at.names, after.id)
    return foresight.foresee(session, before, after, at)


def _given_version(visit: Visit) -> int:
    return next(iter(visit.numbers("ban")), 0)


def _written(visit: Visit, before: Event | None) -> Values:
    """What the form says; calling off needs a reason alone."""
    if before is not None and visit.line("viec") == "huy":
        note = visit.line("ly-do", 500)
        return event_form.values_of({**as_written(before), "status": "cancelled", "note": note})
    return event_form.written(visit)


def _moved(before: Event, after: Event) -> bool:
    """Whether somebody who knows of it would come at the wrong time or to the wrong place."""
    return (before.when, before.place, before.hamlets) != (after.when, after.place, after.hamlets)


async def _name(desk: Desk, title: str) -> str:
    """An id for a new event, from its title."""
    current = await desk.look(desk.web.programme().current)
    return entry_form.slug(title, {event.id for event in current} | {"moi"}, "su-kien", 50)


async def _keep(desk: Desk, visit: Visit, data: dict[str, Any], version: int) -> Response:
    programme = desk.web.programme()

    def work(session: Session) -> bool:
        who, now = visit.who.name, visit.now
        saved = edits.save(session, programme.events, programme.names, data, who, version, now)
        subject = f"event {data['id']} v{version + 1}"
        organisers.note(session, who, "events.save", subject, now)
        return saved.event is not None

    back = f"{LIST}/{data['id']}"
    try:
        await desk.do(work)
    except OutdatedError:
        told = _("Có người vừa sửa sự kiện này. Bạn xem bản mới rồi sửa lại.")
        return desk.wrong(visit, told, back, 409)
    return desk.back(back, xong="luu")


DOORS = (
    Door(LIST, "GET", "questions.read", listed),
    Door(NEW, "GET", "events.edit", new),
    Door(NEW, "POST", "events.edit", save),
    Door(ONE, "GET", "questions.read", show),
    Door(ONE, "POST", "events.edit", save),
)
