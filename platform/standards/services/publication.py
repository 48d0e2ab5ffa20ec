"""The life of a drafted version (S10): checked, read by another, published; what follows for cities."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from standards import errors, life
from standards.checks import Fault
from standards.effective import forget_standards
from standards.models import StandardVersion
from standards.selectors import forget, parameter
from standards.services.drafts import locked, moved
from standards.services.items import write_items
from standards.spec import CITY
from standards.versions import changes_of, faults_of, grant_of, published_versions


@transaction.atomic
def check_version(*, version: StandardVersion, today: date) -> list[Fault]:
    """Look for all that the version may not say; without any it may be submitted. Raises NotNow."""
    row = locked(version)
    if life.next_state(row.layer, row.state, life.CHECK) is None:
        raise errors.NotNow(life.ACTS[life.CHECK], life.WORDS.get(row.state, row.state))
    found = faults_of(row, row.effective_from or today)
    if not found:
        moved(row, life.CHECK)
        row.checked_at = timezone.now()
        row.save(update_fields=["state", "version", "checked_at", "updated_at"])
    return found


@transaction.atomic
def submit_version(*, version: StandardVersion, today: date) -> StandardVersion:
    """Hand a checked version to its reviewer: another administrator, or for a city's the province.

    Raises NotNow, NothingSaid, HasFaults, NoGrant.
    """
    row = moved(locked(version), life.SUBMIT)
    if not changes_of(row):
        raise errors.NothingSaid
    _require_good(row, today)
    row.save(update_fields=["state", "version", "updated_at"])
    return row


@transaction.atomic
def accept_version(*, version: StandardVersion, by: str, note: str = "") -> StandardVersion:
    """Say that it may be published. Raises NotNow, OwnDraft for whoever had a hand in it (I-12)."""
    row = locked(version)
    _require_another(row, by)
    moved(row, life.ACCEPT)
    row.reviewed_by, row.review_note = by, note[:300]
    row.save(update_fields=["state", "version", "reviewed_by", "review_note", "updated_at"])
    return row


@transaction.atomic
def return_version(*, version: StandardVersion, by: str, note: str) -> StandardVersion:
    """Give it back to be changed, and say why. Raises NotNow, OwnDraft, NoReason."""
    if len(note.strip()) < 4:
        raise errors.NoReason
    row = locked(version)
    _require_another(row, by)
    moved(row, life.RETURN)
    row.reviewed_by, row.review_note = by, note.strip()[:300]
    row.save(update_fields=["state", "version", "reviewed_by", "review_note", "updated_at"])
    return row


@transaction.atomic
def publish_version(
    *, version: StandardVersion, effective_from: date, cutoff: date, document: str, by: str, today: date
) -> tuple[StandardVersion, list[StandardVersion]]:
    """Publish: from its day on it is in force everywhere by itself; what it adds to lists is written now.

    Returns the version, and the cities' versions that it contradicts, which have to be answered by a day.
    Raises NotNow, OwnDraft for the reviewer (I-12), NoDocument, BeginsInThePast, BadCutoff,
    BeginsOnTheSameDay, HasFaults, NoGrant.
    """
    row = moved(locked(version), life.PUBLISH)
    if by == row.reviewed_by:
        raise errors.OwnDraft(_("评审人不能自己发布。请由起草人或另一位管理员发布。"))
    _require_days(row, effective_from, cutoff, today)
    row.effective_from, row.cutoff, row.published_by = effective_from, cutoff, by
    row.document = document.strip()[:120] or row.document
    if not row.document.strip():
        raise errors.NoDocument
    _require_good(row, effective_from)
    row.published_at = timezone.now()
    row.save()
    write_items(row, valid_from=effective_from)
    _answered(row)
    affected = [] if row.is_city else _check_cities(effective_from, today)
    forget()
    forget_standards()
    transaction.on_commit(forget)
    transaction.on_commit(forget_standards)
    return row, affected


@transaction.atomic
def withdraw_version(*, version: StandardVersion) -> StandardVersion:
    """Give up a version that was not published; it stays readable. Raises NotNow."""
    row = moved(locked(version), life.WITHDRAW)
    row.save(update_fields=["state", "version", "updated_at"])
    return row


def _require_another(row: StandardVersion, by: str) -> None:
    if by in row.editors or by == row.drafted_by:
        raise errors.OwnDraft(_("起草或修改过这个版本的人不能评审它。请由另一位管理员评审。"))


def _require_days(row: StandardVersion, effective_from: date, cutoff: date, today: date) -> None:
    if effective_from < today:
        refusal = errors.BeginsInThePast(today)
        refusal.field = "effective_from"
        raise refusal
    if cutoff < effective_from:
        raise errors.BadCutoff
    rows = published_versions().filter(layer=row.layer, region=row.region)
    if rows.filter(effective_from=effective_from).exists():
        raise errors.BeginsOnTheSameDay(effective_from)


def _require_good(row: StandardVersion, on: date) -> None:
    """Looked at again, for what stands below may have changed since. Raises HasFaults, NoGrant."""
    if row.region is not None and grant_of(row.region, on) is None:
        raise errors.NoGrant(row.region.name)
    if found := faults_of(row, on):
        raise errors.HasFaults(found)


def _answered(row: StandardVersion) -> None:
    """A city that publishes anew has answered what its earlier versions were asked."""
    if row.is_city:
        earlier = StandardVersion.objects.filter(layer=CITY, region=row.region).exclude(pk=row.pk)
        earlier.update(needs_action_by=None)


def _check_cities(effective_from: date, today: date) -> list[StandardVersion]:
    """Hold every city's published version against the new base; what conflicts is to be answered by a day.

    Until then the base decides: compiled, no city's layer ever loosens it.
    """
    forget()
    forget_standards()
    due = today + timedelta(days=int(parameter("standards.action_days", on=today)))
    affected = []
    for city in published_versions().filter(layer=CITY):
        conflicts = faults_of(city, effective_from, by_grant=False)
        if conflicts and _is_last(city):
            city.conflicts, city.needs_action_by = [one.as_data() for one in conflicts], due
            city.save(update_fields=["conflicts", "needs_action_by", "updated_at"])
            affected.append(city)
    return affected


def _is_last(city: StandardVersion) -> bool:
    later = published_versions().filter(
        layer=CITY, region=city.region, effective_from__gt=city.effective_from
    )
    return not later.exists()
