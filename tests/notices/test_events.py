"""Events: what is shipped is right, every mistake is told at once, and edits are laid over."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bot import content as contents
from bot.content import DATA, Content
from bot.flows.turn import House
from bot.i18n import speaking
from bot.notices import edits, invitation, programme, vetting, words
from bot.notices.edits import OutdatedError
from bot.notices.events import Names, as_item, as_written
from faq.files import Mistake
from tests.conftest import NOON, ZONE
from tests.notices.sample import FILE, NAMES, sample


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A copy of the calendar to spoil."""
    return Path(shutil.copy(FILE, tmp_path / "events.yaml"))


def spoiled(file: Path, *changes: tuple[str, str]) -> list[Mistake]:
    """What is said after changing something in the file."""
    text = file.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    file.write_text(text, "utf-8")
    return vetting.load(file, NAMES)[1]


def test_the_shipped_programme_has_no_mistake(content: Content) -> None:
    """Events, plan, official list and spoken forms pass their checks; residents see no guess."""
    shipped = programme.load(DATA, content.places)

    assert shipped.mistakes == ()
    assert {event.kind for event in shipped.events} == {
        "dxday",
        "talk",
        "radio",
        "contest",
        "deadline",
    }
    assert [event.id for event in shipped.events if event.shown] == ["ngay-chuyen-doi-so"]


def test_what_the_plan_leaves_open_has_no_place_and_no_hour(content: Content) -> None:
    """A shipped draft carries no place, and says what is still open."""
    drafts = [one for one in programme.load(DATA, content.places).events if one.status == "draft"]

    assert drafts
    assert all(not one.place and not one.hamlets and one.note for one in drafts)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("id: toa-dam-dong", "id: Tọa đàm", "sai dạng", id="id"),
        pytest.param("id: toa-dam-tay", "id: toa-dam-dong", "đã có ở dòng 3", id="id twice"),
        pytest.param("kind: talk", "kind: party", "kind 'party' sai", id="kind"),
        pytest.param("status: announced", "status: sure", "status 'sure' sai", id="status"),
        pytest.param('"2026-12-02 19:00"', '"2/12 19h"', "không phải ngày giờ", id="hour"),
        pytest.param('"2026-12-02 20:30"', '"2026-12-02 18:00"', "trước khi bắt đầu", id="order"),
        pytest.param("hamlets: [dong]", "hamlets: [nam]", "không có thôn nam", id="thôn"),
        pytest.param("lead: phong", "lead: pong", "không có đơn vị pong", id="unit"),
        pytest.param("https://maps", "http://maps", "không an toàn", id="map"),
        pytest.param("https://vneid", "ftp://vneid", "không an toàn", id="material"),
        pytest.param('  place: "Nhà văn hóa thôn Đông"', "", "chưa có địa điểm", id="no place"),
        pytest.param('  start: "2026-12-02 19:00"', "", "có end mà thiếu start", id="no start"),
        pytest.param('  note: "Dời', '  nope: "Dời', "khóa lạ nope", id="slip"),
        pytest.param(
            '  note: "Biển động, tàu không ra đảo"', "", "cancelled mà chưa nói vì sao", id="why"
        ),
        pytest.param("BYDAY=1MO", "BYDAY=1TU", "start không khớp", id="rule"),
        pytest.param("BYDAY=4MO}", "BYDAY=-1MO}", "", id="another good rule"),
        pytest.param(
            '  - {start: "2026-12-28 17:00", rule: FREQ=MONTHLY;BYDAY=4MO}',
            "",
            "phát lại 2 lần, kế hoạch ghi 3 lần",
            id="a replay short",
        ),
        pytest.param(
            '"2026-12-21 06:00", rule: FREQ=MONTHLY;BYDAY=3MO',
            '"2026-12-05 06:00", rule: FREQ=MONTHLY;BYDAY=1SA',
            "không theo thứ tự",
            id="replays in disorder",
        ),
    ],
)
def test_each_mistake_is_told(file: Path, old: str, new: str, told: str) -> None:
    """A mistake names its file and line, and says what to do; a good change is no mistake."""
    wrong = spoiled(file, (old, new))

    assert any(told in item.what for item in wrong) if told else wrong == []
    assert all(item.file == "events.yaml" and item.line and item.remedy for item in wrong)


def test_mistakes_are_told_all_at_once(file: Path) -> None:
    """Four mistakes in three events are four lines, each with its line number."""
    wrong = spoiled(
        file,
        ("kind: talk", "kind: party"),
        ("hamlets: [tay]", "hamlets: [nam]"),
        ('"2026-12-10 08:00"', '"mai"'),
        ("kind: radio", "kind: tv"),
    )

    assert [item.line for item in wrong] == [4, 27, 35, 39]


def test_an_event_is_written_as_it_was_read() -> None:
    """What an export writes reads back as the same event."""
    for event in sample():
        again, wrong = vetting.parse(as_item(as_written(event)), "", NAMES)

        assert wrong == []
        assert again is not None
        assert as_written(again) == as_written(event)
        assert again.when == event.when


def test_an_edit_is_laid_over_the_file(session: Session) -> None:
    """The newest change counts, others stay as shipped, and who changed it is known."""
    shipped = sample()
    data = {**as_written(shipped[0]), "place": "Sân đình", "status": "changed", "note": "Đổi chỗ"}
    edits.save(session, shipped, NAMES, data, "Chị Hoa", 0, NOON)

    later = edits.save(session, shipped, NAMES, {**data, "place": "Trường"}, "Anh Ba", 1, NOON)

    current = edits.current(session, shipped, NAMES)
    assert [event.place for event in current[:2]] == ["Trường", "Nhà văn hóa thôn Tây"]
    assert later.event is not None
    assert later.event.version == current[0].version == 2
    assert [row.who for row in edits.history(session, "toa-dam-dong")] == ["Anh Ba", "Chị Hoa"]


def test_a_change_to_an_old_version_is_refused(session: Session) -> None:
    """Two organisers who changed the same version: the second is told, nothing is lost."""
    shipped = sample()
    data = as_written(shipped[0])
    edits.save(session, shipped, NAMES, data, "Chị Hoa", 0, NOON)

    with pytest.raises(OutdatedError) as told:
        edits.save(session, shipped, NAMES, data, "Anh Ba", 0, NOON)
    assert told.value.version == 1


def test_an_edit_with_mistakes_is_not_kept(session: Session) -> None:
    """What the file would not take the desk does not take either."""
    shipped = sample()
    data = {**as_written(shipped[0]), "hamlets": ["nam"], "lead": "pong"}

    saved = edits.save(session, shipped, NAMES, data, "Chị Hoa", 0, NOON)

    assert saved.event is None
    assert len(saved.mistakes) == 2
    assert edits.history(session, "toa-dam-dong") == []


def test_an_edit_that_no_longer_fits_is_told(session: Session) -> None:
    """When the thôn of an edit is gone from the list, the check says so."""
    shipped = sample()
    edits.save(session, shipped, NAMES, as_written(shipped[0]), "Chị Hoa", 0, NOON)

    [wrong] = edits.check(session, Names(units=NAMES.units))

    assert "không có thôn dong" in wrong.what


def test_a_bad_edit_of_the_file_is_seen_by_the_library(house: House, tmp_path: Path) -> None:
    """The programme of a broken file tells its mistakes and keeps what is right."""
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / "events.yaml"
    path.write_text(path.read_text("utf-8").replace("kind: talk", "kind: party"), "utf-8")
    places, _wrong = contents.load_places(tmp_path / "data" / "places.yaml")

    found = programme.load(tmp_path / "data", places)

    assert len(found.events) == len(house.programme.events) - 1
    assert {item.file for item in found.mistakes} == {"events.yaml", "plan.yaml"}


def test_reminders_follow_a_changed_hour(session: Session) -> None:
    """An event moved at the desk is due at its new hour."""
    from bot.notices.calendar import due

    shipped = sample()
    data = {**as_written(shipped[0]), "start": "2026-12-02 18:00", "status": "changed"}
    edits.save(session, shipped, NAMES, {**data, "note": "Sớm hơn"}, "Chị Hoa", 0, NOON)

    [event, *_others] = edits.current(session, shipped, NAMES)

    assert event.when is not None
    before = (timedelta(hours=2),)
    [told] = due(event.when, before, NOON, NOON + timedelta(days=10))
    assert f"{told.at:%H:%M}" == "09:00"


def test_english_words_are_told_to_who_reads_english() -> None:
    """A word without English stays Vietnamese; in Vietnamese nothing changes."""
    event = replace(sample()[0], title_en="Talk in Dong village", place_en="Village hall")

    with speaking("en"):
        text = invitation.written(event, NAMES, ZONE, NOON, "en")
        told = words.told(event)
    assert text.startswith("Talk in Dong village")
    assert "Village hall" in text
    assert told.what == event.what
    assert words.told(event) == event


def test_reminders_and_english_words_are_read_and_checked(file: Path) -> None:
    """Spans are read from the file; a wrong one is told with its line."""
    data = {**as_written(sample()[0]), "reminders": ["3 ngày", "2h"], "agenda_en": ["Welcome"]}
    event, wrong = vetting.parse(as_item(data), "", NAMES)
    [told] = vetting.parse(as_item({**data, "reminders": "sớm"}), "", NAMES)[1]

    assert (wrong, event and event.reminders) == ([], (timedelta(days=3), timedelta(hours=2)))
    assert event is not None
    assert as_written(event)["reminders"] == "3d,2h"
    assert "'sớm' không phải khoảng thời gian" in told.what


def test_shipped_events_speak_english(content: Content) -> None:
    """Each shipped event has its words in English."""
    listed = programme.load(DATA, content.places).events

    assert all(one.title_en and one.what_en and one.audience_en for one in listed)
