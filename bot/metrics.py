"""Every counter and timer that machines may read at /metrics."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
RECEIVED = Counter(
    "bot_received", "Messages accepted, new ones only", ["channel"], registry=REGISTRY
)
PARKED = Counter("bot_parked", "Messages put aside as unreadable", ["channel"], registry=REGISTRY)
SENT = Counter("bot_sent", "Messages settled, by outcome", ["channel", "state"], registry=REGISTRY)
FOUND = Counter("bot_found", "Questions matched, by verdict", ["verdict"], registry=REGISTRY)
ANSWER_TIME = Histogram(
    "bot_answer_seconds",
    "From receiving a message to its replies being queued",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)
INBOX_WAITING = Gauge("bot_inbox_waiting", "Messages not handled yet", registry=REGISTRY)
OUTBOX = Gauge("bot_outbox", "Messages to send, by state", ["state"], registry=REGISTRY)
OLDEST = Gauge("bot_oldest_seconds", "Age of what has waited longest", ["queue"], registry=REGISTRY)
UNANSWERED = Gauge("bot_unanswered", "Questions waiting for a person", registry=REGISTRY)
CONTENT_MISTAKES = Gauge("bot_content_mistakes", "Mistakes in the content", registry=REGISTRY)
TOKEN_HOURS = Gauge(
    "bot_token_hours", "Hours until a token that rotates ends", ["token"], registry=REGISTRY
)
HELD_BACK = Counter(
    "bot_held_back", "Messages of people who flood, not answered", ["channel"], registry=REGISTRY
)
FORGED = Counter("bot_forged", "Webhook calls refused", ["channel"], registry=REGISTRY)


def text() -> bytes:
    """All of them, in Prometheus' text format."""
    return generate_latest(REGISTRY)
