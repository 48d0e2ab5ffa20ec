"""Files of rows that travel: which are here, which are on their way, and which neighbours were told."""

from django.db import models
from django.db.models import Q

from federation.models.nodes import Node
from kernel.fields import SealedTextField


class TravellingFile(models.Model):
    """A content that a travelling row names, at the address where it lies here or will lie.

    `digest` is the SHA-256 by which neighbours name it: sealed, for whoever reads the table must not be able
    to try which picture it is. `node`: through whom it comes; empty where it was kept here first.
    """

    class State(models.TextChoices):
        HERE = "here", "已到"
        AWAITED = "awaited", "正在传送"
        LOST = "lost", "来源平台没有"

    address = models.CharField(max_length=64, unique=True)
    digest = SealedTextField(context="federation.travellingfile.digest")
    size = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=8, default=State.HERE)
    node = models.CharField(max_length=32, blank=True, default="")
    # A row that names it, for whoever looks after what does not come.
    record_kind = models.CharField(max_length=40)
    record_key = models.UUIDField()
    since = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    # Since when no row is known to name it any more.
    unnamed_at = models.DateTimeField(null=True, blank=True)
    # Kept here by an act or a door as well: it is not forgotten with the copy.
    is_ours = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="here") | Q(arrived_at=None), name="only_what_is_here_has_arrived"
            ),
        ]
        indexes = [
            models.Index(fields=("node", "asked_at"), condition=~Q(state="here"), name="files_not_here"),
            models.Index(fields=("unnamed_at",), condition=Q(unnamed_at__isnull=False), name="files_unnamed"),
        ]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.state}"

    def __repr__(self) -> str:
        return f"<TravellingFile {self.pk} {self.state}>"


class ToldFile(models.Model):
    """That a neighbour was told of a file, and when it said that it has it."""

    file = models.ForeignKey(TravellingFile, models.CASCADE, related_name="told")
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("file", "node"), name="a_neighbour_is_told_of_a_file_once"),
        ]
        indexes = [
            models.Index(fields=("node", "offered_at"), condition=Q(taken_at=None), name="files_not_taken"),
        ]

    def __str__(self) -> str:
        return f"{self.file} → {self.node}"

    def __repr__(self) -> str:
        return f"<ToldFile {self.pk}>"
