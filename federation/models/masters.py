"""What was pulled from 四库一平台: where each object's feed stands, each record's provenance, its history."""

from django.db import models
from django.db.models import Q

from kernel.fields import SealedTextField
from kernel.models import Travelling
from kernel.scoping import Reach, ScopedModel
from projects.models import Enterprise


class MasterFeed(models.Model):
    """One object of the source: how far it was read, who reads it now, and how both sides' counts compare.

    `cursor` is the sequence of the last change taken; it moves in the transaction of its page. A reader holds
    the feed by a lease that each page renews, so that one which died lets go by itself.
    """

    object = models.CharField(max_length=16, unique=True)
    cursor = models.BigIntegerField(default=0)
    head = models.BigIntegerField(default=0)
    holder = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    wanted_at = models.DateTimeField(null=True, blank=True)
    wanted_by = models.CharField(max_length=120, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=300, blank=True)
    fault_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    # The next pull reads everything anew: what the source no longer knows is found by it.
    reads_all = models.BooleanField(default=False)
    live_there = models.BigIntegerField(null=True, blank=True)
    live_here = models.BigIntegerField(null=True, blank=True)
    is_equal = models.BooleanField(null=True, blank=True)
    compared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)

    def __repr__(self) -> str:
        return f"<MasterFeed {self.pk}>"

    def __str__(self) -> str:
        return self.object


class MasterPull(models.Model):
    """One pull of an object, from its first page to the comparison of counts; a kill only interrupts it."""

    class State(models.TextChoices):
        RUNNING = "running", "进行中"
        DONE = "done", "完成"
        DIFFERS = "differs", "完成，数量不一致"

    feed = models.ForeignKey(MasterFeed, models.PROTECT, related_name="pulls")
    state = models.CharField(max_length=12, default=State.RUNNING)
    is_full = models.BooleanField(default=False)
    asked_by = models.CharField(max_length=120, blank=True)
    began_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    pages = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    # Pages that came wrong: twice, out of turn or in another order. What was wrong last, in words.
    odd_pages = models.PositiveIntegerField(default=0)
    odd = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-began_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("feed",), condition=Q(ended_at=None), name="an_object_has_one_pull_under_way"
            ),
        ]

    def __repr__(self) -> str:
        return f"<MasterPull {self.pk}>"

    def __str__(self) -> str:
        return f"MasterPull {self.pk}"

    @property
    def records(self) -> int:
        """How many records its pages brought."""
        return self.new + self.changed + self.same + self.withdrawn + self.held


class MasterRecord(Travelling):
    """Where a record comes from: its name at the source, the row it became here, its version, its end.

    `key` is what people know it by (credit code, project code, permit number); of one key at most one record
    lives. What cannot be taken is held with the reason and tried again at each pull. `withdrawn_at`: the
    source took it back; its row stays and says so.
    """

    object = models.CharField(max_length=16)
    source_id = models.CharField(max_length=64)
    source_version = models.BigIntegerField()
    key = models.CharField(max_length=64, blank=True)
    label = models.CharField(max_length=200, blank=True)
    # The public id of the row that it became; none while it is held.
    row = models.UUIDField(null=True, blank=True)
    # A number made of id, version and end; their sum over an object is compared with the source's.
    mark = models.BigIntegerField()
    changed_at = models.DateTimeField()
    fetched_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_count = models.BooleanField(default=False)
    held = models.CharField(max_length=300, blank=True)
    held_data = SealedTextField(context="federation.masterrecord.held_data", null=True)
    seen_in = models.ForeignKey(MasterPull, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("object", "key", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("object", "source_id"), name="a_record_is_known_by_its_source_id"
            ),
            models.UniqueConstraint(
                fields=("object", "key"),
                condition=Q(withdrawn_at=None, held="") & ~Q(key=""),
                name="one_living_record_for_each_key",
            ),
        ]
        indexes = [
            models.Index(fields=("row",), name="master_records_of_a_row"),
            models.Index(fields=("object", "id"), condition=~Q(held=""), name="master_records_held"),
        ]

    def __str__(self) -> str:
        return self.label or self.source_id


class MasterChange(Travelling):
    """What a pull changed of one field of a row: before and after, when it changed there and when here."""

    object = models.CharField(max_length=16)
    row = models.UUIDField()
    field = models.CharField(max_length=40)
    before = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ("-noted_at", "-pk")
        indexes = [
            models.Index(fields=("row", "-noted_at"), name="master_changes_of_a_row"),
            models.Index(fields=("field", "before"), name="former_names"),
        ]

    def __str__(self) -> str:
        return f"MasterChange {self.pk}"


class ManagerRegistration(Travelling, ScopedModel):
    """A project manager's or supervisor's registration (注册证书), as 四库一平台 keeps it.

    Seen with the enterprise where he is registered. Its number serves to know the person and is sealed.
    Source: 鄂建文〔2019〕27号 二(一) (企业、项目以及项目管理人员数据).
    """

    view_permission = "projects.view"

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="managers")
    project = models.ForeignKey("projects.Project", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=50)
    id_number = SealedTextField(context="federation.managerregistration.id_number", null=True)
    id_index = models.BinaryField(max_length=64, null=True)
    # Of the standard's list of key posts: 项目经理, 总监理工程师 …
    post = models.CharField(max_length=4, blank=True)
    number = models.CharField(max_length=50, unique=True)
    certificate = models.CharField(max_length=50, blank=True)
    speciality = models.CharField(max_length=50, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("enterprise", "number")

    def __str__(self) -> str:
        return self.number

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        return Q(enterprise__in=Enterprise.objects.within(reach).values("pk"))


class ChangeProposal(Travelling, ScopedModel):
    """A wish to change a row that another owns: it travels to the owner, who answers.

    `owner` is the node whose row it is; "" where 四库一平台 owns it: then the province answers. `object` is
    the kind of row between nodes, `field` one of its fields, "" where the wish says it in words. `region` is
    where it was asked, `project` the site that it concerns. An accepted wish is done once the row comes with
    the new value. Source: product 5.7 (read-only; ChangeProposal upward; correction requests downward), I-25.
    """

    region_lookup = "region"
    project_lookup = "project"
    view_permission = "projects.view"

    class State(models.TextChoices):
        ASKED = "asked", "待答复"
        ACCEPTED = "accepted", "已采纳，待更正"
        REFUSED = "refused", "不予采纳"
        TAKEN_BACK = "taken_back", "已撤回"
        DONE = "done", "已更正"

    owner = models.CharField(max_length=32, blank=True)
    region = models.ForeignKey("regions.Region", models.PROTECT, related_name="+")
    project = models.ForeignKey("projects.Project", models.PROTECT, null=True, blank=True, related_name="+")
    object = models.CharField(max_length=40)
    row = models.UUIDField()
    label = models.CharField(max_length=200)
    field = models.CharField(max_length=40, blank=True)
    present = models.CharField(max_length=300, blank=True)
    wish = models.CharField(max_length=300)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=12, default=State.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    asked_by_key = models.CharField(max_length=64)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=120, blank=True)
    answered_by_key = models.CharField(max_length=64, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("origin", "row", "field"),
                condition=Q(state="asked"),
                name="one_wish_for_a_field_waits",
            ),
            models.CheckConstraint(
                condition=Q(answered_by_key="") | ~Q(answered_by_key=models.F("asked_by_key")),
                name="who_asks_for_a_change_does_not_answer",
            ),
        ]
        indexes = [models.Index(fields=("row",), name="wishes_about_a_row")]

    def __str__(self) -> str:
        return f"ChangeProposal {self.pk}"


class ProposalAnswer(Travelling):
    """What the owner of a row answered to a wish, written at the owner's node; it travels to who asked.

    A row of its own, because the wish is its asker's: only the asker's node changes it. `done_at`: when the
    owner said that the record is corrected, where nothing else can tell.
    """

    proposal = models.OneToOneField(ChangeProposal, models.PROTECT, related_name="answered")
    accepts = models.BooleanField()
    answer = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField()
    answered_by = models.CharField(max_length=120)
    answered_by_key = models.CharField(max_length=64)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"ProposalAnswer {self.pk}"
