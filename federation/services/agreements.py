"""Acts on sharing agreements: drafting, approval by somebody else, suspension; what is approved stands."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.gateway.terms import Terms, judged, object_of
from federation.models import AgreementVersion, Partner, SharingAgreement
from federation.selectors.partners import APPROVE, MANAGE
from federation.services.partners import require_over_the_province
from kernel.errors import DomainError
from kernel.scoping import Actor
from kernel.versions import require_version
from standards.selectors import parameter

State = AgreementVersion.State


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """What an agreement says before its objects: why, on which basis, how much, and from when to when."""

    purpose: str
    legal_basis: str
    valid_from: date
    valid_to: date
    calls_per_minute: int
    rows_per_day: int


@transaction.atomic
def draft_agreement(
    *, actor: Actor, partner: Partner, number: str, title: str, facts: AgreementFacts
) -> AgreementVersion:
    """Begin an agreement with a partner; nothing leaves before somebody else has approved it.

    Raises OnlyTheProvince, NotPermitted, DomainError for a number that is taken or facts that cannot be.
    """
    require_over_the_province(actor, MANAGE)
    number = number.strip()
    if not number or not title.strip():
        raise DomainError(_("请填写协议编号和名称。"), code="no_number", field="number")
    if (
        SharingAgreement.objects.unscoped(because="a number is taken whoever asks")
        .filter(number=number)
        .exists()
    ):
        told = _("协议编号“{number}”已经使用。修改已有协议，请打开它后“起草新版本”。").format(
            number=number[:40]
        )
        raise DomainError(told, code="number_taken", field="number")
    _judge(facts)
    held = SharingAgreement.objects.create(partner=partner, number=number, title=title.strip())
    version = AgreementVersion.objects.create(
        agreement=held, ordinal=1, drafters=[actor.key], drafted_by=actor.label[:120], **asdict(facts)
    )
    record(actor, "federation.agreement_drafted", held, ordinal=1)
    return version


@transaction.atomic
def revise_agreement(*, actor: Actor, agreement: SharingAgreement) -> AgreementVersion:
    """Begin the next version as a copy of the newest, which holds until the new one is approved and begins.

    Raises OnlyTheProvince, NotPermitted, DomainError where a draft is under way.
    """
    require_over_the_province(actor, MANAGE)
    held = _locked(actor, agreement, MANAGE)
    newest = held.versions.order_by("-ordinal").first()
    if newest is None or newest.is_draft:
        told = _("这份协议已有一个草稿，请继续修改它，或先删除草稿。")
        raise DomainError(told, code="draft_under_way")
    version = AgreementVersion.objects.create(
        agreement=held,
        ordinal=newest.ordinal + 1,
        drafters=[actor.key],
        drafted_by=actor.label[:120],
        terms=newest.terms,
        **{name: getattr(newest, name) for name in AgreementFacts.__slots__},
    )
    record(actor, "federation.agreement_drafted", held, ordinal=version.ordinal)
    return version


@transaction.atomic
def edit_agreement(
    *, actor: Actor, version: AgreementVersion, facts: AgreementFacts, expected_version: int | None = None
) -> AgreementVersion:
    """Change purpose, basis, quota or days of a draft.

    Raises OnlyTheProvince, NotPermitted, Stale, DomainError for an approved version.
    """
    row = _draft(actor, version, expected_version)
    _judge(facts)
    for name, value in asdict(facts).items():
        setattr(row, name, value)
    return _kept(actor, row, "federation.agreement_edited")


@transaction.atomic
def share_object(
    *,
    actor: Actor,
    version: AgreementVersion,
    shared: str,
    terms: Terms,
    expected_version: int | None = None,
) -> AgreementVersion:
    """Say in a draft which fields of an object may leave, why the full numbers may, and what narrows it.

    Raises OnlyTheProvince, NotPermitted, Stale, DomainError for terms that cannot be or an approved version.
    Source: 个人信息保护法 第六条, 第二十三条 (the least that the purpose needs).
    """
    row = _draft(actor, version, expected_version)
    of = object_of(shared)
    row.terms = {**row.terms, of.key: judged(of, terms, row.agreement.partner).as_data}
    return _kept(actor, row, "federation.agreement_object_set", shared=of.key)


@transaction.atomic
def withhold_object(*, actor: Actor, version: AgreementVersion, shared: str) -> AgreementVersion:
    """Take an object out of a draft.

    Raises OnlyTheProvince, NotPermitted, DomainError where it is not in the draft or the version is approved.
    """
    row = _draft(actor, version, None)
    of = object_of(shared)
    if of.key not in row.terms:
        told = _("草稿里没有“{label}”，不用移除。").format(label=of.label)
        raise DomainError(told, code="not_shared", field="shared")
    row.terms = {key: terms for key, terms in row.terms.items() if key != of.key}
    return _kept(actor, row, "federation.agreement_object_removed", shared=of.key)


@transaction.atomic
def drop_agreement_draft(*, actor: Actor, version: AgreementVersion) -> SharingAgreement:
    """Delete a draft; an agreement that never had another version goes with it.

    Raises OnlyTheProvince, NotPermitted, DomainError for an approved version.
    """
    row = _draft(actor, version, None)
    held = row.agreement
    record(actor, "federation.agreement_draft_dropped", held, ordinal=row.ordinal)
    row.delete()
    if not held.versions.exists():
        held.delete()
    return held


@transaction.atomic
def approve_agreement(
    *, actor: Actor, version: AgreementVersion, expected_version: int | None = None
) -> AgreementVersion:
    """Put a draft in force from its first day on, as somebody who had no hand in it.

    Raises OnlyTheProvince, NotPermitted, Stale for a draft that changed since it was read, DomainError for
    one's own draft, an empty one, or one whose days are over.
    """
    require_over_the_province(actor, APPROVE)
    row = _locked_version(actor, version, APPROVE)
    require_version(row, expected_version, {})
    if not row.is_draft:
        raise DomainError(_("这个版本已经批准。"), code="approved")
    if actor.key in row.drafters:
        raise DomainError(
            _("您参与了这份草稿的起草，不能由您批准。请另一位有批准权限的人员办理。"), code="own_draft"
        )
    if not row.terms:
        raise DomainError(_("草稿还没有约定任何数据对象，不能批准。"), code="empty")
    if row.valid_to < timezone.localdate():
        told = _("草稿约定的期限已过（至 {last}），请退回起草人修改期限。").format(last=row.valid_to)
        raise DomainError(told, code="over")
    row.state, row.approved_key, row.approved_by = State.APPROVED, actor.key, actor.label[:120]
    row.approved_at = timezone.now()
    row.version += 1
    row.save()
    record(actor, "federation.agreement_approved", row.agreement, ordinal=row.ordinal)
    return row


@transaction.atomic
def suspend_agreement(*, actor: Actor, agreement: SharingAgreement, reason: str) -> SharingAgreement:
    """Stop an agreement at once: the next call gets nothing.

    Raises OnlyTheProvince, NotPermitted, DomainError without a reason or where it is suspended.
    """
    permission = MANAGE if actor.reach(MANAGE).is_province_wide else APPROVE
    require_over_the_province(actor, permission)
    held = _locked(actor, agreement, permission)
    if held.suspended_at:
        raise DomainError(_("这份协议已经暂停。"), code="suspended")
    if not reason.strip():
        told = _("请写明暂停原因，例如：疑似泄露、超出用途。原因会记入审计。")
        raise DomainError(told, code="no_reason", field="reason")
    held.suspended_at, held.suspended_by = timezone.now(), actor.label[:120]
    held.suspended_because = reason.strip()[:200]
    return _saved(actor, held, "federation.agreement_suspended", reason=held.suspended_because)


@transaction.atomic
def resume_agreement(*, actor: Actor, agreement: SharingAgreement) -> SharingAgreement:
    """Let a suspended agreement hold again; only who may approve does that.

    Raises OnlyTheProvince, NotPermitted, DomainError where it is not suspended.
    """
    require_over_the_province(actor, APPROVE)
    held = _locked(actor, agreement, APPROVE)
    if held.suspended_at is None:
        raise DomainError(_("这份协议没有暂停，不用恢复。"), code="not_suspended")
    held.suspended_at, held.suspended_by, held.suspended_because = None, "", ""
    return _saved(actor, held, "federation.agreement_resumed")


def _judge(facts: AgreementFacts) -> None:
    """Raises DomainError for what no agreement may say."""
    years = int(parameter("gateway.longest_years"))
    limits = (
        ("calls_per_minute", _("每分钟调用次数"), int(parameter("gateway.most_calls_per_minute"))),
        ("rows_per_day", _("每天提供的记录数"), int(parameter("gateway.most_rows_per_day"))),
    )
    for name, words in (("purpose", _("用途")), ("legal_basis", _("法律依据"))):
        if len(getattr(facts, name).strip()) < 4:
            told = _("请写明{words}：只在约定的用途内提供数据，写得太短无法判断。").format(words=words)
            raise DomainError(told, code="too_short", field=name)
    if not facts.valid_from <= facts.valid_to <= _years_after(facts.valid_from, years):
        told = _("协议的最后一天应在第一天之后，且不超过 {years} 年。到期后可以续签。").format(years=years)
        raise DomainError(told, code="bad_days", field="valid_to")
    for name, words, most in limits:
        if not 0 < getattr(facts, name) <= most:
            told = _("{words}应为 1 至 {most}。").format(words=words, most=most)
            raise DomainError(told, code="bad_quota", field=name)


def _years_after(day: date, years: int) -> date:
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + years, day=last)


def _locked(actor: Actor, agreement: SharingAgreement, permission: str) -> SharingAgreement:
    rows = SharingAgreement.objects.visible_to(actor, permission).select_for_update(of=("self",))
    return rows.select_related("partner").get(pk=agreement.pk)


def _locked_version(actor: Actor, version: AgreementVersion, permission: str) -> AgreementVersion:
    rows = AgreementVersion.objects.visible_to(actor, permission).select_for_update(of=("self",))
    return rows.select_related("agreement__partner").get(pk=version.pk)


def _draft(actor: Actor, version: AgreementVersion, expected: int | None) -> AgreementVersion:
    """The draft, locked, for somebody who may write it. Raises Stale, DomainError."""
    require_over_the_province(actor, MANAGE)
    row = _locked_version(actor, version, MANAGE)
    require_version(row, expected, {})
    if not row.is_draft:
        told = _("已批准的版本不能修改。要改内容，请“起草新版本”，由另一人批准后生效。")
        raise DomainError(told, code="approved")
    return row


def _kept(actor: Actor, row: AgreementVersion, action: str, **facts: Any) -> AgreementVersion:
    if actor.key not in row.drafters:
        row.drafters = [*row.drafters, actor.key]
    row.version += 1
    row.save()
    record(actor, action, row.agreement, ordinal=row.ordinal, **facts)
    return row


def _saved(actor: Actor, held: SharingAgreement, action: str, *, reason: str = "") -> SharingAgreement:
    held.version += 1
    held.save()
    record(actor, action, held, reason=reason)
    return held
