"""Telegram: python-telegram-bot as client and parser, our own inbox and outbox around it."""
