"""Logs: one JSON object a line, no token, nothing people wrote."""

import logging
import re
import sys
import threading
from collections.abc import Iterable, MutableMapping
from typing import Any
from urllib.parse import quote

import structlog

TOKEN = re.compile(r"(?:bot)?\d{3,}:[A-Za-z0-9_-]{20,}")
REDACTED = "[token]"


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without bot tokens and without the secrets given."""
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return TOKEN.sub(REDACTED, text)


def set_up(level: str, secrets: Iterable[str] = ()) -> None:
    """Send everything to standard error as JSON, redacted; quiet the chatty libraries."""
    plain = [secret for secret in secrets if len(secret) >= 8]
    hidden = (*plain, *(quote(secret, safe="") for secret in plain))  # as it stands in an address
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False)

    def clean(_logger: object, _name: str, line: MutableMapping[str, Any]) -> str:
        return redact(str(renderer(_logger, _name, line)), hidden)

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, clean],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("httpx", "httpcore", "telegram", "aiohttp", "asyncio", "sqlalchemy", "alembic"):
        # httpx writes every address, and so the token, at INFO.
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    sys.excepthook = _last_words
    threading.excepthook = _thread_words


def _last_words(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    structlog.get_logger().critical("ended by an error", exc_info=(kind, error, trace))


def _thread_words(ended: threading.ExceptHookArgs) -> None:
    trace = (ended.exc_type, ended.exc_value, ended.exc_traceback)
    structlog.get_logger().critical("a thread ended by an error", exc_info=trace)
