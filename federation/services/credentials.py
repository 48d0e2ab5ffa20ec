"""Acts on vendors' access: issuing a secret, changing over to a new one, ending one at once."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Credential
from kernel.errors import DomainError, NotFound, NotPermitted
from kernel.permits import require
from kernel.scoping import Actor
from projects.errors import NameDiffers
from projects.models import Enterprise, Project
from projects.services import known_enterprise
from projects.uscc import normalised
from standards.selectors import parameter
from web.console import CONSOLE as THE_CONSOLE

MANAGE = "federation.manage_credentials"
SECRET_BYTES = 16  # 32 hexadecimal characters: key and start value of the field cipher


@transaction.atomic
def issue_credential(*, actor: Actor | None, project_code: str, holder: str = "") -> Credential:
    """Give the vendor of a project one more secret; the two newest stay valid.

    The appid is the project's code. `actor` is None for the operator at the machine.
    Raises NotPermitted, NotFound, DomainError for a holder's name that is too long.
    """
    project = _project(actor, project_code)
    holder = _checked(holder)
    now = timezone.now()
    valid = valid_secrets(project.code, now)
    for older in valid[1:]:
        _end(older, now)
    credential = _new(actor, project, holder, valid[0] if valid else _newest(project.code))
    record(actor, "federation.credential_issued", credential, holder=credential.holder)
    return credential


@transaction.atomic
def issue_enterprise_credential(
    *, actor: Actor | None, uscc: str, name: str = "", holder: str = ""
) -> Credential:
    """Give the system of a whole enterprise one more secret; the two newest stay valid.

    The appid is the enterprise's credit code, and it reaches every project of which the enterprise is general
    contractor or owner; so only who administers the whole province issues one. An enterprise that the
    platform does not know yet is entered under `name`.
    Raises NotPermitted, DomainError for a name that is missing or a holder's name that is too long,
    BadCreditCode, NameDiffers.
    """
    if actor is not None:
        require(actor, MANAGE)
        if not actor.reach(MANAGE).is_province_wide:
            raise NotPermitted
    holder = _checked(holder)
    enterprise = _enterprise(actor or THE_CONSOLE, uscc, name)
    now = timezone.now()
    valid = valid_secrets(enterprise.uscc, now)
    for older in valid[1:]:
        _end(older, now)
    credential = _new(actor, enterprise, holder, valid[0] if valid else _newest(enterprise.uscc))
    record(actor, "federation.credential_issued", credential, holder=credential.holder)
    return credential


@transaction.atomic
def rotate_credential(
    *, actor: Actor, credential: Credential, valid_until: datetime, now: datetime | None = None
) -> Credential:
    """A new secret beside the present one, which still signs until an instant and then no more.

    Raises NotPermitted, NotFound, DomainError for a secret that is not valid or an instant that is past or
    too far away.
    """
    require(actor, MANAGE, on=credential)
    now = now or timezone.now()
    valid = valid_secrets(credential.appid, now)
    if credential.pk not in {row.pk for row in valid}:
        raise DomainError(_("这组密钥已经失效，不能轮换。请改为签发新密钥。"), code="not_valid")
    most = int(parameter("open_api.rotation_days", credential.project.region if credential.project else None))
    if not now < valid_until <= now + timedelta(days=most):
        raise DomainError(
            _("旧密钥的停用时间应在今后 {most} 天之内。请重选日期；需要立即停用的，请用“撤销”。").format(
                most=most
            ),
            code="bad_overlap",
            field="valid_until",
        )
    newest = valid[0]
    for older in valid[1:]:
        _end(older, now)
    _end(newest, min(valid_until, newest.valid_until or valid_until))
    fresh = _new(actor, _held_for(newest), newest.holder, newest)
    record(actor, "federation.credential_rotated", fresh, until=valid_until.isoformat())
    return fresh


@transaction.atomic
def revoke_credential(*, actor: Actor, credential: Credential, reason: str) -> Credential:
    """End a secret at once: the next call that is signed with it is turned away.

    Raises NotPermitted, NotFound, DomainError without a reason or for a secret that was revoked.
    """
    require(actor, MANAGE, on=credential)
    rows = Credential.all_rows.select_related("project__region").select_for_update(of=("self",))
    credential = rows.get(pk=credential.pk)
    if credential.revoked_at:
        raise DomainError(_("这组密钥已经撤销。"), code="revoked")
    if not reason.strip():
        raise DomainError(
            _("请写明撤销原因，例如：密钥外泄、更换厂商。原因会记入审计。"), code="no_reason", field="reason"
        )
    credential.revoked_at = timezone.now()
    credential.version += 1
    credential.save(update_fields=["revoked_at", "version", "updated_at"])
    record(actor, "federation.credential_revoked", credential, reason=reason.strip()[:200])
    return credential


def _project(actor: Actor | None, code: str) -> Project:
    """The project of a code. One beyond the actor's reach is answered like one nobody knows."""
    if actor is not None:
        require(actor, MANAGE)
        project = Project.objects.visible_to(actor, MANAGE).filter(code=code).first()
    else:
        project = Project.all_rows.filter(code=code).first()
    if project is None:
        raise NotFound(
            _("没有编码为“{code}”的项目，请核对项目编码，或先由县区登记施工许可证。").format(code=code[:40])
        )
    # One at a time per project, so that two rotations at once cannot both leave their predecessor valid.
    return Project.all_rows.select_related("region").select_for_update(of=("self",)).get(pk=project.pk)


def valid_secrets(appid: str, now: datetime) -> list[Credential]:
    """The secrets of an appid that sign now, newest first, locked."""
    rows = Credential.all_rows.select_related("project__region", "enterprise")
    rows = rows.select_for_update(of=("self",))
    held = rows.filter(appid=appid, revoked_at=None).order_by("-id")
    return [row for row in held if row.is_valid(now)]


def _newest(appid: str) -> Credential | None:
    return Credential.all_rows.filter(appid=appid).order_by("-id").first()


def _end(credential: Credential, at: datetime) -> None:
    credential.valid_until = at
    credential.version += 1
    credential.save(update_fields=["valid_until", "version", "updated_at"])


def _held_for(credential: Credential) -> Project | Enterprise:
    of = credential.project or credential.enterprise
    if of is None:
        raise LookupError("a credential belongs to a project or an enterprise")
    return of


def _enterprise(actor: Actor, uscc: str, name: str) -> Enterprise:
    """The enterprise of a code, locked: known under this name, or entered now. Nameless only if known."""
    code, name = normalised(uscc), name.strip()
    rows = Enterprise.objects.unscoped(because="who administers the whole province names any enterprise")
    known = rows.filter(uscc=code).first()
    if known is None and not name:
        raise DomainError(_("平台上还没有这家企业，请按营业执照填写企业名称。"), code="no_name", field="name")
    try:
        found = known if known and not name else known_enterprise(code, name, told_to=actor)
    except DomainError as refusal:
        refusal.field = "name" if isinstance(refusal, NameDiffers) else "uscc"
        raise
    return rows.select_for_update(of=("self",)).get(pk=found.pk)


def _new(actor: Actor | None, of: Project | Enterprise, holder: str, like: Credential | None) -> Credential:
    """A fresh secret with the predecessor's terms."""
    project, enterprise = (of, None) if isinstance(of, Project) else (None, of)
    return Credential.objects.create(
        appid=of.code if isinstance(of, Project) else of.uscc,
        project=project,
        enterprise=enterprise,
        secret=secrets.token_hex(SECRET_BYTES),
        corp_key=like.corp_key if like else None,
        allowed_addresses=like.allowed_addresses if like else [],
        window_minutes=like.window_minutes if like else None,
        holder=holder or (like.holder if like else ""),
        created_by=actor.label if actor else "操作员",
    )


def _checked(holder: str) -> str:
    holder = holder.strip()
    if len(holder) > 80:
        raise DomainError(_("持有单位最多 80 个字，请缩短后再填。"), code="too_long", field="holder")
    return holder
