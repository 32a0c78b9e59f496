"""Everything we hold about a person as a file they can read, and the link that fetches it once."""

import hashlib
import html
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, or_, select, update
from sqlmodel import Field, Session, SQLModel, col

from bot import labels, privacy
from bot.db import changed
from bot.i18n import moment, speaking
from bot.messages import load, plain
from bot.people import PERSON, Person, by_key, id_of
from quiz.rounds import Round

FILE = "du-lieu-cua-toi.html"
LINK_FOR = timedelta(minutes=30)
Row = dict[str, object]


class DataLink(SQLModel, table=True):
    """A link that gives a person their file, once; its token is kept as a hash only."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, sa_column_kwargs={"info": PERSON})
    token_hash: str = Field(unique=True)
    until: datetime = Field(sa_type=DateTime(timezone=True))
    used_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


@dataclass(frozen=True)
class Dossier:
    """What is held about somebody: rows by table, and what is left out of them, and why."""

    made_at: datetime
    zone: ZoneInfo
    tables: dict[str, list[Row]]
    withheld: dict[str, str]
    """Why something is not given, by table and column ("answer.right")."""


def gather(session: Session, person: Person, zone: ZoneInfo, now: datetime) -> Dossier:
    """Everything held about a person, on all the channels they linked."""
    session.flush()
    tables: dict[str, list[Row]] = {"person": [person.model_dump()]}
    withheld: dict[str, str] = {}
    naming = {(table.name, column.name) for table, column in privacy.columns()}
    going_on = _open_rounds(session, now)
    for table, row in privacy.held(session, person):
        why = {
            name: reason
            for name in row
            if (reason := _reason((table.name, name), row, naming, going_on))
        }
        withheld |= {f"{table.name}.{name}": reason for name, reason in why.items()}
        kept = {name: value for name, value in row.items() if name not in why}
        tables.setdefault(table.name, []).append(_readable(kept))
    return Dossier(now, zone, tables, withheld)


def _reason(
    cell: tuple[str, str], row: Row, naming: set[tuple[str, str]], going_on: set[int]
) -> str:
    """Why a value is not given; empty when it is."""
    name = cell[1]
    if cell in naming:
        return labels.ITSELF
    if name in labels.UNTIL_CLOSED and row.get("round_id") in going_on:
        return labels.OPEN_ROUND
    return labels.WITHHELD.get(name, "")


def _open_rounds(session: Session, now: datetime) -> set[int]:
    """Rounds whose right answers are still a secret."""
    lasting = or_(col(Round.closes_at).is_(None), col(Round.closes_at) > now)
    found = select(Round.id).where(col(Round.closed_at).is_(None), lasting)  # type: ignore[call-overload]
    return set(session.scalars(found))


def _readable(row: Row) -> Row:
    """A row as a person can read it: of a reply, its words."""
    body = row.get("body")
    return {**row, "body": plain(load(str(body)))} if body else row


def counted(dossier: Dossier) -> list[tuple[str, int]]:
    """What there is, by its name for people, and how much of it."""
    return [(_title(name), len(rows)) for name, rows in dossier.tables.items() if name != "person"]


def as_text(dossier: Dossier) -> str:
    """The file in plain words, for a chat that takes no files."""
    lines = []
    for name, rows in dossier.tables.items():
        lines.append(f"{_title(name)}:")
        lines += [
            "- " + ", ".join(f"{label}: {value}" for label, value in _cells(row, dossier.zone))
            for row in rows
        ]
    return "\n".join(lines)


def as_json(dossier: Dossier) -> str:
    """The file for machines: rows by table and column."""
    body = {
        "made_at": dossier.made_at.isoformat(),
        "tables": dossier.tables,
        "withheld": dossier.withheld,
    }
    return json.dumps(body, ensure_ascii=False, indent=1, default=_plain_value)


def _plain_value(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def as_html(dossier: Dossier, operator: str) -> str:
    """The file for people, with the same for machines inside it."""
    with speaking("vi"):
        when = moment(dossier.made_at, dossier.zone)
        sections = "\n".join(_sections(dossier))
    reasons = dict.fromkeys(dossier.withheld.values(), "")
    left_out = "".join(
        f"<li>{_safe(reason)}: {_safe(', '.join(_named(dossier, reason)))}</li>"
        for reason in reasons
    )
    # Inside a script only a tag could end it.
    machine = as_json(dossier).replace("<", "\\u003c")
    return (
        '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Dữ liệu của bạn</title><style>{STYLE}</style></head><body>\n"
        f"<h1>Mọi thứ chatbot giữ về bạn</h1>\n<p>{_safe(operator)} vận hành chatbot. "
        f"Lập lúc {_safe(when)}. Tệp này có lời bạn đã nhắn: bạn cất ở nơi riêng.</p>\n"
        f"{sections}\n<h2>Không ghi ra, và vì sao</h2>\n<ul>{left_out}</ul>\n"
        "<p>Muốn sửa, rút đồng ý hay khiếu nại: gõ /quyenriengtu. Xóa hết: /xoadulieu.</p>\n"
        f'<script type="application/json" id="du-lieu">{machine}</script>\n</body></html>\n'
    )


STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem}"
    "section{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0}"
    "td,th{border:1px solid #bbb;padding:.25rem .5rem;text-align:left;vertical-align:top}"
    "td{white-space:pre-wrap}"
)


def _sections(dossier: Dossier) -> Iterator[str]:
    for name, rows in dossier.tables.items():
        given = [key for key in rows[0] if any(not _is_empty(row[key]) for row in rows)]
        head = "".join(f"<th>{_safe(_label(key))}</th>" for key in given)
        lines = "\n".join(_line(row, given, dossier.zone) for row in rows)
        table = f"<table>\n<tr>{head}</tr>\n{lines}\n</table>" if given else ""
        yield f"<section><h2>{_safe(_title(name))} ({len(rows)})</h2>\n{table}</section>"


def _line(row: Row, given: list[str], zone: ZoneInfo) -> str:
    cells = "".join(f"<td>{_safe(_shown(row[key], zone))}</td>" for key in given)
    return f"<tr>{cells}</tr>"


def _cells(row: Row, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    for key, value in row.items():
        if not _is_empty(value):
            yield _label(key), _shown(value, zone)


def _shown(value: object, zone: ZoneInfo) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "có" if value else "không"
        case datetime():
            return moment(value, zone)
        case _:
            return str(value)


def _is_empty(value: object) -> bool:
    return value is None or value in ("", "{}", "[]")


def _title(name: str) -> str:
    return labels.TABLES.get(name, name)


def _label(column: str) -> str:
    return labels.COLUMNS.get(column, column)


def _named(dossier: Dossier, reason: str) -> list[str]:
    """Where something was left out for a reason."""
    return [name for name, why in dossier.withheld.items() if why == reason]


def _safe(text: str) -> str:
    return html.escape(text)


# The file itself, and its link


def file_of(
    session: Session, key: str, operator: str, zone: ZoneInfo, now: datetime
) -> bytes | None:
    """The file of the person known by a key, as it is now; None when they are gone."""
    person = by_key(session, key)
    if person is None:
        return None
    return as_html(gather(session, person, zone, now), operator).encode()


def issue(session: Session, person: Person, now: datetime) -> str:
    """A link's token, which gives this person's file once; kept nowhere."""
    token = secrets.token_urlsafe(32)
    link = DataLink(person_id=id_of(person), token_hash=_hash(token), until=now + LINK_FOR)
    session.add(link)
    session.flush()
    return token


def is_good(session: Session, token: str, now: datetime) -> bool:
    """Whether a link would give a file; looking does not use it up."""
    return session.scalar(select(DataLink.id).where(*_usable(token, now))) is not None  # type: ignore[call-overload]


def use(session: Session, token: str, now: datetime) -> str | None:
    """Use a link up: the key of the person whose file it gives, or None.

    One statement decides, so that of two browsers with the same link only one gets the file.
    """
    taken = update(DataLink).where(*_usable(token, now)).values(used_at=now)  # type: ignore[arg-type]
    if changed(session.execute(taken.execution_options(synchronize_session=False))) != 1:
        return None
    mine = select(Person.key).join(DataLink, col(DataLink.person_id) == col(Person.id))  # type: ignore[call-overload]
    key: str | None = session.scalar(mine.where(col(DataLink.token_hash) == _hash(token)))
    return key


def _usable(token: str, now: datetime) -> tuple[object, ...]:
    return (
        col(DataLink.token_hash) == _hash(token),
        col(DataLink.until) > now,
        col(DataLink.used_at).is_(None),
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
