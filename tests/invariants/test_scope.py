"""I-29: whatever posts somebody holds, rows, counts and sums are those of the places they reach."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Count, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.models import ProjectDay, Punch
from federation.models import ManagerRegistration, Upstream, UpstreamProject
from federation.models.partners import OfTheProvince
from integrity.models import CreditRecord, SupervisionNotice
from kernel.scoping import Reach, ScopedModel
from ledgers.models import Ledger
from payroll.models import PayrollBatch, PayrollFile, PayrollRow
from projects.models import (
    Enterprise,
    EnterpriseParticulars,
    Participation,
    Project,
    Qualification,
    Team,
    TeamFile,
    WageAccount,
)
from regions.models import Region
from tests.support.actors import Holder
from tests.support.world import TwoCounties, two_counties
from workers.models import (
    CareerCode,
    CareerReading,
    Certificate,
    CollectionPoint,
    ContractFile,
    ContractTemplate,
    Engagement,
    Person,
    PolicyDocument,
    TrainingFile,
    TrainingSession,
    WorkQuantity,
)

pytestmark = pytest.mark.django_db

SCOPED = [model for model in apps.get_models() if issubclass(model, ScopedModel)]
# Where a row lies: its region's path, its project and, for some, its participation.
Place = tuple[str, UUID | None, UUID | None]
ABOVE = (
    ((PayrollRow, PayrollFile), "batch"),
    (TeamFile, "team"),
    (ContractFile, "contract"),
    (TrainingFile, "session"),
)
PATHS = ("420000/", "420000/420100/", "420000/420100/420106/", "420000/429004/", "420000/420100/420107/")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[TwoCounties]:  # type: ignore[no-untyped-def]
    with django_db_blocker.unblock(), transaction.atomic():
        yield two_counties()
        transaction.set_rollback(True)


Rows = dict[type[ScopedModel], dict[Any, list[Place]]]


@pytest.fixture(scope="module")
def places(world: TwoCounties) -> Rows:
    """Where each row of each table lies."""
    return {model: {row.pk: _places(row) for row in model.all_rows.all()} for model in SCOPED}


def _place(project: Project, participation: Participation | None = None) -> Place:
    return project.region.path, project.public_id, participation.public_id if participation else None


def _places(row: Any) -> list[Place]:
    """Where a row lies, told by its neighbours and not by any lookup of the models."""
    if isinstance(row, OfTheProvince):
        return [("420000/", None, None)]
    if isinstance(row, Upstream):
        # Whoever has a site of which it is told knows it.
        told_of = UpstreamProject.all_rows.filter(upstream=row)
        return [(row.region.path, None, None), *(("", one.project.public_id, None) for one in told_of)]
    if told := _told_upstream(row):
        return [(told.upstream.region.path, told.project.public_id, None)]
    if isinstance(row, EnterpriseParticulars) and row.project is None:
        row = row.enterprise
    if isinstance(row, (Qualification, ManagerRegistration)):
        row = row.enterprise
    if isinstance(row, CreditRecord):
        # In the authority's region, and where below it the enterprise works.
        works = Participation.all_rows.filter(enterprise=row.enterprise)
        below = [one for one in works if one.project.region.path.startswith(row.region.path)]
        return [(row.region.path, None, None), *(_place(one.project, one) for one in below)]
    if isinstance(row, CareerCode):
        # Nobody's but the person's own.
        return []
    if isinstance(row, PolicyDocument):
        part = row.participation
        row = part.project if part.enterprise == part.project.contractor else part
    if isinstance(row, WageAccount):
        row = row.participation
    row = _above_its_file(row)
    if isinstance(row, Enterprise):
        taken = Participation.all_rows.filter(enterprise=row)
        return [_place(one.project, one) for one in taken]
    if isinstance(row, Certificate):
        row = row.person
    if isinstance(row, (PayrollBatch, CareerReading, WorkQuantity, Ledger, TrainingSession)):
        return [_place(row.project, row.participation)]
    if isinstance(row, Person):
        return [_place(one.project, one.participation) for one in Engagement.all_rows.filter(person=row)]
    if isinstance(row, (ContractTemplate, CollectionPoint)):
        # Of the site, for all who work there.
        row = row.project
    if isinstance(row, Project):
        return [_place(row), *(_place(row, one) for one in Participation.all_rows.filter(project=row))]
    if isinstance(row, Participation):
        return [_place(row.project, row)]
    if isinstance(row, Team):
        return [_place(row.participation.project, row.participation)]
    if isinstance(row, Punch):
        own = Engagement.all_rows.filter(project=row.project, person__subjects=row.subject)
        return [_place(row.project), *(_place(row.project, one.participation) for one in own)]
    if notice := _notice_of(row):
        return [_place(notice.project, notice.addressee)]
    row = getattr(row, "presence", row)
    work = row if isinstance(row, Engagement) else getattr(row, "engagement", None)
    return [_place(work.project, work.participation)] if work else [_place(row.project)]


def _told_upstream(row: Any) -> UpstreamProject | None:
    """The project as an upstream is told of it, and the calls and records of that."""
    found = getattr(row, "access", row)
    return found if isinstance(found, UpstreamProject) else None


def _above_its_file(row: Any) -> Any:
    """What a file or a row of wages belongs to."""
    for kinds, step in ABOVE:
        if isinstance(row, kinds):
            row = getattr(row, step)
    return row


def _notice_of(row: Any) -> SupervisionNotice | None:
    """The notice that a row belongs to, from its files up; None for what has nothing to do with one."""
    for step in ("answer", "reply", "notice"):
        row = getattr(row, step, row)
    return row if isinstance(row, SupervisionNotice) else None


def _reaches(reach: Reach, place: Place) -> bool:
    path, project, participation = place
    return (
        any(path.startswith(root) for root in reach.region_paths)
        or project in reach.projects
        or participation in reach.participations
    )


def _subset(rows: list[Any]) -> st.SearchStrategy[frozenset[Any]]:
    return st.frozensets(st.integers(0, len(rows) - 1), max_size=2).map(
        lambda chosen: frozenset(rows[index] for index in chosen)
    )


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_i_29_every_post_sees_the_rows_of_its_places_and_no_other(
    data, world: TwoCounties, places: Rows
) -> None:
    reach = Reach(
        region_paths=data.draw(_subset(list(PATHS))),
        projects=data.draw(_subset([county.project.public_id for county in world])),
        participations=data.draw(
            _subset([one.public_id for county in world for one in county.participations.values()])
        ),
    )
    reader = Holder(reach, *(model.view_permission for model in SCOPED))
    for model in SCOPED:
        rows = places[model].items()
        expected = {pk for pk, lies_at in rows if any(_reaches(reach, place) for place in lies_at)}
        seen = model.objects.visible_to(reader)
        assert {row.pk for row in seen} == expected, model.__name__
        assert seen.count() == len(expected), model.__name__
        assert seen.aggregate(number=Count("pk"))["number"] == len(expected), model.__name__
        assert seen.exists() is bool(expected)


def test_i_29_sums_are_sums_of_what_is_seen(world: TwoCounties) -> None:
    county = world.wuchang
    everything = ProjectDay.all_rows.filter(day=county.today).aggregate(people=Sum("on_site"))["people"]
    seen = ProjectDay.objects.visible_to(county.actor("county_regulator")).filter(day=county.today)
    assert seen.aggregate(people=Sum("on_site"))["people"] == 3
    assert everything == 6


def test_i_29_a_unit_reaches_its_own_counties_and_not_those_that_look_alike(world: TwoCounties) -> None:
    wuhan = Reach(region_paths=frozenset({"420000/420100/"}))
    assert list(Project.objects.within(wuhan)) == [world.wuchang.project]
    # Every path ends with a slash, so that no code is the beginning of another.
    with pytest.raises(IntegrityError, match="region_path_ends_with_a_slash"), transaction.atomic():
        Region.objects.create(code="420199", name="无斜杠", path="420000/420100/420199")
