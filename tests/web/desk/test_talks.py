"""A chat taken over on the desk: its thread, the organiser's words, and the way back."""

from datetime import UTC, datetime

from sqlmodel import Session

from bot.desk import handoff
from tests.web.desk.bench import Bench, words


def held(bench: Bench, lane: str = "web:lan") -> bool:
    """Whether the bot keeps quiet in a chat."""

    def work(session: Session) -> bool:
        return handoff.holds(session, lane, datetime.now(UTC))

    return bench.db.read(work)


def test_a_chat_is_taken_over_and_given_back(bench: Bench) -> None:
    """The person hears when somebody talks with them and when the bot is back."""
    bench.ask("tôi hỏi hoài không ai trả lời", "lan")
    editor = bench.signed("editor", "Chị Hoa")
    place = editor.post("/ban/tro-chuyen", hoi=1).headers["location"]
    quiet = held(bench)
    editor.post(place, noi_dung="Chào bác, cháu nghe đây.")
    shown = words(editor.get(place).text)
    editor.post(f"{place}/tra-lai")

    assert (quiet, held(bench)) == (True, False)
    first, said, last = bench.sent("lan")
    assert "Cán bộ đang trực tiếp nói chuyện" in first
    assert said == "Chào bác, cháu nghe đây."
    assert "bot lại trả lời bạn" in last
    assert "Chào bác, cháu nghe đây." in shown
    acts = [line[1] for line in bench.audit() if line[0] == "Chị Hoa"]
    assert acts == ["talk.take", "talk.say", "talk.end"]


def test_two_organisers_do_not_talk_at_once(bench: Bench) -> None:
    """The second is told who talks; they can neither read nor write there."""
    bench.ask("xin hỏi", "lan")
    place = bench.signed("editor", "Hoa").post("/ban/tro-chuyen", hoi=1).headers["location"]
    other = bench.signed("editor", "Minh")
    answer = other.post("/ban/tro-chuyen", hoi=1)

    assert answer.status_code == 409
    assert "Hoa đang nói chuyện" in answer.text
    assert other.get(place).status_code == 404
    assert other.post(place, noi_dung="xen vào").status_code == 404
    assert len(bench.sent("lan")) == 1


def test_a_chat_of_a_group_is_not_taken_over(bench: Bench) -> None:
    """What was asked among others is answered there, by the list."""

    def work(session: Session) -> None:
        from faq.unanswered import Unanswered

        session.get_one(Unanswered, 1).lane = "chat:-100200"

    bench.ask("hỏi trong nhóm", "lan", channel="chat")
    bench.db.run(work).result()

    assert bench.signed("editor").post("/ban/tro-chuyen", hoi=1).status_code == 422


def test_empty_words_are_not_sent(bench: Bench) -> None:
    """The page says so and stays."""
    bench.ask("xin hỏi", "lan")
    editor = bench.signed("editor")
    place = editor.post("/ban/tro-chuyen", hoi=1).headers["location"]

    assert editor.post(place, noi_dung="  ").status_code == 422
    assert len(bench.sent("lan")) == 1
