"""Acts on neighbours: inviting, suspending, resuming, and writing down who uses this platform."""

import re
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Invitation, Line, Node
from federation.selectors.nodes import own_region, require_governing
from federation.services.forgetting import why_it_stays
from federation.services.own_node import SIGNS, own_key, own_node
from kernel.errors import DomainError
from kernel.models import this_node
from kernel.scoping import Actor
from projects.uscc import BadUscc, read_uscc
from regions.models import Region
from standards.selectors import parameter

CODE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_SECRET_BYTES: Final = 20
Kind, State, Mode, Relation = Node.Kind, Node.State, Node.Mode, Node.Relation
# Which platforms may stand directly below which.
BELOW: Final[dict[str, tuple[str, ...]]] = {
    Kind.PROVINCE: (Kind.CITY, Kind.COUNTY, Kind.ENTERPRISE),
    Kind.CITY: (Kind.COUNTY, Kind.ENTERPRISE),
    Kind.COUNTY: (Kind.ENTERPRISE,),
    Kind.ENTERPRISE: (),
}


def digest_of(secret: str) -> str:
    """What is kept of an invitation's secret."""
    return sha256(secret.encode()).hexdigest()


@transaction.atomic
def invite_node(
    *,
    actor: Actor,
    code: str,
    name: str,
    kind: str,
    region: Region | None = None,
    enterprise_uscc: str = "",
    now: datetime | None = None,
) -> tuple[Node, str]:
    """Invite a platform to join below this one; the invitation's text is told once.

    The text names this node, a one-time secret and the fingerprint of this node's key, by which the invited
    platform knows who answers it. An earlier invitation of the same platform ends.
    Raises NotPermitted, DomainError for a code, kind, region or enterprise that cannot be.
    """
    require_governing(actor)
    now = now or timezone.now()
    own = own_node()
    code = _checked_code(code)
    _require_kind_below(own, kind)
    place = _place_of(kind, region)
    uscc = _uscc_of(kind, enterprise_uscc)
    _require_free(code, kind, place, uscc)
    node = _invited(code, name, kind, place, uscc)
    end_invitations(node, now)
    secret = secrets.token_hex(_SECRET_BYTES)
    Invitation.objects.create(
        node=node,
        code_hash=digest_of(secret),
        invited_by=actor.label[:120],
        invited_at=now,
        expires_at=now + timedelta(days=int(parameter("federation.invitation_days"))),
    )
    record(actor, "federation.node_invited", node, place=place.path, code=code, kind=kind)
    return node, f"{own.code}.{secret}.{own_key(SIGNS, now).key_id}"


def _checked_code(code: str) -> str:
    code = code.strip().lower()
    if not CODE.fullmatch(code) or code == this_node():
        raise DomainError(
            _("节点代码用 1 至 32 个小写字母、数字或短横线，且不能与本平台相同，例如 whs。请改后再试。"),
            code="bad_code",
            field="code",
        )
    return code


def _require_kind_below(own: Node, kind: str) -> None:
    if kind not in BELOW.get(own.kind, ()):
        raise DomainError(
            _("{own}下面不能接入这一类平台。请核对类别，或由上级平台邀请。").format(own=Kind(own.kind).label),
            code="bad_kind",
            field="kind",
        )


def _place_of(kind: str, region: Region | None) -> Region:
    """Where the node's rows lie: its division; an enterprise works anywhere in ours."""
    if kind == Kind.ENTERPRISE:
        return own_region()
    if region is None or not region.path.startswith(own_region().path) or region == own_region():
        raise DomainError(
            _("请选择该平台管理的行政区划，须在本平台的范围之内、本级之下。"),
            code="bad_region",
            field="region",
        )
    return region


def _uscc_of(kind: str, uscc: str) -> str:
    if kind != Kind.ENTERPRISE:
        return ""
    try:
        return read_uscc(uscc)
    except BadUscc as fault:
        raise DomainError(str(fault), code="bad_uscc", field="enterprise_uscc") from None


def _invited(code: str, name: str, kind: str, region: Region, uscc: str) -> Node:
    """The row of the invited node: new, or a child that may join anew; never another's."""
    held = Node.objects.select_for_update(of=("self",)).select_related("via").filter(code=code).first()
    if held is not None and held.relation == Relation.BELOW and not why_it_stays(held):
        # A child has claimed the code and nothing ever came of it: whom we invite goes before.
        held.delete()
        held = None
    # A hosted county that has no keys yet is invited to join with a platform of its own.
    is_hosted = held is not None and held.mode == Mode.HOSTED and not held.keys.exists()
    is_joined = held is not None and held.state in (State.ACTIVE, State.DEGRADED) and not is_hosted
    if held is not None and (held.relation != Relation.CHILD or is_joined):
        raise DomainError(
            _("节点代码“{code}”已在使用。换一个代码；若是同一平台重新接入，请先停用它再邀请。").format(
                code=code
            ),
            code="code_taken",
            field="code",
        )
    name = name.strip()
    if not name:
        raise DomainError(_("请填平台名称，例如“武汉市建筑工人平台”。"), code="no_name", field="name")
    if held is None:
        return Node.objects.create(
            code=code,
            name=name[:120],
            kind=kind,
            region=region,
            enterprise_uscc=uscc,
            relation=Relation.CHILD,
        )
    if (held.kind, held.region_id, held.enterprise_uscc) != (kind, region.pk, uscc):
        raise DomainError(
            _("“{code}”原来登记的类别、区划或企业与这次不同，不能沿用。请换一个代码。").format(code=code),
            code="other_node",
            field="code",
        )
    held.name, held.state, held.suspended_why = name[:120], State.INVITED, ""
    held.save(update_fields=["name", "state", "suspended_why"])
    return held


def _require_free(code: str, kind: str, region: Region, uscc: str) -> None:
    """One platform for a place or an enterprise: two would both say that its records are theirs."""
    others = Node.objects.filter(relation=Relation.CHILD, kind=kind).exclude(code=code)
    others = others.exclude(state=State.SUSPENDED)
    is_firm = kind == Kind.ENTERPRISE
    held = others.filter(enterprise_uscc=uscc) if is_firm else others.filter(region=region)
    if (taken := held.first()) is None:
        return
    raise DomainError(
        _(
            "{whose}已由“{name}”（{code}）接入，不能再邀请另一个平台。"
            "同一平台重新接入，请先停用它，再用原代码邀请；改用另一个平台，也请先停用它。"
        ).format(whose=uscc if is_firm else region.name, name=taken.name, code=taken.code),
        code="place_taken",
        field="enterprise_uscc" if is_firm else "region",
    )


def _require_no_platform(code: str, kind: str, region: Region) -> None:
    """A place is written down once, and one with a platform of its own comes here by a move alone."""
    children = Node.objects.filter(relation=Relation.CHILD)
    joined = children.filter(code=code.strip().lower(), keys__isnull=False).first()
    if joined is not None:
        raise DomainError(
            _(
                "“{name}”有自建平台并接入过，它的数据不在本平台。要改用本平台，请在它的页面办理“转为托管”。"
            ).format(name=joined.name),
            code="has_platform",
            field="code",
        )
    held = children.filter(kind=kind, region=region).exclude(code=code.strip().lower()).first()
    if held is not None:
        raise DomainError(
            _("{region}已登记为“{name}”（{code}），一个地区只登记一次。请核对区划。").format(
                region=region.name, name=held.name, code=held.code
            ),
            code="region_taken",
            field="region",
        )


def end_invitations(node: Node, now: datetime) -> None:
    """Nobody joins by an invitation of before any more, nor again by one that was used."""
    node.invitations.filter(expires_at__gt=now).update(expires_at=now)


@transaction.atomic
def suspend_node(*, actor: Actor, node: Node, reason: str) -> Node:
    """Stop exchanging with a neighbour; what it sent stays, what it sends is refused with a sentence.

    Its invitations end, so that it comes back by an operator's act alone.

    Raises NotPermitted, DomainError without a reason or for a node that is no neighbour.
    """
    require_governing(actor)
    node = _neighbour(node)
    if not reason.strip():
        raise DomainError(
            _("请写明停用原因，对方管理员会看到。例如：密钥疑似外泄。"), code="no_reason", field="reason"
        )
    node.state, node.suspended_why = State.SUSPENDED, reason.strip()[:200]
    node.save(update_fields=["state", "suspended_why"])
    end_invitations(node, timezone.now())
    record(actor, "federation.node_suspended", node, reason=reason.strip()[:200], code=node.code)
    return node


@transaction.atomic
def resume_node(*, actor: Actor, node: Node) -> Node:
    """Exchange with a suspended neighbour again; nothing was lost meanwhile, both sides continue.

    Raises NotPermitted, DomainError for a node that was not suspended or never gave its keys.
    """
    require_governing(actor)
    node = _neighbour(node)
    if node.state != State.SUSPENDED or not node.keys.exists():
        raise DomainError(
            _("“{name}”现在不是停用状态，或还没有交换过密钥。未接入的请重新邀请。").format(name=node.name),
            code="not_suspended",
        )
    if node.relation == Relation.CHILD and node.region is not None:
        _require_free(node.code, node.kind, node.region, node.enterprise_uscc)
    node.state, node.suspended_why, node.objection = State.KEYED, "", ""
    node.save(update_fields=["state", "suspended_why", "objection"])
    Line.objects.filter(node=node).update(next_at=None, attempts=0)
    record(actor, "federation.node_resumed", node, code=node.code)
    return node


def _neighbour(node: Node) -> Node:
    held = Node.objects.select_for_update().get(pk=node.pk)
    if held.relation not in (Relation.CHILD, Relation.PARENT):
        raise DomainError(_("只能对直接相连的平台办理。"), code="no_neighbour")
    return held


@transaction.atomic
def register_hosted(*, actor: Actor, code: str, name: str, region: Region) -> Node:
    """Write down that a city or county uses this platform; its rows are kept here and owned by this node.

    Raises NotPermitted, DomainError.
    """
    require_governing(actor)
    place = _place_of(Kind.CITY, region)
    kind = Kind.CITY if place.is_second_level else Kind.COUNTY
    _require_no_platform(code, kind, place)
    node = _invited(_checked_code(code), name, kind, place, "")
    end_invitations(node, timezone.now())
    node.state, node.mode = State.ACTIVE, Mode.HOSTED
    node.save(update_fields=["state", "mode"])
    record(actor, "federation.node_hosted", node, place=place.path, code=node.code)
    return node
