"""Wages, certificates and credit on the pages: by whom they are seen, masked, and put on record."""

from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from audit.models import AuditEvent
from integrity.models import PersonCredit
from kernel.store import keep
from tests.pages.visiting import visitor
from tests.support.routes import ROUTES
from tests.support.world import County, wuchang
from workers.models import Certificate, Particulars


@pytest.fixture
def county(db) -> County:
    return wuchang()


def _html(client: Client, path: str) -> str:
    shown = client.get(path)
    assert shown.status_code == 200, path
    return shown.content.decode()


def test_the_wages_of_a_project_lead_from_the_month_to_the_person(county):
    client = visitor(county, "county_regulator")
    batch = county.payrolls["contractor"]
    listed = _html(client, f"/projects/{county.project.public_id}/payroll/")
    assert f"/payroll/{batch.public_id}/" in listed
    assert "¥6,800.00" in listed
    opened = _html(client, f"/payroll/{batch.public_id}/")
    row = county.worker.wages
    assert row is not None
    assert f"/people/{county.worker.engagement.public_id}/payroll/" in opened
    assert row.card_number not in opened
    assert row.masked_card in opened
    own = _html(client, f"/people/{county.worker.engagement.public_id}/payroll/")
    assert "¥7,000.00" in own
    assert row.masked_card in own
    assert AuditEvent.objects.filter(action="payroll.wages_read").count() == 2


def test_a_month_without_wages_says_so_and_an_odd_one_is_forgiven(county):
    client = visitor(county, "labour_clerk")
    path = f"/projects/{county.project.public_id}/payroll/"
    assert "2020-01 没有工资表" in _html(client, f"{path}?month=2020-01")
    assert "¥6,800.00" in _html(client, f"{path}?month=x&page=z&size=9")


def test_a_subcontractors_clerk_sees_the_own_wages_and_nobody_elses(county):
    client = visitor(county, "subcontractor_clerk")
    listed = _html(client, f"/projects/{county.project.public_id}/payroll/")
    own, other = county.payrolls["subcontractor"].public_id, county.payrolls["contractor"].public_id
    assert (f"/payroll/{own}/" in listed, f"/payroll/{other}/" in listed) == (True, False)
    assert client.get(f"/payroll/{other}/").status_code == 404
    assert client.get(f"/people/{county.worker.engagement.public_id}/payroll/").status_code == 404
    assert client.get(f"/payroll/files/{county.payroll_files['contractor'].public_id}/").status_code == 404
    assert client.get(f"/payroll/files/{county.payroll_files['subcontractor'].public_id}/").status_code == 200


def test_particulars_certificates_and_pictures_stand_on_the_persons_page(county):
    client, work = visitor(county, "labour_clerk"), county.worker.engagement
    image = BytesIO()
    Image.new("RGB", (8, 8)).save(image, "JPEG")
    Particulars.all_rows.filter(engagement=work).update(card_front=keep(image.getvalue()))
    told = _html(client, f"/people/{work.public_id}/work/")
    assert f"{county.word}特长" in told
    assert "证件正面照" in told
    certificate = county.worker.certificate
    assert certificate is not None
    assert certificate.number not in told
    assert certificate.masked_number in told
    assert client.get(f"/people/{work.public_id}/pictures/front/").status_code == 200
    assert client.get(f"/people/{work.public_id}/pictures/nothing/").status_code == 404


def test_a_clerk_records_a_certificate_once(county):
    client, work = visitor(county, "labour_clerk"), county.worker.engagement
    path, form = f"/people/{work.public_id}/certificates/new/", ROUTES["new_certificate"].forms(county)[0]
    assert client.post(path, form).status_code == 302
    assert Certificate.all_rows.filter(person=work.person).count() == 2
    again = client.post(path, form)
    assert (again.status_code, "已经登记" in again.content.decode()) == (422, True)


def test_a_regulator_enters_a_decision_and_takes_it_back(county):
    client, work = visitor(county, "county_regulator"), county.worker.engagement
    path = f"/people/{work.public_id}/credit/new/"
    form = ROUTES["person_credit_new"].forms(county)[0]
    without_end = client.post(path, {**form, "behaviour": "blacklist:301"})
    assert (without_end.status_code, "列入黑名单须有期限" in without_end.content.decode()) == (422, True)
    elsewhere = client.post(path, {**form, "region": "429004"})
    assert (elsewhere.status_code, "管理范围" in elsewhere.content.decode()) == (422, True)
    assert client.post(path, form).status_code == 302
    row = PersonCredit.all_rows.get(behaviour="102")
    tab = f"/people/{work.public_id}/credit/"
    assert "技能竞赛一等奖" in _html(client, tab)
    assert client.post(f"/credit/{row.public_id}/withdraw/", {"reason": "录入有误"}).status_code == 302
    assert "技能竞赛一等奖" not in _html(client, tab)
    assert "登记信用记录" not in _html(visitor(county, "labour_clerk"), tab)


def test_scans_of_teams_and_contracts_open_for_whoever_sees_them(county):
    client = visitor(county, "supervisor")
    teams = _html(client, f"/projects/{county.project.public_id}/teams/")
    kept = county.team_files["contractor"]
    assert f"/teams/files/{kept.public_id}/" in teams
    assert client.get(f"/teams/files/{kept.public_id}/").status_code == 200
    contract = county.worker.contract_file
    assert contract is not None
    assert client.get(f"/contracts/files/{contract.public_id}/").status_code == 200
    assert visitor(county, "subcontractor_clerk").get(f"/teams/files/{kept.public_id}/").status_code == 404
