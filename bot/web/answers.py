"""Public pages of the FAQ: all questions, a category to read or print, one answer with its card."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import cards, links, posters, sensitive
from bot.content import Content
from bot.flows.ask import overdue, source_line, title
from bot.flows.ask import render as said
from bot.i18n import _, language, speaking, written
from bot.messages import Reply
from bot.posters import Leaf
from bot.web import paging, render
from bot.web.context import Web
from bot.web.paging import HTML, PRIVATE
from faq.book import Entry, Source
from faq.matcher import Found, Near, Sure
from faq.text import clean

log = structlog.get_logger()
LIST = "/hoi-dap"
ALL = "tat-ca"
"""The category that is the whole book."""
LONGEST = 300
"""Letters of a search we look at."""
CONTROL = "public, max-age=300"
SHORT = 160
"""Letters of an answer shown where it is shared."""


def routes(web: Web) -> list[Route]:
    """The FAQ's pages, and what robots read first."""
    pages = Pages(web)
    return [
        Route(LIST, pages.index),
        Route(f"{LIST}/nhom/{{name}}", pages.category),
        Route(f"{LIST}/{{name}}.png", pages.card),
        Route(f"{LIST}/{{name}}", pages.entry),
        Route("/robots.txt", pages.robots),
        Route("/sitemap.xml", pages.sitemap),
    ]


@dataclass(frozen=True)
class Answered:
    """An entry as its page tells it."""

    entry: Entry
    title: str
    reply: Reply
    sources: tuple[Source, ...]
    cautions: tuple[str, ...]
    foreign: bool
    """Asked for in English, and only there in Vietnamese."""


class Pages:
    """The pages; what does not change is not sent again, and sent packed."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.templates = render.environment()
        self.templates.globals.update(tail=paging.tail, keep=paging.keep)

    async def index(self, request: Request) -> Response:
        """All questions by category; what a search finds stands first. Nothing asked is kept."""
        content = self.web.content()
        asked = sensitive.blank(clean(request.query_params.get("q", ""))[:LONGEST].strip())
        found = await run_in_threadpool(content.find, asked) if asked else ()
        with speaking(paging.wanted(request)):
            html = self._html(
                request,
                "answers.html",
                q=asked,
                groups=_groups(content),
                categories=content.book.categories,
                hits=[(entry, title(entry)) for entry in _hits(content, found)],
                sure=bool(found) and all(isinstance(one, Sure) for one in found),
                title_of=title,
            )
        if asked:
            return Response(html, 200, PRIVATE, HTML)
        return _kept(request, html.encode())

    async def category(self, request: Request) -> Response:
        """The answers of one category, or all of them, to read and to print."""
        content, name = self.web.content(), request.path_params["name"]
        gone = await self._gone()
        with speaking(paging.wanted(request)):
            heading = _("Tất cả câu hỏi") if name == ALL else content.book.categories.get(name)
            if heading is None:
                return self._lost(request)
            groups = {
                key: [self._answered(content, entry, gone) for entry in entries]
                for key, entries in _groups(content).items()
                if name in {key, ALL}
            }
            html = self._html(
                request, "category.html", heading=heading, groups=groups, whole=name == ALL,
                categories=content.book.categories, path=f"{LIST}/nhom/{name}",
            )  # fmt: skip
        return await run_in_threadpool(_kept, request, html.encode())

    async def entry(self, request: Request) -> Response:
        """One answer with its source, its dates, and what is asked next."""
        content = self.web.content()
        entry = content.book.by_id.get(request.path_params["name"])
        gone = await self._gone()
        with speaking(paging.wanted(request)):
            if entry is None:
                return self._lost(request)
            told = self._answered(content, entry, gone)
            html = self._html(
                request,
                "answer.html",
                told=told,
                group=content.book.categories.get(entry.category, ""),
                following=[
                    (content.book.by_id[one], title(content.book.by_id[one]))
                    for one in entry.next
                    if one in content.book.by_id
                ],
                reviewed=written(entry.reviewed_on.isoformat()),
                until=written(entry.review_by.isoformat()),
                about=_short(told.reply.text),
                own=self._address(request),
                image=posters.version(_leaf(content, told)),
                path=f"{LIST}/{entry.id}",
            )
        return _kept(request, html.encode())

    async def card(self, request: Request) -> Response:
        """The picture that stands beside a shared link."""
        content = self.web.content()
        entry = content.book.by_id.get(request.path_params["name"])
        with speaking(paging.wanted(request)):
            if entry is None:
                return self._lost(request)
            leaf = _leaf(content, self._answered(content, entry, frozenset()))
        body = await asyncio.to_thread(posters.leaf, leaf)
        # Other sites show it beside our link.
        open_ = {"Cross-Origin-Resource-Policy": "cross-origin"}
        return paging.kept(request, body, "image/png", CONTROL, open_)

    async def robots(self, request: Request) -> Response:
        """What robots need not read."""
        away = "".join(f"Disallow: {path}\n" for path in ("/ban", "/chat", "/vao", "/health"))
        text = f"User-agent: *\n{away}Sitemap: {self._address(request)}/sitemap.xml\n"
        return _kept(request, text.encode(), "text/plain; charset=utf-8")

    async def sitemap(self, request: Request) -> Response:
        """The addresses worth finding."""
        content, own = self.web.content(), self._address(request)
        plain = ("/", LIST, "/su-kien", "/bang-xep-hang", "/quyen-rieng-tu", "/xac-minh")
        lines = [f"<url><loc>{own}{path}</loc></url>" for path in plain]
        lines += [
            f"<url><loc>{own}{LIST}/{entry.id}</loc><lastmod>{entry.reviewed_on}</lastmod></url>"
            for entry in content.book.entries
        ]
        schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
        head = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{schema}">\n'
        body = head + "\n".join(lines) + "\n</urlset>\n"
        return _kept(request, body.encode(), "application/xml; charset=utf-8")

    def _answered(self, content: Content, entry: Entry, gone: frozenset[str]) -> Answered:
        reply = said(content, entry, gone)
        foreign = language() == "en" and not entry.answer_en
        cautions = _cautions(entry, gone, datetime.now(self.web.settings.zone).date())
        sources = tuple(content.book.cite(entry))
        return Answered(entry, title(entry), reply, sources, cautions, foreign)

    async def _gone(self) -> frozenset[str]:
        """Links that failed their last checks; none while the database is away."""
        try:
            return await self.web.db.fetch(links.dead)
        except SQLAlchemyError as error:
            log.error("dead links not read", error=type(error).__name__)
            return frozenset()

    def _lost(self, request: Request) -> Response:
        return Response(self._html(request, "noanswer.html"), 404, PRIVATE, HTML)

    def _html(self, request: Request, template: str, **values: object) -> str:
        shared = {"path": request.url.path, "own": self._address(request)} | values
        return self.templates.get_template(template).render(
            operator=self.web.settings.operator, emergency=self.web.emergency(), **shared
        )

    def _address(self, request: Request) -> str:
        return paging.own(request, self.web.settings)


def _groups(content: Content) -> dict[str, list[Entry]]:
    """The entries by category, without categories that have none."""
    made: dict[str, list[Entry]] = {name: [] for name in content.book.categories}
    for entry in content.book.entries:
        made.setdefault(entry.category, []).append(entry)
    return {name: entries for name, entries in made.items() if entries}


def _hits(content: Content, found: tuple[Found, ...]) -> list[Entry]:
    """What a search found: the answer first, then what is near; each once."""
    names: dict[str, None] = {}
    for one in found:
        match one:
            case Sure(hits):
                names |= dict.fromkeys(hit.id for hit in hits[:1])
            case Near():
                names |= dict.fromkeys(hit.id for hit in one.offered)
            case _:
                pass
    return [content.book.by_id[name] for name in names]


def _cautions(entry: Entry, gone: frozenset[str], today: date) -> tuple[str, ...]:
    dead = _("Lưu ý: một trang mà câu này dẫn tới hiện không mở được.")
    told = ((overdue(), entry.expired(today)), (dead, bool(gone.intersection(entry.links))))
    return tuple(text for text, is_so in told if is_so)


def _leaf(content: Content, told: Answered) -> Leaf:
    group = content.book.categories.get(told.entry.category, "")
    first = _short(told.reply.text.strip().partition("\n")[0])
    return Leaf(cards.brand(), group, told.title, first, source_line(content, told.entry))


def _short(text: str) -> str:
    """The beginning of an answer: whole words of its first lines."""
    line = " ".join(text.split())
    return line if len(line) <= SHORT else line[:SHORT].rpartition(" ")[0] + "…"


def _kept(request: Request, body: bytes, kind: str = HTML) -> Response:
    return paging.kept(request, body, kind, CONTROL)
