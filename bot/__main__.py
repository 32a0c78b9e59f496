"""`python -m bot`: the commands."""

import gc

# What is imported stays: looking through it for garbage again and again takes a seventh of a start.
gc.set_threshold(50_000, 20, 50)

from bot.cli import main  # noqa: E402 - what it imports is what is meant

if __name__ == "__main__":
    raise SystemExit(main())
