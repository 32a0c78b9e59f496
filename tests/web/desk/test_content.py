"""The content, edited on the desk: checked before it is kept, used at once, never lost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.db import Database
from bot.desk import edits
from bot.library import Library
from tests.test_library import data  # noqa: F401 - the small edition, as a fixture
from tests.web.desk.bench import Bench, Browser, serve, take_over, words

NAME = "ngay-chuyen-doi-so-quoc-gia"
PAGE = f"/ban/noi-dung/muc/{NAME}"


@pytest.fixture
def library(sqlite_url: str, data: Path, matcher_cache: Path) -> Iterator[Library]:  # noqa: F811
    """A small edition, as the bot uses it."""
    db = Database(sqlite_url)
    yield Library(db, matcher_cache, data)
    db.close()


@pytest.fixture
def bench(library: Library) -> Iterator[Bench]:
    """The desk over the small edition."""
    with serve(library.db, library.content) as bench:
        yield bench


def form(bench: Bench, **changed: object) -> dict[str, object]:
    """An entry's form as it stands, with changes."""
    from bot.desk import overlay

    book = bench.content[0].book
    given = overlay.as_data(book.by_id[NAME], book)
    lines = {
        key: "\n".join(value) if isinstance(value, list) else value for key, value in given.items()
    }
    return {**lines, "ban": 0, **changed}


def save(browser: Browser, bench: Bench, **changed: object) -> int:
    """Save an entry with changes; the status."""
    return browser.post(PAGE, **form(bench, **changed)).status_code


def test_an_edit_changes_what_the_bot_says(bench: Bench, library: Library) -> None:
    """After the next look the bot finds the new wording and says the new answer."""
    editor = bench.signed("editor", "Chị Hoa")
    status = save(
        editor, bench, answer="Là ngày 10/10 hằng năm.", phrasings="hội số là bữa mô vậy hè"
    )

    assert status == 303
    assert take_over(bench, library)
    entry = library.content.book.by_id[NAME]
    assert entry.answer == "Là ngày 10/10 hằng năm."
    assert library.content.find("hội số là bữa mô vậy hè")[0].hits[0].id == NAME
    assert ("Chị Hoa", "content.save", f"entry {NAME} v1", True) in bench.audit()


def test_a_bad_edit_is_told_by_field_and_not_kept(bench: Bench, library: Library) -> None:
    """All mistakes at once, each beside its field; nothing is stored."""
    editor = bench.signed("editor")
    answer = editor.post(
        PAGE,
        **form(
            bench,
            answer="",
            question="",
            review_by="hôm qua",
        ),
    )

    assert answer.status_code == 422
    for what in ("thiếu question", "thiếu answer", "review_by không phải ngày"):
        assert answer.text.count(what) == 1
    assert not take_over(bench, library)
    assert bench.db.read(edits.live) == []


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("answer", "x" * 901, "dài 901 ký tự"),
        ("answer", "Xem http://lua.example", "không mã hóa"),
        ("sources", "khong-co", "không có nguồn khong-co"),
        ("links", "khong-co", "không có liên kết khong-co"),
        ("next", "khong-co", "không có mục khong-co"),
        ("phrasings", "Cẩm nang chuyển đổi số đọc ở đâu?", "trùng"),
        ("review_by", "2020-01-01", "hạn rà soát trước ngày rà soát"),
        ("confidence", "chắc", "confidence sai"),
    ],
)
def test_every_check_of_the_files_is_made(bench: Bench, field: str, text: str, told: str) -> None:
    """What a file may not have, the desk does not take either."""
    answer = bench.signed("editor").post(PAGE, **form(bench, **{field: text}))

    assert answer.status_code == 422
    assert told in answer.text
    assert bench.db.read(edits.live) == []


def test_a_preview_keeps_nothing(bench: Bench) -> None:
    """One sees how the bot would say it first."""
    editor = bench.signed("editor")
    answer = editor.post(PAGE, **form(bench, answer="Bản thử.", viec="xem"))

    assert answer.status_code == 200
    assert "Bản thử." in words(answer.text)
    assert bench.db.read(edits.live) == []


def test_two_editors_do_not_overwrite_each_other(bench: Bench) -> None:
    """The second is told; the first one's change stands."""
    editor = bench.signed("editor")
    first, second = save(editor, bench, answer="Một."), save(editor, bench, answer="Hai.")

    assert (first, second) == (303, 409)
    assert [row.data["answer"] for row in bench.db.read(edits.live)] == ["Một."]


def test_earlier_versions_come_back(bench: Bench, library: Library) -> None:
    """Who and when stand beside each; the shipped edition can always be had again."""
    shipped = library.content.book.by_id[NAME].answer
    editor = bench.signed("editor", "Chị Hoa")
    save(editor, bench, answer="Một.")
    save(editor, bench, answer="Hai.", ban=1)
    page = words(editor.get(PAGE).text)
    editor.post(f"{PAGE}/khoi-phuc", ban=1)
    take_over(bench, library)
    one = library.content.book.by_id[NAME].answer
    editor.post(f"{PAGE}/khoi-phuc", ban=0)
    take_over(bench, library)

    assert page.count("Chị Hoa ·") == 2
    assert (one, library.content.book.by_id[NAME].answer) == ("Một.", shipped)
    assert editor.post(f"{PAGE}/khoi-phuc", ban=77).status_code == 404


def test_an_upgrade_of_an_edited_entry_shows_both(
    bench: Bench,
    library: Library,
    data: Path,  # noqa: F811
) -> None:
    """The local edit stays in use; the desk shows the new shipped one beside it."""
    editor = bench.signed("editor")
    save(editor, bench, answer="Bản của đảo.")
    path = data / "faq" / "ngay-cds-su-kien.yaml"
    text = path.read_text("utf-8")
    shipped = library.content.book.by_id[NAME].answer.split("\n")[0]
    path.write_text(text.replace(shipped, "Bản mới đi kèm.", 1), "utf-8")
    take_over(bench, library)
    page = words(editor.get(PAGE).text)

    assert library.content.book.by_id[NAME].answer == "Bản của đảo."
    assert "Bản đi kèm đã đổi" in page
    assert "Bản mới đi kèm." in page
    assert "bản đi kèm cũng đổi" in words(editor.get("/ban/noi-dung?xem=hai").text)


def test_a_new_entry_needs_a_second_pair_of_eyes(bench: Bench, library: Library) -> None:
    """Its writer cannot approve it; once somebody else has, the askers get the answer."""
    code = bench.ask("mua vé tàu siêu tốc ở đâu", "lan")
    writer, second = bench.signed("editor", "Hoa"), bench.signed("editor", "Minh")
    page = writer.get(f"/ban/noi-dung/moi?tu={code}").text
    today = datetime.now(UTC).date()
    made = writer.post(
        "/ban/noi-dung/moi", cau=1, question="Mua vé tàu ở đâu?", answer="Mua tại cảng.",
        phrasings="mua vé tàu siêu tốc ở đâu", cite="Ban Quản lý cảng trả lời ngày 25/11/2026",
        category="cam-nang-lien-he", confidence="practice", review="local",
        reviewed_on=today.isoformat(), review_by=date(today.year + 1, 1, 1).isoformat(),
    )  # fmt: skip
    before = take_over(bench, library)
    own = writer.post("/ban/noi-dung/nhap/1/duyet").status_code
    done = second.post("/ban/noi-dung/nhap/1/duyet").status_code
    again = second.post("/ban/noi-dung/nhap/1/duyet").status_code

    assert "mua vé tàu siêu tốc ở đâu" in page
    assert (made.status_code, before, own, done, again) == (303, False, 409, 303, 404)
    assert bench.sent("lan")[0].endswith("Mua tại cảng.")
    assert take_over(bench, library)
    found = library.content.find("mua vé tàu siêu tốc ở đâu")[0]
    assert (found.verdict, found.hits[0].id) == ("sure", "mua-ve-tau-o-dau")
    [cited] = library.content.book.cite(library.content.book.by_id["mua-ve-tau-o-dau"])
    assert cited.cite == "Ban Quản lý cảng trả lời ngày 25/11/2026"


def test_a_refused_draft_is_not_used(bench: Bench, library: Library) -> None:
    """Its questions keep waiting."""
    editor = bench.signed("editor")
    today = datetime.now(UTC).date().isoformat()
    editor.post(
        "/ban/noi-dung/moi", question="Thử thôi phải không?", answer="Thử.",
        phrasings="thử thôi mà",
        cite="Nguồn", category="cam-nang-lien-he", confidence="practice", review="local",
        reviewed_on=today, review_by=today,
    )  # fmt: skip
    editor.post("/ban/noi-dung/nhap/1/bo")

    assert not take_over(bench, library)
    assert "Không có bản nháp" in editor.get("/ban/noi-dung/nhap").text


def test_local_values_and_links_are_used_at_once(bench: Bench, library: Library) -> None:
    """A phone number filled in and an address corrected; an unsafe address is refused."""
    editor = bench.signed("editor")
    base = "/ban/noi-dung/lien-ket"
    editor.post("/ban/dia-danh/gia-tri/dien-thoai-tram-y-te", value="0255 3 867 xxx")
    bad = editor.post(f"{base}/vneid", url="http://vneid.lua.example")
    editor.post(f"{base}/vneid", url="https://vneid.gov.vn/vi")
    take_over(bench, library)

    assert bad.status_code == 422
    assert library.content.places.values["dien-thoai-tram-y-te"].value == "0255 3 867 xxx"
    assert library.content.pages["vneid"].url == "https://vneid.gov.vn/vi"
    assert library.content.pages["vneid"].title == "Trang VNeID của Bộ Công an"


def test_the_trial_box_says_why(bench: Bench) -> None:
    """What the matcher read, what it took, and how sure it is; nothing is kept."""
    viewer = bench.signed("viewer")
    page = words(viewer.get("/ban/noi-dung/thu?cau=ngay chuyen doi so quoc gia la ngay nao").text)

    assert "Bot trả lời ngay." in page
    assert "Đọc là:" in page
    assert "Kết luận: chắc" in page


def test_overdue_entries_are_flagged(bench: Bench, library: Library) -> None:
    """Past its review date an entry stands on the list of what wants looking at."""
    editor = bench.signed("editor")
    save(editor, bench, reviewed_on="2020-01-01", review_by="2020-02-01")
    take_over(bench, library)

    assert "1 mục quá hạn rà soát" in words(editor.get("/ban").text)
    assert "quá hạn rà soát 1/2/2020" in words(editor.get("/ban/noi-dung?xem=han").text)


def test_what_is_written_stays_words(bench: Bench, library: Library) -> None:
    """Hostile texts in every field: refused or shown as words, on every page."""
    editor = bench.signed("admin")
    attack = '</textarea><script>alert(1)</script>"><img src=x onerror=1>\u202e'
    for key in form(bench):
        page = editor.post(PAGE, **form(bench, **{key: attack}, viec="xem"))
        assert (page.text.count("<script"), page.text.count("<img")) == (1, 1)
    save(editor, bench, answer=attack, question=attack, phrasings=attack)
    editor.post("/ban/dia-danh/gia-tri/fanpage", value=attack)
    editor.post("/ban/dia-danh/moi/thon", name=attack)
    take_over(bench, library)
    for path in (PAGE, "/ban/noi-dung", "/ban/noi-dung/lien-ket", "/ban/noi-dung/nhap",
                 "/ban/dia-danh",
                 f"/ban/noi-dung/thu?cau={attack}", f"/ban/noi-dung?q={attack}"):  # fmt: skip
        page = editor.get(path)
        assert page.status_code == 200
        assert (page.text.count("<script"), page.text.count("<img")) == (1, 1)


def test_nobody_was_told_of_a_change_twice(session: Session) -> None:
    """A version is written once, on both databases."""
    now = datetime.now(UTC)
    change = edits.Change("value", "fanpage", {"value": "x"}, 0)
    edits.save(session, change, "Hoa", now)

    with pytest.raises(edits.OutdatedError):
        edits.save(session, change, "Minh", now)
    assert [row.version for row in edits.history(session, "value", "fanpage")] == [1]
