"""What the fast doors remember of keys: read together, each with what it reaches and nothing of another's."""

from typing import Any

import pytest
from django.utils import timezone

from federation.ingest.keys import Keys
from federation.models import Credential
from federation.services import issue_credential
from projects.models import Project
from tests.support import records

pytestmark = pytest.mark.django_db


def _project(order: int) -> Project:
    firm = records.enterprise(900 + order)
    project = records.project(f"42010620260303990{order}", records.region("420106"), firm)
    records.device(project, f"{order}号门")
    return project


def _key(project: Project) -> Credential:
    return issue_credential(actor=None, project_code=project.code)


@pytest.mark.parametrize("number", [1, 4])
def test_many_keys_cost_the_queries_of_one(number: int, django_assert_num_queries: Any) -> None:
    keys = [_key(_project(order)) for order in range(number)]
    now = timezone.now()
    Keys().read(keys[0].appid, now)  # the parameters are remembered from here on
    with django_assert_num_queries(2):
        held = Keys().load([key.appid for key in keys], now)
    assert {one.appid for one in held.values()} == {key.appid for key in keys}


def test_of_keys_read_together_each_reaches_its_own_devices_only() -> None:
    projects = [_project(order) for order in range(3)]
    keys = [_key(project) for project in projects]
    held = Keys().load([*(key.appid for key in keys), "999999202601019999"], timezone.now())
    for project, key in zip(projects, keys, strict=True):
        one = held[key.appid]
        assert one.projects == {project.code: project.pk}
        assert {gate.project for gate in one.gates.values()} == {project.pk}
        assert [secret.pk for secret in one.keys] == [key.pk]
    unknown = held["999999202601019999"]
    assert (unknown.keys, unknown.gates, unknown.projects) == ([], {}, {})
