"""What waits."""


def register_waiting() -> None:
    """Tell the home page."""
