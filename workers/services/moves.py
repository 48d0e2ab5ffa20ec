"""The moves of a site's roster: how each is judged and what it writes. The roster carries them out.

A move raises a DomainError when it cannot be done for one person, before anything is written.
Source: product 5.3 S1; ground decisions, "Presence and permission".
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _

from kernel.permits import require
from kernel.scoping import Actor
from projects.errors import ProjectFinished, TeamEnded
from projects.models import Team
from workers import states
from workers.errors import (
    AlreadyOnSite,
    BadDate,
    NotOnLeave,
    NotOnSite,
    OnLeave,
    OtherParticipation,
    SameTeam,
)
from workers.models import Engagement, Presence, TemporaryLeave
from workers.services.standing import Standing

PRESENCE_CHANGED = "workers.presence_changed.v1"
SHORTEST_REASON = 4


@dataclass(frozen=True, slots=True)
class Trace:
    """What a move leaves behind: facts for its history, and from which day on presence is another."""

    facts: dict[str, Any]
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One act on the roster, the same for one person and for many. `on` is the day it happened."""

    act: ClassVar[str]
    action: ClassVar[str]
    event: ClassVar[str] = PRESENCE_CHANGED
    permission: ClassVar[str] = "workers.enter"

    on: date
    today: date
    reason: str = ""

    def judge(self, standing: Standing, actor: Actor) -> None:
        """Refuse what cannot be done for this one. Raises DomainError."""
        raise NotImplementedError

    def write(self, standing: Standing, actor: Actor) -> Trace:
        """Do it; judged before, in the same transaction."""
        raise NotImplementedError

    def consequence(self, standing: Standing) -> str:
        """What else it brings about for this one, said before it is done."""
        return ""

    def not_before(self, day: date | None, words: str) -> None:
        """Refuse a day in the future, or before `day`; `words` says what happened on that one.

        Raises BadDate.
        """
        if self.on > self.today:
            text = _("日期 {day} 晚于今天，请填写实际发生的日期。").format(day=self.on)
            raise BadDate(text, field="date", code="in_future")
        if day is not None and self.on < day:
            raise BadDate(words.format(day=day), field="date", code="before_last")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter(Move):
    """进场: reported presence begins, whatever is still missing; a conflict elsewhere is marked (I-04)."""

    act = states.Act.ENTER
    action = "workers.entered"

    voucher: str = ""

    def judge(self, standing: Standing, actor: Actor) -> None:
        if not standing.engagement.project.is_open:
            raise ProjectFinished
        standing.require_active()
        if standing.open_leave:
            raise OnLeave(standing.open_leave.left_on)
        if standing.open_presence:
            raise AlreadyOnSite(standing.open_presence.entered_on)
        last = standing.presence.exited_on if standing.presence else None
        self.not_before(last, _("进场日期不能早于上次退场日期 {day}。"))

    def write(self, standing: Standing, actor: Actor) -> Trace:
        engagement = standing.engagement
        is_conflict = is_elsewhere(engagement.person_id, self.on)
        standing.presence = self.presence_of(engagement, actor, is_conflict=is_conflict)
        standing.presence.save()
        standing.leave = standing.settlement = None
        return Trace({"voucher": bool(self.voucher)}, self.on)

    def presence_of(self, engagement: Engagement, actor: Actor, *, is_conflict: bool) -> Presence:
        """The presence that begins; the caller saves."""
        return Presence(
            engagement=engagement,
            person_id=engagement.person_id,
            entered_on=self.on,
            is_conflict=is_conflict,
            entry_voucher=self.voucher,
            entered_by=actor.label,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveTemporarily(Move):
    """暂退场: away for a time, presence goes on, nobody expects the person."""

    act = states.Act.LEAVE_TEMPORARILY
    action = "workers.left_temporarily"

    def judge(self, standing: Standing, actor: Actor) -> None:
        if standing.open_leave:
            raise OnLeave(standing.open_leave.left_on)
        if not standing.open_presence:
            raise NotOnSite("暂退场")
        self.not_before(standing.open_presence.entered_on, _("暂退场日期不能早于进场日期 {day}。"))
        returned = standing.leave.returned_on if standing.leave else None
        self.not_before(returned, _("暂退场日期不能早于上次返场日期 {day}。"))

    def write(self, standing: Standing, actor: Actor) -> Trace:
        presence = standing.presence
        assert presence is not None  # noqa: S101  # judged before
        standing.leave = TemporaryLeave.objects.create(presence=presence, left_on=self.on, reason=self.reason)
        return Trace({}, self.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Move):
    """返场: back from a temporary leave. Papers that lapsed meanwhile suspend the person, not the return."""

    act = states.Act.RETURN
    action = "workers.returned"

    def judge(self, standing: Standing, actor: Actor) -> None:
        if not standing.open_leave:
            raise NotOnLeave
        self.not_before(standing.open_leave.left_on, _("返场日期不能早于暂退场日期 {day}。"))

    def write(self, standing: Standing, actor: Actor) -> Trace:
        leave = standing.leave
        assert leave is not None  # noqa: S101  # judged before
        leave.returned_on = self.on
        leave.version += 1
        leave.save(update_fields=["returned_on", "version", "updated_at"])
        return Trace({"left_on": leave.left_on.isoformat()}, leave.left_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTeam(Move):
    """调班组: another team of the same participation; the engagement goes on.

    Without a team it judges only whether the person could be moved to another.
    """

    act = "change_team"
    action = "workers.team_changed"
    event = "workers.team_changed.v1"

    team: Team | None

    def judge(self, standing: Standing, actor: Actor) -> None:
        standing.require_active()
        if self.team is None:
            return
        own = standing.engagement
        if self.team.participation_id != own.participation_id:
            # Another firm's name is told to those only who see its team.
            require(actor, "projects.view", on=self.team)
            raise OtherParticipation(
                own=own.participation.enterprise.name, other=self.team.participation.enterprise.name
            )
        if self.team.pk == own.team_id:
            raise SameTeam
        if self.team.exited_on is not None:
            raise TeamEnded(self.team.exited_on)
        self.not_before(None, "")

    def write(self, standing: Standing, actor: Actor) -> Trace:
        row = standing.engagement
        before = row.team
        assert self.team is not None  # noqa: S101  # every form and serializer asks for it
        # Who led the old team does not lead the new one by being moved there.
        row.team, row.is_team_leader = self.team, False
        row.version += 1
        row.save(update_fields=["team", "is_team_leader", "version", "updated_at"])
        return Trace({"from": str(before.public_id), "to": str(self.team.public_id)})


def is_elsewhere(person: int, begins: date, ends: date | None = None, but: int = 0) -> bool:
    """Whether a clean presence of the person, other than `but`, overlaps these days (I-04)."""
    others = Presence.all_rows.filter(Q(exited_on=None) | Q(exited_on__gt=begins), person_id=person)
    if ends is not None:
        others = others.filter(entered_on__lt=ends)
    return others.filter(is_conflict=False).exclude(pk=but).exists()
