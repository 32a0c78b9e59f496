"""Questions that wait, on the desk: grouped, answered once, handed on, carried to a talk."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from docx import Document

from bot.desk import groups
from tests.conftest import ZONE
from tests.hostile import HOSTILE
from tests.web.desk.bench import Bench, words

ALIKE = ("lịch tàu ra đảo hôm nay", "lịch tàu ra đảo ngày hôm nay", "hôm nay lịch tàu ra đảo")
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "javascript:alert(1)",
    "\u202egnp.exe\u2066",
    "'; DROP TABLE unanswered; --",
)


def ask_alike(bench: Bench) -> list[str]:
    """Three people ask the same, on two channels."""
    return [
        bench.ask(ALIKE[0], "lan", near=("vneid-la-gi",)),
        bench.ask(ALIKE[1], "minh", channel="chat"),
        bench.ask(ALIKE[2], "hoa"),
    ]


def test_the_desk_opens_on_what_waits(bench: Bench) -> None:
    """The headline counts what this role can act on, and each line leads there."""
    ask_alike(bench)
    editor, contest = bench.signed("editor").get("/ban").text, bench.signed("contest").get("/ban")

    assert "3 câu hỏi chưa trả lời" in words(editor)
    assert 'href="/ban/cau-hoi"' in editor
    assert "câu hỏi chưa trả lời" not in contest.text
    assert 'href="/ban/cuoc-thi"' in contest.text


def test_questions_alike_stand_together(bench: Bench) -> None:
    """Counted by thôn and week, with what came near beside them."""
    ask_alike(bench)
    bench.ask("xin giấy phép nuôi yến", "tuan")
    page = words(bench.signed("viewer").get("/ban/cau-hoi").text)

    monday = groups.monday_of(datetime.now(ZONE).date())
    assert "4 câu trong 2 nhóm" in page
    assert f"tuần {monday.day}/{monday.month}/{monday.year}: 3" in page
    assert "Gần với: VNeID là gì?" in page
    assert page.index("lịch tàu") < page.index("nuôi yến")


def test_one_answer_reaches_everybody_who_asked(bench: Bench) -> None:
    """Each on their own channel, with their question and its day; each act has its audit line."""
    codes = ask_alike(bench)
    editor = bench.signed("editor", "Chị Hoa")
    answer = editor.post(
        f"/ban/cau-hoi/{codes[0]}/tra-loi", cau=[1, 2, 3], noi_dung="Tàu chạy lúc 8 giờ."
    )
    listed = words(editor.get(answer.headers["location"]).text)

    today = datetime.now(ZONE)
    for user, channel, text in zip(("lan", "minh", "hoa"), ("web", "chat", "web"), ALIKE,
                                   strict=True):  # fmt: skip
        [given] = bench.sent(user, channel)
        assert text in given
        assert f"ngày {today.day}/{today.month}/{today.year}" in given
        assert given.endswith("Tàu chạy lúc 8 giờ.")
    assert "Đã gửi câu trả lời cho 3 câu hỏi." in listed
    assert [line[1:3] for line in bench.audit() if line[0] == "Chị Hoa"] == [
        ("questions.answer", code) for code in codes
    ]


def test_an_answer_goes_out_once(bench: Bench) -> None:
    """A second click, or a colleague who was slower, sends nothing."""
    code = bench.ask(ALIKE[0])
    editor = bench.signed("editor")
    first = editor.post(f"/ban/cau-hoi/{code}/tra-loi", cau=1, noi_dung="Một")
    second = editor.post(f"/ban/cau-hoi/{code}/tra-loi", cau=1, noi_dung="Hai")

    assert (first.status_code, second.status_code) == (303, 422)
    assert len(bench.sent("lan")) == 1


def test_what_is_not_ticked_stays(bench: Bench) -> None:
    """A question that does not belong into the group keeps waiting."""
    code, _second, _third = ask_alike(bench)
    bench.signed("editor").post(f"/ban/cau-hoi/{code}/tra-loi", cau=[1, 3], noi_dung="8 giờ")

    assert bench.sent("minh", "chat") == []
    assert len(bench.sent("hoa")) == 1


@pytest.mark.parametrize("text", ["", " \n ", "x" * 1501], ids=["empty", "blank", "too long"])
def test_a_bad_answer_is_told_and_nothing_sent(bench: Bench, text: str) -> None:
    """The page comes back with what was wrong; the questions still wait."""
    code = bench.ask(ALIKE[0])
    answer = bench.signed("editor").post(f"/ban/cau-hoi/{code}/tra-loi", cau=1, noi_dung=text)

    assert answer.status_code == 422
    assert "nhiều nhất 1500 chữ cái" in answer.text
    assert bench.sent("lan") == []


def test_a_referral_names_where_to_go(bench: Bench) -> None:
    """The ready sentence is not sent before its gap is filled."""
    code = bench.ask("xin visa đi Mỹ")
    editor = bench.signed("editor")
    path = f"/ban/cau-hoi/{code}/khong-thuoc"
    gap = editor.post(path, cau=1, loi="Bạn liên hệ ... nhé.")
    editor.post(path, cau=1, loi="Bạn liên hệ Lãnh sự quán nhé.")

    assert gap.status_code == 422
    assert [text.endswith("Lãnh sự quán nhé.") for text in bench.sent("lan")] == [True]


def test_joining_takes_the_wordings_and_answers(bench: Bench) -> None:
    """The wordings wait for nobody: they are approved; who asked gets the entry's answer."""
    code = bench.ask("cái app công an tên chi rứa")
    done = bench.signed("editor").post(
        f"/ban/cau-hoi/{code}/ghep", cau=1, muc_gan="vneid-la-gi", gui="1"
    )
    from faq import unanswered

    assert done.status_code == 303
    assert bench.db.read(unanswered.approved) == {"vneid-la-gi": ["cái app công an tên chi rứa"]}
    assert "ứng dụng định danh quốc gia" in bench.sent("lan")[0]
    assert "Nguồn: " in bench.sent("lan")[0]


def test_a_unit_gets_a_question_with_a_day(bench: Bench) -> None:
    """It is shown as handed on; after its day it is on the list of what is late."""
    code = bench.ask(ALIKE[0])
    editor = bench.signed("editor")
    today = datetime.now(ZONE).date()
    path = f"/ban/cau-hoi/{code}/chuyen"
    past = editor.post(path, cau=1, don_vi="Cảng", han=(today - timedelta(days=1)).isoformat())
    editor.post(path, cau=1, don_vi="Ban Quản lý cảng", han=today.isoformat())
    _let_it_be_late(bench)

    assert past.status_code == 422
    assert "đã chuyển Ban Quản lý cảng" in words(editor.get("/ban/cau-hoi").text)
    late = words(editor.get("/ban/cau-hoi/tre-han").text)
    assert "Ban Quản lý cảng" in late
    assert "1 câu đơn vị trả lời trễ hạn" in words(editor.get("/ban").text)


def _let_it_be_late(bench: Bench) -> None:
    from bot.desk.handed import Handed

    def work(session: object) -> None:
        row = session.get_one(Handed, 1)  # type: ignore[attr-defined]
        row.due = date(2026, 1, 1)

    bench.db.run(work).result()


def test_a_group_becomes_the_agenda_of_a_talk(bench: Bench) -> None:
    """A Word file with everybody's wording; formulas and control marks do no harm."""
    code = ask_alike(bench)[0]
    answer = bench.signed("viewer").get(f"/ban/cau-hoi/{code}/toa-dam.docx")
    read = Document(io.BytesIO(answer.content))
    text = "\n".join([*(each.text for each in read.paragraphs),
                      *(cell.text for table in read.tables for cell in table._cells)])  # noqa: SLF001 # fmt: skip

    assert "CHƯƠNG TRÌNH TỌA ĐÀM" in text
    assert all(asked in text for asked in ALIKE)


def test_weeks_narrow_the_list(bench: Bench) -> None:
    """Only the questions of the chosen week are shown."""
    old = datetime.now(UTC) - timedelta(days=14)
    bench.ask("chuyện tuần trước nữa", "lan", at=old)
    bench.ask("xin giấy phép nuôi yến", "minh")
    monday = groups.monday_of(old.astimezone(ZONE).date())
    page = words(bench.signed("viewer").get(f"/ban/cau-hoi?tuan={monday}").text)

    assert "chuyện tuần trước nữa" in page
    assert "nuôi yến" not in page


def test_no_text_becomes_part_of_a_page(bench: Bench) -> None:
    """What people, and organisers, write is shown as words: no new element, on no page."""
    texts = [*ATTACKS, *(text[:900] for text in HOSTILE.values() if "\ud800" not in text)]
    said = [text.replace("\0", "") for text in texts if text.replace("\0", "")]
    codes = [bench.ask(text, f"u{number}") for number, text in enumerate(said)]
    editor = bench.signed("admin", ATTACKS[0])
    for number, (code, text) in enumerate(zip(codes, said, strict=True), start=1):
        editor.post(f"/ban/cau-hoi/{code}/chuyen", cau=number, don_vi=text, han="2030-01-01")
    paths = ["/ban", "/ban/cau-hoi", "/ban/cau-hoi/tre-han"]
    paths += [f"/ban/cau-hoi/{code}" for code in codes]

    for path in paths:
        page = editor.get(path)
        assert page.status_code == 200
        assert (page.text.count("<script"), page.text.count("<img")) == (1, 1)

    assert editor.get(f"/ban/cau-hoi/{codes[0]}/toa-dam.docx").status_code == 200
