"""Rights come from posts, reach as far as each post, and end with it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import UserActor
from accounts.models import Post
from accounts.roles import ROLES
from kernel.errors import DomainError, NotFound, NotPermitted
from kernel.permits import require
from kernel.scoping import Reach
from projects.models import Project, ProjectGrant
from projects.services import grant_project
from tests.support import records
from tests.support.actors import EVERYONE, Holder, account, give_post, regulator
from workers.models import Engagement

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def two_projects() -> tuple[Project, Project]:
    firm = records.enterprise(500)
    return (
        records.project("420106202602020001", records.region("420106"), firm),
        records.project("420106202602020002", records.region("420106"), firm),
    )


def _seen(actor) -> set[str]:
    return set(Project.objects.visible_to(actor).values_list("code", flat=True))


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "holds"),
    [(-1, None, True), (0, 0, True), (-9, 0, True), (-9, -1, False), (1, None, False)],
)
def test_a_post_holds_from_its_first_day_to_its_last_and_no_longer(valid_from, valid_to, holds) -> None:
    user = account("zhou")
    give_post(
        user,
        "county_regulator",
        region=records.region("420106"),
        valid_from=timezone.localdate() + valid_from * DAY,
        valid_to=None if valid_to is None else timezone.localdate() + valid_to * DAY,
    )
    actor = UserActor.of(user)
    assert (actor.holds_anything, actor.may("projects.view")) == (holds, holds)
    assert bool(actor.reach("projects.view")) is holds


def test_a_post_ended_by_hand_ends_at_that_instant() -> None:
    user = account("zhou")
    post = give_post(user, "county_regulator", region=records.region("420106"))
    now = timezone.now()
    Post.objects.filter(pk=post.pk).update(ended_at=now)
    assert not UserActor.of(user, now).holds_anything
    assert UserActor.of(user, now - timedelta(seconds=1)).holds_anything


def test_an_account_without_a_post_sees_nothing_and_may_nothing(two_projects) -> None:
    actor = UserActor.of(account("zhou"))
    assert _seen(actor) == set()
    for permission in set().union(*(role.permissions for role in ROLES.values())):
        assert not actor.may(permission)


def test_a_post_of_a_role_that_nobody_knows_opens_nothing(two_projects) -> None:
    user = account("zhou")
    give_post(user, "emperor", region=records.region("420000"))
    actor = UserActor.of(user)
    assert _seen(actor) == set()
    assert not actor.may("projects.view")


def test_a_post_has_exactly_one_scope(two_projects) -> None:
    user = account("zhou")
    for scopes in ({}, {"region": records.region("420106"), "project": two_projects[0].public_id}):
        with pytest.raises(IntegrityError, match="a_post_has_exactly_one_scope"), transaction.atomic():
            give_post(user, "supervisor", **scopes)
    assert Post.objects.count() == 0


def test_xiantaos_regulator_holds_both_tiers_and_wuchangs_only_its_own() -> None:
    xiantao = regulator(records.region("429004"))
    wuchang = regulator(records.region("420106"))
    wuhan = regulator(records.region("420100"), "city_regulator")
    both = ("projects.receive_permit", "projects.compare")
    assert [xiantao.may(act) for act in both] == [True, True]
    assert [wuchang.may(act) for act in both] == [True, False]
    assert [wuhan.may(act) for act in both] == [False, True]
    assert xiantao.reach("projects.compare") == Reach(region_paths=frozenset({"420000/429004/"}))


def test_two_posts_do_not_lend_their_permissions_to_each_other(two_projects) -> None:
    watched, owned = two_projects
    user = account("zhou")
    give_post(user, "supervisor", project=watched.public_id)
    give_post(user, "owner", project=owned.public_id)
    actor = UserActor.of(user)
    assert _seen(actor) == {watched.code, owned.code}
    require(actor, "workers.reveal", on=watched)
    with pytest.raises(NotFound):
        require(actor, "workers.reveal", on=owned)
    with pytest.raises(NotPermitted):
        require(actor, "workers.enrol", on=watched)
    assert actor.reach("workers.reveal") == Reach(projects=frozenset({watched.public_id}))


def test_a_regulators_post_elsewhere_lends_nothing_to_a_clerks_post_here(two_projects) -> None:
    project = two_projects[0]
    user = account("zhou")
    give_post(user, "county_regulator", region=records.region("429004"))
    give_post(user, "labour_clerk", project=project.public_id)
    actor = UserActor.of(user)
    require(actor, "projects.manage_team", on=project)
    with pytest.raises(NotFound):
        require(actor, "projects.receive_permit", on=project)


def test_a_post_on_an_enterprise_opens_what_it_builds_or_owns_and_nothing_else(two_projects) -> None:
    built, other = two_projects
    firm, owner = records.enterprise(501), records.enterprise(502)
    Project.all_rows.filter(pk=built.pk).update(contractor=firm)
    records.participation(built, owner, records.OWNER)
    records.participation(other, firm, records.SUBCONTRACTOR)
    for enterprise, role in ((firm, "contractor_manager"), (owner, "owner")):
        user = account(f"of-{enterprise.uscc}")
        give_post(user, role, enterprise=enterprise.public_id)
        assert _seen(UserActor.of(user)) == {built.code}


def test_a_post_on_a_participation_opens_its_project_once_and_no_other(two_projects) -> None:
    project = two_projects[0]
    own = records.participation(project, records.enterprise(503), records.SUBCONTRACTOR)
    records.participation(project, records.enterprise(504), records.SUBCONTRACTOR)
    user = account("zhou")
    give_post(user, "subcontractor_clerk", participation=own.public_id)
    give_post(user, "supervisor", project=project.public_id)
    assert list(Project.objects.visible_to(UserActor.of(user))) == [project]


def _grant(user, project, valid_to, codename="stand_in_supervisor") -> ProjectGrant:
    return grant_project(
        actor=EVERYONE,
        user=user,
        project=project,
        codename=codename,
        valid_to=valid_to,
        reason="监理工程师休假代班",
    )


def test_a_grant_gives_one_person_one_project_as_a_stand_in(two_projects) -> None:
    project = two_projects[0]
    stand_in, bystander = account("zhou"), account("wu")
    _grant(stand_in, project, timezone.localdate())
    actor = UserActor.of(stand_in)
    assert _seen(actor) == {project.code}
    require(actor, "workers.reveal", on=project)
    with pytest.raises(NotPermitted):
        require(actor, "workers.enrol", on=project)
    assert not UserActor.of(bystander).holds_anything


def test_a_joint_inspection_reads_and_reveals_nothing(two_projects) -> None:
    inspector = account("zhou")
    _grant(inspector, two_projects[0], timezone.localdate(), "joint_inspection")
    actor = UserActor.of(inspector)
    assert actor.may("workers.view")
    assert not actor.may("workers.reveal")


def test_a_grant_ends_by_itself_after_its_last_day(two_projects) -> None:
    user = account("zhou")
    _grant(user, two_projects[0], timezone.localdate() - DAY)
    assert not UserActor.of(user).holds_anything
    _grant(user, two_projects[0], timezone.localdate())
    assert UserActor.of(user).holds_anything


def test_a_grant_shows_only_the_people_of_its_project(two_projects) -> None:
    here, there = two_projects
    user = account("zhou")
    _grant(user, here, timezone.localdate())
    works = []
    for project in (here, there):
        team = records.team(records.participation(project, project.contractor), 1_400_000_000 + project.pk)
        works.append(records.engagement(records.person(f"42001119900101{project.pk % 10}01X"), team))
    assert list(Engagement.objects.visible_to(UserActor.of(user))) == [works[0]]


def test_who_may_not_manage_accounts_grants_nothing(two_projects) -> None:
    user, project = account("zhou"), two_projects[0]
    reach = Reach(region_paths=frozenset({"420000/"}))
    with pytest.raises(NotPermitted):
        grant_project(
            actor=Holder(reach, "projects.view"),
            user=user,
            project=project,
            codename="stand_in_supervisor",
            valid_to=timezone.localdate(),
            reason="代班",
        )
    with pytest.raises(DomainError):
        _grant(user, project, timezone.localdate(), "emperor")
    assert ProjectGrant.objects.count() == 0


def test_an_actor_is_built_with_three_queries_at_most(two_projects) -> None:
    user = account("zhou")
    for project in two_projects:
        give_post(user, "supervisor", project=project.public_id)
    give_post(user, "contractor_manager", enterprise=two_projects[0].contractor.public_id)
    with CaptureQueriesContext(
        connection,
    ) as spent:
        actor = UserActor.of(user)
        actor.reach("projects.view")
        actor.may("workers.view")
    assert len(spent) == 3
