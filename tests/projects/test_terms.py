"""Contract terms: one side states, the other confirms; what is missing is named, nothing overwritten."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from kernel.errors import HeldElsewhere
from projects import selectors
from projects.errors import BadTerms, OtherSideConfirms, TermsAnswered, TermsWait
from projects.models import OwnerTerms
from projects.services import TermsFacts, confirm_terms, object_to_terms, state_terms
from projects.terms import faults, in_words, missing
from tests.scope.opening import signed_in
from tests.support.traces import fingerprint
from tests.support.world import County, wuchang
from web.models import Message

pytestmark = pytest.mark.django_db
NOW = timezone.now()
WHOLE = TermsFacts(
    measurement_days=30,
    pay_cycle_days=30,
    pay_day=15,
    labour_cost=Decimal("1280000.00"),
    duties="总承包单位负责登记、考勤和代发工资",
    safety_cost=Decimal("26000.00"),
    is_free_for_workers=True,
)
State = OwnerTerms.State


@pytest.fixture
def county() -> County:
    """武昌 without any terms yet."""
    county = wuchang(staff=())
    OwnerTerms.all_rows.all().delete()
    return county


def _state(county: County, role: str = "labour_clerk", facts: TermsFacts = WHOLE) -> OwnerTerms:
    return state_terms(actor=county.actor(role), project=county.project, facts=facts, now=NOW)


def _states(county: County) -> list[str]:
    return list(
        OwnerTerms.all_rows.filter(project=county.project).order_by("edition").values_list("state", flat=True)
    )


def test_the_other_side_confirms_what_one_side_has_stated(county):
    made = _state(county)
    assert (made.edition, made.state, made.stated_side, missing(made)) == (1, "stated", "contractor", [])
    owner = county.users["owner"]
    assert Message.objects.filter(user=owner, kind="projects.terms").count() == 1
    held = confirm_terms(actor=county.actor("owner"), terms=made, now=NOW)
    assert (held.state, held.answered_by_key) == ("confirmed", str(owner.public_id))
    assert Message.objects.filter(user=county.users["labour_clerk"], kind="projects.terms").exists()
    assert not selectors.projects_without_terms(county.actor("owner"), "projects.view").exists()


def test_nobody_confirms_the_own_sides_statement(county):
    made = _state(county)
    before = fingerprint()
    for role in ("labour_clerk", "contractor_manager"):
        with pytest.raises(OtherSideConfirms, match="总承包单位填报"):
            confirm_terms(actor=county.actor(role), terms=made, now=NOW)
    assert fingerprint() == before


def test_a_statement_that_waits_is_answered_before_the_other_side_states_its_own(county):
    _state(county)
    before = fingerprint()
    with pytest.raises(TermsWait):
        _state(county, "owner")
    assert fingerprint() == before
    assert _state(county, "contractor_manager", replace(WHOLE, pay_day=20)).edition == 2
    assert _states(county) == ["replaced", "stated"]


def test_confirmed_terms_stand_until_a_later_edition_is_confirmed(county):
    confirm_terms(actor=county.actor("owner"), terms=_state(county), now=NOW)
    later = _state(county, "owner", replace(WHOLE, pay_day=20))
    assert _states(county) == ["confirmed", "stated"]
    assert "合同条款等您确认" in signed_in(county, "labour_clerk").get("/").content.decode()
    confirm_terms(actor=county.actor("labour_clerk"), terms=later, now=NOW)
    assert _states(county) == ["replaced", "confirmed"]
    with pytest.raises(TermsAnswered):
        confirm_terms(actor=county.actor("labour_clerk"), terms=later, now=NOW)


def test_an_objection_says_what_and_the_first_side_states_anew(county):
    made = _state(county)
    with pytest.raises(BadTerms, match="至少 4 个字"):
        object_to_terms(actor=county.actor("owner"), terms=made, reason="不对", now=NOW)
    object_to_terms(actor=county.actor("owner"), terms=made, reason="拨付日应是每月 10 日", now=NOW)
    _state(county, facts=replace(WHOLE, pay_day=10))
    assert _states(county) == ["objected", "stated"]


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({"measurement_days": None}, "工程计量周期"),
        ({"pay_cycle_days": None}, "人工费用拨付周期"),
        ({"pay_day": None}, "人工费用拨付日"),
        ({"labour_cost": None}, "人工费用数额或比例"),
        ({"duties": " "}, "实名制管理职责"),
        ({"safety_cost": None}, "实名制费用列入安全文明施工措施费"),
        ({"is_free_for_workers": False}, "实名制费用列入安全文明施工措施费"),
    ],
)
def test_each_missing_item_is_named_and_keeps_the_project_on_the_list(county, change, lacks):
    made = _state(county, facts=replace(WHOLE, **change))
    assert missing(made) == [lacks]
    confirm_terms(actor=county.actor("owner"), terms=made, now=NOW)
    regulator = county.actor("county_regulator")
    assert list(selectors.projects_without_terms(regulator, "projects.coverage")) == [county.project]


def test_a_ratio_serves_as_well_as_an_amount_and_a_long_cycle_is_a_fault_and_not_a_refusal(county):
    facts = replace(WHOLE, labour_cost=None, labour_share=Decimal("18.5"), pay_cycle_days=60)
    made = _state(county, facts=facts)
    assert missing(made) == []
    assert dict(in_words(made))["人工费用数额或比例"] == "合同价款的 18.5%"
    assert "60 天，超过规定的 31 天" in faults(made, county.project)[0]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"measurement_days": 0}, "measurement_days"),
        ({"pay_cycle_days": 400}, "pay_cycle_days"),
        ({"pay_day": 32}, "pay_day"),
        ({"labour_cost": Decimal(-1)}, "labour_cost"),
        ({"labour_cost": Decimal("1e400")}, "labour_cost"),
        ({"safety_cost": Decimal("0.001")}, "safety_cost"),
        ({"labour_share": Decimal(101)}, "labour_share"),
    ],
)
def test_what_no_contract_can_agree_is_refused_at_its_field(county, change, field):
    before = fingerprint()
    with pytest.raises(BadTerms) as refused:
        _state(county, facts=replace(WHOLE, **change))
    assert refused.value.field == field
    assert fingerprint() == before


def test_the_page_shows_items_and_the_home_page_says_what_waits(county):
    clerk = signed_in(county, "labour_clerk")
    page = f"/projects/{county.project.public_id}/terms/"
    assert "合同条款还没有填报" in clerk.get(page).content.decode()
    assert "合同条款没有填报" in clerk.get("/").content.decode()
    sent: dict[str, Any] = {"measurement_days": "30", "pay_day": "15", "labour_share": "18.5"}
    assert clerk.post(f"{page}new/", sent).status_code == 302
    shown = clerk.get(page).content.decode()
    assert "还缺 3 项：人工费用拨付周期、实名制管理职责、实名制费用列入安全文明施工措施费" in shown
    owner = signed_in(county, "owner")
    assert "合同条款等您确认" in owner.get("/").content.decode()
    assert "核对并确认" in owner.get(page).content.decode()
    listed = signed_in(county, "county_regulator").get("/projects/?terms=no").content.decode()
    assert county.project.name in listed
    assert signed_in(county, "subcontractor_clerk").get(page).status_code == 404


def test_i_25_an_edition_of_another_node_gives_way_to_none_that_is_made_here(county):
    OwnerTerms.all_rows.filter(pk=_state(county).pk).update(origin="away-1")
    before = fingerprint()
    with pytest.raises(HeldElsewhere, match="第 1 版合同实名制条款由“away-1”平台维护"), transaction.atomic():
        _state(county, "contractor_manager", replace(WHOLE, pay_day=20))
    assert fingerprint() == before
    OwnerTerms.all_rows.update(state=State.CONFIRMED)
    later = _state(county, "owner", replace(WHOLE, pay_day=20))
    before = fingerprint()
    with pytest.raises(HeldElsewhere), transaction.atomic():
        confirm_terms(actor=county.actor("labour_clerk"), terms=later, now=NOW)
    assert fingerprint() == before
