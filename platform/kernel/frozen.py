"""Places where nobody writes for now: what the database refuses there reaches people as a sentence.

The triggers that refuse (migration federation 0080) say the sentence themselves, under a code of their own.
"""

from collections.abc import Callable
from typing import Any, Final

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from kernel.errors import DomainError

CODE: Final = "HB423"


class BeingMoved(DomainError):
    """The records of a place are moving to another platform; nothing is written there until that is over."""

    code = "being_moved"
    status = 409


def say_it(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Turn the triggers' refusal into a refusal of the domain. Raises BeingMoved."""
    try:
        return execute(sql, params, many, context)
    except DatabaseError as fault:
        diag = getattr(fault.__cause__, "diag", None)
        if diag is not None and diag.sqlstate == CODE:
            raise BeingMoved(str(diag.message_primary)) from fault
        raise


def listen(sender: Any, connection: BaseDatabaseWrapper, **_more: Any) -> None:
    """Do so on a connection that has just been opened."""
    if say_it not in connection.execute_wrappers:
        connection.execute_wrappers.append(say_it)
