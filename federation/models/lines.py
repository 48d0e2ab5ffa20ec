"""The lines between this node and a neighbour: what was sent, received, settled, refused and held."""

from django.db import models
from django.db.models import Q

from federation.models.nodes import Node
from kernel.fields import SealedTextField
from kernel.ids import new_id


class Line(models.Model):
    """One stream in one direction, with its own sequence and chain.

    Out: `seq` and `last_hash` of the last sealed envelope, `position` of the cursor it has come to,
    `settled_seq` of the last one the neighbour holds. In: of the last stored; `settled_seq` of the last that
    was applied.
    `results` numbers the outcomes that are told about the line.
    """

    class Direction(models.TextChoices):
        OUT = "out", "发出"
        IN = "in", "收到"

    class State(models.TextChoices):
        OPEN = "open", "正常"
        FORKED = "forked", "序列分叉"
        DEAD = "dead", "超过最长重试时间"
        STUCK = "stuck", "有报文无法处理"

    node = models.ForeignKey(Node, models.PROTECT, related_name="lines")
    direction = models.CharField(max_length=3)
    stream = models.CharField(max_length=16)
    epoch = models.PositiveIntegerField(default=1)
    # The latest epoch in which the neighbour of a line out holds envelopes, where that is not ours.
    epoch_seen = models.PositiveIntegerField(default=0)
    seq = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64)
    position = models.BigIntegerField(default=0)
    settled_seq = models.BigIntegerField(default=0)
    results = models.BigIntegerField(default=0)
    # How far the neighbour's own results about a line out have been taken, and told about a line in.
    results_taken = models.BigIntegerField(default=0)
    state = models.CharField(max_length=6, default=State.OPEN)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    # Whoever works on the line holds it until then; a process that dies lets it go by itself.
    held_until = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=300, blank=True, default="")
    trouble_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("node", "direction", "stream")
        constraints = [
            models.UniqueConstraint(fields=("node", "direction", "stream"), name="a_line_is_one"),
            models.CheckConstraint(
                condition=Q(settled_seq__lte=models.F("seq")), name="no_more_is_settled_than_there_is"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.stream}"

    def __repr__(self) -> str:
        return f"<Line {self.pk} {self.direction} {self.stream}>"


class SentEnvelope(models.Model):
    """An envelope of ours. Its bytes are kept, sealed, for as long as the neighbour may ask for it again."""

    class State(models.TextChoices):
        SEALED = "sealed", "待发送"
        ACCEPTED = "accepted", "已签收"
        APPLIED = "applied", "已入库"
        PART_APPLIED = "part_applied", "部分入库"

    line = models.ForeignKey(Line, models.PROTECT, related_name="sent")
    epoch = models.PositiveIntegerField()
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    prev = models.CharField(max_length=64)
    first_position = models.BigIntegerField()
    last_position = models.BigIntegerField()
    messages = models.PositiveIntegerField()
    # Of the oldest change in it: births to receipts are what the health page measures.
    oldest_at = models.DateTimeField()
    body = models.BinaryField(null=True)
    state = models.CharField(max_length=12, default=State.SEALED)
    attempts = models.PositiveIntegerField(default=0)
    receipt = models.JSONField(null=True, blank=True)
    sealed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("line", "epoch", "seq")
        constraints = [
            models.UniqueConstraint(fields=("line", "epoch", "seq"), name="an_envelope_is_sealed_once"),
            models.CheckConstraint(
                condition=Q(state="sealed") | Q(receipt__isnull=False), name="what_is_accepted_has_a_receipt"
            ),
        ]
        indexes = [
            models.Index(fields=("line", "seq"), condition=Q(state="sealed"), name="envelopes_to_send"),
            models.Index(fields=("accepted_at",), name="envelopes_by_receipt"),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.epoch}.{self.seq}"

    def __repr__(self) -> str:
        return f"<SentEnvelope {self.pk}>"


class ReceivedEnvelope(models.Model):
    """An envelope of a neighbour, stored before it was answered; applied afterwards, in order."""

    class State(models.TextChoices):
        RECEIVED = "received", "待处理"
        APPLIED = "applied", "已处理"
        QUARANTINED = "quarantined", "隔离"

    line = models.ForeignKey(Line, models.PROTECT, related_name="received")
    epoch = models.PositiveIntegerField()
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    prev = models.CharField(max_length=64)
    body = models.BinaryField(null=True)
    standard = models.CharField(max_length=60, blank=True, default="")
    state = models.CharField(max_length=11, default=State.RECEIVED)
    reason = models.CharField(max_length=300, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    messages = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # The same bytes in the same call are a replay; in a call of its own they are the sender trying again.
    call = models.CharField(max_length=200)
    receipt = models.JSONField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    # That one which stops its line be refused whole: another person than who asks decides.
    passing_why = models.CharField(max_length=200, blank=True, default="")
    passing_asked_by = models.CharField(max_length=64, blank=True, default="")
    passing_asked_label = models.CharField(max_length=120, blank=True, default="")
    passing_asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("line", "epoch", "seq")
        constraints = [
            models.UniqueConstraint(fields=("line", "epoch", "seq"), name="an_envelope_is_received_once"),
        ]
        indexes = [
            models.Index(fields=("line", "seq"), condition=Q(state="received"), name="envelopes_to_apply"),
            models.Index(fields=("received_at",), name="envelopes_by_arrival"),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.epoch}.{self.seq}"

    def __repr__(self) -> str:
        return f"<ReceivedEnvelope {self.pk}>"


class RecordResult(models.Model):
    """What became of one record that was not plainly applied.

    At the receiver it is written beside the applying (`number` counts them line by line); at the sender it is
    the receiver's word, and a refusal is held until it is corrected, sent again or waived by two people.
    """

    class Became(models.TextChoices):
        APPLIED = "applied", "已入库"
        SAME = "same", "内容相同"
        WAITS = "waits", "等待关联记录"
        REFUSED = "refused", "被拒绝"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    line = models.ForeignKey(Line, models.PROTECT, related_name="outcomes")
    number = models.BigIntegerField()
    epoch = models.PositiveIntegerField()
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    key = models.UUIDField()
    record_version = models.PositiveIntegerField(default=0)
    became = models.CharField(max_length=8)
    canonical = models.UUIDField(null=True, blank=True)
    rule = models.CharField(max_length=60, blank=True, default="")
    sentence = models.CharField(max_length=500, blank=True, default="")
    remedy = models.CharField(max_length=300, blank=True, default="")
    missing = models.CharField(max_length=120, blank=True, default="")
    # The record as it travelled: what is held at the sender is sent again from it.
    message = SealedTextField(context="federation.record_result", null=True)
    told_at = models.DateTimeField()
    # At the sender: in which envelope it goes again, and how the matter ended.
    requeued_at = models.DateTimeField(null=True, blank=True)
    again_seq = models.BigIntegerField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    # corrected, newer, came (what it waited for), waived; empty where it was never open.
    resolution = models.CharField(max_length=10, blank=True, default="")
    waiver_why = models.CharField(max_length=200, blank=True, default="")
    waiver_asked_by = models.CharField(max_length=64, blank=True, default="")
    waiver_asked_label = models.CharField(max_length=120, blank=True, default="")
    waiver_asked_at = models.DateTimeField(null=True, blank=True)
    waived_label = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ("-told_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("line", "epoch", "seq", "kind", "key"), name="a_record_has_one_outcome_in_an_envelope"
            ),
            models.CheckConstraint(
                condition=Q(resolution="") | Q(resolved_at__isnull=False),
                name="what_is_resolved_is_resolved_at_an_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=("line", "key"), condition=Q(resolved_at=None), name="outcomes_that_are_open"
            ),
            models.Index(fields=("line", "number"), name="outcomes_by_number"),
            models.Index(fields=("key",), name="outcomes_of_a_record"),
        ]

    def __str__(self) -> str:
        return f"{self.became} {self.key}"

    def __repr__(self) -> str:
        return f"<RecordResult {self.pk}>"


class HeardCall(models.Model):
    """A call that changes something and was proved, kept while it could be played again."""

    # Of the bytes that were signed: another spelling of the same signature is the same call.
    digest = models.CharField(max_length=64, unique=True)
    heard_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest

    def __repr__(self) -> str:
        return f"<HeardCall {self.pk}>"


class RefusedEnvelope(models.Model):
    """A call of a neighbour, or of somebody who said to be one, that was turned away.

    Like refusals of a minute are one row that counts them; whoever is unknown is counted under one name.
    """

    node = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+")
    claimed = models.CharField(max_length=32)
    stream = models.CharField(max_length=16, blank=True, default="")
    seq = models.BigIntegerField(null=True, blank=True)
    code = models.CharField(max_length=30)
    sentence = models.CharField(max_length=300)
    address = models.CharField(max_length=45, blank=True)
    minute = models.DateTimeField()
    number = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ("-last_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("claimed", "minute", "code", "stream"),
                name="refused_envelopes_of_a_minute_are_one_row",
            ),
        ]
        indexes = [models.Index(fields=("-last_at",), name="refused_envelopes_by_time")]

    def __str__(self) -> str:
        return f"{self.claimed} {self.code}"

    def __repr__(self) -> str:
        return f"<RefusedEnvelope {self.pk}>"
