"""Devices, raw punches (facts) and the days and counters concluded from them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from kernel.fields import SealedTextField
from kernel.ids import new_id
from kernel.models import Travelling
from kernel.scoping import Reach, ScopedModel
from workers.models import Engagement


class Device(Travelling, ScopedModel):
    """A gate or handheld on a project; its channel name is how punches at the national interface name it."""

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "attendance.view"
    own_columns = frozenset({"last_punch_at", "last_contact_at", "highest_sequence", "updated_at"})

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="devices")
    channel = models.CharField(max_length=50)
    serial = models.CharField(max_length=60, blank=True)
    last_punch_at = models.DateTimeField(null=True, blank=True)
    last_contact_at = models.DateTimeField(null=True, blank=True)
    # The highest sequence it has used: one above it cannot have been used before.
    highest_sequence = models.BigIntegerField(default=0, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("project", "channel")
        constraints = [
            models.UniqueConstraint(
                fields=("project", "channel"), name="a_channel_is_named_once_in_a_project"
            ),
        ]

    def __str__(self) -> str:
        return self.channel


class Subject(models.Model):
    """An identity number as a gate reported it, enrolled or not.

    Punches point here and never change; when the stranger is enrolled, only `person` is filled in. A new
    index key re-keys this small table, not the punches.
    """

    id_type = models.CharField(max_length=4)
    id_index = models.BinaryField(max_length=64)
    id_number = SealedTextField(context="subject.id_number")
    person = models.ForeignKey("workers.Person", models.PROTECT, null=True, related_name="subjects")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("id_type", "id_index"), name="a_subject_is_one_identity_number"),
        ]

    def __repr__(self) -> str:
        return f"<Subject {self.pk}>"

    def __str__(self) -> str:
        return f"Subject {self.pk}"


class Punch(ScopedModel):
    """A raw punch: added, never changed or deleted (I-08); the database itself refuses.

    Partitioned by month of `occurred_at`. `source` and `token` tell punches of one instant apart: a
    device's sequence (fewer than 32 signs), or a keyed digest of the row (32) where the source has none.
    `origin` is set by the channel that received it, never by its content (I-09). `is_repeat`: on arrival
    its sequence was known with another time; which of them counts, SequenceClash says.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    person_lookup = "subject__person"
    view_permission = "attendance.view"

    class Origin(models.TextChoices):
        OPEN_API = "open_api", "厂商接口"
        GATE = "gate", "闸机直连"
        HANDHELD = "handheld", "手持终端"
        PHONE = "phone", "手机"
        MIGRATION = "migration", "历史迁移"

    class Direction(models.TextChoices):
        IN = "in", "进"
        OUT = "out", "出"

    public_id = models.UUIDField(primary_key=True, default=new_id)
    occurred_at = models.DateTimeField()
    project = models.ForeignKey("projects.Project", models.DO_NOTHING, related_name="+", db_index=False)
    source = models.CharField(max_length=40)
    token = models.CharField(max_length=64)
    subject = models.ForeignKey(Subject, models.DO_NOTHING, related_name="punches", db_index=False)
    team = models.ForeignKey("projects.Team", models.DO_NOTHING, null=True, related_name="+", db_index=False)
    direction = models.CharField(max_length=4, blank=True)
    channel = models.CharField(max_length=50, blank=True)
    pass_method = models.CharField(max_length=4, blank=True)
    origin = models.CharField(max_length=16)
    is_repeat = models.BooleanField(default=False)
    photo = models.CharField(max_length=64, blank=True)
    latitude = models.DecimalField(max_digits=18, decimal_places=15, null=True)
    longitude = models.DecimalField(max_digits=18, decimal_places=15, null=True)
    received_at = models.DateTimeField()

    class Meta:
        # Created by SQL in the first migration: Django has no partitioned tables.
        managed = False
        db_table = "attendance_punch"

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        # One participation sees the punches of its own people on its own project.
        people = Engagement.all_rows.filter(participation__public_id__in=reach.participations)
        own_people = people.filter(person=OuterRef("subject__person"), project=OuterRef("project"))
        # The projects are named, so the database walks their punches of a day once; the people are asked for
        # in a case, or it would join from each of them and walk that day as many times (424 ms against 42).
        is_own = Case(When(Exists(own_people), then=Value(True)), default=Value(False))
        return super().scope(reach) | Q(is_own, project__in=people.values("project"))

    def __repr__(self) -> str:
        return f"<Punch {self.public_id}>"

    def __str__(self) -> str:
        return f"Punch {self.public_id}"


class AttendanceDay(ScopedModel):
    """One engagement's day on its site, concluded from its punches within presence (I-07).

    An applied correction fills what no punch says, and the day shows it (`is_corrected`). `day` runs from
    the parameter's cut-off hour (04:00) to the next, Asia/Shanghai. Recomputable at any time;
    `rule_version` says by which reading.
    """

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "attendance.view"

    engagement = models.ForeignKey("workers.Engagement", models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    first_in_at = models.DateTimeField(null=True)
    last_out_at = models.DateTimeField(null=True)
    punches = models.PositiveIntegerField()
    is_corrected = models.BooleanField(default=False)
    rule_version = models.PositiveSmallIntegerField(default=1)
    computed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-day",)
        constraints = [
            models.UniqueConstraint(fields=("engagement", "day"), name="one_day_per_engagement"),
            models.CheckConstraint(
                condition=Q(last_at__gte=F("first_at")), name="a_day_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(punches__gt=0) | Q(is_corrected=True), name="a_day_has_a_punch_or_a_correction"
            ),
        ]
        indexes = [models.Index(fields=("day", "engagement"), name="days_by_date")]

    def __str__(self) -> str:
        return f"{self.day}"


class ProjectDay(ScopedModel):
    """A project's counters of one day: what every dashboard reads. Exact, because recomputed from facts."""

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "attendance.view"

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="days")
    day = models.DateField()
    is_in_progress = models.BooleanField(default=True)
    on_site = models.PositiveIntegerField(default=0)
    attended = models.PositiveIntegerField(default=0)
    # Of those who attended, who was not on site any more at the day's end: exited, or on leave.
    attended_left = models.PositiveIntegerField(default=0)
    contracted = models.PositiveIntegerField(default=0)
    trained = models.PositiveIntegerField(default=0)
    key_posts_required = models.PositiveIntegerField(default=0)
    key_posts_present = models.PositiveIntegerField(default=0)
    unmatched = models.PositiveIntegerField(default=0)
    # In which minute of the day, sorted, everybody who attended first came, and each key post was filled;
    # None where that was not counted yet.
    arrivals = ArrayField(models.PositiveSmallIntegerField(), null=True)
    post_arrivals = ArrayField(models.PositiveSmallIntegerField(), null=True)
    last_punch_at = models.DateTimeField(null=True)
    rule_version = models.PositiveSmallIntegerField(default=1)
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ("-day",)
        constraints = [
            models.UniqueConstraint(fields=("day", "project"), name="one_row_per_project_and_day"),
            models.CheckConstraint(condition=Q(contracted__lte=F("on_site")), name="contracted_are_on_site"),
            models.CheckConstraint(condition=Q(trained__lte=F("on_site")), name="trained_are_on_site"),
            models.CheckConstraint(
                condition=Q(attended__lte=F("on_site") + F("attended_left")), name="attended_are_expected"
            ),
            models.CheckConstraint(
                condition=Q(attended_left__lte=F("attended")), name="who_attended_and_left_attended"
            ),
            models.CheckConstraint(
                condition=Q(key_posts_present__lte=F("key_posts_required")), name="present_posts_are_required"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class DirtyDay(models.Model):
    """A mark that a project's day must be counted anew; marks are cheap, repeated and order-free."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.project_id} {self.day}"
