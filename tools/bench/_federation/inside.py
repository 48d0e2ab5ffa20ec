"""What the phases have done and asked within a node: steps of `tools.federation._inside`."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

Facts = dict[str, Any]


def backlog(facts: Facts) -> Facts:
    """Much that the parent has not had, written in bulk and laid down as for a new parent."""
    from django.utils import timezone

    from attendance.selectors.clock import current_day
    from attendance.services.runs import lay_down_runs
    from federation.selectors.nodes import own_region
    from federation.travel.beginning import lay_down
    from kernel.models import this_node
    from tools.bench._world.people import write_people
    from tools.bench._world.punches import write_punches

    if facts["what"] == "people":
        write_people(facts["workers"], facts["projects"], current_day(), own_region().path)
        return {"changes": lay_down(up=True, origins={this_node()}, now=timezone.now())}
    write_punches(facts["punches"], current_day())
    return {"runs": lay_down_runs(timezone.now())}


def access(facts: Facts) -> Facts:
    """What each vendor of the backlog's projects knows."""
    from tools.bench._world.__main__ import _access

    return {"projects": _access(facts["file"])}


def many(facts: Facts) -> Facts:
    """Millions of punches: written here, or the very ones of the database at `source`."""
    from attendance.selectors.clock import current_day
    from tools.bench._world.many import copy_many, tidy, write_many

    today = current_day()
    number = copy_many(facts["source"], today) if facts["source"] else write_many(facts["punches"], today)
    tidy()
    return {"punches": number}


def keep_digests(facts: Facts) -> Facts:
    """Digest all closed days as the first comparison does, for a neighbour or ("") as the parent."""
    from django.utils import timezone

    from federation.travel.kept_punches import first_day, freshen

    began, now = time.monotonic(), timezone.now()
    first = first_day() or now.date()
    days = sum(1 for _day in freshen(facts["peer"], first, date.fromisoformat(facts["last"]), now))
    return {"days": days, "seconds": time.monotonic() - began}


def compare(facts: Facts) -> Facts:
    """Begin a comparison with the parent: on demand, from all rows, or the night's, from the kept digests."""
    from django.utils import timezone

    from federation.models import Node, ReconciliationRun
    from federation.services.reconciling import start_nightly, start_reconciliation
    from web.console import CONSOLE

    if not facts["night"]:
        above = Node.objects.get(relation=Node.Relation.PARENT)
        return {"run": start_reconciliation(actor=CONSOLE, node=above).pk}
    # There is one a night, and beat may have begun it.
    ReconciliationRun.objects.filter(scope=ReconciliationRun.Scope.NIGHT).delete()
    run = start_nightly(timezone.now())
    return {"run": run.pk if run else None}


def repair(_facts: Facts) -> Facts:
    """Have all differences that stand open sent again, as an operator's click does; how many."""
    from federation.models import Node, ReconciliationDiff
    from federation.services.differences import repair_differences
    from web.console import CONSOLE

    above = Node.objects.get(relation=Node.Relation.PARENT)
    rows = list(ReconciliationDiff.objects.filter(node=above, state=ReconciliationDiff.State.OPEN))
    return {"sent": repair_differences(actor=CONSOLE, node=above, differences=rows)}


def found_masters(facts: Facts) -> Facts:
    """So many enterprises more at the stand-in for 四库一平台, into its own file."""
    from federation.masters.standin.store import Store
    from federation.masters.standin.world import Size, enterprises

    store = Store(str(Path(facts["file"])))
    known = Size().enterprises
    # The first ones stand there since it began; the same seed tells them again.
    store.fill("enterprises", list(enterprises(known + facts["number"], facts["seed"]))[known:])
    return {"head": store.head("enterprises")}


def pull_masters(_facts: Facts) -> Facts:
    """Ask for everything about enterprises to be read anew, as an operator does; beat's sweep does it."""
    from django.utils import timezone

    from federation.services.masters import request_pull
    from web.console import CONSOLE

    now = timezone.now()
    request_pull(actor=CONSOLE, name="enterprises", is_full=True, now=now)
    return {"since": now.timestamp()}


STEPS = {
    "backlog": backlog,
    "access": access,
    "many": many,
    "keep_digests": keep_digests,
    "compare": compare,
    "repair": repair,
    "found_masters": found_masters,
    "pull_masters": pull_masters,
}
