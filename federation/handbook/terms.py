"""The terms in force, as the document for vendors states them: of the whole province, today."""

from django.utils import timezone

from federation.handbook.examples import SECRET
from federation.open_api.schema import Context
from standards.selectors import codes, parameter


def in_force() -> Context:
    """What reading a call depends on, with the invented secret of the examples."""
    return Context(secret=SECRET, now=timezone.now(), codes=codes, parameters=parameter)
