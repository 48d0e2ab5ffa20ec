"""From where, and with how wrong a clock, a vendor's system may call."""

import ipaddress
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Credential
from federation.services.credentials import MANAGE, valid_secrets
from kernel.errors import DomainError
from kernel.permits import require
from kernel.scoping import Actor
from kernel.versions import require_version
from standards.selectors import parameter

MOST_ADDRESSES = 50


@transaction.atomic
def limit_credential(
    *,
    actor: Actor,
    credential: Credential,
    addresses: Sequence[str],
    window_minutes: int | None,
    expected_version: int | None = None,
) -> Credential:
    """Set the addresses from which an appid may call (none: from anywhere) and its own timestamp window.

    All secrets of the appid that are valid now follow. Raises NotPermitted, NotFound, Stale, DomainError for
    what is no address, a window beyond `open_api.longest_window_minutes`, or a secret that has ended.
    """
    require(actor, MANAGE, on=credential)
    held = {row.pk: row for row in valid_secrets(credential.appid, timezone.now())}
    row = held.get(credential.pk)
    if row is None:
        raise DomainError(_("这组密钥已经失效，不用再设限制。请到有效的那一组设置。"), code="not_valid")
    require_version(row, expected_version, in_words(row))
    clean = _addresses(addresses)
    _check_window(row, window_minutes)
    for one in held.values():
        one.allowed_addresses, one.window_minutes = clean, window_minutes
        one.version += 1
        one.save(update_fields=["allowed_addresses", "window_minutes", "version", "updated_at"])
    record(
        actor,
        "federation.credential_limited",
        row,
        addresses=len(clean),
        window_minutes=window_minutes,
    )
    return row


def in_words(credential: Credential) -> dict[str, str]:
    """The limits as a form shows them, by label."""
    return {
        "允许的地址": "\n".join(credential.allowed_addresses),
        "时间戳窗口（分钟）": str(credential.window_minutes or ""),
    }


def _addresses(given: Sequence[str]) -> list[str]:
    clean = list(dict.fromkeys(filter(None, (one.strip() for one in given))))
    if len(clean) > MOST_ADDRESSES:
        told = _("最多登记 {most} 个地址；多的请合并成网段，例如 203.0.113.0/24。").format(
            most=MOST_ADDRESSES
        )
        raise DomainError(told, code="too_many_addresses", field="addresses")
    for one in clean:
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError:
            told = _("“{one}”不是 IP 地址或网段。请一行写一个，例如 203.0.113.7 或 203.0.113.0/24。")
            raise DomainError(told.format(one=one[:40]), code="not_an_address", field="addresses") from None
    return clean


def _check_window(credential: Credential, minutes: int | None) -> None:
    region = credential.project.region if credential.project else None
    most = int(parameter("open_api.longest_window_minutes", region))
    if minutes is not None and not 0 < minutes <= most:
        told = _("时间戳窗口应为 1 至 {most} 分钟；不填则按平台统一的窗口。").format(most=most)
        raise DomainError(told, code="bad_window", field="window_minutes")
