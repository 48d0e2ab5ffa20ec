"""Administrative divisions (GB/T 2260): the map on which every scope is drawn."""

from django.db import models


class Region(models.Model):
    """A province, a second-level unit, a county or a functional zone.

    Tier is not tree depth: 仙桃, 潜江, 天门 and 神农架 stand directly under the province and are each a
    second-level unit and their own county. `path` holds the codes from the province down, each with a
    slash behind it ("420000/420100/420106/"); it is built from parents, never sliced from a code.
    """

    class Kind(models.TextChoices):
        ADMINISTRATIVE = "administrative", "行政区"
        FUNCTIONAL = "functional", "功能区"
        # Where vendors practise: on no map, within nobody's reach.
        SANDBOX = "sandbox", "联调沙箱"

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", db_index=True
    )
    path = models.CharField(max_length=80, unique=True)
    is_second_level = models.BooleanField(default=False)
    is_county = models.BooleanField(default=False)
    kind = models.CharField(max_length=16, default=Kind.ADMINISTRATIVE)
    position = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("path",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(path__endswith="/"), name="region_path_ends_with_a_slash"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_province(self) -> bool:
        return self.parent_id is None and not self.is_sandbox

    @property
    def is_sandbox(self) -> bool:
        """Whether only invented people and firms may stand here."""
        return self.kind == self.Kind.SANDBOX

    @property
    def tier(self) -> str:
        """province, unit or county; a unit that is its own county counts as a unit."""
        if self.is_province:
            return "province"
        return "unit" if self.is_second_level else "county"
