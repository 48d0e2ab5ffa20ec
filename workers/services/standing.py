"""Where engagements stand, read at once for many: the facts that every move of the roster judges by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from projects.models import Project
from standards.selectors import parameter
from workers import states
from workers.entry import facts_of_entry, with_entry
from workers.errors import EngagementEnded
from workers.models import (
    Engagement,
    EntryReview,
    KeyPostAssignment,
    Person,
    Presence,
    Settlement,
    TemporaryLeave,
)
from workers.selectors import contracted_on, trained_on, verified_on


@dataclass(slots=True)
class Standing:
    """An engagement with its last presence, the last leave and settlement of that, its review, its posts."""

    engagement: Engagement
    presence: Presence | None = None
    leave: TemporaryLeave | None = None
    settlement: Settlement | None = None
    review: EntryReview | None = None
    posts: list[KeyPostAssignment] = field(default_factory=list)

    @property
    def open_presence(self) -> Presence | None:
        """The presence that goes on, if any."""
        return self.presence if self.presence and self.presence.exited_on is None else None

    @property
    def open_leave(self) -> TemporaryLeave | None:
        """The temporary leave that goes on within an open presence, if any."""
        is_open = self.open_presence and self.leave and self.leave.returned_on is None
        return self.leave if is_open else None

    @property
    def facts(self) -> states.Facts:
        """The same facts as workers.states reads them."""
        row = self.engagement
        return states.Facts(
            is_verified=row.is_verified,  # type: ignore[attr-defined]  # annotated by _fresh
            has_contract=row.has_contract,  # type: ignore[attr-defined]
            is_trained=row.is_trained,  # type: ignore[attr-defined]
            review=states.Review(self.review.outcome if self.review else ""),
            is_present=self.open_presence is not None,
            is_away=self.open_leave is not None,
            has_left=self.presence is not None and self.presence.exited_on is not None,
            is_settled=self.settlement is not None,
            is_ended=row.ended_at is not None,
            **facts_of_entry(row),
        )

    def require_active(self) -> None:
        """Raises EngagementEnded."""
        if self.engagement.ended_at is not None:
            raise EngagementEnded


def site_day(project: Project | None = None) -> date:
    """The attendance day that runs on a site, by which every move is dated; without one, the province's.

    A night shift's day began the evening before, so until the cut the calendar is a day ahead of it.
    """
    cutoff = timedelta(hours=parameter("attendance.day_cutoff_hour", project.region if project else None))
    return timezone.localdate(timezone.now() - cutoff)


def lock_people(engagements: Sequence[Engagement]) -> None:
    """Hold these people's rows, always in one order: presence is judged across all of a person's sites."""
    people = sorted({engagement.person_id for engagement in engagements})
    list(Person.all_rows.select_for_update(of=("self",)).filter(pk__in=people).order_by("pk").values("pk"))


def standings(engagements: Sequence[Engagement], day: date) -> list[Standing]:
    """Where each engagement stands on `day`, in the order given; six questions however many there are."""
    keys = [engagement.pk for engagement in engagements]
    rows = _fresh(keys, day)
    presences = {
        row.engagement_id: row
        for row in Presence.all_rows.filter(engagement__in=keys)
        .order_by("engagement_id", "-entered_on", "-pk")
        .distinct("engagement_id")
    }
    last = [row.pk for row in presences.values()]
    leaves = {
        row.presence_id: row
        for row in TemporaryLeave.all_rows.filter(presence__in=last)
        .order_by("presence_id", "-left_on", "-pk")
        .distinct("presence_id")
    }
    settlements = {row.presence_id: row for row in Settlement.all_rows.filter(presence__in=last)}
    reviews = {row.engagement_id: row for row in _in_force(keys)}
    posts = _posts(rows)
    found = []
    for key in keys:
        presence = presences.get(key)
        of_it = presence.pk if presence else 0
        of_presence = (presence, leaves.get(of_it), settlements.get(of_it))
        found.append(Standing(rows[key], *of_presence, reviews.get(key), posts.get(key, [])))
    return found


def _posts(engagements: dict[int, Engagement]) -> dict[int, list[KeyPostAssignment]]:
    """The key posts that each was given, past ones too."""
    found: dict[int, list[KeyPostAssignment]] = {}
    for row in KeyPostAssignment.all_rows.filter(engagement__in=engagements).order_by("starts_on", "pk"):
        row.engagement = engagements[row.engagement_id]
        found.setdefault(row.engagement_id, []).append(row)
    return found


def _fresh(keys: list[int], day: date) -> dict[int, Engagement]:
    rows = with_entry(Engagement.all_rows.filter(pk__in=keys), day).select_related(
        "person", "project__region", "project__contractor", "team", "participation__enterprise"
    )
    known = rows.defer("phone", "address", "card_number", "card_index").annotate(
        is_verified=verified_on(day), has_contract=contracted_on(day), is_trained=trained_on(day)
    )
    return {row.pk: row for row in known}


def _in_force(keys: list[int]) -> list[EntryReview]:
    asked = EntryReview.all_rows.filter(engagement__in=keys, ended_at=None)
    return list(asked.filter(outcome__in=(EntryReview.Outcome.PENDING, EntryReview.Outcome.APPROVED)))
