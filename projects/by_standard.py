"""Projects and teams judged by the data standard of their place and day, and what it adds to them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from projects.models import Project, Team
from regions.models import Region
from standards.effective import Finding, Standard, standard_of
from standards.records import extras_of, judged, keep_extras, record_of, unknown_element, without_ill
from standards.spec import INTERFACES, PROJECT, TEAM, WARN

__all__ = ["PROJECT", "TEAM", "follow_standard", "standard_at", "standing", "warnings_of"]


def standard_at(region: Region, on: date) -> Standard:
    """The standard that validates what is said at a place on a day."""
    return standard_of(region, on)


def follow_standard(
    row: Project | Team,
    region: Region,
    extras: Mapping[str, Any] | None,
    *,
    channel: str,
    on: date,
    more: Any = None,
    touched: set[str] | None = None,
) -> tuple[list[Finding], list[str]]:
    """Put added elements on a row, which the caller saves, and judge it as it then stands.

    `more`: the row of a project's particulars. Returns what is to be told, and the elements that changed.
    Without a channel (the node's own hand) nothing is judged. Raises BreaksStandard, and DomainError for an
    element that no standard of the place knows.
    """
    object_key, standard = _kind(row), standard_of(region, on)
    said = extras or {}
    if (stranger := unknown_element(standard, object_key, said)) is not None:
        raise stranger
    findings: list[Finding] = []
    if channel:
        record = record_of(standard, object_key, _parts(row, more), {**extras_of(row), **said})
        findings = judged(standard, object_key, record, channel=channel, touched=touched)
    return findings, keep_extras(row, standard, object_key, without_ill(said, findings))


def standing(row: Project | Team, region: Region, on: date, more: Any = None) -> dict[str, Any]:
    """What is on record of a row, by element code; sealed values opened, for judging alone."""
    return record_of(standard_of(region, on), _kind(row), _parts(row, more), extras_of(row))


def warnings_of(findings: list[Finding], channel: str) -> list[str]:
    """What is told of a record that was taken."""
    return [one.warning for one in findings if one.severity == WARN or (one.blocks and channel in INTERFACES)]


def _kind(row: Project | Team) -> str:
    return PROJECT if isinstance(row, Project) else TEAM


def _parts(row: Project | Team, more: Any) -> dict[str, Any]:
    return {"site": row, "more": more} if isinstance(row, Project) else {"team": row}
