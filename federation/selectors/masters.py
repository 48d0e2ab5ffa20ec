"""Reads of what was pulled from 四库一平台, and of the wishes to change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from federation.gateway.policy import is_the_province
from federation.masters.contract import LABELS, OBJECTS
from federation.masters.errors import NotTheProvince, NotTheWholeProvince
from federation.masters.kinds import FIELD_WORDS, FORMER_NAME_FIELDS, KIND_OF_ROW
from federation.models import (
    ChangeProposal,
    ManagerRegistration,
    MasterChange,
    MasterFeed,
    MasterPull,
    MasterRecord,
)
from kernel.errors import NotFound, NotPermitted
from kernel.scoping import Actor
from projects.master_facts import OWNED
from projects.models import Enterprise, Permit, Project, Source
from projects.provenance import ChangeLine, Manager, Provenance, Row
from regions.models import Region
from standards.selectors import code_name, parameter

VIEW, PULL, PROPOSE, ANSWER = "masters.view", "masters.pull", "masters.propose", "masters.answer"
SHOWN = 8
ROW_MODELS: dict[str, type[Row]] = {"enterprise": Enterprise, "project": Project, "permit": Permit}


@dataclass(frozen=True, slots=True)
class FeedStand:
    """Where one object stands: feed, its latest pulls, counts, and how late it is (green, amber, red)."""

    feed: MasterFeed
    label: str
    pull: MasterPull | None
    live: int
    withdrawn: int
    held: int
    level: str
    is_running: bool
    is_interrupted: bool

    @property
    def difference(self) -> int | None:
        """How many records the source has beyond ours; None before the first comparison."""
        there, here = self.feed.live_there, self.feed.live_here
        return None if there is None or here is None else there - here


def require_province(actor: Actor, permission: str) -> None:
    """The master's feeds are the whole province's, and its platform's.

    Raises NotTheProvince at any other node for whoever's post would allow it there, NotPermitted for whoever
    holds less than the province.
    """
    if actor.reach(permission).is_province_wide:
        return
    if not actor.may(permission):
        raise NotPermitted
    if not is_the_province():
        raise NotTheProvince
    raise NotTheWholeProvince


def feed_stands(actor: Actor, now: datetime) -> list[FeedStand]:
    """Every object in the order of pulling. Raises NotPermitted."""
    require_province(actor, VIEW)
    return stands(now)


def stands(now: datetime) -> list[FeedStand]:
    """The same for the node's own errands; three questions."""
    known = {feed.object: feed for feed in MasterFeed.objects.all()}
    pulls: dict[int, MasterPull] = {}
    for pull in MasterPull.objects.order_by("feed_id", "-began_at", "-pk").distinct("feed_id"):
        pulls[pull.feed_id] = pull
    living = Q(withdrawn_at=None)
    counts = {
        row["object"]: row
        for row in MasterRecord.objects.order_by()
        .values("object")
        .annotate(
            live=Count("pk", filter=living),
            ended=Count("pk", filter=~living),
            waiting=Count("pk", filter=~Q(held="")),
        )
    }
    nothing = {"live": 0, "ended": 0, "waiting": 0}
    return [
        _stand(known.get(name) or MasterFeed(object=name), pulls, counts.get(name, nothing), now)
        for name in OBJECTS
    ]


def _stand(
    feed: MasterFeed, pulls: Mapping[int, MasterPull], counts: Mapping[str, Any], now: datetime
) -> FeedStand:
    pull = pulls.get(feed.pk)
    is_open = pull is not None and pull.ended_at is None
    is_held = feed.holder is not None and feed.lease_until is not None and feed.lease_until > now
    return FeedStand(
        feed=feed,
        label=LABELS[feed.object],
        pull=pull,
        live=counts["live"],
        withdrawn=counts["ended"],
        held=counts["waiting"],
        level=lateness(feed, now),
        is_running=is_open and is_held,
        is_interrupted=is_open and not is_held,
    )


def lateness(feed: MasterFeed, now: datetime) -> str:
    """green, amber or red by the hours since the last pull that came to its end; never pulled is red."""
    if feed.succeeded_at is None:
        return "red"
    limits = parameter("masters.late_hours")
    for level in ("red", "amber"):
        if now - feed.succeeded_at >= timedelta(hours=limits[level]):
            return level
    return "green"


def feed_of(actor: Actor, name: str) -> MasterFeed:
    """One object's feed. Raises NotPermitted, NotFound."""
    require_province(actor, VIEW)
    found = MasterFeed.objects.filter(object=name).first()
    if found is None and name not in OBJECTS:
        raise NotFound
    return found or MasterFeed(object=name)


def pulls_of(actor: Actor, feed: MasterFeed) -> QuerySet[MasterPull]:
    """The pulls of an object, newest first. Raises NotPermitted."""
    require_province(actor, VIEW)
    return MasterPull.objects.filter(feed=feed.pk).order_by("-began_at", "-pk")


def master_records(actor: Actor, name: str = "") -> QuerySet[MasterRecord]:
    """The records of the source, of one object or all, by key; none for less than the province."""
    rows = MasterRecord.objects.filter(object=name) if name else MasterRecord.objects.all()
    rows = rows.order_by("object", "key", "pk")
    return rows if actor.reach(VIEW).is_province_wide else rows.none()


def master_record(actor: Actor, public_id: UUID) -> MasterRecord:
    """One record. Raises NotFound."""
    found = master_records(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def changes_of_record(actor: Actor, record: MasterRecord) -> QuerySet[MasterChange]:
    """What pulls changed of a record's row, newest first. Raises NotPermitted."""
    require_province(actor, VIEW)
    rows = MasterChange.objects.filter(row=record.row) if record.row else MasterChange.objects.none()
    return rows.order_by("-noted_at", "-pk")


def opens_page_of(actor: Actor, record: MasterRecord) -> str:
    """The name of the page on which a record's row is seen, "" where it has none within the actor's scope."""
    pages: dict[str, Any] = {"enterprises": Enterprise, "projects": Project}
    model = pages.get(record.object)
    is_seen = model and record.row and model.objects.visible_to(actor).filter(public_id=record.row).exists()
    return record.object.removesuffix("s") if is_seen else ""


def owned_row(actor: Actor, kind: str, public_id: UUID) -> Row:
    """A row whose fields the master owns, within the actor's scope. Raises NotFound."""
    model = ROW_MODELS.get(kind)
    if model is None:
        raise NotFound
    rows: QuerySet[Any] = model.objects.visible_to(actor).filter(public_id=public_id, source=Source.MASTER)
    found = rows.first()
    if found is None:
        raise NotFound
    row: Row = found
    return row


def history_of(actor: Actor, kind: str, public_id: UUID) -> list[ChangeLine]:
    """All changes of a row within scope, newest first. Raises NotFound."""
    row = owned_row(actor, kind, public_id)
    return _lines(MasterChange.objects.filter(row=row.public_id))


def proposals(actor: Actor) -> QuerySet[ChangeProposal]:
    """The wishes to change master fields within scope, newest first; those that wait before the others."""
    rows = ChangeProposal.objects.visible_to(actor).select_related("region", "project")
    return rows.order_by("-asked_at", "-pk")


def proposal(actor: Actor, public_id: UUID) -> ChangeProposal:
    """One wish. Raises NotFound outside the actor's scope."""
    found = proposals(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def proposals_waiting(actor: Actor) -> QuerySet[ChangeProposal]:
    """The wishes that the province has to answer, longest waiting first; none for whoever does not answer."""
    asked = ChangeProposal.State.ASKED
    rows = ChangeProposal.objects.visible_to(actor, ANSWER).filter(owner="", state=asked)
    if not actor.reach(ANSWER).is_province_wide:
        return rows.none()
    return rows.order_by("asked_at", "pk")


def proposals_about(actor: Actor, row: Row) -> QuerySet[ChangeProposal]:
    """The wishes about one row, within scope, newest first."""
    return proposals(actor).filter(row=row.public_id)


def may_propose(actor: Actor, row: Row) -> bool:
    """Whether the actor may wish for a change of this row."""
    if row.source != Source.MASTER or not actor.may(PROPOSE):
        return False
    rows: QuerySet[Any] = type(row).objects.visible_to(actor, PROPOSE)
    return rows.filter(pk=row.pk).exists()


def place_of_wish(actor: Actor, row: Row) -> tuple[Region, Project | None] | None:
    """Where a wish belongs: the site it concerns or through which the actor sees the firm, or the office."""
    if isinstance(row, Project):
        return row.region, row
    if isinstance(row, Permit):
        return row.project.region, row.project
    reach = actor.reach(PROPOSE)
    if reach.region_paths:
        office = Region.objects.filter(path__in=reach.region_paths).order_by("path").first()
        return (office, None) if office else None
    works = Project.objects.visible_to(actor, PROPOSE).filter(participations__enterprise=row)
    site = works.select_related("region").order_by("code").first()
    return (site.region, site) if site else None


def present_value(row: Row, field: str) -> str:
    """What a field says now, as history writes it."""
    value = getattr(row, field)
    return "" if value is None else str(value)


def fields_of(kind: str) -> dict[str, str]:
    """The fields that the master owns of a kind of row, with their labels."""
    return OWNED.get(kind, {})


def provenance(row: Row) -> Provenance | None:
    """Where a master's row comes from and what changed of it; the row was judged before. Two questions."""
    records = MasterRecord.objects.filter(row=row.public_id)
    record = records.filter(held="").order_by("-withdrawn_at", "-changed_at").first()
    if record is None:
        return None
    changes = list(MasterChange.objects.filter(row=row.public_id).order_by("-noted_at", "-pk"))
    former = [
        change.before
        for change in changes
        if change.field in FORMER_NAME_FIELDS and change.before not in ("", getattr(row, "name", ""))
    ]
    return Provenance(
        source_id=record.source_id,
        source_version=record.source_version,
        fetched_at=record.fetched_at,
        withdrawn_at=record.withdrawn_at,
        changes=_lines(changes[:SHOWN]),
        former_names=list(dict.fromkeys(former)),
        number_of_changes=len(changes),
    )


def once_named(kind: str, words: str) -> Any:
    """The public ids of rows that once bore a name with these words in it, as a subquery."""
    rows = MasterChange.objects.filter(
        object=kind, field__in=FORMER_NAME_FIELDS, before__icontains=words
    ).exclude(before="")
    return rows.values("row")


def managers(actor: Actor, enterprise: Enterprise) -> list[Manager]:
    """The registered managers of an enterprise within scope whose registration stands."""
    rows = ManagerRegistration.objects.visible_to(actor).filter(enterprise=enterprise, withdrawn_at=None)
    return [
        Manager(
            row.name, code_name("key_post", row.post), row.number, row.speciality, row.grade, row.valid_to
        )
        for row in rows.order_by("post", "number")[:200]
    ]


def manager_registrations(actor: Actor) -> QuerySet[ManagerRegistration]:
    """Managers' registrations of the enterprises within scope, by enterprise."""
    rows = ManagerRegistration.objects.visible_to(actor).select_related("enterprise", "project")
    return rows.order_by("enterprise__uscc", "number")


def field_in_words(kind: str, field: str) -> str:
    """A field's label."""
    return OWNED.get(kind, {}).get(field) or FIELD_WORDS.get(field, field)


def row_title(kind: str) -> str:
    """企业, 项目, 施工许可证 …"""
    known = KIND_OF_ROW.get(kind)
    return known.title if known else kind


def _lines(changes: QuerySet[MasterChange] | Sequence[MasterChange]) -> list[ChangeLine]:
    return [
        ChangeLine(
            change.changed_at, field_in_words(change.object, change.field), change.before, change.after
        )
        for change in changes
    ]
