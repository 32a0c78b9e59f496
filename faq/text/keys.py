"""Raw Telex and VNI keystrokes read back to the syllable they were meant to type."""

from dataclasses import dataclass

from faq.text.syllables import LETTERS, SKELETONS, TONED, bare

_TELEX_TONES = {"s": 1, "f": 2, "r": 3, "x": 4, "j": 5}
_VNI_TONES = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
_HATS = {"a": "â", "e": "ê", "o": "ô"}
_VOWELS = frozenset("aăâeêioôơuưy")
_MAX_KEYS = 13


@dataclass(frozen=True)
class Typed:
    """A word as keys make it: letters with their marks, the tone, and how many keys did that."""

    letters: str
    tone: int
    tones: int
    marks: int
    inside: bool

    @property
    def syllable(self) -> str:
        """The syllable exactly as typed, or nothing when spelling does not allow it."""
        row = TONED.get(self.letters)
        return row[self.tone] if row else ""

    def completions(self) -> list[str]:
        """Syllables which may have been meant, when some marks were not typed."""
        return [
            TONED[whole][self.tone]
            for whole in SKELETONS.get(bare(self.letters), ())
            if whole != self.letters and _covers(whole, self.letters) and TONED[whole][self.tone]
        ]


def _covers(whole: str, typed: str) -> bool:
    """Say whether every mark typed also stands in the whole word."""
    return all(b in (a, bare(a)) for a, b in zip(whole, typed, strict=True))


def _hat(letters: list[str], vowel: str) -> bool:
    """Put the hat on the last such vowel; say whether there was one."""
    for i in range(len(letters) - 1, -1, -1):
        if letters[i] == vowel:
            letters[i] = _HATS[vowel]
            return True
    return False


def _horn(letters: list[str], allowed: str) -> bool:
    """Put horn or breve on the vowels this key can mark (uo -> ươ, ua -> ưa, oa -> oă)."""
    for i in range(len(letters) - 1, -1, -1):
        letter = letters[i]
        before = letters[i - 1] if i else ""
        after_q = before == "u" and i > 1 and letters[i - 2] == "q"
        if letter == "o" and "o" in allowed:
            letters[i] = "ơ"
            if before == "u" and not after_q:
                letters[i - 1] = "ư"
            return True
        if letter == "a" and "a" in allowed and (before != "u" or after_q or "u" not in allowed):
            letters[i] = "ă"
            return True
        if letter == "u" and before and before in "uo":
            continue  # the mark belongs to an earlier vowel: luuw -> lưu, huouw -> hươu
        if letter == "u" and "u" in allowed and before != "q":
            letters[i] = "ư"
            return True
    return False


def _bar(letters: list[str]) -> bool:
    if letters and letters[0] == "d":
        letters[0] = "đ"
        return True
    return False


def _telex_mark(letters: list[str], key: str) -> bool:
    """Let one Telex key mark a letter typed before it; say whether it did."""
    if key == "d":
        return _bar(letters)
    if key == "w":
        return _horn(letters, "uoa")
    if key == "o" and letters[-2:] in (["o", "a"], ["o", "e"]):
        return False
    return key in _HATS and _hat(letters, key)


def _vni_mark(letters: list[str], key: str) -> bool:
    """Let one VNI key mark a letter typed before it; say whether it did."""
    if key == "6":
        return any(_hat(letters, vowel) for vowel in reversed("aeo") if vowel in letters)
    if key == "7":
        return _horn(letters, "uo")
    if key == "8":
        return _horn(letters, "a")
    return key == "9" and _bar(letters)


def _finished(letters: list[str]) -> str:
    """Write ươ in full when only one of its two letters was marked (uwo, uow before a letter)."""
    text = "".join(letters).replace("ưo", "ươ")
    if "uơ" in text and not text.startswith("quơ") and not text.endswith("uơ"):
        return text.replace("uơ", "ươ")
    if text.endswith("ươ"):
        return text[:-2] + "uơ"
    return text


def _read(word: str, vni: bool) -> Typed | None:
    tone_keys = _VNI_TONES if vni else _TELEX_TONES
    mark_key = _vni_mark if vni else _telex_mark
    letters: list[str] = []
    tone = tones = marks = 0
    inside = voiced = False
    last = len(word) - 1
    for place, key in enumerate(word):
        if key in tone_keys and voiced:
            if tone:
                return None
            tone, tones = tone_keys[key], tones + 1
        elif mark_key(letters, key):
            marks += 1
        elif key == "w" and not vni:
            letters.append("ư")
            marks, voiced = marks + 1, True
            continue
        elif key.isdigit():
            return None
        else:
            letter, own = LETTERS.get(key, (key, 0))
            tone = own or tone
            voiced = voiced or letter in _VOWELS
            letters.append(letter)
            continue
        inside = inside or place < last
    if not (tones or marks):
        return None
    return Typed(_finished(letters), tone, tones, marks, inside)


def telex(word: str) -> Typed | None:
    """Read a lower-case word as Telex keys; None when it holds no such key."""
    return _read(word, vni=False) if 1 < len(word) <= _MAX_KEYS and word.isalpha() else None


def vni(word: str) -> Typed | None:
    """Read a lower-case word as VNI keys; None when it holds no such key."""
    if not 1 < len(word) <= _MAX_KEYS or word[0].isdigit() or word.isalpha():
        return None
    return _read(word, vni=True)
