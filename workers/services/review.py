"""Permission to enter: asked for by those who enrol, given by another, on what holds at that instant.

Source: product 5.3 S1, invariants I-11 and I-12; 劳动法 第十五条; 18号令 第十二条.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.selectors import events_of
from kernel.scoping import Actor
from standards.selectors import parameter
from workers import states
from workers.entry import age_fault_of, age_rule, certificates_for, fresh_until
from workers.errors import (
    AgeBarred,
    AlreadySubmitted,
    AlreadyVerified,
    DataTooOld,
    NothingToSettle,
    NotPending,
    OwnReview,
    PapersMissing,
    ReasonMissing,
    TooYoung,
)
from workers.identity import age_on
from workers.models import Engagement, EntryReview, IdentityCheck
from workers.selectors import IDENTITY_MATCHES, contracts_in_force, trainings_in_force
from workers.services.moves import SHORTEST_REASON, Move, Trace
from workers.services.standing import Standing

REVIEW_CHANGED = "workers.review_changed.v1"
# The clerk held the card in hand and compared it with the person.
SEEN = "seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyIdentity(Move):
    """核验身份: somebody has compared the original document with the person and with the record."""

    act = states.Act.PAPER
    action = "workers.identity_verified"
    event = "workers.identity_verified.v1"
    permission = "workers.file"

    def judge(self, standing: Standing, actor: Actor) -> None:
        standing.require_active()
        if standing.facts.is_verified:
            raise AlreadyVerified

    def write(self, standing: Standing, actor: Actor) -> Trace:
        IdentityCheck.objects.create(
            engagement=standing.engagement,
            method=SEEN,
            result=IDENTITY_MATCHES,
            checked_at=timezone.now(),
            checked_by=actor.label,
            checked_by_key=actor.key,
            attested_uscc=standing.engagement.participation.enterprise.uscc,
            strengths={"name": SEEN, "id_number": SEEN},
        )
        return Trace({"method": SEEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit(Move):
    """送审: ask that the person be let in; papers and age are what the approval will ask for."""

    act = states.Act.SUBMIT
    action = "workers.review_submitted"
    event = REVIEW_CHANGED
    permission = "workers.enrol"

    def judge(self, standing: Standing, actor: Actor) -> None:
        standing.require_active()
        if standing.review:
            told = {
                EntryReview.Outcome.PENDING: _("该人员已送审，正在等待总承包单位审批。"),
                EntryReview.Outcome.APPROVED: _("该人员的进场申请已批准，无需再送审。"),
            }
            raise AlreadySubmitted(told[EntryReview.Outcome(standing.review.outcome)])
        if standing.facts.has_left and not standing.facts.is_settled:
            raise NothingToSettle(_("该人员上次退场的工资还没有确认结算，请先确认结算再送审。"))
        require_papers(standing.facts)
        _require_age(standing.engagement, self.today)
        _require_fresh(standing, standing.engagement)

    def write(self, standing: Standing, actor: Actor) -> Trace:
        enrolled = events_of(standing.engagement, ("workers.enrolled",)).first()
        standing.review = EntryReview.objects.create(
            engagement=standing.engagement,
            enrolled_by_key=enrolled.actor_key if enrolled else "",
            submitted_by_key=actor.key,
            submitted_by=actor.label,
        )
        return Trace({"review": str(standing.review.public_id)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(Move):
    """批准进场: identity, contract, training and age hold at this instant, and that is kept (I-11)."""

    act = states.Act.APPROVE
    action = "workers.review_approved"
    event = REVIEW_CHANGED
    permission = "workers.approve"

    now: datetime = field(default_factory=timezone.now)

    def judge(self, standing: Standing, actor: Actor) -> None:
        review = _pending(standing)
        if actor.key in (review.submitted_by_key, review.enrolled_by_key):
            raise OwnReview
        require_papers(standing.facts)
        _require_age(standing.engagement, self.today)
        _require_fresh(standing, standing.engagement)

    def write(self, standing: Standing, actor: Actor) -> Trace:
        review = _pending(standing)
        review.outcome = EntryReview.Outcome.APPROVED
        review.snapshot = _snapshot(standing, self.today)
        _decide(review, actor, self.now)
        return Trace({"review": str(review.public_id)})


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack(Move):
    """退回: not yet, for this reason; back to those who asked."""

    act = states.Act.SEND_BACK
    action = "workers.review_returned"
    event = REVIEW_CHANGED
    permission = "workers.approve"

    now: datetime = field(default_factory=timezone.now)

    def judge(self, standing: Standing, actor: Actor) -> None:
        _pending(standing)
        if len(self.reason.strip()) < SHORTEST_REASON:
            raise ReasonMissing(_("请写明退回的理由（至少 4 个字），让送审人知道要改什么。"))

    def write(self, standing: Standing, actor: Actor) -> Trace:
        review = _pending(standing)
        review.outcome = EntryReview.Outcome.RETURNED
        review.reason = self.reason.strip()
        _decide(review, actor, self.now)
        standing.review = None
        return Trace({"review": str(review.public_id)})


def missing_papers(facts: states.Facts) -> list[str]:
    """What is missing before somebody may be let in, in words."""
    return states.lacking(facts)


def require_papers(facts: states.Facts) -> None:
    """Identity, contract, training and, in special operations, the certificate. Raises PapersMissing."""
    papers = replace(facts, age_fault="", is_fresh=True)
    if missing := states.lacking(papers):
        raise PapersMissing(missing)


def _pending(standing: Standing) -> EntryReview:
    if standing.review is None or standing.review.outcome != EntryReview.Outcome.PENDING:
        raise NotPending
    return standing.review


def _require_age(engagement: Engagement, day: date) -> None:
    region, born_on = engagement.project.region, engagement.person.born_on
    if born_on is None:
        raise TooYoung(_("没有登记出生日期，无法核对年龄。请先补充出生日期。"), code="age_unknown")
    rule = age_rule(region, day)
    if age_on(born_on, day) < rule.least:
        raise TooYoung(_("该人员未满 {least} 周岁，依法不得招用，不能进场。").format(least=rule.least))
    if fault := age_fault_of(engagement, day):
        raise AgeBarred(fault)


def _require_fresh(standing: Standing, engagement: Engagement) -> None:
    if not standing.facts.is_fresh:
        raise DataTooOld(int(parameter("review.data_days", engagement.project.region)))


def _snapshot(standing: Standing, day: date) -> dict[str, Any]:
    """What the approval saw: keys, days and the rules that were in force, never a number."""
    engagement = standing.engagement
    check = IdentityCheck.all_rows.filter(engagement=engagement, result=IDENTITY_MATCHES).latest("checked_at")
    contract = contracts_in_force(engagement, day)[0]
    training = trainings_in_force(engagement, day)[0]
    born_on, rule = engagement.person.born_on, age_rule(engagement.project.region, day)
    trained_on = engagement.trained_last_on  # type: ignore[attr-defined]  # annotated by with_entry
    return {
        "day": day.isoformat(),
        "identity": {"method": check.method, "checked_at": check.checked_at.isoformat()},
        "contract": {
            "public_id": str(contract.public_id),
            "kind": contract.kind,
            "starts_on": contract.starts_on.isoformat(),
            "ends_on": contract.ends_on.isoformat() if contract.ends_on else None,
        },
        "training": {"public_id": str(training.public_id), "valid_to": training.valid_to.isoformat()},
        "trade": engagement.trade,
        "certificate": _certificate_seen(engagement, day),
        "age": age_on(born_on, day) if born_on else None,
        "age_minimum": rule.least_for(engagement.trade),
        "age_maximum": rule.most_for(engagement.person.sex, engagement.kind),
        "data_good_until": fresh_until(engagement, trained_on).isoformat(),
    }


def _certificate_seen(engagement: Engagement, day: date) -> dict[str, Any] | None:
    """The certificate that opens a trade of special operations; None where the trade is none."""
    held = certificates_for(engagement.person_id, engagement.trade, day)
    found = held.order_by(F("valid_to").desc(nulls_first=True), "pk").first()
    if found is None:
        return None
    until = found.valid_to.isoformat() if found.valid_to else None
    return {"public_id": str(found.public_id), "kind": found.kind, "valid_to": until}


def _decide(review: EntryReview, actor: Actor, now: datetime) -> None:
    review.decided_at, review.decided_by_key, review.decided_by = now, actor.key, actor.label
    review.version += 1
    review.save()
