"""The outbox: every shared change except a punch, written in the change's own transaction (I-26)."""

from django.db import models
from django.utils import timezone


class OutboxEvent(models.Model):
    """A past fact: which record, which version. No personal data travels in it.

    `position` is given after commit, under one lock per shard, so that no cursor can pass a row that
    commits late. Until then it is null.
    """

    event = models.CharField(max_length=60)
    key = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    facts = models.JSONField(default=dict)
    shard = models.PositiveSmallIntegerField(default=0)
    position = models.BigIntegerField(null=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("position",)
        indexes = [
            models.Index(fields=("id",), name="outbox_without_position", condition=models.Q(position=None))
        ]

    def __repr__(self) -> str:
        return f"<OutboxEvent {self.pk} {self.event}>"

    def __str__(self) -> str:
        return f"{self.event} {self.key}"


class Receiver(models.Model):
    """How far one reader of the outbox has come."""

    name = models.CharField(max_length=60, unique=True)
    position = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name} @ {self.position}"


class Capturing(models.Model):
    """Stands as one row while some neighbour is to be told of changes; without it nothing is captured.

    `is_up`: a parent is told; `is_down`: neighbours below are.
    """

    since = models.DateTimeField()
    is_up = models.BooleanField(default=False)
    is_down = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"since {self.since:%Y-%m-%d %H:%M:%S}"


class Change(models.Model):
    """A row that travels was written or deleted: its kind and name, no more (I-26).

    Triggers on the tables write it in the change's own transaction, whoever changes the row and however.
    `shard` is the line on which it goes to a neighbour; `came_from` the neighbour whose copy was written.
    `position` counts within the shard and is given after commit, as for events.
    """

    kind = models.CharField(max_length=40)
    key = models.UUIDField()
    shard = models.PositiveSmallIntegerField()
    came_from = models.CharField(max_length=32, blank=True)
    position = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("shard", "position")
        constraints = [
            models.UniqueConstraint(fields=("shard", "position"), name="a_change_has_one_place_in_its_shard")
        ]
        indexes = [
            models.Index(
                fields=("shard", "id"), name="changes_without_position", condition=models.Q(position=None)
            )
        ]

    def __repr__(self) -> str:
        return f"<Change {self.pk} {self.kind}>"

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class ChangeLine(models.Model):
    """The last position that was given in a shard; its lock orders whoever gives positions."""

    shard = models.PositiveSmallIntegerField(primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.shard} @ {self.last}"


class Heartbeat(models.Model):
    """The last time a part of the node did its errand; beat asks for it, the worker writes it."""

    name = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"

    @classmethod
    def age_seconds(cls, name: str) -> float | None:
        """Seconds since the last sign of life, or None when there never was one."""
        at = cls.objects.filter(name=name).values_list("at", flat=True).first()
        return (timezone.now() - at).total_seconds() if at else None
