"""Acts on ledgers: filing one, accepting or returning it, and reminding both sides on the due day.

Source: 鄂建文〔2019〕27号 一(五); product K6, AL-25; invariant I-12.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from kernel.permits import require
from kernel.scoping import Actor
from ledgers import rules
from ledgers.errors import (
    AlreadyFiled,
    LedgerDecided,
    MonthNotOver,
    NoLedgerOwed,
    OwnLedger,
    ReturnReasonMissing,
)
from ledgers.models import Ledger
from ledgers.selectors import (
    ACCEPT,
    FILE,
    UNFILED,
    content_of,
    filing_kinds,
    ledger_before,
    people_of,
    with_filings,
)
from outbox.services import announce
from projects.models import Participation, Project
from standards.selectors import parameter
from web.messages import Audience, tell
from web.models import Message

State = Ledger.State
DUE = "ledgers.due"
_LEAST_REASON = 4


@dataclass(frozen=True, slots=True)
class Draft:
    """A ledger as it would be filed now: its people, its hash, what is lacking, and what has changed."""

    content: dict[str, Any]
    digest: str
    due_on: date
    lacking: dict[str, int]
    difference: rules.Difference
    before: Ledger | None
    # Filed word for word like the one that was returned.
    is_unchanged: bool = False
    people: list[dict[str, Any]] = field(default_factory=list)

    @property
    def incomplete(self) -> int:
        """How many people lack something."""
        return sum(1 for person in self.people if person["missing"])

    @property
    def days(self) -> int:
        return sum(person["days"] for person in self.people)


def draft_of(asker: Actor, of: Participation, month: date, today: date) -> Draft:
    """What would be filed for a month if it were filed now. The caller has found `of` within FILE.

    Raises MonthNotOver, NoLedgerOwed.
    """
    if month != rules.month_of(month) or rules.last_day(month) >= today:
        raise MonthNotOver(month)
    if of.kind not in filing_kinds(rules.last_day(month)):
        raise NoLedgerOwed(month)
    content = content_of(asker, of, month, today)
    people = content["people"]
    if not people:
        raise NoLedgerOwed(month)
    before = ledger_before(asker, of, month)
    digest = rules.digest(rules.canonical(content))
    returned = Ledger.all_rows.filter(participation=of, month=month, state=State.RETURNED, digest=digest)
    return Draft(
        content=content,
        digest=digest,
        due_on=due_day(of.project, month),
        lacking=rules.lacking(people),
        difference=rules.compared(people_of(before) if before else [], people),
        before=before,
        is_unchanged=returned.exists(),
        people=people,
    )


def due_day(project: Project, month: date) -> date:
    """By which day the ledger of a month is to be filed at the place of a project."""
    return rules.due_on(month, int(parameter("ledgers.due_day", project.region, rules.last_day(month))))


@transaction.atomic
def file_ledger(*, actor: Actor, participation: Participation, month: date, now: datetime) -> Ledger:
    """File a month's ledger to the general contractor: as the facts are at this instant, with hash and time.

    What is incomplete stays named in it and keeps nothing from being filed. Raises NotPermitted, NotFound,
    MonthNotOver, NoLedgerOwed, AlreadyFiled. Source: 鄂建文〔2019〕27号 一(五).
    """
    require(actor, FILE, on=participation)
    rows = Participation.all_rows.select_for_update(of=("self",))
    held = rows.select_related("project__region", "project__contractor", "enterprise").get(
        pk=participation.pk
    )
    today = timezone.localdate(now)
    filed = Ledger.all_rows.filter(participation=held, month=month).order_by("-round").first()
    if filed is not None and filed.state != State.RETURNED:
        raise AlreadyFiled(State(filed.state).label)
    draft = draft_of(actor, held, month, today)
    made = Ledger.objects.create(
        project=held.project,
        participation=held,
        month=month,
        round=filed.round + 1 if filed else 1,
        content=rules.canonical(draft.content).decode(),
        digest=draft.digest,
        people=len(draft.people),
        incomplete=draft.incomplete,
        days=draft.days,
        due_on=draft.due_on,
        is_late=today > draft.due_on,
        filed_at=now,
        filed_by=actor.label,
        filed_by_key=actor.key,
    )
    record(actor, "ledgers.filed", made, rows=made.people)
    announce("ledgers.filed.v1", key=made.public_id, month=f"{month:%Y-%m}", digest=made.digest)
    _tell_contractor(made, _("{project}：{firm}报送了 {month} 台账，{people} 人，请备案。"))
    return made


@transaction.atomic
def accept_ledger(*, actor: Actor, ledger: Ledger, now: datetime) -> Ledger:
    """Take a ledger on file (备案): it stands for good.

    Raises NotPermitted, NotFound, LedgerDecided, OwnLedger. Source: 鄂建文〔2019〕27号 一(五).
    """
    held = _to_decide(actor, ledger)
    _decided(actor, held, State.ACCEPTED, now)
    _tell_filer(held, _("{project}：{month} 台账已备案，回执编号 {digest}。"))
    return held


@transaction.atomic
def return_ledger(*, actor: Actor, ledger: Ledger, reason: str, now: datetime) -> Ledger:
    """Return a ledger with a reason; the subcontractor mends the facts and files anew.

    Raises NotPermitted, NotFound, LedgerDecided, OwnLedger, ReturnReasonMissing.
    """
    held = _to_decide(actor, ledger)
    held.reason = reason.strip()[:200]
    if len(held.reason) < _LEAST_REASON:
        raise ReturnReasonMissing
    _decided(actor, held, State.RETURNED, now)
    _tell_filer(held, _("{project}：{month} 台账被退回，理由：{reason}"))
    return held


def _to_decide(actor: Actor, ledger: Ledger) -> Ledger:
    require(actor, ACCEPT, on=ledger)
    rows = Ledger.all_rows.select_for_update(of=("self",)).select_related(
        "project__region", "project__contractor", "participation__enterprise"
    )
    held = rows.get(pk=ledger.pk)
    if held.state != State.FILED:
        raise LedgerDecided(State(held.state).label)
    if held.filed_by_key == actor.key:
        raise OwnLedger
    return held


def _decided(actor: Actor, held: Ledger, state: str, now: datetime) -> None:
    held.state, held.decided_at = state, now
    held.decided_by, held.decided_by_key = actor.label, actor.key
    held.version += 1
    # Never the content, nor anything else that was filed: a trigger holds the same.
    held.save(
        update_fields=[
            "state", "decided_at", "decided_by", "decided_by_key", "reason", "version", "updated_at",
        ]
    )  # fmt: skip
    action = "ledgers.accepted" if state == State.ACCEPTED else "ledgers.returned"
    record(actor, action, held, reason=held.reason)
    announce(f"{action}.v1", key=held.public_id, version=held.version)


@transaction.atomic
def remind_of_ledgers(now: datetime) -> int:
    """On the due day: tell both sides of each ledger of last month that is not filed, once; how many."""
    today = timezone.localdate(now)
    month = rules.month_before(today)
    everybody = Participation.objects.unscoped(because="the node's clock reminds everybody; nobody reads")
    owed: Any = with_filings(everybody, month)
    rows = list(owed.filter(stands__in=UNFILED))
    due = [one for one in rows if due_day(one.project, month) == today]
    told = set(
        Message.objects.filter(kind=DUE, about__in=[_about(one, month) for one in due]).values_list(
            "about", flat=True
        )
    )
    fresh = [one for one in due if _about(one, month) not in told]
    for one in fresh:
        _remind(one, month)
    return len(fresh)


def _about(of: Participation, month: date) -> str:
    return f"{of.public_id}:{month:%Y-%m}"


def _remind(of: Participation, month: date) -> None:
    text = _("{project}：{firm}的 {month} 台账今天截止，还没有报送。").format(
        project=of.project.name, firm=of.enterprise.name, month=f"{month:%Y-%m}"
    )
    own = Audience(permission=FILE, project=of.project.public_id, participations=frozenset({of.public_id}))
    page = reverse("ledger_file", args=[of.public_id, f"{month:%Y-%m}"])
    tell(own, kind=DUE, text=text, url=page, about=_about(of, month))
    url = reverse("project_ledgers", args=[of.project.public_id])
    tell(
        _contractor(of.project),
        kind=DUE,
        text=text,
        url=f"{url}?month={month:%Y-%m}",
        about=_about(of, month),
    )


def _contractor(project: Project) -> Audience:
    firms = frozenset({project.contractor.public_id})
    return Audience(permission=ACCEPT, project=project.public_id, enterprises=firms)


def _tell_contractor(made: Ledger, text: str) -> None:
    _tell(made, _contractor(made.project), "ledgers.filed", text)


def _tell_filer(held: Ledger, text: str) -> None:
    own = frozenset({held.participation.public_id})
    audience = Audience(permission=FILE, project=held.project.public_id, participations=own)
    _tell(held, audience, "ledgers.decided", text)


def _tell(of: Ledger, audience: Audience, kind: str, text: str) -> None:
    tell(
        audience,
        kind=kind,
        text=text.format(
            project=of.project.name,
            firm=of.participation.enterprise.name,
            month=f"{of.month:%Y-%m}",
            people=of.people,
            reason=of.reason,
            digest=of.digest[:12],
        ),
        url=reverse("ledger", args=[of.public_id]),
        about=str(of.public_id),
    )
