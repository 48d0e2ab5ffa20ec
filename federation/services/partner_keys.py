"""Acts on partners' keys. The secret is given once, by the act that makes it; a digest is kept."""

import ipaddress
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Partner, PartnerKey
from federation.selectors.partners import MANAGE
from federation.services.partners import locked, require_over_the_province
from kernel.errors import DomainError
from kernel.scoping import Actor
from kernel.versions import require_version
from standards.selectors import parameter

PREFIX = "hbgw_"
_BYTES = 32
_VALID_AT_ONCE = 2
_MOST_ADDRESSES = 50
# A list that lets half of the world in is none.
_WIDEST = {4: 16, 6: 48}


class Issued(NamedTuple):
    """A key and its secret, which is nowhere else."""

    key: PartnerKey
    secret: str


def digest_of(secret: str) -> str:
    """By what a secret is found again."""
    return sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue_partner_key(*, actor: Actor, partner: Partner, addresses: Sequence[str]) -> Issued:
    """Give a partner a key that may be used from some addresses; two are valid at once, no more.

    Raises OnlyTheProvince, NotPermitted, DomainError for a third key or addresses that cannot be.
    """
    require_over_the_province(actor, MANAGE)
    held, now = locked(actor, partner), timezone.now()
    if len(_valid(held, now)) >= _VALID_AT_ONCE:
        told = _("这个单位已有 {most} 组有效密钥。请先撤销不用的一组，或对其中一组“轮换”。")
        raise DomainError(told.format(most=_VALID_AT_ONCE), code="too_many_keys")
    return _issued(actor, held, _addresses(addresses), "federation.partner_key_issued")


@transaction.atomic
def rotate_partner_key(
    *, actor: Actor, key: PartnerKey, valid_until: datetime, now: datetime | None = None
) -> Issued:
    """A new key beside the present one, which holds until an instant and then no more.

    Raises OnlyTheProvince, NotPermitted, DomainError for a key that has ended or an instant that cannot be.
    """
    require_over_the_province(actor, MANAGE)
    held, now = locked(actor, key.partner), now or timezone.now()
    valid = _valid(held, now)
    row = next((one for one in valid if one.pk == key.pk), None)
    if row is None:
        raise DomainError(_("这组密钥已经失效，不能轮换。请改为签发新密钥。"), code="not_valid")
    most = int(parameter("gateway.rotation_days"))
    if not now < valid_until <= now + timedelta(days=most):
        told = _("旧密钥的停用时间应在今后 {most} 天之内。需要立即停用的，请用“撤销”。")
        raise DomainError(told.format(most=most), code="bad_overlap", field="valid_until")
    for one in valid:
        _end(one, now if one.pk != row.pk else min(valid_until, row.valid_until or valid_until))
    return _issued(actor, held, row.allowed_addresses, "federation.partner_key_rotated")


@transaction.atomic
def limit_partner_key(
    *, actor: Actor, key: PartnerKey, addresses: Sequence[str], expected_version: int | None = None
) -> PartnerKey:
    """Set the addresses from which a key may be used.

    Raises OnlyTheProvince, NotPermitted, Stale, DomainError for what is no address.
    """
    require_over_the_province(actor, MANAGE)
    row = _locked(actor, key)
    require_version(row, expected_version, {"允许的地址": "\n".join(row.allowed_addresses)})
    row.allowed_addresses = _addresses(addresses)
    row.version += 1
    row.save()
    record(actor, "federation.partner_key_limited", row, addresses=len(row.allowed_addresses))
    return row


@transaction.atomic
def revoke_partner_key(*, actor: Actor, key: PartnerKey, reason: str) -> PartnerKey:
    """End a key at once: the next call with it is turned away.

    Raises OnlyTheProvince, NotPermitted, DomainError without a reason or for a key that was revoked.
    """
    require_over_the_province(actor, MANAGE)
    row = _locked(actor, key)
    if row.revoked_at:
        raise DomainError(_("这组密钥已经撤销。"), code="revoked")
    if not reason.strip():
        told = _("请写明撤销原因，例如：密钥外泄、系统停用。原因会记入审计。")
        raise DomainError(told, code="no_reason", field="reason")
    row.revoked_at = timezone.now()
    row.version += 1
    row.save()
    record(actor, "federation.partner_key_revoked", row, reason=reason.strip()[:200])
    return row


def _locked(actor: Actor, key: PartnerKey) -> PartnerKey:
    rows = PartnerKey.objects.visible_to(actor, MANAGE).select_for_update(of=("self",))
    return rows.select_related("partner").get(pk=key.pk)


def _valid(partner: Partner, now: datetime) -> list[PartnerKey]:
    return [one for one in partner.keys.select_for_update() if one.is_valid(now)]


def _end(key: PartnerKey, at: datetime) -> None:
    key.valid_until = at
    key.version += 1
    key.save()


def _issued(actor: Actor, partner: Partner, addresses: list[str], action: str) -> Issued:
    secret = PREFIX + secrets.token_urlsafe(_BYTES)
    key = PartnerKey.objects.create(
        partner=partner,
        digest=digest_of(secret),
        hint=secret[-4:],
        allowed_addresses=addresses,
        issued_by=actor.label[:120],
    )
    record(actor, action, key, addresses=len(addresses))
    return Issued(key, secret)


def _addresses(given: Sequence[str]) -> list[str]:
    clean = list(dict.fromkeys(filter(None, (one.strip() for one in given))))
    if not clean or len(clean) > _MOST_ADDRESSES:
        told = _("请登记对方系统的出口地址，一行一个，1 至 {most} 个：没有登记地址的密钥不能使用。")
        raise DomainError(told.format(most=_MOST_ADDRESSES), code="no_addresses", field="addresses")
    for one in clean:
        _check(one)
    return clean


def _check(one: str) -> None:
    try:
        network = ipaddress.ip_network(one, strict=False)
    except ValueError:
        told = _("“{one}”不是 IP 地址或网段。请一行写一个，例如 203.0.113.7 或 203.0.113.0/24。")
        raise DomainError(told.format(one=one[:40]), code="not_an_address", field="addresses") from None
    if network.prefixlen < _WIDEST[network.version]:
        told = _("“{one}”的范围太大，等于不限地址。请写对方系统的出口地址或小的网段。")
        raise DomainError(told.format(one=one[:40]), code="too_wide", field="addresses")
