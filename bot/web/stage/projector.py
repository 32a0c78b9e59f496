"""The wall: what the hall reads, driven by the presenter, or by keys when they are signed in."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from bot.web import auth
from bot.web.stage import codes
from bot.web.stage.hall import Hall
from quiz import rounds


class ProjectorPage:
    """The projector's page and its QR code."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall

    async def show(self, request: Request) -> Response:
        """The wall; anybody may look, an organiser may drive it by keys."""
        round_ = await self.hall.contest(request)
        if round_ is None:
            return self.hall.gone()
        holder = await auth.holder_of(self.hall.web, request)
        work = partial(auth.organiser_of, holder=holder, act="contest.run")
        drives = await self.hall.look(work) is not None
        state = await self.hall.crowd(rounds.id_of(round_)).latest()
        return self.hall.page(
            "projector.html",
            round=round_,
            state=state,
            drives=drives,
            address=self.hall.address(request).removeprefix("http://").removeprefix("https://"),
        )

    async def code(self, request: Request) -> Response:
        """The QR code that joins."""
        round_ = await self.hall.contest(request)
        if round_ is None:
            return self.hall.gone()
        picture = codes.svg(f"{self.hall.address(request)}/san-khau/{round_.code}")
        return Response(picture, headers={"Cache-Control": "no-store"}, media_type="image/svg+xml")
