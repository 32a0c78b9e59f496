"""A call refused, in Telegram's form."""

from collections.abc import Mapping
from dataclasses import dataclass, field

NAMES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
}


@dataclass
class ApiError(Exception):
    """The call is refused: nothing happened."""

    code: int
    reason: str = ""
    parameters: Mapping[str, int] = field(default_factory=dict)
    page: bool = False
    """Answered with a page of HTML, as a proxy before the server does."""
    scripted: bool = False
    """Refused because a test wanted it so."""

    def __str__(self) -> str:
        name = NAMES.get(self.code, "Internal Server Error")
        return f"{name}: {self.reason}" if self.reason else name

    @property
    def body(self) -> dict[str, object]:
        """The answer as JSON."""
        answer: dict[str, object] = {"ok": False, "error_code": self.code, "description": str(self)}
        return answer | ({"parameters": dict(self.parameters)} if self.parameters else {})


def bad(reason: str) -> ApiError:
    """A 400 in words the real server uses."""
    return ApiError(400, reason)


def strict(reason: str) -> ApiError:
    """A 400 in our own words, for what the real server words otherwise or lets pass."""
    return ApiError(400, f"strict: {reason}")


def flood(wait: int) -> ApiError:
    """A 429 that says how long to wait."""
    return ApiError(429, f"retry after {wait}", {"retry_after": wait})
