"""Enterprises, projects, permits, who takes part, and teams."""

from django.db import models
from django.db.models import Q
from guardian.models import UserObjectPermissionBase

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
        return Q(pk__in=taking_part.values("enterprise"))


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
    entered_on = models.DateField(null=True, blank=True)
    exited_on = models.DateField(null=True, blank=True)
    remark = models.CharField(max_length=200, blank=True)

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
