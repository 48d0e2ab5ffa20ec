"""Permission to enter, key posts, and what happened to an engagement on site."""

from django.db import models
from django.db.models import F, Q

from kernel.ids import new_id
from kernel.models import Travelling
from kernel.scoping import ScopedModel
from workers.models.people import Engagement


class EntryReview(Travelling, ScopedModel):
    """One asking for permission to enter, and its answer (S1; I-11, I-12).

    Who keeps whose key: `enrolled_by_key` registered the person, `submitted_by_key` asked; neither approves.
    `snapshot` holds what was true at the instant of approval; an approval ends with the exit.
    """

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    view_permission = "workers.view"
    held_by = ("engagement",)

    class Outcome(models.TextChoices):
        PENDING = "pending", "待审批"
        APPROVED = "approved", "已批准"
        RETURNED = "returned", "已退回"

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="reviews")
    outcome = models.CharField(max_length=8, default=Outcome.PENDING)
    enrolled_by_key = models.CharField(max_length=64, blank=True)
    submitted_by_key = models.CharField(max_length=64)
    submitted_by = models.CharField(max_length=120)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_key = models.CharField(max_length=64, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    snapshot = models.JSONField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=("engagement",),
                condition=Q(outcome__in=("pending", "approved"), ended_at=None),
                name="one_review_in_force_per_engagement",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="approved")
                | (~Q(decided_by_key=F("submitted_by_key")) & ~Q(decided_by_key=F("enrolled_by_key"))),
                name="who_enters_a_person_does_not_approve",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="approved") | Q(snapshot__isnull=False, decided_at__isnull=False),
                name="an_approval_keeps_what_it_saw",
            ),
        ]

    def __str__(self) -> str:
        return self.outcome


class KeyPostAssignment(Travelling, ScopedModel):
    """Who holds a key post (项目经理, 总监 …) on a project, from a day to a day (notice 一(七))."""

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"
    held_by = ("engagement",)

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="key_posts")
    post = models.CharField(max_length=4)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="a_key_post_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.post


class EngagementEvent(ScopedModel):
    """One act in the life of an engagement on site: who did it, when, why. Rows are only ever added.

    `batch` is shared by what was done together. `facts` hold days, teams and keys, never a number.
    """

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    view_permission = "workers.view"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="events")
    act = models.CharField(max_length=24)
    happened_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    actor_key = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=120)
    reason = models.CharField(max_length=200, blank=True)
    batch = models.UUIDField(db_index=True)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=("engagement", "-id"), name="events_of_an_engagement")]

    def __str__(self) -> str:
        return f"{self.act} {self.happened_on}"
