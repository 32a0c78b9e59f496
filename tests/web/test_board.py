"""The public boards: what everybody sees, one's own place, and cards nobody can guess."""

import html
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any, TypeVar

import httpx
import pytest
from PIL import Image
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlmodel import Session
from starlette.applications import Starlette

from bot import cards, content, people, pictures, privacy
from bot.cards import Place
from bot.content import Content
from bot.db import Database
from bot.settings import Settings
from bot.signals import Signals
from bot.web import board as pages
from bot.web.context import Web
from bot.web.security import protect
from quiz import board, contest, jury, papers, players, pressing, rounds
from quiz.papers import Entrant
from quiz.pressing import Press
from quiz.rules import Part, Rules
from tests.conftest import ONE_DATABASE, ZONE
from tests.quiz.conftest import BANK, STAGE
from tests.web.stand import listening
from tests.web.test_chat import Tags

T = TypeVar("T")
NOW = datetime.now(UTC).replace(microsecond=0)
RULES = Rules("tuan", "Tuần", difficulty={1: 3}, seconds={1: 20}, least_categories=1, unit_best=2)
VISITOR = "a" * 32
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="x',
    "right to left": "\u202eabc مرحبا",
    "template": "{{ 7*7 }}",
}


@dataclass
class Board:
    """The pages at an address, and the database behind them."""

    client: httpx.Client
    db: Database
    place: Place

    def do(self, work: Callable[[Session], T]) -> T:
        """Do something in a committed transaction."""
        return self.db.run(work).result()

    def page(self, uid: str, **more: Any) -> str:
        """The page of a round."""
        return self.client.get(f"/bang-xep-hang/{uid}", **more).text


@pytest.fixture
def at(db: Database, content: Content) -> Iterator[Board]:
    """The boards served for real."""
    units = (named("thon-tay", "Thôn Tây An Vĩnh"), named("thpt", "Trường THPT Lý Sơn"))
    known = replace(content, places=replace(content.places, units=units))
    web = Web(
        *(Settings(), db, Signals(), lambda: None, lambda _language: [], list),
        lambda: known,
    )
    app = Starlette(routes=pages.routes(web), middleware=protect(web.settings))
    with listening(app) as url, httpx.Client(base_url=url) as client:
        yield Board(client, db, Place({unit.id: unit.name for unit in units}, ZONE, url))


def named(id_: str, name: str) -> "content.Place":
    """A unit."""
    return content.Place(id_, name)


def opened(session: Session, rules: Rules = RULES, **more: Any) -> str:
    """A round that runs now; its uid."""
    given = {"title": "Vòng thi tuần 3", "opens_at": NOW - timedelta(hours=1), **more}
    closes = NOW + timedelta(days=7)
    return rounds.open_round(session, rules, BANK, closes_at=closes, by="test", **given).uid


def plays(session: Session, uid: str, name: str, right: int, key: str = "", unit: str = "") -> str:
    """Somebody writes a paper with so many right answers; their key."""
    round_ = rounds.by_code(session, uid)
    key = key or f"key-of-{name}"
    if players.of(session, key) is None:
        session.add(players.Player(person_key=key, nickname=name, created_at=NOW))
        session.flush()
    at = NOW
    paper = papers.begin(session, round_, Entrant(key, unit), "web", at, ZONE)
    for number in range(3):
        put = papers.put(round_, paper, at)
        assert put is not None
        wanted = put.question.answer if number < right else (put.question.answer + 1) % 4
        at += timedelta(seconds=2)
        papers.answer(session, round_, paper, put.order.index(wanted), "web", at)
    return key


def as_visitor(session: Session) -> str:
    """The person behind the cookie; their key."""
    person, _new = people.welcome(session, "web", VISITOR, VISITOR, NOW)
    return person.key


COOKIE = {"cookie": f"visitor={VISITOR}"}


def test_the_list_names_every_round_but_no_rehearsal(at: Board) -> None:
    """Rounds with their state; rehearsals stay inside."""
    at.do(opened)
    at.do(partial(opened, title="Buổi diễn tập", rehearsal=True))

    page = at.client.get("/bang-xep-hang").text

    assert "Vòng thi tuần 3" in page
    assert "Đang mở" in page
    assert "Buổi diễn tập" not in page


def test_the_board_shows_players_and_units(at: Board) -> None:
    """Ranks, names, right answers, time; units by their names and the average of their best."""
    uid = at.do(opened)
    at.do(partial(plays, uid=uid, name="Sóng", right=3, unit="thpt"))
    at.do(partial(plays, uid=uid, name="Tỏi", right=1, unit="thon-tay"))

    page = re.sub(r"<[^>]+>", " ", at.page(uid))
    told = re.sub(r"\s+", " ", page)

    assert "1 Sóng Trường THPT Lý Sơn 3/3 6,0 giây 2 Tỏi Thôn Tây An Vĩnh 1/3 2,0 giây" in told
    assert "1 Trường THPT Lý Sơn 1 1,5 2 Thôn Tây An Vĩnh 1 0,5" in told


def test_who_plays_sees_their_place_among_neighbours(at: Board) -> None:
    """The cookie's player stands marked, with rank and card; others see none of it."""
    uid = at.do(opened)
    for number in range(9):
        at.do(partial(plays, uid=uid, name=f"Bạn {number}", right=3))
    key = at.do(as_visitor)
    at.do(partial(plays, uid=uid, name="Chính tôi", right=0, key=key))

    mine, theirs = at.page(uid, headers=COOKIE), at.page(uid)

    assert "Hạng của bạn: 10/10" in mine
    assert mine.count('aria-current="true"') == 2
    assert re.search(r'href="/the-hang/\d+-[0-9a-f]{32}\.png\?v=[0-9a-f]{16}"', mine)
    assert "Hạng của bạn" not in theirs


def test_no_page_tells_a_key(at: Board) -> None:
    """Keys under which people are known stand on no page."""
    uid = at.do(opened)
    key = at.do(as_visitor)
    at.do(partial(plays, uid=uid, name="Tôi", right=2, key=key))

    assert key not in at.page(uid, headers=COOKIE) + at.page(uid)


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_name_is_only_a_name(at: Board, name: str) -> None:
    """Whatever stands for a name or title is shown as text, apart from what surrounds it."""
    uid = at.do(partial(opened, title=name))
    at.do(partial(plays, uid=uid, name=name, right=2))

    page = at.page(uid)
    seen = Tags()
    seen.feed(page + at.client.get("/bang-xep-hang").text)

    assert "script" not in seen.seen
    assert "onmouseover" not in seen.attributes
    assert [html.unescape(text) for text in re.findall(r"<bdi>(.*?)</bdi>", page)] == [name, name]


def test_a_hidden_name_stays_hidden(at: Board) -> None:
    """A name an organiser took off stands neither on the page nor on a card."""
    uid = at.do(opened)
    key = at.do(partial(plays, uid=uid, name="Tên xấu", right=3))
    at.do(partial(players.hide, person_key=key))

    def card(session: Session) -> pictures.Card | None:
        return cards.by_name(session, name_for(session, uid, key), at.place, NOW)

    found = at.do(card)
    assert "Tên xấu" not in at.page(uid)
    assert found is not None
    assert found.name == players.HIDDEN


def name_for(session: Session, uid: str, key: str) -> str:
    """The name of a player's card."""
    round_ = rounds.by_code(session, uid)
    mine = board.standing(session, rounds.id_of(round_), key)
    assert mine is not None
    return cards.name_of(round_, mine)


def test_a_card_is_a_picture_kept_for_ever_under_its_version(at: Board) -> None:
    """PNG of the right size; with the version it never expires, without it soon does."""
    uid = at.do(opened)
    key = at.do(partial(plays, uid=uid, name="Tôi", right=2))
    name = at.do(partial(name_for, uid=uid, key=key))

    plain = at.client.get(f"/the-hang/{name}.png")
    tag = plain.headers["etag"].strip('"')
    versioned = at.client.get(f"/the-hang/{name}.png?v={tag}")
    again = at.client.get(f"/the-hang/{name}.png", headers={"if-none-match": f'"{tag}"'})

    assert Image.open(BytesIO(plain.content)).size == pictures.SIZE
    assert plain.headers["cache-control"] == "public, max-age=60"
    assert "immutable" in versioned.headers["cache-control"]
    assert plain.headers["x-robots-tag"] == "noindex"
    assert (again.status_code, again.content) == (304, b"")


def test_a_card_cannot_be_guessed(at: Board) -> None:
    """Another number, another seal, another round's seal: nothing is found."""
    uid, other = at.do(opened), at.do(opened)
    key = at.do(partial(plays, uid=uid, name="Tôi", right=2))
    at.do(partial(plays, uid=other, name="Tôi", right=1, key=key))
    mine, theirs = (at.do(partial(name_for, uid=each, key=key)) for each in (uid, other))
    number, seal = mine.split("-")
    forged = [
        f"{int(number) + 1}-{seal}",
        f"{number}-{'0' * 32}",
        f"{number}-{theirs.split('-')[1]}",
        f"0{number}-{seal}",
        number,
        "..%2f..%2fetc",
    ]

    assert at.client.get(f"/the-hang/{mine}.png").status_code == 200
    assert {at.client.get(f"/the-hang/{name}.png").status_code for name in forged} == {404}


def test_who_is_forgotten_takes_the_card_along(at: Board) -> None:
    """After "forget me" the old address of the card leads nowhere."""
    uid = at.do(opened)
    key = at.do(as_visitor)
    at.do(partial(plays, uid=uid, name="Tôi", right=2, key=key))
    name = at.do(partial(name_for, uid=uid, key=key))

    def forget(session: Session) -> None:
        person = people.find(session, "web", VISITOR)
        assert person is not None
        privacy.forget(session, person)

    at.do(forget)

    assert at.client.get(f"/the-hang/{name}.png").status_code == 404


def test_an_organisers_own_row_has_no_place_and_no_card(at: Board) -> None:
    """Who is barred stands nowhere, even in front of their own eyes."""
    uid = at.do(opened)
    key = at.do(as_visitor)
    at.do(partial(plays, uid=uid, name="Người nhà", right=3, key=key))
    name = at.do(partial(name_for, uid=uid, key=key))
    at.do(partial(board.bar, person_key=key))

    page = at.page(uid, headers=COOKIE)

    assert "Người nhà" not in page
    assert "Hạng của bạn" not in page
    assert at.client.get(f"/the-hang/{name}.png").status_code == 404


def test_a_shared_link_shows_the_podium(at: Board) -> None:
    """Open Graph names an absolute picture that exists; before anybody plays, the emblem."""
    uid = at.do(opened)
    empty = at.do(opened)
    at.do(partial(plays, uid=uid, name="Sóng", right=3))

    drawn, plain = (
        re.findall(r'property="og:image" content="([^"]+)"', at.page(each))[0]
        for each in (uid, empty)
    )

    assert drawn == f"{at.place.address}/the-hang/vong/{uid}.png"
    assert at.client.get(drawn).headers["content-type"] == "image/png"
    assert plain.startswith(f"{at.place.address}/static/emblem.png?v=")


def test_pictures_lead_into_an_open_round_and_to_the_board_of_a_closed_one(at: Board) -> None:
    """While one may play the code says so; afterwards it leads to the result."""
    uid = at.do(opened)
    key = at.do(partial(plays, uid=uid, name="Sóng", right=3))
    name = at.do(partial(name_for, uid=uid, key=key))
    later = NOW + timedelta(days=8)

    def told(session: Session, now: datetime) -> tuple[str, str]:
        card = cards.by_name(session, name, at.place, now)
        podium = cards.podium(session, by(session, uid), at.place, now)
        assert card is not None
        assert podium is not None
        return card.call, podium.heading

    assert at.do(partial(told, now=NOW)) == ("Quét mã để cùng chơi", "Đang dẫn đầu")
    assert at.do(partial(told, now=later)) == ("Quét mã xem cả bảng", "Bảng vinh danh")


def test_units_have_cards(at: Board) -> None:
    """A unit's card says its rank; a unit nobody played for has none."""
    uid = at.do(opened)
    at.do(partial(plays, uid=uid, name="Sóng", right=3, unit="thpt"))

    found = at.do(lambda session: cards.of_unit(session, by(session, uid), "thpt", at.place, NOW))

    assert found is not None
    assert (found.rank, found.name) == ("1", "Trường THPT Lý Sơn")
    assert at.client.get(f"/the-hang/don-vi/{uid}/thpt.png").status_code == 200
    assert at.client.get(f"/the-hang/don-vi/{uid}/khong-co.png").status_code == 404


by = rounds.by_code


def test_addresses_of_nothing_are_told_so(at: Board) -> None:
    """Unknown rounds, joining codes and rehearsals have no page and no picture."""
    uid = at.do(opened)
    code = at.do(lambda session: by(session, uid).code)
    hidden = at.do(partial(opened, rehearsal=True))

    for name in ("khong-co", code, hidden):
        assert at.client.get(f"/bang-xep-hang/{name}").status_code == 404
        assert at.client.get(f"/the-hang/vong/{name}.png").status_code == 404


def test_the_board_is_silent_while_a_question_is_open(at: Board) -> None:
    """On stage no page, card or podium may tell before the reveal whether an answer was right."""
    uid = at.do(partial(opened, rules=STAGE))
    key = at.do(as_visitor)

    def evening(session: Session) -> tuple[str, int]:
        round_ = by(session, uid)
        players.name(session, key, "Lan", NOW)
        contest.join(session, round_, Entrant(key), "web", NOW)
        stage = contest.take(session, round_, "open", 0, "test", NOW)
        shown = contest.shown(round_, 1)
        pressing.press(session, round_, [Press(key, shown.answer, "web", NOW)])
        return name_for(session, uid, key), stage.step

    name, step = at.do(evening)
    before = at.page(uid, headers=COOKIE)
    hidden = [at.client.get(f"/the-hang/{each}.png").status_code for each in (name, f"vong/{uid}")]

    def reveal(session: Session) -> None:
        round_ = by(session, uid)
        contest.take(session, round_, "close", step, "test", NOW)
        contest.take(session, round_, "reveal", step + 1, "test", NOW)

    at.do(reveal)
    time.sleep(pages.FRESH)
    after = at.page(uid, headers=COOKIE)

    assert "Lan" not in before
    assert "Hạng của bạn" not in before
    assert "sau khi công bố đáp án" in before
    assert hidden == [404, 404]
    assert "Lan" in after
    assert "Hạng của bạn: 1/1" in after


def test_teams_stand_with_the_jurys_marks(at: Board) -> None:
    """Teams show each part of the jury and the total, and have cards of their own."""
    parts = (Part("tieu-pham", "Tiểu phẩm", 40), Part("chao-hoi", "Chào hỏi", 20))
    uid = at.do(partial(opened, rules=replace(STAGE, parts=parts)))

    def evening(session: Session) -> None:
        round_ = by(session, uid)
        for number, name in enumerate(["Đội Sóng", "Đội Tỏi"]):
            team = players.enrol(session, rounds.id_of(round_), "team", name, NOW)
            juror = jury.appoint(session, round_, f"Giám khảo {number}", NOW)
            jury.give(session, round_, juror, team.person_key, "tieu-pham", 30.5 + number, NOW)

    at.do(evening)
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", at.page(uid)))

    assert (
        "Tổng Câu hỏi Tiểu phẩm Chào hỏi 1 Đội Tỏi 31,5 0 31,5 0 2 Đội Sóng 30,5 0 30,5 0" in page
    )
    assert at.client.get(f"/the-hang/doi/{uid}/1.png").status_code == 200
    assert at.client.get(f"/the-hang/doi/{uid}/3.png").status_code == 404


def test_a_season_adds_up_its_rounds(at: Board) -> None:
    """The season's table counts a player's rounds together."""
    for _number in range(2):
        uid = at.do(partial(opened, season="Mùa 2026"))
        at.do(partial(plays, uid=uid, name="Sóng", right=2))

    told = re.sub(r"<[^>]+>", " ", at.client.get("/bang-xep-hang/mua/Mùa 2026").text)

    assert re.search(r"1\s+Sóng\s+4\s+40\s+8,0 giây", told)
    assert at.client.get("/bang-xep-hang/mua/khong").status_code == 404


def test_many_who_look_at_once_cause_one_count(at: Board) -> None:
    """A whole hall reloads the board in one moment: it is counted once, and all see the same."""
    uid = at.do(opened)
    at.do(partial(plays, uid=uid, name="Sóng", right=3))
    counted: list[str] = []

    def note(_c: object, _u: object, statement: str, *_more: object) -> None:
        if "GROUP BY standing.unit" in statement:  # the board of units
            counted.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    with ThreadPoolExecutor(8) as hall:
        seen = set(hall.map(lambda _n: at.page(uid), range(24)))
    event.remove(Engine, "before_cursor_execute", note)

    assert len(seen) == 1
    assert len(counted) == 1


@ONE_DATABASE
def test_pages_are_small_and_need_no_script(at: Board) -> None:
    """A hundred lines come in some kilobytes, with no script at all."""
    uid = at.do(opened)

    def hundred(session: Session) -> None:
        for number in range(100):
            plays(session, uid, f"Người chơi số {number}", number % 4, unit="thpt")

    at.do(hundred)
    answer = at.client.get(f"/bang-xep-hang/{uid}")

    assert answer.text.count("<tr>") > 100
    assert len(answer.content) < 24_000
    assert "<script" not in answer.text
    assert "style=" not in answer.text


def test_the_board_speaks_english(at: Board) -> None:
    """With ?lang=en the whole page is English, the links too."""
    uid = at.do(opened)
    at.do(partial(plays, uid=uid, name="Sóng", right=3))

    page = at.page(f"{uid}?lang=en")

    assert '<html lang="en">' in page
    assert "Leaderboard: Vòng thi tuần 3" in page
    assert "1 players" in page
    assert "/bang-xep-hang?lang=en" in page
