"""What is said of a worker, judged by the data standard of the project's place and day."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

from projects.models import Project
from standards.conditions import as_date, is_empty
from standards.effective import Finding, Standard, standard_of
from standards.judging import yes_or_no
from standards.records import (
    by_place,
    extras_of,
    judged,
    keep_extras,
    record_of,
    unknown_element,
    without_ill,
)
from standards.spec import API, DATE, FILE, FORM, INTERFACES, OPEN_API, WARN, WORKER, YES_NO
from workers.models import Engagement, Particulars

__all__ = [
    "API",
    "FILE",
    "FORM",
    "OPEN_API",
    "judged_worker",
    "keep_worker_extras",
    "more_of_worker",
    "standard_at",
    "standing_parts",
    "standing_record",
    "touched_elements",
    "warnings_of",
]

# Kept as texts "1" and "0", for a column of flags could not be sealed.
_TEXT_FLAGS = {"illness"}


def judged_worker(
    project: Project,
    parts: Mapping[str, Any],
    extras: Mapping[str, Any] | None,
    *,
    channel: str,
    on: date,
    touched: Iterable[str] | None = None,
) -> list[Finding]:
    """Judge one worker's record; returns what is only to be told. Raises BreaksStandard.

    `parts` are the facts that elements live in: person, work, more. `touched`: of a change, the elements that
    it speaks of; what was missing before and is not spoken of refuses no change, it is told.
    """
    standard = standard_of(project.region, on)
    record = record_of(standard, WORKER, parts, extras)
    return judged(standard, WORKER, record, channel=channel, touched=touched)


def keep_worker_extras(
    engagement: Engagement, project: Project, extras: Mapping[str, Any] | None, on: date
) -> list[str]:
    """Put added elements in their place on the row, which the caller saves; names what changed.

    What was only warned of because a city alone asks for it, and is not of its kind, is not kept.
    """
    if not extras:
        return []
    kept = without_ill(extras, engagement.findings)
    return keep_extras(engagement, standard_of(project.region, on), WORKER, kept)


def more_of_worker(project: Project, said: Mapping[str, Any], on: date) -> dict[str, dict[str, Any]]:
    """Further elements by code, sorted into facts: person, work, more, extras.

    Raises DomainError for one that the standard does not know. An empty value is left out
    of the product's own columns.
    """
    standard = standard_of(project.region, on)
    if (stranger := unknown_element(standard, WORKER, said)) is not None:
        raise stranger
    own = {code: _own(standard, code, value) for code, value in said.items()}
    found = by_place(standard, WORKER, own)
    for root in ("person", "work", "more"):
        found[root] = {name: value for name, value in found.get(root, {}).items() if not is_empty(value)}
    return {"extras": {}, **found}


def standing_record(work: Engagement, on: date) -> dict[str, Any]:
    """What is on record of somebody's work, by element code; sealed values opened, for judging alone."""
    standard = standard_of(work.project.region, on)
    return record_of(standard, WORKER, standing_parts(work), extras_of(work))


def standing_parts(work: Engagement) -> dict[str, Any]:
    """The rows in which elements of a worker live, under the names of `lives_in`."""
    person = work.person
    core = SimpleNamespace(
        name=person.name, number=person.id_number, id_type=person.id_type, nation=person.nation
    )
    return {"person": core, "work": work, "more": Particulars.all_rows.filter(engagement=work).first()}


def touched_elements(project: Project, facts: Any, on: date) -> set[str]:
    """The codes of the elements that a change of an engagement speaks of."""
    more, extras = getattr(facts, "more", None), getattr(facts, "extras", None) or {}
    parts = {"work": facts, "more": more}
    touched = set(extras)
    for element in standard_of(project.region, on).elements(WORKER):
        root, _dot, name = element.lives_in.partition(".")
        if root in parts and getattr(parts[root], name, None) is not None:
            touched.add(element.code)
    return touched


def warnings_of(findings: Iterable[Finding], channel: str) -> list[str]:
    """What is told of a record that was taken: warnings, and hints where people fill in forms."""
    return [one.warning for one in findings if one.severity == WARN or (one.blocks and channel in INTERFACES)]


def standard_at(project: Project, on: date) -> Standard:
    """The standard that validates what is said on a project on a day."""
    return standard_of(project.region, on)


def _own(standard: Standard, code: str, value: Any) -> Any:
    """A value as the product's own column takes it; what is not of its kind is left for the judgement."""
    element = standard.element(WORKER, code)
    if element is None or element.is_extra or is_empty(value):
        return value
    if element.kind == YES_NO and (flag := yes_or_no(value)) is not None:
        return ("1" if flag else "0") if code in _TEXT_FLAGS else flag
    if element.kind == DATE:
        return as_date(value) or value
    return value
