"""What the settler remembers beside punches: who counts for nobody, used sequences, what it put aside."""

from django.db import models
from django.db.models import Q


class UnmatchedDay(models.Model):
    """A subject whose punches of a day on a project count for nobody: no day of attendance rests on them.

    Written with the punches and taken away when a day is concluded from them. It says what an enrolment or an
    entry must conclude again, and what the list 对不上人 shows, without searching the punches.
    """

    day = models.DateField()
    project = models.ForeignKey("projects.Project", models.DO_NOTHING, related_name="+", db_index=False)
    subject = models.ForeignKey("attendance.Subject", models.DO_NOTHING, related_name="+", db_index=False)
    punches = models.PositiveIntegerField()

    class Meta:
        constraints = [
            # The day first: new rows go to the right edge, and a day's list is one piece of the index.
            models.UniqueConstraint(fields=("day", "project", "subject"), name="an_unmatched_day_is_one_row"),
            models.CheckConstraint(condition=Q(punches__gt=0), name="an_unmatched_day_has_a_punch"),
        ]
        indexes = [models.Index(fields=("subject", "project"), name="unmatched_days_of_a_subject")]

    def __repr__(self) -> str:
        return f"<UnmatchedDay {self.pk}>"

    def __str__(self) -> str:
        return f"UnmatchedDay {self.pk}"


class SequenceClash(models.Model):
    """A device's sequence that came with several times: all are kept, and the earliest counts (I-08)."""

    source = models.CharField(max_length=40)
    token = models.CharField(max_length=64)
    counted_at = models.DateTimeField()
    counted_project = models.ForeignKey(
        "projects.Project", models.DO_NOTHING, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("source", "token"), name="a_sequence_clashes_in_one_row"),
        ]

    def __repr__(self) -> str:
        return f"<SequenceClash {self.pk}>"

    def __str__(self) -> str:
        return f"SequenceClash {self.pk}"


class AsideBatch(models.Model):
    """Accepted content that could not be settled, kept as it came so that nothing acknowledged is lost.

    `content` is sealed (`attendance.batches.packed`, or the unreadable content of an inbox row). `why` is the
    kind of fault, never its text, which might quote a number. `settle --again` puts all of them back.
    """

    content = models.BinaryField()
    punches = models.PositiveIntegerField()
    accepted_at = models.DateTimeField()
    set_aside_at = models.DateTimeField()
    why = models.CharField(max_length=80)

    class Meta:
        ordering = ("id",)

    def __repr__(self) -> str:
        return f"<AsideBatch {self.pk}>"

    def __str__(self) -> str:
        return f"AsideBatch {self.pk}"


class PunchRun(models.Model):
    """Punches that one step added: the first and the last of their names, which lie close together.

    What is sent to a neighbour is read by runs, so that no punch needs a second row nor a further column.
    Names of other steps may lie between; to send a punch twice changes nothing. `came_from` is the neighbour
    that sent them, "" for this node's own doors. `position` is given after commit.
    """

    first_id = models.UUIDField()
    last_id = models.UUIDField()
    punches = models.PositiveIntegerField()
    came_from = models.CharField(max_length=32, blank=True)
    position = models.BigIntegerField(null=True, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("position",)
        indexes = [
            models.Index(fields=("id",), name="runs_without_position", condition=models.Q(position=None))
        ]

    def __repr__(self) -> str:
        return f"<PunchRun {self.pk}>"

    def __str__(self) -> str:
        return f"PunchRun {self.pk}"
