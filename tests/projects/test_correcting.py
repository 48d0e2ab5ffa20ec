"""What was reported of a project is put right on its page; a register holds, a stale page is told."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from projects.models import Permit, Project, Source
from projects.services.mastering import as_master
from tests.support.counties import County, wuchang

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> County:
    return wuchang(staff=("contractor",))


@pytest.fixture
def manager(place: County) -> Client:
    client = Client()
    client.force_login(place.users["contractor_manager"], backend="django.contrib.auth.backends.ModelBackend")
    return client


def _page(place: County) -> str:
    return f"/projects/{place.project.public_id}/facts/correct/"


def test_the_manager_corrects_the_area_and_the_days_and_a_registered_name_is_not_offered(
    place: County, manager: Client
) -> None:
    project = place.project
    assert Permit.all_rows.filter(project=project).exists()
    Project.all_rows.filter(pk=project.pk).update(owner_name="江城建设局")
    assert _page(place) in manager.get(f"/projects/{project.public_id}/").content.decode()
    shown = manager.get(_page(place)).content.decode()
    assert 'name="building_area"' in shown and 'name="name"' not in shown
    assert "项目名称和建设单位名称随施工许可证登记" in shown
    given = {
        "address": "雄楚大道 1 号", "building_area": "12000", "starts_on": "2026-01-05",
        "completes_on": "2027-05-01", "version": project.version, "name": "另一个名称",
    }  # fmt: skip
    assert manager.post(_page(place), given).status_code == 302
    now = Project.all_rows.get(pk=project.pk)
    assert (now.building_area, now.address, now.name) == (Decimal(12000), "雄楚大道 1 号", project.name)
    assert (now.starts_on, now.version) == (date(2026, 1, 5), project.version + 1)
    # The page of the version before is told what stands there now.
    stale = manager.post(_page(place), given | {"building_area": "13000"})
    assert stale.status_code == 409
    assert Project.all_rows.get(pk=project.pk).building_area == Decimal(12000)
    wrong = manager.post(_page(place), given | {"version": now.version, "completes_on": "2025-01-01"})
    assert "竣工日期不能早于开工日期" in wrong.content.decode()


def test_what_the_masters_own_and_what_another_node_keeps_is_not_corrected_here(
    place: County, manager: Client
) -> None:
    rows = Project.all_rows.filter(pk=place.project.pk)
    rows.update(origin="elsewhere-1")
    assert manager.get(_page(place)).status_code == 409
    with as_master():
        rows.update(origin=place.project.origin, source=Source.MASTER)
    assert manager.get(_page(place)).status_code == 404
