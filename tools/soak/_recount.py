"""Inside a node: is each acknowledged punch there once, and do days and counters say what punches say?"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

_BECAUSE = "the soak counts a whole project, as nobody in particular"
_DAY = (
    "engagement_id",
    "day",
    "first_at",
    "last_at",
    "first_in_at",
    "last_out_at",
    "punches",
    "is_corrected",
)
_NOT_COMPARED = ("id", "computed_at", "rule_version")


def main(file: str) -> None:
    """Print the verdict on the ledger in a file, as one line of JSON."""
    ledger = json.loads(Path(file).read_text(encoding="utf-8"))
    found = {**_rows(ledger), **_left(), **_conclusions(ledger["project"])}
    print(json.dumps(found, ensure_ascii=False))


def _left() -> dict[str, int]:
    from attendance.models import DirtyDay, Inbox
    from federation.models import AcceptedRequest

    pending = AcceptedRequest.objects.unscoped(because=_BECAUSE).filter(state=0).count()
    return {"unsettled": Inbox.objects.count() + pending + DirtyDay.objects.count()}


def _rows(ledger: dict[str, Any]) -> dict[str, Any]:
    from attendance.models import Punch, Subject
    from workers.services import identity_index

    punches = Punch.objects.unscoped(because=_BECAUSE).filter(project__code=ledger["project"])
    sequences = {token for token, _at in ledger["sequences"]}
    by_token = Counter(punches.filter(token__in=sequences).values_list("token", flat=True))
    numbers = {number: identity_index("01", number) for number, _at, _way in ledger["passages"]}
    subjects = {
        bytes(index): pk
        for index, pk in Subject.objects.filter(id_index__in=numbers.values()).values_list("id_index", "pk")
    }
    ways = {"01": "in", "02": "out"}
    wanted = {
        (subjects.get(numbers[number]), datetime.fromisoformat(at), ways[way])
        for number, at, way in ledger["passages"]
    }
    # A row of the JSON door carries its sequence; one of the national interface a digest.
    others = punches.exclude(token__in=sequences).filter(subject__in=subjects.values())
    by_fact: Counter[Any] = Counter(others.values_list("subject_id", "occurred_at", "direction"))
    return {
        "acknowledged": len(sequences) + len(wanted),
        "lost": len(sequences - by_token.keys()) + len(wanted - by_fact.keys()),
        "doubled": sum(count > 1 for count in (*by_token.values(), *(by_fact[fact] for fact in wanted))),
    }


def _conclusions(code: str) -> dict[str, int]:
    """Conclude everything anew from the raw punches, compare, and undo it."""
    from projects.models import Project

    project = Project.all_rows.select_related("region").get(code=code)
    with transaction.atomic():
        days, counters = _days(project), _counters(project)
        _conclude_anew(project)
        wrong = {
            "days": len(days),
            "wrong_days": len(set(days.items()) ^ set(_days(project).items())),
            "wrong_counters": len(set(counters.items()) ^ set(_counters(project).items())),
        }
        transaction.set_rollback(True)
    return wrong


def _days(project: Any) -> dict[Any, Any]:
    from attendance.models import AttendanceDay

    rows = AttendanceDay.all_rows.filter(engagement__project=project).values_list(*_DAY)
    return {row[:2]: row for row in rows}


def _counters(project: Any) -> dict[Any, Any]:
    from attendance.models import ProjectDay

    rows = ProjectDay.all_rows.filter(project=project).values()
    return {
        row["day"]: tuple((name, str(value)) for name, value in row.items() if name not in _NOT_COMPARED)
        for row in rows
    }


def _conclude_anew(project: Any) -> None:
    from attendance.models import AttendanceDay, ProjectDay, Punch
    from attendance.rules import day_of
    from attendance.selectors.clock import cutoff_hour
    from attendance.services.bulk import conclude_whole_days
    from attendance.services.counters import mark_days, recount
    from attendance.services.days import lock_project

    lock_project(project)
    punches = Punch.objects.unscoped(because=_BECAUSE).filter(project=project).order_by("occurred_at")
    instants = punches.values_list("occurred_at", flat=True)
    hour, first, last = cutoff_hour(project.region), instants.first(), instants.last()
    if first is None or last is None:
        return
    AttendanceDay.all_rows.filter(engagement__project=project).delete()
    conclude_whole_days([project], day_of(first, hour), day_of(last, hour))
    mark_days(project.pk, ProjectDay.all_rows.filter(project=project).values_list("day", flat=True))
    while recount(timezone.now()):
        continue
