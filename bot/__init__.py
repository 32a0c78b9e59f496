"""The bot: channels, conversation, people, notices and pages around `faq` and `quiz`."""
