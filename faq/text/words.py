"""Words learned from the index: which are known, which stick together, which were meant."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise

from rapidfuzz.distance import OSA

from faq.text.syllables import SYLLABLES, TONED, bare, untone

Words = tuple[str, ...]
_MAX_PIECE = 8
_MAX_STUCK = 40
_SHORT = 4
_LISTED_PIECE = 14.0
# A slip of the ear, not of the finger: in many mouths these onsets are one sound.
_WITH_TWIN = frozenset({"ki", "ky", "li", "ly", "qui", "quy"})
_DIGRAPHS = ("ch", "gi", "kh", "ng", "nh", "ph", "th", "tr", "qu")
_SOUNDS = (("x", "s"), ("ch", "tr"), ("d", "gi"))


@dataclass(frozen=True)
class Vocabulary:
    """The words of the index phrases, counted, and the ways into them."""

    counts: Mapping[str, int]
    best: Mapping[str, str]
    toned: Mapping[tuple[str, int], Words]
    pairs: frozenset[tuple[str, str]]
    near: Mapping[str, Words]
    costs: Mapping[str, float]
    twins: Mapping[str, str]

    def knows(self, word: str) -> bool:
        """Say whether the index holds the word, with these accents or with none typed."""
        return word in self.counts or word in self.best

    def meant(self, letters: str, tone: int) -> str:
        """Give the commonest word with this tone and at least these marks, or nothing."""
        for word in self.toned.get((bare(letters), tone), ()):
            plain = untone(word)[0]
            if all(b in (a, bare(a)) for a, b in zip(plain, letters, strict=True)):
                return word
        return ""

    def repair(self, word: str, before: str, after: str) -> str:
        """Give the known word one edit away, preferring one seen beside these neighbours."""
        plain = bare(word)
        certain = plain != word
        if not 3 - certain < len(plain) < 16:
            return ""
        found = {
            near
            for key in (plain, *_shorter(plain))
            for near in self.near.get(key, ())
            if OSA.distance(plain, near, score_cutoff=1) <= 1
        }
        if not found:
            return ""
        fits = {near: self._fits(near, before, after) for near in sorted(found)}
        tone = untone(word)[1]
        closest = max(
            fits, key=lambda near: ((near, tone) in self.toned, fits[near], self._use(near))
        )
        return self._like(closest, word) if certain or self._trusted(closest, word, fits) else ""

    def _trusted(self, near: str, word: str, fits: Mapping[str, int]) -> bool:
        """Say whether a word without accents, which may be English, is to be mended."""
        if len(word) == _SHORT:
            return bool(fits[near]) and sorted(near) == sorted(word)
        return bool(fits[near])

    def sound_alike(self, word: str, before: str, after: str) -> str:
        """Give a known word which sounds like this one and is seen beside its neighbours."""
        for one, other in _SOUNDS:
            for old, new in ((one, other), (other, one)):
                near = new + word[len(old) :]
                known = word.startswith(old) and near in self.counts
                if known and self._fits(bare(near), before, after):
                    return near
        return ""

    def _use(self, plain: str) -> int:
        return self.counts[self.best[plain]]

    def _fits(self, plain: str, before: str, after: str) -> int:
        return ((bare(before), plain) in self.pairs) + ((plain, bare(after)) in self.pairs)

    def _like(self, plain: str, typed: str) -> str:
        """Give the known word with these letters, in the tone which was typed if there is one."""
        same = self.toned.get((plain, untone(typed)[1]))
        return same[0] if same and not typed.isascii() else self.best[plain]

    def accented(self, word: str) -> str:
        """Give the known word with these letters, when the accents typed spell no syllable."""
        plain, (letters, tone) = bare(word), untone(word)
        if len(plain) < 2 or plain == word:
            return ""
        tones = (tone,) if tone else range(6)
        words = [self.meant(letters, each) for each in tones]
        return max(words, key=lambda word: self.counts.get(word, 0)) or self.best.get(plain, "")

    def split(self, word: str) -> Words:
        """Part words typed without a space; nothing when they are not words of the index."""
        accented = not word.isascii()
        if not 4 - accented < len(word) <= _MAX_STUCK:
            return ()
        pieces = self._pieces(word)
        if len(pieces) < 2:
            return ()
        seen = sum(pair in self.pairs for pair in pairwise(map(bare, pieces)))
        # Without accents it may be a foreign word, so the pieces must be seen side by side.
        return pieces if accented or seen * 2 >= len(pieces) - 1 else ()

    def is_pair(self, word: str) -> bool:
        """Say whether a word without accents is two words seen side by side (hoso)."""
        return any((word[:at], word[at:]) in self.pairs for at in range(2, len(word) - 1))

    def _pieces(self, word: str) -> Words:
        """Find the cheapest way to part a word into known ones (Viterbi over its letters)."""
        price = self.costs.get
        cost, start = [0.0], [0]
        for end in range(1, len(word) + 1):
            best, origin = math.inf, 0
            for begin in range(max(0, end - _MAX_PIECE), end):
                if cost[begin] < best:
                    total = cost[begin] + price(word[begin:end], math.inf)
                    if total < best:
                        best, origin = total, begin
            cost.append(best)
            start.append(origin)
        if cost[-1] == math.inf:
            return ()
        pieces, end = [], len(word)
        while end:
            pieces.append(word[start[end] : end])
            end = start[end]
        return tuple(reversed(pieces))


def learn(phrases: Iterable[Words], others: Iterable[str] = ()) -> Vocabulary:
    """Learn the vocabulary of phrases whose short forms are already written out.

    The others are words of the lists, which may stand in a stuck word though no phrase has them.
    """
    listed = list(phrases)
    everything = Counter(chain.from_iterable(listed))
    plain_of = {word: bare(word) for word in everything}
    pairs = {pair for words in listed for pair in pairwise(map(plain_of.__getitem__, words))}
    counts = Counter({w: n for w, n in everything.items() if not any(map(str.isdigit, w))})
    best: dict[str, str] = {}
    by_tone: dict[tuple[str, int], list[str]] = {}
    # Accented words first: an index phrase typed without accents must not hide them.
    for word in sorted(counts, key=lambda each: (each.isascii(), -counts[each], each)):
        plain = plain_of[word]
        best.setdefault(plain, word)
        by_tone.setdefault((plain, untone(word)[1]), []).append(word)
    return Vocabulary(
        counts=counts,
        best=best,
        toned={key: tuple(found) for key, found in by_tone.items()},
        pairs=frozenset(pairs),
        near=_deletions(best),
        twins=_twins(counts),
        costs=dict.fromkeys(others, _LISTED_PIECE) | _costs(counts),
    )


def _twins(counts: Counter[str]) -> dict[str, str]:
    """Pair the two spellings of one word (kí, ký): the rarer one leads to the one in use."""
    twins = {}
    for word, count in counts.items():
        letters, tone = untone(word)
        if letters in _WITH_TWIN:
            twin = TONED[letters[:-1] + ("y" if letters[-1] == "i" else "i")][tone]
            if (counts[twin], twin) < (count, word):
                twins[twin] = word
    return twins


def _costs(counts: Counter[str]) -> dict[str, float]:
    """Price each word by how rare it is, with and without its accents."""
    plain: Counter[str] = Counter()
    for word, count in counts.items():
        plain[bare(word)] += count
    total = sum(counts.values()) or 1
    both = {**plain, **counts} | {word: plain[word] for word in plain if word.isascii()}
    # A lone letter is a word only where it really is one (y tế, ở đâu), else it eats the rest.
    return {
        word: 1 - math.log(count / total)
        for word, count in both.items()
        if word.isalpha() and (len(word) > 1 or bare(word) in "oy")
    }


def _shorter(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def _deletions(words: Iterable[str]) -> dict[str, Words]:
    """List each word under itself and under all it becomes by losing one letter."""
    table: dict[str, list[str]] = {}
    for word in words:
        if len(word) > 2 and word.isalpha():
            for key in (word, *_shorter(word)):
                table.setdefault(key, []).append(word)
    return {key: tuple(found) for key, found in table.items()}


def initials(phrases: Iterable[Words], functions: frozenset[str]) -> dict[str, Words]:
    """Learn which phrases of the index people may write by their first letters (dvc, tthc)."""
    seen: Counter[Words] = Counter()
    for words in phrases:
        for size in range(2, 7):
            for at in range(len(words) - size + 1):
                part = words[at : at + size]
                if part[0] not in functions and part[-1] not in functions:
                    seen[part] += 1
    return _clearest(seen)


def _clearest(seen: Counter[Words]) -> dict[str, Words]:
    """Keep for each short form the phrase which is clearly the most frequent."""
    torn = _parts_of_longer(seen)
    ranked: dict[str, list[Words]] = {}
    for part, count in seen.most_common():
        least = 6 if len(part) == 2 else 3
        if count >= least and part not in torn and all(word.isalpha() for word in part):
            ranked.setdefault("".join(word[0] for word in part), []).append(part)
    table: dict[str, Words] = {}
    for short, parts in ranked.items():
        if len(parts) == 1 or len(short) > 2 or seen[parts[0]] >= 2 * seen[parts[1]]:
            table[short] = parts[0]
            table.setdefault(bare(short), parts[0])
    return table


def _parts_of_longer(seen: Counter[Words]) -> set[Words]:
    """Find phrases which nearly always go on ("ví điện" is a piece of "ví điện tử")."""
    return {
        part
        for whole, count in seen.items()
        for part in (whole[:-1], whole[1:])
        if count > 2 and count * 3 > seen[part] * 2
    }


def half_short(phrases: Iterable[Words]) -> dict[str, Words]:
    """Learn pairs of words people write with only the first letters of the first (bđầu, ktế)."""
    seen = Counter(pair for words in phrases for pair in pairwise(words))
    table: dict[str, Words] = {}
    for (first, second), count in seen.most_common():
        if count < 2:
            break
        if len(second) > 1 and first.isalpha() and second in SYLLABLES:
            for onset in {first[0], first[:2] if first.startswith(_DIGRAPHS) else first[0]}:
                table.setdefault(onset + second, (first, second))
                if len(second) > 2:
                    table.setdefault(bare(onset + second), (first, second))
    return table
