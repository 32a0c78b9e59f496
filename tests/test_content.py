"""The content files: what is shipped is right, and every mistake is found and told at once."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot import content as contents
from bot.content import DATA, Content
from bot.flows.ask import render
from bot.i18n import speaking
from faq import book as books
from faq.book import TO_COMPARE
from faq.files import Mistake
from tests.conftest import NOON, ZONE

ENTRY = """\
category: khai-niem
title: "Khái niệm"
entries:
- id: vneid-la-gi
  question: "VNeID là gì?"
  answer: "Là ứng dụng."
  phrasings: [a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15]
  sources: [luat]
  confidence: verified
  review: stable
  reviewed_on: 2026-11-25
  review_by: 2027-11-25
"""
SOURCES = 'sources:\n- {id: luat, cite: "Luật", confidence: verified}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with one good entry."""
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "khai-niem.yaml").write_text(ENTRY, "utf-8")
    (tmp_path / "sources.yaml").write_text(SOURCES, "utf-8")
    return tmp_path


def mistakes(folder: Path, old: str, new: str) -> list[Mistake]:
    """What is said after changing something in the entry's file."""
    path = folder / "faq" / "khai-niem.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return books.load(folder)[1]


def test_the_shipped_content_has_no_mistake(content: Content) -> None:
    """Everything in data/ passes its own checks."""
    assert contents.check(content, NOON.astimezone(ZONE).date()) == []


def test_all_220_topics_are_there(content: Content) -> None:
    """Twelve categories, 220 entries and nine that residents missed, phrasings, sources in all."""
    assert len(content.book.categories) == 12
    assert len(content.book.entries) == 229
    assert min(len(entry.phrasings) for entry in content.book.entries) >= 15
    assert all(entry.sources for entry in content.book.entries)


def test_visitors_are_answered_in_english(content: Content) -> None:
    """At least the forty entries a visitor needs are in English too."""
    assert sum(bool(entry.answer_en) for entry in content.book.entries) >= 40


def test_a_good_file_has_no_mistake(folder: Path) -> None:
    """The entry of these tests is right as it is."""
    book, wrong = books.load(folder)

    assert wrong == []
    assert book.by_id["vneid-la-gi"].category == "khai-niem"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("id: vneid-la-gi", "id: VNeID là gì", "sai dạng", id="id"),
        pytest.param('answer: "Là ứng dụng."', 'answer: ""', "thiếu answer", id="no answer"),
        pytest.param("a15]", "]", "chỉ có 14 cách hỏi", id="few phrasings"),
        pytest.param("sources: [luat]", "sources: []", "thiếu nguồn", id="no source"),
        pytest.param("sources: [luat]", "sources: [x]", "không có nguồn x", id="lost source"),
        pytest.param("confidence: verified", "confidence: sure", "confidence sai", id="confidence"),
        pytest.param("review: stable", "review: never", "review sai", id="review"),
        pytest.param("2027-11-25", "sang năm", "không phải ngày", id="no date"),
        pytest.param("2027-11-25", "2025-11-25", "trước ngày rà soát", id="dates crossed"),
        pytest.param("Là ứng dụng.", "http://a.vn", "không mã hóa", id="unsafe address"),
        pytest.param("Là ứng dụng.", "x" * 901, "dài 901 ký tự", id="long answer"),
        pytest.param("Là ứng dụng.", "Là u\u031bng du\u0323ng.", "NFC", id="decomposed letters"),
        pytest.param(
            "  review: stable", "  revieww: stable\n  review: stable", "khóa lạ", id="slip"
        ),
        pytest.param("  sources:", "  next: [x]\n  sources:", "không có mục x", id="lost next"),
        pytest.param("entries:", "entries: [", "không đúng YAML", id="YAML"),
        pytest.param("entries:", "entry:", "thiếu danh sách entries", id="no list"),
        pytest.param("  sources:", '  known: "Số trên."\n  sources:', "cần có local", id="known"),
        pytest.param(
            "  sources:", '  known_en: "Above."\n  sources:', "known và known_en", id="half known"
        ),
        pytest.param(
            "  sources:",
            '  answer_en: "An app."\n  sources:',
            "phải đi cùng nhau",
            id="half English",
        ),
    ],
)
def test_each_mistake_is_told(folder: Path, old: str, new: str, told: str) -> None:
    """A mistake names its file and line, and says what to do."""
    wrong = mistakes(folder, old, new)

    assert any(told in item.what for item in wrong), wrong
    assert all(item.file == "khai-niem.yaml" and item.remedy for item in wrong)


def test_mistakes_are_told_all_at_once(folder: Path) -> None:
    """Three mistakes in one file are three lines, each with the right line number."""
    path = folder / "faq" / "khai-niem.yaml"
    text = path.read_text("utf-8").replace("verified", "x").replace("stable", "y")
    path.write_text(text.replace("2027-11-25", "z"), "utf-8")

    wrong = books.load(folder)[1]

    assert [item.line for item in wrong] == [9, 10, 12]


def test_an_id_used_twice_is_told(folder: Path) -> None:
    """Two entries of one id: both places are named."""
    shutil.copy(folder / "faq" / "khai-niem.yaml", folder / "faq" / "khac.yaml")

    wrong = books.load(folder)[1]

    assert any("đã có ở" in item.what for item in wrong)


def test_a_wording_of_two_entries_is_told(content: Content) -> None:
    """The same words, accents and order apart, under two entries: nobody could tell them apart."""
    first, second = content.book.entries[:2]
    copied = second.__class__(**{**second.__dict__, "phrasings": (first.phrasings[0].upper(),)})

    [mistake] = contents.shared_phrasings([first, copied])

    assert first.id in mistake.what


def test_an_overdue_answer_carries_a_caution(content: Content) -> None:
    """Entries past their review date are listed."""
    late = books.expired(content.book, date(2028, 1, 1))

    assert len(late) == len(content.book.entries)


def test_what_is_not_there_yet_is_said_honestly(content: Content) -> None:
    """An answer about a feature that is not built would say so; each one shipped is built."""
    entry = next(entry for entry in content.book.entries if entry.needs)
    waiting = replace(entry, needs="drones")

    assert "chưa mở" in render(content, waiting, frozenset()).text
    assert {entry.needs for entry in content.book.entries} <= contents.FEATURES | {""}


def test_local_values_stand_where_they_are_known(content: Content, tmp_path: Path) -> None:
    """An answer gains the telephone number once an operator has filled it in."""
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / "places.yaml"
    old = 'label: "Điện thoại Công an đặc khu", value: ""'
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, old[:-2] + '"0255 000 000"'), "utf-8")
    places, wrong = contents.load_places(path)
    entry = next(e for e in content.book.entries if "dien-thoai-cong-an-dac-khu" in e.local)
    filled = replace(content, places=places)

    assert wrong == []
    assert "Điện thoại Công an đặc khu: 0255 000 000" in render(filled, entry, frozenset()).text
    assert "0255 000 000" not in render(content, entry, frozenset()).text


@pytest.mark.parametrize(
    ("spoken", "unknown", "known"),
    [
        pytest.param("vi", "chưa cung cấp cho mình", "Bạn gọi hỏi giờ khám", id="Vietnamese"),
        pytest.param("en", "has not given me", "Call first", id="English"),
    ],
)
def test_a_number_that_is_known_comes_first(
    content: Content, spoken: str, unknown: str, known: str
) -> None:
    """Who asks for a number hears that we have none, or the number before anything else."""
    entry = content.book.by_id["dien-thoai-y-te-ly-son"]
    value = replace(content.places.values["dien-thoai-tram-y-te"], value="0255 000 000")
    places = replace(content.places, values={**content.places.values, value.id: value})

    with speaking(spoken):
        before = render(content, entry, frozenset()).text
        after = render(replace(content, places=places), entry, frozenset()).text

    assert unknown in before
    assert after.startswith(f"Điện thoại Trạm y tế: 0255 000 000\n{known}")
    assert unknown not in after


def test_second_hand_facts_are_listed_for_comparison(content: Content) -> None:
    """Entries stated from second-hand or unread documents cite something an operator can open."""
    for entry in content.book.entries:
        if entry.confidence in TO_COMPARE:
            assert content.book.cite(entry), entry.id


def test_suggestions_fit_the_season(content: Content) -> None:
    """In October the national day is among the six; in March it is not."""
    october = [entry.id for entry in content.suggested(10)]
    march = [entry.id for entry in content.suggested(3)]

    assert "ngay-chuyen-doi-so-quoc-gia" in october
    assert "ngay-chuyen-doi-so-quoc-gia" not in march
    assert len(march) == 6
