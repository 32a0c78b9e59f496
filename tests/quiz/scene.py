"""What organisers do with contests while a dialogue is played."""

from datetime import timedelta

from sqlmodel import Session, select

from quiz import contest, rounds
from quiz.rounds import Round
from quiz.stage import Act
from tests.stage import Stage

OPENS = {"(vòng thi mở)": "nhanh", "(sân khấu mở)": "san-khau"}
STEPS: dict[str, Act] = {
    "(mở câu hỏi)": "open",
    "(đóng câu hỏi)": "close",
    "(công bố đáp án)": "reveal",
    "(xếp hạng)": "standings",
}


def direct(stage: Stage, line: str) -> bool:
    """Do what a line in brackets says; whether it was one of these."""
    if line in OPENS:
        stage.db.run(lambda session: _open(session, stage, OPENS[line])).result()
    elif line in STEPS:
        stage.db.run(lambda session: _step(session, stage, STEPS[line])).result()
    return line in OPENS or line in STEPS


def code(stage: Stage) -> str:
    """The code that joins the contest opened last."""
    newest = select(Round.code).order_by(Round.id.desc())  # type: ignore[union-attr]
    return str(stage.db.read(lambda session: session.scalar(newest.limit(1))) or "")


def _open(session: Session, stage: Stage, name: str) -> None:
    content = stage.house.content
    rounds.open_round(
        session,
        content.contests[name],
        list(content.bank.questions),
        title="Đêm thi thử" if name == "san-khau" else "Vòng thử",
        opens_at=stage.now,
        closes_at=stage.now + timedelta(days=7),
        by="test",
    )


def _step(session: Session, stage: Stage, act: Act) -> None:
    round_ = session.scalars(select(Round).where(Round.mode == "stage")).one()
    seen = contest.standing_of(session, round_).step
    contest.take(session, round_, act, seen, "Hoa", stage.now)
