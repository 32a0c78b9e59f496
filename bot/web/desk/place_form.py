"""A thôn, a unit or a local value as a form: which list it is of, and what is wrong where"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.desk import edits
from bot.desk.edits import Wrong
from bot.desk.places import LONGEST, Named
from bot.i18n import _, number
from bot.rows import FEWEST
from bot.web.desk.entry_form import Field, plainly
from bot.web.desk.room import Visit


@dataclass(frozen=True)
class Part:
    """One of the lists: how its rows are kept, and what people call it."""

    kind: edits.Kind
    list: str
    title: str
    new: str
    empty: str


def parts() -> dict[str, Part]:
    """The lists by their word in the address."""
    return {
        "thon": Part(
            "place", "hamlets", _("Thôn"), _("Thêm thôn"),
            _("Chưa có thôn nào, nên bot chưa hỏi ai ở thôn nào. Bạn thêm theo danh sách UBND đặc "
              "khu đã xác nhận."),
        ),
        "don-vi": Part(
            "place", "units", _("Đơn vị"), _("Thêm đơn vị"),
            _("Chưa có đơn vị nào, nên bot và các cuộc thi chưa hỏi ai ở đơn vị nào."),
        ),
        "gia-tri": Part(
            "value", "", _("Số điện thoại, địa chỉ, giờ làm việc"), _("Thêm mục"),
            _("Chưa có mục nào."),
        ),
    }  # fmt: skip


def fields(
    part: Part, data: Mapping[str, Any], wrong: Sequence[Wrong]
) -> tuple[list[Field], list[Wrong]]:
    """The fields, each with what is wrong in it, and the mistakes that belong to no field."""
    labels = _labels(part)
    made = []
    for key, (label, note) in labels.items():
        told = tuple(plainly(item) for item in wrong if item.field == key)
        made.append(Field(key, label, str(data.get(key, "")), note, wrong=told))
    return made, [item for item in wrong if item.field not in labels]


def _labels(part: Part) -> dict[str, tuple[str, str]]:
    """What each field is called, and a word on how to fill it in."""
    if part.kind == "value":
        return {
            "label": (_("Tên gọi"), _("Ví dụ: Điện thoại Trạm y tế. Bot nói tên này trước")),
            "value": (_("Nội dung"), _("Số, địa chỉ hay giờ. Để trống thì bot không nói tới")),
        }
    if part.list == "units":
        return {"name": (_("Tên đơn vị"), _("Viết đầy đủ, ví dụ: Hội Nông dân đặc khu"))}
    return {"name": (_("Tên thôn"), _("Viết đầy đủ, ví dụ: Thôn Đông An Hải"))}


def written(visit: Visit, part: Part, name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """What was written in the form over what is known; a field the form has not stays."""
    data: dict[str, Any] = {"id": name} | ({"list": part.list} if part.list else {})
    for key in _labels(part):
        data[key] = visit.line(key, 4 * LONGEST[key]) if key in visit.fields else known.get(key, "")
    return data | ({"withdrawn": "true"} if known.get("withdrawn") else {})


def told(found: Named, events: int) -> list[str]:
    """What names a place, in words; of a few people never how many."""
    counted = (
        (found.people, _("{count} người đã chọn")),
        (found.players, _("{count} người chơi hoặc đội thi")),
    )
    lines = [text.format(count=_few(count)) for count, text in counted if count]
    if found.teams:
        lines.append(_("{count} tổ công nghệ số").format(count=number(found.teams)))
    return lines + ([_("{count} sự kiện").format(count=number(events))] if events else [])


def _few(count: int) -> str:
    return number(count) if count >= FEWEST else _("dưới {count}").format(count=FEWEST)
