"""One export: what was asked for and why, how far it is, and where the file lies until it expires."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.ids import new_id
from web import words


class ExportJob(models.Model):
    """A list on its way into a file. Its owner alone sees it, and only while a post still reaches as far.

    `lease` names the worker that is at it; without a heartbeat the lease ends, and the next one starts again
    from nothing. `address` is where the (sealed) file lies or will lie.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "生成中"
        DONE = "done", "可下载"
        FAILED = "failed", "没有做成"
        CANCELLED = "cancelled", "已取消"
        EXPIRED = "expired", "已过期"

    class Format(models.TextChoices):
        XLSX = "xlsx", "Excel 工作簿（.xlsx）"
        CSV = "csv", "文本表格（.csv）"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    owner_label = models.CharField(max_length=120)
    reach = models.JSONField(default=dict)
    path = models.CharField(max_length=200)
    query = models.CharField(max_length=2000, blank=True)
    list_name = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    noun = models.CharField(max_length=20)
    conditions = models.JSONField(default=list)
    format = models.CharField(max_length=8)
    reason = models.CharField(max_length=200, blank=True)
    holds_personal_data = models.BooleanField()
    columns_number = models.PositiveIntegerField()
    rows_asked = models.PositiveIntegerField()
    rows_number = models.PositiveIntegerField(null=True, blank=True)
    rows_done = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=12, default=State.WAITING)
    problem = models.CharField(max_length=300, blank=True)
    lease = models.UUIDField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    address = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(null=True, blank=True)
    downloads = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(address="") & Q(rows_number=models.F("rows_done"))),
                name="a_finished_export_holds_every_row",
            ),
        ]
        indexes = [
            models.Index(fields=("owner", "-created_at"), name="exports_of_an_account"),
            models.Index(
                fields=("state", "created_at"),
                condition=Q(state__in=("waiting", "running", "done")),
                name="exports_to_look_after",
            ),
        ]

    def __str__(self) -> str:
        return f"导出 {self.public_id}"

    def __repr__(self) -> str:
        return f"<ExportJob {self.pk}>"

    @property
    def is_open(self) -> bool:
        """Still waiting or running: it can be cancelled, and its page keeps itself fresh."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.DONE

    @property
    def share_done(self) -> float:
        """How much is written, between 0 and 1."""
        whole = self.rows_number or self.rows_asked
        return min(1.0, self.rows_done / whole) if whole else 0.0

    def remaining(self, now: datetime) -> timedelta | None:
        """How long it will still take at the pace so far; None before there is a pace."""
        if self.started_at is None or not self.rows_done or not self.share_done:
            return None
        passed = now - self.started_at
        return passed / self.share_done - passed

    @property
    def file_name(self) -> str:
        """`人员-20261122-0842.xlsx`, without signs that file systems refuse."""
        stamp = words.moment(self.started_at or self.created_at).translate({45: None, 58: None, 32: 45})
        plain = "".join(sign if sign.isalnum() else "-" for sign in self.title)[:60].strip("-")
        return f"{plain or '导出'}-{stamp}.{self.format}"
