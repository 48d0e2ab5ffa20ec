"""Reads of ledgers: what is owed and how it stands, what was filed, and the facts of which one is made."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from attendance.models import AttendanceDay
from kernel.errors import NotFound
from kernel.scoping import Actor
from ledgers.models import Ledger
from ledgers.rules import FORMAT, last_day
from payroll.models import PayrollRow
from projects.models import Participation
from standards.selectors import parameter
from workers.models import Contract, Engagement, KeyPostAssignment, Presence, Training
from workers.selectors import verified_on

VIEW, FILE, ACCEPT = "ledgers.view", "ledgers.file", "ledgers.accept"
NOT_FILED = "none"
# Something is still to be filed.
UNFILED = (NOT_FILED, str(Ledger.State.RETURNED))


def filing_kinds(on: date) -> list[str]:
    """The kinds of participants that file a ledger, as the parameter stands on a day."""
    return list(parameter("ledgers.participation_kinds", on=on))


def _stayed(month: date, outer: str = "pk") -> QuerySet[Presence]:
    """Who was on site on some day of a month, for an outer row that is an engagement."""
    there = Presence.all_rows.filter(
        Q(exited_on=None) | Q(exited_on__gte=month), entered_on__lte=last_day(month)
    )
    return there.filter(engagement=OuterRef(outer))


def owing(actor: Actor, month: date, permission: str = VIEW) -> QuerySet[Participation]:
    """The participants that owe a ledger for a month, with how it stands.

    `stands` is the state of the latest filing, `none` before the first; `filed` its public id, `filed_at`,
    `digest`, `people`, `incomplete` and `is_late` as filed; `at_work` how many people were on site.
    """
    return with_filings(Participation.objects.visible_to(actor, permission), month)


def with_filings(rows: QuerySet[Participation], month: date) -> QuerySet[Participation]:
    """Of some participants, those that owe a month's ledger, annotated as `owing` says."""
    people = Engagement.all_rows.filter(Exists(_stayed(month)), participation=OuterRef("pk"))
    filed = Ledger.all_rows.filter(participation=OuterRef("pk"), month=month).order_by("-round")
    number = people.order_by().values("participation").annotate(number=Count("pk")).values("number")
    return (
        rows.filter(Exists(people), kind__in=filing_kinds(last_day(month)))
        .select_related("project__region", "project__contractor", "enterprise")
        .annotate(
            stands=Coalesce(Subquery(filed.values("state")[:1]), Value(NOT_FILED)),
            filed=Subquery(filed.values("public_id")[:1]),
            filed_at=Subquery(filed.values("filed_at")[:1]),
            digest=Subquery(filed.values("digest")[:1]),
            filed_people=Subquery(filed.values("people")[:1]),
            incomplete=Subquery(filed.values("incomplete")[:1]),
            is_late=Subquery(filed.values("is_late")[:1]),
            at_work=Subquery(number),
        )
        .order_by("project__code", "kind", "pk")
    )


def ledgers(actor: Actor) -> QuerySet[Ledger]:
    """Every filing within scope, the latest month first; without its content."""
    rows = Ledger.objects.visible_to(actor).defer("content")
    return rows.select_related("project__region", "participation__enterprise").order_by(
        "-month", "-filed_at", "-pk"
    )


def ledger(actor: Actor, public_id: UUID) -> Ledger:
    """One filing, with its content. Raises NotFound outside the actor's scope."""
    rows = Ledger.objects.visible_to(actor).select_related(
        "project__region", "project__contractor", "participation__enterprise"
    )
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def participation_to(actor: Actor, permission: str, public_id: UUID) -> Participation:
    """A participation for which `actor` may do what `permission` names. Raises NotFound beyond it."""
    rows = Participation.objects.visible_to(actor, permission).select_related(
        "project__region", "project__contractor", "enterprise"
    )
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def latest_of(actor: Actor, of: Participation, month: date) -> Ledger | None:
    """The latest filing of a month, whatever became of it."""
    rows = Ledger.objects.visible_to(actor).filter(participation=of, month=month)
    return rows.order_by("-round").first()


def rounds_of(actor: Actor, of: Ledger) -> QuerySet[Ledger]:
    """Every filing of the same month, the first one first."""
    return ledgers(actor).filter(participation=of.participation_id, month=of.month).order_by("round")


def ledger_before(actor: Actor, of: Participation, month: date) -> Ledger | None:
    """The last ledger of an earlier month that was not returned: what a new one is set beside."""
    rows = Ledger.objects.visible_to(actor).filter(participation=of, month__lt=month)
    return rows.exclude(state=Ledger.State.RETURNED).order_by("-month").first()


def by_digest(actor: Actor, digest: str) -> QuerySet[Ledger]:
    """The filings of a hash, within scope; those of others are not found."""
    return ledgers(actor).filter(digest=digest.strip().lower())


def people_of(row: Ledger) -> list[dict[str, Any]]:
    """The people of a filing, in its order. The caller has found it within scope."""
    found: list[dict[str, Any]] = json.loads(row.content)["people"]
    return found


def content_of(actor: Actor, of: Participation, month: date, today: date) -> dict[str, Any]:
    """A month's ledger of a participation from the facts as they are now, ready to be written canonically.

    Numbers stand masked: they are there to tell people apart, and whoever reads a ledger needs no more.
    """
    as_of = min(last_day(month), today)
    works = Engagement.objects.visible_to(actor, FILE).filter(Exists(_stayed(month)), participation=of)
    works = works.select_related("person", "team").annotate(is_verified=verified_on(as_of))
    rows = list(works.order_by("team__number", "person__name", "pk"))
    facts = _facts(actor, rows, month, as_of)
    return {
        "format": FORMAT,
        "month": f"{month:%Y-%m}",
        "project": {"code": of.project.code, "name": of.project.name},
        "participation": {
            "id": str(of.public_id),
            "kind": of.kind,
            "name": of.enterprise.name,
            "uscc": of.enterprise.uscc,
        },
        "people": [_person(row, facts, as_of, today) for row in rows],
    }


def _facts(actor: Actor, works: list[Any], month: date, as_of: date) -> dict[str, dict[int, Any]]:
    """What hangs on these engagements, by kind and engagement; six questions, however many people."""
    of = {"engagement__in": works}
    last = last_day(month)
    days = AttendanceDay.objects.visible_to(actor, FILE).filter(day__range=(month, last), **of).order_by()
    wages = PayrollRow.objects.visible_to(actor, FILE).filter(batch__month=month, **of).order_by()
    posts = KeyPostAssignment.objects.visible_to(actor, FILE).filter(
        Q(ends_on=None) | Q(ends_on__gte=month), starts_on__lte=last, **of
    )
    trainings = Training.objects.visible_to(actor, FILE).filter(
        is_passed=True, withdrawn_at=None, kind__in=parameter("training.basic_types", on=as_of), **of
    )
    return {
        "stays": _by_work(
            Presence.objects.visible_to(actor, FILE)
            .filter(entered_on__lte=last, **of)
            .order_by("entered_on", "pk")
        ),
        "contracts": _by_work(
            Contract.objects.visible_to(actor, FILE).filter(**of).order_by("-starts_on", "-pk")
        ),
        "trainings": _by_work(trainings.order_by("-valid_to", "-pk")),
        "posts": _by_work(posts.order_by("post", "pk")),
        "days": dict(days.values_list("engagement").annotate(number=Count("pk"))),
        "wages": {
            row["engagement"]: row
            for row in wages.values("engagement").annotate(gross=Sum("gross_pay"), net=Sum("net_pay"))
        },
    }


def _by_work(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.engagement_id].append(row)
    return found


def _person(work: Any, facts: dict[str, dict[int, Any]], as_of: date, today: date) -> dict[str, Any]:
    stays = [
        one
        for one in facts["stays"].get(work.pk, [])
        if one.exited_on is None or one.exited_on >= as_of.replace(day=1)
    ]
    until = min(stays[-1].exited_on or as_of, as_of) if stays else as_of
    contract = next((one for one in facts["contracts"].get(work.pk, []) if _holds(one, until)), None)
    training = next(
        (one for one in facts["trainings"].get(work.pk, []) if one.held_on <= until <= one.valid_to), None
    )
    wages, days = facts["wages"].get(work.pk), facts["days"].get(work.pk, 0)
    lacks = {
        "identity": not work.is_verified,
        "contract": contract is None,
        "training": training is None,
        "attendance": not days,
    }
    return {
        "engagement": str(work.public_id),
        "name": work.person.name,
        "number": work.person.masked_number,
        "kind": work.kind,
        "trade": work.trade,
        "team": work.team.name,
        "is_team_leader": work.is_team_leader,
        "posts": sorted({one.post for one in facts["posts"].get(work.pk, [])}),
        "presences": [_stay(one, today) for one in stays],
        "contract": _paper(contract.kind, contract.starts_on, contract.ends_on) if contract else None,
        "training": _paper(training.kind, training.held_on, training.valid_to) if training else None,
        "days": days,
        "wages": {"gross": str(wages["gross"]), "net": str(wages["net"])} if wages else None,
        "missing": [key for key, is_lacking in lacks.items() if is_lacking],
    }


def _stay(one: Presence, today: date) -> list[str | None]:
    """From when to when; the end only once it has come, for a ledger holds what is known as it is filed."""
    has_ended = one.exited_on is not None and one.exited_on <= today
    return [str(one.entered_on), str(one.exited_on) if has_ended else None]


def _holds(one: Contract, day: date) -> bool:
    is_over = (one.ends_on is not None and one.ends_on < day) or (
        one.ended_on is not None and one.ended_on <= day
    )
    return one.starts_on <= day and not is_over


def _paper(kind: str, first: date, last: date | None) -> list[str | None]:
    return [kind, str(first), str(last) if last else None]
