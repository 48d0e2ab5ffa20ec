"""People at work as the impact check of the data standard reads them."""

from django.db.models import QuerySet

from kernel.scoping import Reach
from standards.spec import WORKER
from web.editor.sources import Source, register
from workers.models import Engagement


def _working(reach: Reach) -> QuerySet[Engagement]:
    """Engagements that have not ended: whose record a clerk will open again."""
    return Engagement.objects.within(reach).filter(ended_at=None)


def add_sources() -> None:
    """Give them to the editor of the standard."""
    roots = {"person": "person__", "work": "", "more": "particulars__"}
    columns = {"person.number": "person__id_number"}
    register(Source(WORKER, "人", _working, roots, "project__", columns))
