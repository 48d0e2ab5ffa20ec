"""A worker's own opening of the record to the next site: a short-lived code, and who has read by it."""

from django.db import models
from django.db.models import F, Q

from kernel.ids import new_id
from kernel.scoping import ScopedModel
from workers.models.people import Person


class CareerCode(ScopedModel):
    """A code by which a worker opens the own career to one reader, once and for minutes.

    Only keyed digests are kept: of the long secret in the picture (`digest`), and of the six figures
    (`figures_digest`), which open nothing without the last four signs of the document. It never leaves this
    node. Source: 鄂建文〔2019〕27号 二(三); product W7.
    """

    person_lookup = "person"
    view_permission = "own.view"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="career_codes")
    digest = models.BinaryField(max_length=64, unique=True)
    figures_digest = models.BinaryField(max_length=64)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-opened_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("opened_at")), name="a_career_code_expires_after_it_was_opened"
            ),
        ]
        indexes = [
            models.Index(
                fields=("figures_digest",),
                condition=Q(used_at=None, closed_at=None),
                name="open_career_codes",
            ),
        ]

    def __str__(self) -> str:
        return f"CareerCode {self.pk}"


class CareerReading(ScopedModel):
    """That a site may read one person's career for a while, because the person showed a code there.

    Whoever enrols people on the project sees it, a subcontractor's clerk those of the own firm alone.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    participation_lookup = "participation"
    person_lookup = "code__person"
    view_permission = "workers.enrol"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    code = models.OneToOneField(CareerCode, models.PROTECT, related_name="reading")
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="+")
    participation = models.ForeignKey(
        "projects.Participation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    reader_key = models.CharField(max_length=64)
    reader = models.CharField(max_length=120)
    read_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # By the worker.
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-read_at",)

    def __str__(self) -> str:
        return f"CareerReading {self.pk}"


class CareerTry(models.Model):
    """A code that one account got wrong: what the limit counts, gone when the hour is over."""

    actor_key = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()

    def __repr__(self) -> str:
        return f"<CareerTry {self.pk}>"

    def __str__(self) -> str:
        return f"CareerTry {self.pk}"
