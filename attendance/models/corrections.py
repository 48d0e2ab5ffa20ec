"""Requests to correct an attendance day or a person's record: who says what is wrong, and who answered."""

from enum import StrEnum
from typing import Final

from django.db import models
from django.db.models import F, Q

from kernel.fields import SealedTextField
from kernel.models import Travelling
from kernel.scoping import ScopedModel


class State(StrEnum):
    """S3. Where each leads is data: attendance.rules.CORRECTION_MOVES."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    GC_APPROVED = "gc_approved"
    REJECTED = "rejected"
    APPLIED = "applied"


class Wrong(StrEnum):
    """What is wrong, as the big choices name it."""

    MISSING_IN = "missing_in"
    MISSING_OUT = "missing_out"
    MISSING_BOTH = "missing_both"
    NOT_ME = "not_me"
    OTHER = "other"
    RECORD = "record"


# What adds a time to the day, what strikes it, and what only asks for an answer.
FILLS: Final = (Wrong.MISSING_IN, Wrong.MISSING_OUT, Wrong.MISSING_BOTH)
STRIKES: Final = (Wrong.NOT_ME,)


class CorrectionRequest(Travelling, ScopedModel):
    """A request to correct one engagement's day, or what its record says (S3).

    Applied, it is a fact beside the punches: the day is concluded from both, and no punch is made or
    changed (I-08, I-09). `day` is empty where the record itself is wrong. The asker's words are sealed.
    """

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "attendance.view"
    held_by = ("engagement",)

    engagement = models.ForeignKey("workers.Engagement", models.PROTECT, related_name="corrections")
    day = models.DateField(null=True, blank=True)
    wrong = models.CharField(max_length=16)
    in_at = models.DateTimeField(null=True, blank=True)
    out_at = models.DateTimeField(null=True, blank=True)
    note = SealedTextField(context="correction.note", null=True)
    photo = models.CharField(max_length=64, blank=True)
    photo_name = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=16, default=State.DRAFT.value)
    is_by_worker = models.BooleanField(default=False)
    asked_by = models.CharField(max_length=120)
    asked_by_key = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    answered_by = models.CharField(max_length=120, blank=True)
    answered_by_key = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("engagement", "day"),
                condition=Q(state="submitted"),
                nulls_distinct=False,
                name="one_open_correction_per_engagement_and_day",
            ),
            models.CheckConstraint(
                condition=Q(answered_by_key="") | ~Q(answered_by_key=F("asked_by_key")),
                name="whoever_asks_does_not_answer",
            ),
            models.CheckConstraint(
                condition=Q(in_at=None) | Q(out_at=None) | Q(out_at__gt=F("in_at")),
                name="a_correction_leaves_after_it_comes",
            ),
        ]
        indexes = [
            models.Index(
                fields=("engagement", "day"), condition=Q(state="applied"), name="corrections_in_force"
            ),
            models.Index(fields=("state", "asked_at"), name="corrections_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.wrong} {self.day or ''}".strip()

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == State.SUBMITTED
