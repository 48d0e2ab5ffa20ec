"""Moving people of a site: for many at once, who cannot and why, and taking it back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from attendance.models import AttendanceDay, Punch
from attendance.services import PunchFacts, receive_punches, recount
from audit.models import AuditEvent
from kernel.errors import HeldElsewhere, NotFound, NotPermitted
from kernel.scoping import Reach
from outbox.models import OutboxEvent
from outbox.services import deliver_all
from standards.models import RuleParameter
from standards.selectors import forget
from tests.support import people, records
from tests.support.actors import EVERYONE, Holder
from tests.support.traces import fingerprint
from tests.support.world import two_counties
from web.models import Message
from workers.errors import (
    AlreadyOnSite,
    BadDate,
    DebtIsPersonal,
    EngagementEnded,
    NothingToReverse,
    NothingToSettle,
    NotOnLeave,
    NotOnSite,
    OnLeave,
    OtherParticipation,
    PostsElsewhere,
    ReasonMissing,
    StillPresent,
    TooManyAtOnce,
)
from workers.models import (
    Engagement,
    EngagementEvent,
    KeyPostAssignment,
    Presence,
    Settlement,
    TemporaryLeave,
)
from workers.selectors import engagements, facts_of, on_site_on, with_state_on
from workers.services import (
    Enter,
    Exit,
    Reverse,
    SettlementFacts,
    Submit,
    assign_key_post,
    change_team,
    end_engagement,
    enter,
    judge_moves,
    leave,
    leave_temporarily,
    move_people,
    relieve_key_post,
    return_to_site,
    reverse_move,
    settle_wages,
)
from workers.states import State, state_of

pytestmark = pytest.mark.django_db
TODAY = records.site_day()
DAY = [TODAY - timedelta(days=10 - step) for step in range(11)]


def site(order=950):
    firm = records.enterprise(order)
    project = records.project(f"420106202606060{order}", records.region("420106"), firm)
    return records.team(records.participation(project, firm), 1_499_001_000 + order)


def crew(team, number=3, first=951):
    return [
        records.engagement(records.person(people.id_number(first + 2 * step), f"工{step}"), team)
        for step in range(number)
    ]


def state(engagement, day=TODAY):
    row = with_state_on(engagements(EVERYONE), day).get(pk=engagement.pk)
    return state_of(facts_of(row))


def test_those_who_can_enter_do_and_those_who_cannot_are_named():
    three = crew(site())
    records.presence(three[1], DAY[0])
    outcome = move_people(actor=EVERYONE, move=Enter(on=DAY[5], today=TODAY), engagements=three)
    assert [one.engagement.pk for one in outcome.done] == [three[0].pk, three[2].pk]
    (refused,) = outcome.refused
    assert refused.engagement.pk == three[1].pk
    assert refused.refusal.message == (f"该人员已于 {DAY[0].isoformat()} 进场，尚未退场，无需重复办理进场。")
    assert Presence.all_rows.filter(entered_on=DAY[5]).count() == 2
    assert EngagementEvent.all_rows.filter(batch=outcome.batch, act="enter").count() == 2
    assert AuditEvent.objects.filter(action="workers.entered").count() == 2


def test_a_dry_judgement_says_the_same_and_moves_nobody():
    three = crew(site())
    records.presence(three[1], DAY[0])
    before = fingerprint()
    outcome = judge_moves(actor=EVERYONE, move=Enter(on=DAY[5], today=TODAY), engagements=three)
    assert (len(outcome.done), len(outcome.refused)) == (2, 1)
    assert fingerprint() == before


def test_a_bulk_with_one_row_out_of_scope_moves_nobody():
    ours, theirs = crew(site(950)), crew(site(960), number=1, first=971)
    reach = Reach(projects=frozenset({ours[0].project.public_id}))
    clerk = Holder(reach, "workers.view", "workers.enter")
    before = fingerprint()
    with pytest.raises(NotFound):
        move_people(actor=clerk, move=Enter(on=TODAY, today=TODAY), engagements=[*ours, *theirs])
    with pytest.raises(NotPermitted):
        move_people(actor=clerk, move=Submit(on=TODAY, today=TODAY), engagements=ours)
    assert fingerprint() == before


def test_more_people_than_the_parameter_are_refused():
    three = crew(site())
    RuleParameter.objects.filter(key="roster.most_at_once").update(value=2)
    forget()
    with pytest.raises(TooManyAtOnce, match="一次最多办理 2 人"):
        move_people(actor=EVERYONE, move=Enter(on=TODAY, today=TODAY), engagements=three)


def test_moving_many_asks_no_more_than_moving_one_but_for_the_writing(django_assert_max_num_queries):
    many = crew(site(), number=20)
    with django_assert_max_num_queries(20 + 5 * len(many)):
        move_people(actor=EVERYONE, move=Exit(on=TODAY, today=TODAY), engagements=many)
    with django_assert_max_num_queries(20 + 5 * len(many)):
        move_people(actor=EVERYONE, move=Enter(on=TODAY, today=TODAY), engagements=many)


def test_on_temporary_leave_one_is_neither_on_site_nor_expected_and_comes_back():
    (one,) = crew(site(), number=1)
    enter(actor=EVERYONE, engagement=one, on=DAY[0], today=TODAY)
    leave_temporarily(actor=EVERYONE, engagement=one, on=DAY[4], today=TODAY, reason="农忙")
    assert state(one) == State.TEMP_LEFT
    for refused, act in (
        (OnLeave, lambda: enter(actor=EVERYONE, engagement=one, on=TODAY, today=TODAY)),
        (OnLeave, lambda: leave_temporarily(actor=EVERYONE, engagement=one, on=TODAY, today=TODAY)),
        (BadDate, lambda: return_to_site(actor=EVERYONE, engagement=one, on=DAY[3], today=TODAY)),
        (BadDate, lambda: leave(actor=EVERYONE, engagement=one, on=DAY[3], today=TODAY)),
        (StillPresent, lambda: end_engagement(actor=EVERYONE, engagement=one, today=TODAY)),
    ):
        before = fingerprint()
        with pytest.raises(refused), transaction.atomic():
            act()
        assert fingerprint() == before
    return_to_site(actor=EVERYONE, engagement=one, on=DAY[6], today=TODAY)
    on_site = [engagements(EVERYONE).filter(on_site_on(day), pk=one.pk).exists() for day in DAY[3:8]]
    assert on_site == [True, False, False, True, True]
    with pytest.raises(NotOnLeave):
        return_to_site(actor=EVERYONE, engagement=one, on=TODAY, today=TODAY)


def test_the_counters_say_what_the_list_says_of_temporary_leave():
    county = two_counties().wuchang
    county.project_day.refresh_from_db()
    before = county.project_day.on_site
    work = county.workers["contractor"].engagement
    leave_temporarily(actor=EVERYONE, engagement=work, on=county.today, today=county.today)
    deliver_all()
    recount(county.now)
    assert county.project_day.on_site == before - 1
    everybody = engagements(EVERYONE).filter(project=county.project)
    here = everybody.filter(on_site_on(county.today))
    assert here.count() == county.project_day.on_site


def test_the_database_refuses_leaves_that_overlap_or_end_before_they_begin():
    (one,) = crew(site(), number=1)
    stay = records.presence(one, DAY[0])
    records.leave(stay, DAY[2], DAY[5])
    for left, returned, name in (
        (DAY[4], DAY[6], "leaves_of_a_presence_do_not_overlap"),
        (DAY[7], DAY[6], "a_temporary_leave_ends_after_it_begins|daterange|range lower bound"),
    ):
        with pytest.raises(Exception, match=name) as raised, transaction.atomic():
            records.leave(stay, left, returned)
        assert isinstance(raised.value.__cause__ or raised.value, Exception)
    assert TemporaryLeave.all_rows.count() == 1


def test_an_exit_never_waits_for_the_wages_which_are_settled_later_once():
    (one,) = crew(site(), number=1)
    enter(actor=EVERYONE, engagement=one, on=DAY[0], today=TODAY)
    with pytest.raises(NothingToSettle, match="还没有退场"):
        settle_wages(actor=EVERYONE, engagement=one, settlement=SettlementFacts("settled"), today=TODAY)
    leave(actor=EVERYONE, engagement=one, on=DAY[5], today=TODAY)
    assert state(one) == State.EXIT_PENDING
    owed = SettlementFacts("debt", Decimal("3200.50"), "十月工资")
    settle_wages(actor=EVERYONE, engagement=one, settlement=owed, today=TODAY)
    assert state(one) == State.EXITED
    kept = Settlement.all_rows.get()
    assert (kept.outcome, kept.amount, kept.note) == ("debt", Decimal("3200.50"), "十月工资")
    with pytest.raises(NothingToSettle, match="已确认"):
        settle_wages(actor=EVERYONE, engagement=one, settlement=owed, today=TODAY)


def test_one_debt_is_not_declared_for_several():
    two = crew(site(), number=2)
    for one in two:
        enter(actor=EVERYONE, engagement=one, on=DAY[0], today=TODAY)
    owed = Exit(on=TODAY, today=TODAY, settlement=SettlementFacts("debt", Decimal(100)))
    before = fingerprint()
    with pytest.raises(DebtIsPersonal):
        move_people(actor=EVERYONE, move=owed, engagements=two)
    assert fingerprint() == before


@pytest.mark.parametrize(("outcome", "amount"), [("debt", None), ("debt", "0"), ("settled", "5")])
def test_the_database_refuses_a_debt_without_amount_and_an_amount_without_debt(outcome, amount):
    (one,) = crew(site(), number=1)
    stay = records.presence(one, DAY[0], DAY[5])
    with pytest.raises(IntegrityError, match="a_debt_has_an_amount"), transaction.atomic():
        records.settlement(stay, outcome=outcome, amount=amount and Decimal(amount))


def test_a_team_of_the_same_firm_is_a_change_and_of_another_firm_a_new_engagement():
    team = site()
    (one,) = crew(team, number=1)
    own = records.team(team.participation, 1_499_001_801, name="钢筋班组")
    firm = records.enterprise(961)
    other = records.team(
        records.participation(one.project, firm, records.SUBCONTRACTOR), 1_499_001_802, name="别家班组"
    )
    one.is_team_leader = True
    one.save()
    change_team(actor=EVERYONE, engagement=one, team=own, on=TODAY, today=TODAY)
    one.refresh_from_db()
    assert (one.team_id, one.is_team_leader, one.version) == (own.pk, False, 2)
    event = EngagementEvent.all_rows.get()
    assert event.facts == {"from": str(team.public_id), "to": str(own.public_id)}
    before = fingerprint()
    with pytest.raises(OtherParticipation, match="先办理退场、结束用工"):
        change_team(actor=EVERYONE, engagement=one, team=other, on=TODAY, today=TODAY)
    assert fingerprint() == before


def test_after_the_end_of_an_engagement_another_firm_can_enrol_the_person():
    team = site()
    (one,) = crew(team, number=1)
    enter(actor=EVERYONE, engagement=one, on=DAY[0], today=TODAY)
    leave(actor=EVERYONE, engagement=one, on=DAY[5], today=TODAY)
    end_engagement(actor=EVERYONE, engagement=one, today=TODAY)
    with pytest.raises(EngagementEnded):
        enter(actor=EVERYONE, engagement=one, on=TODAY, today=TODAY)
    records.engagement(one.person, team)
    assert Engagement.all_rows.filter(person=one.person, ended_at=None).count() == 1
    with pytest.raises(NothingToReverse, match="另一条用工"):
        reverse_move(actor=EVERYONE, engagement=one, reason="退错了人", today=TODAY)


def test_a_reversed_entry_takes_its_days_with_it_and_leaves_every_punch():
    (one,) = crew(site(), number=1)
    enter(actor=EVERYONE, engagement=one, on=DAY[0], today=TODAY)
    at = records.instant_of(DAY[3], 240)
    facts = [PunchFacts(number=one.person.id_number, occurred_at=at)]
    receive_punches(
        actor=EVERYONE,
        project=one.project,
        origin=Punch.Origin.OPEN_API,
        punches=facts,
        now=at + timedelta(hours=1),
    )
    deliver_all()
    assert AttendanceDay.all_rows.filter(engagement=one).count() == 1
    reverse_move(actor=EVERYONE, engagement=one, reason="选错了人", today=TODAY)
    deliver_all()
    assert (Presence.all_rows.count(), AttendanceDay.all_rows.count(), Punch.all_rows.count()) == (0, 0, 1)
    event = EngagementEvent.all_rows.latest("pk")
    assert (event.act, event.reason) == ("reverse", "选错了人")
    assert event.facts["entered_on"] == DAY[0].isoformat()
    enter(actor=EVERYONE, engagement=one, on=DAY[3], today=TODAY)
    deliver_all()
    assert AttendanceDay.all_rows.filter(engagement=one, day=DAY[3]).count() == 1


def test_only_the_latest_move_is_reversed_one_after_the_other():
    (one,) = crew(site(), number=1)
    enter(actor=EVERYONE, engagement=one, on=DAY[0], today=TODAY)
    leave_temporarily(actor=EVERYONE, engagement=one, on=DAY[2], today=TODAY)
    return_to_site(actor=EVERYONE, engagement=one, on=DAY[4], today=TODAY)
    leave(actor=EVERYONE, engagement=one, on=DAY[6], today=TODAY, settlement=SettlementFacts("settled"))
    with pytest.raises(NothingToReverse, match="最近一次办理已是退场"):
        reverse_move(actor=EVERYONE, engagement=one, reason="选错了人", today=TODAY, expected="enter")
    with pytest.raises(ReasonMissing):
        reverse_move(actor=EVERYONE, engagement=one, reason="错", today=TODAY)
    seen = []
    for _step in range(4):
        reverse_move(actor=EVERYONE, engagement=one, reason="选错了人", today=TODAY)
        seen.append(state(one))
    assert seen == [State.ON_SITE, State.TEMP_LEFT, State.ON_SITE, State.DRAFT]
    assert not Settlement.all_rows.exists()
    with pytest.raises(NothingToReverse, match="没有进退场记录"):
        reverse_move(actor=EVERYONE, engagement=one, reason="选错了人", today=TODAY)


def test_what_was_done_together_is_taken_back_but_not_where_more_was_done_since():
    two = crew(site(), number=2)
    batch = move_people(actor=EVERYONE, move=Enter(on=DAY[0], today=TODAY), engagements=two).batch
    leave(actor=EVERYONE, engagement=two[0], on=DAY[3], today=TODAY)
    enter(actor=EVERYONE, engagement=two[0], on=DAY[5], today=TODAY)
    back = Reverse(on=TODAY, today=TODAY, reason="选错了人", expected="enter", of_batch=batch)
    outcome = move_people(actor=EVERYONE, move=back, engagements=two)
    assert [one.engagement.pk for one in outcome.done] == [two[1].pk]
    assert "之后又办理过进退场" in outcome.refused[0].refusal.message


def test_a_reversal_clears_the_conflict_that_the_mistake_had_made():
    here, there = site(950), site(960)
    person = records.person(people.id_number(951), "张三")
    first, second = records.engagement(person, here), records.engagement(person, there)
    enter(actor=EVERYONE, engagement=first, on=DAY[0], today=TODAY)
    enter(actor=EVERYONE, engagement=second, on=DAY[3], today=TODAY)
    assert Presence.all_rows.get(engagement=second).is_conflict
    reverse_move(actor=EVERYONE, engagement=first, reason="选错了人", today=TODAY)
    assert not Presence.all_rows.get(engagement=second).is_conflict


def test_reopening_an_exit_that_overlaps_another_site_marks_it_and_is_not_refused():
    here, there = site(950), site(960)
    person = records.person(people.id_number(951), "张三")
    first, second = records.engagement(person, here), records.engagement(person, there)
    enter(actor=EVERYONE, engagement=first, on=DAY[0], today=TODAY)
    leave(actor=EVERYONE, engagement=first, on=DAY[3], today=TODAY)
    enter(actor=EVERYONE, engagement=second, on=DAY[3], today=TODAY)
    reverse_move(actor=EVERYONE, engagement=first, reason="退错了人", today=TODAY)
    assert Presence.all_rows.get(engagement=first).is_conflict
    assert not Presence.all_rows.get(engagement=second).is_conflict


def test_history_is_only_added_to():
    (one,) = crew(site(), number=1)
    event = records.event(one, "enter", DAY[0])
    for statement in (
        "UPDATE workers_engagementevent SET reason = 'x'",
        "DELETE FROM workers_engagementevent",
    ):
        with (
            pytest.raises(IntegrityError, match="only ever added"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert EngagementEvent.all_rows.get().pk == event.pk


def test_approvers_hear_of_a_submission_and_a_subcontractors_clerk_of_its_own_people_only():
    county = two_counties().wuchang
    work = county.workers["subcontractor"].engagement
    work.reviews.all().delete()
    clerk = county.actor("subcontractor_clerk")
    move_people(actor=clerk, move=Submit(on=TODAY, today=TODAY), engagements=[work])
    told = list(Message.objects.values_list("user__username", "text"))
    assert [name for name, _text in told] == ["contractor_manager-420106"]
    assert "送审，请审批" in told[0][1]


def test_exit_and_entry_of_those_who_are_not_there_say_so():
    (one,) = crew(site(), number=1)
    with pytest.raises(NotOnSite):
        leave(actor=EVERYONE, engagement=one, on=TODAY, today=TODAY)
    enter(actor=EVERYONE, engagement=one, on=TODAY, today=TODAY)
    with pytest.raises(AlreadyOnSite):
        enter(actor=EVERYONE, engagement=one, on=TODAY, today=TODAY)


def test_i_06_a_manager_of_one_project_is_not_named_on_a_second_until_relieved():
    here, there = site(950), site(960)
    person = records.person(people.id_number(951), "张三")
    first, second = records.engagement(person, here), records.engagement(person, there)
    held = assign_key_post(actor=EVERYONE, engagement=first, post="01", starts_on=DAY[0])
    before = fingerprint()
    with pytest.raises(PostsElsewhere, match="已在 1 个项目担任项目经理"):
        assign_key_post(actor=EVERYONE, engagement=second, post="01", starts_on=TODAY)
    assert fingerprint() == before
    relieve_key_post(actor=EVERYONE, assignment=held, ends_on=DAY[5], today=TODAY)
    assign_key_post(actor=EVERYONE, engagement=second, post="01", starts_on=DAY[6])
    assert KeyPostAssignment.all_rows.get(pk=held.pk).ends_on == DAY[5]
    with pytest.raises(BadDate):
        relieve_key_post(
            actor=EVERYONE,
            assignment=KeyPostAssignment.all_rows.get(ends_on=None),
            ends_on=DAY[5],
            today=TODAY,
        )


def _held(engagement, post="01"):
    return KeyPostAssignment.all_rows.get(engagement=engagement, post=post)


def test_whoever_leaves_holds_a_key_post_to_the_day_of_exit_and_the_page_says_so_first():
    one, other = crew(site(), number=2)
    for who in (one, other):
        enter(actor=EVERYONE, engagement=who, on=DAY[0], today=TODAY)
    assign_key_post(actor=EVERYONE, engagement=one, post="01", starts_on=DAY[1])
    move = Exit(on=DAY[5], today=TODAY)
    outcome = judge_moves(actor=EVERYONE, move=move, engagements=[one, other])
    assert [move.consequence(who) for who in outcome.done] == [
        f"任项目经理，任职到 {DAY[5]} 为止，次日起岗位空缺，请另行任命",
        "",
    ]
    leave(actor=EVERYONE, engagement=one, on=DAY[5], today=TODAY)
    assert _held(one).ends_on == DAY[5]
    relieved = AuditEvent.objects.get(action="workers.key_post_relieved")
    assert relieved.facts == {"post": "01", "on": DAY[5].isoformat()}
    told = OutboxEvent.objects.filter(event="workers.key_post_assigned.v1").latest("id")
    assert told.facts["since"] == DAY[5].isoformat()


def test_a_mistaken_exit_gives_the_key_post_back_unless_another_holds_it():
    one, other = crew(site(), number=2)
    for who in (one, other):
        enter(actor=EVERYONE, engagement=who, on=DAY[0], today=TODAY)
    assign_key_post(actor=EVERYONE, engagement=one, post="01", starts_on=DAY[1])
    leave(actor=EVERYONE, engagement=one, on=DAY[5], today=TODAY)
    reverse_move(actor=EVERYONE, engagement=one, reason="选错了人", today=TODAY)
    assert _held(one).ends_on is None
    leave(actor=EVERYONE, engagement=one, on=DAY[6], today=TODAY)
    assign_key_post(actor=EVERYONE, engagement=other, post="01", starts_on=DAY[7])
    reverse_move(actor=EVERYONE, engagement=one, reason="选错了人", today=TODAY)
    assert (_held(one).ends_on, _held(other).ends_on) == (DAY[6], None)


def test_an_engagement_that_ends_without_a_presence_ends_its_key_post():
    (one,) = crew(site(), number=1)
    assign_key_post(actor=EVERYONE, engagement=one, post="02", starts_on=DAY[1])
    end_engagement(actor=EVERYONE, engagement=one, today=TODAY)
    assert _held(one, "02").ends_on == TODAY


def test_i_25_what_another_node_recorded_is_not_taken_back_here():
    (one,) = crew(site(), number=1)
    enter(actor=EVERYONE, engagement=one, on=DAY[0], today=TODAY)
    leave_temporarily(actor=EVERYONE, engagement=one, on=DAY[2], today=TODAY)
    for model in (TemporaryLeave, Presence):
        model.all_rows.update(origin="away-1")
        before = fingerprint()
        with pytest.raises(HeldElsewhere, match="away-1"), transaction.atomic():
            reverse_move(actor=EVERYONE, engagement=one, reason="选错了人", today=TODAY)
        assert fingerprint() == before
        TemporaryLeave.all_rows.all().delete()


def test_an_own_entry_is_taken_back_where_a_copy_conflicts_with_it():
    (one,) = crew(site(), number=1)
    other = records.engagement(one.person, site(960))
    enter(actor=EVERYONE, engagement=one, on=DAY[0], today=TODAY)
    copy = records.presence(other, DAY[2], is_conflict=True)
    Presence.all_rows.filter(pk=copy.pk).update(origin="away-1", version=4)
    reverse_move(actor=EVERYONE, engagement=one, reason="选错了人", today=TODAY)
    left = Presence.all_rows.get()
    assert (left.pk, left.is_conflict, left.version) == (copy.pk, False, 4)


def test_i_25_a_holder_of_a_key_post_whom_another_node_named_is_relieved_there():
    first, second = crew(site(), number=2)
    assign_key_post(actor=EVERYONE, engagement=first, post="01", starts_on=DAY[0])
    KeyPostAssignment.all_rows.update(origin="away-1")
    before = fingerprint()
    with (
        pytest.raises(HeldElsewhere, match=rf"“{first.person.name}”的任职由“away-1”平台维护"),
        transaction.atomic(),
    ):
        assign_key_post(actor=EVERYONE, engagement=second, post="01", starts_on=DAY[6])
    assert fingerprint() == before
