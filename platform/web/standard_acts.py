"""Acts on versions of the data standard, on grants and on mappings (S10).

They live here because the standard stands below the audit trail, and all of them are on it. The province's
administrators draft, review and publish its layer; a city's draft theirs, which the province accepts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.services import record
from kernel.errors import NotFound
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from regions.models import Region
from standards import errors, life, services
from standards.checks import Fault
from standards.models import ExtensionGrant, ItemMapping, StandardVersion
from standards.services import ElementFacts, ItemFacts, RuleFacts, TighteningFacts
from standards.spec import CITY, PROVINCIAL
from web.editor.impact import begin_check, require_impact
from web.editor.models import ImpactCheck

EDIT, REVIEW, GRANT = "standards.edit", "standards.review", "standards.grant"


@transaction.atomic
def begin_version(
    *,
    actor: Actor,
    region: Region | None,
    number: str,
    title: str,
    document: str = "",
    today: date | None = None,
) -> StandardVersion:
    """Begin a draft of the next version of the province's standard, or of a city's (`region`).

    Raises NotPermitted, NotFound beyond reach, and whatever begin_draft refuses.
    """
    require(actor, EDIT)
    _require_place(actor, EDIT, region)
    version = services.begin_draft(
        layer=PROVINCIAL if region is None else CITY,
        region=region,
        number=number,
        title=title,
        document=document,
        by=actor.key,
        today=today or timezone.localdate(),
    )
    record(actor, "standards.version_begun", version, place=_place(region), **_facts(version))
    return version


@dataclass(frozen=True, slots=True)
class Put:
    """A part to add to a draft or to change in it; the kind of its facts says which part."""

    facts: ElementFacts | RuleFacts | TighteningFacts | ItemFacts


@dataclass(frozen=True, slots=True)
class Drop:
    """A part to take out of a draft: element, rule, tightening or item; `of` is its object or code list."""

    part: str
    code: str
    of: str = ""


@transaction.atomic
def edit_version(
    *, actor: Actor, version: StandardVersion, edit: Put | Drop, expected_version: int | None = None
) -> StandardVersion:
    """Change one part of a draft. What may not be said is found by the check, all at once.

    Raises NotPermitted, NotFound, NotNow, Stale, PublishedBefore, UnknownPart.
    """
    _require_version(actor, EDIT, version)
    if isinstance(edit, Put):
        _put(version, edit.facts, actor.key, expected_version)
    else:
        _drop(version, edit, actor.key)
    facts = {"part": _part(edit), "code": edit.facts.code if isinstance(edit, Put) else edit.code}
    record(actor, "standards.version_edited", version, place=_place(version.region), **facts)
    return version


@transaction.atomic
def move_element(
    *, actor: Actor, version: StandardVersion, object_key: str, code: str, up: bool
) -> StandardVersion:
    """Show an element of a draft one place earlier or later. Raises NotPermitted, NotFound, NotNow."""
    _require_version(actor, EDIT, version)
    services.move_element(version=version, object_key=object_key, code=code, up=up, by=actor.key)
    facts = {"part": "order", "code": code}
    record(actor, "standards.version_edited", version, place=_place(version.region), **facts)
    return version


@transaction.atomic
def retitle_version(
    *, actor: Actor, version: StandardVersion, title: str, document: str, expected_version: int | None = None
) -> StandardVersion:
    """Change a draft's title and document. Raises NotPermitted, NotFound, NotNow, Stale."""
    _require_version(actor, EDIT, version)
    row = services.retitle(
        version=version, title=title, document=document, by=actor.key, expected_version=expected_version
    )
    record(actor, "standards.version_edited", row, place=_place(row.region), part="title", code="")
    return row


@transaction.atomic
def check_version(*, actor: Actor, version: StandardVersion, today: date | None = None) -> list[Fault]:
    """All that a draft may not say; without any it may be submitted.

    Raises NotPermitted, NotFound, NotNow.
    """
    _require_version(actor, EDIT, version)
    found = services.check_version(version=version, today=today or timezone.localdate())
    record(actor, "standards.version_checked", version, place=_place(version.region), faults=len(found))
    return found


@transaction.atomic
def check_impact(*, actor: Actor, version: StandardVersion) -> ImpactCheck:
    """Hold a draft against the records there are, in the background; before it goes to review this is done.

    Raises NotPermitted, NotFound, NotNow once it left its author's hands, UnderWay.
    """
    _require_version(actor, EDIT, version)
    if life.next_state(version.layer, version.state, life.EDIT) is None:
        raise errors.NotNow("检查影响", life.WORDS.get(version.state, version.state))
    check = begin_check(version=version, actor=actor)
    record(actor, "standards.impact_checked", version, place=_place(version.region), **_facts(version))
    return check


@transaction.atomic
def submit_version(*, actor: Actor, version: StandardVersion, today: date | None = None) -> StandardVersion:
    """Hand a checked version to another administrator, a city's to the province.

    Raises NotPermitted, NotFound, NoImpact without a check of real data that still holds, and whatever
    submit_version refuses.
    """
    _require_version(actor, EDIT, version)
    row = services.submit_version(version=version, today=today or timezone.localdate())
    require_impact(row)
    record(actor, "standards.version_submitted", row, place=_place(row.region), **_facts(row))
    return row


@transaction.atomic
def accept_version(*, actor: Actor, version: StandardVersion, note: str = "") -> StandardVersion:
    """Say that a version may be published; never one's own (I-12). For the province alone.

    Raises NotPermitted, NotFound, NotNow, OwnDraft.
    """
    _require_province(actor, REVIEW)
    row = services.accept_version(version=version, by=actor.key, note=note)
    record(actor, "standards.version_accepted", row, place=_place(row.region), **_facts(row))
    return row


@transaction.atomic
def return_version(*, actor: Actor, version: StandardVersion, note: str) -> StandardVersion:
    """Give a version back with a reason. Raises NotPermitted, NotFound, NotNow, OwnDraft, NoReason."""
    _require_province(actor, REVIEW)
    row = services.return_version(version=version, by=actor.key, note=note)
    record(actor, "standards.version_returned", row, place=_place(row.region), **_facts(row))
    return row


@transaction.atomic
def publish_version(
    *,
    actor: Actor,
    version: StandardVersion,
    effective_from: date,
    cutoff: date,
    document: str = "",
    today: date | None = None,
) -> tuple[StandardVersion, list[StandardVersion]]:
    """Publish an accepted version; also says which cities' versions it contradicts.

    Raises NotPermitted, NotFound, and whatever publish_version refuses.
    """
    _require_version(actor, EDIT, version)
    row, affected = services.publish_version(
        version=version,
        effective_from=effective_from,
        cutoff=cutoff,
        document=document,
        by=actor.key,
        today=today or timezone.localdate(),
    )
    facts = {
        "effective_from": effective_from.isoformat(),
        "cutoff": cutoff.isoformat(),
        "document": row.document,
    }
    record(actor, "standards.version_published", row, place=_place(row.region), **_facts(row), **facts)
    announce("standards.version_published.v1", key=row.public_id, version=row.version)
    for city in affected:
        record(actor, "standards.version_contradicted", city, place=_place(city.region), **_facts(city))
    return row, affected


@transaction.atomic
def withdraw_version(*, actor: Actor, version: StandardVersion) -> StandardVersion:
    """Give up a version that was not published. Raises NotPermitted, NotFound, NotNow."""
    _require_version(actor, EDIT, version)
    row = services.withdraw_version(version=version)
    record(actor, "standards.version_withdrawn", row, place=_place(row.region), **_facts(row))
    return row


@transaction.atomic
def grant_extension(
    *,
    actor: Actor,
    region: Region,
    objects: Iterable[str],
    lists: Iterable[str] = (),
    most_required: int = 0,
    valid_from: date,
    valid_to: date | None = None,
    document: str,
) -> ExtensionGrant:
    """Let a city extend the standard: which objects, which lists, how many required elements.

    Raises NotPermitted, NotFound, and whatever give_grant refuses.
    Source: 鄂建文〔2019〕27号 一（二）.
    """
    _require_province(actor, GRANT)
    grant = services.give_grant(
        region=region,
        objects=objects,
        lists=lists,
        most_required=most_required,
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
        by=actor.key,
    )
    record(
        actor, "standards.extension_granted", grant, place=region.path, region=region.code, document=document
    )
    announce("standards.extension_granted.v1", key=grant.public_id)
    return grant


@transaction.atomic
def withdraw_extension(*, actor: Actor, grant: ExtensionGrant) -> ExtensionGrant:
    """Take back a city's right to extend further. Raises NotPermitted, NotFound, DomainError."""
    _require_province(actor, GRANT)
    row = services.withdraw_grant(grant=grant)
    region = row.region
    record(actor, "standards.extension_withdrawn", row, place=region.path, region=region.code)
    announce("standards.extension_withdrawn.v1", key=row.public_id)
    return row


@transaction.atomic
def map_item(
    *, actor: Actor, code_list: str, code: str, national_code: str, document: str = ""
) -> ItemMapping:
    """Say what a code of ours is called nationally. Raises NotPermitted, NotFound, DomainError."""
    _require_province(actor, GRANT)
    row = services.map_code(code_list=code_list, code=code, national_code=national_code, document=document)
    facts = {"list": code_list, "code": code, "national_code": national_code}
    record(actor, "standards.code_mapped", row, place="", **facts)
    return row


def may_edit(actor: Actor, region: Region | None) -> bool:
    """Whether the actor drafts the layer of a city, or of the province (None)."""
    return _reaches(actor, EDIT, region)


def may_review(actor: Actor) -> bool:
    """Whether the actor accepts versions, the cities' as well."""
    return _reaches(actor, REVIEW, None)


def _put(
    version: StandardVersion,
    facts: ElementFacts | RuleFacts | TighteningFacts | ItemFacts,
    by: str,
    expected_version: int | None,
) -> None:
    said: dict[str, Any] = {
        "version": version,
        "facts": facts,
        "by": by,
        "expected_version": expected_version,
    }
    match facts:
        case ElementFacts():
            services.put_element(**said)
        case RuleFacts():
            services.put_rule(**said)
        case TighteningFacts():
            services.put_tightening(**said)
        case ItemFacts():
            services.put_item(**said)


def _drop(version: StandardVersion, edit: Drop, by: str) -> None:
    match edit.part:
        case "element":
            services.drop_element(version=version, object_key=edit.of, code=edit.code, by=by)
        case "rule":
            services.drop_rule(version=version, code=edit.code, by=by)
        case "tightening":
            services.drop_tightening(version=version, object_key=edit.of, code=edit.code, by=by)
        case "item":
            services.drop_item(version=version, code_list=edit.of, code=edit.code, by=by)
        case _:
            raise NotFound


def _part(edit: Put | Drop) -> str:
    return edit.part if isinstance(edit, Drop) else type(edit.facts).__name__.removesuffix("Facts").lower()


def _require_version(actor: Actor, permission: str, version: StandardVersion) -> None:
    require(actor, permission)
    _require_place(actor, permission, version.region)


def _require_province(actor: Actor, permission: str) -> None:
    require(actor, permission)
    _require_place(actor, permission, None)


def _require_place(actor: Actor, permission: str, region: Region | None) -> None:
    if not _reaches(actor, permission, region):
        raise NotFound


def _reaches(actor: Actor, permission: str, region: Region | None) -> bool:
    reach = actor.reach(permission)
    if region is None:
        return reach.is_province_wide
    return region.path.startswith(tuple(reach.region_paths) or ("-",))


def _place(region: Region | None) -> str:
    return region.path if region else ""


def _facts(version: StandardVersion) -> dict[str, Any]:
    return {
        "layer": version.layer,
        "region": version.region.code if version.region else "",
        "number": version.number,
    }
