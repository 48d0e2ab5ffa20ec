"""I-25: writes of many rows at once pass by the guard of copies (`Travelling.save`, `delete`): counted."""

import ast
from collections import Counter

from tests.architecture.source import name_of, of_the_apps, tree_of

_APPS = ("attendance", "integrity", "ledgers", "payroll", "projects", "workers")
# Each was judged: rows of tables that do not travel or that their whole guards, columns that every node
# keeps for itself, rows of one's own origin, or errands that take rows over from the masters. Whoever adds
# one to a travelling table writes row by row, or filters by origin, and then raises the number.
JUDGED: dict[str, int] = {
    "attendance/cell_links.py": 2,
    "attendance/receivers.py": 1,
    "attendance/services/corrected.py": 1,
    "attendance/services/devices.py": 1,
    "attendance/services/passes.py": 4,
    "attendance/services/receipts.py": 1,
    "attendance/services/runs.py": 1,
    "integrity/services/answering.py": 1,
    "integrity/services/drafting.py": 2,
    "integrity/services/issuing.py": 1,
    "integrity/services/mastering.py": 1,
    "projects/services/issuing.py": 3,
    "projects/services/mastering.py": 2,
    "projects/services/mastering_projects.py": 1,
    "projects/services/permits.py": 1,
    "projects/services/refusals.py": 1,
    "projects/services/reporting.py": 1,
    "projects/services/teams.py": 1,
    "workers/services/careers.py": 4,
    "workers/services/import_acts.py": 4,
    "workers/services/import_twice.py": 5,
    "workers/services/import_work.py": 6,
    "workers/services/lessons.py": 1,
    "workers/services/lookups.py": 1,
    "workers/services/phones.py": 1,
    "workers/services/reversal.py": 3,
    "workers/services/sign_in.py": 1,
}


def _writes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    match node.func.attr:
        case "update":
            return not node.args and bool(node.keywords)
        case "delete":
            return not node.args and not node.keywords
        case "bulk_update":
            return True
    return False


def test_i_25_no_new_write_of_many_rows_passes_the_guard_of_copies_unjudged() -> None:
    found = Counter(
        name
        for file in of_the_apps()
        if (name := name_of(file)).split("/")[0] in _APPS and "/demo/" not in name
        for node in ast.walk(tree_of(file))
        if _writes(node)
    )
    assert dict(found) == JUDGED, "judge whose rows they are (kernel.models.require_own), then set the number"
