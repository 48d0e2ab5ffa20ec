"""What a soak and a measurement ask of a node: its digests, what it has, and the acts of its operator."""

from __future__ import annotations

from datetime import date
from typing import Any

Facts = dict[str, Any]
_BECAUSE = "counted for the whole node, as nobody in particular"


def credential(facts: Facts) -> Facts:
    """A vendor's secret for the project."""
    from federation.services import issue_credential

    made = issue_credential(actor=None, project_code=facts["project"])
    return {"appid": made.appid, "secret": made.key}


def digests(facts: Facts) -> Facts:
    """Counts and digests of everything that goes up, as `peer` names it ("": as we do), for one branch."""
    from federation.travel.catalogue import KINDS
    from federation.travel.digests import digests as of_kind
    from federation.travel.punch_tree import PunchTree
    from projects.models import Project

    origins, peer = facts["origins"], facts["peer"]
    found: dict[str, dict[str, str]] = {}
    for name, kind in KINDS.items():
        if kind.goes_up:
            each = of_kind(name, origins=origins, peer=peer)
            found[name] = {"|".join(place): f"{one.count} {one.text}" for place, one in each.items()}
    projects = Project.objects.unscoped(because=_BECAUSE).filter(code=facts.get("project", ""))
    keys = list(projects.values_list("public_id", flat=True))
    tree = PunchTree(regions=facts.get("regions", []), projects=keys, peer=peer)
    days = tree.days(date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"]))
    found["punches"] = {day: f"{one.count} {one.text}" for day, one in days.items()}
    return found


def branch(_facts: Facts) -> Facts:
    """The nodes whose rows go up from here."""
    from federation.models import Node
    from kernel.models import this_node

    below = Node.objects.filter(relation__in=(Node.Relation.CHILD, Node.Relation.BELOW))
    return {"origins": sorted({this_node(), *below.values_list("code", flat=True)})}


def ledger(facts: Facts) -> Facts:
    """Whether each acknowledged punch and person is here, once, and what days and counters say."""
    from tools.soak._recount import _conclusions, _left, _rows
    from workers.models import Person
    from workers.services import identity_index

    indexes = [identity_index("01", number) for number in facts["people"]]
    known = Person.objects.unscoped(because=_BECAUSE).filter(id_index__in=indexes)
    there = [bytes(index) for index in known.values_list("id_index", flat=True)]
    return {
        **_rows(facts),
        **_left(),
        **_conclusions(facts["project"]),
        "people": len(indexes),
        "people_lost": len({bytes(one) for one in indexes} - set(there)),
        "people_doubled": len(there) - len(set(there)),
    }


def operate(_facts: Facts) -> Facts:
    """What an operator does after a restore: forked lines begin anew, stuck ones try again; how many."""
    from django.utils import timezone

    from federation.models import Line
    from federation.services import restart_line
    from web.console import CONSOLE

    stopped = Line.objects.filter(state__in=(Line.State.FORKED, Line.State.STUCK)).select_related("node")
    found = [(line.direction, line.stream, line.state) for line in stopped]
    for line in stopped:
        restart_line(actor=CONSOLE, line=line, from_beginning=False, now=timezone.now())
    return {"restarted": found}


def troubles(_facts: Facts) -> Facts:
    """What an operator would see: lines in trouble, records that are held, calls that were turned away."""
    from django.db.models import Count

    from federation.models import Line, RecordResult, RefusedEnvelope

    lines = Line.objects.exclude(trouble="").values_list("node__code", "direction", "stream", "trouble")
    held = RecordResult.objects.filter(resolved_at=None).values_list("became", "kind", "sentence", "missing")
    refused = RefusedEnvelope.objects.order_by().values_list("code").annotate(times=Count("pk"))
    return {
        "lines": [list(row) for row in lines],
        "held": [list(row) for row in held[:20]],
        "refused": dict(refused),
    }


STEPS = {
    "credential": credential,
    "digests": digests,
    "branch": branch,
    "ledger": ledger,
    "operate": operate,
    "troubles": troubles,
}
