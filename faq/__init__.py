"""Questions and answers: text, matching, entries. Nothing here knows the bot."""
