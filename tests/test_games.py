"""The quiz as people meet it in a chat: alone, in rounds, and answering what stands on the wall."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from bot import organisers, people
from bot.db import Database
from bot.flows.turn import House
from quiz import board, contest, papers, players, practice, recount, rounds
from quiz.bank import Question
from quiz.log import Answer, Paper
from quiz.papers import Entrant
from quiz.rounds import Round
from tests.conftest import NOON, ONE_DATABASE
from tests.stage import Stage

ASKED = re.compile(r"(?:Câu \d+/\d+(?: \(\d+ giây\))?|Câu hỏi hôm nay): (.+)")


@pytest.fixture
async def stage(db: Database, house: House) -> Stage:
    """People talk to the bot at noon."""
    return Stage(db, house, NOON)


def asked(stage: Stage, said: str) -> tuple[Question, str]:
    """The question that was asked last, and the letter of its right option."""
    text = ASKED.findall(said)[-1]
    questions = stage.house.content.bank.questions
    question = next(item for item in questions if item.question == text.strip())
    right = re.escape(question.options[question.answer])
    letter = re.search(rf"^([A-D])\. {right}$", said, re.MULTILINE)
    assert letter is not None
    return question, letter[1]


def wrong(letter: str) -> str:
    """Another letter."""
    return "ABCD"[("ABCD".index(letter) + 1) % 4]


def opens(stage: Stage, rules: str, questions: int = 0, **more: object) -> Round:
    """An organiser opens a round for a week; with so many questions, or as many as it has."""
    content = stage.house.content
    played = content.contests[rules]
    if questions:
        played = replace(played, difficulty={1: questions}, least_categories=1)
    given = {
        "title": "Vòng tuần 1",
        "opens_at": stage.now,
        "closes_at": stage.now + timedelta(days=7),
        "by": "test",
        **more,
    }

    def work(session: Session) -> Round:
        round_ = rounds.open_round(
            session,
            played,
            list(content.bank.questions),
            **given,  # type: ignore[arg-type]
        )
        session.expunge(round_)
        return round_

    return stage.db.run(work).result()


async def named(stage: Stage, user: str, *first: str) -> str:
    """Somebody says something and gives a nickname when asked; what they hear last."""
    said = ""
    for words in first:
        said = "\n".join(await stage.says(words, user=user))
    if "biệt danh" in said:
        said = "\n".join(await stage.says(user.title(), user=user))
    return said


@pytest.mark.parametrize(
    "words", ["/dovui", "đố vui đi ad", "choi do vui", "cho em chơi quiz", "đố vui nào"]
)
async def test_a_sitting_begins_when_it_is_asked_for(stage: Stage, words: str) -> None:
    """By command, by words, with or without accents: the first question comes at once."""
    said = await stage.says(words)

    assert "Câu 1/5:" in said[0]
    assert "A. " in said[0]
    assert "D. " in said[0]


@pytest.mark.parametrize("words", ["đố vui có thưởng không", "đố vui là gì"])
async def test_questions_about_the_quiz_are_questions(stage: Stage, words: str) -> None:
    """Who asks about the quiz is answered, not made to play."""
    said = await stage.says(words)

    assert "Câu 1/5" not in said[0]


async def test_a_sitting_from_beginning_to_end(stage: Stage) -> None:
    """Each answer gets its verdict and why; the end tells the score."""
    said = (await stage.says("/dovui"))[0]
    for number in range(5):
        question, letter = asked(stage, said)
        choice = letter if number != 2 else wrong(letter)
        said = (await stage.says(choice.lower()))[0]

        assert question.explanation in said
        assert ("Chưa đúng. Đáp án" in said) == (number == 2)

    assert "Bạn đúng 4/5 câu" in said


async def test_a_question_edited_meanwhile_does_not_count(stage: Stage) -> None:
    """An answer to the form somebody saw is not held against the new one; the sitting goes on."""
    question, letter = asked(stage, (await stage.says("/dovui"))[0])
    bank, now_right = stage.house.content.bank, (question.answer + 1) % 4
    changed = tuple(
        replace(one, answer=now_right) if one.id == question.id else one for one in bank.questions
    )
    content = replace(stage.house.content, bank=replace(bank, questions=changed))
    stage.house = replace(stage.house, content=content)

    said = (await stage.says(letter))[0]

    assert "vừa được sửa lại" in said
    assert "Câu 2/5" in said


async def test_a_category_and_a_level_can_be_named(stage: Stage) -> None:
    """ "Đố vui VNeID khó" asks hard questions of that category only."""
    said = (await stage.says("đố vui an toàn mạng khó"))[0]

    question, _letter = asked(stage, said)
    assert (question.category, question.difficulty) == ("an-toan-mang", 3)


async def test_numbers_answer_as_well_as_letters(stage: Stage) -> None:
    """Typing 1 to 4 is the same as A to D."""
    _question, letter = asked(stage, (await stage.says("/dovui"))[0])

    said = await stage.says(str("ABCD".index(letter) + 1))

    assert said[0].startswith("Đúng rồi!")


async def test_the_entry_behind_a_question_can_be_read(stage: Stage) -> None:
    """ "Xem thêm" gives the answer the question was made from, and the sitting goes on."""
    question, letter = asked(stage, (await stage.says("/dovui"))[0])
    await stage.says(letter)
    entry = stage.house.content.book.by_id[question.topic]

    said = await stage.says("xem thêm")

    assert entry.answer[:40] in said[0]
    assert "Câu 3/5" in (await stage.says("a"))[0]


async def test_a_wrong_one_comes_back_days_later(stage: Stage) -> None:
    """The next sitting begins with what went wrong, once its day has come."""
    question, letter = asked(stage, (await stage.says("/dovui"))[0])
    await stage.says(wrong(letter))
    await stage.says("thôi")
    stage.later(timedelta(days=3))

    said = (await stage.says("/dovui"))[0]

    assert "ôn lại 1 câu" in said
    assert asked(stage, said)[0].id == question.id


async def test_the_days_question_is_sent_once_in_the_morning(stage: Stage) -> None:
    """Who wants it gets it at 6:30, once, and can stop it."""
    assert "Câu hỏi hôm nay" in (await stage.says("/dovui mỗi ngày"))[0]
    stage.later(timedelta(hours=17))  # 5:00 of the next day
    await stage.worker.ask_of_the_day()
    await stage.settle()
    before = len(stage.channel.sent)
    stage.later(timedelta(hours=2))
    for _time in range(2):
        await stage.worker.ask_of_the_day()
        await stage.settle()

    assert len(stage.channel.sent) == before + 1
    assert "Câu hỏi hôm nay" in stage.channel.texts()[-1]
    assert "thôi gửi" in (await stage.says("/dovui mỗi ngày"))[0]


async def test_a_round_from_the_rules_to_the_rank(stage: Stage) -> None:
    """Rules first, then a nickname, then ten questions without verdicts, then the rank."""
    opens(stage, "tuan")
    rules = (await stage.says("/thi"))[0]
    assert "Bắt đầu" in rules
    said = await named(stage, "lan", "1")
    for number in range(10):
        _question, letter = asked(stage, said)
        stage.later(timedelta(seconds=3))
        said = "\n".join(await stage.says(letter if number < 7 else wrong(letter)))

        assert "Đã nhận" in said
        assert "Đúng rồi" not in said

    assert "đúng 7/10 câu trong 21,0 giây" in said
    assert "Hạng 1/1" in said


async def test_time_up_is_told(stage: Stage) -> None:
    """An answer after the limit is not counted, and the next question comes."""
    opens(stage, "nhanh")
    await stage.says("/thi")
    said = await named(stage, "lan", "1")
    _question, letter = asked(stage, said)
    stage.later(timedelta(seconds=60))

    said = (await stage.says(letter))[0]

    assert "Hết giờ" in said
    assert "Câu 2/5" in said


async def test_a_paper_goes_on_after_another_question(stage: Stage) -> None:
    """Asking something in between loses nothing but time."""
    opens(stage, "tuan")
    await stage.says("/thi")
    await named(stage, "lan", "1")
    await stage.says("ngày chuyển đổi số là ngày nào")

    said = (await stage.says("/thi"))[0]

    assert "tiếp tục" in said
    assert "Câu 1/10" in said


async def test_a_tap_sent_twice_counts_once(stage: Stage) -> None:
    """The app sends a tap again under a new update id; the second one is told so."""
    opens(stage, "tuan")
    await stage.says("/thi")
    await named(stage, "lan", "1")
    chat, reply = stage.channel.sent[-1]
    assert chat == "lan"
    await stage.says("A", kind="tap", ref=reply.ask)

    again = await stage.says("A", kind="tap", ref=reply.ask)

    assert "đã trả lời rồi" in again[0]
    assert stage.db.read(lambda session: len(session.scalars(select(Answer)).all())) == 1


async def test_a_forged_tap_is_answered_and_counts_nothing(stage: Stage) -> None:
    """A payload nobody was given has no effect."""
    opens(stage, "tuan")
    await stage.says("/thi")
    await named(stage, "lan", "1")

    for ref, text in (("999", "A"), ("", "Z"), ("x:y", "7")):
        assert await stage.says(text, kind="tap", ref=ref)
    assert stage.db.read(lambda session: session.scalars(select(Answer)).all()) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [("Địt mẹ", "không hợp"), ("Ban tổ chức", "dễ nhầm"), ("x", "ít nhất 2"), ("Лан", "ký tự lạ")],
)
async def test_names_that_are_not_taken(stage: Stage, name: str, told: str) -> None:
    """The reason is told, and another name is asked for."""
    assert "biệt danh" in (await stage.says("/hoso"))[0]

    assert told in (await stage.says(name))[0]
    assert "Chào Tí!" in (await stage.says("Tí"))[0]


async def test_a_name_can_be_hidden_and_shown(stage: Stage) -> None:
    """One's own name leaves the board and comes back; what an organiser hid stays hidden."""
    await stage.says("/hoso")
    await stage.says("Tí")
    assert "2. Ẩn tên" in (await stage.says("/hoso"))[0]
    assert "chỉ ghi Ẩn danh" in (await stage.says("2"))[0]
    assert "đang ẩn" in (await stage.says("/hoso"))[0]
    assert "hiện trên bảng" in (await stage.says("2"))[0]

    def hide(session: Session) -> bool:
        person = people.find(session, "fake", "lan")
        return person is not None and players.hide(session, person.key)

    assert stage.db.run(hide).result()
    await stage.says("/hoso")
    assert "Người tổ chức đã ẩn" in (await stage.says("2"))[0]


@ONE_DATABASE
async def test_the_board_shows_everybody_their_own_line(stage: Stage) -> None:
    """Ten lines, then the own one with its neighbours."""
    round_ = opens(stage, "nhanh", questions=1)
    for number in range(13):
        await stage.says("/thi", user=f"p{number}")
        said = await named(stage, f"p{number}", "1")
        _question, letter = asked(stage, said)
        stage.later(timedelta(seconds=number))
        await stage.says(letter if number else wrong(letter), user=f"p{number}")

    said = (await stage.says("/bangxephang", user="p0"))[0]

    assert "1. P1: đúng 1, 1,0 giây" in said
    assert "13. P0: đúng 0, 0,0 giây ←" in said
    assert stage.db.read(lambda s: recount.compare(s, s.get_one(Round, round_.id))) == []


async def test_the_board_tells_nothing_in_the_middle_of_a_paper(stage: Stage) -> None:
    """A count that grows would tell which answers were right: it shows when the paper is done."""
    opens(stage, "nhanh", questions=2)
    await stage.says("/thi")
    said = await named(stage, "lan", "1")
    _question, letter = asked(stage, said)
    said = (await stage.says(letter))[0]
    middle = (await stage.says("/bangxephang"))[0]
    _question, letter = asked(stage, said)
    await stage.says("/thi")
    await stage.says(letter)

    assert "Bạn đang làm bài" in middle
    assert "đúng 1" not in middle
    assert "1. Lan: đúng" in (await stage.says("/bangxephang"))[0]


async def test_organisers_do_not_enter(stage: Stage) -> None:
    """Who runs the contest is told so."""
    opens(stage, "tuan")
    code = stage.db.run(
        partial(organisers.add, name="Hoa", role="contest", actor="test", now=NOON)
    ).result()
    await stage.says(f"/start org-{code}", user="hoa")
    await stage.says("/thi", user="hoa")

    assert "không dự thi" in await named(stage, "hoa", "1")


async def test_who_becomes_an_organiser_leaves_the_board(stage: Stage) -> None:
    """Organisers' own accounts never rank."""
    round_ = opens(stage, "nhanh")
    await stage.says("/thi", user="hoa")
    await named(stage, "hoa", "1")
    code = stage.db.run(
        partial(organisers.add, name="Hoa", role="contest", actor="test", now=NOON)
    ).result()

    await stage.says(f"/start org-{code}", user="hoa")

    assert stage.db.read(lambda session: board.count(session, round_.id or 0)) == 0


async def step(stage: Stage, round_: Round, act: str) -> None:
    """The presenter presses a button."""

    def work(session: Session) -> None:
        found = session.get_one(Round, round_.id)
        seen = contest.standing_of(session, found).step
        contest.take(session, found, act, seen, "Hoa", stage.now)  # type: ignore[arg-type]

    await stage.db.write(work)


async def test_the_hall_answers_from_a_chat(stage: Stage) -> None:
    """A code joins; a letter answers what stands on the wall; the first one counts."""
    round_ = opens(stage, "san-khau", title="Đêm thi")
    assert "Bạn đã vào Đêm thi" in await named(stage, "lan", f"choi {round_.code.lower()}")
    assert "Chưa có câu hỏi" not in "".join(await stage.says("xin chào"))
    await step(stage, round_, "open")
    stage.later(timedelta(seconds=4))

    first = await stage.says("b")
    second = await stage.says("c")

    assert first == ["Đã nhận B cho câu 1."]
    assert "bạn đã trả lời B rồi" in second[0]


async def test_the_board_is_silent_while_a_question_is_open(stage: Stage) -> None:
    """A board would tell those who have answered whether they were right; the reveal tells all."""
    round_ = opens(stage, "san-khau", title="Đêm thi")
    await named(stage, "lan", round_.code)
    await step(stage, round_, "open")
    await stage.says("b")

    silent = await stage.says("/bangxephang")
    await step(stage, round_, "close")
    await step(stage, round_, "reveal")
    told = await stage.says("/bangxephang")

    assert "sau khi công bố đáp án" in silent[0]
    assert "Lan" not in silent[0]
    assert "1. Lan: đúng" in told[0]


async def test_the_bare_code_and_the_link_join_too(stage: Stage) -> None:
    """The code alone, or the link behind the QR, is enough."""
    round_ = opens(stage, "san-khau", title="Đêm thi")

    assert "Bạn đã vào" in await named(stage, "lan", round_.code)
    assert "Bạn đã vào" in await named(stage, "minh", f"/start choi-{round_.code}")
    assert "không thấy cuộc thi" in (await stage.says("/choi ZZZZZ"))[0]


async def test_after_the_bell_a_letter_is_late(stage: Stage) -> None:
    """The server's clock decides."""
    round_ = opens(stage, "san-khau")
    await named(stage, "lan", f"choi {round_.code}")
    await step(stage, round_, "open")
    stage.later(timedelta(seconds=45))

    assert "Hết giờ câu 1" in (await stage.says("b"))[0]


async def test_numbers_still_pick_from_a_list_during_a_contest(stage: Stage) -> None:
    """Letters go to the stage; numbers answer what the chat asked."""
    round_ = opens(stage, "san-khau")
    await named(stage, "lan", f"choi {round_.code}")
    await step(stage, round_, "open")
    await stage.says("/ngonngu")

    assert "tiếng Việt" in (await stage.says("1"))[0]


async def test_forgetting_takes_the_name_and_leaves_the_count(stage: Stage) -> None:
    """A player who is forgotten has no name on the board; the result still adds up."""
    round_ = opens(stage, "nhanh", questions=1)
    await stage.says("/thi")
    _question, letter = asked(stage, await named(stage, "lan", "1"))
    await stage.says(letter)
    await stage.says("/xoadulieu")
    await stage.says("1")

    def look(session: Session) -> tuple[list[str], int]:
        found = session.get_one(Round, round_.id)
        names = [row.name for row in board.top(session, round_.id or 0)]
        return names, len(recount.compare(session, found))

    assert stage.db.read(look) == (["Người chơi đã xóa tên"], 0)


async def test_a_prediction_is_asked_for_at_the_end(stage: Stage) -> None:
    """A number is kept; words are not taken for one."""
    round_ = opens(stage, "du-doan")
    await stage.says("/thi")
    said = await named(stage, "lan", "1")
    for _number in range(10):
        said = "\n".join(await stage.says(asked(stage, said)[1]))
    assert "bao nhiêu người dự thi" in said

    assert "con số" in (await stage.says("nhiều lắm"))[0]
    assert "Đã ghi số dự đoán 250" in (await stage.says("250"))[0]
    paper = stage.db.read(
        lambda session: papers.of_player(
            session,
            round_.id or 0,
            session.scalars(select(Paper.person_key)).one(),
        )[0]
    )
    assert paper.guess == 250


async def test_a_learner_who_wants_less_is_not_kept(stage: Stage) -> None:
    """ "Thôi" ends a sitting with what was answered."""
    _question, letter = asked(stage, (await stage.says("/dovui"))[0])
    await stage.says(letter)

    assert "Bạn đúng 1/1 câu" in (await stage.says("thôi"))[0]
    person = stage.db.read(lambda session: people.find(session, "fake", "lan"))
    assert person is not None
    assert stage.db.read(lambda s: practice.streak(practice.of(s, person.key), NOON.date())) == 1


def test_entrants_are_strangers_to_the_quiz() -> None:
    """The quiz knows a person by an opaque key, and nothing that names them."""
    assert set(Entrant.__dataclass_fields__) == {"person_key", "unit", "birth_year", "organiser"}
