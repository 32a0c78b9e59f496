"""The FAQ's pages and the page about personal data: light, found without script, shared."""

import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pytest
from PIL import Image
from sqlmodel import Session

from bot import links, posters, privacy
from bot.db import Database
from bot.flows.turn import House
from bot.settings import Settings
from bot.web import private
from faq.book import Book
from tests.web.stand import Site, serve

LIGHT = 12_000
"""Bytes over the air of a page somebody opens on a boat."""
WHOLE = 90_000
"""The same of the whole book, which is for printing."""
ONE = "bi-lua-chuyen-tien"


@pytest.fixture
def http(sqlite_url: str, house: House) -> Iterator[httpx.Client]:
    """A browser before the shipped FAQ, in which one entry should have been reviewed."""
    db = Database(sqlite_url)
    book = house.content.book
    entries = tuple(
        replace(one, review_by=date(2026, 1, 2)) if one.id == ONE else one for one in book.entries
    )
    content = replace(house.content, book=Book(entries, book.sources, book.categories))
    settings = Settings(public_url="https://chat.example.vn")
    with (
        serve(db, settings, replace(house, content=content)) as site,
        httpx.Client(base_url=site.url) as http,
    ):
        yield http
    db.close()


@pytest.fixture
def dead(sqlite_url: str, house: House) -> Iterator[tuple[Site, str]]:
    """The pages when a link of an entry has died, and that entry's id."""
    entry = next(one for one in house.content.book.entries if one.links)
    db = Database(sqlite_url)

    def kill(session: Session) -> None:
        for _try in range(links.FAILURES_TO_DIE):
            links.record(session, entry.links[0], "404", datetime.now(UTC))
            session.flush()

    db.run(kill).result()
    with serve(db, Settings(), house) as site:
        yield site, entry.id
    db.close()


def wire(http: httpx.Client, path: str) -> int:
    """The bytes a page costs over the air."""
    with http.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-encoding"] == "gzip"
        return len(b"".join(answer.iter_raw()))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_page_opens_on_a_boat(http: httpx.Client, house: House, lang: str) -> None:
    """The list, an answer and the rights are a few KB; a category is what it holds, packed."""
    paths = ["/hoi-dap", f"/hoi-dap/{ONE}", "/quyen-rieng-tu"]
    categories = house.content.book.categories

    assert [path for path in paths if wire(http, f"{path}?lang={lang}") > LIGHT] == []
    for name in categories:
        assert wire(http, f"/hoi-dap/nhom/{name}?lang={lang}") < 2 * LIGHT
    assert wire(http, f"/hoi-dap/nhom/tat-ca?lang={lang}") < WHOLE


def test_the_list_leads_to_every_entry(http: httpx.Client, house: House) -> None:
    """Each entry of the book has its address, in either language, and an address its page."""
    for lang in ("vi", "en"):
        page = http.get(f"/hoi-dap?lang={lang}").text
        named = set(re.findall(r'href="/hoi-dap/([a-z0-9-]+)[?"]', page))

        assert named == set(house.content.book.by_id)
    some = sorted(named)[::20]
    assert [name for name in some if http.get(f"/hoi-dap/{name}").status_code != 200] == []


def test_a_page_is_not_sent_twice(http: httpx.Client) -> None:
    """What a phone has already is not sent again, packed or not."""
    for path in ("/hoi-dap", f"/hoi-dap/{ONE}", f"/hoi-dap/{ONE}.png", "/quyen-rieng-tu"):
        first = http.get(path)
        second = http.get(path, headers={"if-none-match": first.headers["etag"]})

        assert second.status_code == 304
        assert first.headers["cache-control"].startswith("public")
        assert not second.content


def test_a_search_finds_as_the_bot_does(http: httpx.Client) -> None:
    """Words without accents find the entry; what is asked is neither cached nor kept."""
    answer = http.get("/hoi-dap", params={"q": "lo bi lua chuyen tien roi lam sao"})
    found = answer.text.partition("Nhóm câu hỏi")[0]

    assert f"/hoi-dap/{ONE}" in found
    assert answer.headers["cache-control"] == "no-store"


def test_a_search_for_nothing_known_says_so(http: httpx.Client) -> None:
    """It offers to ask the chatbot, which passes the question on."""
    page = http.get("/hoi-dap", params={"q": "xin thu tuc chuyen truong <b>"}).text

    assert "Hỏi chatbot câu này" in page
    assert "chuyen truong &lt;b&gt;" in page
    assert "<b>" not in page.partition("Nhóm câu hỏi")[0].partition("</header>")[2]


def test_an_identity_number_is_not_shown_again(http: httpx.Client) -> None:
    """Who types an identity number into the search finds it hidden."""
    assert "079099012345" not in http.get("/hoi-dap", params={"q": "so 079099012345"}).text


def test_an_answer_names_its_source_and_days(http: httpx.Client, house: House) -> None:
    """The answer, every source with its number, when it was reviewed, what is asked next."""
    book = house.content.book
    entry = next(one for one in book.entries if one.next and len(one.sources) > 1)
    page = http.get(f"/hoi-dap/{entry.id}").text

    for source in book.cite(entry):
        assert source.cite.replace("&", "&amp;") in page.replace("&#34;", '"')
    assert f"Rà soát ngày {entry.reviewed_on.day}/{entry.reviewed_on.month}" in page
    for name in entry.next:
        assert f'href="/hoi-dap/{name}"' in page


def test_a_late_review_is_a_caution(http: httpx.Client) -> None:
    """An answer past its review date says so, alone and in its category."""
    late = "đã quá hạn rà soát"

    assert late in http.get(f"/hoi-dap/{ONE}").text
    assert http.get("/hoi-dap/nhom/tat-ca").text.count(late) == 1
    assert late not in http.get("/hoi-dap/dang-ky-vneid-muc-2").text


def test_a_dead_link_is_a_caution(dead: tuple[Site, str]) -> None:
    """An answer whose page is gone says so."""
    site, name = dead
    with site.visitor() as http:
        page = http.get(f"/hoi-dap/{name}").text

    assert "hiện không mở được" in page


def test_a_shared_link_has_a_picture(http: httpx.Client) -> None:
    """Open Graph names the canonical address and a picture of 1200 x 630 in either language."""
    for lang, tail in (("vi", ""), ("en", "?lang=en")):
        page = http.get(f"/hoi-dap/{ONE}?lang={lang}").text
        own = f"https://chat.example.vn/hoi-dap/{ONE}"
        image = re.search(r'og:image" content="https://chat.example.vn([^"]+)"', page)
        assert image
        picture = http.get(image[1].replace("&amp;", "&"))

        assert f'<link rel="canonical" href="{own}{tail}">' in page
        assert f'og:url" content="{own}{tail}"' in page
        assert Image.open(io.BytesIO(picture.content)).size == posters.LEAF
        assert len(picture.content) < 80_000


def test_no_card_is_cut(house: House) -> None:
    """On every entry's card the texts stay inside the picture."""
    book = house.content.book
    wide, high = posters.LEAF
    longest = sorted(book.entries, key=lambda one: -len(one.question))[:5]
    for entry in longest:
        card = posters.Leaf("Chuyển đổi số Lý Sơn", "Nhóm", entry.question, entry.answer, "Nguồn")
        for left, top, right, bottom in posters.turned(card).boxes:
            assert 0 <= left <= right <= wide
            assert 0 <= top <= bottom <= high


def test_what_is_not_there_is_said(http: httpx.Client) -> None:
    """An unknown entry, picture or category leads to the list."""
    for path in ("/hoi-dap/khong-co", "/hoi-dap/khong-co.png", "/hoi-dap/nhom/khong-co"):
        answer = http.get(path)

        assert answer.status_code == 404
        assert 'href="/hoi-dap"' in answer.text


def test_robots_find_every_entry(http: httpx.Client, house: House) -> None:
    """The map lists every entry under our own address; the desk is left out."""
    robots, found = http.get("/robots.txt").text, http.get("/sitemap.xml").text

    assert "Sitemap: https://chat.example.vn/sitemap.xml" in robots
    assert "Disallow: /ban\n" in robots
    assert found.count("<loc>https://chat.example.vn/hoi-dap/") == len(house.content.book.entries)


def test_nothing_comes_from_elsewhere(http: httpx.Client) -> None:
    """Pages load nothing from another server, and run no script."""
    for path in ("/hoi-dap", f"/hoi-dap/{ONE}", "/hoi-dap/nhom/tat-ca", "/quyen-rieng-tu"):
        page = http.get(path).text
        loaded = re.findall(r'<(?:script|img|link rel="(?:stylesheet|icon)")[^>]*', page)

        assert "<script" not in page
        assert not [one for one in loaded if "http" in one]


def test_the_rights_page_names_every_table() -> None:
    """What the page tells is all that is kept of residents: a new table must be told too."""
    told = {name for row in private.kept(90) for name in row.tables}
    of_people = {table.name for table, _column in privacy.columns()} - {"organiser"}

    assert told == of_people | {"person"}


def test_the_rights_page_says_how_long(http: httpx.Client) -> None:
    """The days are those that are set, the law is named, and both commands are a tap away."""
    page = http.get("/quyen-rieng-tu").text

    assert "90 ngày" in page
    assert "91/2025/QH15" in page
    assert 'value="/dulieu"' in page
    assert 'value="/xoadulieu"' in page
    assert "90 days" in http.get("/quyen-rieng-tu?lang=en").text


def test_packing_is_offered_not_forced(http: httpx.Client) -> None:
    """Who cannot unpack gets the page as it is, and both are the same page."""
    plain = http.get("/hoi-dap", headers={"accept-encoding": "identity"})
    with http.stream("GET", "/hoi-dap", headers={"accept-encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())

    assert gzip.decompress(raw) == plain.content
