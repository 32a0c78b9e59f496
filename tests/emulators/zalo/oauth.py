"""Zalo's OAuth v4: codes and refresh tokens work once, and a new pair ends the old one."""

import base64
import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Form = Mapping[str, str]
FIELDS = {
    "authorization_code": {"code", "app_id", "grant_type", "code_verifier"},
    "refresh_token": {"refresh_token", "app_id", "grant_type"},
}


def wrong(code: int, name: str) -> dict[str, object]:
    """An error as the token endpoint tells it, with HTTP 200."""
    return {
        "error": code,
        "error_name": name,
        "error_reason": name,
        "error_description": "scripted or refused",
    }


@dataclass
class OAuth:
    """Gives out pairs of tokens."""

    app_id: str
    secret: str
    now: Callable[[], datetime]
    access_for: timedelta = timedelta(seconds=90000)
    good: dict[str, datetime] = field(default_factory=dict)
    """Access tokens by when they end."""
    refreshes: set[str] = field(default_factory=set)
    codes: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """Codes by their challenge and when they end."""
    asked: list[str] = field(default_factory=list)
    """Each refresh token or code that was presented."""

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)

    def consent(self, challenge: str) -> str:
        """An admin of the OA consents: the code."""
        code = f"code-{next(self._numbers)}"
        self.codes[code] = (challenge, self.now() + timedelta(minutes=10))
        return code

    def pair(self) -> dict[str, object]:
        """A new pair; whatever was good before is not any more."""
        number = next(self._numbers)
        access, refresh = f"access-{number}", f"refresh-{number}"
        self.good = {access: self.now() + self.access_for}
        self.refreshes = {refresh}
        seconds = str(int(self.access_for.total_seconds()))  # a string, as Zalo sends it
        return {"access_token": access, "refresh_token": refresh, "expires_in": seconds}

    def expire(self) -> None:
        """Zalo ends the access token before its time."""
        self.good = {}

    def answer(self, secret: str, kind: str, form: Form) -> dict[str, object]:
        """What the token endpoint says."""
        if not kind.startswith("application/x-www-form-urlencoded"):
            return wrong(-14001, "no form")
        grant = form.get("grant_type", "")
        if set(form) != FIELDS.get(grant):
            return wrong(-14003, f"fields {sorted(form)}")
        if secret != self.secret or form["app_id"] != self.app_id:
            return wrong(-14004, "invalid secret key")
        if grant == "refresh_token":
            return self._refresh(form["refresh_token"])
        return self._exchange(form["code"], form["code_verifier"])

    def _refresh(self, token: str) -> dict[str, object]:
        self.asked.append(token)
        if token not in self.refreshes:
            return wrong(-14014, "invalid refresh token")
        return self.pair()

    def _exchange(self, code: str, verifier: str) -> dict[str, object]:
        self.asked.append(code)
        challenge, until = self.codes.pop(code, ("", self.now()))
        hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if until <= self.now() or hashed.rstrip(b"=").decode() != challenge or len(verifier) != 43:
            return wrong(-14019, "invalid code")
        return self.pair()
