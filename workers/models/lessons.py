"""Who sat in a training session that the site holds itself, and how it went for them."""

from django.db import models
from django.db.models import Q

from kernel.models import Travelling
from kernel.scoping import ScopedModel
from workers.models.papers import Training
from workers.models.people import Engagement
from workers.models.sessions import TrainingSession


class SessionAttendance(Travelling, ScopedModel):
    """One person at one session: present by list or by code, then a result; a pass becomes a `Training`."""

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"
    held_by = ("engagement",)

    class How(models.TextChoices):
        LIST = "list", "名单勾选"
        CODE = "code", "扫码签到"

    session = models.ForeignKey(TrainingSession, models.PROTECT, related_name="attendance")
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="sessions")
    how = models.CharField(max_length=8, default=How.LIST)
    noted_by = models.CharField(max_length=120, blank=True)
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    is_passed = models.BooleanField(null=True)
    # The day of a second try, for those who failed the first.
    made_up_on = models.DateField(null=True, blank=True)
    training = models.OneToOneField(
        Training, models.PROTECT, null=True, blank=True, related_name="attendance"
    )

    class Meta:
        ordering = ("session", "engagement__team__number", "engagement__person__name", "pk")
        constraints = [
            models.UniqueConstraint(fields=("session", "engagement"), name="one_place_in_a_session_each"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=100),
                name="a_session_score_lies_between_0_and_100",
            ),
            models.CheckConstraint(
                condition=Q(training=None) | Q(is_passed=True), name="only_a_pass_becomes_a_training"
            ),
        ]

    def __str__(self) -> str:
        return f"SessionAttendance {self.pk}"
