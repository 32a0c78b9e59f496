"""Who has powers at the desk: given, changed, taken away, never down to nobody; their sessions"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot import organisers, passes
from bot.organisers import Organiser, Role, UnknownOrganiserError
from bot.passes import Pass

ORGANISER: passes.Kind = "organiser"


class LastAdminError(Exception):
    """Nobody else who has ever got in could manage organisers."""


class OwnRoleError(Exception):
    """Nobody changes their own role: another admin does."""


class NameTakenError(Exception):
    """Another organiser has this name: the audit would not tell them apart."""


@dataclass(frozen=True)
class Member:
    """An organiser as the list shows them."""

    id: int
    name: str
    role: str
    in_chat: bool
    """Whether they joined in a chat, and so can ask for links there."""
    sessions: int
    """Browsers in which they are signed in now."""
    seen_at: datetime | None
    """When they last opened a page of the desk; None: never."""


def listed(session: Session, now: datetime) -> list[Member]:
    """Everybody with powers, the earliest first."""
    seen = _last_seen(session)
    return [
        Member(
            one.id or 0,
            one.name,
            one.role,
            one.person_id is not None,
            len(passes.sessions(session, ORGANISER, str(one.id), now)),
            seen.get(str(one.id)),
        )
        for one in organisers.listed(session)
    ]


def _last_seen(session: Session) -> dict[str, datetime]:
    latest = func.max(func.coalesce(col(Pass.seen_at), col(Pass.opened_at)))
    statement = (
        select(col(Pass.subject), latest)
        .where(col(Pass.kind) == ORGANISER, col(Pass.opened_at).is_not(None))
        .group_by(col(Pass.subject))
    )
    return dict(session.execute(statement).all())


def add(session: Session, name: str, role: Role, actor: str, now: datetime) -> tuple[int, str]:
    """A new organiser's row, and the code they may type to the bot. Raises NameTakenError."""
    if name.casefold() in {one.name.casefold() for one in organisers.listed(session)}:
        raise NameTakenError
    code = organisers.add(session, name, role, actor, now)
    return organisers.listed(session)[-1].id or 0, code


def link(session: Session, number: int, actor: str, now: datetime) -> str:
    """The token of a link that signs an organiser in, once. Raises UnknownOrganiserError."""
    of(session, number)
    token = passes.issue(session, ORGANISER, str(number), now)
    organisers.note(session, actor, "organisers.link", f"organiser {number}", now)
    return token


def change(session: Session, number: int, role: Role, by: Organiser, now: datetime) -> bool:
    """Give an organiser another role, from their next request on; whether it was another.

    Raises UnknownOrganiserError, OwnRoleError, LastAdminError.
    """
    found = of(session, number)
    if found.id == by.id:
        raise OwnRoleError
    if found.role == role:
        return False
    _guard(session, found)
    found.role = role
    subject = f"organiser {number} {role}"
    organisers.note(session, by.name, "organisers.role", subject, now)
    return True


def remove(session: Session, number: int, actor: str, now: datetime) -> Organiser:
    """Take powers and sessions away at once. Raises UnknownOrganiserError, LastAdminError."""
    _guard(session, of(session, number))
    passes.revoke(session, ORGANISER, str(number), now)
    return organisers.remove(session, number, actor, now)


def sign_out(session: Session, number: int, actor: str, now: datetime) -> int:
    """End all sessions and links of an organiser; how many. Raises UnknownOrganiserError."""
    of(session, number)
    ended = passes.revoke(session, ORGANISER, str(number), now)
    organisers.note(session, actor, "organisers.sign_out", f"organiser {number}", now)
    return ended


def of(session: Session, number: int) -> Organiser:
    """An organiser who has powers now. Raises UnknownOrganiserError."""
    found = session.get(Organiser, number)
    if found is None or found.removed_at is not None:
        raise UnknownOrganiserError
    return found


def _guard(session: Session, found: Organiser) -> None:
    """Raises LastAdminError when, without this one, no admin would be left who has ever got in."""
    # Locked, so that two admins who take each other's powers at once do not both succeed.
    statement = select(Organiser).where(
        col(Organiser.role) == "admin", col(Organiser.removed_at).is_(None)
    )
    admins = session.scalars(statement.order_by(col(Organiser.id)).with_for_update()).all()
    inside = _got_in(session, admins)
    if found.id in inside and len(inside) == 1:
        raise LastAdminError


def _got_in(session: Session, admins: Sequence[Organiser]) -> set[int | None]:
    opened = select(col(Pass.subject)).where(
        col(Pass.kind) == ORGANISER, col(Pass.opened_at).is_not(None)
    )
    known = set(session.scalars(opened.distinct()))
    return {one.id for one in admins if one.person_id is not None or str(one.id) in known}
