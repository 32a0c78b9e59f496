"""The whole application with something in every table, looked at as everybody does.

Texts are put where they are kept, so that a check at the door cannot hide a page that does not
escape.
"""

import contextlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import delete, update
from sqlmodel import Session, col, select
from starlette.applications import Starlette
from starlette.routing import Route

from bot import asked, inbox, outbox, people
from bot.alerts import Alert
from bot.app import App, build
from bot.asked import SURE
from bot.channels.webchat import CAN
from bot.content import Content
from bot.desk import handoff
from bot.inbox import Inbox
from bot.messages import Received, Reply, dump, load
from bot.notices import announce, asking, filed, ledger, reports, stories, taking_part, verify
from bot.notices.announce import Draft
from bot.notices.filed import FiledEvent
from bot.notices.ledger import Line
from bot.notices.programme import Programme
from bot.notices.reports import Result
from bot.notices.stories import Item
from bot.notices.taking_part import this_time
from bot.outbox import Outbox
from bot.settings import Settings
from bot.signals import Signals
from bot.tables import METADATA
from bot.web import auth, chat
from faq.book import Book
from quiz import contest
from quiz.bank import Bank
from quiz.papers import Entrant
from quiz.rounds import Round
from tests.payloads import MARK
from tests.test_people import fill_every_table
from tests.web.theatre import Theatre, now, opens

VISITOR = "a" * 32
PLAIN = "Chữ thường"
"""The harmless words a page is compared with."""
FEW = 12
"""Entries of the book that are retold: the page of one is made as those of the others are."""
KEPT = frozenset(
    "alert.said audit.actor audit.subject candidate.text contentedit.who contentedit.approved_by "
    "estimate.item estimate.who eventedit.who handed.by handoff.by inbox.text juror.name "
    "linkcheck.note notice.text notice.text_en notice.author notice.approved_by noticecode.title "
    "noticecode.issued_by noticecode.why organiser.name planedit.who player.nickname "
    "reminder.text reminder.text_en round.title round.opened_by step.by story.title story.summary "
    "story.source talkquestion.text unanswered.text unanswered.answer unanswered.answered_by "
    "unitreport.note unitresult.done commended.who helpteam.name helpmember.name helpedrsvp.name "
    "urge.called_by unitcontact.by".split()
)
"""Columns that hold what people wrote."""
WRITTEN = frozenset(
    "question answer explanation options phrasings question_en answer_en phrasings_en title what "
    "why place audience agenda note title_en what_en why_en place_en audience_en agenda_en note_en "
    "name label cite summary prizes measure target text".split()
)
"""Fields of the content that hold what people wrote."""
RUNS = re.compile(r"\s*(javascript|data|vbscript):", re.IGNORECASE)
"""Addresses that a browser runs or shows instead of going there."""
LINES: tuple[tuple[str, set[str]], ...] = (("br", set()), ("p", {"class", "dir"}))
"""What a new line in a text becomes."""
LINK = frozenset({"href", "rel", "target"})


class Shape(HTMLParser):
    """The elements of a page with the names of their attributes, and where they lead."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.leads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count an element; those our own text may have are left out."""
        names = {name for name, _value in attrs}
        self.leads += [
            value or ""
            for name, value in attrs
            if name in {"href", "src", "action", "formaction", "srcdoc", "data", "content"}
        ]
        ours = (tag == "a" and names == LINK) or (tag == "span" and ("class", "step") in attrs)
        if not ours and (tag, names) not in LINES:
            self.elements[f"{tag} {' '.join(sorted(names))}"] += 1

    handle_startendtag = handle_starttag


@dataclass
class World:
    """The whole application with something in every table, and who looks at it."""

    app: App
    asgi: Starlette
    theatre: Theatre
    browsers: dict[str, httpx.AsyncClient]
    content: Content
    programme: Programme
    papers: Mapping[str, Sequence[str]]
    """Addresses that no page leads to, by who may open them."""

    def hold(self, words: str) -> None:
        """Put words into every text there is."""

        def work(session: Session) -> None:
            for table in METADATA.sorted_tables:
                names = [column.name for column in table.columns]
                texts = [name for name in names if f"{table.name}.{name}" in KEPT]
                if texts:
                    session.execute(update(table).values(dict.fromkeys(texts, words)))
            for row in session.scalars(select(Outbox)):
                body = replace(load(row.body), text=words, source=words, footer=words)
                row.body = dump(body)
            for round_ in session.scalars(select(Round)):
                round_.sheet = json.dumps(retold(json.loads(round_.sheet), words))
                round_.rules = json.dumps(retold(json.loads(round_.rules), words))

        self.app.db.run(work).result()
        entries = self.content.book.entries
        few = retold(entries[:FEW], words)
        book = replace(self.content.book, entries=(*few, *entries[FEW:]))
        asked_ = self.content.bank.questions
        bank = Bank((*retold(asked_[:FEW], words), *asked_[FEW:]), self.content.bank.categories)
        bare = replace(self.content, book=Book((), {}, {}), bank=Bank((), {}))
        self.app.library.content = replace(retold(bare, words), book=book, bank=bank)
        self.app.library.programme = retold(self.programme, words)

    async def look(self, who: str, path: str) -> httpx.Response:
        """What somebody is shown at an address."""
        answer = await self.browsers[who].get(path, headers={"sec-fetch-site": "same-origin"})
        assert answer.status_code < 500, path
        assert MARK not in repr(answer.headers.multi_items()), path
        return answer


def retold(told: Any, words: str) -> Any:
    """The same tree with the texts that people write replaced by some words."""
    if is_dataclass(told) and not isinstance(told, type):
        made = {item.name: getattr(told, item.name) for item in fields(told) if item.init}
        return type(told)(**retold(made, words))
    if isinstance(told, dict):
        return {name: _field(name, value, words) for name, value in told.items()}
    if isinstance(told, tuple | list):
        return type(told)(retold(item, words) for item in told)
    return told


def _field(name: object, value: Any, words: str) -> Any:
    if name in WRITTEN and isinstance(value, str):
        return words if value else value
    if name in WRITTEN and isinstance(value, tuple | list) and value and isinstance(value[0], str):
        return type(value)(words for _each in value)
    return retold(value, words)


@contextlib.contextmanager
def opened(state: Path, matcher_cache: Path) -> Iterator[World]:
    """The application, a contest on its stage and a person of whom every table knows something."""
    shutil.copytree(matcher_cache, state / "cache")
    app = build(Settings(state_dir=str(state), public_url="https://test"))
    app.signals.close()
    theatre = Theatre("https://test", app.db, Signals())
    opens(theatre)
    papers = app.db.run(partial(furnish, programme=app.library.programme)).result()
    asgi = app.asgi()
    held = {
        "visitor": {chat.COOKIE: VISITOR},
        "admin": {auth.COOKIE: theatre.organiser("admin")},
        "helper": {auth.COOKIE: theatre.session("helper", str(theatre.round_id))},
        "juror": {auth.COOKIE: theatre.session("juror", theatre.juror())},
    }
    browsers = {
        who: httpx.AsyncClient(
            transport=httpx.ASGITransport(app=asgi), base_url="https://test", cookies=cookies
        )
        for who, cookies in held.items()
    }
    programme = app.library.programme
    world = World(app, asgi, theatre, browsers, app.library.content, programme, papers)
    yield world
    app.db.close()


def furnish(session: Session, programme: Programme) -> dict[str, list[str]]:
    """Something in every table; addresses that open by a token of their own."""
    at = now()
    person, _new = people.welcome(session, "web", VISITOR, VISITOR, at)
    fill_every_table(session, person)
    outbox.put(session, "web", VISITOR, [Reply("x", source="x", footer="x")], CAN, at,
               person_id=person.id)  # fmt: skip
    notice = announce.write(session, Draft("x", text_en="x"), "x", at)
    verify.mark(session, notice, "x", at)
    stories.keep(session, [Item("https://test/tin", "x", "x", "x", at)], at)
    plan, activity = programme.plan, programme.plan.activities[0]
    ledger.hand_in(session, plan, Line(activity.id, activity.lead, "x", 5), "x", at)
    ledger.report(session, plan, activity.id, "x", at, status=activity.status)
    token = reports.invite(session, at.year, activity.lead, at)
    handed = reports.by_token(session, token)
    assert handed is not None
    reports.hand_in(session, handed, [Result(activity.id, "x", 1, 2)], "x", at)
    session.add(Alert(name="x", said="x", since=at))
    held = handoff.take(session, f"web:{VISITOR}", people.id_of(person), "Chị Hoa", at)
    session.flush()
    said = Received("web", "said", f"web:{VISITOR}", "{}", at)
    inbox.accept(session, [said])
    for row in session.scalars(select(Inbox).where(col(Inbox.key) == "said")):
        row.state, row.text, row.person_id = "done", "x", person.id
    for round_ in session.scalars(select(Round).where(col(Round.mode) == "stage")):
        round_.season = "mua"
        contest.join(session, round_, Entrant(person.key), "web", at)
    for _each in range(9):
        asked.note(session, at.date(), SURE, "vneid-la-gi", "", "web")
    session.flush()
    event = next(item for item in programme.events if item.shown and this_time(item, at))
    item = this_time(event, at)
    assert item is not None
    occurrence = taking_part.name_of(event, item)
    taking_part.talk_of(session, event, item, at)
    number = people.id_of(person)
    taking_part.reply(session, occurrence, number, "yes", at)
    asking.ask(session, occurrence, number, "Hỏi trước một câu", at)
    session.execute(delete(FiledEvent).where(col(FiledEvent.event) == event.id))
    filed.add(session, [replace(event, place="x")], at)
    ends = ("cau-hoi", "diem-danh", "diem-danh/dem", "bien-ban.docx")
    return {
        "visitor": [f"/ban/don-vi/{token}"],
        "admin": [
            *(f"/su-kien/{event.id}/{end}" for end in ends),
            f"/ban/tro-chuyen/{held.id}",
            f"/ban/thong-bao/{notice.id}/luong",
        ],
        "helper": [],
        "juror": [],
    }


STARTS = {
    "visitor": ["/", "/hoi-dap", "/su-kien", "/su-kien.ics", "/xac-minh", "/bang-xep-hang", "/ra",
                "/nhan-tin", "/quyen-rieng-tu", "/ngay-chuyen-doi-so", "/san-khau", "/chat/stream"],
    "admin": ["/ban", "/tin", "/san-khau/quan-ly", "/ban/cau-hoi/tre-han"],
    "helper": [],
    "juror": [],
}  # fmt: skip
STAGE = {
    "visitor": ("", "/toi", "/man-hinh", "/luong", "/ma.svg"),
    "admin": ("/dieu-khien",),
    "helper": ("/nhap-ho",),
    "juror": ("/cham",),
}
EACH = {"/ban/noi-dung/tep/{name}": 99, "/ban/cuoc-thi/{code}/tep/{kind}": 4}
"""Addresses of one kind that are looked at, where two are not enough."""
UNSEEN = frozenset(
    "/static/{name:path} /sw.js /vao/{token} /du-lieu/{token} /diem-danh/{code} /robots.txt "
    "/sitemap.xml /health /metrics /chat /ban/bieu-duong.pdf /hoi-dap/{name}.png "
    "/the-hang/{name}.png /the-hang/vong/{uid}.png "
    "/the-hang/don-vi/{uid}/{unit}.png /the-hang/doi/{uid}/{number:int}.png "
    "/zalo_verifiercode.html".split()
)
"""What no page leads to without a token, or holds no text that people write."""


class Links(HTMLParser):
    """Where a page leads on our own site."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an address."""
        for name, value in attrs:
            if name in {"href", "src", "data-stream", "data-live"} and value:
                path = value.removeprefix("https://test").partition("#")[0]
                if path.startswith("/") and not path.startswith("//"):
                    self.found.append(path)


async def walk(world: World, who: str, starts: Sequence[str]) -> list[tuple[str, str]]:
    """Every kind of address somebody comes to by following links: (who, path)."""
    routes = [route for route in world.asgi.routes if isinstance(route, Route)]
    waiting, seen, kinds = list(starts), set(starts), Counter[str]()
    found = []
    while waiting:
        path = waiting.pop(0)
        kind = next(
            (one.path for one in routes if one.path_regex.match(path.partition("?")[0])), ""
        )
        if not kind or kinds[kind] >= EACH.get(kind, 2) or kind in UNSEEN:
            continue
        answer = await world.look(who, path)
        if answer.status_code != 200:
            continue
        kinds[kind] += 1
        found.append((who, path))
        if answer.headers["content-type"].startswith("text/html"):
            page = Links()
            page.feed(answer.text)
            fresh = [one for one in page.found if one not in seen]
            waiting += fresh
            seen.update(fresh)
    return found


async def look_at_everything(world: World) -> dict[tuple[str, str], httpx.Response]:
    """Every kind of page with harmless words in it: by who looks, and where."""
    places = []
    for who, starts in STARTS.items():
        ends = [f"/san-khau/{world.theatre.code}{end}" for end in STAGE[who]]
        places += await walk(world, who, [*starts, *ends, *world.papers[who]])
    world.hold(PLAIN)
    return {place: await world.look(*place) for place in places}
