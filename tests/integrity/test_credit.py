"""Good and adverse records and the blacklist: who enters and withdraws, and where they are seen."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from integrity.models import CreditRecord
from integrity.selectors.credit import credit_records, published_credit
from integrity.services import CreditFacts, record_credit, withdraw_credit
from kernel.errors import DomainError, NotFound
from kernel.scoping import Reach
from tests.scope.opening import signed_in
from tests.support.actors import Holder
from tests.support.counties import SHARED, TwoCounties, two_counties
from tests.support.records import region
from tests.support.traces import fingerprint

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> TwoCounties:
    return two_counties()


def _facts(world: TwoCounties) -> CreditFacts:
    day = world.wuchang.today
    return CreditFacts("bad", "005", "拖欠工资", "住建局", "〔2026〕7号", day, day, day + timedelta(days=180))


def _province() -> Holder:
    return Holder(Reach(region_paths=frozenset({"420000/"})), "integrity.record_credit", "integrity.view")


def test_a_countys_record_is_not_its_neighbours_and_the_provinces_is_for_all(world) -> None:
    here = world.wuchang
    firm, facts = here.firms[SHARED], _facts(world)
    regulators = [county.actor("county_regulator") for county in world]
    own = record_credit(
        actor=regulators[0], enterprise=firm, region=here.region, facts=facts, today=here.today
    )
    above = record_credit(
        actor=_province(),
        enterprise=firm,
        region=region("420000"),
        facts=facts,
        today=here.today,
        project=here.project,
    )
    seen = [set(credit_records(one).filter(enterprise=firm)) for one in regulators]
    assert seen == [{own, above}, {above}]
    named = [credit_records(one).get(pk=above.pk).names_project for one in regulators]
    assert named == [True, False]
    html = [signed_in(county, "county_regulator").get("/api/v1/credit-records/").content for county in world]
    assert [here.project.code.encode() in one for one in html] == [True, False]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"behaviour": "777"}, "behaviour"),
        ({"decided_on": 1}, "decided_on"),
        ({"valid_from": -1}, "valid_from"),
        ({"valid_to": -1}, "valid_to"),
        ({"record_kind": "blacklist", "valid_to": None}, "valid_to"),
    ],
)
def test_a_record_that_cannot_be_is_refused_at_its_field(world, changes, field) -> None:
    county = world.wuchang
    dated = {
        name: county.today + timedelta(days=value) if isinstance(value, int) else value
        for name, value in changes.items()
    }
    refusal = _refused(
        lambda: record_credit(
            actor=county.actor("county_regulator"),
            enterprise=county.firms["contractor"],
            region=county.region,
            facts=replace(_facts(world), **dated),
            today=county.today,
        )
    )
    assert refusal.field == field


def _refused(act, kind=DomainError) -> DomainError:
    before = fingerprint()
    with pytest.raises(kind) as refused, transaction.atomic():
        act()
    assert fingerprint() == before
    return refused.value


def test_the_same_decision_is_entered_once_and_again_when_it_was_withdrawn(world) -> None:
    county = world.wuchang
    terms = {
        "actor": county.actor("county_regulator"),
        "enterprise": county.firms["contractor"],
        "region": county.region,
        "facts": _facts(world),
        "today": county.today,
    }
    first = record_credit(**terms)
    assert _refused(lambda: record_credit(**terms)).code == "credit_known"
    withdraw_credit(actor=terms["actor"], credit=first, reason="信用修复", now=county.now)
    again = _refused(lambda: withdraw_credit(actor=terms["actor"], credit=first, reason="再", now=county.now))
    assert again.code == "credit_withdrawn"
    second = record_credit(**terms)
    shown = published_credit(terms["actor"], "bad", county.today).filter(enterprise=second.enterprise)
    assert list(shown) == [second]


def test_nobody_enters_for_a_region_beyond_reach_or_withdraws_what_stands_above(world) -> None:
    county, other = world
    terms = {"enterprise": county.firms["contractor"], "facts": _facts(world), "today": county.today}
    own = county.actor("county_regulator")
    for place in (other.region, region("420000"), region("420100")):
        _refused(lambda at=place: record_credit(actor=own, region=at, **terms), NotFound)
    above = record_credit(actor=_province(), region=region("420000"), **terms)
    _refused(lambda: withdraw_credit(actor=own, credit=above, reason="x", now=county.now), NotFound)
    refusal = _refused(lambda: withdraw_credit(actor=_province(), credit=above, reason=" ", now=county.now))
    assert refusal.field == "reason"


def test_over_the_api_a_regulator_enters_and_withdraws_and_a_clerk_reads(world) -> None:
    county = world.wuchang
    client = signed_in(county, "county_regulator")
    facts = _facts(world)
    body = {
        "enterprise": str(county.firms["contractor"].public_id),
        "region": county.region.code,
        "project": str(county.project.public_id),
        "record_kind": facts.record_kind,
        "behaviour": facts.behaviour,
        "content": facts.content,
        "authority": facts.authority,
        "document": facts.document,
        "decided_on": str(facts.decided_on),
        "valid_from": str(facts.valid_from),
    }
    said = _post(client, "/api/v1/credit-records/record/", body)
    assert said.status_code == 201, said.content
    shown = said.json()
    assert (shown["behaviour_name"], shown["project"]["code"]) == (
        "拖欠工程款或工人工资",
        county.project.code,
    )
    assert _post(client, "/api/v1/credit-records/record/", body).status_code == 422
    assert _post(client, "/api/v1/credit-records/record/", {**body, "record_kind": "x"}).status_code == 400
    clerk = signed_in(county, "labour_clerk")
    listed = clerk.get("/api/v1/credit-records/", {"kind": "bad", "withdrawn": "false"}).json()
    assert shown["public_id"] in str(listed)
    assert _post(clerk, "/api/v1/credit-records/record/", body).status_code == 403
    url = f"/api/v1/credit-records/{shown['public_id']}/withdraw/"
    assert _post(client, url, {"reason": "录入有误"}).json()["withdrawn_because"] == "录入有误"
    assert CreditRecord.all_rows.get(public_id=shown["public_id"]).version == 2


def _post(client: Client, url: str, body: dict[str, Any]) -> Any:
    return client.post(url, body, content_type="application/json")
