"""The terms in force, as the document for vendors states them: of the whole province, today."""

import json

from django.utils import timezone

from federation.handbook.examples import SECRET
from federation.open_api.schema import Context
from standards.selectors import codes, parameter
from standards.services import DATA


def in_force() -> Context:
    """What reading a call depends on, with the invented secret of the examples."""
    return Context(secret=SECRET, now=timezone.now(), codes=codes, parameters=parameter)


def as_delivered() -> Context:
    """The same with the values that come with the platform, whatever a node has set since."""
    rows = json.loads((DATA / "parameters.json").read_text(encoding="utf-8"))
    values = {row["key"]: row["value"] for row in rows}
    return Context(secret=SECRET, now=timezone.now(), codes=codes, parameters=values.__getitem__)
