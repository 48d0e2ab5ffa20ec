"""Who is on the gates' lists: one row for everybody who ever was, in the order of the last change."""

from django.db import models

from kernel.scoping import ScopedModel
from workers.models import Engagement


class GatePass(ScopedModel):
    """Whether the gates of a project let somebody in, since when, until when, and why not.

    `position` orders the changes of the node: it is given under one lock that is held until the commit, so
    that whoever has read up to a position has missed nothing before it. `digest` covers what a gate is told
    of the person; `check_at` is the next instant at which time alone may change the permission.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"

    engagement = models.OneToOneField(Engagement, models.PROTECT, related_name="gate_pass")
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="gate_passes")
    is_allowed = models.BooleanField()
    valid_until = models.DateTimeField(null=True, blank=True)
    # What is missing, in words; empty while the person is on the list.
    causes = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    position = models.BigIntegerField()
    changed_at = models.DateTimeField()
    check_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=("position",), name="a_change_of_the_gates_has_one_position"),
            models.CheckConstraint(
                condition=models.Q(is_allowed=True, causes=[])
                | (models.Q(is_allowed=False) & ~models.Q(causes=[])),
                name="who_is_taken_off_the_gates_is_told_why",
            ),
        ]
        indexes = [
            models.Index(fields=("project", "position"), name="gate_changes_of_a_project"),
            models.Index(
                fields=("check_at",), condition=models.Q(check_at__isnull=False), name="gate_passes_to_check"
            ),
        ]

    def __str__(self) -> str:
        return f"GatePass {self.pk}"
