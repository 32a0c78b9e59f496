"""Webhooks, the chat page, and what machines watch."""
