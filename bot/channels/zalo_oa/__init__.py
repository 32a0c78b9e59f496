"""Zalo Official Account: tokens that rotate, a signed webhook, windows in which we may send."""
