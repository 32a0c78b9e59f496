"""Whether a message is written in English, by its words alone."""

from faq.text.fold import clean
from faq.text.lexicon import Lexicon
from faq.text.syllables import PLAIN

MARKS = frozenset(
    (  # a list of words reads best as words
        "what where when which who whose why how is are was were am does did has have had will "
        "would could should shall this that these those there here with without your you my our "
        "their his her for from about into any some please thanks thank of and or if not need "
        "want know get got give gave make take took find open close pay buy ask tell help use "
        "using the it its me we they she he been being be by at in on to do can an"
    ).split()
)
"""Words that hold an English sentence together. Some are Vietnamese too, typed without accents
("to", "me", "an"), and prove nothing alone."""

FEWEST = 2
"""So many such words, of which one no Vietnamese could have typed."""

MANY = 4
"""So many of them are no accident, even when each alone could be Vietnamese."""

SHARE = 0.25
"""And at least so many of all words are none a Vietnamese could have typed."""

NAMED = 1 / 3
"""At most so many words with accents: the names of places in an English sentence."""


def is_english(text: str, lexicon: Lexicon) -> bool:
    """Say whether a message is an English sentence, however simple."""
    words = [word.strip(".,!?;:'\"()") for word in clean(text).lower().split()]
    plain = [word for word in words if word.isascii() and word.isalpha()]
    if len(words) - len(plain) > NAMED * len(words):
        return False
    foreign = [word for word in plain if word not in PLAIN and word not in lexicon.rules]
    marks = MARKS.intersection(plain)
    certain = len(marks) >= MANY or not marks.isdisjoint(foreign)
    return certain and len(marks) >= FEWEST and len(foreign) >= SHARE * len(plain)
