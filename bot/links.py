"""Addresses the answers name: are they alive, and what is said when they are not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import DateTime, select
from sqlmodel import Field, Session, SQLModel

from bot.db import table_of
from faq.files import Mistake, read, text

FAILURES_TO_DIE = 2
"""Checks in a row that must fail before people are told that an address is dead."""


class LinkCheck(SQLModel, table=True):
    """What the last check of an address said."""

    link: str = Field(primary_key=True)
    checked_at: datetime = Field(sa_type=DateTime(timezone=True))
    failures: int = 0
    note: str = ""


@dataclass(frozen=True)
class Page:
    """An address with its title, and what stands in for it when it is dead."""

    id: str
    title: str
    url: str
    summary: str = ""
    """Our own summary of what stood there."""
    summary_on: str = ""
    fallback: str = ""
    """The page to read instead."""


def load(path: Path) -> tuple[dict[str, Page], list[Mistake]]:
    """The pages by their id, and the mistakes in their file."""
    items, _, mistakes = read(path, "links")
    pages: dict[str, Page] = {}
    for item in items:
        page = Page(*(text(item, key) for key in Page.__dataclass_fields__))
        what = wrong(page)
        if page.id in pages:
            what = f"liên kết {page.id} có hai lần"
        if what:
            remedy = "Mỗi liên kết cần id, title và url https"
            mistakes.append(Mistake(path.name, item.line, what, remedy))
        else:
            pages[page.id] = page
    for page in pages.values():
        if page.fallback and page.fallback not in pages:
            what = f"liên kết {page.id}: không có trang thay thế {page.fallback}"
            mistakes.append(Mistake(path.name, 0, what, "Sửa fallback"))
    return pages, mistakes


def wrong(page: Page) -> str:
    """What makes a page unusable, or nothing."""
    if not page.id or not page.title:
        return "liên kết thiếu id hoặc title"
    parts = urlsplit(page.url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.port:
        return f"liên kết {page.id} không an toàn: {page.url}"
    return ""


_CHECKS = table_of(LinkCheck)
_DEAD = select(_CHECKS.c.link).where(_CHECKS.c.failures >= FAILURES_TO_DIE)


def dead(session: Session) -> frozenset[str]:
    """The ids of pages that failed their last checks."""
    return frozenset(session.connection().scalars(_DEAD))


def record(session: Session, link: str, note: str, now: datetime) -> LinkCheck:
    """Write down what a check found: an empty note is alive."""
    row = session.get(LinkCheck, link) or LinkCheck(link=link, checked_at=now)
    row.checked_at, row.note = now, note
    row.failures = row.failures + 1 if note else 0
    session.add(row)
    return row


def alive_of(pages: Iterable[Page], gone: frozenset[str]) -> list[Page]:
    """The pages that still stand."""
    return [page for page in pages if page.id not in gone]
