"""The access of a whole enterprise's system: who issues it, what it reaches, and who sees its calls."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from federation import selectors
from federation.actors import CredentialActor
from federation.models import Credential, RefusedCall
from federation.services import issue_enterprise_credential, revoke_credential, rotate_credential
from federation.simulator.people import corp_code
from federation.simulator.wire import OpenApi
from kernel.errors import DomainError, NotPermitted
from kernel.scoping import Reach
from projects.models import Enterprise
from tests.federation.enterprises import corp
from tests.support.actors import EVERYONE, Holder, account, give_post
from tests.support.counties import County, wuchang
from tests.support.records import region
from tests.support.traces import fingerprint
from tests.support.vendor import Vendor

pytestmark = pytest.mark.django_db
RIGHTS = ("federation.manage_credentials", "federation.view_credentials")


@pytest.fixture
def county() -> County:
    return wuchang(staff=())


def _issued(county: County) -> Credential:
    return issue_enterprise_credential(
        actor=EVERYONE, uscc=county.firms["contractor"].uscc, holder="集团系统"
    )


def _vendor(county: County, credential: Credential) -> Vendor:
    api = OpenApi("http://platform.invalid", credential.appid, credential.key)
    return Vendor(county.project, credential, api, timezone.now())


def _refused(act, kind=DomainError) -> DomainError:
    before = fingerprint()
    with pytest.raises(kind) as refused, transaction.atomic():
        act()
    assert fingerprint() == before
    return refused.value


def test_only_who_administers_the_whole_province_gives_an_enterprise_a_secret(county) -> None:
    firm = county.firms["contractor"]
    here = Holder(Reach(region_paths=frozenset({county.region.path})), *RIGHTS)
    nobody = Holder(Reach(region_paths=frozenset({"420000/"})), "projects.view")
    for actor in (here, nobody):
        _refused(lambda by=actor: issue_enterprise_credential(actor=by, uscc=firm.uscc), NotPermitted)
    row = _issued(county)
    assert (row.appid, row.project, row.enterprise, row.holder) == (firm.uscc, None, firm, "集团系统")


@pytest.mark.parametrize(
    ("uscc", "name", "field"),
    [
        ("x", "某公司", "uscc"),
        (corp_code(88), " ", "name"),
        ("", "某公司", "uscc"),
        (None, "别的名字", "name"),
    ],
)
def test_an_enterprise_that_cannot_be_is_refused_at_its_field(county, uscc, name, field) -> None:
    code = county.firms["contractor"].uscc if uscc is None else uscc
    refusal = _refused(lambda: issue_enterprise_credential(actor=EVERYONE, uscc=code, name=name))
    assert refusal.field == field


def test_an_unknown_enterprise_is_entered_with_its_first_secret(county) -> None:
    row = issue_enterprise_credential(actor=EVERYONE, uscc=corp_code(88).lower(), name="新集团")
    enterprise = Enterprise.all_rows.get(uscc=row.appid)
    assert (enterprise.name, enterprise.source, row.enterprise) == ("新集团", "reported", enterprise)
    vendor = _vendor(county, row)
    assert vendor.send("Project.Query", {})["data"]["rows"] == []
    assert [one["corpName"] for one in vendor.send("Corp.Query", {})["data"]["rows"]] == ["新集团"]


def test_it_reaches_what_the_enterprise_builds_or_owns_and_nothing_where_it_only_takes_part(county) -> None:
    codes = {}
    for title in ("contractor", "owner", "subcontractor"):
        row = issue_enterprise_credential(actor=EVERYONE, uscc=county.firms[title].uscc)
        found = _vendor(county, row).send("Project.Query", {})["data"]["rows"]
        codes[title] = [one["projectCode"] for one in found]
    assert codes == {"contractor": [county.project.code], "owner": [county.project.code], "subcontractor": []}
    actor = CredentialActor(row)
    assert actor.may("projects.report") and not CredentialActor(county.credential).may("projects.report")


def test_its_secrets_rotate_with_an_overlap_and_end_at_once(county) -> None:
    first = _issued(county)
    until = timezone.now() + timedelta(days=3)
    second = rotate_credential(actor=EVERYONE, credential=first, valid_until=until)
    assert (second.appid, second.enterprise, second.holder) == (first.appid, first.enterprise, "集团系统")
    assert [_signs(county, one) for one in (first, second)] == [True, True]
    assert [_signs(county, one, until + timedelta(minutes=1)) for one in (first, second)] == [False, True]
    revoke_credential(actor=EVERYONE, credential=second, reason="外泄")
    assert [_signs(county, one) for one in (first, second)] == [True, False]
    third, fourth = _issued(county), _issued(county)
    assert [_signs(county, one) for one in (first, third, fourth)] == [False, True, True]


def _signs(county: County, credential: Credential, at=None) -> bool:
    vendor = _vendor(county, credential)
    vendor.now = at or vendor.now
    return vendor.send("CheckSign.Query", {})["code"] == 0


def test_its_calls_are_seen_by_its_owner_and_the_province_and_by_no_county_but_those_of_a_project(
    county,
) -> None:
    credential = _issued(county)
    vendor = _vendor(county, credential)
    assert vendor.write("Corp.Upload", corp(corpName="")) == (10, "[corpName]不能为空!")
    assert vendor.send("Nothing.Add", {})["code"] == -1
    here = vendor.write("Team.Add", {"projectCode": county.project.code, "teamName": "x"})
    assert here[0] == 10
    assert RefusedCall.all_rows.get(appid=credential.appid).enterprise == county.firms["contractor"]
    province = Holder(Reach(region_paths=frozenset({"420000/"})), *RIGHTS)
    for actor in (county.actor("contractor_manager"), province):
        assert list(selectors.credentials(actor).filter(appid=credential.appid)) == [credential]
        assert {(line.method, line.verdict) for line in selectors.calls_of(actor, credential)} == {
            ("Corp.Upload", "failed"),
            ("Nothing.Add", "refused"),
            ("Team.Add", "failed"),
        }
    regulator = county.actor("county_regulator")
    assert not selectors.credentials(regulator).filter(appid=credential.appid).exists()
    assert [line.method for line in selectors.calls_of(regulator, credential)] == ["Team.Add"]
    assert list(selectors.credentials(regulator)) == [county.credential]


def test_the_page_issues_one_and_shows_the_secret_once(county) -> None:
    administrator = account("province-administrator")
    give_post(administrator, "platform_administrator", region=region("420000"))
    client = Client()
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    assert reverse("credential_new_enterprise") in client.get(reverse("credentials")).content.decode()
    url = reverse("credential_new_enterprise")
    assert "请按营业执照填写企业名称" in client.post(url, {"uscc": corp_code(88)}).content.decode()
    assert not Enterprise.all_rows.filter(uscc=corp_code(88)).exists()
    shown = client.post(url, {"uscc": corp_code(88), "name": "新集团", "holder": "集团系统"})["Location"]
    row = Credential.all_rows.latest("pk")
    html = client.get(shown).content.decode()
    assert row.key in html and "新集团" in html
    client.post(shown)
    record = client.get(reverse("credential", args=[row.public_id])).content.decode()
    assert row.key not in record and "企业总承包或建设的全部项目" in record
    local = Client()
    local.force_login(
        county.users["platform_administrator"], backend="django.contrib.auth.backends.ModelBackend"
    )
    assert local.get(url).status_code == 403
    assert url not in local.get(reverse("credentials")).content.decode()


def test_the_command_issues_one_too(county) -> None:
    out = StringIO()
    call_command("open_api_credential", enterprise=county.firms["contractor"].uscc, stdout=out)
    assert json.loads(out.getvalue())["appid"] == county.firms["contractor"].uscc
    for wrong in ({}, {"enterprise": "x"}, {"enterprise": corp_code(88)}):
        with pytest.raises(CommandError):
            call_command("open_api_credential", **wrong)
