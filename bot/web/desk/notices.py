"""Notices: written with their readers chosen, seen as each channel shows them, sent, watched."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session
from starlette.responses import Response, StreamingResponse

from bot.flows import following
from bot.i18n import LANGUAGES, _, language, speaking
from bot.notices import announce, audience, dispatch, drafts, invitation, report, tally
from bot.notices.announce import DRAFT, LONGEST, Draft, Notice, NoticeError
from bot.notices.audience import Audience, Survey
from bot.notices.events import Event
from bot.notices.following import INTERESTS
from bot.notices.tally import Progress
from bot.organisers import POWERS
from bot.web.desk import progress
from bot.web.desk.room import PRIVATE, Desk, Door, Visit, shorten, whole

LIST = "/ban/thong-bao"
SHOWN = 30
Does = Callable[[Session, Notice, str, datetime], object]
SLUGS = {"pause": "tam-dung", "resume": "gui-tiep", "cancel": "huy", "retry": "gui-lai"}
"""What the acts of a notice are called in addresses."""


@dataclass(frozen=True)
class Seen:
    """A notice as its page shows it."""

    notice: Notice
    audience: Audience
    survey: Survey | None
    far: Progress | None


async def listed(desk: Desk, visit: Visit) -> Response:
    """The newest notices and how each stands."""

    def work(session: Session) -> list[tuple[int, str, str, datetime | None]]:
        rows = announce.listed(session, SHOWN)
        return [(row.id or 0, _first(row.text), row.state, row.due_at) for row in rows]

    rows = [
        (number, first, report.state(state), due)
        for number, first, state, due in await desk.look(work)
    ]
    return desk.page(visit, "notices.html", rows=rows)


def _first(text: str) -> str:
    return shorten(text.splitlines()[0], 90)


# Writing


async def form(desk: Desk, visit: Visit) -> Response:
    """The form of a new notice; with the words of an earlier one, or of an event."""
    old = await desk.look(partial(_old, number=whole(visit.asked("tu"))))
    return await _form(desk, visit, old or {"su-kien": visit.asked("su-kien")})


def _old(session: Session, number: int) -> dict[str, str] | None:
    found = session.get(Notice, number)
    if found is None:
        return None
    return {"noi-dung": found.text, "tieng-anh": found.text_en, "su-kien": found.event}


async def _form(
    desk: Desk, visit: Visit, given: dict[str, str], wrong: str = "", status: int = 200
) -> Response:
    places, events = desk.web.content().places, await desk.look(_events(desk))
    return desk.page(
        visit,
        "notice_new.html",
        status,
        given=given,
        wrong=wrong,
        longest=LONGEST,
        events=[event for event in events if event.status != "draft"],
        groups=[
            ("thon", _("Thôn"), {place.id: place.name for place in places.hamlets}),
            ("don-vi", _("Đơn vị"), {place.id: place.name for place in places.units}),
            ("quan-tam", _("Người muốn nghe về"), following.labels()),
            ("ngon-ngu", _("Ngôn ngữ"), LANGUAGES),
            ("vai-tro", _("Chỉ người tổ chức có vai"), {role: role for role in POWERS}),
        ],
    )


def _events(desk: Desk) -> Callable[[Session], list[Event]]:
    return lambda session: list(desk.web.programme().current(session))


async def write(desk: Desk, visit: Visit) -> Response:
    """Keep a notice as a draft; nothing is sent before it was seen."""
    typed = {name: visit.text(name, LONGEST + 1) for name in ("noi-dung", "tieng-anh")}
    typed |= {name: visit.line(name, 80) for name in ("su-kien", "luc")}
    try:
        at = visit.moment("luc", desk.web.settings.zone)
        work = partial(_write, desk=desk, visit=visit, typed=typed, at=at)
        number = await desk.do(work)
    except NoticeError as error:
        return await _form(desk, visit, typed, report.wrong(error), 422)
    except ValueError:
        return await _form(desk, visit, typed, _("Giờ gửi chưa đúng, bạn chọn lại nhé."), 422)
    return desk.back(f"{LIST}/{number}")


def _write(
    session: Session, desk: Desk, visit: Visit, typed: dict[str, str], at: datetime | None
) -> int:
    draft = Draft(
        typed["noi-dung"], typed["tieng-anh"], _audience(desk, visit), visit.line("khan") == "1"
    )
    event = next((one for one in _events(desk)(session) if one.id == typed["su-kien"]), None)
    if event is not None:
        names, zone = desk.web.programme().names, desk.web.settings.zone
        draft = invitation.about(draft, event, names, zone, visit.now)
    if at is not None and at < visit.now:
        raise NoticeError("past")
    author, operator, own = visit.who.name, desk.web.settings.operator, visit.who.id
    notice = drafts.write(session, draft, author, operator, visit.now, author_id=own)
    notice.due_at = at
    session.flush()
    return announce.id_of(notice)


def _audience(desk: Desk, visit: Visit) -> Audience:
    """Whom the form chose; what nobody offered is left out."""
    places = desk.web.content().places
    known: dict[str, set[str]] = {
        "thon": {place.id for place in places.hamlets},
        "don-vi": {place.id for place in places.units},
        "ngon-ngu": set(LANGUAGES),
        "vai-tro": {str(role) for role in POWERS},
        "quan-tam": set(INTERESTS),
    }
    chosen = {
        name: tuple(one for one in visit.fields.get(name, ()) if one in allowed)
        for name, allowed in known.items()
    }
    return Audience(
        chosen["thon"], chosen["don-vi"], chosen["ngon-ngu"], chosen["vai-tro"], chosen["quan-tam"]
    )


# One notice


async def show(desk: Desk, visit: Visit) -> Response:
    """A draft as people will see it, and who they are; else how far it is."""
    return await _page(desk, visit)


async def _page(desk: Desk, visit: Visit, wrong: str = "", status: int = 200) -> Response:
    found = await desk.look(partial(_seen, desk=desk, visit=visit))
    if found is None:
        return desk.wrong(visit, report.wrong(NoticeError("unknown")), LIST, 404)
    notice = found.notice
    shown = {
        "notice": notice,
        "first": _first(notice.text),
        "state": report.state(notice.state),
        "wrong": wrong,
        "readers": _readers(desk, found.audience),
    }
    if found.survey is not None:
        return desk.page(
            visit,
            "notice_draft.html",
            status,
            **shown,
            previews=_previews(desk, notice),
            counted=report.survey(found.survey).splitlines(),
            many=found.survey.offered,
            nobody=found.survey.nobody,
            when=report.when(notice, visit.now, desk.web.settings.zone),
        )
    far = found.far
    return desk.page(
        visit,
        "notice.html",
        status,
        **shown,
        far=far,
        percent=progress.percent(far) if far else 0,
        lines=report.lines(far) if far else [],
        acts=[(SLUGS[name], label) for name, label in report.acts(far)] if far else [],
        live=far is not None and far.state in progress.MOVING,
    )


def _seen(session: Session, desk: Desk, visit: Visit) -> Seen | None:
    notice = _named(session, visit)
    if notice is None:
        return None
    chosen = audience.load(notice.audience)
    survey = far = None
    if notice.state == DRAFT:
        survey = audience.survey(session, chosen, desk.web.ways(), visit.now, urgent=notice.urgent)
    else:
        far = tally.progress(session, announce.id_of(notice), visit.now)
    session.expunge(notice)
    return Seen(notice, chosen, survey, far)


def _named(session: Session, visit: Visit) -> Notice | None:
    return session.get(Notice, visit.number("number"))


def _previews(desk: Desk, notice: Notice) -> list[tuple[str, list[str]]]:
    """What each channel shows, under the names organisers know."""
    shown = report.previews(notice, desk.web.ways())
    return [(", ".join(report.channel(name) for name in names), told) for names, told in shown]


def _readers(desk: Desk, chosen: Audience) -> str:
    """Whom a notice is for, in words."""
    places = desk.web.content().places
    names = {**places.hamlet_names, **places.unit_names}
    parts = [
        names.get(one, LANGUAGES.get(one, one))
        for one in (*chosen.hamlets, *chosen.units, *chosen.languages, *chosen.roles)
    ]
    if chosen.interests:
        parts.append(_("người muốn nghe về việc này"))
    if chosen.named:
        parts.append(_("người được chọn sẵn"))
    return ", ".join(parts) or _("mọi người đã đăng ký nhận tin")


async def send(desk: Desk, visit: Visit) -> Response:
    """Have it sent, by who has seen it; the desk stands for the second pair of eyes."""
    return await _done(desk, visit, partial(_send, desk=desk, visit=visit))


def _send(
    session: Session, notice: Notice, by: str, now: datetime, desk: Desk, visit: Visit
) -> None:
    if notice.author_id != visit.who.id:
        notice.approved_by = by
    at = notice.due_at if notice.due_at and notice.due_at > now else None
    announce.send(session, notice, by, now, desk.web.settings.zone, at=at)


async def act(desk: Desk, visit: Visit) -> Response:
    """Pause, go on, end, send again."""
    name = next((name for name, slug in SLUGS.items() if slug == visit.path["act"]), "")
    if not name:
        return desk.wrong(visit, report.wrong(NoticeError("unknown")), LIST, 404)
    return await _done(desk, visit, partial(_act, name=name))


def _act(session: Session, notice: Notice, by: str, now: datetime, name: str) -> None:
    never_sent = name == "cancel" and notice.state == DRAFT
    (drafts.drop if never_sent else dispatch.ACTS[name])(session, notice, by, now)


async def _done(desk: Desk, visit: Visit, does: Does) -> Response:
    def work(session: Session) -> None:
        notice = _named(session, visit)
        if notice is None:
            raise NoticeError("unknown")
        does(session, notice, visit.who.name, visit.now)

    try:
        await desk.do(work)
    except NoticeError as error:
        return await _page(desk, visit, report.wrong(error), 409)
    desk.web.wake()
    return desk.back(f"{LIST}/{visit.path['number']}")


async def listen(desk: Desk, visit: Visit) -> Response:
    """The progress of a notice, as it changes."""
    spoken = language()

    async def look() -> Progress:
        number = visit.number("number")
        return await desk.look(partial(tally.progress, number=number, now=progress.now()))

    if await desk.look(partial(_named, visit=visit)) is None:
        return desk.wrong(visit, report.wrong(NoticeError("unknown")), LIST, 404)

    def told(far: Progress) -> list[str]:
        with speaking(spoken):
            return report.lines(far)

    return StreamingResponse(
        progress.events(desk.web.signals, look, told),
        media_type="text/event-stream",
        headers={**PRIVATE, "X-Accel-Buffering": "no"},
    )


ONE = f"{LIST}/{{number}}"
DOORS = (
    Door(LIST, "GET", "notices.send", listed),
    Door(LIST, "POST", "notices.send", write),
    Door(f"{LIST}/moi", "GET", "notices.send", form),
    Door(ONE, "GET", "notices.send", show),
    Door(f"{ONE}/luong", "GET", "notices.send", listen),
    Door(f"{ONE}/gui", "POST", "notices.send", send),
    Door(f"{ONE}/{{act}}", "POST", "notices.send", act),
)
