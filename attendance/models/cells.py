"""What leaves a cell for the hub: counters of whole divisions, and until when they were counted.

Both tables are written in a cell and copied into the hub by logical replication, row by row as they are; the
keys tell divisions and cells by name, so rows of different cells never meet. Neither names a person or a
project. Source: docs/decisions/0196-cells-and-a-hub.md.
"""

from django.db import models


class CountyDay(models.Model):
    """The project-days of one division on one day, added up. A division lies in one cell, wholly."""

    key = models.CharField(primary_key=True, max_length=24, editable=False)
    # By code: the hub's own numbering of its map is not the cell's.
    region = models.ForeignKey(
        "regions.Region", models.PROTECT, to_field="code", related_name="+", db_constraint=False
    )
    day = models.DateField()
    cell = models.CharField(max_length=32)
    projects = models.PositiveIntegerField()
    on_site = models.PositiveIntegerField()
    attended = models.PositiveIntegerField()
    attended_left = models.PositiveIntegerField()
    contracted = models.PositiveIntegerField()
    trained = models.PositiveIntegerField()
    key_posts_required = models.PositiveIntegerField()
    key_posts_present = models.PositiveIntegerField()
    unmatched = models.PositiveIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("day", "region"), name="a_division_is_counted_once_a_day"),
        ]

    def __str__(self) -> str:
        return self.key


class CellPulse(models.Model):
    """Until when a cell has counted everything it had accepted: what the hub's figures of it speak of."""

    cell = models.CharField(primary_key=True, max_length=32)
    counted_until = models.DateTimeField()

    def __str__(self) -> str:
        return self.cell
