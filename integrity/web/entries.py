"""The left bar's entries of supervision."""


def add_entries() -> None:
    """Tell the frame."""
