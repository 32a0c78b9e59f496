"""The live contest on pages: presenter, projector, players' phones, jury, helper."""
