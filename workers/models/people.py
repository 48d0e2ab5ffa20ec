"""People, and their work on a project; each names the other."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q

from kernel.fields import SealedTextField
from kernel.masking import mask_card, mask_id_number, mask_phone
from kernel.models import Travelling
from kernel.scoping import Reach, ScopedModel


class Person(Travelling, ScopedModel):
    """A natural person, identity core only: once per document type and number (I-01).

    Visible through an engagement in scope and in no other way. The number is sealed; equal numbers are
    found by `id_index`, which never leaves this node.
    """

    view_permission = "workers.view"

    name = models.CharField(max_length=50, db_index=True)
    id_type = models.CharField(max_length=4, default="01")
    id_number = SealedTextField(context="person.id_number")
    id_index = models.BinaryField(max_length=64)
    sex = models.CharField(max_length=1, blank=True)
    born_on = models.DateField(null=True, blank=True)
    nation = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("id_type", "id_index"), name="a_natural_person_is_one_person"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        return Q(pk__in=Engagement.objects.within(reach).values("person"))

    @property
    def masked_number(self) -> str:
        """The number as everybody may see it: 4200**********0016."""
        return mask_id_number(self.id_number)


class PersonAlias(models.Model):
    """Another name under which a node knows this person (federation); both mean one human being."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="aliases")
    public_id = models.UUIDField(unique=True)
    node = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.public_id}"


class Engagement(Travelling, ScopedModel):
    """One person working on one project for one participation (用工): not the person itself.

    Phone, address, photograph and card belong here, so that no clerk overwrites another's.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    participation_lookup = "participation"
    person_lookup = "person"
    view_permission = "workers.view"
    held_by = ("team",)

    person = models.ForeignKey(Person, models.PROTECT, related_name="engagements")
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="engagements")
    participation = models.ForeignKey("projects.Participation", models.PROTECT, related_name="engagements")
    team = models.ForeignKey("projects.Team", models.PROTECT, related_name="engagements")
    is_team_leader = models.BooleanField(default=False)
    kind = models.CharField(max_length=4, default="20")
    trade = models.CharField(max_length=12, blank=True)
    phone = SealedTextField(context="engagement.phone", null=True)
    phone_index = models.BinaryField(max_length=64, null=True)
    address = SealedTextField(context="engagement.address", null=True)
    photo = models.CharField(max_length=64, blank=True)
    card_number = SealedTextField(context="engagement.card", null=True)
    card_index = models.BinaryField(max_length=64, null=True)
    bank_code = models.CharField(max_length=8, blank=True)
    bank_name = models.CharField(max_length=100, blank=True)
    gate_card = models.CharField(max_length=30, blank=True)
    education = models.CharField(max_length=12, blank=True)
    political_status = models.CharField(max_length=12, blank=True)
    issuing_authority = models.CharField(max_length=60, blank=True)
    # What the standard asks beyond these columns: element code → value; sealed elements as sealed JSON.
    extras = models.JSONField(null=True, blank=True)
    sealed_extras = SealedTextField(context="engagement.extras", null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # What the standard told of the act that has just written this row (standards.judging.Finding); not kept.
    findings: Sequence[Any] = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("person", "project"),
                condition=Q(ended_at=None),
                name="one_active_engagement_per_person_and_project",
            ),
        ]
        indexes = [
            models.Index(fields=("project", "team"), name="engagements_of_a_project"),
            models.Index(fields=("phone_index",), name="engagements_by_phone"),
            # Papers and presences of a province are counted through it: a twentieth of the rows' own pages.
            models.Index(
                fields=("id",), include=("project", "person", "participation"), name="engagements_at_a_glance"
            ),
        ]

    def __str__(self) -> str:
        return f"用工 {self.public_id}"

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone or "")

    @property
    def masked_card(self) -> str:
        return mask_card(self.card_number or "")
