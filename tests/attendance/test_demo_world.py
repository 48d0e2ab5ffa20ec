"""The demo world: the same from the same seed, complete, and concluded as the services conclude."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Q
from django.test import TransactionTestCase
from django.test.utils import override_settings
from django.utils import timezone

from accounts.actors import UserActor
from accounts.models import Post, User
from accounts.roles import ROLES
from attendance.demo.accounts import ACCOUNTS, WORKER, WORKER_PHONE
from attendance.demo.importing import write_roster_file
from attendance.demo.passages import passages
from attendance.demo.plan import plan
from attendance.demo.script import SITES, WUCHANG_CODE, XIANTAO_CODE
from attendance.demo.site_accounts import CODE, WAITING, WITHOUT, claimable
from attendance.demo.world import Outcome, write_demo
from attendance.models import AttendanceDay, Device, DirtyDay, ProjectDay, Punch, Subject
from attendance.rules import SITE_TIME, day_of
from attendance.services import conclude_days, recount
from kernel.errors import DomainError
from projects.models import Participation, Permit, Project, Team
from projects.selectors import unclaimed
from projects.services import open_claim
from projects.synthetic import is_synthetic
from projects.uscc import read_uscc
from tests.conftest import _empty_tables
from workers.identity import read_number
from workers.models import (
    Contract,
    ContractPaper,
    Engagement,
    KeyPostAssignment,
    PolicyDocument,
    Presence,
    RosterImport,
    SessionAttendance,
    Training,
    TrainingSession,
)
from workers.services import phone_index
from workers.services.own_phone import people_of

AS_OF = datetime(2026, 11, 20, 16, 30, tzinfo=SITE_TIME)
SMALL = 0.08


def written(as_of: datetime = AS_OF, **wishes: Any) -> Outcome:
    return write_demo(as_of=as_of, seed=wishes.pop("seed", 27), scale=wishes.pop("scale", SMALL))


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Outcome]:
    """A small world, committed once for all tests here; what a test changes in it is rolled back."""
    with django_db_blocker.unblock():
        yield written()
        _empty_tables(TransactionTestCase())


@pytest.fixture
def world(made: Outcome, db: None) -> Outcome:
    return made


def test_the_whole_province_has_sixty_projects_in_twelve_units_and_three_thousand_workers() -> None:
    whole = plan(27, AS_OF.date())
    assert len(whole.sites) == 60
    units = {"4290" + code[4:] if code.startswith("4290") else code[:4] for code in (s.county for s in SITES)}
    assert len(units) == 12
    assert sum(one.kind == "20" for planned in whole.sites for one in planned.people) == 3_000
    assert len({planned.code for planned in whole.sites}) == 60


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    first, second, other = (plan(seed, AS_OF.date(), SMALL) for seed in (27, 27, 28))
    assert first == second
    assert first != other


def test_a_day_at_the_gate_is_the_same_whenever_it_is_asked_for() -> None:
    planned = plan(27, AS_OF.date(), SMALL).sites[0]
    once, again = (list(passages(27, planned, AS_OF.date(), AS_OF)) for _time in range(2))
    assert once == again
    assert len(once) > 10
    assert {day_of(one.at, 4) for one in once} == {AS_OF.date()}


def test_everybody_in_it_is_invented() -> None:
    whole = plan(27, AS_OF.date(), SMALL)
    for planned in whole.sites:
        for who in [one.who for one in planned.people] + [one.who for one in planned.strangers]:
            read = read_number(who.id_number, today=AS_OF.date(), synthetic_allowed=True)
            assert read.number[:6] < "420100"
    for firm in whole.firms.values():
        assert is_synthetic(read_uscc(firm.uscc))
        assert "示例" in firm.name or "测试" in firm.name


def test_the_register_is_complete(world: Outcome) -> None:
    assert world.is_new
    assert Project.all_rows.count() == Permit.all_rows.count() == world.projects == 60
    assert Engagement.all_rows.count() == world.people
    assert Project.all_rows.get(code=WUCHANG_CODE).region.code == "420106"
    assert Project.all_rows.get(code=XIANTAO_CODE).region.code == "429004"
    contracted = Participation.all_rows.filter(kind="009").values_list("project", "enterprise")
    assert set(contracted) == set(Project.all_rows.values_list("pk", "contractor"))
    kinds = Participation.all_rows.values("project").annotate(kinds=Count("kind", distinct=True))
    assert min(row["kinds"] for row in kinds) >= 4
    assert not Team.all_rows.filter(number__lt=settings.TEAM_NUMBER_START).exists()
    assert Engagement.all_rows.exclude(team__participation=F("participation")).count() == 0


def test_the_first_project_has_papers_at_every_step_a_training_with_a_fail_and_its_own_rules(
    world: Outcome,
) -> None:
    papers = ContractPaper.all_rows.filter(engagement__project__code=WUCHANG_CODE)
    # A small world misses few contracts; the one with changed terms is always there.
    assert papers.get(state="active").amends is not None
    assert set(papers.values_list("state", flat=True)) <= {"draft", "signing", "active", "void"}
    sessions = TrainingSession.all_rows.filter(project__code=WUCHANG_CODE)
    assert sorted(sessions.values_list("state", flat=True)) == ["closed", "open", "open"]
    failed = SessionAttendance.all_rows.filter(is_passed=False, session__state="closed")
    assert failed.exists() and not failed.exclude(training=None).exists()
    numbers = PolicyDocument.all_rows.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2]


def test_thirty_days_of_punches_end_at_the_instant_asked_for(world: Outcome) -> None:
    days = list(ProjectDay.all_rows.order_by("day").values_list("day", flat=True).distinct())
    assert days == [AS_OF.date() - timedelta(days=step) for step in range(29, -1, -1)]
    instants = Punch.all_rows.order_by("occurred_at").values_list("occurred_at", flat=True)
    assert instants[0] >= AS_OF - timedelta(days=30)
    assert instants.reverse()[0] <= AS_OF
    assert Punch.all_rows.count() == world.punches > 5_000
    assert not DirtyDay.objects.exists()


def test_its_days_and_counters_are_what_the_services_conclude(world: Outcome) -> None:
    project = Project.all_rows.get(code=WUCHANG_CODE)
    days = AttendanceDay.all_rows.filter(engagement__project=project)
    before = set(days.values_list("engagement", "day", "first_at", "last_at", "punches"))
    counters = _counters(project)
    pairs = {
        (subject, day_of(at, 4))
        for subject, at in Punch.all_rows.filter(project=project).values_list("subject", "occurred_at")
    }
    days.delete()
    kept = conclude_days(project, pairs)
    DirtyDay.objects.bulk_create(DirtyDay(project=project, day=day) for day in {row[0] for row in counters})
    recount(AS_OF)
    assert set(days.values_list("engagement", "day", "first_at", "last_at", "punches")) == before
    assert len(kept) == len(before) > 100
    assert _counters(project) == counters


def _counters(project: Project) -> list[tuple[Any, ...]]:
    names = ("day", "on_site", "attended", "contracted", "trained", "key_posts_required", "key_posts_present")
    rows = ProjectDay.all_rows.filter(project=project).order_by("day")
    return list(rows.values_list(*names, "unmatched", "is_in_progress", "last_punch_at"))


def test_what_a_regulator_should_find_wrong_is_there(world: Outcome) -> None:
    today = AS_OF.date()
    here = Engagement.all_rows.filter(presences__exited_on=None, presences__isnull=False)
    in_force = Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))
    assert here.exclude(pk__in=Contract.all_rows.filter(in_force).values("engagement")).exists()
    trained = Training.all_rows.filter(valid_to__gte=today)
    assert here.exclude(pk__in=trained.values("engagement")).exists()
    assert Training.all_rows.filter(valid_to__lt=today).exists()
    silent = Device.all_rows.filter(last_punch_at__lt=AS_OF - timedelta(hours=72))
    assert {device.project.name for device in silent} >= {"漕河学校扩建", "古城南片区更新"}
    assert Subject.objects.filter(person=None).count() == sum(site.strangers for site in SITES)
    assert Presence.all_rows.filter(is_conflict=True).count() == 1
    statuses = Project.all_rows.values_list("status").annotate(number=Count("pk"))
    assert dict(statuses) == {"003": 58, "004": 1, "005": 1}
    silent_project = Project.all_rows.get(name="鱼岳学校新建")
    assert not Punch.all_rows.filter(project=silent_project).exists()
    assert Engagement.all_rows.filter(project=silent_project).exists()


def test_an_absent_manager_has_no_day_since(world: Outcome) -> None:
    held = KeyPostAssignment.all_rows.get(engagement__project__code=WUCHANG_CODE, post="01")
    last = AttendanceDay.all_rows.filter(engagement=held.engagement).order_by("-day").first()
    assert last is not None
    assert last.day <= AS_OF.date() - timedelta(days=5)


def test_someone_who_has_left_still_punches_and_does_not_count(world: Outcome) -> None:
    left = Presence.all_rows.filter(
        engagement__project__name="积玉桥住宅一期", exited_on=AS_OF.date() - timedelta(days=4)
    )
    people = set(left.values_list("person", flat=True))
    late = Punch.all_rows.filter(
        subject__person__in=people, occurred_at__gt=AS_OF - timedelta(days=3), project__name="积玉桥住宅一期"
    )
    assert late.exists()
    days = AttendanceDay.all_rows.filter(
        engagement__person__in=people, day__gt=AS_OF.date() - timedelta(days=4)
    )
    assert not days.filter(engagement__project__name="积玉桥住宅一期").exists()


def test_xiantao_is_healthy_and_huanggang_has_the_lowest_on_post_rate(world: Outcome) -> None:
    def rate(path: str) -> float:
        rows = ProjectDay.all_rows.filter(project__region__path__startswith=path)
        required, present = 0, 0
        for row in rows:
            required, present = required + row.key_posts_required, present + row.key_posts_present
        return present / required

    units = {f"420000/{code}/" for code in ("420100", "420500", "420600", "421000", "429004", "420900")}
    assert rate("420000/421100/") < min(rate(unit) for unit in units)
    assert rate("420000/429004/") == max(rate(unit) for unit in units) > 0.9


def test_a_second_run_adds_nothing_and_a_later_one_only_what_is_missing(world: Outcome) -> None:
    people = Engagement.all_rows.count()
    assert written().punches == 0
    later = AS_OF + timedelta(days=2, hours=1)
    added = written(later)
    assert not added.is_new
    assert added.punches > 0
    assert Engagement.all_rows.count() == people
    assert Punch.all_rows.count() == world.punches + added.punches
    assert set(ProjectDay.all_rows.filter(day=later.date()).values_list("project", flat=True)) == set(
        Project.all_rows.values_list("pk", flat=True)
    )
    assert not Punch.all_rows.filter(occurred_at__gt=later).exists()


def test_a_world_written_in_two_steps_has_the_punches_of_one_written_at_once(world: Outcome) -> None:
    noon = datetime(2026, 11, 20, 12, 0, tzinfo=SITE_TIME)
    planned = plan(27, AS_OF.date(), SMALL).sites[0]
    today = Punch.all_rows.filter(project__code=WUCHANG_CODE, occurred_at__gte=noon - timedelta(hours=8))
    expected = {one.public_id for one in passages(27, planned, AS_OF.date(), AS_OF) if one.at <= AS_OF}
    assert set(today.values_list("public_id", flat=True)) == expected


def test_whoever_was_exited_by_hand_punches_no_more(world: Outcome) -> None:
    one = AttendanceDay.all_rows.filter(engagement__project__code=XIANTAO_CODE, day=AS_OF.date()).first()
    assert one is not None
    Presence.all_rows.filter(engagement=one.engagement, exited_on=None).update(exited_on=AS_OF.date())
    written(AS_OF + timedelta(days=3))
    assert not AttendanceDay.all_rows.filter(engagement=one.engagement, day__gt=AS_OF.date()).exists()
    person = one.engagement.person_id
    late = Punch.all_rows.filter(subject__person=person, occurred_at__gt=AS_OF + timedelta(hours=12))
    assert not late.exists()


def test_another_seed_over_a_world_that_stands_is_refused_and_changes_nothing(world: Outcome) -> None:
    with pytest.raises(DomainError, match="种子为 27"):
        written(AS_OF + timedelta(days=1), seed=28)
    assert Punch.all_rows.count() == world.punches


def test_where_real_people_may_be_registered_nothing_is_written(world: Outcome) -> None:
    with override_settings(SYNTHETIC_PEOPLE=False), pytest.raises(CommandError, match="SYNTHETIC_PEOPLE"):
        call_command("demo", as_of=AS_OF + timedelta(days=1))
    assert Punch.all_rows.count() == world.punches


def test_each_account_holds_one_post_until_the_end_of_next_year(world: Outcome) -> None:
    named = User.objects.exclude(username__startswith="site-")
    own = {account.username for account in ACCOUNTS} | {WORKER}
    assert {user.username for user in named} == own
    for account in ACCOUNTS:
        user = User.objects.get(username=account.username)
        post = Post.objects.get(user=user)
        assert (post.role, str(post.valid_to)) == (account.role, "2027-12-31")
        assert check_password(settings.DEMO_PASSWORD, user.password)
        assert not user.must_change_password
        assert UserActor.of(user, AS_OF).roles == {account.role}


def test_posts_on_a_project_are_all_on_the_fixed_project_in_wuchang(world: Outcome) -> None:
    project = Project.all_rows.get(code=WUCHANG_CODE)
    for username in ("contractor", "clerk", "subclerk", "owner", "supervisor"):
        actor = UserActor.of(User.objects.get(username=username), AS_OF)
        assert list(Project.objects.visible_to(actor)) == [project]


def test_after_a_long_pause_posts_hold_again_and_the_last_thirty_days_are_filled(world: Outcome) -> None:
    later = datetime(2028, 2, 1, 12, 0, tzinfo=SITE_TIME)
    written(later)
    assert {str(day) for day in Post.objects.values_list("valid_to", flat=True)} == {"2029-12-31"}
    filled = ProjectDay.all_rows.filter(day__gt=AS_OF.date()).values_list("day", flat=True).distinct()
    assert sorted(filled) == [later.date() - timedelta(days=step) for step in range(29, -1, -1)]


def test_one_project_waits_for_its_contractor_and_one_was_never_issued_a_code(world: Outcome) -> None:
    county = UserActor.of(User.objects.get(username="wuchang"), AS_OF)
    waiting = {row.name: row.code_at for row in unclaimed(county, AS_OF)}
    assert waiting == {WITHOUT: None, WAITING: AS_OF - timedelta(days=5)}
    everywhere = UserActor.of(User.objects.get(username="province"), AS_OF)
    assert unclaimed(everywhere, AS_OF).count() == 2
    held = open_claim(permit_number=claimable(), code=CODE, address="203.0.113.9", now=AS_OF)
    assert held.project.name == WAITING
    later = AS_OF + timedelta(days=90)
    written(later)
    assert open_claim(permit_number=claimable(), code=CODE, address="203.0.113.9", now=later) == held
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    assert CODE in out.getvalue()


def test_a_password_that_somebody_changed_stays_changed(world: Outcome) -> None:
    wuhan = User.objects.get(username="wuhan")
    wuhan.set_password("another-password-2026")
    wuhan.save()
    written(AS_OF + timedelta(minutes=5))
    wuhan.refresh_from_db()
    assert wuhan.check_password("another-password-2026")


def test_the_list_of_accounts_names_account_post_and_password(world: Outcome) -> None:
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    for account in ACCOUNTS:
        assert account.username in out.getvalue()
        assert ROLES[account.role].title in out.getvalue()
    assert settings.DEMO_PASSWORD in out.getvalue()


def test_a_platform_without_demo_accounts_lists_no_password(world: Outcome) -> None:
    RosterImport.objects.all().delete()
    Post.objects.all().delete()
    User.objects.all().delete()
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    assert settings.DEMO_PASSWORD not in out.getvalue()


def test_the_demo_worker_is_found_by_the_phone_that_the_tour_names(world: Outcome) -> None:
    worker = User.objects.get(username=WORKER)
    owners = people_of(phone_index(WORKER_PHONE), timezone.now())
    assert [one.public_id for one in owners] == [worker.person]
    assert (UserActor.of(worker).kind, check_password(settings.DEMO_PASSWORD, worker.password)) == (
        "worker",
        True,
    )
    assert not Engagement.all_rows.filter(phone__isnull=False, phone_index=None).exists()


def test_the_demo_clerk_has_a_roster_with_mistakes_to_mend(world: Outcome) -> None:
    write_roster_file(AS_OF)
    write_roster_file(AS_OF)
    roster = RosterImport.objects.get(owner__username="clerk")
    assert (roster.state, roster.rows_number) == ("checked", 16)
    causes = Counter(roster.faults.values_list("cause", flat=True))
    assert causes == {"not_in_list": 3, "check_digit": 2, "bad_phone_short": 1}
