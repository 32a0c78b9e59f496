"""Give me my data; forget me: across every table, also those added later."""

import secrets
from collections.abc import Iterator

from sqlalchemy import (
    Column,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlmodel import Session, SQLModel, col

from bot import inbox
from bot.db import table_of
from bot.desk.visits import HelpVisit
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.pace import Pace
from bot.people import Person, addresses, id_of
from quiz import rungs
from quiz.board import PLAYERS, Standing

IMPERSONAL = frozenset(
    {
        *("audit", "pace", "linkcheck", "token", "alembic_version"),
        *("round", "rung", "step", "juror", "mark", "pass", "tried"),
        *(
            "eventedit",
            "filedevent",
            "planedit",
            "estimate",
            "noticecode",
            "story",
            "talk",
            "commended",
        ),
        *("urge", "unitcontact"),
        *("lease", "notice", "groupcopy", "reminder", "vapid"),
        *("privacyrequest", "alert"),
        *("contentedit", "handed"),
        *("helpteam", "asked", "askedtally", "unitreport", "unitresult"),
    }
)
"""Tables that say nothing of residents: `audit` names organisers' acts on our own rows."""
RENAMED = frozenset({"paper", "answer", "standing", "attendance", "talkanswer"})
"""Tables whose rows stay under a name that leads to nobody: a contest's result must still add up
after one of its players is forgotten."""
KEPT = frozenset({"organiser", "groupsub", "helpvisit", "helpedrsvp"})
"""Tables whose rows stay, with the person taken out of them."""


def columns() -> Iterator[tuple[Table, "Column[object]"]]:
    """Every column that says whom a row is about."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if column.info.get("person"):
                yield table, column


def held(session: Session, person: Person) -> Iterator[tuple[Table, dict[str, object]]]:
    """Every row about a person, also those of their own chats that do not say whose they are."""
    mine = [(table, column == _name(person, column)) for table, column in columns()]
    lanes = _lanes(session, person)
    mine += [
        (table, and_(table.c.lane.in_(lanes), table.c.person_id.is_(None)))
        for table in (table_of(Inbox), table_of(Outbox))
    ]
    mine.append((table_of(Pace), col(Pace.key).in_(lanes)))
    for table, found in mine:
        for row in session.execute(select(table).where(found)).mappings():
            yield table, dict(row)


def _lanes(session: Session, person: Person) -> list[str]:
    """The chats which are a person's alone; a group's chat is others' too."""
    known = addresses(session, id_of(person))
    return [f"{one.channel}:{one.chat}" for one in known if one.chat == one.user]


def forget(session: Session, person: Person) -> None:
    """Delete every row about a person, and the person; what a contest counted loses the name."""
    session.flush()
    lanes = _lanes(session, person)
    nobody = f"gone-{secrets.token_hex(12)}"
    for table, column in columns():
        mine = column == _name(person, column)
        if table.name in KEPT:
            session.execute(update(table).where(mine).values({column.name: None}))
        elif table.name in RENAMED:
            session.execute(update(table).where(mine).values({column.name: nobody}))
        else:
            session.execute(delete(table).where(mine))
    for lane in lanes:
        _forget_lane(session, lane)
    session.expire_all()
    session.delete(session.get_one(Person, id_of(person)))
    session.flush()


def merge(session: Session, kept: Person, gone: Person) -> None:
    """Two turned out to be one: every row about the second is about the first from now on.

    Of two rows of which there may be but one, that of the first stays.
    """
    session.flush()
    both = col(Standing.person_key).in_((kept.key, gone.key))
    played = select(col(Standing.round_id)).where(both).group_by(col(Standing.round_id))
    rounds = list(session.scalars(played.having(func.count() > 1)))
    for table, column in columns():
        old, new = _name(gone, column), _name(kept, column)
        for others in _single(table, column):
            twin = table.alias()
            same = [twin.c[other.name] == other for other in others]
            double = exists().where(twin.c[column.name] == new, *same)
            session.execute(delete(table).where(column == old, double))
        session.execute(update(table).where(column == old).values({column.name: new}))
    for round_id in rounds:
        rungs.rebuild(session, round_id, PLAYERS)
    for name in ("hamlet", "unit", "preferred"):
        setattr(kept, name, getattr(kept, name) or getattr(gone, name))
    kept.created_at = min(kept.created_at, gone.created_at)
    kept.muted = kept.muted or gone.muted
    session.flush()
    session.expire_all()
    session.delete(session.get_one(Person, id_of(gone)))
    session.flush()


def _single(table: Table, column: "Column[object]") -> Iterator[list["Column[object]"]]:
    """For each rule that a person has but one row: the columns that tell such rows apart."""
    for rule in table.constraints:
        if isinstance(rule, UniqueConstraint | PrimaryKeyConstraint) and column in list(rule):
            yield [other for other in rule if other is not column]


def part(session: Session, person: Person, other: Person, lane: str) -> None:
    """What was said in a chat is about another person from now on."""
    session.flush()
    for table, column in columns():
        if "lane" in table.c:
            mine = (column == _name(person, column), table.c.lane == lane)
            session.execute(update(table).where(*mine).values({column.name: _name(other, column)}))
    session.expire_all()


def _forget_lane(session: Session, lane: str) -> None:
    """What a private chat left behind without saying whose it was: unreadable, edited, unsent.

    The message that asks for it keeps its row, emptied, so that it is not obeyed twice.
    """
    over = (
        col(Inbox.lane) == lane,
        col(Inbox.person_id).is_(None),
        col(Inbox.state).in_((inbox.DONE, inbox.PARKED)),
    )
    written = or_(col(Inbox.payload) != "", col(Inbox.text) != "")
    for statement in (
        delete(Inbox).where(*over, written),
        update(Inbox).where(*over).values(lane=""),
        delete(Outbox).where(col(Outbox.lane) == lane, col(Outbox.person_id).is_(None)),
        update(HelpVisit).where(col(HelpVisit.lane) == lane).values(lane=""),
        delete(Pace).where(col(Pace.key) == lane),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def _name(person: Person, column: "Column[object]") -> object:
    """How a column names the person: by row number, or by the opaque key."""
    return person.key if column.name == "person_key" else id_of(person)
