"""What a draft of the standard would do to records that are there: one check, its lines, their projects."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from kernel.ids import new_id
from standards.models import StandardVersion


class ImpactCheck(models.Model):
    """Records judged by a draft, in the background; it holds for the draft as `digest` says it was.

    `lease` names the worker that is at it; one that falls silent is followed by another, from the beginning.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "检查中"
        DONE = "done", "已完成"
        FAILED = "failed", "没有做成"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    version = models.ForeignKey(StandardVersion, models.PROTECT, related_name="impact_checks")
    digest = models.CharField(max_length=64)
    on = models.DateField()
    state = models.CharField(max_length=8, default=State.WAITING)
    problem = models.CharField(max_length=200, blank=True)
    asked_by = models.CharField(max_length=64)
    asked_label = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    lease = models.UUIDField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    records_number = models.PositiveIntegerField(default=0)
    records_done = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("version",),
                condition=Q(state__in=("waiting", "running")),
                name="a_version_has_one_impact_check_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"影响检查 {self.public_id}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE

    @property
    def share_done(self) -> float:
        """How much was judged, between 0 and 1."""
        return min(1.0, self.records_done / self.records_number) if self.records_number else 0.0

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

    def remaining(self, now: datetime) -> timedelta | None:
        """How long it will still take at the pace so far; None before there is a pace."""
        if self.started_at is None or not self.share_done:
            return None
        passed = now - self.started_at
        return passed / self.share_done - passed


class ImpactLine(models.Model):
    """What one element or rule of the draft would newly find wrong, and in how many records."""

    check_of = models.ForeignKey(ImpactCheck, models.CASCADE, related_name="lines")
    object_key = models.CharField(max_length=16)
    element = models.CharField(max_length=40, blank=True)
    # A validation rule's code, or what is wrong with the element by itself (standards.judging.OWN_RULES).
    rule = models.CharField(max_length=20)
    severity = models.CharField(max_length=8)
    message = models.CharField(max_length=200)
    records = models.PositiveIntegerField()
    projects = models.PositiveIntegerField()

    class Meta:
        ordering = ("check_of", "-records", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("check_of", "object_key", "element", "rule", "severity"),
                name="a_check_has_one_line_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_key}.{self.element} {self.rule}"


class ImpactProject(models.Model):
    """How many records of one project a line counts; name and place as they were when it was checked."""

    line = models.ForeignKey(ImpactLine, models.CASCADE, related_name="of_projects")
    project = models.UUIDField()
    name = models.CharField(max_length=200)
    place = models.CharField(max_length=80)
    records = models.PositiveIntegerField()

    class Meta:
        ordering = ("line", "-records", "pk")
        constraints = [
            models.UniqueConstraint(fields=("line", "project"), name="a_line_counts_a_project_once"),
        ]

    def __str__(self) -> str:
        return f"{self.project}"
