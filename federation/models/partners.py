"""Who outside the housing authorities is served, under which agreement, by which key, and what left.

Partners exist at the province's node alone (I-28); everything here is read by posts over the whole province.
Source: 鄂建文〔2019〕27号 二(四).
"""

import ipaddress
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from federation.models.open_api import no_addresses
from kernel.fields import SealedTextField
from kernel.ids import new_id
from kernel.models import Travelling
from kernel.scoping import Reach, ScopedModel


def no_terms() -> dict[str, Any]:
    """Of a fresh draft: no object is shared yet."""
    return {}


class OfTheProvince(ScopedModel):
    """Rows that belong to no county: a post over the whole province reaches all of them, any other none."""

    view_permission = "federation.view_partners"

    class Meta:
        abstract = True

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        return Q(pk__isnull=False) if reach.is_province_wide else Q(pk__in=[])


class Partner(Travelling, OfTheProvince):
    """An authority, bank or other body outside housing that receives data from the province.

    `bank_code` (list `bank`) says which bank it is, so that an agreement can be held to its own accounts.
    """

    class Kind(models.TextChoices):
        LABOUR = "labour", "人社部门"
        BANK = "bank", "银行等金融机构"
        AUTHORITY = "authority", "其他政府部门"
        OTHER = "other", "其他单位"

    name = models.CharField(max_length=100, unique=True)
    sort = models.CharField(max_length=16)
    uscc = models.CharField(max_length=18, blank=True)
    bank_code = models.CharField(max_length=8, blank=True)
    contact_name = models.CharField(max_length=50)
    contact_phone = SealedTextField(context="federation.partner.contact_phone")
    entered_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                condition=Q(sort__in=["labour", "bank", "authority", "other"]), name="a_partner_is_of_a_sort"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SharingAgreement(Travelling, OfTheProvince):
    """What was agreed with a partner (数据共享协议); its contents stand in its versions.

    Suspending holds at once, for every key; it ends when somebody who may approve resumes it.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements")
    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=100)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = models.CharField(max_length=120, blank=True)
    suspended_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return self.number


class AgreementVersion(Travelling, OfTheProvince):
    """One version of an agreement: purpose, legal basis, quota, days, and for each object what may leave.

    `terms`: object → {"fields": [...], "bases": {field: why this number may leave}, "filters": {...}}. An
    approved version never changes (the database refuses); the newest approved one whose first day has come
    holds. Who drafted it cannot have approved it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        APPROVED = "approved", "已批准"

    agreement = models.ForeignKey(SharingAgreement, models.PROTECT, related_name="versions")
    ordinal = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, default=State.DRAFT)
    purpose = models.CharField(max_length=300)
    legal_basis = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_to = models.DateField()
    calls_per_minute = models.PositiveIntegerField()
    rows_per_day = models.PositiveIntegerField()
    terms = models.JSONField(default=no_terms)
    # Keys of all who had a hand in the draft: none of them may approve it.
    drafters = ArrayField(models.CharField(max_length=64))
    drafted_by = models.CharField(max_length=120)
    approved_key = models.CharField(max_length=64, blank=True)
    approved_by = models.CharField(max_length=120, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("agreement", "-ordinal")
        constraints = [
            models.UniqueConstraint(fields=("agreement", "ordinal"), name="versions_of_an_agreement_count"),
            models.UniqueConstraint(
                fields=("agreement",), condition=Q(state="draft"), name="one_draft_of_an_agreement"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="an_agreement_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(calls_per_minute__gt=0, rows_per_day__gt=0), name="an_agreement_has_a_quota"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", approved_at=None, approved_key="")
                | (Q(state="approved", approved_at__isnull=False) & ~Q(approved_key="")),
                name="an_agreement_is_a_draft_or_was_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} v{self.ordinal}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    def is_in_its_days(self, on: date) -> bool:
        """Whether a day lies within the days it was agreed for."""
        return self.valid_from <= on <= self.valid_to


class PartnerKey(Travelling, OfTheProvince):
    """A partner's access. Only a digest of the secret is kept: 256 random bits need no slow hash.

    A key that is changed over stays valid until an instant, so that a partner can change without a gap.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="keys")
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    allowed_addresses = models.JSONField(default=no_addresses, blank=True)
    issued_by = models.CharField(max_length=120)
    valid_until = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("partner", "-id")

    def __str__(self) -> str:
        return f"…{self.hint}"

    def is_valid(self, now: datetime) -> bool:
        """Whether calls may be made with it at an instant."""
        return self.revoked_at is None and (self.valid_until is None or self.valid_until > now)

    def allows(self, address: str) -> bool:
        """Whether a caller at this address may use it; without a list nobody outside may."""
        try:
            caller = ipaddress.ip_address(address)
            return any(caller in ipaddress.ip_network(one, strict=False) for one in self.allowed_addresses)
        except ValueError:
            return False


class GatewayLog(OfTheProvince):
    """One answered call: what left, to whom, under which version. Rows are only added (the database refuses).

    `works`: public ids of the engagements whose rows left, by which a person finds who received the data.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    at = models.DateTimeField()
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    key = models.ForeignKey(PartnerKey, models.PROTECT, related_name="+")
    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="calls")
    shared = models.CharField(max_length=40)
    fields = ArrayField(models.CharField(max_length=40))
    asked = models.JSONField(default=dict)
    rows = models.PositiveIntegerField()
    works = ArrayField(models.UUIDField(), default=list)
    address = models.CharField(max_length=45)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("partner", "-id"), name="gateway_log_of_a_partner"),
            models.Index(fields=("at",), name="gateway_log_by_time"),
            GinIndex(fields=("works",), name="gateway_log_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.shared} {self.at:%Y-%m-%d %H:%M}"


class GatewayRefusal(OfTheProvince):
    """Calls that were turned away: those of one minute, caller and reason are one row that counts them."""

    minute = models.DateTimeField()
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    shared = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=40)
    sentence = models.CharField(max_length=300)
    address = models.CharField(max_length=45, blank=True)
    number = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ("-last_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("minute", "partner", "shared", "code", "sentence"),
                nulls_distinct=False,
                name="gateway_refusals_of_a_minute_are_one_row",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.minute:%Y-%m-%d %H:%M}"


class GatewayUse(OfTheProvince):
    """What an agreement has used of its quota: rows of a day, calls of the running minute."""

    agreement = models.ForeignKey(SharingAgreement, models.CASCADE, related_name="uses")
    day = models.DateField()
    rows = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    minute = models.DateTimeField(null=True)
    calls_in_minute = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-day",)
        constraints = [
            models.UniqueConstraint(fields=("agreement", "day"), name="one_count_per_agreement_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.rows}"
