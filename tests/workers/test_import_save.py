"""Writing a roster: by the rules of enrolment, once, whole or row by row, whatever dies in between."""

from datetime import timedelta
from typing import Any

import pytest

from audit.models import AuditEvent
from kernel.errors import NotFound
from kernel.scoping import Reach
from outbox.models import OutboxEvent
from projects.errors import ProjectFinished
from tests.support import people
from tests.support.actors import EVERYONE, Holder
from tests.support.traces import fingerprint
from tests.workers.importing import as_book, bring, faults, full, named, outcomes, person, saved
from tests.workers.sites import NOW, TODAY, contract, site, take, training
from workers.models import (
    Contract,
    Engagement,
    EngagementEvent,
    IdentityCheck,
    Person,
    Presence,
    RosterImport,
    Training,
)
from workers.selectors import with_state_on
from workers.services import (
    PersonFacts,
    Taking,
    WorkFacts,
    carry_on,
    drop_import,
    enrol_many,
    mend_import,
    save_import,
    unfinished_imports,
)
from workers.services.import_acts import NothingToSave, NotOpen, StillFaulty
from workers.services.import_work import Gone, take_lease

pytestmark = pytest.mark.django_db
DAY = TODAY - timedelta(days=2)


def written(model, **by):
    return model.all_rows.filter(**by).count()


def test_a_full_row_becomes_person_engagement_identity_papers_and_entry():
    roster = saved(bring(site(), as_book([full(1)])))
    work = Engagement.all_rows.select_related("person", "team").get()
    assert (work.person.name, work.person.id_number, work.person.sex) == (
        named(1),
        people.id_number(1),
        "男",
    )
    assert (work.team.name, work.trade, work.education) == ("木工班组", "020", "02")
    assert (work.phone, work.card_number, work.address) == (people.phone(1), people.card(1), "测试村1号")
    assert work.phone_index is not None
    assert work.card_index is not None
    kept = Contract.all_rows.get(engagement=work)
    assert (kept.kind, kept.starts_on, kept.wage_form, str(kept.unit_price)) == (
        "labour",
        DAY,
        "day",
        "280.00",
    )
    assert Training.all_rows.get(engagement=work).valid_to == DAY + timedelta(days=365)
    assert Presence.all_rows.get(engagement=work).entered_on == DAY
    assert IdentityCheck.all_rows.get(engagement=work).method == "typed"
    assert EngagementEvent.all_rows.get(engagement=work).act == "enter"
    assert (roster.state, outcomes(roster)) == ("saved", ["written"])
    assert roster.rows.get().engagement == work


def test_many_leave_the_trail_and_the_news_that_one_by_one_would_leave():
    saved(bring(site(), as_book([full(1), full(3)])))
    by_many = [(one.action, sorted(one.facts)) for one in AuditEvent.objects.order_by("id")]
    of_many = [(one.event, sorted(one.facts)) for one in OutboxEvent.objects.order_by("id")]
    before = (AuditEvent.objects.count(), OutboxEvent.objects.count())
    take(site(931), order=5, entered_on=TODAY, contract=contract(), training=training())
    alone = AuditEvent.objects.order_by("id")[before[0] :]
    told = OutboxEvent.objects.order_by("id")[before[1] :]
    expected = sorted((one.action, sorted(one.facts)) for one in alone if one.action != "workers.looked_up")
    assert sorted(row for row in by_many if not row[0].startswith("workers.roster_")) == sorted(expected * 2)
    assert sorted(of_many) == sorted([(one.event, sorted(one.facts)) for one in told] * 2)


def test_row_by_row_the_good_go_in_and_the_others_wait_and_follow():
    roster = saved(bring(site(), as_book([person(1), person(3, 手机号="1"), person(5)])))
    assert (roster.state, outcomes(roster)) == ("saved", ["written", "faulty", "written"])
    assert written(Engagement) == 2
    row = roster.rows.get(outcome="faulty")
    mend_import(actor=EVERYONE, roster=roster, mended={row.pk: {"phone": people.phone(3)}}, now=NOW)
    roster.refresh_from_db()
    assert roster.state == "checked"
    assert outcomes(saved(roster)) == ["written"] * 3


def test_all_or_nothing_with_a_fault_is_refused_and_writes_nothing():
    roster = bring(site(), as_book([person(1), person(3, 手机号="1")]))
    before = fingerprint()
    with pytest.raises(StillFaulty, match="还有 1 行要改"):
        save_import(actor=EVERYONE, roster=roster, mode="whole", now=NOW)
    assert fingerprint() == before


def test_all_or_nothing_writes_nothing_where_somebody_was_registered_meanwhile():
    team = site()
    roster = bring(team, as_book([person(1), person(3)]))
    take(site(932), order=3, name="另一姓名")
    roster = saved(roster, "whole")
    assert (roster.state, written(Engagement)) == ("checked", 1)
    assert "一行也没有写入" in roster.problem
    assert faults(roster) == [(3, "姓名", "identity_name_differs")]
    assert written(Person) == 1


def test_all_or_nothing_writes_all():
    roster = saved(bring(site(), as_book([full(n) for n in range(1, 9)])), "whole")
    assert (roster.state, set(outcomes(roster)), written(Engagement)) == ("saved", {"written"}, 8)


def test_bringing_the_same_file_again_doubles_nothing_and_changes_are_shown_and_made():
    team = site()
    saved(bring(team, as_book([full(1), full(3)])))
    before = [written(model) for model in (Person, Engagement, Contract, Training, Presence)]
    again = bring(team, as_book([full(1), full(3)]))
    assert outcomes(again) == ["same", "same"]
    with pytest.raises(NothingToSave):
        save_import(actor=EVERYONE, roster=again, mode="rows", now=NOW)
    other = saved(bring(team, as_book([full(1, 手机号=people.phone(9)), full(3)])))
    assert outcomes(other) == ["updated", "same"]
    assert [written(model) for model in (Person, Engagement, Contract, Training, Presence)] == before
    assert Engagement.all_rows.get(person__name=named(1)).phone == people.phone(9)


def test_saving_twice_saves_once():
    roster = bring(site(), as_book([person(1)]))
    save_import(actor=EVERYONE, roster=roster, mode="rows", now=NOW)
    save_import(actor=EVERYONE, roster=roster, mode="rows", now=NOW)
    assert carry_on(roster.pk, lambda: NOW, EVERYONE) is True
    assert carry_on(roster.pk, lambda: NOW, EVERYONE) is False
    assert written(Engagement) == 1
    with pytest.raises(NothingToSave):
        save_import(actor=EVERYONE, roster=roster, mode="rows", now=NOW)


def test_while_it_is_written_it_cannot_be_mended_or_dropped():
    roster = bring(site(), as_book([person(1)]))
    save_import(actor=EVERYONE, roster=roster, mode="rows", now=NOW)
    for act in (
        lambda: drop_import(actor=EVERYONE, roster=roster, now=NOW),
        lambda: mend_import(actor=EVERYONE, roster=roster, mended={}, now=NOW),
    ):
        with pytest.raises(NotOpen):
            act()


def test_a_worker_that_died_while_writing_is_followed_and_nothing_is_doubled(monkeypatch):
    monkeypatch.setattr("workers.services.import_work._CHUNK", 2)
    roster = bring(site(), as_book([person(n) for n in range(1, 8)]))
    save_import(actor=EVERYONE, roster=roster, mode="rows", now=NOW)
    ticks = iter(range(100))

    def dies():
        if next(ticks) == 4:
            raise KeyboardInterrupt  # as a killed process: nobody catches it
        return NOW

    with pytest.raises(KeyboardInterrupt):
        carry_on(roster.pk, dies, EVERYONE)
    half = written(Engagement)
    assert 0 < half < 7
    assert unfinished_imports(NOW + timedelta(seconds=59)) == []
    later = NOW + timedelta(seconds=61)
    assert unfinished_imports(later) == [roster.pk]
    assert carry_on(roster.pk, lambda: later, EVERYONE) is True
    assert (written(Engagement), set(outcomes(roster))) == (7, {"written"})


def test_a_worker_that_died_while_reading_is_followed_and_reads_anew(monkeypatch):
    monkeypatch.setattr("workers.services.import_work._CHUNK", 2)
    monkeypatch.setattr("workers.services.import_work._BEAT_SECONDS", 0.0)
    roster = bring(site(), as_book([person(n) for n in range(1, 8)]), check=False)
    ticks = iter(range(100))

    def dies():
        if next(ticks) == 2:
            raise KeyboardInterrupt
        return NOW

    with pytest.raises(KeyboardInterrupt):
        carry_on(roster.pk, dies, EVERYONE)
    assert 0 < roster.rows.count() < 7
    later = NOW + timedelta(seconds=61)
    assert carry_on(roster.pk, lambda: later, EVERYONE) is True
    assert outcomes(roster) == ["new"] * 7


def test_after_enough_deaths_it_stops_and_says_so():
    roster = bring(site(), as_book([person(1)]), check=False)
    now, lease = NOW, None
    for _attempt in range(3):
        lease = take_lease(roster.pk, now)
        assert lease is not None
        now += timedelta(seconds=61)
    assert take_lease(roster.pk, now) is None
    roster.refresh_from_db()
    assert (roster.state, roster.problem[:10]) == ("failed", "平台多次尝试都没有做")
    assert lease is not None
    with pytest.raises(Gone):
        lease.beat(1, now)


def test_two_at_once_and_the_third_waits():
    team = site()
    rosters = [bring(team, as_book([person(1)]), check=False) for _step in range(3)]
    assert [take_lease(one.pk, NOW) is not None for one in rosters] == [True, True, False]


def test_posts_that_ended_meanwhile_write_nothing():
    team = site()
    reach = Reach(projects=frozenset({team.participation.project.public_id}))
    actor = Holder(reach, "workers.enrol", "workers.file", "workers.enter")
    roster = bring(team, as_book([person(1)]), actor=actor)
    save_import(actor=actor, roster=roster, mode="rows", now=NOW)
    gone = Holder(Reach(), "workers.enrol")
    assert carry_on(roster.pk, lambda: NOW, gone) is True
    roster.refresh_from_db()
    assert (roster.state, written(Engagement)) == ("checked", 0)
    assert "您的岗位已变动或到期" in roster.problem


def test_a_finished_project_takes_nobody():
    team = site()
    roster = bring(team, as_book([person(1)]))
    project = team.participation.project
    project.status = "004"
    project.save(update_fields=["status"])
    with pytest.raises(ProjectFinished):
        save_import(actor=EVERYONE, roster=roster, mode="rows", now=NOW)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "测试1"}, "bad_name_signs"),
        ({"number": people.id_number(7)[:-1] + "?"}, "characters"),
        ({"number": people.id_number(1)}, "already_engaged"),
        ({"number": people.id_number(3)}, "identity_name_differs"),
    ],
)
def test_taking_on_many_refuses_one_as_taking_on_one_does_and_keeps_nothing_of_it(changes, code):
    team = site()
    take(team, order=1, name="陈七")
    take(site(933), order=3, name="别名")
    given = {"name": "陈七", "number": people.id_number(5)} | changes
    good = Taking(PersonFacts(name="好人", number=people.id_number(11)), WorkFacts(trade="010"), team)
    bad = Taking(PersonFacts(**given), WorkFacts(trade="010"), team)
    found = enrol_many(actor=EVERYONE, project=team.participation.project, takings=[bad, good], today=TODAY)
    assert ({place: one.code for place, one in found.refused.items()}, list(found.done)) == ({0: code}, [1])
    assert (written(Person), written(Engagement)) == (3, 3)


def test_a_team_of_another_project_is_not_found_and_one_that_has_left_is_refused():
    team, other = site(), site(931)
    facts = PersonFacts(name="陈七", number=people.id_number(5))
    with pytest.raises(NotFound):
        enrol_many(
            actor=EVERYONE,
            project=team.participation.project,
            takings=[Taking(facts, WorkFacts(), other)],
            today=TODAY,
        )
    team.exited_on = TODAY
    team.save(update_fields=["exited_on"])
    found = enrol_many(
        actor=EVERYONE,
        project=team.participation.project,
        takings=[Taking(facts, WorkFacts(), team)],
        today=TODAY,
    )
    assert [one.code for one in found.refused.values()] == ["team_ended"]
    assert written(Person) == 0


def test_presence_elsewhere_is_kept_as_a_conflict_as_for_one():
    take(site(930), order=1, name=named(1), entered_on=TODAY)
    saved(bring(site(931), as_book([full(1), full(3)])))
    stays = Presence.all_rows.order_by("pk").values_list("person__name", "is_conflict")
    assert list(stays)[1:] == [(named(1), True), (named(3), False)]
    rows: Any = with_state_on(Engagement.all_rows.all(), TODAY)
    assert [row.is_on_site for row in rows] == [True] * 3


def test_an_import_says_how_long_it_still_takes():
    roster = RosterImport(rows_number=100, rows_done=25, started_at=NOW - timedelta(seconds=10))
    assert roster.remaining(NOW) == timedelta(seconds=30)
    assert RosterImport(rows_number=100).remaining(NOW) is None
