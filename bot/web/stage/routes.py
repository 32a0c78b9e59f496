"""The addresses of the stage."""

from starlette.routing import Route

from bot.web.context import Web
from bot.web.stage.hall import Hall
from bot.web.stage.helping import HelpingPage
from bot.web.stage.marking import MarkingPage
from bot.web.stage.people import PeoplePage
from bot.web.stage.player import PlayerPage
from bot.web.stage.presenter import PresenterPage
from bot.web.stage.projector import ProjectorPage

BOTH = ["GET", "POST"]


def routes(web: Web) -> list[Route]:
    """Pages for players, the wall, the presenter, the jury and helpers."""
    hall = Hall(web)
    player, wall, presenter = PlayerPage(hall), ProjectorPage(hall), PresenterPage(hall)
    one = "/san-khau/{code}"
    return [
        Route("/san-khau", player.door, methods=BOTH),
        Route("/san-khau/quan-ly", presenter.index),
        Route("/san-khau/quan-ly", presenter.create, methods=["POST"]),
        Route(one, player.show),
        Route(f"{one}/vao", player.join, methods=["POST"]),
        Route(f"{one}/tra-loi", player.press, methods=["POST"]),
        Route(f"{one}/toi", player.mine),
        Route(f"{one}/luong", player.listen),
        Route(f"{one}/man-hinh", wall.show),
        Route(f"{one}/ma.svg", wall.code),
        Route(f"{one}/dieu-khien", presenter.show),
        Route(f"{one}/buoc", presenter.step, methods=["POST"]),
        Route(f"{one}/nguoi", PeoplePage(hall, presenter).take, methods=["POST"]),
        Route(f"{one}/cham", MarkingPage(hall).show, methods=BOTH),
        Route(f"{one}/nhap-ho", HelpingPage(hall).show, methods=BOTH),
    ]
