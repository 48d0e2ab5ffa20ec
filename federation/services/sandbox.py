"""Opening a practice project for a vendor, and forgetting it when its time is over."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from attendance.management.commands.grant_app_role import ONLY_ADDED
from attendance.models import Device, Subject
from audit.services import record
from federation.actors import CredentialActor
from federation.models import AnsweredQuery, Credential, Sandbox
from federation.sandboxes import GATE, kit
from federation.selectors import valid_credentials
from federation.services.credentials import SECRET_BYTES
from kernel import locks
from kernel.errors import DomainError
from kernel.masking import redact
from projects.models import Enterprise, Participation, Permit, Project
from projects.services.register import CONTRACTOR
from regions.services import SANDBOX_CODE, sandbox_region
from standards.selectors import parameter
from web.sign_ins import Stranger
from workers.models import Engagement, Person

LONGEST_NAME = 80


class TooManySandboxes(DomainError):
    """The address, or everybody together, has opened as many sandboxes as the parameters allow."""

    code = "too_many_sandboxes"
    status = 429


@transaction.atomic
def open_sandbox(*, vendor: str, address: str, now: datetime) -> tuple[Sandbox, str]:
    """A fresh practice project with its secret, for whoever asks; it ends after `sandbox.days`.

    Raises TooManySandboxes, and DomainError for a name that is missing, too long or somebody's number.
    """
    vendor = checked_name(vendor, _("厂商名称"), "vendor")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, 0)", [locks.SANDBOXES]
        )  # the limits are counted by one at a time
    _check_limits(address, now)
    sandbox = Sandbox.objects.create(
        appid=f"{SANDBOX_CODE}{now:%Y%m}{secrets.randbelow(10**6):06d}",
        vendor=vendor,
        address=address[:45],
        opened_at=now,
        expires_at=now + timedelta(days=parameter("sandbox.days")),
    )
    credential = _furnished(sandbox)
    record(Stranger(), "federation.sandbox_opened", credential, address=address[:45])
    return sandbox, credential.key


def checked_name(text: str, label: str, field: str) -> str:
    """A name that strangers give and everybody will read. Raises DomainError."""
    name = " ".join(text.split())
    if not name:
        raise DomainError(_("请填{label}。").format(label=label), code="name_missing", field=field)
    if len(name) > LONGEST_NAME:
        told = _("{label}最多 {most} 个字，请缩短后再填。").format(label=label, most=LONGEST_NAME)
        raise DomainError(told, code="name_too_long", field=field)
    if redact(name) != name:
        told = _("{label}会公开显示，请不要填写手机号、证件号等个人信息。").format(label=label)
        raise DomainError(told, code="name_is_personal", field=field)
    return name


def _check_limits(address: str, now: datetime) -> None:
    most = int(parameter("sandbox.per_address_day"))
    of_today = Sandbox.objects.filter(address=address[:45], opened_at__gt=now - timedelta(days=1))
    if of_today.count() >= most:
        raise TooManySandboxes(
            _("同一地址一天最多申请 {most} 个沙箱。请用已申请的沙箱继续联调，或明天再来。").format(most=most)
        )
    if Sandbox.objects.filter(expires_at__gt=now).count() >= int(parameter("sandbox.most_open")):
        raise TooManySandboxes(_("现在联调的厂商太多，沙箱暂时用完了。请过几天再申请。"))


def _furnished(sandbox: Sandbox) -> Credential:
    """The project of a sandbox with its contractor and permit, and the credential that opens it."""
    today = timezone.localdate(sandbox.opened_at)
    given = kit(sandbox.appid, sandbox.opened_at.date()).contractor
    contractor = Enterprise.objects.create(uscc=given.uscc, name=given.name)
    project = Project.objects.create(
        code=sandbox.appid,
        name=f"联调沙箱 {sandbox.appid[-6:]}",
        region=sandbox_region(),
        contractor=contractor,
        category="01",
        starts_on=today,
    )
    Permit.objects.create(
        project=project, number=f"{sandbox.appid}SX", works_name=project.name, issued_on=today
    )
    Participation.objects.create(project=project, enterprise=contractor, kind=CONTRACTOR, entered_on=today)
    Device.objects.create(project=project, channel=GATE)
    return Credential.objects.create(
        appid=sandbox.appid,
        project=project,
        secret=secrets.token_hex(SECRET_BYTES),
        holder=sandbox.vendor,
        valid_until=sandbox.expires_at,
        created_by=_("厂商自助申请"),
    )


def forget_sandboxes(now: datetime) -> int:
    """Delete everything of the practice projects whose time is over; returns how many."""
    gone = 0
    for sandbox in Sandbox.objects.filter(expires_at__lte=now, forgotten_at=None).order_by("expires_at"):
        with transaction.atomic():
            gone += _forgotten(sandbox.pk, now)
    return gone


def _forgotten(pk: int, now: datetime) -> bool:
    sandbox = Sandbox.objects.select_for_update(skip_locked=True).filter(pk=pk, forgotten_at=None).first()
    if sandbox is None:
        return False
    # Within nobody's reach but its own secret's.
    for credential in valid_credentials(sandbox.appid, sandbox.opened_at)[:1]:
        for project in Project.objects.visible_to(CredentialActor(credential)):
            _empty(project)
    AnsweredQuery.objects.filter(appid=sandbox.appid).delete()
    sandbox.forgotten_at, sandbox.address = now, ""
    sandbox.save(update_fields=["forgotten_at", "address"])
    record(None, "federation.sandbox_forgotten", appid=sandbox.appid)
    return True


def _empty(project: Project) -> None:
    """Everything that hangs on a practice project, then the people and firms that nothing hangs on.

    An identity at the gates is never deleted; it stays as a number that nobody holds, tied to nobody.
    """
    firms = set(project.participations.values_list("enterprise", flat=True)) | {project.contractor_id}
    people = set(project.engagements.values_list("person", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT federation_forget_practice(%s)", [project.pk])
    _delete_with_all(Project, [project.pk])
    gone = people - set(Engagement._base_manager.filter(person__in=people).values_list("person", flat=True))
    Subject.objects.filter(person__in=gone).update(person=None)
    _drop_unused(Person, gone, (Engagement, "person"))
    _drop_unused(
        Enterprise, firms, (Project, "contractor"), (Participation, "enterprise"), (Credential, "enterprise")
    )


def _drop_unused(model: type[models.Model], keys: set[int], *uses: tuple[type[models.Model], str]) -> None:
    """Delete those rows that nothing uses any more, with their own details."""
    unused = model._base_manager.filter(pk__in=keys)
    for user, name in uses:
        unused = unused.exclude(Exists(user._base_manager.filter(**{name: OuterRef("pk")})))
    _delete_with_all(model, list(unused.values_list("pk", flat=True)))


def _delete_with_all(root: type[models.Model], keys: list[int]) -> None:
    """Delete rows and everything that hangs on them."""
    for model, lookup in owned_tables(root):
        _delete(model._base_manager.filter(**{f"{lookup}__in": keys}))
    _delete(root._base_manager.filter(pk__in=keys))


def _delete(rows: "models.QuerySet[Any]") -> None:
    """Delete rows as they are found: what points to them has gone before, or goes in this transaction."""
    rows._raw_delete(rows.db)  # type: ignore[attr-defined]  # unknown to the stubs


def owned_tables(root: type[models.Model] = Project) -> list[tuple[type[models.Model], str]]:
    """Every table that hangs on a row of `root`, however far away, with its way there; the farthest first.

    Facts that are only ever added are left to the database's own function.
    """
    found: dict[type[models.Model], _Hanging] = {}
    _follow(root, _Hanging(0, "", is_sure=True), found)
    return [(model, one.way) for model, one in sorted(found.items(), key=lambda one: -one[1].depth)]


@dataclass(frozen=True, slots=True)
class _Hanging:
    """How far a table is from the root, and a way there; `is_sure`: no row lacks it."""

    depth: int
    way: str
    is_sure: bool


def _follow(model: type[models.Model], here: _Hanging, found: dict[type[models.Model], _Hanging]) -> None:
    for owner, field in _pointing_at(model):
        if owner is model or not owner._meta.managed or owner._meta.db_table in ONLY_ADDED:
            continue
        known = found.get(owner)
        way = f"{field.name}__{here.way}" if here.way else field.name
        one = _Hanging(here.depth + 1, way, is_sure=here.is_sure and not field.null)
        if known is not None:
            # The farthest says when its turn is; a way that every row has says which rows.
            best = one if one.is_sure and not known.is_sure else known
            one = replace(best, depth=max(known.depth, one.depth))
        if one != known:
            found[owner] = one
            _follow(owner, one, found)


def _pointing_at(model: type[models.Model]) -> list[tuple[type[models.Model], Any]]:
    """Every foreign key to a table: the table that has it, and the field."""
    return [
        (owner, field)
        for owner in apps.get_models()
        for field in owner._meta.concrete_fields
        if field.is_relation and field.related_model is model
    ]
