"""Punches that were accepted and are not settled yet, and what became of each call."""

from django.db import models
from django.db.models import F, Q

from kernel.ids import new_id
from kernel.scoping import ScopedModel


class Inbox(models.Model):
    """Batches that a door has acknowledged: sealed, durable, and gone once they are settled.

    One row holds all batches that waited at one moment in one web process (`attendance.batches.packed`). It
    has no index but its key, so that an acknowledgement costs one append.
    """

    content = models.BinaryField()
    punches = models.PositiveIntegerField()
    accepted_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [models.CheckConstraint(condition=Q(punches__gt=0), name="an_inbox_row_holds_punches")]

    def __repr__(self) -> str:
        return f"<Inbox {self.pk}>"

    def __str__(self) -> str:
        return f"Inbox {self.pk}"


class PunchReceipt(ScopedModel):
    """One accepted call of the punch interface: the guard against replay, and later what became of its rows.

    `rejected` are the rows whose shape was wrong, as they were answered at once; `result` is written by the
    settler: {"added": n, "repeated": n, "unmatched": [{"mark", "seq", "sentence"}]}. The same signed request
    sent again finds its receipt by (timestamp, appid, nonce) and `digest`.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "federation.view_requests"

    public_id = models.UUIDField(primary_key=True, default=new_id)
    appid = models.CharField(max_length=64)
    timestamp = models.BigIntegerField()
    nonce = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=32)
    project = models.ForeignKey("projects.Project", models.DO_NOTHING, related_name="+", db_index=False)
    source = models.CharField(max_length=40)
    accepted = models.PositiveIntegerField()
    rejected = models.JSONField(null=True)
    accepted_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)

    class Meta:
        constraints = [
            # Time first: new rows go to the right edge of the index.
            models.UniqueConstraint(
                fields=("timestamp", "appid", "nonce"), name="a_punch_call_is_accepted_once"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(settled_at__gte=F("accepted_at")),
                name="a_receipt_is_settled_after_it_is_accepted",
            ),
        ]

    def __repr__(self) -> str:
        return f"<PunchReceipt {self.public_id}>"

    def __str__(self) -> str:
        return str(self.public_id)
