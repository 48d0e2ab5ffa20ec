"""How punches become a day: the parts that every way of concluding shares, so that all read alike.

All of it is a function of the set of punches, never of the order of their arrival:
- of a sequence that a device used with several times, the earliest counts and the others do not (I-08);
- passages of one person through one gate in one direction, each within `attendance.duplicate_seconds` of the
  one before, are one passage; the first and last instants are those at which the person was really seen.
Source: notice 一(八); invariants I-07 and I-08.
"""

from typing import Final

from attendance.rules import RULE_VERSION


def compose(statement: str, **parts: object) -> str:
    """A statement with its named parts: other statements of ours, never a value from outside."""
    return statement.format(**parts)


# A row `p` of attendance_punch is not one of a sequence's other times.
COUNTS: Final = """
    NOT EXISTS (SELECT 1 FROM attendance_sequenceclash c WHERE c.source = p.source AND c.token = p.token
        AND (c.counted_at, c.counted_project_id) <> (p.occurred_at, p.project_id))
"""

# Whether a passage begins one, among those with the same engagement, day, gate and direction.
STARTS: Final = """
    (occurred_at - lag(occurred_at) OVER (PARTITION BY engagement_id, day, channel, direction
        ORDER BY occurred_at) > gap) IS NOT FALSE AS starts
"""

# What a group of passages says of its day.
SEEN: Final = """
    min(occurred_at) AS first_at, max(occurred_at) AS last_at,
    min(occurred_at) FILTER (WHERE direction = 'in') AS first_in_at,
    max(occurred_at) FILTER (WHERE direction = 'out') AS last_out_at,
    count(*) FILTER (WHERE starts) AS punches
"""

# Writes `facts` down as days, over what stood there.
WRITE: Final = compose(
    """
    INSERT INTO attendance_attendanceday (engagement_id, day, first_at, last_at, first_in_at, last_out_at,
        punches, is_corrected, rule_version, computed_at)
    SELECT engagement_id, day, first_at, last_at, first_in_at, last_out_at, punches, is_corrected,
        {rule}, now()
    FROM facts WHERE first_at IS NOT NULL ORDER BY engagement_id, day
    ON CONFLICT (engagement_id, day) DO UPDATE SET first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at,
        first_in_at = EXCLUDED.first_in_at, last_out_at = EXCLUDED.last_out_at, punches = EXCLUDED.punches,
        is_corrected = EXCLUDED.is_corrected, rule_version = EXCLUDED.rule_version,
        computed_at = EXCLUDED.computed_at
""",
    rule=RULE_VERSION,
)
