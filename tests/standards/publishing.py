"""Standards published in tests: by one administrator, after review by another."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from kernel.scoping import Reach
from regions.models import Region
from standards.models import StandardVersion
from standards.services import ElementFacts, ItemFacts, RuleFacts, TighteningFacts
from tests.support import records
from tests.support.actors import Holder
from web import standard_acts as acts
from web.editor import impact_work
from web.editor.models import ImpactCheck
from web.standard_acts import Drop, Put

RIGHTS = ("standards.view", "standards.edit", "standards.review", "standards.grant", "standards.explain")
Part = ElementFacts | RuleFacts | TighteningFacts | ItemFacts


def administrator(name: str = "甲", code: str = "420000") -> Holder:
    """An administrator of the standard, of the province or of a city."""
    found = Holder(Reach(region_paths=frozenset({records.region(code).path})), *RIGHTS)
    found.key, found.label = f"administrator-{name}", f"管理员{name}"  # type: ignore[misc]  # of this one alone
    return found


def draft(
    number: str,
    parts: Iterable[Part] = (),
    *,
    region: Region | None = None,
    by: Holder | None = None,
    today: date | None = None,
) -> StandardVersion:
    """A draft with some parts put into it."""
    actor = by or administrator()
    version = acts.begin_version(
        actor=actor, region=region, number=number, title="试验标准", document="鄂建办〔2026〕1号", today=today
    )
    for part in parts:
        acts.edit_version(actor=actor, version=version, edit=Put(part))
    return version


def publish(
    version: StandardVersion,
    effective_from: date,
    cutoff: date | None = None,
    *,
    by: Holder | None = None,
    today: date | None = None,
) -> StandardVersion:
    """Checked, submitted, accepted by another, published."""
    actor, day = by or administrator(), today or timezone.localdate()
    assert [one.sentence for one in acts.check_version(actor=actor, version=version, today=day)] == []
    submit(actor=actor, version=version, today=day)
    acts.accept_version(actor=administrator("乙"), version=version)
    row, _affected = acts.publish_version(
        actor=actor,
        version=version,
        effective_from=effective_from,
        cutoff=cutoff or effective_from,
        today=day,
    )
    return row


def submit(*, actor: Holder, version: StandardVersion, today: date) -> StandardVersion:
    """Held against the records there are, and handed to its reviewer."""
    held_against_records(version, by=actor)
    return acts.submit_version(actor=actor, version=version, today=today)


def held_against_records(version: StandardVersion, *, by: Holder | None = None) -> ImpactCheck:
    """The draft's impact check, done as the worker does it."""
    check = acts.check_impact(actor=by or administrator(), version=version)
    impact_work.run(check.pk, timezone.now)
    check.refresh_from_db()
    return check


def grant(region: Region, today: date, **changes: Any) -> Any:
    """A city's right to extend people's records by two required elements, and the list of trades."""
    given = {"objects": ["worker"], "lists": ["trade"], "most_required": 2, "valid_from": today, **changes}
    return acts.grant_extension(actor=administrator(), region=region, document="鄂建办〔2026〕2号", **given)


def element(code: str, name: str, **changes: Any) -> ElementFacts:
    """A required text of a worker's record."""
    return ElementFacts(
        **{
            "object_key": "worker",
            "code": code,
            "name": name,
            "kind": "text",
            "required": "always",
            **changes,
        }
    )


__all__ = [
    "Drop",
    "ElementFacts",
    "ItemFacts",
    "Part",
    "Put",
    "RuleFacts",
    "TighteningFacts",
    "acts",
    "administrator",
    "draft",
    "element",
    "grant",
    "held_against_records",
    "publish",
    "submit",
]
