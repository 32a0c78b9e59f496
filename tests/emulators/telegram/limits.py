"""Telegram's own limits on sending: who exceeds them gets a 429. Pure, but for what was sent.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rule:
    """At most `most` messages in any `seconds`."""

    name: str
    most: int
    seconds: float


@dataclass(frozen=True)
class Violation:
    """A message that came too early."""

    rule: str
    chat_id: int
    at: float


ALL = Rule("30 a second in all", 30, 1)
GROUP = Rule("20 a minute to a group", 20, 60)
CHAT = Rule("1 a second to a chat, in short bursts more", 5, 5)


@dataclass
class Limits:
    """Counts what was sent, in windows that slide; a refused message does not count."""

    overall: Rule = ALL
    group: Rule = GROUP
    chat: Rule = CHAT
    violations: list[Violation] = field(default_factory=list)
    _sent: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def admit(self, chat_id: int, now: float) -> int:
        """Count a message: 0, or the whole seconds to wait before it may be sent."""
        rules = {"all": self.overall, str(chat_id): self.group if chat_id < 0 else self.chat}
        for key, rule in rules.items():
            wait = self._wait(key, rule, now)
            if wait > 0:
                self.violations.append(Violation(rule.name, chat_id, now))
                return max(1, math.ceil(wait))
        for key in rules:
            self._sent[key].append(now)
        return 0

    def _wait(self, key: str, rule: Rule, now: float) -> float:
        sent = self._sent[key]
        while sent and sent[0] <= now - rule.seconds:
            sent.popleft()
        return sent[0] + rule.seconds - now if len(sent) >= rule.most else 0.0
