"""The tests: the same tree as the code, with emulators, dialogues, bench and soak."""
