"""200 payloads in every text of the database and the content, and in every address: each page,
stream and paper stays what it was, and nothing of them becomes an element, a header or a formula.

What a page is made of is compared with the same page that shows harmless words.
"""

import asyncio
import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest
import yaml
from docx import Document
from icalendar import Calendar
from openpyxl import load_workbook
from starlette.routing import Route

from bot.content import Content
from bot.papers.files import KINDS
from tests.payloads import MARK, PAYLOADS
from tests.web.world import RUNS, UNSEEN, Shape, World, look_at_everything, opened


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, matcher_cache: Path, content: Content
) -> Iterator[World]:
    """The application with something in every table; `content` fills the matcher's cache."""
    assert content.book.entries
    with opened(tmp_path_factory.mktemp("payloads"), matcher_cache) as world:
        yield world


@pytest.fixture(scope="module")
def seen(world: World) -> Mapping[tuple[str, str], httpx.Response]:
    """Every kind of page, as it is when people write harmless words."""
    return asyncio.run(look_at_everything(world))


def test_every_kind_of_address_is_looked_at(
    world: World, seen: Mapping[tuple[str, str], httpx.Response]
) -> None:
    """An address that is added later is found by its links, or must be named here."""
    routes = [one for one in world.asgi.routes if isinstance(one, Route)]
    shown = [one for one in routes if "GET" in (one.methods or ())]
    paths = [path.partition("?")[0] for _who, path in seen]
    missed = {one.path for one in shown if not any(map(one.path_regex.match, paths))}

    assert missed == UNSEEN & {one.path for one in shown}


async def test_no_text_changes_what_a_page_is_made_of(
    world: World, seen: Mapping[tuple[str, str], httpx.Response]
) -> None:
    """The same elements with the same attributes as with harmless words; papers can be opened."""
    world.hold(" ".join(PAYLOADS))

    wrong = {}
    for (who, path), before in seen.items():
        answer = await world.look(who, path)
        if found := troubles(answer, before):
            wrong[who, path] = found
    assert wrong == {}


def troubles(answer: httpx.Response, before: httpx.Response) -> list[str]:
    """What is wrong with an answer, beside what it was with harmless words."""
    kind = answer.headers["content-type"].partition(";")[0]
    if answer.status_code != before.status_code:
        return [f"status {answer.status_code}"]
    if kind in {"text/html", "image/svg+xml"}:
        return reshaped(answer.text, before.text)
    return CHECKS[kind](answer.content)


def reshaped(page: str, before: str) -> list[str]:
    """Which elements a page has more or fewer of, and where it leads though it should not."""
    now_, then = Shape(), Shape()
    now_.feed(page)
    then.feed(before)
    more, fewer = now_.elements - then.elements, then.elements - now_.elements
    led = [
        one for one in now_.leads if re.match(r"\s*(javascript|data|vbscript):", one, re.IGNORECASE)
    ]
    return [f"+ {one}" for one in more] + [f"- {one}" for one in fewer] + led


def in_document(body: bytes) -> list[str]:
    """A document opens, and each of its parts is XML."""
    Document(io.BytesIO(body))
    return []


def in_workbook(body: bytes) -> list[str]:
    """Cells that are formulas."""
    book = load_workbook(io.BytesIO(body))
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    return [f"formula {cell.coordinate}" for cell in cells if cell.data_type == "f"]


def in_csv(body: bytes) -> list[str]:
    """Cells that a spreadsheet would take for a formula."""
    csv.field_size_limit(10**7)
    rows = csv.reader(io.StringIO(body.decode("utf-8-sig")), strict=True)
    cells = (cell for row in rows for cell in row)
    return [f"formula {cell[:9]!r}" for cell in cells if FORMULA.match(cell)]


def in_calendar(body: bytes) -> list[str]:
    """Properties of a calendar that ours never has."""
    names = {name for part in Calendar.from_ical(body).walk() for name in part}
    return [name for name in names if "PWN" in name.upper()]


def in_stream(body: bytes) -> list[str]:
    """Lines of a stream that are none of its fields, and elements in what it tells."""
    lines = body.decode().splitlines()
    odd = [line for line in lines if not re.match(r"(data|event|id|retry|):|$", line)]
    page = Shape()
    page.feed("".join(line[6:] for line in lines if line.startswith("data: ")))
    return odd + [one for one in page.elements if MARK in one]


def in_json(body: bytes) -> list[str]:
    """JSON is read."""
    json.loads(body)
    return []


def in_yaml(body: bytes) -> list[str]:
    """YAML is read."""
    yaml.load(body, yaml.CSafeLoader)
    return []


def in_picture(body: bytes) -> list[str]:
    """A picture is drawn."""
    return [] if body.startswith(b"\x89PNG") else ["no picture"]


def in_text(body: bytes) -> list[str]:
    """Plain text may say anything."""
    body.decode()
    return []


CHECKS: Mapping[str, Callable[[bytes], list[str]]] = {
    KINDS["docx"]: in_document,
    KINDS["xlsx"]: in_workbook,
    "text/csv": in_csv,
    "text/calendar": in_calendar,
    "text/event-stream": in_stream,
    "application/json": in_json,
    "application/yaml": in_yaml,
    "image/png": in_picture,
    "text/plain": in_text,
}
FORMULA = re.compile(r"[=+@\t\r]|-(?!\d+([.,]\d+)?$)|[＝＋－＠]")


QUERY = "bo cach cau co da den dong kq lang loi ngay q ten thon tim trang tu v xong".split()
"""Names of what pages are asked for in their addresses."""


async def test_no_address_changes_what_a_page_is_made_of(
    world: World, seen: Mapping[tuple[str, str], httpx.Response]
) -> None:
    """In each varying part of an address, and after it: no element and no header comes of it."""
    asked_ = urlencode(
        {name: " ".join(PAYLOADS[at :: len(QUERY)]) for at, name in enumerate(QUERY)}
    )
    pages = {path.partition("?")[0]: who for (who, path), one in seen.items() if is_page(one)}
    folders = {path.rpartition("/")[0]: who for path, who in pages.items()}
    named = [
        (who, f"{path}/{quote(PAYLOADS[at % len(PAYLOADS)], safe='')}")
        for at, (path, who) in enumerate(folders.items())
    ]

    wrong = {}
    for who, place in [*((who, f"{path}?{asked_}") for path, who in pages.items()), *named]:
        page = Shape()
        page.feed((await world.look(who, place)).text)
        if bad := foreign(page):
            wrong[who, place] = bad
    assert wrong == {}


def is_page(answer: httpx.Response) -> bool:
    """Whether an answer is a page."""
    return answer.headers["content-type"].startswith("text/html")


def foreign(page: Shape) -> list[str]:
    """What is in a page that none of ours ever has."""
    elements = [one for one in page.elements if MARK in one]
    return elements + [one for one in page.leads if RUNS.match(one)]


class Forms(HTMLParser):
    """The forms of a page: where each goes, and its fields with what stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], set[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or remember a field of the last one."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.found.append((given.get("action", ""), {}, set()))
        name = given.get("name", "")
        if not name or not self.found:
            return
        _action, values, texts = self.found[-1]
        if tag == "textarea" or (tag == "input" and given.get("type", "text") in TYPED):
            texts.add(name)
        elif tag in {"input", "button", "select"} and name not in values:
            values[name] = given.get("value", "")


TYPED = frozenset({"text", "search", "url", "tel", "email", "number", "date", "datetime-local"})


async def test_no_form_gives_back_what_it_was_given_as_marks(
    world: World, seen: Mapping[tuple[str, str], httpx.Response]
) -> None:
    """Every form with a text in it, filled in with payloads as a page of ours would send them."""
    words = " ".join(PAYLOADS)
    forms: dict[tuple[str, str, frozenset[str]], dict[str, str]] = {}
    for (who, path), answer in seen.items():
        page = Forms()
        page.feed(answer.text if is_page(answer) else "")
        for action, values, texts in page.found:
            if texts:
                forms[who, action or path, frozenset(texts)] = values

    wrong = {}
    for (who, action, names), values in forms.items():
        sent = values | dict.fromkeys(names, words)
        headers = {"sec-fetch-site": "same-origin"}
        answer = await world.browsers[who].post(action, data=sent, headers=headers)
        told = Shape()
        told.feed(answer.text)
        bad = foreign(told) + [one for one in answer.headers.values() if MARK in one]
        if bad or answer.status_code >= 500:
            wrong[action] = [str(answer.status_code), *bad]
    assert len(forms) >= 10
    assert wrong == {}
