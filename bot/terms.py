"""The rules of a contest in words, from the data alone: for players, pages and the minute."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.i18n import _, moment
from quiz.rules import JURORS, Rules
from quiz.scoring import GRACE

NO_NAMES: Mapping[str, str] = {}


def terms(
    rules: Rules,
    zone: ZoneInfo,
    opens_at: datetime,
    closes_at: datetime,
    units: Mapping[str, str] = NO_NAMES,
    categories: Mapping[str, str] = NO_NAMES,
) -> list[str]:
    """The rules, a sentence each; `units` and `categories` give the names behind their ids."""
    when = _("Mở từ {start} đến {end}.").format(
        start=moment(opens_at, zone), end=moment(closes_at, zone)
    )
    return [
        when,
        *_questions(rules, categories),
        *_time(rules),
        *_who(rules, units),
        *_ranking(rules),
        *_performance(rules),
        *_prizes(rules),
    ]


def _questions(rules: Rules, categories: Mapping[str, str]) -> list[str]:
    levels = {1: _("{count} dễ"), 2: _("{count} vừa"), 3: _("{count} khó")}
    parts = [levels[level].format(count=many) for level, many in sorted(rules.difficulty.items())]
    lines = [_("{count} câu: {parts}.").format(count=rules.questions, parts=", ".join(parts))]
    if rules.categories:
        named = [f"{categories.get(name, name)} {many}" for name, many in rules.categories.items()]
        lines.append(_("Theo chủ đề: {parts}.").format(parts=", ".join(named)))
    if rules.mode == "self":
        lines.append(_("Mỗi người một đề rút ngẫu nhiên, thứ tự lựa chọn xáo riêng."))
    return lines


def _time(rules: Rules) -> list[str]:
    limits = sorted({rules.seconds[level] for level in rules.difficulty})
    seconds = " / ".join(str(limit) for limit in limits)
    lines = [
        _("Mỗi câu có {seconds} giây theo mức dễ đến khó, tính theo đồng hồ của máy chủ.").format(
            seconds=seconds
        )
        if len(limits) > 1
        else _("Mỗi câu có {seconds} giây, tính theo đồng hồ của máy chủ.").format(seconds=seconds)
    ]
    if rules.total_seconds:
        minutes = f"{rules.total_seconds / 60:g}".replace(".", _(","))
        lines.append(_("Cả bài tối đa {minutes} phút.").format(minutes=minutes))
    grace = int(GRACE["telegram"].total_seconds()), int(GRACE["stage"].total_seconds())
    lines.append(
        _(
            "Câu trả lời tới muộn được châm chước {page} giây qua trang web, {chat} giây qua "
            "Telegram và Zalo, vì đường truyền."
        ).format(page=grace[1], chat=grace[0])
    )
    lines.append(_("Mỗi câu chỉ tính câu trả lời đầu tiên máy chủ nhận được."))
    return lines


def _who(rules: Rules, units: Mapping[str, str]) -> list[str]:
    lines = []
    if rules.mode == "self" and rules.attempts == 1:
        lines.append(_("Mỗi người thi một lượt."))
    elif rules.mode == "self":
        text = (
            _("Mỗi người thi tối đa {count} lượt mỗi tuần, tính lượt tốt nhất.")
            if rules.period == "week"
            else _("Mỗi người thi tối đa {count} lượt, tính lượt tốt nhất.")
        )
        lines.append(text.format(count=rules.attempts))
    if rules.least_age and rules.most_age:
        text = _("Dành cho người từ {least} đến {most} tuổi.")
        lines.append(text.format(least=rules.least_age, most=rules.most_age))
    elif rules.least_age:
        lines.append(_("Dành cho người từ {least} tuổi.").format(least=rules.least_age))
    elif rules.most_age:
        lines.append(_("Dành cho người đến {most} tuổi.").format(most=rules.most_age))
    if rules.units:
        named = ", ".join(units.get(name, name) for name in rules.units)
        lines.append(_("Dành cho: {units}.").format(units=named))
    lines.append(_("Người tổ chức không dự thi và không có tên trên bảng xếp hạng."))
    return lines


def _ranking(rules: Rules) -> list[str]:
    names = {
        "right": _("nhiều câu đúng hơn"),
        "points": _("nhiều điểm hơn"),
        "time": _("ít thời gian hơn ở các câu đúng"),
        "finish": _("xong sớm hơn"),
        "guess": _("số dự đoán gần đúng hơn"),
    }
    order = "; ".join(names[criterion] for criterion in rules.ranking)
    lines = [_("Xếp hạng lần lượt theo: {order}. Bằng hết thì đồng hạng.").format(order=order)]
    if "points" in rules.ranking or rules.speed_bonus:
        points = _("Mỗi câu đúng {points} điểm.").format(points=rules.right_points)
        if rules.speed_bonus:
            bonus = _("Trả lời nhanh được thêm tới {bonus} điểm, giảm dần đến hết giờ.")
            points += " " + bonus.format(bonus=rules.speed_bonus)
        lines.append(points)
    if rules.prediction:
        lines.append(_("Câu dự đoán: {question}").format(question=rules.prediction))
    lines.append(
        _(
            "Điểm đơn vị là trung bình {count} người cao nhất của đơn vị; đơn vị ít người hơn vẫn "
            "chia cho {count}, nên đông hay ít không quyết định."
        ).format(count=rules.unit_best)
    )
    return lines


def _performance(rules: Rules) -> list[str]:
    if not rules.parts:
        return []
    parts = []
    for part in rules.parts:
        weight = f"{part.weight:g}".replace(".", _(","))
        times = "" if part.weight == 1 else _(", hệ số {weight}").format(weight=weight)
        text = _("{name} tối đa {most} điểm{times}")
        parts.append(text.format(name=part.name, most=part.most, times=times))
    text = _(
        "Phần sân khấu do {least} đến {most} giám khảo chấm: {parts}. Lấy trung bình từng phần rồi "
        "cộng vào điểm trả lời câu hỏi của đội."
    )
    return [text.format(least=JURORS[0], most=JURORS[1], parts="; ".join(parts))]


def _prizes(rules: Rules) -> list[str]:
    if not rules.prizes:
        return []
    return [_("Giải thưởng: {prizes}.").format(prizes="; ".join(rules.prizes))]
