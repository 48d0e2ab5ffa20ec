"""Every page as every role that may open it, through axe: no serious fault on a screen or on a phone.

./dev soak a11y [pytest arguments]
"""

from __future__ import annotations

from tools import testing

WHERE = "tests/pages/test_accessibility.py"


def main(arguments: list[str]) -> int:
    """Look at all of them; pytest's exit code is ours."""
    return testing.main([WHERE, "-n0", "--every-role", *arguments])
