"""Making an impact check: every record judged by what the draft changes, once, by whoever holds the lease.

Only changed elements and rules are judged, and what fails today already is not counted: the figures say what
the draft alone would do. A worker says every second that it lives; after one that fell silent the next begins
again, and lines are written in one transaction at the end.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kernel.scoping import Reach
from regions.selectors import province
from standards.conditions import elements_of
from standards.effective import standard_of, with_draft
from standards.judging import Finding, judge
from standards.models import StandardVersion
from standards.selectors import parameter
from standards.spec import FORM, OBJECTS, ElementSpec, Standard
from standards.versions import changes_of
from web.editor.models import ImpactCheck, ImpactLine, ImpactProject
from web.editor.sources import Site, sources

Clock = Callable[[], datetime]
State = ImpactCheck.State
_BEAT_SECONDS = 1.0
_EVERY = 2000
_BATCH = 2000
# Object, element, rule, severity.
Key = tuple[str, str, str, str]


class Gone(Exception):
    """The lease is another's: stop and leave nothing behind."""


@dataclass(frozen=True)
class Plan:
    """What of one object is judged: the draft and today's standard, cut down to what differs."""

    object_key: str
    draft: Standard
    today: Standard
    elements: tuple[ElementSpec, ...]

    @cached_property
    def _is_new(self) -> bool:
        """Whether today's standard says nothing of what is judged, as of an element that is added."""
        return not (self.today.elements(self.object_key) or self.today.rules(self.object_key))

    def newly_wrong(self, record: Mapping[str, Any], on: date) -> list[Finding]:
        """What the draft finds wrong with a record and today's standard does not."""
        found = judge(self.draft, self.object_key, record, channel=FORM, on=on)
        if not found or self._is_new:
            return found
        before = {
            (one.element, one.rule, one.severity)
            for one in judge(self.today, self.object_key, record, channel=FORM, on=on)
        }
        return [one for one in found if (one.element, one.rule, one.severity) not in before]


def run(check_pk: int, clock: Clock) -> bool:
    """Make one check; True if it was finished here. Safe to call twice."""
    check = take_lease(check_pk, clock())
    if check is None:
        return False
    try:
        _finish(check, _judged(check, clock), clock())
    except Gone:
        return False
    return True


def unfinished(now: datetime) -> list[int]:
    """Checks that wait, or whose worker is silent."""
    rows = ImpactCheck.objects.filter(Q(state=State.WAITING) | _silent(now))
    return list(rows.order_by("asked_at").values_list("pk", flat=True))


@transaction.atomic
def take_lease(check_pk: int, now: datetime) -> ImpactCheck | None:
    """The lease of a waiting check, or of one whose worker is silent; None while another is at work."""
    rows = ImpactCheck.objects.select_for_update(of=("self",), skip_locked=True)
    check = rows.filter(Q(state=State.WAITING) | _silent(now), pk=check_pk).first()
    if check is None:
        return None
    check.attempts += 1
    check.lease, check.heartbeat_at, check.started_at = uuid4(), now, now
    check.state, check.records_done = State.RUNNING, 0
    if check.attempts > parameter("exports.most_attempts"):
        check.state, check.finished_at = State.FAILED, now
        check.problem = _("平台多次尝试都没有做完，已停止。")
    check.save()
    return check if check.state == State.RUNNING else None


def plans_of(version: StandardVersion, on: date) -> list[Plan]:
    """For each object that the draft changes, what of it has to be judged."""
    draft = with_draft(version, version.region, on)
    today = replace(standard_of(version.region, on), earlier=())
    changed = changes_of(version)
    lists = {one.object_key for one in changed if one.part == "item"}
    plans = []
    for key in OBJECTS:
        codes = {
            one.code for one in changed if one.part in ("element", "tightening") and one.object_key == key
        }
        codes |= {one.code for one in draft.elements(key) if one.code_list in lists}
        rules = {one.code for one in changed if one.part == "rule" and one.object_key == key}
        if codes or rules:
            plans.append(_plan(key, draft, today, codes, rules))
    return plans


def reach_of(version: StandardVersion) -> Reach:
    """The place whose records the version judges."""
    return Reach(region_paths=frozenset({version.region.path if version.region else province().path}))


def _plan(key: str, draft: Standard, today: Standard, codes: set[str], rules: set[str]) -> Plan:
    named = set(codes)
    for one in draft.all_elements.get(key, ()):
        if one.code in codes:
            named |= {d.required_when["element"] for d in one.asked if d.required_when}
    for rule in draft.rules(key):
        if rule.code in rules:
            named |= set(elements_of(rule.condition))
    needed = tuple(one for one in draft.elements(key) if one.code in named)
    return Plan(key, _narrowed(draft, key, codes, rules), _narrowed(today, key, codes, rules), needed)


def _narrowed(standard: Standard, key: str, codes: set[str], rules: set[str]) -> Standard:
    elements = tuple(one for one in standard.all_elements.get(key, ()) if one.code in codes)
    kept = tuple(one for one in standard.all_rules.get(key, ()) if one.code in rules)
    return replace(standard, all_elements={key: elements}, all_rules={key: kept})


@dataclass(slots=True)
class Tally:
    """What was found: records by line and project, the projects, and each line's sentence."""

    lines: dict[Key, Counter[UUID]] = field(default_factory=dict)
    sites: dict[UUID, Site] = field(default_factory=dict)
    messages: dict[Key, str] = field(default_factory=dict)

    def add(self, object_key: str, site: Site, finding: Finding) -> None:
        key = (object_key, finding.element, finding.rule, finding.severity)
        line = self.lines.get(key)
        if line is None:
            line, self.messages[key] = self.lines.setdefault(key, Counter()), finding.message
        project = site.public_id
        if project not in line:
            self.sites[project] = site
        line[project] += 1


def _judged(check: ImpactCheck, clock: Clock) -> Tally:
    """Every record judged. Raises Gone."""
    plans = {plan.object_key: plan for plan in plans_of(check.version, check.on)}
    reach, pulse, tally = reach_of(check.version), _Pulse(check, clock), Tally()
    given = sources(plans)
    _row(check).update(records_number=sum(one.number(reach) for one in given))
    for source in given:
        plan = plans[source.object_key]
        for site, record in source.read(reach, plan.elements):
            for one in plan.newly_wrong(record, check.on):
                tally.add(plan.object_key, site, one)
            pulse.tick()
    pulse.beat()
    return tally


class _Pulse:
    """Says once a second how far the check is."""

    def __init__(self, check: ImpactCheck, clock: Clock) -> None:
        self._check, self._clock, self._rows = check, clock, 0
        self._beaten = time.monotonic()

    def tick(self) -> None:
        """One record is judged. Raises Gone."""
        self._rows += 1
        if self._rows % _EVERY == 0 and time.monotonic() - self._beaten >= _BEAT_SECONDS:
            self.beat()
            self._beaten = time.monotonic()

    def beat(self) -> None:
        """Raises Gone."""
        if not _row(self._check).update(heartbeat_at=self._clock(), records_done=self._rows):
            raise Gone


@transaction.atomic
def _finish(check: ImpactCheck, tally: Tally, now: datetime) -> None:
    if not _row(check).update(state=State.DONE, finished_at=now):
        raise Gone
    for key, projects in tally.lines.items():
        line = ImpactLine.objects.create(
            check_of=check,
            object_key=key[0],
            element=key[1],
            rule=key[2],
            severity=key[3],
            message=tally.messages[key][:200],
            records=sum(projects.values()),
            projects=len(projects),
        )
        ImpactProject.objects.bulk_create(_of_projects(line, projects, tally.sites), batch_size=_BATCH)


def _of_projects(
    line: ImpactLine, projects: Mapping[UUID, int], sites: Mapping[UUID, Site]
) -> Iterable[ImpactProject]:
    for project, number in projects.items():
        site = sites[project]
        yield ImpactProject(
            line=line, project=project, name=site.name[:200], place=site.place, records=number
        )


def _row(check: ImpactCheck) -> Any:
    return ImpactCheck.objects.filter(pk=check.pk, lease=check.lease, state=State.RUNNING)


def _silent(now: datetime) -> Q:
    limit = timedelta(seconds=parameter("exports.lease_seconds"))
    return Q(state=State.RUNNING, heartbeat_at__lt=now - limit)
