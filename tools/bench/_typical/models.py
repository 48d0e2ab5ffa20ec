"""Its own tables, and the platform's people and projects, which both read."""

from typing import Any, ClassVar

from django.db import models


class Row(models.Model):
    objects: ClassVar[Any] = models.Manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"


class Project(Row):
    class Meta:
        managed = False
        db_table = "projects_project"


class Device(Row):
    public_id = models.UUIDField(unique=True)
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")

    class Meta:
        managed = False
        db_table = "attendance_device"


class Engagement(Row):
    public_id = models.UUIDField(unique=True)
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")

    class Meta:
        managed = False
        db_table = "workers_engagement"


class Presence(Row):
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="presences")
    entered_on = models.DateField()
    exited_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "workers_presence"


class Credential(Row):
    appid = models.CharField(max_length=64, unique=True)
    secret = models.CharField(max_length=64)
    project_id: int
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")


class Call(Row):
    """The guard against replay."""

    appid = models.CharField(max_length=64)
    timestamp = models.BigIntegerField()
    nonce = models.CharField(max_length=64)
    accepted = models.PositiveIntegerField()
    accepted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("appid", "timestamp", "nonce"), name="typical_call_once")
        ]


class Punch(Row):
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, models.PROTECT, related_name="+")
    seq = models.BigIntegerField()
    engagement = models.UUIDField()
    occurred_at = models.DateTimeField()
    direction = models.CharField(max_length=4)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("engagement", "occurred_at", "direction"), name="typical_punch_once"
            )
        ]


class Day(Row):
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="+")
    day = models.DateField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    first_in_at = models.DateTimeField(null=True)
    last_out_at = models.DateTimeField(null=True)
    punches = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("engagement", "day"), name="typical_day_once")]


class ProjectDay(Row):
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    day = models.DateField()
    attended = models.PositiveIntegerField()
    last_punch_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("project", "day"), name="typical_project_day_once")]
