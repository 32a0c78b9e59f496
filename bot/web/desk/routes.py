"""The addresses of the desk."""

from starlette.routing import Route

from bot.web.context import Web
from bot.web.desk import (
    content,
    contests,
    drafts,
    events,
    figures,
    home,
    linked,
    merits,
    notices,
    parcels,
    places,
    questions,
    quiz_drafts,
    quizzes,
    refiled,
    reports,
    staff,
    talks,
    teams,
    urging,
)
from bot.web.desk.room import Desk, Door

DOORS: tuple[Door, ...] = (
    *(*home.DOORS, *questions.DOORS, *talks.DOORS),
    *(*events.DOORS, *refiled.DOORS, *notices.DOORS, *contests.DOORS),
    *(*quiz_drafts.DOORS, *quizzes.DOORS),
    *(*content.DOORS, *drafts.DOORS, *linked.DOORS, *places.DOORS, *parcels.DOORS),
    *(*figures.DOORS, *reports.DOORS, *merits.DOORS, *urging.DOORS),
    *(*staff.DOORS, *teams.DOORS),
)


def routes(web: Web) -> list[Route]:
    """Every page of the desk, each behind the power it needs."""
    desk = Desk(web)
    return [Route(door.path, desk.endpoint(door), methods=[door.method]) for door in DOORS]
