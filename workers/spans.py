"""Days that papers cover: until when, without a gap, and when the next change comes. Arithmetic only."""

from collections.abc import Iterable
from datetime import date, timedelta

# A first and a last day, both covered; None as last: for ever.
Span = tuple[date, date | None]
_DAY = timedelta(days=1)


def covered_until(spans: Iterable[Span], day: date) -> date | None:
    """The last day up to which all days from `day` on are covered; date.max: for ever; None: not even it."""
    until: date | None = None
    for first, last in sorted(spans, key=lambda span: span[0]):
        if first > (until + _DAY if until else day):
            break
        end = last or date.max
        if end == date.max:
            return date.max
        if end >= day and (until is None or end > until):
            until = end
    return until


def changes_after(spans: Iterable[Span], day: date) -> list[date]:
    """The days after `day` on which a span begins or is over."""
    found = [first for first, _last in spans if first > day]
    return found + [last + _DAY for _first, last in spans if last and last != date.max and last + _DAY > day]
