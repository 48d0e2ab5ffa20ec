"""S1 walked at random over real rows: no state and no edge that workers.states does not have.

Three people of one team, two clerks and a manager; every act may be tried at any time, and most are refused.
"""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kernel.errors import DomainError
from kernel.scoping import Reach
from outbox.models import OutboxEvent
from tests.support import people, records
from tests.support.actors import Holder
from workers import states
from workers.models import (
    Contract,
    Engagement,
    EngagementEvent,
    EntryReview,
    IdentityCheck,
    Presence,
    Settlement,
    TemporaryLeave,
    Training,
)
from workers.selectors import engagements, facts_of, with_state_on
from workers.services import (
    Approve,
    End,
    Enter,
    Exit,
    LeaveTemporarily,
    Move,
    Return,
    Reverse,
    SendBack,
    Settle,
    SettlementFacts,
    Submit,
    VerifyIdentity,
    move_one,
)
from workers.states import Act, State, state_of

TODAY = records.site_day()
FIRST = TODAY - timedelta(days=60)
RIGHTS = ("workers.view", "workers.enter", "workers.enrol", "workers.file", "workers.approve")
WHO = st.integers(0, 1)
# How many days pass between two acts; days never run backwards, so that most acts are possible.
STEP = st.integers(0, 2)
OWED = SettlementFacts("debt", Decimal("1200.50"))
WAGES = st.sampled_from([None, SettlementFacts("settled"), OWED])


_TABLES = (Presence, TemporaryLeave, Settlement, EntryReview, EngagementEvent, IdentityCheck, Engagement)


def _written() -> list[Any]:
    """Every row that a move may write; the digest of the whole database is too slow for a thousand steps."""
    rows = [list(model.all_rows.order_by("pk").values_list()) for model in _TABLES]
    return [*rows, OutboxEvent.objects.count()]


class Clerk(Holder):
    """One of several who act; the key tells them apart."""

    def __init__(self, key: str) -> None:
        super().__init__(Reach(region_paths=frozenset({records.region("420106").path})), *RIGHTS)
        self.key = key


class Life(RuleBasedStateMachine):
    """Every act on two people, in any order."""

    @initialize()
    def site(self) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        firm = records.enterprise(970)
        project = records.project("420106202604040970", records.region("420106"), firm)
        team = records.team(records.participation(project, firm), 1_499_000_970)
        self.people = [
            records.engagement(records.person(people.id_number(971 + 2 * step), f"赵{step}"), team)
            for step in range(2)
        ]
        self.clerk, self.manager = Clerk("clerk"), Clerk("manager")
        self.day = FIRST
        self.states = [State.DRAFT, State.DRAFT]
        self.walked: set[tuple[State, Act, State]] = set()
        # One of the two has all papers from the start, so that the walk gets beyond them.
        self.papers_come(0)

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    # What is done ---------------------------------------------------------------------------------

    def _seen(self, who: int) -> states.Facts:
        rows = with_state_on(engagements(self.clerk), TODAY)
        return facts_of(rows.get(pk=self.people[who].pk))

    def _do(self, who: int, move: Move, actor: Any = None) -> None:
        """Try a move; refused, nothing changes, and done, it walks an edge of S1."""
        before, at_rest = self.states[who], _written()
        try:
            move_one(actor=actor or self.clerk, move=move, engagement=self.people[who])
        except DomainError as refusal:
            assert refusal.message
            assert _written() == at_rest
            assert state_of(self._seen(who)) == before
        else:
            self._walked(who, Act(move.act))

    def _walked(self, who: int, act: Act) -> None:
        before, after = self.states[who], state_of(self._seen(who))
        if before != after:
            assert (before, act, after) in states.EDGES
            self.walked.add((before, act, after))
        self.states[who] = after

    def _on(self, step: int) -> dict[str, Any]:
        self.day = min(self.day + timedelta(days=step), TODAY)
        return {"on": self.day, "today": TODAY}

    def _try(self, who: int, act: Act, step: int, wages: SettlementFacts | None) -> None:
        """One act, as far as anybody can do it; most are refused in most states."""
        on = self._on(step)
        at_once: dict[Act, Move] = {
            Act.ENTER: Enter(**on),
            Act.LEAVE_TEMPORARILY: LeaveTemporarily(**on, reason="农忙"),
            Act.RETURN: Return(**on),
            Act.EXIT: Exit(**on, settlement=wages),
            Act.SETTLE: Settle(**on, settlement=wages or OWED),
            Act.SUBMIT: Submit(**on),
            Act.APPROVE: Approve(**on),
            Act.SEND_BACK: SendBack(**on, reason="照片不清"),
            Act.REVERSE: Reverse(**on, reason="选错了人"),
            Act.END: End(**on),
            Act.PAPER: VerifyIdentity(**on),
        }
        approves = act in (Act.APPROVE, Act.SEND_BACK)
        self._do(who, at_once[act], self.manager if approves else self.clerk)

    @rule(who=WHO, step=STEP, wages=WAGES, turn=st.integers(0, 11))
    def go_on(self, who: int, step: int, wages: SettlementFacts | None, turn: int) -> None:
        """An act that S1 has from here; so the walk goes far."""
        there = sorted(
            {act for source, act, _target in states.EDGES if source == self.states[who]}
            - {Act.ARCHIVE, Act.PAPER, Act.END}
        )
        self._try(who, there[turn % len(there)], step, wages)

    @rule(who=WHO, step=STEP, wages=WAGES, act=st.sampled_from(sorted(set(Act) - {Act.ARCHIVE, Act.END})))
    def wander(self, who: int, step: int, wages: SettlementFacts | None, act: Act) -> None:
        """Any act at all; S1 has most of them not from here."""
        self._try(who, act, step, wages)

    @rule(who=WHO)
    def approve_what_one_has_submitted(self, who: int) -> None:
        self._do(who, Approve(**self._on(0)))

    @rule(who=WHO, rarely=st.integers(0, 9))
    def end(self, who: int, rarely: int) -> None:
        if rarely == 0:
            self._do(who, End(**self._on(0)))

    @rule(who=WHO)
    def papers_come(self, who: int) -> None:
        self._do(who, VerifyIdentity(**self._on(0)))
        records.contract(self.people[who], FIRST)
        self._walked(who, Act.PAPER)
        records.training(self.people[who], FIRST)
        self._walked(who, Act.PAPER)

    @rule(who=WHO, which=st.sampled_from([Contract, Training]), rarely=st.integers(0, 3))
    def papers_lapse(self, who: int, which: Any, rarely: int) -> None:
        if rarely:
            return
        last = TODAY - timedelta(days=1)
        ended = {"ends_on": last} if which is Contract else {"valid_to": last}
        which.all_rows.filter(engagement=self.people[who]).update(**ended)
        self._walked(who, Act.PAPER)

    # What always holds ----------------------------------------------------------------------------

    @invariant()
    def facts_and_state_agree(self) -> None:
        if not hasattr(self, "people"):
            return
        for who in range(len(self.people)):
            assert state_of(self._seen(who)) == self.states[who]
            assert self.states[who] != State.ARCHIVED

    @invariant()
    def nobody_stays_twice_or_is_away_without_staying(self) -> None:
        if not hasattr(self, "people"):
            return
        for one in self.people:
            stays = list(Presence.all_rows.filter(engagement=one).order_by("entered_on", "pk"))
            assert sum(stay.exited_on is None for stay in stays) <= 1
            for earlier, later in pairwise(stays):
                assert earlier.exited_on is not None
                assert earlier.exited_on <= later.entered_on
            for leave in TemporaryLeave.all_rows.filter(presence__engagement=one).select_related("presence"):
                assert leave.left_on >= leave.presence.entered_on
            assert not Settlement.all_rows.filter(presence__engagement=one, presence__exited_on=None).exists()

    @invariant()
    def who_entered_somebody_did_not_approve(self) -> None:
        if not hasattr(self, "people"):
            return
        for review in EntryReview.all_rows.filter(outcome="approved"):
            assert review.decided_by_key != review.submitted_by_key
            assert review.snapshot is not None
            assert set(review.snapshot) >= {"identity", "contract", "training", "age"}

    @invariant()
    def history_only_grows(self) -> None:
        if not hasattr(self, "people"):
            return
        number = EngagementEvent.all_rows.filter(engagement__in=self.people).count()
        assert number >= getattr(self, "events", 0)
        self.events = number


Life.TestCase.settings = settings(
    max_examples=10,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)


@pytest.mark.django_db
class TestLife(Life.TestCase):  # type: ignore[name-defined,valid-type,misc]  # made by hypothesis
    """The walk, as pytest runs it."""


def _reached(edges: frozenset[states.Edge]) -> set[State]:
    found, grown = {State.DRAFT}, True
    while grown:
        more = {target for source, _act, target in edges if source in found} - found
        found |= more
        grown = bool(more)
    return found


def test_every_state_is_reached_by_the_diagrams_own_edges_alone() -> None:
    assert _reached(states.DIAGRAM) == set(State)


def test_no_deviation_repeats_the_diagram_and_each_says_why() -> None:
    for reason, edges in states.DEVIATIONS.items():
        assert edges, reason
        assert edges - states.DIAGRAM, reason


def test_nobody_is_approved_but_from_a_review() -> None:
    into = {(source, act) for source, act, target in states.EDGES if target == State.APPROVED}
    assert into == {
        (State.PENDING_REVIEW, Act.APPROVE),
        (State.SUSPENDED, Act.PAPER),
        (State.ON_SITE, Act.REVERSE),
    }


def test_each_state_has_words() -> None:
    papers: dict[str, Any] = {"is_verified": True, "has_contract": True, "is_trained": True}
    for facts, words in (
        (states.Facts(), "待核验身份"),
        (states.Facts(is_verified=True), "待签合同"),
        (states.Facts(is_verified=True, has_contract=True), "待培训"),
        (states.Facts(**papers), "待送审"),
        (states.Facts(**papers, review=states.Review.PENDING), "待审批"),
        (states.Facts(**papers, review=states.Review.APPROVED), "已批准，待进场"),
        (states.Facts(**papers, review=states.Review.APPROVED, is_present=True), "在场"),
        (states.Facts(review=states.Review.APPROVED), "已暂停"),
        (states.Facts(review=states.Review.APPROVED, is_present=True), "在场，已暂停"),
        (states.Facts(is_present=True), "在场，未审批"),
        (states.Facts(is_present=True, review=states.Review.PENDING), "在场，待审批"),
        (states.Facts(is_present=True, is_away=True), "暂退场"),
        (states.Facts(has_left=True), "已退场，待结清"),
        (states.Facts(has_left=True, is_settled=True), "已退场"),
        (states.Facts(is_ended=True), "用工已结束"),
    ):
        assert states.in_words(facts)[1] == words
