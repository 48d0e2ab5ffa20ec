"""The account that comes with the permit: issued by the county, claimed once, and guessed by nobody."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.actors import UserActor
from accounts.models import Post, User
from audit.models import AuditEvent
from kernel.errors import DomainError, NotFound, NotPermitted
from outbox.models import OutboxEvent
from projects.errors import AccountExists, ClaimLocked, CodeGone, ProjectFinished, WrongClaim
from projects.models import AccountCode, ClaimTry
from projects.selectors import open_code, unclaimed
from projects.services import claim_account, forget_tries, issue_project_account, open_claim
from tests.support import records
from tests.support.actors import account, give_post, regulator
from tests.support.traces import fingerprint
from web.messages import inbox

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HERE = "203.0.113.9"
SECRET = "brick-by-brick-7"
NUMBER = "420106202604040101"


@pytest.fixture
def project():
    of = records.project(
        "420106202604040001", records.region("420106"), records.enterprise(1), name="中北路综合楼"
    )
    records.permit(of, NUMBER)
    return of


@pytest.fixture
def county():
    return regulator(records.region("420106"))


def issue(county, project, now: datetime = NOW):
    return issue_project_account(actor=county, permit=project.permits.first(), now=now)


def show(text, number=NUMBER, address=HERE, now: datetime = NOW):
    return open_claim(permit_number=number, code=text, address=address, now=now)


def claim(code, username="zheng", password=SECRET, now: datetime = NOW):
    return claim_account(code=code, username=username, display_name="郑建工", password=password, now=now)


def test_a_claimed_code_gives_the_contractors_post_on_that_project_alone(county, project):
    code, text = issue(county, project)
    user = claim(show(text))
    post = Post.objects.get(user=user)
    assert (post.role, post.project, post.scope_name) == (
        "contractor_manager",
        project.public_id,
        "中北路综合楼",
    )
    assert (post.granted_by, post.document, post.valid_to) == (county.user, f"施工许可证 {NUMBER}", None)
    assert (user.username, user.display_name, user.must_change_password) == ("zheng", "郑建工", False)
    assert user.check_password(SECRET)
    assert UserActor.of(user).reach("projects.manage_team").projects == {project.public_id}
    code.refresh_from_db()
    assert (code.claimed_at, code.claimed_by) == (NOW, user)
    assert [one.event for one in OutboxEvent.objects.all()] == ["projects.account_claimed.v1"]
    assert [one.text for one in inbox(county.user)] == ["“中北路综合楼”的项目账号已由总承包单位领取。"]


def test_the_code_is_kept_as_a_digest_and_stands_in_no_record(county, project):
    code, text = issue(county, project)
    claim(show(text))
    assert len(text) == 14
    trail = str(list(AuditEvent.objects.values()))
    for form in (text, text.replace("-", "")):
        assert form not in trail
        assert form.encode() not in bytes(code.digest)
    assert [one.action for one in AuditEvent.objects.order_by("id")] == [
        "projects.account_issued",
        "projects.claim_opened",
        "accounts.account_opened",
        "accounts.post_granted",
        "projects.account_claimed",
    ]


def test_a_code_may_be_typed_small_without_hyphens_or_in_full_width(county, project):
    _code, text = issue(county, project)
    assert show(text.lower().replace("-", " "))
    assert show(text.replace("-", ""), number=f" {NUMBER}　")


def test_a_new_code_makes_the_old_one_void(county, project):
    _first, old = issue(county, project)
    second, new = issue(county, project, NOW + timedelta(minutes=1))
    with pytest.raises(WrongClaim):
        show(old, now=NOW + timedelta(minutes=2))
    assert show(new, now=NOW + timedelta(minutes=2)) == second
    assert AccountCode.all_rows.filter(voided_at=None).count() == 1


def test_a_code_of_a_second_permit_makes_that_of_the_first_void(county, project):
    _first, old = issue(county, project)
    further = records.permit(project, "420106202604040102")
    _second, new = issue_project_account(actor=county, permit=further, now=NOW)
    with pytest.raises(WrongClaim):
        show(old)
    assert show(new, number=further.number).permit == further
    with pytest.raises(WrongClaim):
        show(new, number=NUMBER)


def test_a_code_runs_out(county, project):
    code, text = issue(county, project)
    assert code.expires_at == NOW + timedelta(days=30)
    with pytest.raises(WrongClaim):
        show(text, now=code.expires_at)
    held = show(text, now=code.expires_at - timedelta(seconds=1))
    before = fingerprint()
    with pytest.raises(CodeGone):
        claim(held, now=code.expires_at)
    assert fingerprint() == before


def test_a_code_is_claimed_once(county, project):
    _code, text = issue(county, project)
    held = show(text)
    claim(held)
    before = fingerprint()
    with pytest.raises(CodeGone):
        claim(held, username="second")
    assert fingerprint() == before
    with pytest.raises(WrongClaim):
        show(text)


def test_a_code_that_was_voided_between_the_two_pages_opens_no_account(county, project):
    _code, text = issue(county, project)
    held = show(text)
    issue(county, project)
    with pytest.raises(CodeGone, match="已重新签发"):
        claim(held)
    assert not User.objects.filter(username="zheng").exists()


def test_wrong_number_wrong_code_and_no_code_are_answered_alike(county, project):
    _code, text = issue(county, project)
    other = records.project("420106202604040002", project.region, project.contractor)
    records.permit(other, "420106202604040202")
    told = set()
    for number, code in (
        (NUMBER, "AAAA-BBBB-CCCC"),
        ("420106202604040202", text),
        ("不存在", text),
        ("", ""),
    ):
        with pytest.raises(WrongClaim) as refused:
            show(code, number)
        told.add(refused.value.message)
    assert len(told) == 1


def test_five_failures_lock_that_number_for_that_address_and_all_are_on_record(county, project):
    _code, text = issue(county, project)
    for _try in range(5):
        with pytest.raises(WrongClaim):
            show("AAAA-BBBB-CCCC")
    with pytest.raises(ClaimLocked, match="15 分钟后再试"):
        show(text)
    assert show(text, address="203.0.113.10")
    failed = AuditEvent.objects.filter(action="projects.claim_failed")
    assert {(one.object_key, one.actor_kind) for one in failed} == {
        (str(project.permits.first().public_id), "stranger")
    }
    assert (failed.count(), AuditEvent.objects.filter(action="projects.claim_locked").count()) == (5, 1)
    assert show(text, now=NOW + timedelta(minutes=15))


def test_one_address_cannot_try_many_numbers(county, project):
    _code, text = issue(county, project)
    for n in range(20):
        with pytest.raises(WrongClaim):
            show("AAAA-BBBB-CCCC", number=f"X{n}")
    before = ClaimTry.objects.count()
    with pytest.raises(ClaimLocked):
        show(text)
    assert ClaimTry.objects.count() == before
    assert forget_tries(NOW + timedelta(minutes=14)) == 0
    assert forget_tries(NOW + timedelta(minutes=15)) == 20


def test_what_was_typed_is_not_kept(county, project):
    with pytest.raises(WrongClaim):
        show("my-secret", number="420106199001011234")
    kept = str([bytes(one.digest) for one in ClaimTry.objects.all()]) + str(list(AuditEvent.objects.values()))
    assert "420106199001011234" not in kept
    assert "my-secret" not in kept


def test_a_taken_name_or_a_weak_password_opens_nothing_and_the_code_stays(county, project):
    account("zheng")
    _code, text = issue(county, project)
    held = show(text)
    before = fingerprint()
    with pytest.raises(DomainError, match="已存在") as refused:
        claim(held)
    assert refused.value.field == "username"
    with pytest.raises(DomainError, match="密码"):
        claim(held, username="other", password="12345678901")
    assert fingerprint() == before
    assert claim(show(text), username="other")


def test_a_project_with_an_account_gets_no_code(county, project):
    give_post(account("held"), "contractor_manager", project=project.public_id)
    before = fingerprint()
    with pytest.raises(AccountExists, match="中北路综合楼"):
        issue(county, project)
    assert fingerprint() == before


def test_once_the_holder_has_left_a_code_may_be_issued_again(county, project):
    day = timezone.localdate(NOW) - timedelta(days=1)
    give_post(account("gone"), "contractor_manager", project=project.public_id, valid_from=day, valid_to=day)
    assert issue(county, project)


def test_a_finished_project_gets_no_code_and_a_code_of_it_opens_nothing(county, project):
    _code, text = issue(county, project)
    held = show(text)
    project.status = "004"
    project.save(update_fields=["status"])
    with pytest.raises(ProjectFinished):
        issue(county, project)
    with pytest.raises(WrongClaim):
        show(text)
    with pytest.raises(ProjectFinished):
        claim(held)


def test_only_the_county_of_the_project_issues(county, project):
    elsewhere = regulator(records.region("429004"))
    with pytest.raises(NotFound):
        issue(elsewhere, project)
    city = regulator(records.region("420100"), "city_regulator")
    with pytest.raises(NotPermitted):
        issue(city, project)
    assert not AccountCode.all_rows.exists()


def waiting(actor):
    return [(one.code, one.permit_number, one.code_at is not None) for one in unclaimed(actor, NOW)]


def test_a_project_waits_until_its_account_is_claimed(county, project):
    assert waiting(county) == [(project.code, NUMBER, False)]
    _code, text = issue(county, project)
    assert waiting(county) == [(project.code, NUMBER, True)]
    assert getattr(open_code(county, project), "permit", None) == project.permits.first()
    claim(show(text))
    assert waiting(county) == []
    assert open_code(county, project) is None


def test_an_account_of_the_whole_enterprise_covers_its_projects(county, project):
    give_post(account("firm"), "contractor_manager", enterprise=project.contractor.public_id)
    assert waiting(county) == []
    issue(county, project)
    assert waiting(county) == [(project.code, NUMBER, True)]


def test_a_project_without_a_permit_or_finished_does_not_wait(county, project):
    records.project("420106202604040009", project.region, project.contractor)
    done = records.project("420106202604040008", project.region, project.contractor, status="004")
    records.permit(done, "X8")
    assert waiting(county) == [(project.code, NUMBER, False)]
    for role in ("city_regulator", "province_regulator"):
        above = regulator(records.region("420100" if role == "city_regulator" else "420000"), role)
        assert waiting(above) == [(project.code, NUMBER, False)]
    assert waiting(regulator(records.region("429004"))) == []
