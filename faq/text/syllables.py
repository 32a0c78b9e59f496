"""Every syllable Vietnamese spelling allows, generated from onsets, rimes and tones."""

import unicodedata

# Tones in the order of the VNI keys: none, sắc, huyền, hỏi, ngã, nặng.
TONE_MARKS = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
_STOPS = ("c", "ch", "p", "t")
_STOP_TONES = (1, 5)
_FRONT = frozenset("eêiy")
_MARKED = frozenset("ăâêôơư")
_VOWELS = frozenset("aăâeêioôơuưy")

_ONSETS = (
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh",
    "nh", "p", "ph", "qu", "r", "s", "t", "th", "tr", "v", "x",
)  # fmt: skip
_RIMES_SPELT = (
    "a ac ach ai am an ang anh ao ap at au ay "
    "ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu "
    "i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu yêm yên yêng yêt yêu y "
    "o oc oi om on ong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet "
    "u ua uc ui um un ung up ut uân uâng uât uây uê uêch uên uênh uêt uơ "
    "uôc uôi uôm uôn uông uôt uy uya uych uyên uyêt uynh uyn uyt uyu uyp "
    "ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu"
)
# Loanwords with a long o. Telex types ô with the same two keys, so they are few and listed.
_LONG_O = (("x", "oong"), ("b", "oong"), ("g", "oong"), ("t", "oong"), ("m", "ooc"), ("s", "ooc"))


def _fits(onset: str, rime: str) -> bool:
    """Say whether spelling lets this onset stand before this rime."""
    first = rime[0]
    if onset in ("k", "gh", "ngh"):
        return first in _FRONT
    if onset in ("c", "g", "ng"):
        return first not in _FRONT
    if onset == "qu":
        return first not in "oôuư" and rime not in ("ia", "iu") and not rime.startswith("iê")
    if onset == "":
        return not rime.startswith("iê")
    if onset == "gi":
        return not rime.startswith("y")
    return not rime.startswith("yê")


def _spell(onset: str, rime: str) -> str:
    return onset[:1] + rime if onset == "gi" and rime[0] == "i" else onset + rime


def _tone_place(onset: str, rime: str) -> int:
    """Give the place in the rime which carries the tone (hòa, thúy: the older, usual style)."""
    marked = [i for i, letter in enumerate(rime) if letter in _MARKED]
    if marked:
        return marked[-1]
    vowels = 0
    while vowels < len(rime) and rime[vowels] in _VOWELS:
        vowels += 1
    if vowels == 1:
        return 0
    if vowels < len(rime) or vowels == 3:
        return vowels - 1 if vowels < len(rime) else 1
    return 1 if onset == "qu" else 0


def _toned(onset: str, rime: str) -> tuple[str, ...]:
    """Spell one syllable in its six tones; a tone the rime cannot bear is empty."""
    bare = _spell(onset, rime)
    place = len(bare) - len(rime) + _tone_place(onset, rime)
    tones = _STOP_TONES if rime.endswith(_STOPS) else range(6)
    return tuple(
        unicodedata.normalize("NFC", bare[: place + 1] + mark + bare[place + 1 :])
        if tone in tones
        else ""
        for tone, mark in enumerate(TONE_MARKS)
    )


def _generate() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for onset in _ONSETS:
        for rime in _RIMES_SPELT.split():
            if _fits(onset, rime):
                table.setdefault(_spell(onset, rime), _toned(onset, rime))
    return table


def _letters() -> dict[str, tuple[str, int]]:
    """Map each letter of the alphabet, toned or not, to the letter without tone and its tone."""
    return {
        unicodedata.normalize("NFC", vowel + mark): (vowel, tone)
        for vowel in sorted(_VOWELS)
        for tone, mark in enumerate(TONE_MARKS)
    }


def bare(word: str) -> str:
    """Take tones and marks off a lower-case word."""
    return word if word.isascii() else word.translate(_BARE)


def untone(word: str) -> tuple[str, int]:
    """Take the tone off a word and name it; marks stay. Of two tones the last one counts."""
    tone = 0
    letters = []
    for letter in word:
        plain, own = LETTERS.get(letter, (letter, 0))
        letters.append(plain)
        tone = own or tone
    return "".join(letters), tone


def place_tone(word: str) -> str:
    """Move the tone to its usual letter (hoà -> hòa, đựơc -> được); other words stay."""
    if word.isascii() or word in SYLLABLES:
        return word
    letters, tone = untone(word)
    row = TONED.get(letters)
    return (row[tone] or word) if row else word


LETTERS = _letters()
_BARE = str.maketrans(
    {
        letter: unicodedata.normalize("NFD", vowel)[0]
        for letter, (vowel, _) in LETTERS.items()
        if not letter.isascii()
    }
    | {"đ": "d"}
)
TONED = _generate()
# Without accents "boong" is far more often Telex for bông, so long o is no plain syllable.
PLAIN = frozenset(bare(word) for word in TONED)
TONED |= {onset + rime: _toned(onset, rime) for onset, rime in _LONG_O}
SYLLABLES = frozenset(word for row in TONED.values() for word in row if word)


def _skeletons() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for word in TONED:
        table.setdefault(bare(word), []).append(word)
    return {skeleton: tuple(words) for skeleton, words in table.items()}


SKELETONS = _skeletons()
