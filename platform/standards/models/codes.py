"""Code lists, mappings to national codes, and rule parameters: data, never constants."""

from django.db import models


class CodeList(models.Model):
    """A dictionary of the standard, such as 工种; its items are never re-used (I-24)."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name


class CodeItem(models.Model):
    """One code of a list, valid between two dates; retired items stay readable.

    What a code means never changes and no row goes: the database refuses it (I-24). `region` is the city
    whose own item it is, none for everybody's; `standard` the version that brought it, none for the seed.
    """

    code_list = models.ForeignKey(CodeList, models.PROTECT, related_name="items")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    region = models.ForeignKey("regions.Region", models.PROTECT, null=True, blank=True, related_name="+")
    standard = models.ForeignKey(
        "standards.StandardVersion", models.PROTECT, null=True, blank=True, related_name="items"
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("code_list", "position")
        constraints = [
            models.UniqueConstraint(fields=("code_list", "code"), name="a_code_is_used_once_in_its_list"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ItemMapping(models.Model):
    """What a code of ours stands for in the national list, for whoever must be told in national codes."""

    code_list = models.ForeignKey(CodeList, models.PROTECT, related_name="mappings")
    code = models.CharField(max_length=12)
    national_code = models.CharField(max_length=12)
    document = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("code_list", "code")
        constraints = [
            models.UniqueConstraint(fields=("code_list", "code"), name="a_code_is_mapped_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} → {self.national_code}"


class RuleParameter(models.Model):
    """A deadline, window, tolerance or threshold at a place and time, with the document that set it."""

    key = models.CharField(max_length=60)
    region = models.ForeignKey("regions.Region", models.PROTECT, null=True, blank=True, related_name="+")
    value = models.JSONField()
    unit = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=80)
    document = models.CharField(max_length=120)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("key", "region", "valid_from")
        constraints = [
            models.UniqueConstraint(
                fields=("key", "region", "valid_from"),
                nulls_distinct=False,
                name="a_parameter_is_set_once_per_place_and_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
