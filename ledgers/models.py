"""The ledger (台账): a month's roster of one subcontractor as it was filed to the general contractor."""

from django.db import models
from django.db.models import F, Q

from kernel.fields import SealedTextField
from kernel.models import Travelling
from kernel.scoping import ScopedModel


class Ledger(Travelling, ScopedModel):
    """One filing of a participation's ledger for a month: never changed, but for its verdict.

    `content` is the canonical JSON (people, posts, trades, entry and exit, contract, training, days, wages),
    sealed; `digest` the SHA-256 of its bytes. A returned one is filed anew as the next `round`. `people` and
    the other figures repeat what the content says, for lists.
    Source: 鄂建文〔2019〕27号 一(五) (建立实名制管理台账…按时将台账提交建筑企业备案).
    """

    region_lookup = "project__region"
    project_lookup = "project"
    participation_lookup = "participation"
    view_permission = "ledgers.view"

    class State(models.TextChoices):
        FILED = "filed", "已报送，待备案"
        ACCEPTED = "accepted", "已备案"
        RETURNED = "returned", "已退回"

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="ledgers")
    participation = models.ForeignKey("projects.Participation", models.PROTECT, related_name="ledgers")
    month = models.DateField()
    round = models.PositiveSmallIntegerField(default=1)
    content = SealedTextField(context="ledgers.ledger.content")
    digest = models.CharField(max_length=64, db_index=True)
    people = models.PositiveIntegerField()
    incomplete = models.PositiveIntegerField()
    days = models.PositiveIntegerField()
    due_on = models.DateField()
    is_late = models.BooleanField()
    state = models.CharField(max_length=12, default=State.FILED)
    filed_at = models.DateTimeField()
    filed_by = models.CharField(max_length=120)
    filed_by_key = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_by_key = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-month", "-filed_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("participation", "month", "round"), name="a_filing_of_a_month_is_kept_once"
            ),
            models.UniqueConstraint(
                fields=("participation", "month"),
                condition=~Q(state="returned"),
                name="one_ledger_of_a_month_stands",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="a_ledger_month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(decided_by_key="") | ~Q(decided_by_key=F("filed_by_key")),
                name="who_files_a_ledger_does_not_accept_it",
            ),
            models.CheckConstraint(
                condition=Q(state="filed", decided_at=None) | Q(decided_at__isnull=False),
                name="a_decided_ledger_says_when",
            ),
        ]
        indexes = [models.Index(fields=("project", "month"), name="ledgers_of_a_project")]

    def __str__(self) -> str:
        return f"台账 {self.month:%Y-%m}"
