"""Rules that an enterprise sets itself for real-name management, in force on a project or on all of its.

Source: 鄂建文〔2019〕27号 一(四) (建立健全实名制管理制度).
"""

from django.db import models
from django.db.models import F, Q

from kernel.models import Travelling
from kernel.scoping import Reach, ScopedModel
from projects.models import Participation


class PolicyDocument(Travelling, ScopedModel):
    """One version of a document; the next version names the one before it, and all stay readable.

    The contractor's hold for everybody on the site, so whoever takes part in the project reads them.
    """

    region_lookup = "participation__project__region"
    project_lookup = "participation__project"
    participation_lookup = "participation"
    view_permission = "projects.view"

    participation = models.ForeignKey("projects.Participation", models.PROTECT, related_name="policies")
    title = models.CharField(max_length=100)
    document = models.CharField(max_length=60, blank=True)
    number = models.PositiveIntegerField(default=1)
    effective_on = models.DateField()
    address = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    filed_by = models.CharField(max_length=120)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("participation", "title", "-number")
        constraints = [
            models.UniqueConstraint(
                fields=("participation", "title", "number"), name="versions_of_a_policy_are_numbered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        taking_part = Participation.objects.within(Reach(participations=reach.participations))
        return super().scope(reach) | Q(
            participation__project__in=taking_part.values("project"),
            participation__enterprise=F("participation__project__contractor"),
        )
