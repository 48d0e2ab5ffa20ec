"""Enterprises, projects, permits, who takes part, and teams."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from guardian.models import UserObjectPermissionBase

from kernel.fields import SealedTextField
from kernel.ids import new_id
from kernel.models import Travelling
from kernel.scoping import Reach, ScopedModel


class Source(models.TextChoices):
    """Who owns a record's master fields: the four-database platform, or whoever reported it first."""

    MASTER = "master", "四库一平台"
    REPORTED = "reported", "填报"


class Enterprise(Travelling, ScopedModel):
    """A firm, known by its unified social credit code (GB 32100); seen through the projects it works on."""

    view_permission = "projects.view"

    uscc = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=16, default=Source.REPORTED)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        taking_part = Participation.objects.within(reach)
        # Whoever acts for an enterprise sees it before it takes part in anything.
        own = Q(public_id__in=reach.enterprises) if reach.enterprises else Q(pk__in=[])
        return own | Q(pk__in=taking_part.values("enterprise"))


class EnterpriseParticulars(Travelling, ScopedModel):
    """What somebody's system states of an enterprise (企业基本信息); codes of the standard, capital in 万元.

    One statement for each that states: a project's system (`project`) or an enterprise's (`stated_by`), so
    that no site overwrites another's. What an enterprise states of itself is seen with the enterprise; what a
    project's system states, with the project.
    Source: 数据接口标准 Corp.Upload (企业基本信息).
    """

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "projects.view"

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="particulars")
    project = models.ForeignKey("Project", models.PROTECT, null=True, blank=True, related_name="+")
    stated_by = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=4, blank=True)
    licence_number = models.CharField(max_length=50, blank=True)
    # Six figures of GB/T 2260: an enterprise may be registered in any province.
    area_code = models.CharField(max_length=6, blank=True)
    address = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=6, blank=True)
    legal_name = models.CharField(max_length=50, blank=True)
    legal_duty = models.CharField(max_length=50, blank=True)
    legal_title = models.CharField(max_length=50, blank=True)
    legal_id_type = models.CharField(max_length=4, blank=True)
    legal_id_number = SealedTextField(context="projects.enterpriseparticulars.legal_id_number", null=True)
    capital = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    paid_in_capital = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=4, blank=True)
    registered_on = models.DateField(null=True, blank=True)
    established_on = models.DateField(null=True, blank=True)
    office_phone = models.CharField(max_length=20, blank=True)
    fax = models.CharField(max_length=20, blank=True)
    contact_name = models.CharField(max_length=50, blank=True)
    contact_phone = SealedTextField(context="projects.enterpriseparticulars.contact_phone", null=True)
    email = models.CharField(max_length=100, blank=True)
    website = models.CharField(max_length=200, blank=True)
    remark = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("enterprise", "-updated_at")
        constraints = [
            models.CheckConstraint(
                condition=Q(project=None, stated_by__isnull=False) | Q(project__isnull=False, stated_by=None),
                name="a_statement_is_of_one_project_or_one_enterprise",
            ),
            models.UniqueConstraint(
                fields=("enterprise", "project", "stated_by"),
                nulls_distinct=False,
                name="each_states_an_enterprise_once",
            ),
        ]

    def __str__(self) -> str:
        return f"EnterpriseParticulars {self.pk}"

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        seen = Enterprise.objects.within(reach).values("pk")
        of_itself = Q(enterprise=models.F("stated_by"), enterprise__in=seen)
        own = Q(stated_by__public_id__in=reach.enterprises) if reach.enterprises else Q(pk__in=[])
        everybodys = Q(stated_by__isnull=False) if reach.is_province_wide else Q(pk__in=[])
        return super().scope(reach) | of_itself | own | everybodys


class Qualification(Travelling, ScopedModel):
    """A qualification that an authority has given an enterprise (企业资质); seen with the enterprise.

    Source: 数据接口标准 CorpCredential.Query.
    """

    view_permission = "projects.view"

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="qualifications")
    kind = models.CharField(max_length=4)
    number = models.CharField(max_length=50)
    status = models.CharField(max_length=4, default="001")
    trade = models.CharField(max_length=12, blank=True)
    trade_mark = models.CharField(max_length=20, blank=True)
    # As the list `qualification_level` writes it: the kind before the level's own code.
    level = models.CharField(max_length=12, blank=True)
    mark = models.CharField(max_length=20, blank=True)
    limits = models.CharField(max_length=500, blank=True)
    approval_number = models.CharField(max_length=100, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    addition = models.CharField(max_length=4, blank=True)
    changed_on = models.DateField(null=True, blank=True)
    change_mark = models.CharField(max_length=50, blank=True)

    class Meta:
        ordering = ("enterprise", "kind", "number", "trade")
        constraints = [
            models.UniqueConstraint(
                fields=("enterprise", "kind", "number", "trade"),
                name="a_trade_stands_once_on_a_certificate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        return Q(enterprise__in=Enterprise.objects.within(reach).values("pk"))


class Project(Travelling, ScopedModel):
    """A construction project: the unit of real-name management (notice 一(四)).

    Its responsible contractor is the participation of kind 009 that `contractor` names.
    """

    region_lookup = "region"
    project_lookup = ""
    view_permission = "projects.view"

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    contractor = models.ForeignKey(Enterprise, models.PROTECT, related_name="contracted_projects")
    owner_name = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=4, blank=True)
    status = models.CharField(max_length=4, default="003")
    address = models.CharField(max_length=200, blank=True)
    building_area = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    investment = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(max_digits=18, decimal_places=15, null=True, blank=True)
    longitude = models.DecimalField(max_digits=18, decimal_places=15, null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    completes_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=16, default=Source.REPORTED)
    # What the standard asks beyond these columns: element code → value; sealed elements as sealed JSON.
    extras = models.JSONField(null=True, blank=True)
    sealed_extras = SealedTextField(context="projects.project.extras", null=True)
    # What the standard told of the act that has just written this row (standards.judging.Finding); not kept.
    findings: Sequence[Any] = ()

    class Meta:
        ordering = ("code",)
        permissions = [
            ("stand_in_supervisor", "临时代班监理"),
            ("joint_inspection", "联合检查"),
        ]
        indexes = [models.Index(fields=("region", "status"), name="projects_of_a_region")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        # A subquery, not a join: a post on a participation must not double the rows of other posts.
        taking_part = Participation.all_rows.filter(public_id__in=reach.participations)
        return super().scope(reach) | Q(pk__in=taking_part.values("project"))

    @property
    def is_open(self) -> bool:
        """Whether people may still be enrolled and enter: not finished (004)."""
        return self.status != "004"


class ProjectGrant(UserObjectPermissionBase):
    """One person, one project, beyond any post: a stand-in supervisor or a joint inspection (guardian).

    It ends by itself: `valid_to` is the last day.
    """

    content_object = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="grants")
    valid_to = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    def __repr__(self) -> str:
        return f"<ProjectGrant {self.pk}>"

    def __str__(self) -> str:
        return f"ProjectGrant {self.pk}"


class Permit(Travelling, ScopedModel):
    """A construction permit (施工许可证); a project has one or more."""

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "projects.view"

    project = models.ForeignKey(Project, models.PROTECT, related_name="permits")
    number = models.CharField(max_length=50, unique=True)
    works_name = models.CharField(max_length=255, blank=True)
    issued_on = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    source = models.CharField(max_length=16, default=Source.REPORTED)

    class Meta:
        ordering = ("issued_on",)

    def __str__(self) -> str:
        return self.number


class ProjectParticulars(Travelling, ScopedModel):
    """What a contractor's system states of a project beyond what its permit says; codes of the standard.

    Source: 数据接口标准 Project.Add (项目基本信息).
    """

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "projects.view"

    project = models.OneToOneField(Project, models.PROTECT, related_name="particulars")
    third_party_code = models.CharField(max_length=50, blank=True)
    description = models.CharField(max_length=1000, blank=True)
    land_permit = SealedTextField(context="projects.projectparticulars.land_permit", null=True)
    planning_permit = SealedTextField(context="projects.projectparticulars.planning_permit", null=True)
    length = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    contact_name = models.CharField(max_length=50, blank=True)
    contact_phone = SealedTextField(context="projects.projectparticulars.contact_phone", null=True)
    approval_number = models.CharField(max_length=50, blank=True)
    approval_level = models.CharField(max_length=4, blank=True)
    size = models.CharField(max_length=4, blank=True)
    nature = models.CharField(max_length=4, blank=True)
    use = models.CharField(max_length=4, blank=True)
    nationality = models.CharField(max_length=4, blank=True)
    reported_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("project",)
        indexes = [models.Index(fields=("third_party_code",), name="projects_by_third_party_code")]

    def __str__(self) -> str:
        return f"ProjectParticulars {self.pk}"


class ReportedPermit(Travelling, ScopedModel):
    """A permit number that a contractor's system states and the county has not registered yet.

    It opens nothing. Once the county registers a permit of the number, that one counts.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "projects.view"

    project = models.ForeignKey(Project, models.PROTECT, related_name="reported_permits")
    number = models.CharField(max_length=50)
    works_name = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ("project", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("project", "number"), name="a_permit_is_reported_once_for_a_project"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Participation(Travelling, ScopedModel):
    """An enterprise taking part in a project (参建): contractor, subcontractor, supervisor, owner …"""

    region_lookup = "project__region"
    project_lookup = "project"
    participation_lookup = ""
    view_permission = "projects.view"

    project = models.ForeignKey(Project, models.PROTECT, related_name="participations")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="participations")
    kind = models.CharField(max_length=4)
    entered_on = models.DateField(null=True, blank=True)
    exited_on = models.DateField(null=True, blank=True)
    manager_name = models.CharField(max_length=50, blank=True)
    manager_phone = SealedTextField(context="projects.participation.manager_phone", null=True)
    manager_id_type = models.CharField(max_length=4, blank=True, default="")
    manager_id_number = SealedTextField(context="projects.participation.manager_id_number", null=True)

    class Meta:
        ordering = ("project", "kind", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("project", "enterprise"), name="an_enterprise_takes_part_once_in_a_project"
            ),
            models.CheckConstraint(
                condition=Q(exited_on=None) | Q(entered_on=None) | Q(exited_on__gte=models.F("entered_on")),
                name="a_participation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} @ {self.project}"


class WageAccount(Travelling, ScopedModel):
    """A bank account from which a participant pays wages on this project (发放工资的银行).

    A list that is stated anew ends the accounts that it no longer names; rows stay.
    """

    region_lookup = "participation__project__region"
    project_lookup = "participation__project"
    participation_lookup = "participation"
    view_permission = "projects.view"

    participation = models.ForeignKey(Participation, models.PROTECT, related_name="wage_accounts")
    bank_code = models.CharField(max_length=4)
    branch = models.CharField(max_length=50)
    number = SealedTextField(context="projects.wageaccount.number")
    number_index = models.BinaryField(max_length=64)
    link_number = models.CharField(max_length=30, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("participation", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("participation", "number_index"),
                condition=Q(ended_at=None),
                name="a_participant_names_an_account_once",
            ),
        ]

    def __str__(self) -> str:
        return f"WageAccount {self.pk}"


class Team(Travelling, ScopedModel):
    """A team (班组) of one participation. `number` is its teamSysNo on the wire: ten digits, fits int32."""

    region_lookup = "participation__project__region"
    project_lookup = "participation__project"
    participation_lookup = "participation"
    view_permission = "projects.view"

    participation = models.ForeignKey(Participation, models.PROTECT, related_name="teams")
    name = models.CharField(max_length=100)
    number = models.BigIntegerField(unique=True)
    is_management = models.BooleanField(default=False)
    responsible_name = models.CharField(max_length=50, blank=True)
    # Who answers for the team in its enterprise; a number is sealed and never searched across nodes.
    responsible_phone = SealedTextField(context="team.responsible_phone", null=True)
    responsible_id_type = models.CharField(max_length=4, blank=True, default="")
    responsible_number = SealedTextField(context="team.responsible_number", null=True)
    responsible_index = models.BinaryField(max_length=64, null=True)
    entered_on = models.DateField(null=True, blank=True)
    exited_on = models.DateField(null=True, blank=True)
    remark = models.CharField(max_length=200, blank=True)
    extras = models.JSONField(null=True, blank=True)
    sealed_extras = SealedTextField(context="team.extras", null=True)
    findings: Sequence[Any] = ()

    class Meta:
        ordering = ("participation", "number")
        constraints = [
            models.UniqueConstraint(
                fields=("participation", "name"), name="a_team_name_is_used_once_in_a_participation"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1_000_000_000, number__lte=2_147_483_647),
                name="a_team_number_has_ten_digits_and_fits_int32",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamFile(Travelling, ScopedModel):
    """A scan that came with a team's entry or exit, such as its settlement."""

    region_lookup = "team__participation__project__region"
    project_lookup = "team__participation__project"
    participation_lookup = "team__participation"
    view_permission = "projects.view"

    class Occasion(models.TextChoices):
        ENTRY = "entry", "进场"
        EXIT = "exit", "退场"

    team = models.ForeignKey(Team, models.PROTECT, related_name="files")
    occasion = models.CharField(max_length=8)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=64)
    # When other files took its place; what came once is kept.
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("team", "occasion", "position")
        constraints = [
            models.UniqueConstraint(
                fields=("team", "occasion", "position"),
                condition=Q(replaced_at=None),
                name="files_of_a_team_have_an_order",
            ),
            models.CheckConstraint(
                condition=Q(occasion__in=("entry", "exit")), name="a_team_file_belongs_to_entry_or_exit"
            ),
        ]

    def __str__(self) -> str:
        return f"TeamFile {self.pk}"


class AccountCode(ScopedModel):
    """A one-time code by which a project's general contractor claims its account (notice 二(五)).

    Only a keyed digest of the code is kept. It belongs to the permit it was handed over with; a newer code
    of the project makes it void. It never leaves this node.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "projects.coverage"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="account_codes")
    permit = models.ForeignKey(Permit, models.PROTECT, related_name="account_codes")
    digest = models.BinaryField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("-issued_at",)
        constraints = [
            models.UniqueConstraint(
                fields=("project",),
                condition=Q(voided_at=None, claimed_at=None),
                name="a_project_has_one_open_account_code",
            ),
            models.CheckConstraint(
                condition=Q(claimed_at=None, claimed_by=None)
                | Q(claimed_at__isnull=False, claimed_by__isnull=False, voided_at=None),
                name="a_claimed_code_says_by_whom_and_is_not_void",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("issued_at")), name="a_code_expires_after_it_was_issued"
            ),
        ]

    def __str__(self) -> str:
        return f"AccountCode {self.pk}"


class RefusedRecord(ScopedModel):
    """A record that an interface refused by the data standard, kept so that whoever asks is told why.

    `findings` hold element, rule, version and wording; values are masked, and nothing else of it is kept.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "standards.explain"

    request_id = models.CharField(max_length=64, db_index=True)
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    object_key = models.CharField(max_length=16)
    channel = models.CharField(max_length=12)
    said_by = models.CharField(max_length=120, blank=True)
    findings = models.JSONField()
    refused_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-refused_at", "-id")

    def __str__(self) -> str:
        return self.request_id


class ClaimTry(models.Model):
    """Failed claims from one address for one permit number, which is kept as a keyed digest alone."""

    digest = models.BinaryField(max_length=64)
    address = models.CharField(max_length=45)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("digest", "address"), name="tries_are_counted_by_number_and_address"
            )
        ]

    def __repr__(self) -> str:
        return f"<ClaimTry {self.pk}>"

    def __str__(self) -> str:
        return f"ClaimTry {self.pk}"


class PermitUpload(models.Model):
    """A list of permits between its dry run and its writing: its owner's alone, and gone after some hours.

    The text lies sealed in the row, so that nothing of it is left once the row is gone.
    """

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    owner_key = models.CharField(max_length=64)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    text = SealedTextField(context="projects.permitupload.text", null=True)
    # What the last judgement found, as JSON: good rows and faults, with what the cells said.
    judged = SealedTextField(context="projects.permitupload.judged", null=True)
    uploaded_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-uploaded_at",)

    def __repr__(self) -> str:
        return f"<PermitUpload {self.pk}>"

    def __str__(self) -> str:
        return f"PermitUpload {self.pk}"
