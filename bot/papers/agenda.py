"""The agenda of a village talk: a question people asked, in their words, with room for answers."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.i18n import day, speaking
from bot.papers.sheet import Sheet
from bot.rows import Row, hide

PLACE = "Lý Sơn"
SHOWN = 40
"""Wordings listed: more would not be read aloud."""


def docx(
    title: str,
    asked: Sequence[tuple[str, datetime, str]],
    near: Sequence[tuple[str, str]],
    zone: ZoneInfo,
    operator: str,
    now: datetime,
) -> bytes:
    """The agenda of a talk on one question.

    `asked`: the words, when, and from which thôn; `near`: questions and answers that come close.
    """
    with speaking("vi"):
        sheet = Sheet(f"Chương trình tọa đàm: {title}", now)
        local = now.astimezone(zone)
        when = f"{PLACE}, ngày {local.day:02d} tháng {local.month:02d} năm {local.year}"
        sheet.head(operator.upper(), "TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG", "Số: ........./CTr", when)
        sheet.name("CHƯƠNG TRÌNH TỌA ĐÀM", f"Hỏi đáp: {title}")
        for label in ("Thời gian", "Địa điểm", "Chủ trì", "Thành phần"):
            sheet.blank(label)
        _asked(sheet, asked, zone)
        sheet.part("2. Điều đã biết gần với câu hỏi này")
        for question, answer in near:
            sheet.say(f"{question} {answer}")
        if not near:
            sheet.say("Chưa có câu trả lời nào gần với câu hỏi này.")
        sheet.part("3. Trình tự")
        steps = (("Nêu câu hỏi của bà con", "5 phút"), ("Cán bộ phụ trách trả lời", "20 phút"),
                 ("Bà con hỏi thêm", "20 phút"), ("Thống nhất câu trả lời để đưa vào chatbot",
                 "10 phút"))  # fmt: skip
        sheet.table(("Nội dung", "Thời gian"), steps, (120, 30))
        for label in ("Câu trả lời thống nhất", "Người chịu trách nhiệm", "Xem lại vào ngày"):
            sheet.blank(label)
        return sheet.bytes()


def _asked(sheet: Sheet, asked: Sequence[tuple[str, datetime, str]], zone: ZoneInfo) -> None:
    """How many asked, and in which words."""
    sheet.part("1. Câu hỏi của bà con")
    days = [at for _text, at, _hamlet in asked]
    sheet.say(
        f"Có {len(asked)} câu hỏi gửi tới chatbot từ ngày {day(min(days), zone)} đến ngày "
        f"{day(max(days), zone)}."
    )
    words = Counter(text for text, _at, _hamlet in asked).most_common(SHOWN)
    sheet.table(("Cách hỏi", "Số người"), [(text, str(many)) for text, many in words], (125, 25))
    counts = Counter(hamlet for _text, _at, hamlet in asked).most_common()
    rows = hide([Row(hamlet, hamlet, float(many)) for hamlet, many in counts])
    if places := [row for row in rows if row.key and row.value is not None]:
        told = "; ".join(f"{row.label}: {row.shown}" for row in places)
        sheet.say(f"Theo thôn: {told}.")
