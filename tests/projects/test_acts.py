"""Permits, participations, teams: one act each, refused in a sentence, never half-written."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from kernel.errors import HeldElsewhere, NotFound, NotPermitted
from kernel.scoping import Reach
from outbox.models import OutboxEvent
from projects.errors import (
    AlreadyParticipates,
    BadCreditCode,
    BadPeriod,
    BadPermitNumber,
    NameDiffers,
    PermitElsewhere,
    ProjectDiffers,
    ProjectFinished,
    TeamExists,
)
from projects.models import Enterprise, Participation, Permit, Project, Team
from projects.services import (
    PermitFacts,
    add_participation,
    add_team,
    edit_participation,
    edit_team,
    end_participation,
    receive_permit,
)
from tests.support import people, records
from tests.support.actors import EVERYONE, Holder
from tests.support.traces import fingerprint

pytestmark = pytest.mark.django_db


def facts(**changes):
    base = PermitFacts(
        project_code="420106202604040001",
        project_name="中北路综合楼",
        region=records.region("420106"),
        permit_number="420106202604040101",
        issued_on=date(2026, 4, 4),
        contractor_uscc=people.credit_code(801),
        contractor_name="楚天测试建设有限公司",
        owner_uscc=people.credit_code(802),
        owner_name="楚天测试置业有限公司",
        supervisor_uscc=people.credit_code(803),
        supervisor_name="楚天测试监理有限公司",
    )
    return replace(base, **changes)


def county(code="420106"):
    region = records.region(code)
    return Holder(Reach(region_paths=frozenset({region.path})), "projects.receive_permit", "projects.view")


def test_a_permit_makes_a_project_with_its_three_parties():
    project = receive_permit(actor=county(), facts=facts())
    assert (project.code, project.status, project.contractor.name) == (
        "420106202604040001",
        "003",
        "楚天测试建设有限公司",
    )
    assert sorted(Participation.all_rows.values_list("kind", flat=True)) == ["007", "008", "009"]
    assert Permit.all_rows.get().number == "420106202604040101"
    assert OutboxEvent.objects.get().event == "projects.project_registered.v1"


def test_the_same_permit_again_changes_nothing():
    first = receive_permit(actor=county(), facts=facts())
    assert receive_permit(actor=county(), facts=facts()).pk == first.pk
    assert (Project.all_rows.count(), Permit.all_rows.count(), Enterprise.all_rows.count()) == (1, 1, 3)


def test_a_second_permit_joins_the_known_project():
    receive_permit(actor=county(), facts=facts())
    receive_permit(actor=county(), facts=facts(permit_number="420106202604040102"))
    assert (Project.all_rows.count(), Permit.all_rows.count()) == (1, 2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"project_name": "别的项目"}, "项目名称是“中北路综合楼”"),
        ({"contractor_uscc": people.credit_code(805), "contractor_name": "另一家"}, "总承包单位是"),
    ],
)
def test_a_known_project_code_with_other_facts_is_refused_and_adds_no_permit(change, words):
    receive_permit(actor=county(), facts=facts())
    with pytest.raises(ProjectDiffers, match=words):
        receive_permit(actor=county(), facts=facts(permit_number="420106202604040109", **change))
    assert Permit.all_rows.count() == 1


def test_a_permit_number_of_another_project_is_refused_and_makes_no_project():
    receive_permit(actor=county(), facts=facts())
    with pytest.raises(PermitElsewhere, match="420106202604040101"):
        receive_permit(actor=county(), facts=facts(project_code="420106202604040002"))
    assert Project.all_rows.count() == 1


def test_another_county_registers_nothing_here():
    with pytest.raises(NotFound):
        receive_permit(actor=county("429004"), facts=facts())
    with pytest.raises(NotPermitted):
        receive_permit(actor=Holder(Reach()), facts=facts())
    assert not Project.all_rows.exists()


def test_a_known_credit_code_under_another_name_is_refused_whole():
    receive_permit(actor=county(), facts=facts())
    with pytest.raises(NameDiffers, match="楚天测试置业有限公司"):
        receive_permit(
            actor=county(),
            facts=facts(project_code="420106202604040003", permit_number="NEW-420104", owner_name="别名"),
        )
    assert (Project.all_rows.count(), Permit.all_rows.count()) == (1, 1)


def test_a_credit_code_with_a_wrong_check_sign_is_refused():
    code = people.credit_code(801)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    with pytest.raises(BadCreditCode, match="校验位不符"):
        receive_permit(actor=county(), facts=facts(contractor_uscc=wrong))
    assert not Enterprise.all_rows.exists()


def take_part(project):
    return add_participation(
        actor=EVERYONE, project=project, uscc=people.credit_code(804), name="荆楚示例劳务", kind="006"
    )


def test_an_enterprise_takes_part_once():
    project = receive_permit(actor=county(), facts=facts())
    take_part(project)
    with pytest.raises(AlreadyParticipates):
        take_part(project)
    assert Participation.all_rows.filter(project=project, kind="006").count() == 1


def test_team_numbers_have_ten_digits_and_a_name_is_used_once_per_participation():
    project = receive_permit(actor=county(), facts=facts())
    participation = project.participations.get(kind="009")
    team = add_team(actor=EVERYONE, participation=participation, name="钢筋班")
    assert 1_500_000_000 <= team.number < 1_501_000_000
    with pytest.raises(TeamExists) as refusal:
        add_team(actor=EVERYONE, participation=participation, name="钢筋班")
    assert refusal.value.number == team.number
    other = project.participations.get(kind="007")
    assert add_team(actor=EVERYONE, participation=other, name="钢筋班").number == team.number + 1


def test_a_finished_project_takes_no_new_party_or_team():
    project = receive_permit(actor=county(), facts=facts())
    project.status = "004"
    project.save()
    with pytest.raises(ProjectFinished):
        add_participation(
            actor=EVERYONE, project=project, uscc=people.credit_code(804), name="荆楚示例劳务", kind="006"
        )
    participation = Participation.all_rows.select_related("project").get(project=project, kind="009")
    with pytest.raises(ProjectFinished):
        add_team(actor=EVERYONE, participation=participation, name="钢筋班")
    assert not Team.all_rows.exists()


def test_a_day_of_entry_that_has_not_come_is_refused_and_leaves_no_trace():
    project = receive_permit(actor=county(), facts=facts())
    today = date(2026, 11, 26)
    tomorrow = today + timedelta(days=1)
    participation = take_part(project)
    team = add_team(actor=EVERYONE, participation=participation, name="钢筋班", entered_on=today, today=today)
    firm: dict[str, Any] = {"uscc": people.credit_code(805), "name": "荆楚示例门窗", "kind": "006"}
    kept: dict[str, Any] = {"name": "钢筋班", "responsible_name": "", "remark": ""}
    before = fingerprint()
    for act in (
        partial(add_participation, actor=EVERYONE, project=project, **firm),
        partial(edit_participation, actor=EVERYONE, participation=participation, kind="006", manager_name=""),
        partial(add_team, actor=EVERYONE, participation=participation, name="木工班"),
        partial(edit_team, actor=EVERYONE, team=team, **kept),
    ):
        with pytest.raises(BadPeriod, match="进场日期 2026-11-27 晚于今天") as refusal, transaction.atomic():
            act(entered_on=tomorrow, today=today)
        assert refusal.value.field == "entered_on"
    assert fingerprint() == before


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("permit_number", "4201", "施工许可证编号“4201”有 4 位"),
        ("project_code", "项目甲的编码 001", "项目编码“项目甲的编码001”不合格式"),
    ],
)
def test_the_act_itself_refuses_a_number_that_nobody_gave(field, value, words):
    before = fingerprint()
    with pytest.raises(BadPermitNumber) as refused:
        receive_permit(actor=county(), facts=facts(**{field: value}))
    assert (refused.value.field, refused.value.message.startswith(words)) == (field, True)
    assert fingerprint() == before


@pytest.mark.parametrize(
    "number", ["420106202604040101", "420106202602020001-01", "鄂420106201905280101", "NEW-420001"]
)
def test_numbers_as_authorities_give_them_are_taken(number):
    receive_permit(actor=county(), facts=facts(permit_number=f" {number} "))
    assert Permit.all_rows.get().number == number


def test_i_25_a_firm_leaves_when_the_teams_of_another_node_have_left_there():
    firm = records.enterprise(811)
    project = records.project("420106202604040811", records.region("420106"), firm)
    part = records.participation(project, records.enterprise(812), records.SUBCONTRACTOR)
    teams = [records.team(part, 1_499_008_110 + step, name=f"班组{step}") for step in range(2)]
    Team.all_rows.filter(pk=teams[1].pk).update(origin="away-1")
    day = records.site_day()
    before = fingerprint()
    with pytest.raises(HeldElsewhere, match="班组“班组1”由“away-1”平台维护"), transaction.atomic():
        end_participation(actor=EVERYONE, participation=part, on=day, today=day)
    assert fingerprint() == before
    Team.all_rows.filter(pk=teams[1].pk).update(exited_on=day)
    end_participation(actor=EVERYONE, participation=part, on=day, today=day)
    teams[0].refresh_from_db()
    assert (teams[0].exited_on, teams[0].version) == (day, 2)
