"""Reads of the vendors' access and of what they sent."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from attendance.models import PunchReceipt
from federation import receipt_lines
from federation.actors import CredentialActor
from federation.models import (
    AcceptedRequest,
    AnsweredQuery,
    ConformanceRun,
    Credential,
    RefusedCall,
    Sandbox,
)
from federation.watched import POLLED, QUERY, RECEIPT, TURNED_AWAY, WRITE, Seen
from kernel.errors import NotFound
from kernel.masking import redact
from kernel.scoping import Actor
from kernel.text import shortened

VALID_SECRETS = 2
SEEN, MANAGED = "federation.view_credentials", "federation.manage_credentials"
RECEIPTS_SHOWN = timedelta(days=2)
DONE, FAILED, PENDING, ANSWERED, REFUSED = "done", "failed", "pending", "answered", "refused"
# How results begin that the platform itself is to blame for.
OUR_FAULTS = "Internal Error"
# A self-test looks no further than this into the calls of its sandbox.
MOST_WATCHED, LONGEST_SAID = 2000, 300
CALLS = "federation.view_requests"
VERDICT_OF = {
    AcceptedRequest.State.DONE: DONE,
    AcceptedRequest.State.FAILED: FAILED,
    AcceptedRequest.State.PENDING: PENDING,
}


def secrets_of(appids: Collection[str], now: datetime) -> dict[str, list[Credential]]:
    """By appid the secrets under which a call may be signed, newest first; unknown appids are missing."""
    every = Credential.objects.unscoped(because="a call names its appid before anybody is recognised")
    rows = (
        every.filter(Q(valid_until=None) | Q(valid_until__gt=now), appid__in=appids, revoked_at=None)
        .select_related("project__region", "enterprise")
        .order_by("-id")
    )
    found: dict[str, list[Credential]] = {}
    for row in rows:
        held = found.setdefault(row.appid, [])
        if len(held) < VALID_SECRETS:
            held.append(row)
    return found


def valid_credentials(appid: str, now: datetime) -> list[Credential]:
    """The secrets under which a call of this appid may be signed, newest first; none if it is unknown."""
    return secrets_of([appid], now).get(appid, [])


def signer(appid: str, key: int, now: datetime) -> CredentialActor:
    """The system behind a secret that has proved a signature. Raises NotFound where it has just ended."""
    for credential in valid_credentials(appid, now):
        if credential.pk == key:
            return CredentialActor(credential)
    raise NotFound


def punch_receipt(actor: Actor, public_id: UUID) -> PunchReceipt:
    """What became of one call of the punch interface. A system sees its own calls only. Raises NotFound."""
    rows = PunchReceipt.objects.visible_to(actor, "attendance.view").filter(public_id=public_id)
    if isinstance(actor, CredentialActor):
        rows = rows.filter(appid=actor.credential.appid)
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def accepted_requests(actor: Actor) -> QuerySet[AcceptedRequest]:
    """The writes of the actor's projects, oldest first."""
    return AcceptedRequest.objects.visible_to(actor).order_by("id")


def calls_of_last_minute(appid: str, now: datetime) -> int:
    """How often an appid called in the minute before `now`; polling for results is not counted."""
    since = now - timedelta(minutes=1)
    writes = AcceptedRequest.objects.unscoped(because="counts one appid's own calls for the rate limit")
    queries = AnsweredQuery.objects.filter(appid=appid, answered_at__gt=since, is_poll=False)
    return writes.filter(appid=appid, accepted_at__gt=since).count() + queries.count()


def accepted_before(appid: str, timestamp: str, nonce: str) -> AcceptedRequest | None:
    """The write that already used this timestamp and nonce."""
    requests = AcceptedRequest.objects.unscoped(because="one appid's own replay is told its serial code")
    return requests.filter(appid=appid, timestamp=timestamp, nonce=nonce).first()


def credentials(actor: Actor) -> QuerySet[Credential]:
    """The vendors' access to the actor's projects, newest first, with the instant of the last call.

    Calls are counted by appid, from the issue of each secret on: earlier ones were made with another.
    """
    writes = AcceptedRequest.objects.visible_to(actor, SEEN).filter(
        appid=OuterRef("appid"), accepted_at__gte=OuterRef("created_at")
    )
    queries = AnsweredQuery.objects.filter(appid=OuterRef("appid"), answered_at__gte=OuterRef("created_at"))
    return (
        Credential.objects.visible_to(actor, SEEN)
        .select_related("project__region", "enterprise")
        .annotate(
            of_name=Coalesce("project__name", "enterprise__name"),
            last_call_at=Greatest(
                Subquery(writes.order_by("-accepted_at").values("accepted_at")[:1]),
                Subquery(queries.order_by("-answered_at").values("answered_at")[:1]),
            ),
        )
        .order_by("-created_at", "-pk")
    )


def credential(actor: Actor, public_id: UUID) -> Credential:
    """One access. Raises NotFound outside the actor's scope."""
    found = credentials(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def may_issue_to_enterprises(actor: Actor) -> bool:
    """Whether the actor gives secrets to enterprises, whose projects may lie anywhere in the province."""
    return actor.reach(MANAGED).is_province_wide


def may_manage(actor: Actor, of: Credential) -> bool:
    """Whether the actor issues, rotates and revokes here, beyond looking."""
    return Credential.objects.visible_to(actor, MANAGED).filter(pk=of.pk).exists()


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call as its reader sees it. `verdict`: done, failed, pending, answered or refused.

    `serial` names a write that was accepted; `number` counts refusals of one kind within a minute. `receipt`
    names a call of the punch interface, `rows` says of each of its rows that does not count why not.
    """

    at: datetime
    method: str
    verdict: str
    sentence: str
    serial: str = ""
    number: int = 1
    address: str = ""
    receipt: str = ""
    rows: tuple[str, ...] = ()


def calls_of(actor: Actor, of: Credential, most: int = 50) -> list[CallLine]:
    """The last calls under the appid of an access, newest first; numbers in sentences are masked."""
    writes = AcceptedRequest.objects.visible_to(actor, SEEN).filter(appid=of.appid)
    refused = RefusedCall.objects.visible_to(actor, SEEN).filter(appid=of.appid)
    queries = AnsweredQuery.objects.filter(appid=of.appid, is_poll=False)
    found = [
        *_writes(writes.order_by("-accepted_at", "-pk")[:most]),
        *_queries(queries.order_by("-answered_at", "-pk")[:most]),
        *_refusals(refused.order_by("-last_at", "-pk")[:most]),
        *_receipts(_receipts_of(actor, of.appid)[:most]),
    ]
    return sorted(found, key=lambda line: line.at, reverse=True)[:most]


def _receipts_of(actor: Actor, appid: str) -> QuerySet[PunchReceipt]:
    """The calls of the punch interface of an appid, newest first, of its last days."""
    since = int((timezone.now() - RECEIPTS_SHOWN).timestamp())
    rows = PunchReceipt.objects.visible_to(actor, SEEN).filter(appid=appid, timestamp__gte=since)
    return rows.order_by("-timestamp", "-accepted_at", "-pk")


def _receipts(rows: QuerySet[PunchReceipt]) -> Iterator[CallLine]:
    for row in rows:
        verdict = PENDING if row.settled_at is None else DONE if receipt_lines.is_all_well(row) else FAILED
        yield CallLine(
            row.accepted_at,
            "POST /api/v1/punches/",
            verdict,
            receipt_lines.summed_up(row),
            receipt=str(row.public_id),
            rows=receipt_lines.each_row(row),
        )


def _writes(rows: QuerySet[AcceptedRequest]) -> Iterator[CallLine]:
    for row in rows.defer("body"):
        verdict = VERDICT_OF[AcceptedRequest.State(row.state)]
        said = redact(row.result) if verdict == FAILED else ""
        yield CallLine(row.accepted_at, row.method, verdict, said, row.serial)


def _queries(rows: QuerySet[AnsweredQuery]) -> Iterator[CallLine]:
    for row in rows:
        yield CallLine(row.answered_at, row.method, ANSWERED, "")


def _refusals(rows: QuerySet[RefusedCall]) -> Iterator[CallLine]:
    for row in rows:
        yield CallLine(row.last_at, row.method, REFUSED, row.sentence, number=row.number, address=row.address)


def request_of(actor: Actor, serial: str) -> AcceptedRequest:
    """One accepted write. Raises NotFound outside the actor's scope."""
    rows = AcceptedRequest.objects.visible_to(actor, SEEN).select_related("project__region", "credential")
    found = rows.filter(serial=serial).first()
    if found is None:
        raise NotFound
    return found


def sees_workers_of(actor: Actor, request: AcceptedRequest) -> bool:
    """Whether the actor reads workers where this write was sent, beyond its verdict."""
    return AcceptedRequest.objects.visible_to(actor, "workers.view").filter(pk=request.pk).exists()


@dataclass(frozen=True, slots=True)
class Backlog:
    """Accepted writes that wait or failed of our own fault: how many, and since when the oldest."""

    waiting: int
    oldest_waiting: datetime | None
    at_fault: int
    oldest_at_fault: datetime | None


def backlog(actor: Actor, since: datetime) -> Backlog:
    """What of the accepted writes of the actor's projects is not settled, and whose faults are ours."""
    pending = Q(state=AcceptedRequest.State.PENDING)
    ours = at_fault() & Q(finished_at__gte=since)
    found = AcceptedRequest.objects.visible_to(actor, MANAGED).aggregate(
        waiting=Count("pk", filter=pending),
        oldest_waiting=Min("accepted_at", filter=pending),
        at_fault=Count("pk", filter=ours),
        oldest_at_fault=Min("finished_at", filter=ours),
    )
    return Backlog(**found)


def at_fault() -> Q:
    """Writes that failed because of the platform, not of what the vendor sent."""
    return Q(state=AcceptedRequest.State.FAILED, result__startswith=OUR_FAULTS)


def failed_requests(actor: Actor, since: datetime) -> QuerySet[AcceptedRequest]:
    """The writes that failed because of the platform and may be carried out again, oldest first."""
    rows = AcceptedRequest.objects.visible_to(actor, MANAGED).filter(at_fault(), finished_at__gte=since)
    return rows.select_related("project").defer("body").order_by("finished_at", "pk")


def calls_of_run(run: ConformanceRun) -> list[Seen]:
    """What a vendor's client has called since its self-test began, numbers in sentences masked.

    Read as the sandbox's own system would: it reaches its practice project and nothing else.
    """
    found: list[Seen] = []
    for credential in valid_credentials(run.appid, run.begun_at)[:1]:
        actor, window = CredentialActor(credential), (run.begun_at, run.ends_at)
        writes = AcceptedRequest.objects.visible_to(actor, CALLS).filter(accepted_at__range=window)
        refused = RefusedCall.objects.visible_to(actor, CALLS).filter(last_at__range=window)
        receipts = PunchReceipt.objects.visible_to(actor, CALLS).filter(accepted_at__range=window)
        queries = AnsweredQuery.objects.filter(appid=run.appid, answered_at__range=window)
        found += [_seen_write(row) for row in writes.defer("body").order_by("id")[:MOST_WATCHED]]
        found += [_seen_query(row) for row in queries.order_by("id")[:MOST_WATCHED]]
        found += [_seen_refusal(row) for row in refused.order_by("id")[:MOST_WATCHED]]
        found += [_seen_receipt(row) for row in receipts.order_by("accepted_at")[:MOST_WATCHED]]
    return found


def _seen_query(row: AnsweredQuery) -> Seen:
    kind = POLLED if row.is_poll else QUERY
    return Seen(row.answered_at, row.method, kind, page_index=row.page_index)


def _seen_refusal(row: RefusedCall) -> Seen:
    return Seen(row.last_at, row.method, TURNED_AWAY, said=f"{row.code} {row.sentence}")


def _seen_receipt(row: PunchReceipt) -> Seen:
    return Seen(row.accepted_at, "POST /api/v1/punches/", RECEIPT, said=f"收下 {row.accepted} 条")


def _seen_write(row: AcceptedRequest) -> Seen:
    said = shortened(redact(row.result), LONGEST_SAID)
    return Seen(row.accepted_at, row.method, WRITE, row.state, said)


def sandbox_of(public_id: UUID) -> Sandbox | None:
    """One sandbox; whoever may see its secret is judged by the session that opened it."""
    return Sandbox.objects.filter(public_id=public_id).first()


def conformance_runs() -> QuerySet[ConformanceRun]:
    """Every self-test, newest first. Results are public."""
    return ConformanceRun.objects.order_by("-begun_at", "-id")


def conformance_run(public_id: UUID) -> ConformanceRun:
    """One self-test. Raises NotFound."""
    found = ConformanceRun.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
