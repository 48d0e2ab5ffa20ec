"""What a version adds to code lists, what it asks more strictly, and who may extend what."""

from django.db import models
from django.db.models import F, Q

from kernel.ids import new_id
from standards.models.versions import StandardVersion


class ProposedItem(models.Model):
    """An item of a code list that a draft adds, or retires; publication writes it to the list.

    `list_name` names a list that begins with this version. A city's item of a base list says for which code
    of the base it stands (`mapped_to`).
    """

    version = models.ForeignKey(StandardVersion, models.CASCADE, related_name="proposed_items")
    code_list = models.CharField(max_length=40)
    list_name = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=80, blank=True)
    mapped_to = models.CharField(max_length=12, blank=True)
    retires = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("version", "code_list", "position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("version", "code_list", "code"), name="an_item_is_proposed_once_in_its_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code_list} {self.code} {self.name}".strip()


class Tightening(models.Model):
    """A stricter demand of a layer on an element below it: required, shorter, or fewer codes; never less."""

    version = models.ForeignKey(StandardVersion, models.CASCADE, related_name="tightenings")
    object_key = models.CharField(max_length=16)
    code = models.CharField(max_length=40)
    # "" where the base's own demand stands.
    required = models.CharField(max_length=8, blank=True)
    required_when = models.JSONField(null=True, blank=True)
    severities = models.JSONField(default=dict, blank=True)
    length = models.PositiveIntegerField(null=True, blank=True)
    # The codes that remain; null: all of the base.
    codes = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("version", "object_key", "code")
        constraints = [
            models.UniqueConstraint(
                fields=("version", "object_key", "code"), name="an_element_is_tightened_once_in_its_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_key}.{self.code}"


class ExtensionGrant(models.Model):
    """A city's right to extend the standard: which objects, which lists, how many required elements.

    Given by the province, from a day to a day, by a document. Source: 鄂建文〔2019〕27号 一（二）.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    objects_allowed = models.JSONField(default=list, blank=True)
    lists_allowed = models.JSONField(default=list, blank=True)
    most_required = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=120)
    granted_by = models.CharField(max_length=64, blank=True)
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("region", "-valid_from", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="a_grant_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.valid_from}"
