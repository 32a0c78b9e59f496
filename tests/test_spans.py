"""How long before something: as settings, files and people write it."""

from datetime import timedelta

import pytest

from bot import settings, spans

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7d,1d,2h", (7 * DAY, DAY, 2 * HOUR)),
        ("2 giờ, 1 tuần; 1 ngày", (7 * DAY, DAY, 2 * HOUR)),
        ("30 phút", (timedelta(minutes=30),)),
        ("none", ()),
        ("Không nhắc", ()),
    ],
)
def test_spans_are_read(text: str, found: tuple[timedelta, ...]) -> None:
    """Short signs and Vietnamese words mean the same; the longest comes first."""
    assert spans.read(text) == found
    assert spans.read(spans.write(found)) == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "chưa ghi"),
        ("hôm trước", "'hôm trước' không phải khoảng thời gian"),
        ("7", "không phải khoảng thời gian"),
        ("5m", "muộn nhất trước 10 phút"),
        ("90d", "sớm nhất trước 60 ngày"),
        ("1d,24h", "ghi hai lần"),
        ("7d,6d,5d,4d,3d,2d,1d", "nhiều nhất 6"),
    ],
)
def test_what_is_wrong_is_told(text: str, told: str) -> None:
    """Each mistake says what is wrong, in words an operator understands."""
    with pytest.raises(spans.SpanError, match=told):
        spans.read(text)


def test_the_setting_is_checked_at_the_start() -> None:
    """A bad value stops the start with the name of the setting."""
    with pytest.raises(settings.SettingsError, match="BOT_REMINDERS: 'sớm' không phải"):
        settings.load({"BOT_REMINDERS": "sớm"})
    assert settings.load({"BOT_REMINDERS": "3d"}).remind == (3 * DAY,)
