"""An event as a form: what stands in its fields, what was written in them, what is wrong where"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.i18n import _
from bot.notices.events import KEYS, KINDS, STATUSES, TRANSLATED, Names
from bot.web.desk import repeat_form
from bot.web.desk.entry_form import Field
from bot.web.desk.room import Visit
from faq.files import Told

LONGEST = 4000
ROWS = 3
LINES = frozenset({"agenda", "agenda_en", "without"})
"""Lists written a line each."""
MANY = frozenset({"hamlets", "support", "days"})
"""Lists of which one ticks."""
Values = dict[str, Any]


def values_of(data: Mapping[str, Any]) -> Values:
    """What stands in the fields for an event as its file has it."""
    values: Values = {key: data.get(key, [] if key in MANY else "") for key in KEYS}
    for key in LINES:
        values[key] = "\n".join(data.get(key, []))
    for key in ("start", "end"):
        day, _space, time = str(data.get(key, "")).partition(" ")
        values[f"{key}_day"], values[f"{key}_time"] = day, time
    values["materials"] = "\n".join(
        f"{one['title']} | {one['url']}" for one in data.get("materials", [])
    )
    return values | repeat_form.values_of(data)


def written(visit: Visit) -> Values:
    """What was written in the form."""
    dates = ("start_day", "start_time", "end_day", "end_time", *repeat_form.LINES)
    values: Values = {key: visit.line(key, LONGEST) for key in (*KEYS, *dates)}
    values |= {key: visit.text(key, LONGEST) for key in (*LINES, "replays", "materials")}
    values |= {key: list(visit.fields.get(key, ())) for key in MANY}
    return values


def data_of(values: Values, name: str) -> dict[str, Any]:
    """The event of a form as its file would have it; empty fields are left out."""
    data: dict[str, Any] = {key: values.get(key, "") for key in KEYS}
    data["id"] = name
    data |= {key: _lines(values[key]) for key in LINES}
    start = values["start_day"]
    end = values["end_day"] or (start if values["end_time"] else "")
    data["start"] = " ".join(filter(None, (start, values["start_time"])))
    data["end"] = " ".join(filter(None, (end, values["end_time"])))
    data |= repeat_form.data_of(values)
    data["materials"] = [_material(line) for line in _lines(values["materials"])]
    return {key: value for key, value in data.items() if value}


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def _material(line: str) -> dict[str, str]:
    title, _bar, url = line.rpartition("|")
    return {"title": title.strip(), "url": url.strip()}


# The fields


def groups(values: Values, names: Names, wrong: Sequence[Told]) -> list[tuple[str, list[Field]]]:
    """The fields under their headings; each mistake stands beside its field."""
    labels = labels_of()
    made = {key: _field(key, values, names, wrong, *labels[key]) for key in labels}
    hidden = {
        key
        for key, needed in repeat_form.HIDDEN.items()
        if (values["repeat"] != needed if needed else not values[key])
    }
    return [(title, [made[key] for key in keys if key not in hidden]) for title, keys in _headed()]


def _headed() -> list[tuple[str, tuple[str, ...]]]:
    return [
        (_("Việc gì"), ("title", "kind", "what", "why", "status", "note")),
        (
            _("Khi nào"),
            (
                *("start_day", "start_time", "end_day", "end_time"),
                *repeat_form.labels_of(),
            ),
        ),
        (_("Ở đâu, cho ai"), ("place", "map", "hamlets", "audience", "lead", "support")),
        (_("Nội dung và nhắc"), ("agenda", "materials", "reminders", "source")),
        (_("Tiếng Anh"), tuple(f"{key}_en" for key in TRANSLATED)),
    ]


def labels_of() -> dict[str, tuple[str, str]]:
    """What each field is called, and a word on how to fill it in."""
    a_line = _("Mỗi dòng một ý")
    return {
        "title": (_("Tên sự kiện"), ""),
        "kind": (_("Loại"), ""),
        "what": (_("Là việc gì"), _("Một, hai câu dễ hiểu")),
        "why": (_("Vì sao nên tới"), ""),
        "status": (_("Tình trạng"), ""),
        "note": (_("Lý do đổi hoặc hủy, điều còn chờ"), ""),
        "start_day": (_("Ngày bắt đầu"), _("Để trống khi chưa ấn định")),
        "start_time": (_("Giờ bắt đầu"), _("Để trống: cả ngày")),
        "end_day": (_("Ngày kết thúc"), _("Để trống: cùng ngày")),
        "end_time": (_("Giờ kết thúc"), ""),
        **repeat_form.labels_of(),
        "place": (_("Địa điểm"), ""),
        "map": (_("Liên kết bản đồ"), _("Địa chỉ https:// đầy đủ")),
        "hamlets": (_("Cho thôn nào"), _("Không chọn: cả đảo")),
        "audience": (_("Dành cho ai"), ""),
        "lead": (_("Đơn vị chủ trì"), ""),
        "support": (_("Đơn vị phối hợp"), ""),
        "agenda": (_("Chương trình"), a_line),
        "materials": (_("Tài liệu"), _("Mỗi dòng một tài liệu: tên | https://...")),
        "reminders": (
            _("Nhắc trước"),
            _("Ví dụ: 7 ngày, 1 ngày, 2 giờ. Để trống: như cài đặt; không: không nhắc"),
        ),
        "source": (_("Mã nguồn"), ""),
        "title_en": (_("Tên tiếng Anh"), ""),
        "what_en": (_("Là việc gì, tiếng Anh"), ""),
        "why_en": (_("Vì sao nên tới, tiếng Anh"), ""),
        "place_en": (_("Địa điểm, tiếng Anh"), ""),
        "audience_en": (_("Dành cho ai, tiếng Anh"), ""),
        "agenda_en": (_("Chương trình, tiếng Anh"), a_line),
        "note_en": (_("Lý do, tiếng Anh"), ""),
    }


def _field(
    key: str, values: Values, names: Names, wrong: Sequence[Told], label: str, note: str
) -> Field:
    choices = repeat_form.choices(key, values) or _choices(key, names, values)
    kinds = {"until": "day", **dict.fromkeys(LINES | {"replays", "materials"}, "long")}
    kind = kinds.get(key, "line")
    if key.startswith(("start_", "end_")):
        kind = key.rpartition("_")[2]
    if key.removesuffix("_en") in {"what", "why"}:
        kind = "long"
    if key in MANY:
        kind, note = "many", note if choices else _("Chưa có gì trong danh sách để chọn")
    elif choices:
        kind = "choice"
    told = tuple(_plainly(one) for one in wrong if place(one[0]) == key)
    return Field(key, label, values.get(key, ""), note, kind, choices, told, ROWS)


def place(key: str) -> str:
    """The field a mistake of a key stands beside."""
    return {
        "start": "start_day",
        "end": "end_day",
        "id": "title",
        "rule": "repeat",
        "replays": "replay_after",
    }.get(key, key)


def _plainly(told: Told) -> str:
    """A mistake in the words of the form instead of those of the file."""
    labels, called = labels_of(), statuses()
    words = {
        **{key: f"“{labels[place(key)][0]}”" for key in KEYS if place(key) in labels},
        **{key: f"“{called[key]}”" for key in STATUSES},
    }
    if told[1].startswith("start không khớp quy tắc lặp"):
        return _("Ngày bắt đầu phải là lần đầu tiên. Bạn sửa ngày bắt đầu, hoặc chọn lại lúc lặp.")
    sentence = f"{told[1]}. {told[2]}."
    said = re.sub(r"\b[a-z_]+\b", lambda found: words.get(found[0], found[0]), sentence)
    return said[0].upper() + said[1:]


def statuses() -> dict[str, str]:
    """What became of an event, in words."""
    return {
        "draft": _("Chưa ấn định"),
        "announced": _("Đã thông báo"),
        "changed": _("Có thay đổi"),
        "cancelled": _("Đã hủy"),
        "held": _("Đã diễn ra"),
    }


def _open(listed: Mapping[str, str], names: Names, chosen: object) -> list[tuple[str, str]]:
    """The places one may pick, and a withdrawn one that is picked already."""
    held = chosen if isinstance(chosen, list) else [chosen]
    gone = _("{name} (đã rút)")
    return [
        (key, gone.format(name=name) if key in names.withdrawn else name)
        for key, name in listed.items()
        if key not in names.withdrawn or key in held
    ]


def _choices(key: str, names: Names, values: Values) -> tuple[tuple[str, str], ...]:
    kinds = (
        *(_("Tọa đàm"), _("Ngày Chuyển đổi số"), _("Phát thanh")),
        *(_("Cuộc thi"), _("Tập huấn"), _("Hạn nộp")),
    )
    return {
        "kind": tuple(zip(KINDS, kinds, strict=True)),
        "status": tuple(statuses().items()),
        "hamlets": tuple(_open(names.hamlets, names, values.get(key))),
        "lead": (("", _("Chưa rõ")), *_open(names.units, names, values.get(key))),
        "support": tuple(_open(names.units, names, values.get(key))),
    }.get(key, ())
