"""S5 walked at random over the real services: never a state or an edge that the table has not (I-19)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from integrity import services
from integrity.models import NoticeEvent
from integrity.rules import LATE, RUNNING, S5, Act, State, standing
from integrity.selectors.notices import notices
from integrity.web.waiting import waiting
from kernel.errors import DomainError
from tests.integrity.acting import DONE, after, drafted, fresh, last_day
from tests.support.world import County

DAYS = st.integers(-1, 9)
SIDES = ("supervisor", "labour_clerk", "owner", "county_regulator")


def machine(county: County) -> type[RuleBasedStateMachine]:
    """A walk that begins with a fresh notice of this county."""

    class Walk(RuleBasedStateMachine):
        @initialize(days=st.integers(1, 7))
        def issue(self, days: int) -> None:
            self.now = county.now
            draft = drafted(county)
            self.notice = services.issue_notice(
                actor=county.actor("supervisor"),
                notice=draft,
                deadline_on=after(county.now, days),
                day=county.today,
                now=self.now,
            )
            self.first_number, self.length = self.notice.number, days

        def tried(self, act: Any, role: str, **given: Any) -> None:
            """The act; where it is refused the notice stays as it was."""
            before = (fresh(self.notice).state, NoticeEvent.all_rows.filter(notice=self.notice).count())
            try:
                with transaction.atomic():
                    act(actor=county.actor(role), notice=self.notice, now=self.now, **given)
            except DomainError:
                now = (fresh(self.notice).state, NoticeEvent.all_rows.filter(notice=self.notice).count())
                assert now == before

        @rule(hours=st.integers(1, 40))
        def time_passes(self, hours: int) -> None:
            self.now += timedelta(hours=hours)

        @rule()
        def the_sweep_comes(self) -> None:
            services.settle_notices(self.now)

        @rule(role=st.sampled_from(SIDES))
        def somebody_opens_it(self, role: str) -> None:
            self.tried(services.mark_read, role)

        @rule(role=st.sampled_from(("labour_clerk", "contractor_manager", "owner")))
        def somebody_answers(self, role: str) -> None:
            self.tried(services.reply_notice, role, answers=DONE)

        @rule(note=st.sampled_from(("现场已经看过", "")))
        def it_is_accepted(self, note: str) -> None:
            self.tried(services.accept_reply, "supervisor", note=note)

        @rule(days=DAYS, reason=st.sampled_from(("还差一人", "")))
        def it_is_given_back(self, days: int, reason: str) -> None:
            self.tried(services.return_reply, "supervisor", reason=reason, deadline_on=after(self.now, days))

        @rule(days=DAYS)
        def it_is_extended(self, days: int) -> None:
            day = last_day(self.notice) + timedelta(days=days)
            self.tried(services.extend_deadline, "supervisor", reason="材料在途", deadline_on=day)

        @invariant()
        def every_step_is_an_edge_and_follows_the_last(self) -> None:
            if not hasattr(self, "notice"):
                return
            steps = list(
                NoticeEvent.all_rows.filter(notice=self.notice)
                .order_by("id")
                .values_list("act", "from_state", "to_state", "at")
            )
            state = State.DRAFT
            for act, before, after_it, _at in steps:
                assert before == state
                state = State(after_it)
                assert S5[State(before), Act(act)] is state
            assert fresh(self.notice).state == state
            assert [step[3] for step in steps] == sorted(step[3] for step in steps)

        @invariant()
        def it_has_a_deadline_and_a_number_for_life(self) -> None:
            if not hasattr(self, "notice"):
                return
            held = fresh(self.notice)
            assert held.deadline_at is not None
            assert (held.number, held.length_days) == (self.first_number, self.length)

        @invariant()
        def lateness_shows_at_once_to_every_side_and_stays_on_record(self) -> None:
            if not hasattr(self, "notice"):
                return
            held = fresh(self.notice)
            truly = standing(State(held.state), held.delivery_due_at, held.deadline_at, self.now)
            is_late = truly in LATE
            if State(held.state) in RUNNING and held.deadline_at and self.now >= held.deadline_at:
                assert is_late
            for role in SIDES:
                seen: Any = notices(county.actor(role), self.now).get(pk=held.pk)
                assert (seen.stands, seen.is_late) == (truly, is_late), role
            if any(step == "lapse" for step in held.events.values_list("act", flat=True)):
                assert held.overdue_at is not None

        @rule()
        def the_home_page_of_each_side_shows_what_is_late(self) -> None:
            rows: Any = notices(county.actor("owner"), self.now)
            late = {row.number for row in rows if row.is_late}
            for role in SIDES:
                told = " ".join(one.what for one in waiting(county.actor(role), county.today, self.now))
                assert len(late) > 12 or all(number in told for number in late), role

    return Walk


@pytest.mark.django_db
def test_no_walk_leaves_s5_and_no_lapse_is_hidden(county: County) -> None:
    run_state_machine_as_test(
        machine(county),
        settings=settings(
            max_examples=25,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
