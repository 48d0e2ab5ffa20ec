"""Scans of contracts, and trainings of a whole project, as other systems report them."""

from datetime import date

from django.db import models
from django.db.models import Q, Value

from kernel.models import Travelling
from kernel.scoping import ScopedModel
from workers.models.papers import Contract


class ContractFile(Travelling, ScopedModel):
    """A page or scan of a contract; the first is what the person's page shows."""

    region_lookup = "contract__engagement__project__region"
    project_lookup = "contract__engagement__project"
    participation_lookup = "contract__engagement__participation"
    person_lookup = "contract__engagement__person"
    view_permission = "workers.view"

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=64)

    class Meta:
        ordering = ("contract", "position")
        constraints = [
            models.UniqueConstraint(fields=("contract", "position"), name="files_of_a_contract_have_an_order")
        ]

    def __str__(self) -> str:
        return f"ContractFile {self.pk}"


class TrainingSession(Travelling, ScopedModel):
    """A training that was held on a project: reported by a vendor, or held by the site itself.

    Who passed are `Training` rows. One that the site holds is open until its results are in; a
    subcontractor's own belongs to its participation.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    participation_lookup = "participation"
    view_permission = "workers.view"

    class State(models.TextChoices):
        OPEN = "open", "签到和考核中"
        CLOSED = "closed", "已结束"
        CANCELLED = "cancelled", "已取消"

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="training_sessions")
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=200)
    held_on = models.DateField()
    hours = models.DecimalField(max_digits=6, decimal_places=1)
    trainer = models.CharField(max_length=60, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    place_name = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=1000, blank=True)
    participation = models.ForeignKey(
        "projects.Participation", models.PROTECT, null=True, blank=True, related_name="training_sessions"
    )
    state = models.CharField(max_length=10, default=State.CLOSED)
    state_reason = models.CharField(max_length=200, blank=True)
    # A keyed digest of what was reported: the same report again is the same session.
    digest = models.BinaryField(max_length=64)
    recorded_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("-held_on", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(hours__gt=Value(0)), name="a_training_session_has_hours"),
            models.UniqueConstraint(
                fields=("project", "digest"), name="a_reported_training_session_is_kept_once"
            ),
        ]
        indexes = [models.Index(fields=("project", "held_on"), name="training_sessions_of_a_project")]

    def __str__(self) -> str:
        return f"{self.kind} {self.held_on}"

    def words_on(self, day: date) -> str:
        """How it stands on a day: one that is still to come has only been arranged."""
        is_ahead = self.state == self.State.OPEN and self.held_on > day
        return "已安排" if is_ahead else str(self.State(self.state).label)


class TrainingFile(Travelling, ScopedModel):
    """A photograph or list of a training session."""

    region_lookup = "session__project__region"
    project_lookup = "session__project"
    view_permission = "workers.view"

    session = models.ForeignKey(TrainingSession, models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=64)

    class Meta:
        ordering = ("session", "position")
        constraints = [
            models.UniqueConstraint(
                fields=("session", "position"), name="files_of_a_training_session_have_an_order"
            )
        ]

    def __str__(self) -> str:
        return f"TrainingFile {self.pk}"
