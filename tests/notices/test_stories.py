"""Stories: what a feed holds, kept once; only links to hosts we know; no way into a network."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session

from bot.notices import stories
from bot.notices.stories import NoFeedError
from bot.outside import allowed
from tests.conftest import NOON

MAY = partial(allowed, hosts=["lyson.example.vn"])
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Cổng thông tin</title>
<item><title>Tọa đàm &amp; hỏi đáp &lt;b&gt;tại thôn&lt;/b&gt;</title>
<link>https://lyson.example.vn/bai/1</link>
<description><![CDATA[<p>Bà con <script>x</script>đến đông.</p>]]></description>
<pubDate>Tue, 24 Nov 2026 08:00:00 +0700</pubDate></item>
<item><title>Chỗ khác</title><link>https://evil.example/1</link></item>
<item><title>Lệnh</title><link>javascript:alert(1)</link></item>
<item><title>Tương lai</title><link>https://www.lyson.example.vn/bai/2</link>
<pubDate>Tue, 24 Nov 2099 08:00:00 +0700</pubDate></item>
</channel></rss>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Tin</title>
<entry><title>Mở lớp số</title><link href="https://lyson.example.vn/lop"/>
<updated>2026-11-20T00:00:00Z</updated><summary>Ở thôn Đông</summary></entry></feed>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">
<!ENTITY f SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><title>x</title><item><title>A &f; B</title>
<link>https://lyson.example.vn/b</link></item></channel></rss>"""


def test_rss_is_read_into_plain_words() -> None:
    """Title and summary lose their markup, the date is the feed's, the source its title."""
    first = stories.parse(RSS.encode(), MAY, NOON)[0]

    assert first.title == "Tọa đàm & hỏi đáp tại thôn"
    assert "<" not in first.summary
    assert first.source == "Cổng thông tin"
    assert first.published_at == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def test_links_elsewhere_are_left_out() -> None:
    """An item that leads to a host we do not know, or runs something, is not taken."""
    found = stories.parse(RSS.encode(), MAY, NOON)

    assert [item.link for item in found] == [
        "https://lyson.example.vn/bai/1",
        "https://www.lyson.example.vn/bai/2",
    ]


def test_a_date_to_come_counts_as_now() -> None:
    """A feed cannot put its news before everything else for ever."""
    assert stories.parse(RSS.encode(), MAY, NOON)[1].published_at == NOON


def test_atom_is_read_as_well() -> None:
    """Both forms of feeds give the same items."""
    [item] = stories.parse(ATOM.encode(), MAY, NOON)

    assert (item.title, item.summary) == ("Mở lớp số", "Ở thôn Đông")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>x</body></html>", b"https://lyson.example.vn/feed", b"\xff\xfe\x00"],
    ids=["nothing", "a page", "an address", "noise"],
)
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    """Nothing is made up of a page, and an address in the place of a feed is not gone to."""
    with pytest.raises(NoFeedError):
        stories.parse(body, MAY, NOON)


def test_a_feed_reads_no_file_of_ours() -> None:
    """Entities that name a file bring nothing in."""
    found = stories.parse(BOMB.encode(), MAY, NOON)

    assert "root:" not in "".join(item.title + item.summary for item in found)


def test_a_story_is_kept_once(session: Session) -> None:
    """Taking the same feed again adds nothing; the newest comes first."""
    items = stories.parse(RSS.encode(), MAY, NOON)
    first = stories.keep(session, [*items, items[0]], NOON)
    again = stories.keep(session, items, NOON)

    assert (first, again) == (2, 0)
    assert [story.title for story in stories.latest(session, 3)] == [
        "Tương lai",
        "Tọa đàm & hỏi đáp tại thôn",
    ]


def test_news_of_a_week_is_what_came_in_it(session: Session) -> None:
    """What came before the week is not told again."""
    items = stories.parse(RSS.encode(), MAY, NOON)
    stories.keep(session, items[:1], NOON - timedelta(days=8))
    stories.keep(session, items[1:], NOON)

    found = stories.since(session, NOON - timedelta(days=7), 5)

    assert [story.title for story in found] == ["Tương lai"]
