"""The quiz on digital transformation. It knows nothing of the bot."""
