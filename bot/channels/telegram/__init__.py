"""Telegram: python-telegram-bot as client and parser, our own inbox and outbox around it."""

import os

# The library's own switch for durations as timedelta, which its next major version makes the rule.
os.environ.setdefault("PTB_TIMEDELTA", "1")
