"""Supervision notices (监理通知单), and the good and adverse records and blacklists of enterprises."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from integrity.rules import S5, State
from kernel.ids import new_id
from kernel.models import Travelling
from kernel.scoping import Reach, ScopedModel
from projects.models import Participation
from workers.models import Engagement


class SupervisionNotice(Travelling, ScopedModel):
    """A notice of the supervisor to one firm on a project, with items, a deadline and a state of S5.

    `deadline_at` is the 24:00 of a day; `length_days` how long the notice ran at first. `delivery_due_at` is
    the instant from which an unopened notice counts as delivered. `overdue_at` stays once it was late.
    `moved_at`: its latest step; a side that has not looked since has something unread.
    `supervisor_name` and `copied_to` (the owner): the firms as they were named when it was issued.
    Source: 鄂建文〔2019〕27号 一(六).
    """

    region_lookup = "project__region"
    project_lookup = "project"
    participation_lookup = "addressee"
    view_permission = "integrity.view"

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="notices")
    addressee = models.ForeignKey("projects.Participation", models.PROTECT, related_name="notices")
    state = models.CharField(max_length=16, default=State.DRAFT)
    number = models.CharField(max_length=60, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    sequence = models.PositiveIntegerField(null=True, blank=True)
    found_on = models.DateField()
    supervisor_name = models.CharField(max_length=200, blank=True)
    copied_to = models.CharField(max_length=200, blank=True)
    drafted_by = models.CharField(max_length=64)
    issued_by = models.CharField(max_length=120, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    delivery_due_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    delivered_by_rule = models.BooleanField(default=False)
    deadline_at = models.DateTimeField(null=True, blank=True)
    length_days = models.PositiveSmallIntegerField(default=0)
    extended_at = models.DateTimeField(null=True, blank=True)
    overdue_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-issued_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in State]), name="a_notice_is_in_a_state_of_s5"
            ),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT)
                | Q(
                    deadline_at__isnull=False,
                    issued_at__isnull=False,
                    delivery_due_at__isnull=False,
                    sequence__isnull=False,
                    length_days__gt=0,
                ),
                name="an_issued_notice_has_number_and_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.OVERDUE, State.ESCALATED, State.TAKEN_UP])
                | Q(overdue_at__isnull=False),
                name="lateness_is_on_record",
            ),
            models.UniqueConstraint(
                fields=("project", "year", "sequence"), name="a_notice_number_is_used_once_in_a_project"
            ),
            models.UniqueConstraint(
                fields=("project", "drafted_by"),
                condition=Q(state=State.DRAFT),
                name="one_draft_notice_per_project_and_author",
            ),
        ]
        indexes = [
            models.Index(
                fields=("deadline_at",),
                condition=~Q(state__in=[State.DRAFT, State.CLOSED]),
                name="open_notices_by_deadline",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"监理通知单 {self.public_id}"


class NoticeItem(ScopedModel):
    """One gap that a notice names, with the evidence as it was on the day of the check.

    `facts`: numbers, days and public ids (engagements, punches, devices), never a name or an identity number.
    """

    region_lookup = "notice__project__region"
    project_lookup = "notice__project"
    participation_lookup = "notice__addressee"
    view_permission = "integrity.view"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    notice = models.ForeignKey(SupervisionNotice, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    gap = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    fact = models.CharField(max_length=400, blank=True)
    clause = models.CharField(max_length=200)
    measure = models.CharField(max_length=400)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ("notice", "position")
        constraints = [
            models.UniqueConstraint(fields=("notice", "position"), name="an_item_has_its_place_in_a_notice"),
            models.UniqueConstraint(fields=("notice", "gap"), name="a_gap_is_named_once_in_a_notice"),
        ]

    def __str__(self) -> str:
        return self.title


class NoticeEvent(ScopedModel):
    """One step in the life of a notice: who, when, from which state to which, and why."""

    region_lookup = "notice__project__region"
    project_lookup = "notice__project"
    participation_lookup = "notice__addressee"
    view_permission = "integrity.view"

    notice = models.ForeignKey(SupervisionNotice, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    act = models.CharField(max_length=16)
    from_state = models.CharField(max_length=16)
    to_state = models.CharField(max_length=16)
    by = models.CharField(max_length=120)
    by_key = models.CharField(max_length=64)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("notice", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    *(
                        Q(act=str(act), from_state=str(before), to_state=str(after))
                        for (before, act), after in S5.items()
                    ),
                    _connector=Q.OR,
                ),
                name="a_notice_moves_along_an_edge_of_s5",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.from_state} → {self.to_state}"


class NoticeReading(ScopedModel):
    """When a side first opened a notice and who did, and when it last looked."""

    region_lookup = "notice__project__region"
    project_lookup = "notice__project"
    participation_lookup = "notice__addressee"
    view_permission = "integrity.view"

    notice = models.ForeignKey(SupervisionNotice, models.CASCADE, related_name="readings")
    side = models.CharField(max_length=16)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ("notice", "at")
        constraints = [
            models.UniqueConstraint(fields=("notice", "side"), name="a_side_first_reads_a_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.at}"


class NoticeReply(ScopedModel):
    """An answer of the addressee to the whole notice; `round` counts from 1. What became of it is kept."""

    region_lookup = "notice__project__region"
    project_lookup = "notice__project"
    participation_lookup = "notice__addressee"
    view_permission = "integrity.view"

    class Verdict(models.TextChoices):
        WAITING = "waiting", "待复查"
        ACCEPTED = "accepted", "已接受"
        RETURNED = "returned", "已退回"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    notice = models.ForeignKey(SupervisionNotice, models.CASCADE, related_name="replies")
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    is_late = models.BooleanField(default=False)
    verdict = models.CharField(max_length=16, default=Verdict.WAITING)
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("notice", "round")
        constraints = [
            models.UniqueConstraint(fields=("notice", "round"), name="a_round_is_answered_once"),
            models.UniqueConstraint(
                fields=("notice",), condition=Q(verdict="waiting"), name="one_answer_waits_for_a_verdict"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.verdict}"


class NoticeAnswer(ScopedModel):
    """What the addressee says it did about one item."""

    region_lookup = "reply__notice__project__region"
    project_lookup = "reply__notice__project"
    participation_lookup = "reply__notice__addressee"
    view_permission = "integrity.view"

    reply = models.ForeignKey(NoticeReply, models.CASCADE, related_name="answers")
    item = models.ForeignKey(NoticeItem, models.CASCADE, related_name="answers")
    text = models.CharField(max_length=1000)

    class Meta:
        ordering = ("reply", "item")
        constraints = [
            models.UniqueConstraint(fields=("reply", "item"), name="an_item_is_answered_once_in_a_reply"),
        ]

    def __str__(self) -> str:
        return f"{self.reply_id} {self.item_id}"


class AnswerFile(ScopedModel):
    """A photograph or scan that supports an answer; the bytes lie in the sealed store."""

    region_lookup = "answer__reply__notice__project__region"
    project_lookup = "answer__reply__notice__project"
    participation_lookup = "answer__reply__notice__addressee"
    view_permission = "integrity.view"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    answer = models.ForeignKey(NoticeAnswer, models.CASCADE, related_name="files")
    address = models.CharField(max_length=64)
    media = models.CharField(max_length=16)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ("answer", "id")

    def __str__(self) -> str:
        return f"{self.media} {self.public_id}"


class Decision(Travelling, ScopedModel):
    """What an authority decided of somebody: the part that records of enterprises and of people share."""

    class Kind(models.TextChoices):
        GOOD = "good", "良好行为"
        BAD = "bad", "不良行为"
        BLACKLIST = "blacklist", "黑名单"

    view_permission = "integrity.view"

    record_kind = models.CharField(max_length=16)
    behaviour = models.CharField(max_length=4)
    content = models.CharField(max_length=500)
    authority = models.CharField(max_length=100)
    document = models.CharField(max_length=100)
    decided_on = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    entered_by = models.CharField(max_length=120)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ("-decided_on", "-id")

    def __str__(self) -> str:
        return f"{self.record_kind} {self.document}"


class CreditRecord(Decision):
    """A good or adverse record of an enterprise, or its entry on a blacklist, decided by an authority.

    It holds in the authority's region and is seen there, and by whoever works below that region and sees the
    enterprise: a county's record is not its neighbour's, the province's is for all. Rows are never edited;
    a mistake is withdrawn, with its reason. `valid_from` to `valid_to`: the days it is published.
    Source: 鄂建文〔2019〕27号 二(三); 建市〔2017〕241号 (建筑市场信用管理暂行办法).
    """

    region_lookup = "region"

    enterprise = models.ForeignKey("projects.Enterprise", models.PROTECT, related_name="credit_records")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Decision.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(record_kind__in=["good", "bad", "blacklist"]),
                name="a_credit_record_is_good_bad_or_of_the_blacklist",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="a_credit_record_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=("enterprise", "region", "record_kind", "document", "behaviour"),
                condition=Q(withdrawn_at=None),
                name="a_decision_is_entered_once_for_an_enterprise",
            ),
        ]
        indexes = [models.Index(fields=("enterprise", "record_kind"), name="credit_of_an_enterprise")]

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        # The readers' sites on which the enterprise works and over which the authority stands.
        here = Participation.objects.within(reach).filter(
            enterprise=OuterRef("enterprise"), project__region__path__startswith=OuterRef("region__path")
        )
        return super().scope(reach) | Q(Exists(here))


class PersonCredit(Decision):
    """A good or adverse record of a person, or the entry on a blacklist, decided by an authority.

    It holds in the authority's region, and is seen by whoever reaches the person's work there: a county's
    record is not its neighbour's, the province's is everybody's. Rows are never edited; a mistake is
    withdrawn, with its reason. `valid_to` is the last day it counts.
    Source: 鄂建文〔2019〕27号 一(十), 二(三); 个人信息保护法 第二十四条.
    """

    person = models.ForeignKey("workers.Person", models.PROTECT, related_name="credit")
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    engagement = models.ForeignKey("workers.Engagement", models.PROTECT, related_name="+")

    class Meta(Decision.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(record_kind__in=["good", "bad", "blacklist"]),
                name="a_persons_record_is_good_bad_or_of_the_blacklist",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="a_persons_record_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=("person", "region", "record_kind", "document", "behaviour"),
                condition=Q(withdrawn_at=None),
                name="a_decision_is_entered_once_for_a_person",
            ),
        ]
        indexes = [models.Index(fields=("person", "record_kind"), name="credit_of_a_person")]

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        # The reader's sites on which the person works or worked, and over which the authority stands.
        here = Engagement.objects.within(reach).filter(
            person=OuterRef("person"), project__region__path__startswith=OuterRef("region__path")
        )
        return Q(Exists(here))
