"""Remembering why an interface refused a record, so that whoever asks is told; forgotten after some weeks."""

from datetime import datetime, timedelta

from kernel.scoping import Actor
from projects.models import Project, RefusedRecord
from standards.errors import BreaksStandard
from standards.selectors import parameter


def note_refused_record(
    by: Actor,
    project: Project,
    refused: BreaksStandard,
    *,
    request_id: str,
    object_key: str,
    channel: str,
    now: datetime,
) -> None:
    """Keep the findings of a refused record under the id of its request; nothing of a request without one."""
    if not request_id:
        return
    RefusedRecord.objects.create(
        request_id=request_id[:64],
        project=project,
        object_key=object_key,
        channel=channel,
        said_by=by.label[:120],
        findings=[
            {**one.as_data(), "value": refused.values.get(one.element, "")} for one in refused.findings
        ],
        refused_at=now,
    )


def forget_refused_records(now: datetime) -> int:
    """Delete what is older than anybody asks for; returns how many."""
    until = now - timedelta(days=int(parameter("standards.refusal_days")))
    rows = RefusedRecord.objects.unscoped(because="beat forgets old refusals of every place")
    number, _by_model = rows.filter(refused_at__lt=until).delete()
    return number
