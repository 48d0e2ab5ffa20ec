"""Text as people type and paste it, made fit to compare."""

from typing import Final
from unicodedata import category

# The full-width forms of the ASCII signs, as Chinese keyboards write them.
_HALF_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def compact(text: str) -> str:
    """A number or code as it should have been typed: half-width, without blanks or invisible signs."""
    if text.isascii() and text.isalnum():
        return text  # nothing to tidy, as nearly always: gates send a thousand numbers at a time
    half_width = text.translate(_HALF_WIDTH)
    return "".join(sign for sign in half_width if not sign.isspace() and category(sign) not in ("Cc", "Cf"))


def shortened(text: str, most: int) -> str:
    """At most so many signs; what is cut off is marked with “…”."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
