"""Handing data out: whose key, which agreement, how much of the quota is left, what leaves, and the log.

All in one transaction: what cannot be logged does not leave.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from federation.gateway import questions
from federation.gateway.actor import PartnerActor
from federation.gateway.catalogue import COVERS, OBJECTS
from federation.gateway.errors import (
    BadQuestion,
    Expired,
    NoKey,
    NoSuchObject,
    NotShared,
    QuotaSpent,
    Suspended,
    TooOften,
    UnknownKey,
    Unserved,
    WhichAgreement,
    WrongAddress,
)
from federation.gateway.kinds import Field, Shared
from federation.gateway.narrowing import paths_of
from federation.gateway.policy import require_the_province
from federation.gateway.questions import Question
from federation.gateway.reading import page_of, rows_of
from federation.models import (
    AgreementVersion,
    GatewayLog,
    GatewayRefusal,
    GatewayUse,
    PartnerKey,
    SharingAgreement,
)
from federation.selectors.partners import in_force
from federation.services.partner_keys import digest_of
from kernel.errors import DomainError
from standards.selectors import parameter

_BEARER: Final = "Bearer "
_LONGEST_KEY: Final = 200


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it came: the header that says who, the object, the query, and from where."""

    authorization: str
    shared: str
    asked: Mapping[str, str]
    address: str


def key_of(call: Call, now: datetime) -> PartnerKey:
    """The key that a call is made with. Raises NoKey, UnknownKey, WrongAddress."""
    if not call.authorization.startswith(_BEARER):
        raise NoKey
    secret = call.authorization[len(_BEARER) :].strip()[:_LONGEST_KEY]
    found = _held_by(secret).select_related("partner").first()
    if found is None or not found.is_valid(now):
        raise UnknownKey
    if not found.allows(call.address):
        raise WrongAddress(call.address)
    return found


def _held_by(secret: str) -> QuerySet[PartnerKey]:
    """The key with this secret, whoever's it is: a call, answered or refused, says who it is by it alone."""
    keys = PartnerKey.objects.unscoped(because="a call says who it is by its key")
    return keys.filter(digest=digest_of(secret))


@transaction.atomic
def hand_out(*, call: Call, now: datetime | None = None) -> dict[str, Any]:
    """Answer a partner's call with what its agreement lets out, and put it on record.

    Raises OnlyTheProvince, and Unserved for every reason for which nothing leaves.
    Source: 鄂建文〔2019〕27号 二(四); 个人信息保护法 第二十三条.
    """
    require_the_province()
    now = now or timezone.now()
    key = key_of(call, now)
    shared = _object(call.shared)
    version = _agreed(key, shared, call.asked.get("agreement", ""), timezone.localdate(now))
    question, fields = _question(call.asked, shared, version, now)
    use = _counted(version, now)
    limit = min(question.limit, version.rows_per_day - use.rows)
    terms = version.terms[shared.key]
    actor = PartnerActor(key, version, paths_of(terms["filters"]))
    rows = rows_of(actor, shared, terms["filters"], question)
    page = page_of(rows, shared, fields, question, limit)
    _note(use, len(page.rows))
    GatewayLog.objects.create(
        at=now,
        partner=key.partner,
        key=key,
        version=version,
        shared=shared.key,
        fields=[one.key for one in fields],
        asked=question.noted,
        rows=len(page.rows),
        works=page.works,
        address=call.address[:45],
    )
    if page.rows and (numbers := [one.key for one in fields if one.needs_basis]):
        # The full numbers of people: each reading stands on the trail as well.
        record(
            actor,
            "federation.numbers_handed_out",
            version.agreement,
            place="",
            shared=shared.key,
            fields=numbers,
            rows=len(page.rows),
        )
    return _answer(version, shared, question, page, now)


def _answer(
    version: AgreementVersion, shared: Shared, question: Question, page: Any, now: datetime
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "agreement": version.agreement.number,
        "version": version.ordinal,
        "object": shared.key,
        "covers": COVERS,
        "as_of": timezone.localtime(now).isoformat(timespec="seconds"),
        "rows": page.rows,
        "more": page.has_more,
    }
    if page.has_more:
        return told | {"cursor": questions.cursor_of(question, shared, version.public_id, page.last)}
    overlap = timedelta(minutes=int(parameter("gateway.overlap_minutes")))
    since = timezone.localtime((question.begun or now) - overlap)
    return told | {"next_since": since.isoformat(timespec="seconds")}


def _object(name: str) -> Shared:
    if name not in OBJECTS:
        raise NoSuchObject(name, "、".join(OBJECTS))
    return OBJECTS[name]


def _agreed(key: PartnerKey, shared: Shared, number: str, today: date) -> AgreementVersion:
    """The version under which an object leaves. Raises NotShared, Suspended, Expired, WhichAgreement."""
    approved = AgreementVersion.objects.unscoped(
        because="the key was judged; its partner's agreements follow"
    )
    approved = approved.filter(state=AgreementVersion.State.APPROVED)
    held = SharingAgreement.objects.unscoped(because="the key was judged; its partner's agreements follow")
    rows = (
        held.filter(partner=key.partner).prefetch_related(Prefetch("versions", approved)).order_by("number")
    )
    if number:
        rows = rows.filter(number=number)
    found: list[AgreementVersion] = []
    why: Unserved | None = None
    for agreement in rows:
        version, reason = _holding(agreement, shared, today)
        why = why or reason
        if version is not None:
            found.append(version)
    if len(found) > 1:
        raise WhichAgreement("、".join(one.agreement.number for one in found))
    if not found:
        raise why or NotShared(shared.label, number)
    return found[0]


def _holding(
    agreement: SharingAgreement, shared: Shared, today: date
) -> tuple[AgreementVersion | None, Unserved | None]:
    """The version of an agreement that lets an object out today, or why none does (None: it never did)."""
    versions = list(agreement.versions.all())
    begun = [one for one in versions if one.valid_from <= today]
    newest = max(begun, key=lambda one: one.ordinal, default=None)
    if newest is None or shared.key not in newest.terms:
        return None, None
    if agreement.suspended_at:
        return None, Suspended(agreement.number)
    if in_force(versions, today) is None:
        return None, Expired(agreement.number, newest.valid_to)
    newest.agreement = agreement
    return newest, None


def _question(
    asked: Mapping[str, str], shared: Shared, version: AgreementVersion, now: datetime
) -> tuple[Question, list[Field]]:
    """What is asked and the fields that answer it: those agreed, or those of them that were named."""
    if cursor := asked.get("cursor", ""):
        question = questions.resumed(cursor, asked, shared, version.public_id)
    else:
        question = replace(questions.read(asked, shared), begun=now)
    agreed = version.terms[shared.key]["fields"]
    beyond = next((name for name in question.fields if name not in agreed), None)
    if beyond is not None:
        told = f"协议没有约定提供字段“{beyond[:40]}”，可用：{'、'.join(agreed)}。"
        raise BadQuestion(told, "fields")
    return question, shared.picked(question.fields or agreed)


def _counted(version: AgreementVersion, now: datetime) -> GatewayUse:
    """The agreement's use of today, locked, with this call counted. Raises TooOften, QuotaSpent."""
    today = timezone.localdate(now)
    of = GatewayUse.objects.unscoped(because="the quota is counted for whoever calls")
    of.get_or_create(agreement=version.agreement, day=today)
    use = of.select_for_update(of=("self",)).get(agreement=version.agreement, day=today)
    minute = now.replace(second=0, microsecond=0)
    if use.minute != minute:
        use.minute, use.calls_in_minute = minute, 0
    if use.calls_in_minute >= version.calls_per_minute:
        raise TooOften(version.calls_per_minute, 60 - now.second)
    if use.rows >= version.rows_per_day:
        raise QuotaSpent(version.rows_per_day, _until_midnight(now))
    use.calls_in_minute += 1
    use.calls += 1
    return use


def _note(use: GatewayUse, rows: int) -> None:
    use.rows += rows
    use.save()


def _until_midnight(now: datetime) -> int:
    local = timezone.localtime(now)
    midnight = datetime.combine(local.date() + timedelta(days=1), time.min, local.tzinfo)
    return int((midnight - local).total_seconds()) + 1


def note_turned_away(call: Call, refusal: DomainError, now: datetime) -> None:
    """Remember that a call got nothing, and why; those of one minute, caller and reason are one row.

    Of a caller without a known key the words are ours: else anybody could fill the list with his own.
    """
    secret = call.authorization.removeprefix(_BEARER).strip()[:_LONGEST_KEY]
    partner = _held_by(secret).values_list("partner", flat=True).first()
    shared = call.shared if call.shared in OBJECTS else ""
    is_told = partner is not None or isinstance(refusal, NoKey)
    sentence = refusal.message if is_told else _("密钥不明的调用，参数也不合要求。")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO federation_gatewayrefusal
                (minute, partner_id, shared, code, sentence, address, number, last_at)
            VALUES (%s, %s, %s, %s, %s, %s, 1, %s)
            ON CONFLICT (minute, partner_id, shared, code, sentence)
            DO UPDATE SET number = federation_gatewayrefusal.number + 1, last_at = excluded.last_at
            """,
            [
                now.replace(second=0, microsecond=0),
                partner,
                shared,
                refusal.code,
                sentence[:300],
                call.address[:45],
                now,
            ],
        )


def forget_handed_out(now: datetime) -> int:
    """Drop what was logged longer ago than `gateway.log_days` and `gateway.refusal_days`; how many rows."""
    logs = GatewayLog.objects.unscoped(because="retention concerns every partner's calls")
    oldest = now - timedelta(days=int(parameter("gateway.log_days")))
    gone, _ = logs.filter(at__lt=oldest).delete()
    refusals = GatewayRefusal.objects.unscoped(because="retention concerns every partner's calls")
    forgotten, _ = refusals.filter(
        last_at__lt=now - timedelta(days=int(parameter("gateway.refusal_days")))
    ).delete()
    return gone + forgotten
