"""Word lists kept as data: short forms, teencode, dialect, names and English words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

import yaml

from faq.text.fold import clean
from faq.text.syllables import PLAIN, bare, place_tone

Words = tuple[str, ...]
_HEADER = {"source", "licence", "about"}
_RULE_KINDS = ("short", "teencode", "dialect")
_MAP_KINDS = ("units", "levels")
_SET_KINDS = ("names", "english", "counters", "functions", "laughs")


class LexiconError(Exception):
    """Word lists are missing or wrong; `mistakes` says each with its file and remedy."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True)
class Rule:
    """What a written form means, and the neighbours which make it an ordinary word instead."""

    kind: str
    meaning: Words
    not_before: frozenset[str] = frozenset()
    not_after: frozenset[str] = frozenset()

    def holds(self, before: str, after: str) -> bool:
        """Say whether the form has this meaning between these two words."""
        return bare(after) not in self.not_before and bare(before) not in self.not_after


@dataclass(frozen=True)
class Lexicon:
    """All word lists together, in lower case."""

    rules: Mapping[str, Rule]
    pairs: Mapping[str, Mapping[str, Rule]]
    names: frozenset[str]
    english: frozenset[str]
    counters: frozenset[str]
    functions: frozenset[str]
    laughs: frozenset[str]
    units: Mapping[str, str]
    levels: Mapping[str, str]


def load_lexicon(folder: Path) -> Lexicon:
    """Read every list of the folder; raise LexiconError with all mistakes at once."""
    shelf = _Shelf()
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise LexiconError([f"{folder}: no *.yaml word list here; give the lexicons folder"])
    for path in files:
        shelf.add(path)
    if shelf.mistakes:
        raise LexiconError(shelf.mistakes)
    return shelf.lexicon()


class _Shelf:
    """Lists as they are read, file by file, with the mistakes found on the way."""

    def __init__(self) -> None:
        self.mistakes: list[str] = []
        self._rules: dict[str, Rule] = {}
        self._sets: dict[str, set[str]] = {kind: set() for kind in _SET_KINDS}
        self._maps: dict[str, dict[str, str]] = {kind: {} for kind in _MAP_KINDS}

    def add(self, path: Path) -> None:
        try:
            data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            self.mistakes.append(f"{path.name}: not readable YAML ({error})")
            return
        if not isinstance(data, dict):
            self.mistakes.append(f"{path.name}: expected lists by kind; see the other files")
            return
        for needed in ("source", "licence"):
            if not data.get(needed):
                self.mistakes.append(f"{path.name}: add the line `{needed}: ...`")
        for kind, content in data.items():
            if kind not in _HEADER:
                self._section(path.name, str(kind), content)

    def _section(self, file: str, kind: str, content: object) -> None:
        if kind in _RULE_KINDS and isinstance(content, dict):
            for meaning, entry in content.items():
                groups = entry if _is_groups(entry) else [entry]
                for group in groups:
                    self._meaning(file, kind, str(meaning), group)
        elif kind in _SET_KINDS and isinstance(content, list):
            self._sets[kind].update(_word(str(item)) for line in content for item in _split(line))
        elif kind in _MAP_KINDS and isinstance(content, dict):
            for meaning, forms in content.items():
                self._maps[kind].update(
                    (_word(form), _word(str(meaning))) for form in _split(forms)
                )
        else:
            self.mistakes.append(f"{file}: `{kind}` is no known list, or not written like one")

    def _meaning(self, file: str, kind: str, meaning: str, entry: object) -> None:
        """Take the forms of a meaning: a list, or `forms` with `not_before` and `not_after`."""
        fields = entry if isinstance(entry, dict) else {"forms": entry}
        unknown = set(fields) - {"forms", "not_before", "not_after"}
        if unknown or not fields.get("forms"):
            self.mistakes.append(f"{file}: `{meaning}` needs forms, and may have not_before/after")
            return
        rule = Rule(
            kind,
            tuple(_word(meaning).split()),
            frozenset(bare(_word(word)) for word in _split(fields.get("not_before"))),
            frozenset(bare(_word(word)) for word in _split(fields.get("not_after"))),
        )
        for form in _split(fields["forms"]):
            # A tone on another letter is mended without a rule, and its form is the word itself.
            if _word(form).split() != list(rule.meaning):
                self._form(file, _word(form), rule)

    def _form(self, file: str, form: str, rule: Rule) -> None:
        if form.count(" ") > 1:
            self.mistakes.append(f"{file}: `{form}` has more than two words; shorten it")
        known = self._rules.get(form)
        if known and known.meaning != rule.meaning:
            meanings = f"{' '.join(known.meaning)}` and `{' '.join(rule.meaning)}"
            self.mistakes.append(f"{file}: `{form}` means both `{meanings}`; keep one")
        self._rules[form] = rule

    def lexicon(self) -> Lexicon:
        rules = dict(self._rules)
        for form, rule in self._rules.items():
            # "cđs" is also typed "cds"; a plain syllable would be another word.
            if rule.kind == "short" and bare(form) not in {*PLAIN, *rule.meaning}:
                rules.setdefault(bare(form), rule)
        pairs: dict[str, dict[str, Rule]] = {}
        for form in [form for form in rules if " " in form]:
            first, second = form.split()
            pairs.setdefault(first, {})[second] = rules.pop(form)
        return Lexicon(
            rules=rules,
            pairs=pairs,
            names=frozenset(self._sets["names"]),
            english=frozenset(self._sets["english"]),
            counters=frozenset(self._sets["counters"] | set(map(bare, self._sets["counters"]))),
            functions=frozenset(self._sets["functions"]),
            laughs=frozenset(self._sets["laughs"]),
            units=self._maps["units"],
            levels=self._maps["levels"],
        )


def _is_groups(entry: object) -> TypeGuard[list[object]]:
    """Say whether a meaning has groups of forms, each with its own neighbours."""
    return isinstance(entry, list) and any(isinstance(item, list | dict) for item in entry)


def _split(content: object) -> Iterator[str]:
    """Give the forms of a list, or of one line where commas stand between them."""
    lines = content if isinstance(content, list) else [content]
    for line in lines:
        if line is not None:
            yield from (form.strip() for form in str(line).split(",") if form.strip())


def _word(text: str) -> str:
    return " ".join(place_tone(word) for word in clean(text).lower().split())
