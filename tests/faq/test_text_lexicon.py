"""The word lists: shipped ones are sound, mistakes in them are told together."""

from pathlib import Path

import pytest

from faq.text import Lexicon, LexiconError, load_lexicon
from faq.text.syllables import PLAIN

LISTS = Path(__file__).parents[2] / "data" / "lexicons"
HEADER = "source: own work\nlicence: MIT\n"


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """The shipped word lists."""
    return load_lexicon(LISTS)


@pytest.mark.parametrize("path", sorted(LISTS.glob("*.yaml")), ids=lambda path: str(path.stem))
def test_each_list_says_where_it_comes_from(path: Path) -> None:
    """Every list names its source and its licence."""
    text = path.read_text(encoding="utf-8")

    assert "\nsource: own work" in f"\n{text}"
    assert "\nlicence: MIT\n" in text


@pytest.mark.parametrize(
    ("form", "meaning"),
    [
        ("cđs", "chuyển đổi số"),
        ("cds", "chuyển đổi số"),
        ("dvcqg", "dịch vụ công quốc gia"),
        ("ttpvhcc", "trung tâm phục vụ hành chính công"),
        ("hkd", "hộ kinh doanh"),
        ("ko", "không"),
        ("rứa", "vậy"),
    ],
)
def test_short_forms(lexicon: Lexicon, form: str, meaning: str) -> None:
    """A form leads to its meaning, with đ or d."""
    assert " ".join(lexicon.rules[form].meaning) == meaning


def test_no_meaning_needs_another_rule(lexicon: Lexicon) -> None:
    """What a form means is written in plain words, so one look is enough."""
    again = [
        (form, word)
        for form, rule in lexicon.rules.items()
        for word in rule.meaning
        if word in lexicon.rules and not lexicon.rules[word].not_before
    ]

    assert again == []


def test_names_are_not_forms(lexicon: Lexicon) -> None:
    """A name to keep is not at the same time a form to write out."""
    assert lexicon.names & lexicon.rules.keys() == set()


def test_english_words_are_no_plain_syllables(lexicon: Lexicon) -> None:
    """Words listed as English are those which could not be Vietnamese without accents."""
    assert len(lexicon.english) > 300
    assert len(lexicon.english & PLAIN) < 40


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("short: {a b: [ab]}\n", "licence", id="no licence"),
        pytest.param(HEADER + "shorts: {a b: [ab]}\n", "shorts", id="an unknown kind"),
        pytest.param(HEADER + "short: {a b: }\n", "needs forms", id="no forms"),
        pytest.param(HEADER + "short: {a b: [x], c d: [x]}\n", "keep one", id="two meanings"),
        pytest.param(HEADER + "short: {a b: [x y z]}\n", "two words", id="a long form"),
        pytest.param("[", "not readable", id="no YAML"),
        pytest.param("- a\n", "lists by kind", id="not a list by kind"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, content: str, told: str) -> None:
    """A mistake names the file and what is wrong."""
    (tmp_path / "mine.yaml").write_text(content, encoding="utf-8")

    with pytest.raises(LexiconError) as caught:
        load_lexicon(tmp_path)

    assert any("mine.yaml" in mistake and told in mistake for mistake in caught.value.mistakes)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Mistakes of several files are shown together."""
    (tmp_path / "a.yaml").write_text("[", encoding="utf-8")
    (tmp_path / "b.yaml").write_text(HEADER + "short: {a b: }\n", encoding="utf-8")

    with pytest.raises(LexiconError) as caught:
        load_lexicon(tmp_path)

    assert len(caught.value.mistakes) == 2


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    """Without lists the start stops with the folder's name."""
    with pytest.raises(LexiconError, match="word list here"):
        load_lexicon(tmp_path)
