"""What systems and authorities state, as it stands on pages and is registered over the API."""

from typing import Any

import pytest
from django.urls import reverse

from projects.models import Permit, Qualification
from tests.scope.opening import signed_in
from tests.support.counties import County, wuchang

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> County:
    return wuchang(staff=())


def _page(county: County, role: str, url: str) -> str:
    answer = signed_in(county, role).get(url)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_record_of_an_enterprise_shows_its_word_of_itself_and_its_qualifications_masked(county) -> None:
    firm, told = county.firms["contractor"], county.told[1]
    html = _page(county, "county_regulator", reverse("enterprise", args=[firm.public_id]))
    for words in (
        "私营有限责任公司",
        told.legal_name,
        "8,000 万元",
        f"由“{firm.name}”的系统上报",
        "建筑业一级",
    ):
        assert words in html
    assert told.legal_id_number not in html
    assert f"{told.legal_id_number[:4]}**********{told.legal_id_number[-4:]}" in html


def test_a_project_shows_what_was_stated_and_which_permit_waits(county) -> None:
    html = _page(county, "labour_clerk", reverse("project", args=[county.project.public_id]))
    for words in (county.particulars.description, "新建", county.reported_permit.number, "未登记"):
        assert words in html
    assert county.particulars.contact_phone not in html


def test_participants_show_the_end_of_their_accounts_alone(county) -> None:
    account = county.wage_accounts["subcontractor"]
    url = reverse("project_tab", args=[county.project.public_id, "parties"])
    html = _page(county, "labour_clerk", url)
    assert f"中国工商银行 {account.branch} **** {account.number[-4:]}" in html
    assert account.number not in html
    own = _page(county, "subcontractor_clerk", url)
    assert f"**** {county.wage_accounts['contractor'].number[-4:]}" not in own


def test_a_stated_permit_waits_for_the_county_until_it_is_registered_from_a_filled_form(county) -> None:
    regulator = signed_in(county, "county_regulator")
    home = regulator.get(reverse("home")).content.decode()
    url = f"{reverse('permit_new')}?reported={county.reported_permit.public_id}"
    assert "企业上报的施工许可证没有登记" in home and url in home
    form: Any = regulator.get(url).context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert (given["permit_number"], given["project_code"]) == (
        county.reported_permit.number,
        county.project.code,
    )
    sent = {name: str(value) for name, value in given.items()} | {"issued_on": str(county.today)}
    answer = regulator.post(reverse("permit_new"), sent)
    assert answer.status_code == 302, answer.content.decode()
    assert Permit.all_rows.get(number=county.reported_permit.number).project == county.project
    assert "企业上报的施工许可证没有登记" not in regulator.get(reverse("home")).content.decode()
    assert regulator.get(f"{reverse('permit_new')}?reported=x").status_code == 200
    assert url not in _page(county, "labour_clerk", reverse("home"))


def test_a_regulator_registers_a_qualification_and_corrects_it_by_registering_it_again(county) -> None:
    client, path = signed_in(county, "county_regulator"), "/api/v1/qualifications/record/"
    body = {
        "enterprise": str(county.firms["contractor"].public_id),
        "kind": "3",
        "number": "D342000001",
        "status": "001",
        "trade": "71402005",
        "level": "3-76",
    }
    first = client.post(path, body, content_type="application/json")
    assert (first.status_code, first.json()["trade_name"]) == (201, "消防设施工程")
    again = client.post(path, {**body, "status": "003"}, content_type="application/json").json()
    assert (again["status_name"], again["version"]) == ("过期", 2)
    assert Qualification.all_rows.filter(number="D342000001").count() == 1
    wrong = client.post(path, {**body, "level": "77"}, content_type="application/json")
    assert wrong.status_code == 400
    assert "qualification_level" in wrong.content.decode()
