"""A roster between its upload and its last written row: one account's own, sealed, gone after some days."""

import json
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.fields import SealedTextField
from kernel.ids import new_id


class RosterImport(models.Model):
    """One file that somebody brought for one project, how far its reading or writing is, and what it holds.

    `lease` names the worker that is at it; without a heartbeat the lease ends and the next one goes on.
    """

    class State(models.TextChoices):
        TO_CHECK = "to_check", "等待检查"
        CHECKING = "checking", "正在检查"
        CHECKED = "checked", "检查完毕"
        TO_SAVE = "to_save", "等待写入"
        SAVING = "saving", "正在写入"
        SAVED = "saved", "写入完毕"
        FAILED = "failed", "没有读成"
        DROPPED = "dropped", "已删除"

    class Mode(models.TextChoices):
        ROWS = "rows", "逐行"
        WHOLE = "whole", "全部"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    owner_key = models.CharField(max_length=64)
    owner_label = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    size_bytes = models.BigIntegerField()
    address = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, default=State.TO_CHECK)
    mode = models.CharField(max_length=8, blank=True)
    # Why it could not be read or written, as a sentence; and what was noticed while reading.
    problem = models.CharField(max_length=600, blank=True)
    notes = models.JSONField(default=list)
    rows_number = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    lease = models.UUIDField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(fields=("owner_key", "-created_at"), name="imports_of_an_account"),
            models.Index(
                fields=("state", "created_at"),
                condition=Q(state__in=("to_check", "checking", "to_save", "saving")),
                name="imports_under_way",
            ),
        ]

    def __repr__(self) -> str:
        return f"<RosterImport {self.pk}>"

    def __str__(self) -> str:
        return f"导入 {self.public_id}"

    @property
    def state_words(self) -> str:
        """The state as a page says it."""
        return str(self.State(self.state).label)

    @property
    def is_moving(self) -> bool:
        """A worker is at it, or will be."""
        return self.state in ("to_check", "checking", "to_save", "saving")

    @property
    def is_open(self) -> bool:
        """It has been read, and its rows can be mended and written."""
        return self.state in (self.State.CHECKED, self.State.SAVED)

    def is_silent(self, now: datetime, seconds: int) -> bool:
        """The worker that was at it has given no sign of life for so long: another will take it up."""
        is_held = self.state in (self.State.CHECKING, self.State.SAVING)
        return (
            is_held and self.heartbeat_at is not None and now - self.heartbeat_at > timedelta(seconds=seconds)
        )

    def remaining(self, now: datetime) -> timedelta | None:
        """How long it will still take at the pace so far; None before there is a pace."""
        if self.started_at is None or not self.rows_done or self.rows_number <= self.rows_done:
            return None
        # At the pace of the last sign of life: a worker that died does not grow slower.
        passed = (self.heartbeat_at or now) - self.started_at
        if not passed:
            return None
        return passed * ((self.rows_number - self.rows_done) / self.rows_done)


class RosterRow(models.Model):
    """One row of such a file: what its cells say, sealed, and what becomes of it."""

    class Outcome(models.TextChoices):
        NEW = "new", "新登记"
        CHANGED = "changed", "更新资料"
        SAME = "same", "已在册，无变化"
        FAULTY = "faulty", "要改"
        WRITTEN = "written", "已登记"
        UPDATED = "updated", "已更新"

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    cells = SealedTextField(context="workers.rosterrow.cells")
    # The blind index of the identity number, where it is one; it never leaves this node.
    person_index = models.BinaryField(max_length=64, null=True)
    outcome = models.CharField(max_length=10)
    # Which facts of somebody already on the roster would change; never their values.
    changes = models.JSONField(default=list)
    engagement = models.ForeignKey("workers.Engagement", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("roster", "line")
        constraints = [
            models.UniqueConstraint(fields=("roster", "line"), name="a_line_of_a_roster_is_one_row"),
        ]
        indexes = [
            models.Index(fields=("roster", "outcome", "line"), name="rows_of_a_roster_by_outcome"),
            models.Index(fields=("roster", "person_index"), name="rows_of_a_roster_by_person"),
        ]

    def __repr__(self) -> str:
        return f"<RosterRow {self.pk}>"

    def __str__(self) -> str:
        return f"第 {self.line} 行"

    @property
    def said(self) -> dict[str, str]:
        """What the cells say, by column."""
        found: dict[str, str] = json.loads(self.cells or "{}")
        return found


class RosterFault(models.Model):
    """What is wrong with one cell of a row: under which heading, of which cause, in a sentence.

    `given_index` is the blind index of what the cell says, by which equal mistakes are mended together.
    """

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="faults")
    row = models.ForeignKey(RosterRow, models.CASCADE, related_name="faults")
    column = models.CharField(max_length=60)
    cause = models.CharField(max_length=60)
    sentence = models.CharField(max_length=300)
    given_index = models.BinaryField(max_length=64, null=True)

    class Meta:
        ordering = ("roster", "row__line", "pk")
        indexes = [models.Index(fields=("roster", "column", "cause"), name="faults_of_a_roster_by_cause")]

    def __repr__(self) -> str:
        return f"<RosterFault {self.pk}>"

    def __str__(self) -> str:
        return f"{self.column} {self.cause}"
