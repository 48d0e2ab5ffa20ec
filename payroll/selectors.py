"""Reads of wages: the batches of a project, and what one person was paid."""

from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from kernel.errors import NotFound
from kernel.scoping import Actor
from payroll.models import PayrollBatch, PayrollFile, PayrollRow
from workers.models import Engagement


def batches(actor: Actor) -> QuerySet[PayrollBatch]:
    """The batches within scope, newest month first, with people, gross and net in yuan."""
    return (
        PayrollBatch.objects.visible_to(actor)
        .select_related("project", "team", "participation__enterprise")
        .annotate(people=Count("rows"), gross=Sum("rows__gross_pay"), net=Sum("rows__net_pay"))
        .order_by("-month", "-pk")
    )


def batch(actor: Actor, public_id: UUID) -> PayrollBatch:
    """One batch, with its sums. Raises NotFound outside the actor's scope."""
    found = batches(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def rows_of_batch(actor: Actor, of: PayrollBatch) -> QuerySet[PayrollRow]:
    """The people of a batch and what each was paid, in the order reported."""
    rows = PayrollRow.objects.visible_to(actor).filter(batch=of)
    return rows.select_related("engagement__person", "engagement__team").order_by("position")


def wages_of(actor: Actor, of: Engagement) -> QuerySet[PayrollRow]:
    """What one person was paid in an engagement, newest month first."""
    rows = PayrollRow.objects.visible_to(actor).filter(engagement=of)
    return rows.select_related("batch__team", "batch__participation__enterprise").order_by(
        "-batch__month", "-pk"
    )


def files_of_batch(actor: Actor, of: PayrollBatch) -> QuerySet[PayrollFile]:
    """The scans that came with a batch."""
    return PayrollFile.objects.visible_to(actor).filter(batch=of).order_by("position")


def file(actor: Actor, public_id: UUID) -> PayrollFile:
    """One scan. Raises NotFound outside the actor's scope."""
    found = PayrollFile.objects.visible_to(actor).select_related("batch").filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
