"""Where on a site identities are taken: the registered collection points (实名信息提取点)."""

from django.db import models

from kernel.fields import SealedTextField
from kernel.models import Travelling
from kernel.scoping import Reach, ScopedModel
from projects.models import Project


class CollectionPoint(Travelling, ScopedModel):
    """A place on a site where documents are read: its equipment and who operates it (notice 二(五)).

    `reader_key` is the secret that its reader's bridge signs readings with, "" where no bridge is registered;
    it is told once and kept sealed. A point that is closed takes nobody on and stays readable.
    """

    region_lookup = "project__region"
    view_permission = "workers.view"

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="collection_points")
    name = models.CharField(max_length=60)
    location = models.CharField(max_length=120)
    equipment = models.CharField(max_length=120)
    operator = models.CharField(max_length=60)
    reader_key = SealedTextField(context="collection_point.reader_key", null=True)
    reader_key_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("project", "name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("project", "name"),
                condition=models.Q(closed_at=None),
                name="an_open_collection_point_is_named_once_in_a_project",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope(cls, reach: Reach) -> models.Q:
        """A site's points are for all who enrol on it, a subcontractor's clerk among them."""
        return models.Q(project__in=Project.objects.within(reach).values("pk"))

    @property
    def has_key(self) -> bool:
        """Whether readings signed by its bridge are believed."""
        return self.reader_key_at is not None
