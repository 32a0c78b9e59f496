"""A player's phone: join, see the question, press once, see how it went."""

import math
import secrets
import time
from collections import OrderedDict
from dataclasses import replace
from functools import partial
from typing import Any, get_args

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from bot import people
from bot.db import ClosedError
from bot.flows.live import refused, signal_of
from bot.i18n import _
from bot.web import auth
from bot.web.chat import COOKIE, YEAR, visitor_of
from bot.web.flood import Flood
from bot.web.security import remote
from bot.web.stage import crowd as crowds
from bot.web.stage import joining
from bot.web.stage.hall import PRIVATE, Hall, now
from bot.web.stage.joining import CHANNEL, Asking
from quiz import board, contest, players, rounds
from quiz.pressing import Press, Result
from quiz.rounds import Round, UnknownRoundError

log = structlog.get_logger()
RESULTS = frozenset(get_args(Result))
JOINS = 1500
"""Joins a minute from one address: a hall of 1,000 shares one hotspot, and some mistype."""
PRESSES = 120
"""Presses a minute of one visitor."""
REMEMBERED = 20_000
"""Visitors whose key we remember; the one met longest ago is let go."""


class PlayerPage:
    """The pages of those who play."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.joins = Flood(JOINS)
        self.presses = Flood(PRESSES)
        self._keys: OrderedDict[str, str] = OrderedDict()

    async def door(self, request: Request) -> Response:
        """Where the code is typed."""
        if request.method != "POST":
            return self.hall.page("code.html", wrong="")
        async with request.form(max_files=0, max_fields=4) as form:
            code = str(form.get("code", "")).strip()[:40]
        try:
            round_ = await self.hall.look(partial(rounds.by_code, code=code))
        except UnknownRoundError:
            wrong = _("Không có cuộc thi nào mang mã này. Bạn xem lại mã trên màn hình lớn nhé.")
            return self.hall.page("code.html", 404, wrong=wrong)
        return RedirectResponse(f"/san-khau/{round_.code}", 303, headers=PRIVATE)

    async def show(self, request: Request) -> Response:
        """The player's page; for who has not joined, the way in."""
        round_ = await self.hall.contest(request)
        if round_ is None:
            return self.hall.gone()
        key = await self._key(request)
        mine = await self.hall.look(partial(_mine, round_id=rounds.id_of(round_), key=key))
        if mine is None:
            return self._join_page(round_, "", "")
        state = await self.hall.crowd(rounds.id_of(round_)).latest()
        told = request.query_params.get("ket-qua", "")
        return self.hall.page(
            "player.html",
            round=round_,
            state=state,
            mine=mine,
            told=words(told) if told in RESULTS else "",  # type: ignore[arg-type]
        )

    def _join_page(
        self, round_: Round, name: str, wrong: str, status: int = 200, born: str = ""
    ) -> Response:
        return self.hall.page(
            "join.html",
            status,
            round=round_,
            name=name,
            born=born,
            wrong=wrong,
            units=self.hall.web.content().places.units,
            open=rounds.is_open(round_, now()),
            aged=joining.asks_age(round_),
        )

    async def join(self, request: Request) -> Response:
        """Take part under a nickname."""
        round_ = await self.hall.contest(request)
        if round_ is None:
            return self.hall.gone()
        async with request.form(max_files=0, max_fields=6) as form:
            name, unit, born = (
                str(form.get(field, ""))[:200] for field in ("name", "unit", "born")
            )
        sender, moment = remote(request), time.monotonic()
        wait = self.joins.wait(sender, moment)
        if wait > 0:
            busy = _("Đông quá, bạn thử lại sau {count} giây nhé.").format(count=math.ceil(wait))
            return self._join_page(round_, name, busy, 429, born=born)
        self.joins.count(sender, moment)
        visitor = visitor_of(request) or secrets.token_hex(16)
        holder = await auth.holder_of(self.hall.web, request)
        kind = holder.kind if holder else ""
        open_units = {place.id for place in self.hall.web.content().places.units}
        asking = Asking(visitor, name, unit if unit in open_units else "", born.strip())
        work = partial(joining.join, round_id=rounds.id_of(round_), asking=asking, at=now())
        wrong = refused("organiser") if kind == "organiser" else ""
        if not wrong and kind != "team":
            wrong = await self.hall.write(work)
        if wrong:
            return self._join_page(round_, name, wrong, 422, born=born)
        self.hall.web.signals.tell(signal_of(round_))
        response = RedirectResponse(f"/san-khau/{round_.code}", 303, headers=PRIVATE)
        secure = self.hall.web.settings.public_url.startswith("https:")
        response.set_cookie(
            COOKIE, visitor, max_age=YEAR, httponly=True, samesite="lax", secure=secure
        )
        return response

    async def press(self, request: Request) -> Response:
        """Count an answer by the moment it came in; answered once it is written."""
        at = now()
        round_ = await self.hall.known(request)
        if round_ is None:
            return self.hall.gone()
        async with request.form(max_files=0, max_fields=4) as form:
            shown, question = str(form.get("choice", "")), str(form.get("question", ""))[:64]
        key = await self._key(request, fresh=False)
        moment = time.monotonic()
        if key and self.presses.wait(key, moment) > 0:
            return JSONResponse({"result": "often"}, 429, headers=PRIVATE)
        self.presses.count(key, moment)
        place = int(shown) if shown in {"0", "1", "2", "3"} else -1
        item = Press(key, place, CHANNEL, at, question)
        try:
            result = await self._count(request, round_, item)
        except (SQLAlchemyError, ClosedError) as error:
            log.error("answer not kept", error=type(error).__name__)
            busy = _("Máy chủ đang bận, câu trả lời chưa được nhận. Bạn bấm lại nhé.")
            return JSONResponse({"result": "away", "words": busy}, 503, headers=PRIVATE)
        if "application/json" not in request.headers.get("accept", ""):
            return RedirectResponse(
                f"/san-khau/{round_.code}?ket-qua={result}", 303, headers=PRIVATE
            )
        status = 200 if result in {"counted", "already"} else 409
        return JSONResponse({"result": result, "words": words(result)}, status, headers=PRIVATE)

    async def _count(self, request: Request, round_: Round, item: Press) -> Result:
        collector = self.hall.collector(round_)
        result = await collector.press(item)
        if result == "stranger":
            # Perhaps we remember somebody who was forgotten and came back under a new key.
            key = await self._key(request)
            if key != item.person_key:
                return await collector.press(replace(item, person_key=key))
        return result

    async def mine(self, request: Request) -> Response:
        """What a player has: the answer to this question, and the rank."""
        round_ = await self.hall.known(request)
        if round_ is None:
            return self.hall.gone()
        key = await self._key(request)
        mine = await self.hall.look(partial(_mine, round_id=rounds.id_of(round_), key=key))
        return JSONResponse(mine or {}, 200 if mine else 404, headers=PRIVATE)

    async def listen(self, request: Request) -> Response:
        """The stream of what everybody sees."""
        round_ = await self.hall.known(request)
        if round_ is None:
            return self.hall.gone()
        crowd = self.hall.crowd(rounds.id_of(round_))
        if crowd.watchers >= crowds.MOST:
            return Response(status_code=503, headers={**PRIVATE, "Retry-After": "10"})
        return StreamingResponse(
            crowd.watch(),
            media_type="text/event-stream",
            headers={**PRIVATE, "X-Accel-Buffering": "no"},
        )

    async def _key(self, request: Request, *, fresh: bool = True) -> str:
        """Under which key a browser plays: a team's session, else its visitor.

        Not `fresh`: as it was known last, so that a hall that presses at once asks nothing. A
        session is always asked anew: it may have been taken back.
        """
        if auth.secret_of(request):
            holder = await auth.holder_of(self.hall.web, request)
            if holder is not None and holder.kind == "team":
                return holder.subject
        visitor = visitor_of(request)
        if not visitor:
            return ""
        if fresh or not self._keys.get(visitor):
            self._keys[visitor] = await self.hall.look(partial(_person_key, visitor=visitor))
            self._keys.move_to_end(visitor)
            if len(self._keys) > REMEMBERED:
                self._keys.popitem(last=False)
        return self._keys[visitor]


def words(result: Result) -> str:
    """What a press came to, in words."""
    return {
        "counted": _("Đã nhận câu trả lời."),
        "already": _("Bạn đã trả lời câu này rồi; câu đầu tiên được tính."),
        "late": _("Hết giờ rồi, câu trả lời này không được tính."),
        "closed": _("Chưa có câu hỏi nào đang mở."),
        "unknown": _("Câu hỏi đã đổi. Bạn xem lại màn hình nhé."),
        "stranger": _("Bạn chưa vào cuộc thi này."),
    }[result]


def _person_key(session: Session, visitor: str) -> str:
    person = people.find(session, "web", visitor)
    return person.key if person else ""


def _mine(session: Session, round_id: int, key: str) -> dict[str, Any] | None:
    """What a player has in a contest, or None when they have not joined."""
    row = board.standing(session, round_id, key) if key else None
    if row is None:
        return None
    round_ = session.get_one(Round, round_id)
    stage = contest.standing_of(session, round_)
    answer = contest.answer_to(session, round_, stage, key) if stage.question else None
    chosen = None
    if answer is not None:
        _question, asked = contest.questions(round_)[stage.question - 1]
        chosen = asked.order.index(answer.choice)
    told = stage.phase in {"reveal", "standings", "ended"}
    return {
        "name": players.names(session, [key])[key],
        "number": stage.question,
        "chosen": chosen,
        "right": answer.right if answer and told else None,
        # Before the reveal a score would give the answer away.
        "score": row.right if told else None,
        "points": row.points if told else None,
        "rank": board.rank(session, row) if told else None,
        "of": board.count(session, round_id, row.side),
    }
