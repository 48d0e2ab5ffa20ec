"""What beat sends for this app."""

BEAT: dict = {}
