"""How an applied correction enters a day: the text shared by both ways of concluding days."""

from collections.abc import Iterable

from attendance.models.corrections import FILLS, STRIKES

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
