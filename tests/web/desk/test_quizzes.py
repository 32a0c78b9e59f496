"""Quiz questions, edited at the desk: checked before they are kept, used at once, never lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.db import Database
from bot.desk import edits, quizzes
from bot.library import Library, quiz
from bot.web.desk import quiz_form
from quiz import rounds
from quiz.bank import Question
from quiz.practice import Tried
from tests.test_library import data  # noqa: F401 - the small edition, as a fixture
from tests.web.desk.bench import Bench, serve, take_over, words

NAME = "cn-001"
LIST = "/ban/do-vui"
PAGE = f"{LIST}/cau/{NAME}"


@pytest.fixture
def library(sqlite_url: str, data: Path, matcher_cache: Path) -> Iterator[Library]:  # noqa: F811
    """A small edition, as the bot uses it."""
    for path in (data / "quiz").glob("*.yaml"):
        if path.stem not in {"ngay-cds-su-kien", "cam-nang-lien-he"}:
            path.unlink()
    db = Database(sqlite_url)
    yield Library(db, matcher_cache, data)
    db.close()


@pytest.fixture
def bench(library: Library) -> Iterator[Bench]:
    """The desk over the small edition."""
    with serve(library.db, library.content) as bench:
        yield bench


def question(library: Library, name: str = NAME) -> Question:
    """A question as the bot has it now."""
    return next(one for one in library.content.bank.questions if one.id == name)


def form(library: Library, **changed: object) -> dict[str, object]:
    """A question's form as it stands, with changes."""
    given = quizzes.as_data(question(library))
    options = {f"option-{place}": text for place, text in enumerate(given.pop("options"))}
    lines = {key: "\n".join(one) if isinstance(one, list) else one for key, one in given.items()}
    return {**lines, **options, "ban": 0, **changed}


def test_an_edit_is_used_at_once(bench: Bench, library: Library) -> None:
    """After the next look the bank has the new wording and the new right option."""
    browser = bench.signed("contest", "Chị Hoa")
    changed = form(library, question="Gọi số nào khi cần cứu nạn?", answer="2")
    status = browser.post(PAGE, **changed).status_code

    assert status == 303
    assert take_over(bench, library)
    found = question(library)
    assert (found.question, found.answer) == ("Gọi số nào khi cần cứu nạn?", 2)
    assert library.trouble == ""
    asked, _wrong = bench.db.read(partial(quiz, data=library.data))
    assert found in asked.questions  # what the commands open rounds with
    assert ("Chị Hoa", "content.save", f"quiz {NAME} v1", True) in bench.audit()


def test_all_mistakes_are_told_at_once_beside_their_fields(bench: Bench, library: Library) -> None:
    """Of form and of content together; what was written stays, nothing is stored."""
    browser = bench.signed("editor")
    broken = {"option-1": "", "explanation": "x" * 191, "topic": "khong-co", "valid_until": "mai"}
    answer = browser.post(PAGE, **form(library, question="", **broken))

    assert answer.status_code == 422
    for what in ("Ô này còn trống", "bốn lựa chọn khác nhau", "giải thích dài 191",
                 "không có mục hỏi đáp", "valid_until không phải ngày"):  # fmt: skip
        assert answer.text.count(what) == 1
    assert "x" * 191 in answer.text
    assert bench.db.read(edits.live) == []


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("question", "y" * 256, "dài 256 ký tự"),
        ("question", "Nhà bị cháy thì gọi số khẩn cấp nào vậy?", "gần trùng"),
        ("option-3", "z" * 91, "dài 91 ký tự"),
        ("option-3", "Tất cả đều đúng", "cụ thể"),
        ("option-0", "Số của lực lượng tìm kiếm", "đáp án đúng dài hơn hẳn"),
        ("source", "nd-356", "nguồn nd-356 không thuộc mục"),
        ("category", "khac", "không có nhóm khac"),
        ("not_with", "cn-999", "not_with cn-999 không có"),
        ("difficulty", "7", "mức không phải"),
        ("answer", "9", "đáp án không phải"),
        ("explanation", "Se\u0302\u0301p", "NFC"),
    ],
)
def test_every_check_of_the_files_is_made(
    bench: Bench, library: Library, field: str, text: str, told: str
) -> None:
    """What a file may not have, the desk does not take either."""
    answer = bench.signed("editor").post(PAGE, **form(library, **{field: text}))

    assert answer.status_code == 422
    assert told in words(answer.text)
    assert bench.db.read(edits.live) == []


def test_a_preview_shows_what_players_see_and_keeps_nothing(bench: Bench, library: Library) -> None:
    """The question with its letters, and what is heard after a right and a wrong answer."""
    changed = form(library, explanation="Vì 112 là số cứu nạn.", viec="xem")
    said = words(bench.signed("editor").post(PAGE, **changed).text)

    assert "Chưa lưu." in said
    assert "Gõ A, B, C hoặc D." in said
    assert "Đúng rồi! Vì 112 là số cứu nạn." in said
    assert "112. Vì 112 là số cứu nạn." in said
    assert bench.db.read(edits.live) == []


def test_two_editors_do_not_overwrite_each_other(bench: Bench, library: Library) -> None:
    """The second is told; the first one's change stands."""
    browser = bench.signed("editor")
    changes = ("Vì một.", "Vì hai.")
    got = [browser.post(PAGE, **form(library, explanation=one)).status_code for one in changes]

    assert got == [303, 409]
    assert [row.data["explanation"] for row in bench.db.read(edits.live)] == ["Vì một."]


def test_earlier_versions_come_back(bench: Bench, library: Library) -> None:
    """Who and when stand beside each; the shipped question can always be had again."""
    browser, before = bench.signed("editor", "Chị Hoa"), question(library)
    browser.post(PAGE, **form(library, explanation="Vì một."))
    browser.post(PAGE, **form(library, explanation="Vì hai.", ban=1))
    shown = words(browser.get(PAGE).text)
    browser.post(f"{PAGE}/khoi-phuc", ban=1)
    take_over(bench, library)
    third = question(library).explanation
    browser.post(f"{PAGE}/khoi-phuc", ban=0)
    take_over(bench, library)

    assert "Bản 2 · Chị Hoa" in shown
    assert "Vì một." in shown
    assert third == "Vì một."
    assert replace(question(library), line=before.line) == before
    assert browser.post(f"{PAGE}/khoi-phuc", ban=9).status_code == 404


def test_withdrawn_is_never_drawn_and_comes_back(bench: Bench, library: Library) -> None:
    """It stays in the list of what is withdrawn, keeps its history, and can be used again."""
    browser, today = bench.signed("contest"), datetime.now(UTC).date()
    assert browser.post(f"{PAGE}/rut", ban=0, viec="rut").status_code == 303
    take_over(bench, library)
    gone = NAME not in {one.id for one in library.content.bank.current(today)}
    in_use, out = browser.get(LIST).text, browser.get(f"{LIST}?xem=rut").text
    browser.post(f"{PAGE}/rut", ban=1, viec="dung")
    take_over(bench, library)

    assert gone
    assert (f"{PAGE}" in in_use, f"{PAGE}" in out) == (False, True)
    assert question(library) in library.content.bank.current(today)


def test_open_rounds_keep_their_questions(bench: Bench, library: Library) -> None:
    """A round opened before the change asks what it was opened with; the next one the new."""
    now = datetime.now(UTC)
    rules = replace(
        next(iter(library.content.contests.values())), mode="self", categories={},
        difficulty={1: 3}, least_categories=1,
    )  # fmt: skip

    def opened() -> str:
        def work(session: Session) -> str:
            asked = library.content.bank.current(now.date())
            round_ = rounds.open_round(
                session, rules, asked, title="x", opens_at=now,
                closes_at=now + timedelta(days=1), by="x",
            )  # fmt: skip
            return round_.code

        return library.db.run(work).result()

    def frozen(code: str) -> str:
        return library.db.read(
            lambda session: rounds.sheet_of(rounds.by_code(session, code))[NAME].explanation
        )

    first, was = opened(), question(library).explanation
    bench.signed("editor").post(PAGE, **form(library, explanation="Vì vừa sửa."))
    take_over(bench, library)

    assert (frozen(first), frozen(opened())) == (was, "Vì vừa sửa.")


def test_a_shipped_question_that_changes_too_is_shown_beside(
    bench: Bench,
    library: Library,
    data: Path,  # noqa: F811
) -> None:
    """An upgrade does not overwrite the desk, and says that it has another form."""
    browser = bench.signed("editor")
    browser.post(PAGE, **form(library, explanation="Vì ở bàn."))
    path = data / "quiz" / "cam-nang-lien-he.yaml"
    text = path.read_text("utf-8").replace("Số 112 dành cho tìm kiếm", "Số 112 lo tìm kiếm", 1)
    path.write_text(text, "utf-8")
    take_over(bench, library)
    page = words(browser.get(PAGE).text)

    assert question(library).explanation == "Vì ở bàn."
    assert "Bản đi kèm đã đổi sau khi câu này được sửa ở bàn" in page
    assert "Số 112 lo tìm kiếm" in page
    assert PAGE in browser.get(f"{LIST}?xem=hai").text


def new(**changed: object) -> dict[str, object]:
    """The form of a question nobody wrote before."""
    given = {
        "category": "cam-nang-lien-he", "difficulty": "2", "topic": "so-dien-thoai-khan-cap",
        "source": "", "question": "Trẻ em bị bạo hành thì báo số nào?", "option-0": "111",
        "option-1": "113", "option-2": "114", "option-3": "115", "answer": "0",
        "explanation": "Số 111 là tổng đài bảo vệ trẻ em.", "fixed_order": "true",
    }  # fmt: skip
    return {**given, **changed}


def test_a_new_question_waits_for_a_second_pair_of_eyes(bench: Bench, library: Library) -> None:
    """Its writer cannot approve it, somebody else can, and then it is asked."""
    writer, second = bench.signed("contest", "An"), bench.signed("editor", "Ba")
    made = writer.post(f"{LIST}/moi", **new())
    place = f"{LIST}/cau/ban-001"
    waits = writer.get(LIST).text
    own = writer.post(f"{place}/duyet").status_code
    before = take_over(bench, library)
    other = second.post(f"{place}/duyet").status_code

    assert made.status_code == 303
    assert place in waits
    assert (own, before, other) == (409, False, 303)
    assert take_over(bench, library)
    found = question(library, "ban-001")
    assert found.source in library.content.topics[found.topic]
    assert found.fixed_order
    assert second.post(f"{place}/duyet").status_code == 404
    assert ("Ba", "content.approve", "quiz ban-001 v1", True) in bench.audit()


def test_a_draft_is_written_again_or_put_aside(bench: Bench, library: Library) -> None:
    """A draft that is edited waits in its new form alone; refused, it is nowhere."""
    writer, second = bench.signed("editor", "An"), bench.signed("editor", "Ba")
    writer.post(f"{LIST}/moi", **new())
    place = f"{LIST}/cau/ban-001"
    writer.post(place, **new(explanation="Vì 111 bảo vệ trẻ em.", source="so-khan", ban=1))
    waiting = bench.db.read(lambda session: [
        row.version for row in edits.drafts(session, "quiz")])  # fmt: skip
    refused = second.post(f"{place}/bo").status_code

    assert waiting == [2]
    assert refused == 303
    assert second.get(place).status_code == 404
    assert not take_over(bench, library)
    assert quiz_form.name_for(bench.db.read(lambda one: edits.names(one, "quiz"))) == "ban-002"


def test_a_draft_that_no_longer_fits_is_not_approved(bench: Bench, library: Library) -> None:
    """Meanwhile somebody may have written the same question: that is told, the draft waits on."""
    bench.signed("editor", "An").post(f"{LIST}/moi", **new())
    bench.signed("editor", "Ba").post(PAGE, **form(library, question=new()["question"]))
    take_over(bench, library)
    answer = bench.signed("editor", "Chi").post(f"{LIST}/cau/ban-001/duyet")

    assert answer.status_code == 422
    assert "gần trùng câu cn-001" in words(answer.text)


def test_questions_are_found_by_words_category_and_level(bench: Bench, library: Library) -> None:
    """Each narrows the list; what proved too hard is marked."""
    browser = bench.signed("contest")
    bench.db.run(partial(_tried, name=NAME)).result()
    by_word = browser.get(f"{LIST}?q=chay+nha").text
    by_group = browser.get(f"{LIST}?nhom=ngay-cds-su-kien").text
    by_level = browser.get(f"{LIST}?muc=3").text
    odd = words(browser.get(f"{LIST}?xem=lech").text)
    hard = sum(one.difficulty == 3 for one in library.content.bank.questions)

    assert ("/cn-004" in by_word, PAGE in by_word) == (True, False)
    assert ("/cn-" in by_group, "/sk-" in by_group) == (False, True)
    assert f"{hard} câu" in by_level
    assert "đúng 5/60 lượt" in odd


def _tried(session: Session, name: str) -> None:
    session.add(Tried(question=name, times=60, right=5))


def test_an_entry_does_not_lose_the_source_of_a_question(bench: Bench, library: Library) -> None:
    """Else the whole content would have a mistake; it is told where the entry is edited."""
    from bot.desk import overlay

    content = library.content
    given = overlay.as_data(content.book.by_id["so-dien-thoai-khan-cap"], content.book)
    _entry, wrong = overlay.check(content, {**given, "sources": [], "cite": "Lời kể"})

    assert any("câu đố cn-001" in one.what and one.field == "sources" for one in wrong)


@pytest.mark.parametrize("path", [LIST, f"{LIST}/moi", PAGE])
def test_answers_are_seen_only_by_those_who_may_edit(bench: Bench, path: str) -> None:
    """Who only reads or announces must not know the answers before a contest."""
    got = {role: bench.signed(role).get(path).status_code
           for role in ("admin", "editor", "contest", "announcer", "viewer")}  # fmt: skip

    assert got == {"admin": 200, "editor": 200, "contest": 200, "announcer": 403, "viewer": 403}


def test_what_is_written_stays_words(bench: Bench, library: Library) -> None:
    """Marks of HTML and of direction in any field open no element, on any page."""
    attack = '"><script>x</script><img src=x>\u202e'
    browser = bench.signed("editor")
    given = {key: attack for key in form(library) if key != "ban"}
    pages = [browser.post(PAGE, **given, ban=0), browser.post(f"{LIST}/moi", **given)]
    bench.db.run(partial(_write, attack=attack)).result()
    take_over(bench, library)
    pages += [browser.get(PAGE), browser.get(f"{LIST}?q={attack}"), browser.get(LIST)]

    for page in pages:
        assert (page.text.count("<script"), page.text.count("<img")) == (1, 1)


def _write(session: Session, attack: str) -> None:
    given = {**dict.fromkeys(("question", "explanation", "topic", "source"), attack),
            "id": NAME, "category": "cam-nang-lien-he", "difficulty": "1", "answer": "0",
            "options": [attack, "b", "c", "d"]}  # fmt: skip
    edits.save(session, edits.Change("quiz", NAME, given, 0), "x", datetime.now(UTC))


def test_a_version_is_written_once(session: Session) -> None:
    """Two drafts of one name: the newer waits, the older does not; on both databases."""
    now = datetime.now(UTC)
    for version in (0, 1):
        change = edits.Change("quiz", "ban-001", {"id": "ban-001"}, version)
        edits.save(session, change, "Hoa", now, edits.DRAFT)

    assert [row.version for row in edits.drafts(session, "quiz")] == [2]
    assert edits.drafts(session, "entry") == []
    assert edits.live(session) == []
    with pytest.raises(edits.OutdatedError):
        edits.save(session, change, "Minh", now)
