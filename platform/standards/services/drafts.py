"""Drafting a version of the standard: begun from the last, changed part by part, never after it is filed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from kernel import locks
from kernel.versions import require_version
from regions.models import Region
from standards import errors, life
from standards.models import Element, ProposedItem, StandardVersion, Tightening, ValidationRule
from standards.versions import draft_of, grant_of, latest_of


@dataclass(frozen=True, slots=True)
class ElementFacts:
    """An element as its editor states it."""

    object_key: str
    code: str
    name: str
    kind: str
    length: int | None = None
    unit: str = ""
    required: str = "never"
    required_when: Mapping[str, Any] | None = None
    severities: Mapping[str, str] = field(default_factory=dict)
    code_list: str = ""
    privacy: str = "internal"
    example: str = ""
    help: str = ""
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A validation rule as its editor states it."""

    object_key: str
    code: str
    condition: Mapping[str, Any]
    message: str
    remedy: str
    severities: Mapping[str, str] = field(default_factory=dict)
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class TighteningFacts:
    """A stricter demand on an element below."""

    object_key: str
    code: str
    required: str = ""
    required_when: Mapping[str, Any] | None = None
    severities: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    codes: list[str] | None = None


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item of a code list to add, or to retire; `list_name` names a list that begins with it."""

    code_list: str
    code: str
    name: str = ""
    list_name: str = ""
    mapped_to: str = ""
    retires: bool = False


@transaction.atomic
def begin_draft(
    *, layer: str, region: Region | None, number: str, title: str, document: str = "", by: str, today: date
) -> StandardVersion:
    """A draft of the next version of a layer, with all that the last published one says.

    Raises NotACity, NoGrant for a city that may not extend, DraftExists, NumberTaken.
    """
    _lock_layer(region)
    if region is not None:
        _require_grant(region, today)
    if (held := draft_of(layer, region)) is not None:
        raise errors.DraftExists(held.number)
    if StandardVersion.objects.filter(layer=layer, region=region, number=number).exists():
        raise errors.NumberTaken
    former = latest_of(layer, region)
    version = StandardVersion.objects.create(
        layer=layer,
        region=region,
        number=number,
        title=title,
        document=document,
        based_on=former,
        drafted_by=by,
        editors=[by],
    )
    if former is not None:
        for rows in (former.elements, former.rules, former.tightenings):
            _copy(rows.order_by("id"), version)
    return version


def retitle(
    *, version: StandardVersion, title: str, document: str, by: str, expected_version: int | None = None
) -> StandardVersion:
    """Change a draft's title and document. Raises NotNow, Stale."""
    with transaction.atomic():
        row = _opened(version, by, expected_version)
        row.title, row.document = title, document
        row.save(update_fields=["title", "document"])
    return row


@transaction.atomic
def put_element(
    *, version: StandardVersion, facts: ElementFacts, by: str, expected_version: int | None = None
) -> Element:
    """Add an element to a draft, or change it; a published one is retired by `is_retired`.

    What may not be said is found by the check, all of it at once. Raises NotNow, Stale.
    """
    row = _opened(version, by, expected_version)
    said = asdict(facts)
    key = {"version": row, "object_key": said.pop("object_key"), "code": said.pop("code")}
    held = Element.objects.filter(**key).first()
    # Where the platform's own columns hold the value is not the editor's to change.
    if held is None:
        return Element.objects.create(**key, **said, position=_last(row.elements) + 1)
    return _changed(held, said)


@transaction.atomic
def drop_element(*, version: StandardVersion, object_key: str, code: str, by: str) -> None:
    """Take an element out of a draft that was never published with it. Raises NotNow, PublishedBefore."""
    row = _opened(version, by)
    _require_new(row, "elements", object_key=object_key, code=code)
    _delete(row.elements.filter(object_key=object_key, code=code))


@transaction.atomic
def put_rule(
    *, version: StandardVersion, facts: RuleFacts, by: str, expected_version: int | None = None
) -> ValidationRule:
    """Add a rule to a draft, or change it. Raises NotNow, Stale."""
    row = _opened(version, by, expected_version)
    said = asdict(facts)
    code = said.pop("code")
    held = ValidationRule.objects.filter(version=row, code=code).first()
    if held is None:
        return ValidationRule.objects.create(version=row, code=code, **said, position=_last(row.rules) + 1)
    return _changed(held, said)


@transaction.atomic
def drop_rule(*, version: StandardVersion, code: str, by: str) -> None:
    """Take a rule out of a draft that was never published with it. Raises NotNow, PublishedBefore."""
    row = _opened(version, by)
    _require_new(row, "rules", code=code)
    _delete(row.rules.filter(code=code))


@transaction.atomic
def put_tightening(
    *, version: StandardVersion, facts: TighteningFacts, by: str, expected_version: int | None = None
) -> Tightening:
    """Ask more of an element of a lower layer, or change what is asked. Raises NotNow, Stale."""
    row = _opened(version, by, expected_version)
    said = asdict(facts)
    key = {"version": row, "object_key": said.pop("object_key"), "code": said.pop("code")}
    held = Tightening.objects.filter(**key).first()
    return _changed(held, said) if held else Tightening.objects.create(**key, **said)


@transaction.atomic
def drop_tightening(*, version: StandardVersion, object_key: str, code: str, by: str) -> None:
    """Ask no more than the lower layers do. Raises NotNow, UnknownPart."""
    row = _opened(version, by)
    _delete(row.tightenings.filter(object_key=object_key, code=code))


@transaction.atomic
def put_item(
    *, version: StandardVersion, facts: ItemFacts, by: str, expected_version: int | None = None
) -> ProposedItem:
    """Propose an item of a code list, or that one be retired. Raises NotNow, Stale."""
    row = _opened(version, by, expected_version)
    said = asdict(facts)
    key = {"version": row, "code_list": said.pop("code_list"), "code": said.pop("code")}
    held = ProposedItem.objects.filter(**key).first()
    if held is not None:
        return _changed(held, said)
    return ProposedItem.objects.create(**key, **said, position=_last(row.proposed_items) + 1)


@transaction.atomic
def drop_item(*, version: StandardVersion, code_list: str, code: str, by: str) -> None:
    """Propose an item no more. Raises NotNow, UnknownPart."""
    row = _opened(version, by)
    _delete(row.proposed_items.filter(code_list=code_list, code=code))


@transaction.atomic
def move_element(*, version: StandardVersion, object_key: str, code: str, up: bool, by: str) -> None:
    """Let an element change places with its neighbour, as forms and tables show them.

    Raises NotNow, UnknownPart; the first one up and the last one down stay where they are.
    """
    row = _opened(version, by)
    rows = list(row.elements.filter(object_key=object_key).order_by("position", "id"))
    place = next((at for at, one in enumerate(rows) if one.code == code), None)
    if place is None:
        raise errors.UnknownPart
    other = place + (-1 if up else 1)
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    first = min((one.position for one in rows), default=0)
    for position, one in enumerate(rows, start=first):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])


def locked(version: StandardVersion) -> StandardVersion:
    """The version's row, held until the act is over. Raises UnknownPart where it is gone."""
    rows = StandardVersion.objects.select_for_update(of=("self",)).select_related("region", "based_on")
    row = rows.filter(pk=version.pk).first()
    if row is None:
        raise errors.UnknownPart
    return row


def moved(row: StandardVersion, act: str) -> StandardVersion:
    """The row in the state to which an act leads; the caller saves. Raises NotNow."""
    state = life.next_state(row.layer, row.state, act)
    if state is None:
        raise errors.NotNow(life.ACTS[act], life.WORDS.get(row.state, row.state))
    row.state = state
    row.version += 1
    return row


def _require_grant(region: Region, today: date) -> None:
    if not region.is_second_level:
        raise errors.NotACity(region.name)
    if grant_of(region, today) is None:
        raise errors.NoGrant(region.name)


def _opened(version: StandardVersion, by: str, expected_version: int | None = None) -> StandardVersion:
    """The draft, locked for a change by somebody, who is then among its editors. Raises NotNow, Stale."""
    row = locked(version)
    require_version(row, expected_version, {"版本": row.number, "标题": row.title})
    moved(row, life.EDIT)
    row.editors = list(dict.fromkeys([*row.editors, by]))
    row.checked_at = None
    row.save(update_fields=["state", "version", "editors", "checked_at", "updated_at"])
    version.version, version.state = row.version, row.state
    return row


def _require_new(row: StandardVersion, parts: str, **key: str) -> None:
    former = row.based_on
    if former is not None and (held := getattr(former, parts).filter(**key).first()) is not None:
        raise errors.PublishedBefore(getattr(held, "name", "") or held.code)


def _delete(rows: Any) -> None:
    number, _by_model = rows.delete()
    if not number:
        raise errors.UnknownPart


def _changed(held: Any, said: Mapping[str, Any]) -> Any:
    for name, value in said.items():
        setattr(held, name, value)
    held.save()
    return held


def _last(rows: Any) -> int:
    return rows.order_by("-position").values_list("position", flat=True).first() or 0


def _copy(rows: Any, version: StandardVersion) -> None:
    copies: list[Model] = []
    for row in rows:
        row.pk, row.version = None, version
        row._state.adding = True
        copies.append(row)
    if copies:
        type(copies[0])._default_manager.bulk_create(copies)  # type: ignore[attr-defined]  # one model's rows


def _lock_layer(region: Region | None) -> None:
    """One draft of a layer is begun at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [locks.STANDARD_LAYER, region.pk if region else 0]
        )
