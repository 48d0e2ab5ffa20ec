"""The nodes of the province: this one, its neighbours, those behind them, and the keys each signs with."""

from datetime import datetime
from typing import Final

from django.db import models
from django.db.models import Q

from kernel.fields import SealedTextField
from kernel.ids import new_id

# How an objection of the parent begins that has suspended this node; its own sentence follows.
SUSPENDED_ABOVE: Final = "被上级停用"


class Node(models.Model):
    """A platform of the province, as this one knows it.

    `relation` says how it stands to this node: itself, its parent, a child that calls it, or one that is
    reached through a child (`via`). A hosted county has no platform of its own: its rows are kept here.
    """

    class Kind(models.TextChoices):
        PROVINCE = "province", "省级平台"
        CITY = "city", "市州平台"
        COUNTY = "county", "县区平台"
        ENTERPRISE = "enterprise", "企业平台"

    class Relation(models.TextChoices):
        SELF = "self", "本平台"
        PARENT = "parent", "上级平台"
        CHILD = "child", "下级平台"
        BELOW = "below", "经下级平台接入"

    class State(models.TextChoices):
        INVITED = "invited", "已邀请，未接入"
        KEYED = "keyed", "已交换密钥，未通信"
        ACTIVE = "active", "正常"
        DEGRADED = "degraded", "版本待升级"
        SUSPENDED = "suspended", "已停用"

    class Mode(models.TextChoices):
        SELF_BUILT = "self_built", "自建平台"
        HOSTED = "hosted", "使用上级平台"

    public_id = models.UUIDField(default=new_id, unique=True, editable=False)
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    region = models.ForeignKey("regions.Region", models.PROTECT, null=True, blank=True, related_name="+")
    enterprise_uscc = models.CharField(max_length=18, blank=True, default="")
    relation = models.CharField(max_length=8)
    via = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="below")
    url = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, default=State.INVITED)
    mode = models.CharField(max_length=10, default=Mode.SELF_BUILT)
    protocol = models.CharField(max_length=16, blank=True, default="")
    software = models.CharField(max_length=40, blank=True, default="")
    standard_version = models.CharField(max_length=60, blank=True, default="")
    # What a neighbour said against this node at the last handshake; empty while all is well.
    objection = models.CharField(max_length=300, blank=True, default="")
    suspended_why = models.CharField(max_length=200, blank=True, default="")
    last_seen_at = models.DateTimeField(null=True, blank=True)
    # Where it is moving between hosted and self-built: to which, since when.
    moving_to = models.CharField(max_length=10, blank=True, default="")
    # Transactions up to this one must have ended before what stood is laid down for a new neighbour.
    told_after = models.BigIntegerField(null=True, blank=True)
    polled_at = models.DateTimeField(null=True, blank=True)
    needs_hello = models.BooleanField(default=True)
    # Of the parent: code and name of each platform above it, the nearest first; their rows come down here.
    # Of a node below: the platform right above it, where that is not the child through which it is reached.
    above = models.JSONField(default=list, blank=True)
    moving_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(
                fields=("relation",), condition=Q(relation="self"), name="a_node_is_itself_once"
            ),
            models.UniqueConstraint(
                fields=("relation",), condition=Q(relation="parent"), name="a_node_has_one_parent"
            ),
            models.CheckConstraint(
                condition=Q(relation="below", via__isnull=False) | (~Q(relation="below") & Q(via=None)),
                name="only_a_node_below_is_reached_through_another",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("invited", "keyed", "active", "degraded", "suspended")),
                name="a_node_is_in_a_known_state",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<Node {self.code}>"

    @property
    def under(self) -> str:
        """Of a node below: the code of the platform right above it."""
        if self.relation != self.Relation.BELOW or self.via is None:
            return ""
        return str(self.above[0]["code"]) if self.above else self.via.code

    @property
    def under_name(self) -> str:
        """The name of the platform right above it."""
        if self.relation != self.Relation.BELOW or self.via is None:
            return ""
        return str(self.above[0]["name"]) if self.above else self.via.name

    @property
    def is_refused_above(self) -> bool:
        """Whether it is our parent and has suspended this node, as it said to the last handshake."""
        return self.relation == self.Relation.PARENT and self.objection.startswith(SUSPENDED_ABOVE)

    @property
    def may_exchange(self) -> bool:
        """Whether envelopes go to and come from it."""
        return self.state in (self.State.KEYED, self.State.ACTIVE, self.State.DEGRADED)


class NodeKey(models.Model):
    """A key of a node: of this one with its private half, of others the public one alone.

    Within its dates it signs or opens; two overlap while one follows the other.
    """

    class Purpose(models.TextChoices):
        SIGN = "sign", "签名"
        SEAL = "seal", "加密"

    node = models.ForeignKey(Node, models.PROTECT, related_name="keys")
    key_id = models.CharField(max_length=32)
    purpose = models.CharField(max_length=4)
    algorithm = models.CharField(max_length=16)
    # Base64, as on the wire.
    public = models.CharField(max_length=200)
    private = SealedTextField(context="federation.node_key", null=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-valid_from", "-id")
        constraints = [
            models.UniqueConstraint(fields=("node", "key_id"), name="a_node_has_a_key_once"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=models.F("valid_from")),
                name="a_key_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.key_id

    def __repr__(self) -> str:
        return f"<NodeKey {self.key_id}>"

    def is_valid(self, now: datetime) -> bool:
        """Whether it may be used at an instant."""
        return self.valid_from <= now and (self.valid_until is None or now < self.valid_until)


class Invitation(models.Model):
    """A one-time code by which a platform joins below this one; only its digest is kept."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="invitations")
    code_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(max_length=120)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # Of whoever used it, so that a lost answer can be fetched again by the same key and by no other.
    used_by_key = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        ordering = ("-invited_at", "-id")

    def __str__(self) -> str:
        return f"{self.node} {self.invited_at:%Y-%m-%d}"

    def __repr__(self) -> str:
        return f"<Invitation {self.pk}>"
