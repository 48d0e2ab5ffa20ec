"""What vendors report of people beyond the core, and people's certificates."""

from django.db import models
from django.db.models import F, Q

from kernel.fields import SealedTextField
from kernel.masking import mask_card
from kernel.models import Travelling
from kernel.scoping import Reach, ScopedModel
from workers.models.people import Engagement, Person


class Particulars(Travelling, ScopedModel):
    """What vendors report of an engagement beyond its core (national interface, ProjectWorker.Add).

    A row of its own, so that lists of people never read it. Health and whom to call are sealed.
    """

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"
    held_by = ("engagement",)

    engagement = models.OneToOneField(Engagement, models.PROTECT, related_name="particulars")
    gate_card_issued_on = models.DateField(null=True, blank=True)
    gate_card_picture = models.CharField(max_length=64, blank=True)
    bank_head_name = models.CharField(max_length=100, blank=True)
    bank_link_number = models.CharField(max_length=30, blank=True)
    is_insured = models.BooleanField(null=True, blank=True)
    union_joined_on = models.DateField(null=True, blank=True)
    specialty = models.CharField(max_length=200, blank=True)
    # "1" a grave illness is known, "0" none is.
    illness = SealedTextField(context="particulars.illness", null=True)
    urgent_name = SealedTextField(context="particulars.urgent_name", null=True)
    urgent_phone = SealedTextField(context="particulars.urgent_phone", null=True)
    started_work_on = models.DateField(null=True, blank=True)
    marital_status = models.CharField(max_length=4, blank=True)
    card_front = models.CharField(max_length=64, blank=True)
    card_back = models.CharField(max_length=64, blank=True)
    document_valid_from = models.DateField(null=True, blank=True)
    document_valid_to = models.DateField(null=True, blank=True)
    management_post = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(document_valid_to=None)
                | Q(document_valid_from=None)
                | Q(document_valid_to__gte=F("document_valid_from")),
                name="a_document_is_valid_after_it_was_issued",
            ),
        ]

    def __str__(self) -> str:
        return f"Particulars {self.pk}"


class Certificate(Travelling, ScopedModel):
    """A certificate of a person: of skill, of special operation, of registration (national dictionary 7.22).

    It belongs to the person and is seen, as the person is, through an engagement in scope.
    """

    person_lookup = "person"
    view_permission = "workers.view"

    person = models.ForeignKey(Person, models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=12)
    level = models.CharField(max_length=4, blank=True)
    number = SealedTextField(context="certificate.number")
    number_index = models.BinaryField(max_length=64)
    issuer = models.CharField(max_length=100, blank=True)
    issued_on = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=4, default="1")
    scan = models.CharField(max_length=64, blank=True)
    recorded_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("kind", "-issued_on", "-id")
        indexes = [models.Index(fields=("valid_to",), name="certificates_by_their_end")]
        constraints = [
            models.UniqueConstraint(
                fields=("person", "kind", "number_index"), name="a_certificate_of_a_person_is_kept_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("issued_on")),
                name="a_certificate_is_valid_after_it_was_issued",
            ),
        ]

    def __str__(self) -> str:
        return f"Certificate {self.pk}"

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        return Q(person__in=Engagement.objects.within(reach).values("person"))

    @property
    def masked_number(self) -> str:
        """The number as everybody may see it."""
        return mask_card(self.number)
