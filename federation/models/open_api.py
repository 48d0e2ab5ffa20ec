"""Who may call `/open.api`, what they sent and what became of it."""

import ipaddress
from datetime import datetime

from django.db import models
from django.db.models import Q

from kernel.fields import SealedTextField
from kernel.ids import new_id
from kernel.models import Travelling
from kernel.scoping import Reach, ScopedModel


def no_addresses() -> list[str]:
    """The default allow-list: empty, any address may call."""
    return []


def of_an_enterprise(reach: Reach, enterprise: str) -> Q:
    """What belongs to an enterprise's system and to no project: its own, and the whole province's to see."""
    own = Q(**{f"{enterprise}__public_id__in": reach.enterprises}) if reach.enterprises else Q(pk__in=[])
    theirs = Q(**{f"{enterprise}__isnull": False})
    return theirs if reach.is_province_wide else own


class Credential(Travelling, ScopedModel):
    """A vendor's access: an appid with one of its secrets.

    Where each project has its own key the appid is the project's code; an enterprise's system, which serves
    all its projects, has the enterprise's credit code for appid. The two newest secrets of an appid that are
    neither revoked nor past `valid_until` are valid, so that a vendor can change over without a gap.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "federation.manage_credentials"

    appid = models.CharField(max_length=64)
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    enterprise = models.ForeignKey(
        "projects.Enterprise", models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    secret = SealedTextField(context="credential.secret")
    corp_key = SealedTextField(context="credential.corp_key", null=True)
    allowed_addresses = models.JSONField(default=no_addresses, blank=True)
    window_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    created_by = models.CharField(max_length=120, blank=True)
    # Who keeps the secret: the vendor's firm and system, as the administrator was told.
    holder = models.CharField(max_length=80, blank=True, default="")
    # The last instant of a secret that has been replaced; null while nobody replaced it.
    valid_until = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("appid", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(project=None, enterprise__isnull=False)
                | Q(project__isnull=False, enterprise=None),
                name="a_credential_belongs_to_one_project_or_one_enterprise",
            ),
        ]
        indexes = [models.Index(fields=("appid", "-id"), name="credentials_of_an_appid")]

    def __str__(self) -> str:
        return self.appid

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        return super().scope(reach) | of_an_enterprise(reach, "enterprise")

    @property
    def holder_name(self) -> str:
        """The project or enterprise that it stands for."""
        of = self.project or self.enterprise
        return of.name if of else self.appid

    def is_valid(self, now: datetime) -> bool:
        """Whether calls may be signed with this secret at an instant."""
        return self.revoked_at is None and (self.valid_until is None or self.valid_until > now)

    def allows(self, address: str) -> bool:
        """Whether a caller at this address is on the allow-list; an empty list allows everybody."""
        if not self.allowed_addresses:
            return True
        try:
            caller = ipaddress.ip_address(address)
            return any(
                caller in ipaddress.ip_network(entry, strict=False) for entry in self.allowed_addresses
            )
        except ValueError:
            return False

    @property
    def key(self) -> str:
        """The secret in the clear: it signs, and it is the key of the field cipher."""
        return str(self.secret)


class AcceptedRequest(ScopedModel):
    """A write that was acknowledged: first the promise in this table, then the work.

    The unique (appid, timestamp, nonce) is the guard against replay. `body` holds what the call said, its
    files replaced by their addresses in the store, and is forgotten after some weeks; the result stays.
    """

    class State(models.IntegerChoices):
        PENDING = 0, "待处理"
        FAILED = 10, "处理失败"
        DONE = 20, "处理成功"

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "federation.view_requests"

    serial = models.CharField(max_length=63, unique=True)
    appid = models.CharField(max_length=64)
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="requests")
    project = models.ForeignKey("projects.Project", models.PROTECT, null=True, related_name="+")
    method = models.CharField(max_length=60)
    timestamp = models.CharField(max_length=14)
    nonce = models.CharField(max_length=64)
    body = SealedTextField(context="accepted_request.body", null=True)
    state = models.PositiveSmallIntegerField(choices=State.choices, default=State.PENDING)
    result = models.TextField(blank=True)
    # What the data standard told of it: element, rule, version, wording; values masked. Kept with the result.
    findings = models.JSONField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=("appid", "timestamp", "nonce"), name="a_request_is_accepted_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=(0, 10, 20)), name="a_request_is_pending_failed_or_done"
            ),
            models.CheckConstraint(
                condition=Q(state=0, finished_at=None) | Q(state__in=(10, 20), finished_at__isnull=False),
                name="a_request_is_finished_at_an_instant_or_pending",
            ),
        ]
        indexes = [
            # Lanes of the worker, and what the settler takes: each pending row stands in one of them.
            models.Index(
                fields=("appid", "id"),
                condition=Q(state=0) & ~Q(method="WorkerAttendance.Add"),
                name="pending_requests_of_a_lane",
            ),
            models.Index(
                fields=("id",), condition=Q(state=0, method="WorkerAttendance.Add"), name="pending_punches"
            ),
            models.Index(fields=("appid", "accepted_at"), name="requests_of_an_appid_by_time"),
        ]

    def __str__(self) -> str:
        return self.serial

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        # A call that names no project, such as Corp.Upload of an enterprise's system.
        nowhere = Q(project=None) & of_an_enterprise(reach, "credential__enterprise")
        return super().scope(reach) | nowhere

    def __repr__(self) -> str:
        return f"<AcceptedRequest {self.pk}>"


class AnsweredQuery(models.Model):
    """A query that was answered, kept while it could be replayed."""

    appid = models.CharField(max_length=64)
    timestamp = models.CharField(max_length=14)
    nonce = models.CharField(max_length=64)
    method = models.CharField(max_length=60, blank=True, default="")
    is_poll = models.BooleanField(default=False)
    # Which page was asked for, where one was named; a vendor's self-test looks whether it counts from 0.
    page_index = models.IntegerField(null=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("appid", "timestamp", "nonce"), name="a_query_is_answered_once"),
        ]
        indexes = [models.Index(fields=("appid", "answered_at"), name="queries_of_an_appid_by_time")]

    def __str__(self) -> str:
        return f"{self.appid} {self.timestamp}"


class RefusedCall(ScopedModel):
    """A call under a known appid that was turned away, so that whoever looks for the reason finds it.

    Refusals of one appid, method and reason within one minute are one row that counts them: whoever knows an
    appid cannot fill the table.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "federation.view_credentials"

    appid = models.CharField(max_length=64)
    project = models.ForeignKey("projects.Project", models.PROTECT, null=True, related_name="+")
    enterprise = models.ForeignKey("projects.Enterprise", models.PROTECT, null=True, related_name="+")
    method = models.CharField(max_length=60, blank=True)
    code = models.SmallIntegerField()
    sentence = models.CharField(max_length=300)
    address = models.CharField(max_length=45, blank=True)
    minute = models.DateTimeField()
    number = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ("-last_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("appid", "minute", "method", "code"), name="refusals_of_a_minute_are_one_row"
            ),
            models.CheckConstraint(
                condition=Q(project=None, enterprise__isnull=False)
                | Q(project__isnull=False, enterprise=None),
                name="a_refusal_is_of_one_project_or_one_enterprise",
            ),
        ]
        indexes = [models.Index(fields=("project", "-last_at"), name="refusals_of_a_project")]

    def __str__(self) -> str:
        return f"{self.appid} {self.minute:%Y-%m-%d %H:%M}"

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        return super().scope(reach) | of_an_enterprise(reach, "enterprise")


class Sandbox(models.Model):
    """A practice project that a vendor opened for itself: in no county, for some days, then forgotten.

    Its appid is the code of the project. Only invented people and firms are taken there.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    appid = models.CharField(max_length=64, unique=True)
    vendor = models.CharField(max_length=80)
    address = models.CharField(max_length=45, blank=True)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-opened_at",)
        indexes = [
            models.Index(fields=("address", "opened_at"), name="sandboxes_of_an_address"),
            models.Index(
                fields=("expires_at",), condition=Q(forgotten_at=None), name="sandboxes_to_be_forgotten"
            ),
        ]

    def __str__(self) -> str:
        return self.appid


class ConformanceRun(models.Model):
    """A vendor's self-test: which steps its client has shown. Public, and kept when the sandbox is gone.

    `findings` holds each step with whether it was shown, and what the platform answered.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    appid = models.CharField(max_length=64)
    vendor = models.CharField(max_length=80)
    client = models.CharField(max_length=80)
    client_version = models.CharField(max_length=40, blank=True)
    begun_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    findings = models.JSONField(default=list)
    shown = models.PositiveSmallIntegerField(default=0)
    needed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-begun_at", "-id")
        indexes = [
            models.Index(fields=("-begun_at",), name="conformance_runs_by_time"),
            models.Index(
                fields=("ends_at",), condition=Q(finished_at=None), name="conformance_runs_under_way"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(shown__lte=models.F("needed")), name="a_run_shows_at_most_what_is_needed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client} {self.client_version}".strip()

    @property
    def is_passed(self) -> bool:
        return self.needed > 0 and self.shown == self.needed
