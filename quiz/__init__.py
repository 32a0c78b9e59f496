"""The DX quiz: its question bank, pure and on its own."""
