"""Versions of the standard: what a record is made of and what must be true of it, layer by layer."""

from django.db import models
from django.db.models import Q

from kernel.models import Travelling


class StandardVersion(Travelling):
    """One version of one layer of the standard: the national, the provincial, or a city's (S10).

    It holds the whole set of its layer's own elements and rules, copied from `based_on` when the draft
    began, so that a change is the difference of two sets. A published version is never edited: it comes into
    force on `effective_from` by the date alone, and what the former version allowed is taken from other
    systems until `cutoff`. Who drafted, reviewed and published it stands as keys of actors (I-12). `version`
    counts the edits of the row.
    """

    class Layer(models.TextChoices):
        NATIONAL = "national", "国家"
        PROVINCIAL = "provincial", "省"
        CITY = "city", "市州"

    class State(models.TextChoices):
        DRAFT = "draft", "草案"
        CHECKED = "checked", "已检查"
        REVIEW = "review", "评审中"
        FILED = "filed", "已报省"
        RETURNED = "returned", "已退回"
        ACCEPTED = "accepted", "已通过"
        PUBLISHED = "published", "已发布"
        WITHDRAWN = "withdrawn", "已作废"

    layer = models.CharField(max_length=12)
    region = models.ForeignKey("regions.Region", models.PROTECT, null=True, blank=True, related_name="+")
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    document = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, default=State.DRAFT)
    effective_from = models.DateField(null=True, blank=True)
    cutoff = models.DateField(null=True, blank=True)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    drafted_by = models.CharField(max_length=64, blank=True)
    reviewed_by = models.CharField(max_length=64, blank=True)
    published_by = models.CharField(max_length=64, blank=True)
    # Everybody whose hand is in the draft; none of them reviews it.
    editors = models.JSONField(default=list, blank=True)
    # What the reviewer said when it was returned or passed.
    review_note = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # What of a city's layer a later provincial version contradicts, and until when the city answers.
    conflicts = models.JSONField(default=list, blank=True)
    needs_action_by = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("layer", "region", "-effective_from", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(layer="city", region__isnull=False)
                | Q(layer__in=("national", "provincial"), region=None),
                name="a_citys_version_names_the_city_and_others_none",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(effective_from__isnull=False, cutoff__isnull=False, published_at__isnull=False),
                name="a_published_version_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(cutoff=None) | Q(effective_from=None) | Q(cutoff__gte=models.F("effective_from")),
                name="a_cutoff_does_not_precede_the_version",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by="") | ~Q(reviewed_by=models.F("drafted_by")),
                name="whoever_drafts_a_version_does_not_review_it",
            ),
            models.UniqueConstraint(
                fields=("layer", "region", "number"),
                nulls_distinct=False,
                name="a_version_number_is_used_once_in_its_layer",
            ),
            models.UniqueConstraint(
                fields=("layer", "region"),
                condition=~Q(state__in=("published", "withdrawn")),
                nulls_distinct=False,
                name="a_layer_has_one_version_in_the_making",
            ),
            models.UniqueConstraint(
                fields=("layer", "region", "effective_from"),
                condition=Q(state="published"),
                nulls_distinct=False,
                name="one_version_of_a_layer_begins_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()

    @property
    def is_city(self) -> bool:
        return self.layer == self.Layer.CITY

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED


class Element(models.Model):
    """One thing a record says: its name, kind, length, when it must be said, its codes and privacy.

    `kind` and `required` are words of standards.spec. `lives_in` names the column where a value of the
    product's own lives ("work.phone"); an element without one lives in the row's `extras`, sealed where
    its privacy says so. `severities` says per channel what a missing value means; empty: it blocks
    everywhere. An element is retired, never deleted: what was recorded stays readable.
    """

    version = models.ForeignKey(StandardVersion, models.CASCADE, related_name="elements")
    object_key = models.CharField(max_length=16)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    length = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    required = models.CharField(max_length=8, default="never")
    # {"element": code, "values": [...]}: required where that element has one of these values.
    required_when = models.JSONField(null=True, blank=True)
    severities = models.JSONField(default=dict, blank=True)
    code_list = models.CharField(max_length=40, blank=True)
    privacy = models.CharField(max_length=10, default="internal")
    example = models.CharField(max_length=80, blank=True)
    help = models.CharField(max_length=200, blank=True)
    lives_in = models.CharField(max_length=60, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_retired = models.BooleanField(default=False)

    class Meta:
        ordering = ("version", "object_key", "position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("version", "object_key", "code"), name="an_element_stands_once_in_its_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_key}.{self.code} {self.name}"


class ValidationRule(models.Model):
    """What must be true of a record beyond its single elements; the condition is data of a closed language.

    `condition` is {"when": …, "must": …} as standards.conditions reads it; `severities` says per channel
    whether a breach blocks, warns or informs. The message says what is wrong, the remedy what to do.
    """

    version = models.ForeignKey(StandardVersion, models.CASCADE, related_name="rules")
    code = models.CharField(max_length=20)
    object_key = models.CharField(max_length=16)
    condition = models.JSONField()
    severities = models.JSONField(default=dict, blank=True)
    message = models.CharField(max_length=200)
    remedy = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0)
    is_retired = models.BooleanField(default=False)

    class Meta:
        ordering = ("version", "object_key", "position", "id")
        constraints = [
            models.UniqueConstraint(fields=("version", "code"), name="a_rule_stands_once_in_its_version"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.message}"
