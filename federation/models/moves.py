"""A county's move between this platform and its own, and the places where nobody writes meanwhile."""

from django.db import models
from django.db.models import Q

from federation.models.nodes import Node
from kernel.ids import new_id


class Move(models.Model):
    """One move of a city or county from its parent's platform to its own, or back; both sides keep a row.

    The parent begins it and the child carries it on, step by step. `cursor` says what was taken so far;
    `sums` how many rows of each kind this side has and their digest, `other_sums` the other side's.
    """

    class State(models.TextChoices):
        BEGUN = "begun", "等待下级平台响应"
        FILLING = "filling", "正在传送数据"
        COUNTING = "counting", "正在核对数量和摘要"
        READY = "ready", "两边一致，可以切换"
        SWITCHING = "switching", "正在切换"
        DONE = "done", "已完成"
        ABORTED = "aborted", "已放弃"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    node = models.ForeignKey(Node, models.PROTECT, related_name="moves")
    to = models.CharField(max_length=10)
    state = models.CharField(max_length=9, default=State.BEGUN)
    # Counted from 0: each time that both sides differed, both count again.
    round = models.PositiveIntegerField(default=0)
    cursor = models.JSONField(default=dict)
    sums = models.JSONField(default=dict)
    other_sums = models.JSONField(default=dict)
    taken = models.BigIntegerField(default=0)
    # Transactions up to this one must have ended before anything is copied.
    frozen_after = models.BigIntegerField(null=True, blank=True)
    # Up to here what is dispatched must have arrived before the rest is copied.
    frozen_position = models.BigIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True, default="")
    held_until = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    begun_by = models.CharField(max_length=120, blank=True, default="")
    begun_at = models.DateTimeField()
    switched_by = models.CharField(max_length=120, blank=True, default="")
    ended_by = models.CharField(max_length=120, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-begun_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("node",), condition=Q(ended_at=None), name="a_node_moves_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.to}"

    def __repr__(self) -> str:
        return f"<Move {self.pk} {self.state}>"

    @property
    def is_open(self) -> bool:
        """Whether it still goes on."""
        return self.state not in (self.State.DONE, self.State.ABORTED)

    @property
    def may_be_aborted(self) -> bool:
        """Until somebody has pressed to switch: afterwards one side may have done so already."""
        return self.is_open and self.state != self.State.SWITCHING


class Frozen(models.Model):
    """A place where travelling rows do not change for now; the database refuses, with this sentence."""

    path = models.CharField(max_length=100)
    sentence = models.CharField(max_length=300)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("path",), name="a_place_is_frozen_once")]

    def __str__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return f"<Frozen {self.path}>"
