"""Two people edit one row: the second learns what the first has written instead of overwriting it."""

from collections.abc import Mapping

from kernel.errors import Stale
from kernel.models import Travelling


def require_version(row: Travelling, expected: int | None, theirs: Mapping[str, str]) -> None:
    """Let an edit pass that was made on the row's present version; None asks for no check.

    Call it with the row locked. `theirs` shows the present values under the labels of the form; it must hold
    nothing that the editor may not see. Raises Stale.
    """
    if expected is not None and expected != row.version:
        raise Stale(theirs, row.version)
