"""Completed quantities: entered by the team's own firm, accepted or returned by the general contractor.

Source: 鄂建文〔2019〕27号 二(五) (完工数量质量); invariant I-12.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import record
from kernel.errors import NotFound
from kernel.permits import require
from kernel.scoping import Actor
from kernel.versions import require_version
from outbox.services import announce
from projects.models import Project, Team
from standards.selectors import code_name, codes, parameter
from web.messages import Audience, tell
from workers.errors import BadQuantity, OwnQuantity, QuantityDecided, QuantityKnown
from workers.models import Engagement, Presence, WorkQuantity
from workers.services.reasons import checked_reason

ENTER, ACCEPT = "workers.quantify", "workers.accept_quantity"
State = WorkQuantity.State
_STEP, _MOST = Decimal("0.001"), Decimal(10) ** 10
_OPEN = (State.ENTERED, State.RETURNED)


@dataclass(frozen=True, slots=True)
class QuantityFacts:
    """What was done: which work, from which day to which, how much in which unit, and how well."""

    item: str
    first_on: date
    last_on: date
    amount: Decimal
    unit: str
    grade: str
    note: str = ""


@transaction.atomic
def enter_quantity(
    *,
    actor: Actor,
    team: Team,
    engagement: Engagement | None = None,
    facts: QuantityFacts,
    today: date,
    now: datetime,
) -> WorkQuantity:
    """Enter what a team, or one of its people, has completed; the general contractor is asked to accept it.

    Raises NotPermitted, NotFound, BadQuantity, QuantityKnown. Source: 鄂建文〔2019〕27号 二(五).
    """
    require(actor, ENTER, on=team)
    if engagement is not None:
        _require_of_team(actor, team, engagement)
    require_sensible_quantity(facts, today)
    _held(team)
    _require_on_site(engagement, facts)
    _require_new(team, engagement, facts)
    row = _kept(actor, team, engagement, facts, now)
    record(actor, "workers.quantity_entered", row)
    announce("workers.quantity_entered.v1", key=row.public_id)
    return row


@transaction.atomic
def correct_quantity(
    *,
    actor: Actor,
    quantity: WorkQuantity,
    facts: QuantityFacts,
    today: date,
    now: datetime,
    expected_version: int | None = None,
) -> WorkQuantity:
    """Enter a row anew that was wrong or was returned; the earlier one stays on record.

    An accepted one goes on counting until its correction is accepted too. Raises NotPermitted, NotFound,
    Stale, QuantityDecided, BadQuantity, QuantityKnown.
    """
    require(actor, ENTER, on=quantity)
    require_sensible_quantity(facts, today)
    _held(quantity.team)
    old = WorkQuantity.all_rows.select_for_update(of=("self",)).get(pk=quantity.pk)
    require_version(old, expected_version, quantity_in_words(old))
    if old.state == State.REPLACED or WorkQuantity.all_rows.filter(replaces=old).exists():
        raise QuantityDecided(State.REPLACED.label)
    _require_on_site(quantity.engagement, facts)
    if old.state in _OPEN:
        old.state = State.REPLACED
        old.version += 1
        old.save(update_fields=["state", "version", "updated_at"])
    _require_new(quantity.team, quantity.engagement, facts, besides=old)
    row = _kept(actor, quantity.team, quantity.engagement, facts, now, replaces=old)
    record(actor, "workers.quantity_corrected", row)
    announce("workers.quantity_entered.v1", key=row.public_id)
    return row


@transaction.atomic
def accept_quantity(*, actor: Actor, quantity: WorkQuantity, grade: str = "", now: datetime) -> WorkQuantity:
    """Accept a quantity, with another grade where the work was looked at and found so; from now on it counts.

    Raises NotPermitted, NotFound, OwnQuantity, QuantityDecided, BadQuantity.
    """
    held = _to_decide(actor, quantity)
    if grade and grade not in codes("quality_grade"):
        raise BadQuantity(_("没有这个质量等级，请从列表中选择。"), field="grade")
    held.grade = grade or held.grade
    earlier = held.replaces
    while earlier is not None:
        if earlier.state == State.ACCEPTED:
            earlier.state = State.REPLACED
            earlier.version += 1
            earlier.save(update_fields=["state", "version", "updated_at"])
        earlier = earlier.replaces
    return _decided(actor, held, State.ACCEPTED, now)


@transaction.atomic
def return_quantity(*, actor: Actor, quantity: WorkQuantity, reason: str, now: datetime) -> WorkQuantity:
    """Send a quantity back with a reason; whoever entered it corrects it.

    Raises NotPermitted, NotFound, OwnQuantity, QuantityDecided, WhyMissing, WhyHoldsNumber.
    """
    held = _to_decide(actor, quantity)
    held.reason = checked_reason(reason)
    return _decided(actor, held, State.RETURNED, now)


def require_sensible_quantity(facts: QuantityFacts, today: date) -> None:
    """Refuse what cannot have been done. Raises BadQuantity."""
    if not facts.item.strip():
        raise BadQuantity(_("请填分项，例如：二层梁板钢筋绑扎。"), field="item")
    if facts.last_on > today:
        raise BadQuantity(_("截止日期晚于今天，请填已经完成的数量。"), field="last_on")
    if facts.last_on < facts.first_on:
        raise BadQuantity(_("截止日期早于开始日期，请核对。"), field="last_on")
    longest = int(parameter("quantities.longest_days", on=today))
    if (facts.last_on - facts.first_on).days >= longest:
        told = _("一条数量最长 {days} 天，请按月或按天分开填。").format(days=longest)
        raise BadQuantity(told, field="last_on")
    if not 0 < facts.amount < _MOST or facts.amount != facts.amount.quantize(_STEP):
        raise BadQuantity(_("数量应大于 0，最多三位小数。"), field="amount")
    for field, code_list in (("unit", "quantity_unit"), ("grade", "quality_grade")):
        if getattr(facts, field) not in codes(code_list):
            raise BadQuantity(_("没有这个选项，请从列表中选择。"), field=field)


def quantity_in_words(row: WorkQuantity) -> dict[str, str]:
    """What is on record, under the labels of the form."""
    return {
        str(_("分项")): row.item,
        str(_("开始日期")): row.first_on.isoformat(),
        str(_("截止日期")): row.last_on.isoformat(),
        str(_("数量")): f"{row.amount.normalize():f}",
        str(_("单位")): code_name("quantity_unit", row.unit),
        str(_("质量")): code_name("quality_grade", row.grade),
    }


def _require_of_team(actor: Actor, team: Team, engagement: Engagement) -> None:
    require(actor, ENTER, on=engagement)
    if engagement.team_id != team.pk:
        raise NotFound


def _held(team: Team) -> None:
    """One at a time enters for a team, so that one day's work is not entered twice at once."""
    Team.all_rows.select_for_update(of=("self",)).get(pk=team.pk)


def _require_on_site(engagement: Engagement | None, facts: QuantityFacts) -> None:
    """A person was on site on some day of the period. Raises BadQuantity."""
    if engagement is None:
        return
    there = Presence.all_rows.filter(engagement=engagement, entered_on__lte=facts.last_on)
    if not there.filter(Q(exited_on=None) | Q(exited_on__gte=facts.first_on)).exists():
        told = _("该人员这段时间不在场，不能报数量。请核对日期和人员。")
        raise BadQuantity(told, field="first_on")


def _require_new(
    team: Team, engagement: Engagement | None, facts: QuantityFacts, besides: WorkQuantity | None = None
) -> None:
    """The same work of the same days is entered once, for team or for person. Raises QuantityKnown."""
    rows = WorkQuantity.all_rows.filter(
        team=team,
        item=facts.item.strip(),
        unit=facts.unit,
        first_on__lte=facts.last_on,
        last_on__gte=facts.first_on,
        state__in=(State.ENTERED, State.ACCEPTED),
    )
    if engagement is not None:
        rows = rows.filter(Q(engagement=engagement) | Q(engagement=None))
    while besides is not None:
        rows = rows.exclude(pk=besides.pk)
        besides = besides.replaces
    if known := rows.select_related("engagement__person").first():
        raise QuantityKnown(known.person, known.first_on, known.last_on)


def _kept(
    actor: Actor,
    team: Team,
    engagement: Engagement | None,
    facts: QuantityFacts,
    now: datetime,
    replaces: WorkQuantity | None = None,
) -> WorkQuantity:
    return WorkQuantity.objects.create(
        project_id=team.participation.project_id,
        participation_id=team.participation_id,
        team=team,
        engagement=engagement,
        item=facts.item.strip(),
        first_on=facts.first_on,
        last_on=facts.last_on,
        amount=facts.amount,
        unit=facts.unit,
        grade=facts.grade,
        note=facts.note.strip(),
        replaces=replaces,
        entered_at=now,
        entered_by=actor.label,
        entered_by_key=actor.key,
    )


def _to_decide(actor: Actor, quantity: WorkQuantity) -> WorkQuantity:
    require(actor, ACCEPT, on=quantity)
    rows = WorkQuantity.all_rows.select_for_update(of=("self",)).select_related(
        "team", "project", "participation"
    )
    held = rows.get(pk=quantity.pk)
    if held.state != State.ENTERED:
        raise QuantityDecided(State(held.state).label)
    if held.entered_by_key == actor.key:
        raise OwnQuantity
    return held


def _decided(actor: Actor, held: WorkQuantity, state: str, now: datetime) -> WorkQuantity:
    held.state, held.decided_at = state, now
    held.decided_by, held.decided_by_key = actor.label, actor.key
    held.version += 1
    held.save()
    action = "workers.quantity_accepted" if state == State.ACCEPTED else "workers.quantity_returned"
    record(actor, action, held, reason=held.reason)
    announce(f"{action}.v1", key=held.public_id, version=held.version)
    if state == State.RETURNED:
        _tell_of_return(held)
    return held


def _tell_of_return(held: WorkQuantity) -> None:
    project: Project = held.project
    tell(
        Audience(
            permission=ENTER,
            project=project.public_id,
            participations=frozenset({held.participation.public_id}),
        ),
        kind="workers.quantity",
        text=_("{project}：{team}的“{item}”数量被退回，理由：{reason}").format(
            project=project.name, team=held.team.name, item=held.item, reason=held.reason
        ),
        url=reverse("quantity", args=[held.public_id]),
        about=str(held.public_id),
    )
