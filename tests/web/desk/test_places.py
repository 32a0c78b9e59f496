"""Thôn, units and local values at the desk: checked, used at once, never without a name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from bot import packing, parcels, people
from bot.content import load_places
from bot.db import Database
from bot.desk import edits, teams
from bot.desk.teams import HelpTeam
from bot.figures import labels_of
from bot.library import Library
from bot.notices import groups
from bot.notices.groups import GroupSub
from bot.parcels import House
from bot.people import Person
from tests.test_library import data  # noqa: F401 - the small edition, as a fixture
from tests.web.desk.bench import Bench, serve, take_over, words

LIST = "/ban/dia-danh"
NEW = f"{LIST}/moi"
ONE = f"{LIST}/thon/thon-dong"
PHONE = f"{LIST}/gia-tri/dien-thoai-tram-y-te"
EVENT = """
- id: toa-dam-thon-dong
  kind: talk
  title: "Tọa đàm thôn Đông"
  status: draft
  note: "Chưa ấn định ngày"
  what: "Hỏi gì cán bộ trả lời nấy."
  hamlets: [thon-dong]
"""


@pytest.fixture
def library(sqlite_url: str, data: Path, matcher_cache: Path) -> Iterator[Library]:  # noqa: F811
    """A small edition, with an event for a thôn that the desk will list."""
    calendar = data / "events.yaml"
    calendar.write_text(calendar.read_text("utf-8") + EVENT, "utf-8")
    db = Database(sqlite_url)
    yield Library(db, matcher_cache, data)
    db.close()


@pytest.fixture
def bench(library: Library) -> Iterator[Bench]:
    """The desk over the small edition."""
    with serve(library.db, library.content, library.programme) as bench:
        yield bench


def test_a_new_thon_is_offered_at_once(bench: Bench, library: Library) -> None:
    """Under an id made of its name; units and values alike; each with its audit line."""
    browser = bench.signed("editor", "Chị Hoa")
    made = {"thon": {"name": "Thôn Đông"}, "don-vi": {"name": "Hội Nông dân"},
            "gia-tri": {"label": "Giờ tàu", "value": "7:30"}}  # fmt: skip
    statuses = [browser.post(f"{NEW}/{part}", **form).status_code for part, form in made.items()]
    assert take_over(bench, library)

    assert statuses == [303, 303, 303]
    local = library.content.places
    assert [(one.id, one.name) for one in local.hamlets] == [("thon-dong", "Thôn Đông")]
    assert [one.name for one in local.units] == ["Hội Nông dân"]
    assert local.values["gio-tau"].value == "7:30"
    assert library.programme.names.open_hamlets == {"thon-dong": "Thôn Đông"}
    assert ("Chị Hoa", "content.save", "place thon-dong v1", True) in bench.audit()


@pytest.mark.parametrize(
    ("part", "form", "told"),
    [
        ("thon", {"name": " "}, "Ô này còn trống"),
        ("thon", {"name": "thon dong"}, "tên trùng với Thôn Đông"),
        ("thon", {"name": "x" * 81}, "dài quá 80 ký tự"),
        ("gia-tri", {"label": "", "value": "1"}, "Ô này còn trống"),
        ("gia-tri", {"label": "Fanpage chính thức"}, "tên trùng với Fanpage chính thức"),
    ],
)
def test_what_is_wrong_is_told_at_the_field(
    bench: Bench, part: str, form: dict[str, str], told: str
) -> None:
    """Nothing is kept; a thôn of another list may share the name."""
    browser = bench.signed("editor")
    browser.post(f"{NEW}/thon", name="Thôn Đông")
    answer = browser.post(f"{NEW}/{part}", **form)

    assert (answer.status_code, answer.text.count(told)) == (422, 1)
    assert 'aria-invalid="true"' in answer.text
    assert len(bench.db.read(edits.live)) == 1


def test_a_number_to_call_needs_digits(bench: Bench, library: Library) -> None:
    """Also in the quick form of the list, whose mistakes stand on the page of the value."""
    browser = bench.signed("editor")
    bad = browser.post(PHONE, value="hỏi trạm", ban=0)
    good = browser.post(PHONE, value="0255 3867 123", ban=0)
    late = browser.post(PHONE, value="0255 0000 000", ban=0)
    take_over(bench, library)

    assert (bad.status_code, good.status_code, late.status_code) == (422, 303, 409)
    assert "ít hơn 3 chữ số" in bad.text
    value = library.content.places.values["dien-thoai-tram-y-te"]
    assert (value.label, value.value) == ("Điện thoại Trạm y tế", "0255 3867 123")


def test_a_withdrawn_thon_keeps_its_name(bench: Bench, library: Library) -> None:
    """It is offered no more; people, teams and events that name it stay whole, and the bot takes
    the change without a mistake. It can be used again."""
    browser = bench.signed("editor")
    browser.post(f"{NEW}/thon", name="Thôn Đông")
    take_over(bench, library)

    def live_there(session: Session) -> None:
        now = datetime.now(UTC)
        person, _new = people.welcome(session, "web", "lan", "lan", now)
        person.hamlet = "thon-dong"
        teams.add(session, "Tổ Đông", "thon-dong", "Hoa", now)

    bench.db.run(live_there).result()
    before = words(browser.get(ONE).text)
    status = browser.post(f"{ONE}/rut", ban=1).status_code
    assert take_over(bench, library)

    assert "Đang có: dưới 5 người đã chọn, 1 tổ công nghệ số, 1 sự kiện." in before
    assert (status, library.trouble) == (303, "")
    assert [one.name for one in library.content.places.hamlets] == []
    assert labels_of(library.content).hamlets == {"thon-dong": "Thôn Đông"}
    names = library.programme.names
    assert (names.hamlets["thon-dong"], names.open_hamlets) == ("Thôn Đông", {})
    assert any(one.hamlets == ("thon-dong",) for one in library.programme.events)
    assert "Tổ Đông Thôn Đông" in words(browser.get("/ban/giup").text)
    assert "Thôn Đông đã rút" in words(browser.get(LIST).text)
    browser.post(f"{ONE}/rut", ban=2, viec="dung")
    take_over(bench, library)
    assert [one.name for one in library.content.places.hamlets] == ["Thôn Đông"]


def test_what_the_bot_needs_cannot_be_withdrawn(bench: Bench, library: Library) -> None:
    """A value of the edition is emptied instead; one that an answer names stays."""
    browser = bench.signed("editor")
    shipped = browser.post(f"{PHONE}/rut", ban=0)
    browser.post(f"{NEW}/gia-tri", label="Giờ tàu", value="7:30")
    take_over(bench, library)
    entry = replace(library.content.book.entries[0], local=("gio-tau",))
    book = replace(library.content.book, entries=(entry, *library.content.book.entries[1:]))
    bench.content[0] = replace(library.content, book=book)
    named = browser.post(f"{LIST}/gia-tri/gio-tau/rut", ban=1)
    bench.content[0] = library.content
    free = browser.post(f"{LIST}/gia-tri/gio-tau/rut", ban=1)
    take_over(bench, library)

    assert [one.status_code for one in (shipped, named, free)] == [422, 422, 303]
    assert "còn dùng" in named.text
    assert "gio-tau" not in library.content.places.values
    assert "Giờ tàu" in browser.get(LIST).text


def test_earlier_versions_come_back(bench: Bench, library: Library) -> None:
    """Who, when and what stands beside each; a value of the edition comes back as shipped."""
    browser = bench.signed("editor", "Chị Hoa")
    browser.post(f"{NEW}/thon", name="Thôn Đông")
    browser.post(ONE, name="Thôn Đông An", ban=1)
    shown = words(browser.get(ONE).text)
    browser.post(f"{ONE}/khoi-phuc", ban=1)
    only_here = browser.post(f"{ONE}/khoi-phuc", ban=0)
    browser.post(PHONE, value="0255 3867 123", ban=0)
    browser.post(f"{PHONE}/khoi-phuc", ban=0)
    take_over(bench, library)

    assert "Bản 2 · Chị Hoa" in shown
    assert "Thôn Đông An" in shown
    assert library.content.places.hamlets[0].name == "Thôn Đông"
    assert (only_here.status_code, "chỉ có ở bàn" in only_here.text) == (422, True)
    assert library.content.places.values["dien-thoai-tram-y-te"].value == ""


@pytest.mark.parametrize("form", packing.FORMATS)
@pytest.mark.parametrize("kind", ["places", "values"])
def test_a_file_taken_out_changes_nothing_taken_in(
    bench: Bench, library: Library, kind: packing.Kind, form: str
) -> None:
    """Withdrawn places are in it too, so that another installation keeps their names; the same
    file as the edition's own offers what the desk does."""
    browser = bench.signed("editor")
    for part, field in (("thon", "name"), ("don-vi", "name"), ("gia-tri", "label")):
        browser.post(f"{NEW}/{part}", **{field: f"Của {part}"})
    browser.post(f"{LIST}/thon/cua-thon/rut", ban=1)
    take_over(bench, library)

    def work(session: Session) -> tuple[str, parcels.Look]:
        house = House(library.content, library.programme, session)
        text = parcels.write(house, kind, form)
        return text, parcels.compare(house, f"{kind}.{form}", text.encode())

    text, look = library.db.read(work)
    assert look == parcels.Look(rows=look.rows)
    assert ("Của thon" in text) == (kind == "places")
    if (kind, form) == ("places", "yaml"):
        path = library.data / "own.yaml"
        path.write_text(text + "values: []\n", "utf-8")
        read = load_places(path)[0]
        assert (read.units, read.former_hamlets) == (
            library.content.places.units,
            library.content.places.former_hamlets,
        )


def test_a_value_made_elsewhere_comes_in(bench: Bench, library: Library) -> None:
    """A file may bring a value this installation has not, and another label; not a twin."""
    text = "values:\n- {id: gio-tau, label: Giờ tàu, value: '7:30'}\n"
    twin = "values:\n- {id: fanpage-2, label: fanpage chinh thuc, value: x}\n"

    def work(session: Session) -> tuple[parcels.Look, parcels.Look]:
        house = House(library.content, library.programme, session)
        good = parcels.compare(house, "values.yaml", text.encode())
        parcels.take(house, good, "An", datetime.now(UTC))
        return good, parcels.compare(house, "values.yaml", twin.encode())

    good, bad = library.db.run(work).result()
    take_over(bench, library)

    assert good.mistakes == ()
    assert "trùng với Fanpage" in str(bad.mistakes)
    assert library.content.places.values["gio-tau"].value == "7:30"


def test_a_thon_that_was_joined_to_another(bench: Bench, library: Library) -> None:
    """Its people, groups and teams belong to the other from now on; where it is in use, nothing
    moves, and nobody moves into nowhere."""
    browser = bench.signed("editor")
    for name in ("Thôn Đông", "Thôn Tây"):
        browser.post(f"{NEW}/thon", name=name)
    take_over(bench, library)

    def live_there(session: Session) -> None:
        now = datetime.now(UTC)
        for key, where in (("lan", "thon-dong"), ("minh", "thon-tay"), ("an", "")):
            person, _new = people.welcome(session, "web", key, key, now)
            person.hamlet = where
        teams.add(session, "Tổ Đông", "thon-dong", "Hoa", now)
        groups.subscribe(session, "telegram", "-1", "thon-dong", people.id_of(person), now)

    bench.db.run(live_there).result()
    early = browser.post(f"{ONE}/chuyen", sang="thon-tay").status_code
    browser.post(f"{ONE}/rut", ban=1)
    take_over(bench, library)
    page = words(browser.get(ONE).text)
    nowhere = browser.post(f"{ONE}/chuyen", sang="thon-nam").status_code
    moved = browser.post(f"{ONE}/chuyen", sang="thon-tay")

    def where(session: Session) -> list[list[str]]:
        columns = (col(Person.hamlet), col(HelpTeam.hamlet), col(GroupSub.hamlet))
        return [sorted(session.scalars(select(column))) for column in columns]

    assert (early, nowhere, moved.status_code) == (422, 422, 303)
    assert "Tên này nay thuộc" in page
    assert "Thôn Tây Chuyển sang tên mới" in page
    assert bench.db.read(where) == [["", "thon-tay", "thon-tay"], ["thon-tay"], ["thon-tay"]]
    assert "Đã chuyển" in words(browser.get(moved.headers["location"]).text)
    assert "Đang có: 1 sự kiện." in words(browser.get(ONE).text)
