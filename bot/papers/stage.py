"""What only a contest on stage has in its minute: teams and marks, its questions, its steps."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.papers.record import COUNTED, Record, decimal
from bot.papers.sheet import Sheet
from quiz.rounds import drawn, sheet_of
from quiz.rules import JURORS

ACTS = {
    "open": "mở câu hỏi",
    "close": "khóa câu trả lời",
    "reveal": "công bố đáp án",
    "standings": "chiếu bảng xếp hạng",
    "end": "kết thúc",
}
TEAMS, QUESTIONS, STEPS = (
    "Đội thi và điểm giám khảo",
    "Câu hỏi đã dùng",
    "Nhật ký điều khiển sân khấu",
)


def has(part: str, kept: Record) -> bool:
    """Whether there is anything to tell in a part."""
    return {
        TEAMS: bool(kept.teams),
        QUESTIONS: _revealed(kept) > 0,
        STEPS: bool(kept.steps),
    }[part]


def teams(sheet: Sheet, kept: Record, _zone: ZoneInfo) -> None:
    """Each team's points, by part; then every mark of every juror."""
    parts = kept.rules.parts
    rows = [
        (
            str(team.rank),
            team.name,
            str(team.quiz),
            *(decimal(points) for _part, points in team.parts),
            decimal(team.jury),
            decimal(team.total),
        )
        for team in kept.teams
    ]
    heading = ("Hạng", "Đội", "Câu hỏi", *(part.name for part in parts), "Giám khảo", "Tổng")
    sheet.table(heading, rows, (17, 40, 18, *(24 for _part in parts), 20, 20))
    if parts:
        _jury(sheet, kept)


def _jury(sheet: Sheet, kept: Record) -> None:
    wanted = len(kept.jurors) * len(kept.rules.parts) * len(kept.teams)
    sheet.say(
        f"Giám khảo ({len(kept.jurors)}): "
        f"{', '.join(juror.name for juror in kept.jurors) or 'chưa có'}. Điểm mỗi phần là trung "
        f"bình các giám khảo nhân hệ số. Đã chấm {len(kept.marks)} trong {wanted} phiếu."
    )
    if len(kept.jurors) < JURORS[0] or len(kept.marks) < wanted:
        sheet.say("Phần chấm của giám khảo CHƯA ĐỦ.")
    parts = {part.id: (number, part) for number, part in enumerate(kept.rules.parts)}
    places = {team.key: (team.rank, team.name) for team in kept.teams}
    rows = []
    ordered = sorted(kept.marks, key=lambda it: (places[it[1].team], parts[it[1].part][0]))
    for juror, mark in ordered:
        part = parts[mark.part][1]
        figures = (decimal(mark.points), str(part.most), decimal(part.weight))
        rows.append((places[mark.team][1], part.name, juror.name, *figures))
    heading = ("Đội", "Phần thi", "Giám khảo", "Điểm chấm", "Tối đa", "Hệ số")
    sheet.table(heading, rows, (40, 40, 40, 18, 14, 14))


def questions(sheet: Sheet, kept: Record, _zone: ZoneInfo) -> None:
    """Each question that was revealed, with its right option and how it was answered."""
    counted = [item.answer for item in kept.log if item.fate == COUNTED]
    times = Counter(answer.question for answer in counted)
    right = Counter(answer.question for answer in counted if answer.right)
    known = sheet_of(kept.round_)
    rows = []
    for number, asked in enumerate(drawn(kept.round_.asked)[: _revealed(kept)], start=1):
        item = known[asked.question]
        words = f"{item.question} Đáp án: {item.options[item.answer]}"
        rows.append((str(number), words, str(times[item.id]), str(right[item.id])))
    sheet.table(("Câu", "Câu hỏi và đáp án", "Trả lời", "Đúng"), rows, (12, 112, 20, 16))


def _revealed(kept: Record) -> int:
    """How many questions everybody has seen the answer to: a minute printed early tells no more."""
    return sum(1 for step in kept.steps if step.act == "reveal" and step.undone_at is None)


def steps(sheet: Sheet, kept: Record, zone: ZoneInfo) -> None:
    """What the presenter did and when, undone steps too."""
    rows = [
        (
            str(step.number),
            ACTS.get(step.act, step.act),
            _clock(step.at, zone),
            _clock(step.undone_at, zone) if step.undone_at else "",
        )
        for step in kept.steps
    ]
    undone = sum(1 for step in kept.steps if step.undone_at)
    sheet.table(("Bước", "Việc", "Lúc", "Hoàn tác lúc"), rows, (14, 70, 35, 35))
    sheet.say(f"{len(rows)} bước, trong đó {undone} bước bị hoàn tác.")


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M:%S,%f")[:-3]


PARTS: Mapping[str, Callable[[Sheet, Record, ZoneInfo], None]] = {
    TEAMS: teams,
    QUESTIONS: questions,
    STEPS: steps,
}
