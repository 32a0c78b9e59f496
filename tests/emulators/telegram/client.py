"""Clients for tests of the emulator: the library's own, and one that sends anything."""

import json
from collections.abc import Mapping

import aiohttp
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.emulators.telegram.emulator import TOKEN, TelegramEmulator


def client(telegram: TelegramEmulator, token: str = TOKEN) -> Bot:
    """python-telegram-bot's own client, impatient."""
    return Bot(token, base_url=f"{telegram.api_url}/bot", request=HTTPXRequest(read_timeout=0.3))


async def refusal(telegram: TelegramEmulator, method: str, params: Mapping[str, object]) -> str:
    """Why a call is refused that the library itself would not make; empty if it is accepted."""
    form = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in params.items()
    }
    url = f"{telegram.api_url}/bot{telegram.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
        return str((await answer.json()).get("description", ""))
