"""The one error that ends a command with a sentence instead of a traceback."""

from __future__ import annotations


class CannotGoOn(Exception):
    """Something outside the program is missing; the text says what and what to do."""
