"""What this node knows of copies: whose they are, other names of rows, and what waits for another."""

from django.db import models

from kernel.fields import SealedTextField


class Copied(models.Model):
    """A row that a neighbour sent: through whom, in which version, as of when, and since when it is gone.

    `at` is when the owner's row changed: what is older than that is an echo and changes nothing.
    """

    kind = models.CharField(max_length=40)
    key = models.UUIDField()
    node = models.CharField(max_length=32)
    origin = models.CharField(max_length=32)
    version = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("kind", "key"), name="a_copy_is_of_one_row"),
        ]
        indexes = [models.Index(fields=("node", "kind"), name="copies_of_a_neighbour")]

    def __repr__(self) -> str:
        return f"<Copied {self.pk} {self.kind}>"

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class KnownAs(models.Model):
    """The name that a neighbour gives to a row of ours: both mean one thing (not people: PersonAlias)."""

    kind = models.CharField(max_length=40)
    key = models.UUIDField()
    node = models.CharField(max_length=32)
    local = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("kind", "key"), name="a_neighbours_name_means_one_row"),
        ]
        indexes = [models.Index(fields=("kind", "local"), name="names_of_a_row")]

    def __repr__(self) -> str:
        return f"<KnownAs {self.pk} {self.kind}>"

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class WaitingRow(models.Model):
    """A message that names a row which has not come yet; a later one of the same row takes its place.

    `content` is the message as JSON, sealed, with its boxes still closed to everybody but this node.
    """

    node = models.CharField(max_length=32)
    kind = models.CharField(max_length=40)
    key = models.UUIDField()
    missing = models.CharField(max_length=80, db_index=True)
    content = SealedTextField(context="federation.waitingrow.content")
    since = models.DateTimeField()
    tried_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("node", "kind", "key"), name="a_row_waits_once"),
        ]

    def __repr__(self) -> str:
        return f"<WaitingRow {self.pk} {self.kind}>"

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
