"""Vendors' secrets: issued within reach, changed over without a gap, ended at once; refusals are noted."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from audit.models import AuditEvent
from federation import retention, selectors, work
from federation.models import AcceptedRequest, Credential, RefusedCall
from federation.open_api import answering
from federation.services import issue_credential, retry_request, revoke_credential, rotate_credential
from federation.simulator.wire import OpenApi
from kernel.errors import DomainError, NotFound
from kernel.scoping import Reach
from tests.support import people
from tests.support.actors import EVERYONE, Holder
from tests.support.counties import County, wuchang
from tests.support.traces import fingerprint
from tests.support.vendor import Vendor

pytestmark = pytest.mark.django_db
TEAMS = "Team.Query"


@pytest.fixture
def county() -> County:
    return wuchang(staff=())


def _administrator(county: County) -> Holder:
    reach = Reach(region_paths=frozenset({county.region.path}))
    return Holder(reach, "federation.manage_credentials", "federation.view_credentials")


def _vendor(county: County, credential: Credential) -> Vendor:
    api = OpenApi("http://platform.invalid", credential.appid, credential.key)
    return Vendor(county.project, credential, api, timezone.now())


def _signs(county: County, credential: Credential, at=None) -> bool:
    vendor = _vendor(county, credential)
    vendor.now = at or vendor.now
    return vendor.send(TEAMS, {"projectCode": county.project.code})["code"] == 0


def _refused(act, kind=DomainError) -> DomainError:
    before = fingerprint()
    with pytest.raises(kind) as refused, transaction.atomic():
        act()
    assert fingerprint() == before
    return refused.value


def test_both_secrets_sign_until_the_former_one_ends(county) -> None:
    first = issue_credential(actor=EVERYONE, project_code=county.project.code, holder="某科技公司")
    until = timezone.now() + timedelta(days=3)
    second = rotate_credential(actor=_administrator(county), credential=first, valid_until=until)
    assert (second.holder, second.key != first.key) == ("某科技公司", True)
    assert _signs(county, first) and _signs(county, second)
    later = until + timedelta(minutes=1)
    assert not _signs(county, first, later)
    assert _signs(county, second, later)
    assert AuditEvent.objects.get(action="federation.credential_rotated").object_key == str(second.public_id)


def test_a_third_secret_ends_the_oldest_at_once(county) -> None:
    first = issue_credential(actor=EVERYONE, project_code=county.project.code)
    second = issue_credential(actor=EVERYONE, project_code=county.project.code)
    third = issue_credential(actor=EVERYONE, project_code=county.project.code)
    first.refresh_from_db()
    assert not first.is_valid(timezone.now())
    assert [_signs(county, one) for one in (first, second, third)] == [False, True, True]


def test_a_revoked_secret_is_turned_away_from_the_next_call_on(county) -> None:
    secret = issue_credential(actor=EVERYONE, project_code=county.project.code)
    administrator = _administrator(county)
    assert (
        _refused(lambda: revoke_credential(actor=administrator, credential=secret, reason=" ")).field
        == "reason"
    )
    revoke_credential(actor=administrator, credential=secret, reason="密钥外泄")
    assert not _signs(county, secret)
    assert AuditEvent.objects.get(action="federation.credential_revoked").reason == "密钥外泄"
    assert (
        _refused(lambda: revoke_credential(actor=administrator, credential=secret, reason="再")).code
        == "revoked"
    )
    until = timezone.now() + timedelta(days=1)
    refusal = _refused(lambda: rotate_credential(actor=administrator, credential=secret, valid_until=until))
    assert refusal.code == "not_valid"


@pytest.mark.parametrize("overlap", [timedelta(0), timedelta(days=-1), timedelta(days=31)])
def test_an_overlap_that_is_past_or_too_long_is_refused(county, overlap) -> None:
    now = timezone.now()
    refusal = _refused(
        lambda: rotate_credential(
            actor=_administrator(county), credential=county.credential, valid_until=now + overlap, now=now
        )
    )
    assert (refusal.code, refusal.field) == ("bad_overlap", "valid_until")


def test_a_project_beyond_reach_is_answered_like_one_nobody_knows(county) -> None:
    elsewhere = Holder(Reach(region_paths=frozenset({"420000/429004/"})), "federation.manage_credentials")
    said = [
        _refused(lambda code=code: issue_credential(actor=elsewhere, project_code=code), NotFound).message
        for code in (county.project.code, "420106209901019999")
    ]
    assert said[0].replace(county.project.code, "") == said[1].replace("420106209901019999", "")


def test_refused_calls_of_one_kind_and_minute_are_one_row_that_counts(county) -> None:
    secret = issue_credential(actor=EVERYONE, project_code=county.project.code)
    vendor = _vendor(county, secret)
    RefusedCall.all_rows.all().delete()
    for _time in range(3):
        assert vendor.send(TEAMS, {}, sign="0" * 64)["code"] == -2
    (row,) = RefusedCall.all_rows.all()
    assert (row.code, row.method, row.number, row.address) == (-2, TEAMS, 3, "203.0.113.7")
    assert row.project == county.project


def test_of_strangers_and_of_unreadable_bodies_nothing_is_kept(county) -> None:
    before = fingerprint()
    stranger = OpenApi("http://platform.invalid", "nobody", "0" * 32)
    vendor = Vendor(county.project, county.credential, stranger, timezone.now())
    assert vendor.send(TEAMS, {})["code"] == -1
    with pytest.raises(answering.Refusal):
        answering.answered(b"\xff\xfe%%%", address="", now=timezone.now())
    assert fingerprint() == before


def test_a_sentence_that_repeats_a_number_is_kept_masked(county) -> None:
    number = people.id_number(903)
    RefusedCall.all_rows.all().delete()
    secret = issue_credential(actor=EVERYONE, project_code=county.project.code)
    _vendor(county, secret).send(f"Method.{number}"[:60], {})
    (row,) = RefusedCall.all_rows.all()
    assert number not in row.sentence


def test_calls_are_told_newest_first_with_their_verdict(county) -> None:
    secret = issue_credential(actor=EVERYONE, project_code=county.project.code)
    vendor = _vendor(county, secret)
    vendor.rows(TEAMS)
    lines = selectors.calls_of(_administrator(county), secret)
    assert {line.verdict for line in lines} == {"answered", "failed", "refused"}
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)
    nobody = Holder(Reach(region_paths=frozenset({"420000/"})), "projects.view")
    assert [line.verdict for line in selectors.calls_of(nobody, secret)] == ["answered"]


def test_a_contractors_manager_sees_the_own_projects_access_and_cannot_touch_it(county) -> None:
    manager = county.actor("contractor_manager")
    assert list(selectors.credentials(manager)) == [county.credential]
    assert not selectors.may_manage(manager, county.credential)
    assert list(selectors.credentials(county.actor("labour_clerk"))) == []


def test_a_write_that_failed_by_our_fault_is_carried_out_again(county) -> None:
    administrator = _administrator(county)
    assert list(selectors.failed_requests(administrator, county.now - timedelta(days=7))) == [
        county.broken_request
    ]
    retry_request(actor=administrator, request=county.broken_request)
    row = AcceptedRequest.all_rows.get(pk=county.broken_request.pk)
    assert (row.state, row.result, row.attempts, row.finished_at) == (0, "", 0, None)
    work.drain(county.project.code, timezone.now())
    row.refresh_from_db()
    assert row.state == AcceptedRequest.State.FAILED
    assert not row.result.startswith("Internal Error")


def test_what_the_vendor_sent_wrongly_or_what_is_forgotten_is_not_retried(county) -> None:
    administrator = _administrator(county)
    assert _refused(lambda: retry_request(actor=administrator, request=county.request)).code == "not_at_fault"
    AcceptedRequest.all_rows.filter(pk=county.broken_request.pk).update(body=None)
    refusal = _refused(lambda: retry_request(actor=administrator, request=county.broken_request))
    assert refusal.code == "body_forgotten"


def test_refusals_are_forgotten_when_their_time_is_over(county) -> None:
    retention.forget(county.now + timedelta(days=29))
    assert RefusedCall.all_rows.count() == 1
    retention.forget(county.now + timedelta(days=31))
    assert RefusedCall.all_rows.count() == 0
