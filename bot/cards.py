"""Cards of a contest: what a rank card and the podium say, and the address only its owner has."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.i18n import _, lasted, moment, number
from bot.pictures import Card, Podium, Step
from quiz import board, contest, jury, players
from quiz.board import NOWHERE, TEAMS, Row, Standing
from quiz.log import Paper
from quiz.rounds import Round, id_of, is_open, rules_of
from quiz.rules import Rules

NAME = re.compile(r"([1-9]\d{0,17})-([0-9a-f]{32})")
HIDING = frozenset({"open", "closed"})
"""Phases in which a board would tell whether an answer was right before everybody may know."""


@dataclass(frozen=True)
class Place:
    """What cards need to know of the house: names of units, the zone, and where we are reached."""

    units: Mapping[str, str]
    zone: ZoneInfo
    address: str
    """Without a slash at the end; empty: not known, and no QR code is drawn."""


def is_shown(session: Session, round_: Round) -> bool:
    """Whether standings may be shown now: never while a question on stage waits for its reveal."""
    return round_.mode != "stage" or contest.standing_of(session, round_).phase not in HIDING


def name_of(round_: Round, mine: Standing) -> str:
    """The name of a player's card, which nobody can guess: the key it is sealed with is secret.

    When a player is forgotten the key is gone, and the card with it.
    """
    return f"{mine.paper_id}-{_seal(round_, mine.paper_id, mine.person_key)}"


def _seal(round_: Round, paper_id: int, person_key: str) -> str:
    told = f"{round_.uid}/{paper_id}".encode()
    return hmac.digest(person_key.encode(), told, "sha256").hex()[:32]


def by_name(session: Session, name: str, place: Place, now: datetime) -> Card | None:
    """The card of a name; None when there is none, or not now."""
    found = NAME.fullmatch(name)
    paper = session.get(Paper, int(found[1])) if found else None
    if found is None or paper is None:
        return None
    round_ = session.get_one(Round, paper.round_id)
    if not hmac.compare_digest(found[2], _seal(round_, paper.id or 0, paper.person_key)):
        return None
    mine = board.standing(session, paper.round_id, paper.person_key)
    if mine is None or mine.side in NOWHERE or not is_shown(session, round_):
        return None
    return of_player(session, round_, mine, ranked(session, mine), place, now)


def ranked(session: Session, mine: Standing) -> tuple[int, int]:
    """A rank, and of how many."""
    return board.rank(session, mine), board.count(session, mine.round_id, mine.side)


def of_player(
    session: Session,
    round_: Round,
    mine: Standing,
    rank: tuple[int, int],
    place: Place,
    now: datetime,
) -> Card:
    """The rank card of a player, or of a team by its answers."""
    called = players.names(session, [mine.person_key])[mine.person_key]
    call, address = leading(round_, place, now)
    under = _("trên {count} đội") if mine.side == TEAMS else _("trên {count} người")
    return Card(
        brand=brand(),
        title=round_.title,
        over=_("Hạng"),
        rank=number(rank[0]),
        under=under.format(count=number(rank[1])),
        name=called,
        unit=place.units.get(mine.unit, mine.unit),
        facts=_facts(rules_of(round_), mine),
        call=call,
        address=address,
    )


def _facts(rules: Rules, mine: Standing) -> tuple[tuple[str, str], ...]:
    facts = [
        (_("Câu đúng"), f"{mine.right}/{rules.questions}"),
        (_("Thời gian"), lasted(mine.took)),
    ]
    if "points" in rules.ranking:
        facts.append((_("Điểm"), number(mine.points)))
    return tuple(facts)


def of_unit(session: Session, round_: Round, unit: str, place: Place, now: datetime) -> Card | None:
    """The card of a unit; None when nobody of it stands on the board, or not now."""
    rules = rules_of(round_)
    ranked = board.units(session, id_of(round_), rules) if is_shown(session, round_) else []
    row = next((row for row in ranked if row.unit == unit), None)
    if row is None:
        return None
    call, address = leading(round_, place, now)
    return Card(
        brand=brand(),
        title=round_.title,
        over=_("Hạng đơn vị"),
        rank=number(row.rank),
        under=_("trên {count} đơn vị").format(count=number(len(ranked))),
        name=place.units.get(unit, unit),
        unit="",
        facts=(
            (_("Người dự thi"), number(row.players)),
            (measure(rules, rules.unit_best), number(row.score, 2)),
        ),
        call=call,
        address=address,
    )


def measure(rules: Rules, best: int) -> str:
    """What a unit's score is an average of."""
    if rules.ranking[0] == "right":
        return _("Câu đúng, trung bình {count} người cao nhất").format(count=best)
    return _("Điểm, trung bình {count} người cao nhất").format(count=best)


def of_team(
    session: Session, round_: Round, number_: int, place: Place, now: datetime
) -> Card | None:
    """The card of a team by the jury and the questions; teams are numbered as they enrolled."""
    if not is_shown(session, round_):
        return None
    enrolled = players.enrolled(session, id_of(round_), "team")
    if not 1 <= number_ <= len(enrolled):
        return None
    scores = jury.scores(session, round_)
    mine = next(score for score in scores if score.key == enrolled[number_ - 1].person_key)
    facts = [(_("Câu hỏi"), number(mine.quiz))]
    call, address = leading(round_, place, now)
    if rules_of(round_).parts:
        facts += [(_("Giám khảo"), number(mine.jury, 2)), (_("Tổng"), number(mine.total, 2))]
    return Card(
        brand=brand(),
        title=round_.title,
        over=_("Hạng"),
        rank=number(mine.rank),
        under=_("trên {count} đội").format(count=number(len(scores))),
        name=mine.name,
        unit=place.units.get(enrolled[number_ - 1].unit, enrolled[number_ - 1].unit),
        facts=tuple(facts),
        call=call,
        address=address,
    )


def podium(session: Session, round_: Round, place: Place, now: datetime) -> Podium | None:
    """The first three of a round, teams before players; None when there is nobody, or not now."""
    if not is_shown(session, round_):
        return None
    teams = _teams(session, round_, place)
    steps = teams or _players(session, round_, place)
    if not steps:
        return None
    over = round_.closed_at is not None or round_.closes_at <= now
    ends = moment(round_.closed_at or round_.closes_at, place.zone)
    note = _("{count} đội · kết thúc {when}") if teams else _("{count} người · kết thúc {when}")
    of = id_of(round_)
    many = len(players.enrolled(session, of, "team")) if teams else board.count(session, of)
    return Podium(
        brand=brand(),
        heading=_("Bảng vinh danh") if over else _("Đang dẫn đầu"),
        title=round_.title,
        steps=steps,
        note=note.format(count=number(many), when=ends),
        call=_("Quét mã xem cả bảng"),
        address=board_address(round_, place),
    )


def _players(session: Session, round_: Round, place: Place) -> tuple[Step, ...]:
    rules = rules_of(round_)
    rows = board.top(session, id_of(round_), 3)
    return tuple(
        Step(number(row.rank), row.name, place.units.get(row.unit, row.unit), _values(rules, row))
        for row in rows
    )


def _values(rules: Rules, row: Row) -> tuple[str, str]:
    if rules.ranking[0] == "points":
        return _("{points} điểm").format(points=number(row.points)), lasted(row.took)
    right = _("{right}/{count} câu").format(right=row.right, count=rules.questions)
    return right, lasted(row.took)


def _teams(session: Session, round_: Round, place: Place) -> tuple[Step, ...]:
    units = {
        team.person_key: team.unit for team in players.enrolled(session, id_of(round_), "team")
    }
    scores = jury.scores(session, round_)[:3]
    points = _("{points} điểm")
    return tuple(
        Step(
            number(score.rank),
            score.name,
            place.units.get(units[score.key], units[score.key]),
            (points.format(points=number(score.total, 2)),),
        )
        for score in scores
    )


def brand() -> str:
    """Who we are, on every picture."""
    return _("Chuyển đổi số Lý Sơn")


def leading(round_: Round, place: Place, now: datetime) -> tuple[str, str]:
    """What the code of a card is for, and where it leads: into a round that is open."""
    if not is_open(round_, now):
        return _("Quét mã xem cả bảng"), board_address(round_, place)
    if round_.mode == "stage" and place.address:
        return _("Quét mã để cùng chơi"), f"{place.address}/san-khau/{round_.code}"
    return _("Quét mã để cùng chơi"), board_address(round_, place)


def board_address(round_: Round, place: Place) -> str:
    """Where the whole board stands."""
    return f"{place.address}/bang-xep-hang/{round_.uid}" if place.address else ""
