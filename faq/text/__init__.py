"""Vietnamese as people type it, read into plain words."""

from faq.text.fold import MAX_CHARS, clean, fold
from faq.text.lexicon import Lexicon, LexiconError, load_lexicon
from faq.text.reader import Lesson, Reader, Reading

__all__ = [
    "MAX_CHARS",
    "Lesson",
    "Lexicon",
    "LexiconError",
    "Reader",
    "Reading",
    "clean",
    "fold",
    "load_lexicon",
]
