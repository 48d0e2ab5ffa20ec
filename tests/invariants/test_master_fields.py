"""I-25: what the four-database platform owns is read-only here; only its pull changes it."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from projects.models import Enterprise, Permit, Project, Source
from tests.support import records
from tests.support.traces import fingerprint

pytestmark = pytest.mark.django_db


def _pull() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hubei.master_pull = 'on'")


def _end_of_pull() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hubei.master_pull = 'off'")


@pytest.fixture
def rows() -> dict[str, Any]:
    """One enterprise, project and permit that the master owns."""
    _pull()
    firm = records.enterprise(500, source=Source.MASTER)
    project = records.project("420106202602020001", records.region("420106"), firm, source=Source.MASTER)
    permit = records.permit(project, "420106202602020001-01", source=Source.MASTER)
    _end_of_pull()
    return {"enterprise": firm, "project": project, "permit": permit}


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("enterprise", {"name": "改名建筑有限公司"}),
    ("enterprise", {"uscc": "91420099000000000X"}),
    ("enterprise", {"source": Source.REPORTED}),
    ("project", {"name": "改名项目"}),
    ("project", {"code": "420106202602029999"}),
    ("project", {"owner_name": "别的建设单位"}),
    ("project", {"building_area": 1}),
    ("project", {"address": "别处"}),
    ("project", {"source": Source.REPORTED}),
    ("permit", {"number": "NEW"}),
    ("permit", {"issued_on": date(2020, 1, 1)}),
    ("permit", {"amount": 1}),
]


@pytest.mark.parametrize(("which", "change"), CHANGES)
def test_i_25_a_master_field_is_read_only_here(which: str, change: dict[str, Any], rows) -> None:
    row = rows[which]
    before = fingerprint()
    with pytest.raises(IntegrityError, match="read-only here"), transaction.atomic():
        type(row).all_rows.filter(pk=row.pk).update(**change)
    assert fingerprint() == before


@pytest.mark.parametrize("which", ["enterprise", "project", "permit"])
def test_i_25_the_pull_changes_what_it_owns(which: str, rows) -> None:
    field = {"enterprise": "name", "project": "name", "permit": "works_name"}[which]
    row = rows[which]
    _pull()
    assert type(row).all_rows.filter(pk=row.pk).update(**{field: "总库改名"}) == 1
    assert getattr(type(row).all_rows.get(pk=row.pk), field) == "总库改名"


def test_i_25_what_is_not_the_masters_changes_here(rows) -> None:
    assert Project.all_rows.filter(pk=rows["project"].pk).update(status="004", version=2, latitude=30) == 1


def test_i_25_nobody_but_the_pull_makes_or_deletes_a_master_row(rows) -> None:
    before = fingerprint()
    with pytest.raises(IntegrityError, match="read-only here"), transaction.atomic():
        records.enterprise(501, source=Source.MASTER)
    with pytest.raises(IntegrityError, match="read-only here"), transaction.atomic():
        Permit.all_rows.filter(pk=rows["permit"].pk).delete()
    assert fingerprint() == before


def test_i_25_a_reported_row_is_corrected_here_until_the_master_takes_it_over() -> None:
    firm = records.enterprise(502)
    rows = Enterprise.all_rows.filter(pk=firm.pk)
    assert rows.update(name="更正建筑有限公司") == 1
    with pytest.raises(IntegrityError, match="read-only here"), transaction.atomic():
        rows.update(source=Source.MASTER)
    _pull()
    assert rows.update(source=Source.MASTER, name="总库建筑有限公司") == 1
    _end_of_pull()
    with pytest.raises(IntegrityError, match="read-only here"), transaction.atomic():
        rows.update(name="再次更正")
    assert rows.values_list("public_id", "name").get() == (firm.public_id, "总库建筑有限公司")
