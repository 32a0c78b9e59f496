"""Edits while running: good ones are taken over, bad ones told and never taken."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bot.content import DATA
from bot.db import Database
from bot.library import Library
from faq import unanswered
from faq.unanswered import Candidate
from tests.conftest import NOON


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A small edition of its own: two categories."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    for path in (folder / "faq").glob("*.yaml"):
        if path.stem not in {"ngay-cds-su-kien", "cam-nang-lien-he"}:
            path.unlink()
    return folder


@pytest.fixture
def library(data: Path, sqlite_url: str, matcher_cache: Path) -> Iterator[Library]:
    """The library over it."""
    db = Database(sqlite_url)
    yield Library(db, matcher_cache, data)
    db.close()


def edit(data: Path, old: str, new: str) -> None:
    """Change a file as an editor would."""
    path = data / "faq" / "ngay-cds-su-kien.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_nothing_changes_without_an_edit(library: Library) -> None:
    """Looking again finds nothing new."""
    assert not library.refresh()


def test_a_good_edit_is_taken_over(library: Library, data: Path) -> None:
    """A changed question is used after the next look."""
    edit(data, "Ngày Chuyển đổi số quốc gia là ngày nào?", "Ngày hội số là ngày nào vậy?")

    assert library.refresh()
    entry = library.content.book.by_id["ngay-chuyen-doi-so-quoc-gia"]
    assert entry.question == "Ngày hội số là ngày nào vậy?"
    assert library.content.find("ngay hoi so la ngay nao")[0].hits[0].id == entry.id


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("entries:", "entries: [", id="broken YAML"),
        pytest.param("confidence: verified", "confidence: maybe", id="a wrong value"),
    ],
)
def test_a_bad_edit_leaves_the_last_good_book(
    library: Library, data: Path, old: str, new: str
) -> None:
    """What is wrong is not taken, the bot goes on, and says so; mending it is taken."""
    before = library.content
    edit(data, old, new)

    assert not library.refresh()
    assert library.content is before
    assert "giữ bản cũ" in library.trouble

    edit(data, new, old)
    assert library.refresh()
    assert library.trouble == ""


def confirm(session: Session, text: str = "bữa mười tháng mười là bữa chi") -> None:
    """Somebody confirmed that these words mean the national day."""
    unanswered.confirm(
        session,
        person_key="a",
        entry="ngay-chuyen-doi-so-quoc-gia",
        text=text,
        folded="bua muoi thang muoi la bua chi",
        now=NOON,
    )


def test_an_approved_wording_is_learned(library: Library) -> None:
    """A wording people confirmed and an organiser approved finds its entry from then on."""
    library.db.run(confirm).result(5)
    library.db.run(confirm).result(5)
    [candidate] = library.db.read(unanswered.candidates)
    assert not library.refresh()

    decide = partial(unanswered.decide, candidate_id=candidate.id or 0, take=True)
    library.db.run(lambda session: decide(session) and None).result(5)

    assert library.refresh()
    entry = library.content.book.by_id["ngay-chuyen-doi-so-quoc-gia"]
    assert entry.phrasings[-1] == "bữa mười tháng mười là bữa chi"
    states = library.db.read(lambda session: session.exec(select(Candidate.state)).all())
    assert set(states) == {unanswered.APPROVED}


def test_a_refused_wording_is_not(library: Library) -> None:
    """A refused wording changes nothing, and does not wait any more."""
    library.db.run(confirm).result(5)
    [candidate] = library.db.read(unanswered.candidates)

    decide = partial(unanswered.decide, candidate_id=candidate.id or 0, take=False)
    library.db.run(lambda session: decide(session) and None).result(5)

    assert not library.refresh()
    with pytest.raises(unanswered.UnknownCandidateError):
        library.db.run(lambda session: decide(session) and None).result(5)


def test_questions_are_grouped_by_likeness(session: Session) -> None:
    """Questions alike stand together, the largest group first."""
    texts = ["nuoi ca koi", "gia toi hom nay", "cach nuoi ca koi", "nuoi ca koi trong ho"]
    for number, folded in enumerate(texts):
        unanswered.keep(
            session,
            person_key=str(number),
            channel="fake",
            lane="fake:lan",
            text=folded,
            folded=folded,
            near=[],
            why="nothing",
            now=NOON,
        )

    groups = unanswered.grouped(unanswered.waiting(session))

    assert [len(group) for group in groups] == [3, 1]


def test_without_the_extra_nothing_changes(library: Library) -> None:
    """Learning meanings is left out where the extra `semantic` is not installed."""
    before = library.content

    library.deepen()

    assert library.content is before or library.content.book is before.book


def test_the_programme_follows_its_files(library: Library, data: Path) -> None:
    """A good edit of the events is taken over; one with a mistake is told and not taken."""
    path = data / "events.yaml"
    good = path.read_text("utf-8").replace("Tọa đàm, hỏi đáp", "Buổi hỏi đáp")
    path.write_text(good, "utf-8")

    assert library.refresh()
    assert "Buổi hỏi đáp" in library.programme.events[2].title

    path.write_text(good.replace("kind: talk", "kind: party"), "utf-8")
    assert not library.refresh()
    assert "giữ bản cũ" in library.trouble
    assert library.programme.events[2].kind == "talk"
