"""The content as files: out and in again changes nothing; wrong rows are all told, none taken."""

import csv
import io
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from sqlmodel import Session

from bot import packing, parcels
from bot.content import DATA
from bot.db import Database
from bot.desk import edits
from bot.desk.overlay import Local
from bot.library import Library
from bot.notices import edits as event_edits
from bot.packing import FORMATS, KINDS, Kind
from bot.parcels import House
from bot.web.desk.room import token_of
from tests.web.desk.bench import OURS, Bench, Browser, serve

LIST = "/ban/noi-dung/tep"
NASTY = ("=1+1", "+84", "-5", "@SUM(A1)", "'=1", "''", "'", "'a", "a\nb", '"', ",", "\tx")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The shipped edition, only read."""
    folder = tmp_path_factory.mktemp("parcels")
    db = Database(f"sqlite:///{folder}/test.db")
    from bot.tables import migrate

    migrate(db.engine)
    yield Library(db, folder / "cache")
    db.close()


@pytest.fixture
def bench(sqlite_url: str, shipped: Library) -> Iterator[Bench]:
    """The desk over the shipped edition, with a database of its own."""
    db = Database(sqlite_url)
    with serve(db, shipped.content, shipped.programme) as bench:
        yield bench
    db.close()


def hand_in(browser: Browser, name: str, body: bytes) -> tuple[int, str]:
    """Look at a file: the status and the page."""
    data = {"csrf": token_of(browser.secret), "viec": "xem"}
    answer = browser.http.post(LIST, data=data, files={"tep": (name, body)}, headers=OURS)
    return answer.status_code, answer.text


def take_in(browser: Browser, name: str, text: str) -> int:
    """Take a file in after the look; the status."""
    return browser.post(LIST, ten=name, goi=text, viec="nhap").status_code


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMATS)
def test_out_and_in_again_changes_nothing(shipped: Library, kind: Kind, form: str) -> None:
    """Every entry, question, link, place, value and event comes back as it went out."""

    def work(session: Session) -> parcels.Look:
        house = House(shipped.content, shipped.programme, session)
        text = parcels.write(house, kind, form)
        return parcels.compare(house, f"{kind}.{form}", text.encode())

    look = shipped.db.read(work)

    assert look.mistakes == ()
    assert look.differences == ()
    assert look.rows > 0 or kind == "places"  # none is shipped as fact


@pytest.mark.parametrize("text", NASTY)
def test_no_cell_is_a_formula_and_comes_back(text: str) -> None:
    """What a spreadsheet would read as a formula is marked, and the mark is taken off again."""
    rows = [{"id": "a", "title": text, "url": "https://a.vn"}]
    written = packing.dump("links", rows, "csv")
    cells = next(csv.reader(io.StringIO(written.split("\n", 1)[1])))
    [part], mistakes = packing.read("links.csv", written.encode())

    assert not [one for one in cells if one[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    assert part.items[0]["title"] == text
    assert mistakes == []


def test_a_change_is_shown_then_taken_in(bench: Bench) -> None:
    """The look shows before and after; taking it in keeps the change with who made it."""
    browser = bench.signed("editor", "An")
    text = browser.get(f"{LIST}/values.yaml").text
    changed = text.replace("value: ''", "value: 0255 386 0001", 1)
    status, page = hand_in(browser, "values.yaml", changed.encode())

    assert status == 200
    assert "0255 386 0001" in page
    assert bench.db.read(edits.live) == []
    assert take_in(browser, "values.yaml", changed) == 303
    row = bench.db.read(lambda session: [(one.who, one.data) for one in edits.live(session)])
    assert [(who, data["value"]) for who, data in row] == [("An", "0255 386 0001")]
    assert [line[1] for line in bench.audit()].count("content.import") == 1


def test_an_entry_changes_and_a_new_one_waits(bench: Bench) -> None:
    """A changed entry is used at once; a new one is a draft that somebody else approves."""
    browser = bench.signed("editor", "An")
    whole = yaml.load(browser.get(f"{LIST}/entries.yaml").text, yaml.CSafeLoader)
    first = whole["entries"][0]
    first["answer"] = "Câu trả lời mới."
    new = {**deepcopy(first), "id": "muc-moi", "question": "Chim én bay về đâu?", "next": []}
    new["phrasings"] = ["chim én về đâu vậy bà con"]
    for key in ("question_en", "answer_en", "phrasings_en", "neighbours"):
        new.pop(key, None)
    text = yaml.safe_dump({"entries": [first, new]}, allow_unicode=True)

    assert take_in(browser, "entries.yaml", text) == 303
    live, drafts = bench.db.read(
        lambda session: (
            [(row.name, row.base != "") for row in edits.live(session)],
            [row.name for row in edits.drafts(session, "entry")],
        )
    )
    assert live == [(first["id"], True)]
    assert drafts == ["muc-moi"]


@pytest.mark.parametrize("path", ["faq/an-toan-mang.yaml", "quiz/an-toan-mang.yaml", "links.yaml",
                                  "events.yaml"])  # fmt: skip
def test_a_file_of_the_edition_comes_in_as_it_is(shipped: Library, path: str) -> None:
    """What is shipped differs from nothing: organisers and developers have the same files."""

    def work(session: Session) -> parcels.Look:
        house = House(shipped.content, shipped.programme, session)
        return parcels.compare(house, Path(path).name, (DATA / path).read_bytes())

    look = shipped.db.read(work)

    assert (look.mistakes, look.differences) == ((), ())
    assert look.rows > 0


def test_a_question_changes_and_a_new_one_waits(bench: Bench) -> None:
    """By CSV, as a spreadsheet saves it: a changed question is used, a new one is a draft."""
    browser = bench.signed("editor", "An")
    rows = list(csv.DictReader(io.StringIO(browser.get(f"{LIST}/questions.csv").text[1:])))
    first = next(row for row in rows if row["fixed_order"])
    first |= {"explanation": "Vì vậy.", "fixed_order": "TRUE", "withdrawn": "FALSE"}
    new = {**first, "id": "moi-1", "question": "Trẻ em bị bạo hành gọi số nào?", "not_with": "",
           "topic": "so-dien-thoai-khan-cap", "source": "so-khan", "fixed_order": "",
           "options": "111\n113\n118\n119", "answer": "0"}  # fmt: skip
    made = io.StringIO()
    writer = csv.DictWriter(made, first)
    writer.writeheader()
    writer.writerows([first, new])
    shown = hand_in(browser, "questions.csv", made.getvalue().encode())

    assert shown[0] == 200
    assert shown[1].count("<dt>") == sum(
        bool(new[key]) for key in new
    )  # FALSE is nothing, explanation
    assert take_in(browser, "questions.csv", made.getvalue()) == 303
    live, drafts = bench.db.read(
        lambda session: (
            [(row.name, row.data["explanation"], row.base != "") for row in edits.live(session)],
            [row.name for row in edits.drafts(session, "quiz")],
        )
    )
    assert live == [(first["id"], "Vì vậy.", True)]
    assert drafts == ["moi-1"]


def test_wrong_questions_are_all_told_by_row(bench: Bench) -> None:
    """Mistakes of form, of content and between questions, each with the line of its row."""
    browser = bench.signed("editor", "An")
    good = (
        "category: an-toan-mang, difficulty: 1, topic: bao-cuoc-goi-rac-156, "
        "source: tong-dai-156, answer: 1, options: [a, b, c, d], explanation: Vì thế"
    )
    text = (
        "questions:\n"
        f"- {{id: m-1, question: Câu này được không?, {good}}}\n"
        f"- {{id: m-2, question: '', {good}}}\n"
        f"- {{id: m-3, question: Chim én bay về đâu?, {good.replace('tong-dai-156', 'x-1')}}}\n"
        f"- {{id: m-4, question: chim en bay ve dau, {good.replace('answer: 1', 'answer: 7')}}}\n"
        f"- {{id: m-5, question: chim en bay ve dau?, {good}}}\n"
    )
    status, page = hand_in(browser, "questions.yaml", text.encode())

    assert status == 422
    for told in ("Dòng 3: câu m-2: thiếu question", "Dòng 4: câu m-3: nguồn x-1",
                 "Dòng 5: câu m-4: đáp án", "Dòng 6: câu m-5: gần trùng"):  # fmt: skip
        assert told in page
    assert take_in(browser, "questions.yaml", text) == 422
    assert bench.db.read(lambda session: edits.names(session, "quiz")) == frozenset()


def test_places_come_in_and_are_offered(bench: Bench, shipped: Library) -> None:
    """Thôn and units, in the shape of the edition's file; one that is withdrawn is gone again."""
    browser = bench.signed("editor", "An")
    text = "hamlets:\n- {id: thon-mot, name: Thôn Một}\nunits:\n- {id: doan, name: Đoàn đặc khu}\n"

    assert hand_in(browser, "places.yaml", text.encode())[0] == 200
    assert take_in(browser, "places.yaml", text) == 303
    rows = bench.db.read(edits.live)
    _pages, places = Local(tuple(rows))({}, shipped.content.places)
    assert [one.name for one in places.hamlets] == ["Thôn Một"]
    assert [one.name for one in places.units] == ["Đoàn đặc khu"]
    gone = [edits.ContentEdit(kind="place", name="thon-mot", version=2, who="An", at=rows[0].at,
                              body='{"list": "hamlets", "withdrawn": "true"}')]  # fmt: skip
    assert Local((*rows, *gone))({}, places)[1].hamlets == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("places:\n- {id: Thôn, list: hamlets, name: x}\n", "có dấu"),
        ("places:\n- {id: a, list: khac, name: x}\n", "không phải hamlets hay units"),
        ("places:\n- {id: a, list: units}\n", "thiếu name"),
        ("hamlets: []\nemergency: []\n", "emergency không nhập được"),
    ],
)
def test_wrong_places_are_told(bench: Bench, text: str, told: str) -> None:
    """A name nobody can type, an unknown list, no name, what only the file has."""
    status, page = hand_in(bench.signed("editor", "An"), "places.yaml", text.encode())

    assert (status, told in page) == (422, True)


def test_an_event_is_taken_in(bench: Bench) -> None:
    """A talk's place comes in by a CSV file, as a version of the event."""
    browser = bench.signed("editor", "An")
    rows = list(csv.DictReader(io.StringIO(browser.get(f"{LIST}/events.csv").text[1:])))
    rows[0]["place"] = "Nhà văn hóa"
    made = io.StringIO()
    writer = csv.DictWriter(made, rows[0])
    writer.writeheader()
    writer.writerow(rows[0])

    assert take_in(browser, "events.csv", made.getvalue()) == 303
    name = rows[0]["id"]
    found = bench.db.read(lambda session: len(event_edits.history(session, name)))
    assert found == 1


def test_all_mistakes_are_told_and_nothing_is_taken(bench: Bench) -> None:
    """Each wrong row is told with its line; the right one among them is not taken in either."""
    browser = bench.signed("editor", "An")
    text = (
        "links:\n"
        "- {id: moi, title: Trang moi, url: 'https://moi.vn'}\n"
        "- {id: xau, title: Trang xau, url: 'http://xau.vn'}\n"
        "- {id: lac, title: Trang lac, url: 'https://lac.vn', fallback: khong-co}\n"
        "- {id: la, title: Trang la, url: 'https://la.vn', mau: do}\n"
        "- {title: Trang trong, url: 'https://trong.vn'}\n"
    )
    status, page = hand_in(browser, "links.yaml", text.encode())

    assert status == 422
    for line in ("Dòng 3: ", "Dòng 4: ", "Dòng 5: ", "Dòng 6: "):
        assert line in page
    assert "Dòng 2: " not in page
    assert take_in(browser, "links.yaml", text) == 422
    assert bench.db.read(edits.live) == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.exe", b"links: []"),
        ("a.yaml", b"\xff\xfe"),
        ("a.yaml", b"links: [a\x00b]"),
        ("a.yaml", b"links:\n- &a {id: x}\n- *a\n"),
        ("a.yaml", b"links: " + b"[" * 3000),
        ("a.yaml", b"quiz: []"),
        ("a.csv", b"id,khac\n1,2\n"),
        ("a.csv", b"id,title,url\n1,2\n"),
        ("a.csv", b"id,title,url\n1,2,https://a.vn,4\n"),
        ("a.csv", b""),
        ("events.csv", b"id,title,replays\na,b,{{\n"),
    ],
    ids=range(11),
)
def test_a_file_that_is_none_is_told(bench: Bench, name: str, body: bytes) -> None:
    """A wrong kind, broken letters, control marks, bombs and wrong columns are said, not taken."""
    assert hand_in(bench.signed("editor", "An"), name, body)[0] == 422


def test_who_may_not_edit_neither_exports_nor_imports(bench: Bench) -> None:
    """A viewer sees no file and hands none in."""
    browser = bench.signed("viewer", "Xem")

    assert browser.get(LIST).status_code == 403
    assert browser.get(f"{LIST}/links.csv").status_code == 403
    assert take_in(browser, "links.yaml", "links: []") == 403


def test_the_look_escapes_what_a_file_says(bench: Bench) -> None:
    """Marks of HTML in a file are words on the page."""
    text = "links:\n- {id: moi, title: '</textarea><script>x</script>', url: 'https://moi.vn'}\n"
    page = hand_in(bench.signed("editor", "An"), "<b>.yaml", text.encode())[1]

    assert "<script>x" not in page
    assert "&lt;/textarea&gt;&lt;script&gt;" in page
