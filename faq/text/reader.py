"""A message read word by word: keys, short forms, dialect, stuck and split words, slips."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from faq.text import keys, numbers
from faq.text.fold import bare_words, clean
from faq.text.lexicon import Lexicon
from faq.text.syllables import PLAIN, SYLLABLES, place_tone
from faq.text.typist import Typist
from faq.text.words import Words, half_short, initials, learn

_WORD = re.compile(r"[^\W_]+")
_STICKER = re.compile(r"/-[a-z]+\b|(?<!\w):-?[a-z]\b|[:;=]-?[()]+|<3|:\w+:")
_STICKER_SIGNS = re.compile(r"[:;=<]|/-")
_RUN = re.compile(r"(.)\1{2,}")
_REPEAT = re.compile(r"(.)\1+")
_REPEATED_END = re.compile(r"(.)(\w)\2*$")
_VOWEL = re.compile("[aeiouyà-ỹ]")
# Costly looks at unknown words end after so many, so that a hostile message stays cheap.
_MAX_UNKNOWN = 16
_MAX_LETTERS = 40
_LONGEST_SYLLABLE = 7


@dataclass(frozen=True)
class Reading:
    """What a person typed, and the plain words it stands for."""

    text: str
    words: tuple[str, ...]
    folded: str
    toned: bool
    steps: tuple[str, ...]


@dataclass
class _Sheet:
    """One message while it is read: its words so far, and what was changed."""

    words: Words
    toned: bool
    steps: list[str] = field(default_factory=list)
    patience: int = _MAX_UNKNOWN

    def beside(self, at: int) -> tuple[str, str]:
        """Give the words before and after one of them."""
        before = self.words[at - 1] if at else ""
        return before, self.words[at + 1] if at + 1 < len(self.words) else ""

    def note(self, kind: str, word: str, meaning: Words) -> Words:
        """Write down a change, and give it back."""
        self.steps.append(f"{kind}: {word} -> {' '.join(meaning)}")
        return meaning


@dataclass(frozen=True)
class Lesson:
    """What takes longest to learn from the phrases of the index, so that it may be kept."""

    written: tuple[Words, ...]
    shorts: Mapping[str, Words]


class Reader:
    """Reads messages with the vocabulary of the index and the word lists."""

    def __init__(
        self, phrases: Iterable[str], lexicon: Lexicon, lesson: Lesson | None = None
    ) -> None:
        self._lexicon = lexicon
        self.lesson = lesson or self._learn(phrases)
        written = self.lesson.written
        forms = (form for form in lexicon.rules if form in SYLLABLES and not form.isascii())
        self._known = learn(written, (*forms, *lexicon.names))
        self._typist = Typist(self._known, lexicon)
        self._initials = self.lesson.shorts
        listed = lexicon.rules.keys() | lexicon.pairs.keys() | lexicon.laughs
        self._settled = self._known.counts.keys() | self._known.best.keys()
        self._settled -= listed | self._known.twins.keys()

    def read(self, text: str) -> Reading:
        """Return the plain words of a message, and what was changed to get them."""
        text = clean(text)
        words = _tokens(text)
        sheet = _Sheet(words, toned=not text.isascii() and not all(map(str.isascii, words)))
        if not self._settled.issuperset(words):
            words = self._resolved(sheet)
        return Reading(text, words, bare_words(" ".join(words)), sheet.toned, tuple(sheet.steps))

    def _learn(self, phrases: Iterable[str]) -> Lesson:
        written = tuple(self._written_out(_tokens(clean(phrase))) for phrase in phrases)
        return Lesson(written, half_short(written) | initials(written, self._lexicon.functions))

    def _written_out(self, words: Words) -> Words:
        """Apply the word lists alone, as is done to the phrases the vocabulary comes from."""
        sheet = _Sheet(words, toned=True)
        sheet.words = tuple(self._paired(sheet))
        return tuple(
            new
            for at, word in enumerate(sheet.words)
            for new in self._listed(sheet, at) or numbers.part(word, self._lexicon) or word.split()
        )

    def _resolved(self, sheet: _Sheet) -> Words:
        sheet.words = tuple(self._rejoined(sheet))
        sheet.words = tuple(self._typed(sheet))
        sheet.words = tuple(self._paired(sheet))
        words = tuple(new for at in range(len(sheet.words)) for new in self._word(sheet, at))
        # Laughter says nothing, unless it is all there is.
        return tuple(word for word in words if word not in self._lexicon.laughs) or words

    def _rejoined(self, sheet: _Sheet) -> Iterator[str]:
        """Put together words typed apart ("đ ổi", "face book")."""
        at, words = 0, sheet.words
        while at < len(words):
            before, after = words[at], sheet.beside(at)[1]
            if after and self._torn(before, after):
                yield sheet.note("split", f"{before} {after}", (before + after,))[0]
                at += 2
            else:
                yield before
                at += 1

    def _torn(self, before: str, after: str) -> bool:
        """Say whether two words are one that was torn apart."""
        whole, known = before + after, self._known
        if whole in self._lexicon.names:
            return len(whole) > 5 or not (before in self._settled and after in self._settled)
        if len(whole) < 3 or not known.knows(whole) or after in self._lexicon.rules:
            return False
        if not (_is_syllable(before) and _is_syllable(after)):
            return True
        return len(whole) > 3 and not (known.knows(before) and known.knows(after))

    def _typed(self, sheet: _Sheet) -> Iterator[str]:
        """Put in place of raw keys the words they type."""
        typed = self._typist.read(sheet.words)
        sheet.toned = sheet.toned or bool(typed)
        for word in sheet.words:
            if word in typed:
                method, meaning = typed[word]
                yield sheet.note(method, word, (meaning,))[0]
            else:
                yield word

    def _paired(self, sheet: _Sheet) -> Iterator[str]:
        """Write out short forms of two words ("bi h"); their meaning stays one item."""
        at, words = 0, sheet.words
        while at < len(words):
            word, after = words[at], sheet.beside(at)[1]
            rule = self._lexicon.pairs.get(word, {}).get(after)
            if rule:
                yield " ".join(sheet.note(rule.kind, f"{word} {after}", rule.meaning)) + " "
            else:
                yield word
            at += 2 if rule else 1

    def _word(self, sheet: _Sheet, at: int) -> Words:
        """Give what one word of the message stands for."""
        word, known = sheet.words[at], self._known
        if word.endswith(" "):
            return tuple(word.split())
        if listed := self._listed(sheet, at):
            return sheet.note(self._lexicon.rules[word].kind, word, listed)
        if word in known.twins:
            return sheet.note("spelling", word, (known.twins[word],))
        if known.knows(word) or word in self._lexicon.names or word.isdigit():
            return (word,)
        if _is_syllable(word):
            alike = known.sound_alike(word, *sheet.beside(at))
            return sheet.note("sound", word, (alike,)) if alike else (word,)
        sheet.patience -= 1
        if sheet.patience < 0 or len(word) > _MAX_LETTERS:
            return (word,)
        return self._unknown(sheet, at)

    def _listed(self, sheet: _Sheet, at: int) -> Words:
        """Write out a short form, teencode or a dialect word."""
        word = sheet.words[at]
        rule = self._lexicon.rules.get(word)
        if not rule or (len(word) == 1 and len(sheet.words) == 1):
            return ()
        # Without accents "chi" may be chỉ or chị as well: only a toned message can mean "gì".
        if rule.kind == "dialect" and word in PLAIN and not sheet.toned:
            return ()
        return rule.meaning if rule.holds(*sheet.beside(at)) else ()

    def _unknown(self, sheet: _Sheet, at: int) -> Words:
        """Try in turn all that may explain a word which is neither known nor a syllable."""
        word = sheet.words[at]
        guesses = self._guesses(word, *sheet.beside(at)) if word.isalpha() else self._counts(word)
        for kind, meaning in guesses:
            if meaning:
                return sheet.note(kind, word, meaning)
        return (word,)

    def _counts(self, word: str) -> Iterator[tuple[str, Words]]:
        yield "number", numbers.part(word, self._lexicon)
        if found := numbers.COUNTED.fullmatch(word):
            noun, amount = found.groups()
            pieces = self._split(noun) if len(noun) > _LONGEST_SYLLABLE else ()
            yield "stuck", (*pieces, amount) if pieces else ()

    def _guesses(self, word: str, before: str, after: str) -> Iterator[tuple[str, Words]]:
        yield "letters", self._shortened(word)
        if len(word) > _LONGEST_SYLLABLE:
            yield "stuck", self._split(word)
        if word in self._lexicon.english:
            return
        yield "initials", self._initials.get(word, ())
        accented = self._known.accented(word)
        yield "tone", (accented,) if accented else ()
        if not _VOWEL.search(word):
            return
        yield "stuck", self._split(word)
        mended = self._known.repair(word, before, after)
        yield "slip", (mended,) if mended else ()

    def _split(self, word: str) -> Words:
        """Part a stuck word, and write out what in it is dialect or short."""
        rules = self._lexicon.rules
        return tuple(
            new
            for piece in self._known.split(word)
            for new in (rules[piece].meaning if piece in rules and piece not in PLAIN else (piece,))
        )

    def _shortened(self, word: str) -> Words:
        """Take letters held down too long out of a word (đượcccc, quáaaa)."""
        if not _VOWEL.search(word):
            return ()
        held = _RUN.search(word)
        once = _REPEAT.sub(r"\1", word)
        for shorter in (once, _RUN.sub(r"\1\1", word), _REPEATED_END.sub(_same_letter, once)):
            if shorter == word or (shorter.isascii() and len(shorter) < 3 and not held):
                continue
            if rule := self._lexicon.rules.get(shorter):
                return rule.meaning
            if self._known.knows(shorter) or shorter in SYLLABLES:
                return (shorter,)
            if shorter != once and (typed := keys.telex(shorter)) and typed.syllable:
                return (typed.syllable,)
        return ()


def _is_syllable(word: str) -> bool:
    return word in SYLLABLES or word in PLAIN


def _same_letter(match: re.Match[str]) -> str:
    """Drop a last letter which only repeats the toned one before it."""
    kept, last = match.groups()
    return kept if bare_words(kept) == last else kept + last


def _tokens(text: str) -> Words:
    """Part clean text into lower-case words, each tone on its usual letter; stickers go."""
    text = text.lower()
    if _STICKER_SIGNS.search(text):
        text = _STICKER.sub(" ", text)
    words = _WORD.findall(numbers.ungroup(text))
    if text.isascii():
        return tuple(words)
    return tuple(word if word.isascii() else place_tone(word) for word in words)
