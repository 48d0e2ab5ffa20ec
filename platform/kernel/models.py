"""What every travelling row has. Abstract: the kernel owns no tables."""

from django.conf import settings
from django.db import models

from kernel.ids import new_id


def this_node() -> str:
    """The node where a row is born; it never changes afterwards."""
    return settings.NODE_ID


class Travelling(models.Model):
    """A record that other nodes may hold a copy of (federation): its name, birthplace and version."""

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
