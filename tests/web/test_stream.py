"""What a page with script listens to."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import httpx

from bot.signals import Signals
from bot.web.streams import Streams
from tests.web.stand import Site

JSON = {"Accept": "application/json"}
Event = tuple[str, dict[str, Any]]


@contextlib.contextmanager
def listening(client: httpx.Client, last: str = "") -> Iterator[Iterator[Event]]:
    """The events of a stream: (id, data)."""
    with client.stream("GET", "/chat/stream", headers={"Last-Event-ID": last}) as response:
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-accel-buffering"] == "no"
        yield _events(response)


def _events(response: httpx.Response) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        name, _colon, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "data" in fields:
            yield fields.get("id", fields.get("event", "")), json.loads(fields["data"])
            fields = {}


def said(client: httpx.Client, text: str) -> None:
    """Post a message, as the script does."""
    answer = client.post("/chat", data={"text": text}, headers=JSON)
    assert answer.status_code == 202


def answered(events: Iterator[Event]) -> tuple[str, str]:
    """The id and the HTML up to the moment nothing is awaited any more."""
    html = ""
    for row, data in events:
        html += data["html"]
        if data["status"] == "idle":
            return row, html
    msg = "the stream ended"
    raise AssertionError(msg)


def test_a_stranger_has_nothing_to_listen_to(site: Site) -> None:
    """Without a cookie there is no stream: 204, which a browser does not try again."""
    with site.visitor() as client:
        answer = client.get("/chat/stream")

    assert answer.status_code == 204


def test_the_stream_brings_what_is_new(site: Site) -> None:
    """A listener gets the message as it was kept, and its answer; later only what follows."""
    with site.visitor() as client:
        said(client, "cam nang chuyen doi so o dau")
        with listening(client) as events:
            last, first = answered(events)
            said(client, "câu thứ hai")
            _row, data = next(events)
            html = data["html"] or next(events)[1]["html"]

    assert "dx.mic.gov.vn" in first
    assert "dx.mic.gov.vn" not in html
    assert "Bạn vừa hỏi: câu thứ hai" in html
    assert last.count(".") == 1


def test_a_stream_goes_on_where_it_was_cut(site: Site) -> None:
    """The last id brings back a listener to the place: nothing missing, nothing twice."""
    with site.visitor() as client:
        said(client, "một")
        with listening(client) as events:
            last, _html = answered(events)
        said(client, "hai")
        with listening(client, last) as events:
            _last, html = answered(events)

    assert "Bạn vừa hỏi: hai" in html
    assert "Bạn vừa hỏi: một" not in html


def test_what_another_process_answered_is_seen(site: Site) -> None:
    """Without any signal, a listener who waits for an answer gets it within a second or so."""
    with site.visitor() as client:
        site.clerk.signals = Signals()
        said(client, "alo")
        with listening(client) as events:
            _last, html = answered(events)

    assert "Bạn vừa hỏi: alo" in html


def test_who_was_forgotten_sees_a_cleared_page(site: Site) -> None:
    """When the conversation is deleted, the page is told to clear what it shows."""
    with site.visitor() as client:
        said(client, "chuyện cũ")
        with listening(client) as events:
            answered(events)
            said(client, "/xoadulieu")
            cleared = next(data for _row, data in events if data["clear"])

    assert "Mình đã xóa hết dữ liệu" in cleared["html"]
    assert "chuyện cũ" not in cleared["html"]


def test_a_last_id_that_is_none_begins_anew(site: Site) -> None:
    """A torn or made-up last id is the beginning, not an error."""
    with site.visitor() as client:
        said(client, "alo")
        for last in ("x", "9" * 40 + ".1", "-1.5", "1"):
            with listening(client, last) as events:
                _last, html = answered(events)
            assert "Bạn vừa hỏi: alo" in html


def test_the_sixth_page_of_a_visitor_ends_the_first() -> None:
    """A visitor has five streams; the oldest makes room, and so it does in a full house."""
    streams = Streams(Signals(), most=7)

    mine = [streams.open("web:lan") for _ in range(6)]
    others = [streams.open(f"web:{name}") for name in "abc"]

    assert [stream.closed for stream in mine] == [True, True, False, False, False, False]
    assert [stream.closed for stream in others] == [False, False, False]
    assert len(streams) == 7


def test_an_ended_stream_says_goodbye(site: Site) -> None:
    """A page whose stream made room is told, so that it does not come back at once."""
    with contextlib.ExitStack() as stack, site.visitor() as client:
        said(client, "alo")
        first = stack.enter_context(listening(client))
        answered(first)
        others = [stack.enter_context(listening(client)) for _ in range(5)]
        for events in others:
            next(events)
        kinds = [kind for kind, _data in first]

    assert kinds[-1] == "bye"
