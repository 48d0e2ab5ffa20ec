"""The moves by which somebody leaves: exit, settlement of wages, end of the engagement.

Source: product 5.3 S1; ground decisions, "Presence and permission".
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.scoping import Actor
from standards.selectors import code_name
from workers import states
from workers.errors import NothingToSettle, NotOnSite, StillPresent
from workers.models import Settlement
from workers.services.moves import Move, Trace
from workers.services.posts import vacate, vacated_by
from workers.services.standing import Standing


@dataclass(frozen=True, slots=True)
class SettlementFacts:
    """Wages at the exit: paid in full, or so much still owed (yuan)."""

    outcome: str
    amount: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit(Move):
    """退场: presence ends on that day, which still counts, and with it every key post that was held.

    It never waits for the settlement of wages.
    """

    act = states.Act.EXIT
    action = "workers.left"

    voucher: str = ""
    settlement: SettlementFacts | None = None

    def judge(self, standing: Standing, actor: Actor) -> None:
        presence = standing.open_presence
        if presence is None:
            # The future is the plainer mistake.
            self.not_before(None, "")
            raise NotOnSite
        self.not_before(presence.entered_on, _("退场日期不能早于进场日期 {day}。"))
        if standing.leave:
            last = standing.leave.returned_on or standing.leave.left_on
            self.not_before(last, _("退场日期不能早于上次暂退场或返场日期 {day}。"))

    def consequence(self, standing: Standing) -> str:
        return _posts_end(standing, self.on)

    def write(self, standing: Standing, actor: Actor) -> Trace:
        presence = standing.presence
        assert presence is not None  # noqa: S101  # judged before
        presence.exited_on = self.on
        presence.exit_voucher = self.voucher
        presence.exited_by = actor.label
        presence.version += 1
        presence.save(update_fields=["exited_on", "exit_voucher", "exited_by", "version", "updated_at"])
        facts: dict[str, Any] = {"voucher": bool(self.voucher), "settlement": "unsettled"}
        if ended := vacate(actor, standing.posts, self.on):
            facts["posts"] = ended
        if standing.review:
            # Permission ends at once; it is asked for anew before another entry.
            facts["review"] = str(standing.review.public_id)
            end_review(standing)
        if self.settlement:
            facts["settlement"] = self.settlement.outcome
            _settle(standing, self.settlement, actor)
        return Trace(facts, self.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle(Move):
    """确认结算: the wages of somebody who has left are paid, or a debt is declared."""

    act = states.Act.SETTLE
    action = "workers.settled"
    event = "workers.settled.v1"

    settlement: SettlementFacts

    def judge(self, standing: Standing, actor: Actor) -> None:
        if not standing.facts.has_left:
            raise NothingToSettle(_("该人员还没有退场，退场后再确认工资结算。"))
        if standing.settlement:
            raise NothingToSettle(_("该人员的工资结算已确认，无需重复办理。"))

    def write(self, standing: Standing, actor: Actor) -> Trace:
        _settle(standing, self.settlement, actor)
        return Trace({"settlement": self.settlement.outcome})


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Move):
    """结束用工: the engagement is over, so that another firm of the project may enrol the person."""

    act = states.Act.END
    action = "workers.engagement_ended"
    event = "workers.engagement_ended.v1"

    def judge(self, standing: Standing, actor: Actor) -> None:
        standing.require_active()
        if standing.open_presence:
            raise StillPresent
        last = standing.presence.exited_on if standing.presence else None
        self.not_before(last, _("结束日期不能早于退场日期 {day}。"))

    def consequence(self, standing: Standing) -> str:
        return _posts_end(standing, self.on)

    def write(self, standing: Standing, actor: Actor) -> Trace:
        row = standing.engagement
        row.ended_at = timezone.now()
        row.version += 1
        row.save(update_fields=["ended_at", "version", "updated_at"])
        end_review(standing)
        vacate(actor, standing.posts, self.on)
        return Trace({})


def _posts_end(standing: Standing, on: date) -> str:
    names = "、".join(code_name("key_post", row.post) for row in vacated_by(standing.posts, on))
    if not names:
        return ""
    return _("任{names}，任职到 {day} 为止，次日起岗位空缺，请另行任命").format(names=names, day=on)


def _settle(standing: Standing, facts: SettlementFacts, actor: Actor) -> None:
    """Keep how the wages of the last presence stand. Source: 国务院令第724号 第十三条."""
    presence = standing.presence
    assert presence is not None  # noqa: S101  # judged before
    standing.settlement = Settlement.objects.create(
        presence=presence,
        outcome=facts.outcome,
        amount=facts.amount,
        note=facts.note,
        confirmed_by=actor.label,
    )


def end_review(standing: Standing) -> None:
    """Let the review in force, if any, end now."""
    review = standing.review
    if review is not None:
        review.ended_at = timezone.now()
        review.version += 1
        review.save(update_fields=["ended_at", "version", "updated_at"])
        standing.review = None
