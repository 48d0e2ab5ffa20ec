"""How an identity was established, what was put right, and how often numbers were asked for."""

from django.db import models

from kernel.fields import SealedTextField
from kernel.masking import mask_id_number
from kernel.models import Travelling
from kernel.scoping import ScopedModel
from workers.models.people import Engagement


class IdentityCheck(ScopedModel):
    """How an identity was established: by chip, registry or typing; the strength is kept for ever.

    The row is also the attestation of what was told (notice 一(四)): who, for which firm, where, when.
    `strengths` says field by field how each came; `reader` names the device. `proof` is the signature of a
    reading that the bridge of the point's reader made, and is used once. The database refuses every change.
    """

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="identity_checks")
    method = models.CharField(max_length=16)
    result = models.CharField(max_length=16)
    checked_at = models.DateTimeField()
    checked_by = models.CharField(max_length=120)
    checked_by_key = models.CharField(max_length=64, blank=True, default="")
    attested_uscc = models.CharField(max_length=18, blank=True, default="")
    strengths = models.JSONField(default=dict, blank=True)
    reader = models.JSONField(default=dict, blank=True)
    proof = models.CharField(max_length=64, blank=True, default="")
    # The picture that the chip holds.
    portrait = models.CharField(max_length=64, blank=True, default="")
    point = models.ForeignKey(
        "workers.CollectionPoint", models.PROTECT, null=True, blank=True, related_name="checks"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("proof",), condition=~models.Q(proof=""), name="a_reading_establishes_one_identity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.result}"


class IdentityCorrection(Travelling, ScopedModel):
    """A wrong number or name that was put right: what it was, who corrected it and why; never undone.

    One row for each engagement that the correction concerned. `is_moved`: the right number was another
    person's, so that the engagement now belongs to that person.
    """

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"
    held_by = ("engagement",)

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="identity_corrections")
    name_before = models.CharField(max_length=50)
    number_before = SealedTextField(context="identity_correction.number")
    is_number_changed = models.BooleanField()
    is_moved = models.BooleanField(default=False)
    reason = models.CharField(max_length=200)
    corrected_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"更正 {self.public_id}"

    @property
    def masked_number(self) -> str:
        """The number as it was, masked like every other."""
        return mask_id_number(self.number_before)


class LookUp(models.Model):
    """One number asked for by one account within the hour: what the limit counts, gone when it is over.

    `digest` is keyed and covers number and name together: the same question asked again is not a new one,
    and no row says whom it was about.
    """

    actor_key = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("actor_key", "digest"), name="a_question_is_counted_once"),
        ]

    def __repr__(self) -> str:
        return f"<LookUp {self.pk}>"

    def __str__(self) -> str:
        return f"LookUp {self.pk}"
