"""Permission to enter, computed: the conditions beyond identity, contract and training (I-11).

Rows come from `with_entry`, which asks the database; `facts_of_entry` reads the rules of the row's own place.
Source: product 1.8-a, S1, I-11; 18号令 第十二条 (one year without data or retraining); 建质〔2008〕75号.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    Exists,
    ExpressionWrapper,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.utils import timezone

from regions.models import Region
from standards.selectors import code_name, parameter
from workers.age import AgeRule, age_fault
from workers.models import Certificate, Engagement, Training

# National dictionary: certificate_status 1 有效.
IN_FORCE = "1"
# The rules of a place that permission to enter is computed by.
PARAMETERS = frozenset(
    {
        "age.maximum",
        "age.minimum",
        "age.minimum_of_trades",
        "identity.methods_for_entry",
        "review.data_days",
        "special_operations.trades",
        "training.basic_types",
    }
)


def special_trades(day: date) -> Mapping[str, Sequence[str]]:
    """The trades of special operations, and the kinds of certificate that open each; the whole province's."""
    found: Mapping[str, Sequence[str]] = parameter("special_operations.trades", on=day)
    return found


def age_rule(region: Region | None, day: date) -> AgeRule:
    """The age rule of a place on a day."""
    return AgeRule(
        int(parameter("age.minimum", region, day)),
        parameter("age.minimum_of_trades", region, day),
        parameter("age.maximum", region, day),
    )


def certified_on(day: date) -> ExpressionWrapper:  # type: ignore[type-arg]  # not subscriptable at run time
    """The trade is no special operation, or a valid certificate of the person opens it."""
    certified = ~Q(trade__in=list(special_trades(day))) | Q(Exists(opening(day)))
    return ExpressionWrapper(certified, BooleanField())


def opening(day: date) -> QuerySet[Certificate]:
    """The certificates in force that open the trade of the outer row, an engagement."""
    opens = Q(pk__in=[])
    for trade, kinds in special_trades(day).items():
        opens |= Q(of_trade=trade, kind__in=list(kinds))
    held = Certificate.all_rows.filter(person=OuterRef("person")).annotate(
        of_trade=ExpressionWrapper(OuterRef("trade"), CharField())
    )
    return in_force(held, day).filter(opens)


def in_force(rows: QuerySet[Certificate], day: date) -> QuerySet[Certificate]:
    """Those of some certificates that hold on a day."""
    return rows.filter(Q(valid_to=None) | Q(valid_to__gte=day), status=IN_FORCE, issued_on__lte=day)


def certificates_for(person: int, trade: str, day: date) -> QuerySet[Certificate]:
    """A person's certificates in force that open a trade; the caller has judged the person."""
    kinds = special_trades(day).get(trade, ())
    return in_force(Certificate.all_rows.filter(person=person, kind__in=list(kinds)), day)


def is_certified(person: int, trade: str, day: date) -> bool:
    """Whether somebody may work in a trade: it is no special operation, or a certificate opens it."""
    return trade not in special_trades(day) or certificates_for(person, trade, day).exists()


def trained_last(day: date) -> Subquery:
    """The day of the last basic safety training that is valid on `day`; null where none is."""
    valid = Training.all_rows.filter(
        engagement=OuterRef("pk"),
        is_passed=True,
        withdrawn_at=None,
        kind__in=parameter("training.basic_types", on=day),
        held_on__lte=day,
        valid_to__gte=day,
    )
    return Subquery(valid.order_by().values("engagement").annotate(last=Max("held_on")).values("last"))


def with_entry(rows: QuerySet[Engagement], day: date) -> QuerySet[Engagement]:
    """Engagements with what `facts_of_entry` needs of the database."""
    return rows.annotate(
        is_certified=certified_on(day),
        trained_last_on=trained_last(day),
        entry_day=Value(day, DateField()),
    )


def facts_of_entry(row: Any) -> dict[str, Any]:
    """The facts of entry beyond the papers, for a row of `with_entry` with person and project's region."""
    return {
        "is_certified": row.is_certified,
        "is_fresh": row.entry_day <= fresh_until(row, row.trained_last_on),
        "age_fault": age_fault_of(row, row.entry_day),
    }


def age_fault_of(row: Engagement, day: date) -> str:
    """How the age of somebody stands against entry on a day, in words; "" where it does not."""
    return age_fault(
        age_rule(row.project.region, day),
        born_on=row.person.born_on,
        sex=row.person.sex,
        kind=row.kind,
        trade=row.trade,
        trade_name=code_name("trade", row.trade),
        day=day,
    )


def fresh_until(row: Engagement, trained_on: date | None) -> date:
    """The last day on which the data count as new: a year after their last change or the last training."""
    days = int(parameter("review.data_days", row.project.region))
    updated = timezone.localdate(row.updated_at)
    return max(updated, trained_on or updated) + timedelta(days=days)
