"""Which words of one message were typed as raw keys: some certainly, others because of those."""

from collections.abc import Iterator
from dataclasses import dataclass

from faq.text import keys
from faq.text.lexicon import Lexicon
from faq.text.syllables import PLAIN, SYLLABLES
from faq.text.words import Vocabulary, Words


@dataclass(frozen=True)
class Typist:
    """Tells raw keys from plain words, with what the index and the lists know."""

    known: Vocabulary
    lexicon: Lexicon

    def read(self, words: Words) -> dict[str, tuple[str, str]]:
        """Give for each word typed as keys the method (telex, vni) and the word meant.

        A doubtful word ("max", "is") is read as keys only when another word surely is so typed.
        """
        sure: dict[str, tuple[str, str]] = {}
        doubtful: dict[str, tuple[str, str]] = {}
        typed = dict(self._candidates(words))
        # Who types marks elsewhere left none out here: "bof" beside "naaus" is bò, not bờ.
        exact = any(each.marks for each in typed.values())
        for word, each in typed.items():
            known = self._known(each, exact)
            meaning = known or each.syllable or next(iter(each.completions()), "")
            if meaning:
                table = sure if self._is_sure(word, each, bool(known)) else doubtful
                table[word] = (_method(word), meaning)
        sure |= {word: (_method(word), short) for word, short in self._shorts(words)}
        methods = {method for method, _ in sure.values()}
        return sure | {word: found for word, found in doubtful.items() if found[0] in methods}

    def _candidates(self, words: Words) -> Iterator[tuple[str, keys.Typed]]:
        """Read as keys every word which could be keys: no syllable, name or number."""
        for word in words:
            if word in PLAIN or word in self.lexicon.names or word.isdigit():
                continue
            if word.isascii() or word not in SYLLABLES:
                typed = keys.telex(word) if word.isalpha() else keys.vni(word)
                if typed:
                    yield word, typed

    def _known(self, typed: keys.Typed, exact: bool) -> str:
        """Give the index word these keys type, even with marks left out."""
        if typed.syllable in self.known.counts:
            return typed.syllable
        if exact and typed.syllable:
            return ""
        return self.known.meant(typed.letters, typed.tone)

    def _is_sure(self, word: str, typed: keys.Typed, known: bool) -> bool:
        """Say whether the word alone shows that it was typed as keys."""
        if self.known.knows(word) or word in self.lexicon.english or word in self.lexicon.rules:
            return False
        if word[-1].isdigit() and not typed.inside and typed.tones + typed.marks == 1:
            # "la2" is là, but "lop5" and "muc1" are a noun and its number.
            return known and len(word) > 2 and word[:-1] not in self.lexicon.counters
        if self.known.is_pair(word):
            return False
        if typed.tones and typed.marks:
            return known or bool(typed.syllable)
        return known or (bool(typed.syllable) and word[-1] in "fjw")

    def _shorts(self, words: Words) -> Iterator[tuple[str, str]]:
        """Find short forms whose đ was typed as keys (cdds, d9t)."""
        for word in words:
            short = word.replace("dd", "đ").replace("d9", "đ")
            if short != word and short in self.lexicon.rules:
                yield word, short


def _method(word: str) -> str:
    return "telex" if word.isalpha() else "vni"
