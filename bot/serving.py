"""A process of the bot: alone where it must be, open to a full hall, and ended without a loss."""

import contextlib
import fcntl
import gc
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from types import FrameType

import structlog
import uvicorn

from bot.app import BOTH, App, Part, build
from bot.settings import Settings

log = structlog.get_logger()
HALL, MOST_FILES = 6_000, 65_536
"""Connections a full hall needs, with room for the rest, and as many as we ask the system for."""


class AlreadyRunningError(Exception):
    """Another process runs on the same SQLite database."""


@contextlib.contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """On SQLite: this process alone may run. Raises AlreadyRunningError."""
    if not settings.url.startswith("sqlite"):
        yield
        return
    settings.state.mkdir(parents=True, exist_ok=True)
    with (settings.state / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunningError from error
        yield


def open_wide() -> int:
    """Let as many connections in as the system allows; how many that is.

    The usual limit of 1,024 is less than a full hall, where every phone holds one open.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    if soft != resource.RLIM_INFINITY and soft < HALL:
        log.warning("few connections can be open at once", limit=soft)
    return soft


def serve(settings: Settings, ready: Callable[[], None], parts: tuple[Part, ...] = BOTH) -> None:
    """Run the web server, the worker and the channels until SIGTERM or SIGINT; then drain."""
    open_wide()
    with only_one(settings):
        app = build(settings, parts)
        config = uvicorn.Config(
            app.asgi(),
            host=settings.host,
            port=int(settings.port),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
            proxy_headers=False,
        )
        # What was built stays: full collections need not walk it. Measured: p99 a third.
        gc.collect()
        gc.freeze()
        gc.set_threshold(100_000, 50, 1000)
        server = _Server(config, app, ready)
        for number in (signal.SIGINT, signal.SIGTERM):
            # uvicorn raises the signal again once it has drained; we have ended well by then.
            signal.signal(number, lambda _number, _frame: None)
        try:
            server.run()
        finally:
            app.db.close()


class _Server(uvicorn.Server):
    """Ends the streams first, so that a graceful end does not wait for them."""

    def __init__(self, config: uvicorn.Config, app: App, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.app = app
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self.ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Close the streams, then do as uvicorn does."""
        self.app.signals.close()
        super().handle_exit(sig, frame)
