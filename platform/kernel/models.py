"""What every travelling row has. Abstract: the kernel owns no tables."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from kernel.errors import HeldElsewhere
from kernel.ids import new_id


def this_node() -> str:
    """The node where a row is born; it never changes afterwards."""
    return settings.NODE_ID


def require_own(row: "Travelling", what: str = "") -> None:
    """Refuse to go on with another node's row; `what` calls it by its name where an act meets several.

    Raises HeldElsewhere.
    """
    if row.origin != this_node():
        raise HeldElsewhere(row.origin, what, row)


class Travelling(models.Model):
    """A record that other nodes may hold a copy of (federation): its name, birthplace and version.

    A copy is read-only: `save` and `delete` refuse it, and `save` a new row below one (`held_by`), whatever
    act asks. A queryset's `update` and `delete` pass both by: an act that meets copies writes row by row.
    `own_columns` are those that each node keeps for itself. Copies are written by federation.travel alone.
    """

    # References to rows at whose node alone a row of this table is added.
    held_by: ClassVar[tuple[str, ...]] = ()
    own_columns: ClassVar[frozenset[str]] = frozenset()

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    origin = models.CharField(max_length=32, default=this_node, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def __repr__(self) -> str:
        # Only the key: a name or number in a traceback is a leak.
        return f"<{type(self).__name__} {self.pk}>"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row, if it is this node's to write. Raises HeldElsewhere."""
        if self._state.adding:
            self._require_own_holders()
        elif self.origin != this_node() and not self._is_own_business(kwargs.get("update_fields")):
            raise HeldElsewhere(self.origin, row=self)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row, if it is this node's to delete. Raises HeldElsewhere."""
        # A copy's end would travel on as a tombstone in the owner's name.
        require_own(self)
        return super().delete(*args, **kwargs)

    def _is_own_business(self, columns: Any) -> bool:
        return columns is not None and set(columns) <= self.own_columns

    def _require_own_holders(self) -> None:
        for name in self.held_by:
            # The act has read the holder before; one that it has not read is not worth a query.
            holder = self._state.fields_cache.get(name)
            if holder is not None and holder.origin != this_node():
                raise HeldElsewhere(holder.origin, row=holder)
