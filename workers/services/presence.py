"""Reported presence: entering and leaving a site."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from projects.errors import ProjectFinished
from workers.errors import AlreadyOnSite, BadDate, NotOnSite
from workers.models import Engagement, Person, Presence


@transaction.atomic
def enter(*, actor: Actor, engagement: Engagement, on: date, today: date, voucher: str = "") -> Presence:
    """Record that the person entered the site on a day: reported presence, whatever is still missing.

    Presence elsewhere at the same time is kept and marked as a conflict (I-04).
    Raises NotPermitted, NotFound, ProjectFinished, BadDate, AlreadyOnSite.
    """
    require(actor, "workers.enter", on=engagement)
    if not engagement.project.is_open:
        raise ProjectFinished
    _locked(engagement)
    _require_past(on, today)
    last = Presence.all_rows.filter(engagement=engagement).order_by("-entered_on", "-id").first()
    if last is not None and last.exited_on is None:
        raise AlreadyOnSite(last.entered_on)
    if last is not None and last.exited_on is not None and on < last.exited_on:
        raise BadDate(
            _("进场日期不能早于上次退场日期 {day}。").format(day=last.exited_on),
            field="date",
            code="before_last",
        )
    presence = Presence.objects.create(
        engagement=engagement,
        person_id=engagement.person_id,
        entered_on=on,
        is_conflict=_overlaps_elsewhere(engagement, on),
        entry_voucher=voucher,
        entered_by=actor.label,
    )
    record(actor, "workers.entered", engagement, on=on.isoformat())
    announce("workers.presence_changed.v1", key=engagement.public_id, since=on.isoformat())
    return presence


@transaction.atomic
def leave(*, actor: Actor, engagement: Engagement, on: date, today: date, voucher: str = "") -> Presence:
    """Record that the person left the site; that day still counts as presence.

    Raises NotPermitted, NotFound, BadDate, NotOnSite.
    """
    require(actor, "workers.enter", on=engagement)
    _locked(engagement)
    _require_past(on, today)
    presence = Presence.all_rows.filter(engagement=engagement, exited_on=None).first()
    if presence is None:
        raise NotOnSite
    if on < presence.entered_on:
        raise BadDate(
            _("退场日期不能早于进场日期 {day}。").format(day=presence.entered_on),
            field="date",
            code="before_last",
        )
    presence.exited_on = on
    presence.exit_voucher = voucher
    presence.exited_by = actor.label
    presence.version += 1
    presence.save(update_fields=["exited_on", "exit_voucher", "exited_by", "version", "updated_at"])
    record(actor, "workers.left", engagement, on=on.isoformat())
    announce("workers.presence_changed.v1", key=engagement.public_id, since=on.isoformat())
    return presence


def _locked(engagement: Engagement) -> None:
    """Hold the person's row: presence is judged across all of that person's sites."""
    Person.all_rows.select_for_update(of=("self",)).get(pk=engagement.person_id)


def _require_past(on: date, today: date) -> None:
    if on > today:
        raise BadDate(
            _("日期 {day} 晚于今天，请填写实际发生的日期。").format(day=on), field="date", code="in_future"
        )


def _overlaps_elsewhere(engagement: Engagement, entered_on: date) -> bool:
    others = Presence.all_rows.filter(person_id=engagement.person_id, is_conflict=False).exclude(
        exited_on__lte=entered_on
    )
    return others.exists()
