"""What tests of the matcher share."""

from weakref import WeakValueDictionary

import pytest

from faq import matcher
from faq.matcher import Matcher

InUse = WeakValueDictionary[str, Matcher]


@pytest.fixture
def in_use(monkeypatch: pytest.MonkeyPatch) -> InUse:
    """The matchers in use, of this test alone: cleared, the next build reads or learns again."""
    mine: InUse = WeakValueDictionary()
    monkeypatch.setattr(matcher, "IN_USE", mine)
    return mine
