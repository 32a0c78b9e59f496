"""Emulators of the platforms the bot speaks to: strict servers on the loopback, for tests."""
