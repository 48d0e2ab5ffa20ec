"""How an applied correction enters a day: what both ways of concluding share, and which days it asks for."""

from collections.abc import Iterable
from datetime import date

from attendance.models import Subject
from attendance.models.corrections import FILLS, STRIKES, State
from workers.models import Engagement

# Their times fill what no punch says: a real punch, however late it arrives, outweighs a claim. A struck
# day counts for nobody, whatever was punched, until a later correction fills it again. One request of a day
# is open at a time, so that ids stand in the order of the answers.
_IN_FORCE = """
    SELECT c.engagement_id, c.day, bool_and(c.is_strike) AS is_struck,
        (array_agg(c.in_at ORDER BY c.id DESC) FILTER (WHERE c.in_at IS NOT NULL))[1] AS in_at,
        (array_agg(c.out_at ORDER BY c.id DESC) FILTER (WHERE c.out_at IS NOT NULL))[1] AS out_at
    FROM (
        SELECT r.id, r.engagement_id, r.day, r.in_at, r.out_at, r.wrong IN ({strikes}) AS is_strike,
            max(r.id) FILTER (WHERE r.wrong IN ({strikes}))
                OVER (PARTITION BY r.engagement_id, r.day) AS struck
        FROM attendance_correctionrequest r
        JOIN {days} m ON m.engagement_id = r.engagement_id AND m.day = r.day
        WHERE r.state = 'applied' AND r.wrong IN ({kinds})
    ) c
    WHERE c.struck IS NULL OR c.id >= c.struck
    GROUP BY c.engagement_id, c.day
"""

# The columns of a day `s` of punches beside its correction `c`; either may be missing.
DAY = """
    coalesce(s.engagement_id, c.engagement_id) AS engagement_id, coalesce(s.day, c.day) AS day,
    least(s.first_at, coalesce(s.first_in_at, c.in_at), coalesce(s.last_out_at, c.out_at)) AS first_at,
    greatest(s.last_at, coalesce(s.first_in_at, c.in_at), coalesce(s.last_out_at, c.out_at)) AS last_at,
    coalesce(s.first_in_at, c.in_at) AS first_in_at, coalesce(s.last_out_at, c.out_at) AS last_out_at,
    coalesce(s.punches, 0) AS punches, (s.first_in_at IS NULL AND c.in_at IS NOT NULL)
        OR (s.last_out_at IS NULL AND c.out_at IS NOT NULL) AS is_corrected
"""


def in_force(days: str) -> str:
    """The applied corrections that hold for the engagements and days of a named part of the statement."""
    return _IN_FORCE.format(days=days, strikes=_listed(STRIKES), kinds=_listed((*FILLS, *STRIKES)))


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def corrected_days(engagement: Engagement) -> set[tuple[int, date]]:
    """The (subject, day) pairs of applied corrections; they are concluded even where no gate saw anybody."""
    applied = engagement.corrections.filter(state=State.APPLIED, wrong__in=(*FILLS, *STRIKES))
    days = {day for day in applied.values_list("day", flat=True) if day}
    return {(subject, day) for subject in _subjects(engagement) for day in days} if days else set()


def _subjects(engagement: Engagement) -> list[int]:
    """Under which identities the gates know a person; one that no gate has seen yet is entered."""
    person = engagement.person
    own = {"id_type": person.id_type, "id_index": bytes(person.id_index)}
    Subject.objects.get_or_create(**own, defaults={"id_number": person.id_number, "person": person})
    Subject.objects.filter(**own, person=None).update(person=person)
    return list(Subject.objects.filter(person=person).values_list("pk", flat=True))
