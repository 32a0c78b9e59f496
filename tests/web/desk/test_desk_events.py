"""Events on the desk: made, changed and called off, with what that does said beforehand."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from bot import people
from bot.content import Content
from bot.db import Database
from bot.notices import announce, edits, taking_part
from bot.notices.announce import Draft
from bot.notices.audience import EVERYONE
from bot.notices.events import Event, as_written
from bot.notices.programme import Programme
from bot.web.desk import event_form
from tests.notices.sample import NAMES, sample
from tests.web.desk.bench import Bench, Browser, serve, words

LIST = "/ban/su-kien"
TALK = "toa-dam-dong"
DAY = (datetime.now(UTC) + timedelta(days=30)).date()
EIGHT = {
    "title": "Tọa đàm thôn Đông", "kind": "talk", "what": "Hỏi đáp về số hóa.", "ban": 0,
    "status": "announced", "start_day": DAY.isoformat(), "start_time": "19:00",
    "end_time": "20:30", "place": "Nhà văn hóa", "hamlets": "dong",
}  # fmt: skip


def ahead(hour: int) -> tuple[Event, ...]:
    """The calendar of two thôn, its talk a month ahead."""
    when = sample()[0].when
    assert when is not None
    start = datetime(DAY.year, DAY.month, DAY.day, hour, tzinfo=when.first.start.tzinfo)
    moved = replace(when, first=replace(when.first, start=start))
    return tuple(replace(one, when=moved) if one.id == TALK else one for one in sample())


@pytest.fixture
def bench(sqlite_url: str, content: Content) -> Iterator[Bench]:
    """The desk over the calendar of two thôn, its talk a month ahead."""
    db = Database(sqlite_url)
    events = ahead(hour=19)
    with serve(db, content, Programme(events=events, names=NAMES)) as bench:
        yield bench
    db.close()


def talk(bench: Bench) -> dict[str, object]:
    """The form of the talk as its page fills it in."""

    def known(session: Session) -> Event | None:
        return edits.current(session, shipped(bench), NAMES)[0]

    event = bench.db.read(known)
    assert event is not None
    return {**event_form.values_of(as_written(event)), "ban": event.version}


def shipped(bench: Bench) -> tuple[Event, ...]:
    """The events of the files."""
    return bench.programme.events


def comes(bench: Bench) -> None:
    """Lan comes to the talk, of which a notice was written."""

    def work(session: Session) -> None:
        now = datetime.now(UTC)
        person, _new = people.welcome(session, "chat", "lan", "lan", now)
        taking_part.reply(session, TALK, people.id_of(person), "yes", now)
        draft = Draft("Mời bà con.", "", EVERYONE, event=TALK)
        announce.send(session, announce.write(session, draft, "Hoa", now), "Hoa", now, DAY_ZONE)

    bench.db.run(work).result()


DAY_ZONE = sample()[0].when.first.zone  # type: ignore[union-attr]


def saved(browser: Browser, page: str, **form: object) -> int:
    """Save after having seen what happens, as the page wants it; the status."""
    seen = browser.post(page, **{**form, "viec": "xem"})
    assert seen.status_code == 200, words(seen.text)
    mark = seen.text.split('name="biet" value="')[1].split('"')[0]
    status = "changed" if 'value="changed" selected' in seen.text else form["status"]
    return browser.post(page, **{**form, "status": status, "biet": mark, "viec": "luu"}).status_code


def test_an_event_is_made_where_no_thon_is_listed(sqlite_url: str, content: Content) -> None:
    """As on the day of installation: what the page itself puts into its fields is not refused."""
    db = Database(sqlite_url)
    with serve(db, content, Programme(names=replace(NAMES, hamlets={}))) as bench:
        browser = bench.signed("announcer")
        page = browser.get(f"{LIST}/moi").text
        fields = dict(re.findall(r'<input id="f-[^"]+" name="([^"]+)"[^>]* value="([^"]*)"', page))
        form = {**fields, **EIGHT, "hamlets": fields.get("hamlets", ())}
        seen = browser.post(f"{LIST}/moi", **{**form, "viec": "xem"})
    db.close()

    assert "hamlets" not in fields
    assert seen.status_code == 200, words(seen.text)


def test_an_event_is_made_from_the_form(bench: Bench) -> None:
    """Seen as residents see it, kept under an id of its own, listed, with who and when."""
    browser = bench.signed("announcer", "Chị Hoa")
    seen = words(browser.post(f"{LIST}/moi", **EIGHT, viec="xem").text)
    status = saved(browser, f"{LIST}/moi", **EIGHT)
    page = words(browser.get(f"{LIST}/toa-dam-thon-dong").text)

    assert "Chưa lưu. Khi lưu thì:" in seen
    assert "được nhắc trước: 7 ngày, 1 ngày, 2 giờ" in seen
    assert "19:00 đến 20:30" in seen
    assert status == 303
    assert "Bản 1 · Chị Hoa ·" in page
    assert "Tọa đàm thôn Đông" in words(browser.get(LIST).text)
    assert ("Chị Hoa", "events.save", "event toa-dam-thon-dong v1", True) in bench.audit()


def test_all_mistakes_stand_beside_their_fields(bench: Bench) -> None:
    """Everything wrong is told at once, in the words of the form; what was typed stays."""
    browser = bench.signed("editor")
    form = {**EIGHT, "title": "", "what": "", "start_day": "", "place": "", "map": "http://x.vn",
            "reminders": "sớm", "end_time": "", "lead": "x"}  # fmt: skip
    answer = browser.post(f"{LIST}/moi", **form, viec="luu")
    page = html.unescape(words(answer.text))

    assert answer.status_code == 422
    for what in ("“Tên sự kiện”", "không an toàn", "'sớm' không phải khoảng thời gian",
                 "không có đơn vị x", "Chưa nói là việc gì"):  # fmt: skip
        assert what.lower() in page.lower(), what
    assert 'value="http://x.vn"' in answer.text
    assert bench.db.read(edits.untold) == []


def test_a_change_says_who_hears_of_it_before_it_is_kept(bench: Bench) -> None:
    """Without having seen that, nothing is kept; with it the event counts as changed."""
    comes(bench)
    browser = bench.signed("editor", "Minh")
    form = {**talk(bench), "start_time": "20:00", "end_time": "21:30", "note": "Trùng lịch họp"}
    hasty = browser.post(f"{LIST}/{TALK}", **{**form, "viec": "luu"})
    before = bench.db.read(edits.untold)
    status = saved(browser, f"{LIST}/{TALK}", **form)

    assert hasty.status_code == 200
    assert "1 người đã báo sẽ đi nhận một tin" in words(hasty.text)
    assert "1 thông báo đã gửi hoặc đang chờ được sửa lời" in words(hasty.text)
    assert "Giờ mới: 20:00 đến 21:30" in words(hasty.text)
    assert (before, status, bench.db.read(edits.untold)) == ([], 303, [TALK])
    [row] = bench.db.read(lambda session: [one.body for one in edits.history(session, TALK)])
    assert '"status": "changed"' in row


def test_calling_off_wants_a_reason_and_is_seen_first(bench: Bench) -> None:
    """Without a reason it is not called off; with one the page says who hears of it."""
    comes(bench)
    browser = bench.signed("announcer")
    page = f"{LIST}/{TALK}"
    none = browser.post(page, viec="huy", ban=0)
    seen = browser.post(page, **{"viec": "huy", "ban": 0, "ly-do": "Biển động"})

    assert none.status_code == 422
    assert "mà chưa nói vì sao" in words(none.text)
    assert "ĐÃ HỦY" in words(seen.text)
    assert bench.db.read(edits.untold) == []
    form = {**talk(bench), "status": "cancelled", "note": "Biển động"}
    assert saved(browser, page, **form) == 303


def test_what_nobody_needs_to_hear_is_kept_quietly(bench: Bench) -> None:
    """A better sentence changes no hour: nobody is told, and the page says so."""
    browser = bench.signed("admin")
    form = {**talk(bench), "why": "Hỏi gì cũng được."}
    seen = browser.post(f"{LIST}/{TALK}", **{**form, "viec": "xem"})

    assert "Không ai được nhắn" in words(seen.text)
    assert browser.post(f"{LIST}/{TALK}", **{**form, "viec": "luu"}).status_code == 303
    second = browser.post(f"{LIST}/{TALK}", **{**form, "viec": "luu"})
    assert second.status_code == 409


@pytest.mark.parametrize(
    ("repeat", "rule"),
    [
        ("weekly", "FREQ=WEEKLY;BYDAY=MO"),
        ("monthly", "FREQ=MONTHLY;BYMONTHDAY=7"),
        ("weekday", "FREQ=MONTHLY;BYDAY=1MO"),
        ("yearly", "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=7"),
    ],
)
def test_repeating_is_picked_by_a_word(repeat: str, rule: str) -> None:
    """The rule is written by us, and read back as the same word."""
    values = event_form.values_of({"start": "2027-06-07 17:00", "title": "Phát thanh"})
    data = event_form.data_of({**values, "repeat": repeat}, "phat-thanh")

    assert data["rule"] == rule
    assert event_form.values_of(data)["repeat"] == repeat


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"repeat": "weekly", "days": ["WE", "MO"]}, "FREQ=WEEKLY;BYDAY=MO,WE"),
        ({"repeat": "weekly", "count": "8"}, "FREQ=WEEKLY;BYDAY=MO;COUNT=8"),
        ({"repeat": "monthly", "month_day": "7"}, "FREQ=MONTHLY;BYMONTHDAY=7"),
        ({"repeat": "weekday", "nth": "-1", "nth_day": "MO"}, "FREQ=MONTHLY;BYDAY=-1MO"),
    ],
)
def test_what_was_chosen_is_shown_again(fields: dict[str, object], rule: str) -> None:
    """Days of the week, a day of the month, its last Monday, how often: written and read."""
    values = event_form.values_of({"start": "2027-06-07 17:00"})
    data = event_form.data_of({**values, **fields}, "x")

    assert data["rule"] == rule
    assert event_form.data_of(event_form.values_of(data), "x") == data


def test_replays_are_days_after(bench: Bench) -> None:
    """Of the month's first Monday: the next three; what leaves the month is refused beside it."""
    values = event_form.values_of({"start": "2027-06-07 06:00"})
    values |= {"repeat": "weekday", "replay_after": "3, 7, 21", "replay_time": "17:00"}
    replays = event_form.data_of(values, "x")["replays"]
    form = {**EIGHT, "repeat": "monthly", "replay_after": "30", "count": "x"}
    page = words(bench.signed("editor").post(f"{LIST}/moi", **form, viec="xem").text)

    assert replays == [
        {"start": "2027-06-10 17:00", "rule": "FREQ=MONTHLY;BYDAY=TH;BYMONTHDAY=4,5,6,7,8,9,10"},
        {"start": "2027-06-14 17:00", "rule": "FREQ=MONTHLY;BYDAY=2MO"},
        {"start": "2027-06-28 17:00", "rule": "FREQ=MONTHLY;BYDAY=4MO"},
    ]
    assert "Số ngày phát lại không dùng được" in page
    assert "Số lần lặp không dùng được" in page


def test_a_rule_of_its_own_is_kept(bench: Bench) -> None:
    """What the plain fields cannot say is shown as such and goes through the form unharmed."""
    data = {
        "id": "x", "start": "2027-06-07 06:00", "rule": "FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO",
        "replays": [{"start": "2027-06-09 06:00", "rule": "FREQ=YEARLY"}],
    }  # fmt: skip
    values = event_form.values_of(data)
    shown = [
        field.key for _title, fields in event_form.groups(values, NAMES, []) for field in fields
    ]
    page = bench.signed("editor").get(f"{LIST}/moi").text

    assert values["repeat"] == "own"
    assert event_form.data_of(values, "x") == data
    assert {"rule", "replays"} <= set(shown)
    assert "RFC" not in page
    assert 'name="rule"' not in page
    assert '<option value="weekly">Hằng tuần, vào thứ</option>' in page
    assert 'name="days" value="MO"' in page


def test_the_first_day_must_be_one_that_repeats(bench: Bench) -> None:
    """Told in plain words, beside the choice."""
    other = "MO" if DAY.weekday() else "TU"
    form = {**EIGHT, "repeat": "weekly", "days": other}
    page = words(bench.signed("editor").post(f"{LIST}/moi", **form, viec="xem").text)

    assert "Ngày bắt đầu phải là lần đầu tiên" in page


def test_a_form_gives_back_the_event_it_was_filled_with() -> None:
    """Every event of the calendar goes through the form unchanged."""
    for event in sample():
        data = as_written(event)
        assert event_form.data_of(event_form.values_of(data), event.id) == data


def test_hostile_words_stay_words(bench: Bench) -> None:
    """In every field: told as mistakes or shown as words, never as an element."""
    browser = bench.signed("admin")
    attack = '</textarea><script>alert(1)</script>"><img src=x onerror=1>\u202e'
    for key in talk(bench):
        page = browser.post(f"{LIST}/{TALK}", **{**talk(bench), key: attack, "viec": "xem"})
        assert (page.text.count("<script"), page.text.count("<img")) == (1, 1), key
