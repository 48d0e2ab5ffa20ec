"""Who of the demo world was checked, approved and settled: whoever had papers, but for the newest."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from django.db import connection

from attendance.demo.people import Worker
from workers.models import (
    CollectionPoint,
    Engagement,
    EntryReview,
    IdentityCheck,
    Presence,
    Settlement,
)

_BY = "演示数据"
_BATCH = 1_000
_OF_CARD = ("name", "id_number", "sex", "born_on", "nation", "address", "issuing_authority")
_READER = {"vendor": "示例", "model": "R-200", "serial": "DEMO-R-1", "bridge": "1"}
# Whoever came in the last days waits for approval, and a few who left wait for their wages.
_NEW = timedelta(days=3)
_UNSETTLED_SHARE = 0.04


def write_permissions(
    seed: int,
    day: date,
    everybody: Iterable[Worker],
    engagements: dict[UUID, Engagement],
    presences: dict[UUID, Presence],
    points: dict[int, CollectionPoint],
) -> None:
    """Identity checks, reviews and settlements of everybody, as of `day`."""
    rng = Random(f"{seed}/permissions")
    checks, reviews, settlements = [], [], []
    for one in everybody:
        engagement = engagements[one.engagement_id]
        if one.papers.contracts and one.papers.trainings:
            checks.append(_check(engagement, one, points[engagement.project_id]))
            reviews.append(_review(engagement, one, day))
        if one.exited_on is not None and rng.random() >= _UNSETTLED_SHARE:
            settlements.append(_settlement(presences[one.engagement_id], one))
    IdentityCheck.objects.bulk_create(checks, batch_size=_BATCH)
    EntryReview.objects.bulk_create(reviews, batch_size=_BATCH)
    Settlement.objects.bulk_create(settlements, batch_size=_BATCH)
    _date_reviews()


def _morning(day: date) -> datetime:
    """Seven o'clock on the site."""
    return datetime.combine(day, time(7), UTC) - timedelta(hours=8)


def _check(engagement: Engagement, one: Worker, point: CollectionPoint) -> IdentityCheck:
    return IdentityCheck(
        engagement=engagement,
        method="chip",
        result="match",
        checked_at=_morning(one.entered_on),
        checked_by=_BY,
        attested_uscc=engagement.participation.enterprise.uscc,
        strengths=dict.fromkeys(_OF_CARD, "chip"),
        reader=_READER,
        point=point,
    )


def _review(engagement: Engagement, one: Worker, day: date) -> EntryReview:
    row = EntryReview(
        public_id=UUID(int=one.engagement_id.int + 5),
        engagement=engagement,
        submitted_by_key="demo-clerk",
        submitted_by=_BY,
        ended_at=_morning(one.exited_on) if one.exited_on else None,
    )
    if one.entered_on <= day - _NEW or one.exited_on:
        row.outcome = EntryReview.Outcome.APPROVED
        row.decided_at, row.decided_by_key, row.decided_by = _morning(one.entered_on), "demo-manager", _BY
        row.snapshot = {"day": one.entered_on.isoformat(), "identity": {"method": "chip"}}
    return row


def _settlement(presence: Presence, one: Worker) -> Settlement:
    return Settlement(
        public_id=UUID(int=one.engagement_id.int + 6),
        presence=presence,
        outcome=Settlement.Outcome.SETTLED,
        confirmed_by=_BY,
    )


def _date_reviews() -> None:
    """A review bears the morning of the entry, not the minute this world was written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workers_entryreview r"
            " SET created_at = (first.day + time '06:30') AT TIME ZONE 'Asia/Shanghai'"
            " FROM (SELECT engagement_id, min(entered_on) AS day FROM workers_presence GROUP BY 1) first"
            " WHERE first.engagement_id = r.engagement_id"
        )
