"""Units to be urged: who must be telephoned and why, what was sent, and who is told for each."""

from functools import partial

from sqlmodel import Session
from starlette.responses import Response

from bot import organisers
from bot.i18n import _
from bot.notices import contacts, urge
from bot.notices.duties import LATE
from bot.notices.urge import Told
from bot.organisers import Organiser, UnknownOrganiserError
from bot.web.desk.room import Desk, Door, Visit, whole

PAGE = "/ban/don-doc"
SAID = {"goi": "called", "dau-moi": "named"}


async def show(desk: Desk, visit: Visit) -> Response:
    """Whom to telephone, what became of the reminders, who is told for each unit."""
    plan, today = desk.web.programme().plan, desk.today(visit.now)
    zone = desk.web.settings.zone
    found = await desk.look(partial(urge.listed, planned=plan, today=today, zone=zone))
    people, named, told_for = await desk.look(_people)
    values = desk.web.content().places.values
    phones = {
        unit: values[f"dien-thoai-{unit}"].value
        for unit in plan.units
        if f"dien-thoai-{unit}" in values
    }
    return desk.page(
        visit,
        "urging.html",
        calls=[one for one in found if one.call],
        told=[one for one in found if not one.call],
        units=plan.units,
        phones=phones,
        people=people,
        named=named,
        told_for=told_for,
        steps=", ".join(str(step) for step in plan.remind),
        state=_state,
        step=_step,
        said=SAID.get(visit.asked("da"), ""),
    )


def _people(
    session: Session,
) -> tuple[list[tuple[int, str]], dict[str, int], dict[str, tuple[str, ...]]]:
    """Every organiser, who was named for each unit, and who is told for it."""
    listed = [(one.id or 0, _called(one)) for one in organisers.listed(session)]
    named = {unit: one.id or 0 for unit, one in contacts.named(session).items()}
    told = {unit: tuple(one.name for one in many) for unit, many in contacts.of(session).items()}
    return listed, named, told


def _called(one: Organiser) -> str:
    if one.person_id is not None:
        return one.name
    return _("{name} (chưa vào chat)").format(name=one.name)


def _state(one: Told) -> str:
    """What became of a reminder, in words."""
    if one.urge.called_at is not None:
        return _("{name} đã gọi").format(name=one.urge.called_by)
    return _("Đã tới") if one.reached else _("Đang gửi")


def _step(one: Told) -> str:
    """At which step a reminder went out."""
    if one.urge.step == LATE:
        return _("khi quá hạn")
    return _("trước {days} ngày").format(days=one.urge.step)


async def called(desk: Desk, visit: Visit) -> Response:
    """Somebody telephoned the unit."""
    number = whole(visit.line("so", 10))
    await desk.do(partial(urge.called, number=number, who=visit.who.name, now=visit.now))
    return desk.back(PAGE, da="goi")


async def name(desk: Desk, visit: Visit) -> Response:
    """Name who is told for a unit."""
    unit, number = visit.line("don-vi"), whole(visit.line("nguoi", 10))
    if unit not in desk.web.programme().plan.units:
        return desk.back(PAGE)

    def work(session: Session) -> bool:
        try:
            contacts.name(session, unit, number, visit.who.name, visit.now)
        except UnknownOrganiserError:
            return False
        told = f"unit {unit} organiser {number}"
        organisers.note(session, visit.who.name, "units.contact", told, visit.now)
        return True

    return desk.back(PAGE, da="dau-moi") if await desk.do(work) else desk.back(PAGE)


DOORS = (
    Door(PAGE, "GET", "numbers.read", show),
    Door(f"{PAGE}/da-goi", "POST", "content.edit", called),
    Door(f"{PAGE}/dau-moi", "POST", "content.edit", name),
)
