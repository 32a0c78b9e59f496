"""Rules of repeating in words, and what happens some days after each time."""

from datetime import date, datetime

import pytest

from bot.i18n import speaking
from bot.notices import rules
from bot.notices.calendar import ISLAND, Series, When

START = datetime(2027, 6, 7, 6, tzinfo=ISLAND)  # the first Monday of the month


@pytest.mark.parametrize(
    ("rule", "said", "english"),
    [
        ("", "", ""),
        ("FREQ=WEEKLY;BYDAY=MO,SU", "hằng tuần vào thứ Hai, Chủ nhật",
         "every week on Monday, Sunday"),
        ("FREQ=MONTHLY;BYMONTHDAY=7", "hằng tháng vào ngày 7", "every month on day 7"),
        (
            "FREQ=MONTHLY;BYDAY=-1MO;COUNT=6",
            "hằng tháng vào thứ Hai cuối cùng trong tháng, 6 lần",
            "every month on Monday, the last of the month, 6 times",
        ),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=7", "hằng năm vào ngày 7/6", "every year on 7/6"),
        ("FREQ=DAILY", "lặp theo quy tắc riêng", "repeats by a rule of its own"),
    ],
)  # fmt: skip
def test_a_rule_is_told_in_words(rule: str, said: str, english: str) -> None:
    """In both languages; a rule the choices cannot say is told as one of its own."""
    when = When(Series(START, rule))
    with speaking("en"):
        told = rules.told(when)

    assert (rules.told(when), told) == (said, english)


def test_the_last_day_is_told() -> None:
    """Until when it repeats."""
    when = When(Series(START, "FREQ=WEEKLY;BYDAY=MO", date(2027, 12, 31)))

    assert rules.told(when) == "hằng tuần vào thứ Hai, tới hết ngày 31/12/2027"


@pytest.mark.parametrize(
    ("rule", "days", "later"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,SA", 2, "FREQ=WEEKLY;BYDAY=MO,WE"),
        ("FREQ=MONTHLY;BYMONTHDAY=7", 21, "FREQ=MONTHLY;BYMONTHDAY=28"),
        ("FREQ=MONTHLY;BYMONTHDAY=7", 22, ""),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=6", 14, "FREQ=MONTHLY;BYDAY=3MO;COUNT=6"),
        ("FREQ=MONTHLY;BYDAY=2MO", 21, ""),
        ("FREQ=MONTHLY;BYDAY=-1MO", 7, ""),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=7", 7, "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=14"),
    ],
)
def test_what_is_replayed_some_days_later(rule: str, days: int, later: str) -> None:
    """By a rule again; none where a month would end first."""
    read = rules.read(rule)
    assert read is not None

    assert rules.later(read, START.date(), days) == later


@pytest.mark.parametrize(
    "text",
    ["FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=XX", "FREQ=MONTHLY;BYDAY=5MO", "BYDAY=MO;FREQ=WEEKLY"],
)
def test_other_rules_are_left_alone(text: str) -> None:
    """Only what we would write the same is a choice."""
    assert rules.read(text) is None
