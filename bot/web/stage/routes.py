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
from bot.web.stage.tongue import spoken

BOTH = ["GET", "POST"]


def routes(web: Web) -> list[Route]:
    """Pages for players, the wall, the presenter, the jury and helpers."""
    hall = Hall(web)
    player, wall, presenter = PlayerPage(hall), ProjectorPage(hall), PresenterPage(hall)
    one = "/san-khau/{code}"
    return [
        Route("/san-khau", spoken(player.door), methods=BOTH),
        Route("/san-khau/quan-ly", spoken(presenter.index)),
        Route("/san-khau/quan-ly", spoken(presenter.create), methods=["POST"]),
        Route(one, spoken(player.show)),
        Route(f"{one}/vao", spoken(player.join), methods=["POST"]),
        Route(f"{one}/tra-loi", spoken(player.press), methods=["POST"]),
        Route(f"{one}/toi", spoken(player.mine)),
        Route(f"{one}/luong", player.listen),
        Route(f"{one}/man-hinh", spoken(wall.show)),
        Route(f"{one}/ma.svg", wall.code),
        Route(f"{one}/dieu-khien", spoken(presenter.show)),
        Route(f"{one}/buoc", spoken(presenter.step), methods=["POST"]),
        Route(f"{one}/nguoi", spoken(PeoplePage(hall, presenter).take), methods=["POST"]),
        Route(f"{one}/cham", spoken(MarkingPage(hall).show), methods=BOTH),
        Route(f"{one}/nhap-ho", spoken(HelpingPage(hall).show), methods=BOTH),
    ]
