"""Zalo Bot Platform: a token that never changes, polling or webhook, text alone, a small plan."""
