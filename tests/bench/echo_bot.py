"""The rival: a bare echo bot on stock python-telegram-bot, with its own web server.

Built as the library's documentation advises for a webhook of one's own: what arrives goes into
the library's queue in memory, is acknowledged, and is answered with the library's own HTTP client.
It keeps nothing, looks nothing up and checks no secret.
"""

import asyncio
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

TOKEN = "1234:TEST"


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what was said."""
    if update.message is not None and update.message.text:
        await update.message.reply_text(update.message.text)


async def serve(api: str, port: int) -> None:
    """Take updates on a port and answer them through a Bot API, until SIGTERM."""
    builder = Application.builder().token(TOKEN).base_url(f"{api}/bot").updater(None)
    application = builder.concurrent_updates(True).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))

    async def deliver(request: Request) -> Response:
        update = Update.de_json(await request.json(), application.bot)
        await application.update_queue.put(update)
        return Response()

    web = Starlette(routes=[Route("/webhooks/telegram", deliver, methods=["POST"])])
    config = uvicorn.Config(web, port=port, log_level="warning", access_log=False)
    async with application:
        await application.start()
        await uvicorn.Server(config).serve()
        await application.stop()


def main() -> None:
    """`python -m tests.bench.echo_bot API PORT`."""
    api, port = sys.argv[1:]
    asyncio.run(serve(api, int(port)))


if __name__ == "__main__":
    main()
