"""The emulator as a process: prints its address, and takes orders at /control/."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from aiohttp import web

from tests.emulators.telegram.api import plain
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.faults import Fault
from tests.emulators.telegram.people import User


class Control:
    """What a test in another process may order."""

    def __init__(self, telegram: TelegramEmulator) -> None:
        self.telegram = telegram
        self.people: dict[int, User] = {}
        telegram.server.routes += [
            web.post("/control/push", self.push),
            web.post("/control/says", self.says),
            web.post("/control/meet", self.meet),
            web.post("/control/prey", self.prey),
            web.post("/control/faults", self.faults),
            web.get("/control/sent", self.sent),
            web.get("/control/calls", self.calls),
        ]

    async def push(self, request: web.Request) -> web.Response:
        """An update as it is: its number."""
        return web.json_response({"update_id": self.telegram.push(await request.json())})

    async def meet(self, request: web.Request) -> web.Response:
        """`{"user": 5001}` or `{"users": [...]}`: people who have started the bot."""
        order = await request.json()
        for who in order.get("users") or [order["user"]]:
            self.people[who] = self.telegram.user("Lan", id_=who)
        return web.json_response({"people": len(self.people)})

    async def prey(self, request: web.Request) -> web.Response:
        """`{"pid": 123}`: the process that a fault of the kind `kill` kills."""
        self.telegram.server.prey = int((await request.json())["pid"])
        return web.json_response({})

    async def says(self, request: web.Request) -> web.Response:
        """`{"user": 5001, "texts": [...]}`: private messages of one person; their numbers."""
        order = await request.json()
        who = int(order.get("user", 5001))
        if who not in self.people:
            self.people[who] = self.telegram.user(order.get("first_name", "Lan"), id_=who)
        texts = order.get("texts") or [order["text"]]
        numbers = [await self.people[who].says(text) for text in texts]
        return web.json_response({"update_ids": numbers})

    async def faults(self, request: web.Request) -> web.Response:
        """`[{"kind": "flood", ...}]`: faults that are to happen; an empty list clears them."""
        orders = await request.json()
        if not orders:
            self.telegram.faults.clear()
        self.telegram.fails(*(Fault(**order) for order in orders))
        return web.json_response({"faults": len(orders)})

    async def sent(self, _request: web.Request) -> web.Response:
        """What was accepted."""
        return web.json_response([plain(sent) for sent in self.telegram.sent])

    async def calls(self, _request: web.Request) -> web.Response:
        """Every call: its method and how it was answered."""
        calls = self.telegram.calls
        return web.json_response(
            [{"method": call.method, "code": call.code, "reason": call.reason} for call in calls]
        )


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulators.telegram", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="1234:TEST")
    parser.add_argument("--journal", type=Path, help="file for a JSON line per accepted send")
    parser.add_argument("--faults", default="[]", help="JSON list of faults")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--limits", action="store_true", help="enforce Telegram's sending limits")
    return parser.parse_args()


async def serve(asked: argparse.Namespace) -> None:
    """Run until the process is ended."""
    telegram = TelegramEmulator(
        asked.token,
        journal=asked.journal,
        limits=asked.limits,
        latency=asked.latency,
        port=asked.port,
    )
    telegram.fails(*(Fault(**order) for order in json.loads(asked.faults)))
    Control(telegram)
    async with telegram:
        sys.stdout.write(telegram.api_url + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
