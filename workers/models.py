"""People, what ties them to a project, and what the law asks before they enter."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from kernel.fields import SealedTextField
from kernel.ids import new_id
from kernel.masking import mask_card, mask_id_number, mask_phone
from kernel.models import Travelling
from kernel.scoping import Reach, ScopedModel


class Person(Travelling, ScopedModel):
    """A natural person, identity core only: once per document type and number (I-01).

    Visible through an engagement in scope and in no other way. The number is sealed; equal numbers are
    found by `id_index`, which never leaves this node.
    """

    view_permission = "workers.view"

    name = models.CharField(max_length=50, db_index=True)
    id_type = models.CharField(max_length=4, default="01")
    id_number = SealedTextField(context="person.id_number")
    id_index = models.BinaryField(max_length=64)
    sex = models.CharField(max_length=1, blank=True)
    born_on = models.DateField(null=True, blank=True)
    nation = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("id_type", "id_index"), name="a_natural_person_is_one_person"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        return Q(pk__in=Engagement.objects.within(reach).values("person"))

    @property
    def masked_number(self) -> str:
        """The number as everybody may see it: 4200**********0016."""
        return mask_id_number(self.id_number)


class PersonAlias(models.Model):
    """Another name under which a node knows this person (federation); both mean one human being."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="aliases")
    public_id = models.UUIDField(unique=True)
    node = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.public_id}"


class Engagement(Travelling, ScopedModel):
    """One person working on one project for one participation (用工): not the person itself.

    Phone, address, photograph and card belong here, so that no clerk overwrites another's.
    """

    region_lookup = "project__region"
    project_lookup = "project"
    participation_lookup = "participation"
    person_lookup = "person"
    view_permission = "workers.view"

    person = models.ForeignKey(Person, models.PROTECT, related_name="engagements")
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="engagements")
    participation = models.ForeignKey("projects.Participation", models.PROTECT, related_name="engagements")
    team = models.ForeignKey("projects.Team", models.PROTECT, related_name="engagements")
    is_team_leader = models.BooleanField(default=False)
    kind = models.CharField(max_length=4, default="20")
    trade = models.CharField(max_length=8, blank=True)
    phone = SealedTextField(context="engagement.phone", null=True)
    phone_index = models.BinaryField(max_length=64, null=True)
    address = SealedTextField(context="engagement.address", null=True)
    photo = models.CharField(max_length=64, blank=True)
    card_number = SealedTextField(context="engagement.card", null=True)
    card_index = models.BinaryField(max_length=64, null=True)
    bank_code = models.CharField(max_length=8, blank=True)
    bank_name = models.CharField(max_length=100, blank=True)
    gate_card = models.CharField(max_length=30, blank=True)
    education = models.CharField(max_length=4, blank=True)
    political_status = models.CharField(max_length=4, blank=True)
    issuing_authority = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("person", "project"),
                condition=Q(ended_at=None),
                name="one_active_engagement_per_person_and_project",
            ),
        ]
        indexes = [
            models.Index(fields=("project", "team"), name="engagements_of_a_project"),
            models.Index(fields=("phone_index",), name="engagements_by_phone"),
        ]

    def __str__(self) -> str:
        return f"用工 {self.public_id}"

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone or "")

    @property
    def masked_card(self) -> str:
        return mask_card(self.card_number or "")


class IdentityCheck(ScopedModel):
    """How an identity was established: by chip, registry or typing; the strength is kept for ever."""

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="identity_checks")
    method = models.CharField(max_length=16)
    result = models.CharField(max_length=16)
    checked_at = models.DateTimeField()
    checked_by = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.method} {self.result}"


class IdentityCorrection(Travelling, ScopedModel):
    """A wrong number or name that was put right: what it was, who corrected it and why; never undone.

    One row for each engagement that the correction concerned. `is_moved`: the right number was another
    person's, so that the engagement now belongs to that person.
    """

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="identity_corrections")
    name_before = models.CharField(max_length=50)
    number_before = SealedTextField(context="identity_correction.number")
    is_number_changed = models.BooleanField()
    is_moved = models.BooleanField(default=False)
    reason = models.CharField(max_length=200)
    corrected_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"更正 {self.public_id}"

    @property
    def masked_number(self) -> str:
        """The number as it was, masked like every other."""
        return mask_id_number(self.number_before)


class LookUp(models.Model):
    """One number asked for by one account within the hour: what the limit counts, gone when it is over.

    `digest` is keyed and covers number and name together: the same question asked again is not a new one,
    and no row says whom it was about.
    """

    actor_key = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("actor_key", "digest"), name="a_question_is_counted_once"),
        ]

    def __repr__(self) -> str:
        return f"<LookUp {self.pk}>"

    def __str__(self) -> str:
        return f"LookUp {self.pk}"


class _Between(Func):
    """daterange(entered, exited): the day of exit belongs to the next site too."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[)')"


class _Only(Func):
    """int8range(id, id): equality for an exclusion constraint without the btree_gist extension."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, '[]')"


class Presence(Travelling, ScopedModel):
    """Reported presence of an engagement on its site, from a day to a day (进退场).

    A fact apart from permission to enter: it is recorded whatever is missing. Punches count on each day
    from `entered_on` to `exited_on`, both included. Presence of one person on two sites at once is kept,
    marked as a conflict, and only clean intervals exclude each other (I-04); the day of exit may be the
    day of entry elsewhere.
    """

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="presences")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_on = models.DateField()
    exited_on = models.DateField(null=True, blank=True)
    is_conflict = models.BooleanField(default=False)
    entry_voucher = models.CharField(max_length=64, blank=True)
    exit_voucher = models.CharField(max_length=64, blank=True)
    entered_by = models.CharField(max_length=120, blank=True)
    exited_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("engagement", "entered_on")
        constraints = [
            models.CheckConstraint(
                condition=Q(exited_on=None) | Q(exited_on__gte=F("entered_on")),
                name="presence_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=("engagement",), condition=Q(exited_on=None), name="one_open_presence_per_engagement"
            ),
            ExclusionConstraint(
                name="clean_presence_of_a_person_does_not_overlap",
                expressions=[
                    (_Only(F("person_id"), F("person_id")), RangeOperators.OVERLAPS),
                    (_Between(F("entered_on"), F("exited_on")), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_conflict=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entered_on} – {self.exited_on or ''}"


class Contract(Travelling, ScopedModel):
    """A labour contract or written work agreement of an engagement (notice 一(八); 18号令 2022 修正)."""

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"

    class Kind(models.TextChoices):
        LABOUR = "labour", "劳动合同"
        AGREEMENT = "agreement", "用工书面协议"

    class WageForm(models.TextChoices):
        """What the price is paid for. Source: 国务院令第724号 第二十八条 (工资支付标准、方式)."""

        DAY = "day", "按日"
        MONTH = "month", "按月"
        HOUR = "hour", "按小时"
        PIECE = "piece", "计件"

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="contracts")
    kind = models.CharField(max_length=16, default=Kind.LABOUR)
    period_type = models.CharField(max_length=4, default="0")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    unit = models.CharField(max_length=4, blank=True)
    unit_price = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    wage_form = models.CharField(max_length=8, blank=True)
    scan = models.CharField(max_length=64, blank=True)
    # The number that the parties gave it.
    number = models.CharField(max_length=50, blank=True, default="")
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    # The record that this one puts right; that one ended on the day it began.
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    recorded_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("-starts_on",)
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="a_contract_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(unit_price=None) | Q(unit_price__gte=0), name="a_unit_price_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_on}"

    @property
    def wage_words(self) -> str:
        """For what the price is paid: 按日, 计件; "" where nothing was agreed."""
        return str(dict(self.WageForm.choices).get(self.wage_form, ""))


class Training(Travelling, ScopedModel):
    """A training that an engagement attended; a passed basic safety training opens the gate."""

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="trainings")
    kind = models.CharField(max_length=8)
    held_on = models.DateField()
    valid_to = models.DateField()
    hours = models.DecimalField(max_digits=6, decimal_places=1, default=0)
    is_passed = models.BooleanField(default=True)
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    # What the training was, where a vendor reported one of the whole project.
    session = models.ForeignKey(
        "workers.TrainingSession", models.PROTECT, null=True, blank=True, related_name="attended"
    )
    trainer = models.CharField(max_length=60, blank=True)
    evidence = models.CharField(max_length=64, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    recorded_by = models.CharField(max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-held_on",)
        constraints = [
            models.CheckConstraint(condition=Q(hours__gte=Value(0)), name="training_hours_are_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("held_on")), name="a_training_is_valid_after_it_was_held"
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=Value(0), score__lte=Value(100)),
                name="a_training_score_lies_between_0_and_100",
            ),
            models.UniqueConstraint(
                fields=("session", "engagement"),
                condition=Q(withdrawn_at=None),
                name="a_person_attends_a_training_session_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.held_on}"


class KeyPostAssignment(Travelling, ScopedModel):
    """Who holds a key post (项目经理, 总监 …) on a project, from a day to a day (notice 一(七))."""

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="key_posts")
    post = models.CharField(max_length=4)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="a_key_post_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.post


class TemporaryLeave(Travelling, ScopedModel):
    """A time within a presence when the person is away and not expected (暂退场 … 返场).

    The day of leaving counts as away, the day of return as on site, as the day of exit and of entry do.
    """

    region_lookup = "presence__engagement__project__region"
    project_lookup = "presence__engagement__project"
    participation_lookup = "presence__engagement__participation"
    view_permission = "workers.view"

    presence = models.ForeignKey(Presence, models.PROTECT, related_name="leaves")
    left_on = models.DateField()
    returned_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("presence", "left_on")
        constraints = [
            models.CheckConstraint(
                condition=Q(returned_on=None) | Q(returned_on__gte=F("left_on")),
                name="a_temporary_leave_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=("presence",), condition=Q(returned_on=None), name="one_open_leave_per_presence"
            ),
            ExclusionConstraint(
                name="leaves_of_a_presence_do_not_overlap",
                expressions=[
                    (_Only(F("presence_id"), F("presence_id")), RangeOperators.OVERLAPS),
                    (_Between(F("left_on"), F("returned_on")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left_on} – {self.returned_on or ''}"


class Settlement(Travelling, ScopedModel):
    """That the wages of a person who left are paid, or how much is still owed (国务院令第724号 第十三条)."""

    region_lookup = "presence__engagement__project__region"
    project_lookup = "presence__engagement__project"
    participation_lookup = "presence__engagement__participation"
    view_permission = "workers.view"

    class Outcome(models.TextChoices):
        SETTLED = "settled", "工资已结清"
        DEBT = "debt", "申报欠薪"

    presence = models.OneToOneField(Presence, models.PROTECT, related_name="settlement")
    outcome = models.CharField(max_length=8)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    confirmed_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="settled", amount=None)
                | Q(outcome="debt", amount__isnull=False, amount__gt=0),
                name="a_debt_has_an_amount_and_a_settlement_none",
            ),
        ]

    def __str__(self) -> str:
        return self.outcome


class EntryReview(Travelling, ScopedModel):
    """One asking for permission to enter, and its answer (S1; I-11, I-12).

    Who keeps whose key: `enrolled_by_key` registered the person, `submitted_by_key` asked; neither approves.
    `snapshot` holds what was true at the instant of approval; an approval ends with the exit.
    """

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    view_permission = "workers.view"

    class Outcome(models.TextChoices):
        PENDING = "pending", "待审批"
        APPROVED = "approved", "已批准"
        RETURNED = "returned", "已退回"

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="reviews")
    outcome = models.CharField(max_length=8, default=Outcome.PENDING)
    enrolled_by_key = models.CharField(max_length=64, blank=True)
    submitted_by_key = models.CharField(max_length=64)
    submitted_by = models.CharField(max_length=120)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_key = models.CharField(max_length=64, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    snapshot = models.JSONField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=("engagement",),
                condition=Q(outcome__in=("pending", "approved"), ended_at=None),
                name="one_review_in_force_per_engagement",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="approved")
                | (~Q(decided_by_key=F("submitted_by_key")) & ~Q(decided_by_key=F("enrolled_by_key"))),
                name="who_enters_a_person_does_not_approve",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="approved") | Q(snapshot__isnull=False, decided_at__isnull=False),
                name="an_approval_keeps_what_it_saw",
            ),
        ]

    def __str__(self) -> str:
        return self.outcome


class EngagementEvent(ScopedModel):
    """One act in the life of an engagement on site: who did it, when, why. Rows are only ever added.

    `batch` is shared by what was done together. `facts` hold days, teams and keys, never a number.
    """

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    view_permission = "workers.view"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="events")
    act = models.CharField(max_length=24)
    happened_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    actor_key = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=120)
    reason = models.CharField(max_length=200, blank=True)
    batch = models.UUIDField(db_index=True)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=("engagement", "-id"), name="events_of_an_engagement")]

    def __str__(self) -> str:
        return f"{self.act} {self.happened_on}"


class Particulars(Travelling, ScopedModel):
    """What vendors report of an engagement beyond its core (national interface, ProjectWorker.Add).

    A row of its own, so that lists of people never read it. Health and whom to call are sealed.
    """

    region_lookup = "engagement__project__region"
    project_lookup = "engagement__project"
    participation_lookup = "engagement__participation"
    person_lookup = "engagement__person"
    view_permission = "workers.view"

    engagement = models.OneToOneField(Engagement, models.PROTECT, related_name="particulars")
    gate_card_issued_on = models.DateField(null=True, blank=True)
    gate_card_picture = models.CharField(max_length=64, blank=True)
    bank_head_name = models.CharField(max_length=100, blank=True)
    bank_link_number = models.CharField(max_length=30, blank=True)
    is_insured = models.BooleanField(null=True, blank=True)
    union_joined_on = models.DateField(null=True, blank=True)
    specialty = models.CharField(max_length=200, blank=True)
    # "1" a grave illness is known, "0" none is.
    illness = SealedTextField(context="particulars.illness", null=True)
    urgent_name = SealedTextField(context="particulars.urgent_name", null=True)
    urgent_phone = SealedTextField(context="particulars.urgent_phone", null=True)
    started_work_on = models.DateField(null=True, blank=True)
    marital_status = models.CharField(max_length=4, blank=True)
    card_front = models.CharField(max_length=64, blank=True)
    card_back = models.CharField(max_length=64, blank=True)
    document_valid_from = models.DateField(null=True, blank=True)
    document_valid_to = models.DateField(null=True, blank=True)
    management_post = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(document_valid_to=None)
                | Q(document_valid_from=None)
                | Q(document_valid_to__gte=F("document_valid_from")),
                name="a_document_is_valid_after_it_was_issued",
            ),
        ]

    def __str__(self) -> str:
        return f"Particulars {self.pk}"


class ContractFile(Travelling, ScopedModel):
    """A page or scan of a contract; the first is what the person's page shows."""

    region_lookup = "contract__engagement__project__region"
    project_lookup = "contract__engagement__project"
    participation_lookup = "contract__engagement__participation"
    person_lookup = "contract__engagement__person"
    view_permission = "workers.view"

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=64)

    class Meta:
        ordering = ("contract", "position")
        constraints = [
            models.UniqueConstraint(fields=("contract", "position"), name="files_of_a_contract_have_an_order")
        ]

    def __str__(self) -> str:
        return f"ContractFile {self.pk}"


class TrainingSession(Travelling, ScopedModel):
    """A training that was held on a project, as a vendor reported it; who attended are `Training` rows."""

    region_lookup = "project__region"
    project_lookup = "project"
    view_permission = "workers.view"

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="training_sessions")
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=200)
    held_on = models.DateField()
    hours = models.DecimalField(max_digits=6, decimal_places=1)
    trainer = models.CharField(max_length=60, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    place_name = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=1000, blank=True)
    # A keyed digest of what was reported: the same report again is the same session.
    digest = models.BinaryField(max_length=64)
    recorded_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("-held_on", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(hours__gt=Value(0)), name="a_training_session_has_hours"),
            models.UniqueConstraint(
                fields=("project", "digest"), name="a_reported_training_session_is_kept_once"
            ),
        ]
        indexes = [models.Index(fields=("project", "held_on"), name="training_sessions_of_a_project")]

    def __str__(self) -> str:
        return f"{self.kind} {self.held_on}"


class TrainingFile(Travelling, ScopedModel):
    """A photograph or list of a training session."""

    region_lookup = "session__project__region"
    project_lookup = "session__project"
    view_permission = "workers.view"

    session = models.ForeignKey(TrainingSession, models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=64)

    class Meta:
        ordering = ("session", "position")
        constraints = [
            models.UniqueConstraint(
                fields=("session", "position"), name="files_of_a_training_session_have_an_order"
            )
        ]

    def __str__(self) -> str:
        return f"TrainingFile {self.pk}"


class Certificate(Travelling, ScopedModel):
    """A certificate of a person: of skill, of special operation, of registration (national dictionary 7.22).

    It belongs to the person and is seen, as the person is, through an engagement in scope.
    """

    person_lookup = "person"
    view_permission = "workers.view"

    person = models.ForeignKey(Person, models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=12)
    level = models.CharField(max_length=4, blank=True)
    number = SealedTextField(context="certificate.number")
    number_index = models.BinaryField(max_length=64)
    issuer = models.CharField(max_length=100, blank=True)
    issued_on = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=4, default="1")
    scan = models.CharField(max_length=64, blank=True)
    recorded_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("kind", "-issued_on", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("person", "kind", "number_index"), name="a_certificate_of_a_person_is_kept_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("issued_on")),
                name="a_certificate_is_valid_after_it_was_issued",
            ),
        ]

    def __str__(self) -> str:
        return f"Certificate {self.pk}"

    @classmethod
    def scope(cls, reach: Reach) -> Q:
        return Q(person__in=Engagement.objects.within(reach).values("person"))

    @property
    def masked_number(self) -> str:
        """The number as everybody may see it."""
        return mask_card(self.number)
