"""I-25: what 四库一平台 owns is read-only here; a wish goes upward, and only the province answers it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.actors import UserActor
from federation import services
from federation.masters.contract import Entry
from federation.masters.errors import (
    MasterUnset,
    NotAsked,
    NumberInWish,
    OwnWish,
    WishStands,
    WishUnchanged,
)
from federation.masters.kinds import KINDS
from federation.masters.taking import take_page
from federation.models import ChangeProposal, MasterFeed
from federation.web.master_entries import job, waiting
from kernel.errors import DomainError, NotFound, NotPermitted
from kernel.scoping import Reach
from outbox.models import OutboxEvent
from projects.errors import NameDiffers
from projects.models import Enterprise
from projects.services import known_enterprise
from projects.uscc import check_sign
from tests.support import records
from tests.support.actors import EVERYONE, Holder, account, give_post
from tests.support.traces import fingerprint
from tests.support.world import County, wuchang

pytestmark = pytest.mark.django_db
State = ChangeProposal.State


@pytest.fixture
def county() -> County:
    return wuchang(staff=())


def _province(role: str, name: str) -> UserActor:
    user = account(name)
    give_post(user, role, region=records.region("420000"))
    return UserActor.of(user)


def _client(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_master_name_is_refused_with_who_owns_it_and_what_to_do(county: County) -> None:
    firm = county.firms["supervisor"]
    before = fingerprint()
    with pytest.raises(NameDiffers, match=r"由四库一平台维护.*提变更建议"), transaction.atomic():
        known_enterprise(firm.uscc, "另一个名称", told_to=EVERYONE)
    with pytest.raises(IntegrityError, match="read-only here"), transaction.atomic():
        Enterprise.all_rows.filter(pk=firm.pk).update(name="另一个名称")
    assert fingerprint() == before


def test_a_wish_goes_up_is_answered_by_the_province_and_done_by_the_pull(county: County) -> None:
    now, wish = timezone.now(), county.proposal
    answering = _province("province_regulator", "answering")
    services.answer_proposal(actor=answering, proposal=wish, accepts=True, answer="", now=now)
    wish.refresh_from_db()
    assert (wish.state, wish.answered_by_key, wish.version) == (State.ACCEPTED, answering.key, 2)
    firm = county.firms["supervisor"]
    assert Enterprise.all_rows.get(pk=firm.pk).name == firm.name
    event = OutboxEvent.objects.get(event="federation.change_answered.v1")
    assert (event.key, event.version) == (wish.public_id, 2)
    record = county.master_record
    entry = Entry(9, record.source_id, 3, now, data={"uscc": firm.uscc, "name": wish.wish})
    take_page(KINDS["enterprises"], None, [entry], now)
    wish.refresh_from_db()
    assert (wish.state, wish.done_at) == (State.DONE, now)
    assert Enterprise.all_rows.get(pk=firm.pk).name == wish.wish


def test_only_the_province_answers_never_who_asked_and_a_refusal_says_why(county: County) -> None:
    now, wish = timezone.now(), county.proposal
    local = Holder(Reach(region_paths=frozenset({county.region.path})), "masters.answer")
    asking = county.actor("county_regulator")
    both = Holder(Reach(region_paths=frozenset({"420000/"})), "masters.answer", "masters.propose")
    before = fingerprint()
    for actor in (local, asking):
        with pytest.raises(NotPermitted), transaction.atomic():
            services.answer_proposal(actor=actor, proposal=wish, accepts=True, answer="", now=now)
    with pytest.raises(DomainError, match="请写明理由"), transaction.atomic():
        services.answer_proposal(actor=both, proposal=wish, accepts=False, answer=" ", now=now)
    assert fingerprint() == before
    ChangeProposal.all_rows.filter(pk=wish.pk).update(asked_by_key="holder")
    with pytest.raises(OwnWish), transaction.atomic():
        services.answer_proposal(actor=both, proposal=wish, accepts=True, answer="", now=now)
    services.take_back_proposal(actor=both, proposal=wish)
    with pytest.raises(NotAsked), transaction.atomic():
        services.answer_proposal(actor=_province("province_regulator", "p"), proposal=wish, accepts=True,
                                 answer="", now=now)  # fmt: skip
    with pytest.raises(NotFound), transaction.atomic():
        services.take_back_proposal(actor=county.actor("labour_clerk"), proposal=wish)


@pytest.mark.parametrize(
    ("field", "wish", "refusal"),
    [
        ("name", "别的名称", WishStands),
        ("uscc", " ", WishUnchanged),
        ("source", "填报", DomainError),
    ],
)
def test_a_wish_says_something_new_about_a_masters_field(
    county: County, field: str, wish: str, refusal: type[DomainError]
) -> None:
    before = fingerprint()
    with pytest.raises(refusal), transaction.atomic():
        services.propose_change(
            actor=county.actor("county_regulator"),
            kind="enterprise",
            row=county.firms["supervisor"],
            field=field,
            wish=wish,
            reason="依据",
            now=timezone.now(),
        )
    assert fingerprint() == before


IDENTITY = f"42010619900307{'0012'}"
NUMBERS = (
    IDENTITY,
    f"{IDENTITY[:6]} {IDENTITY[6:14]}-{IDENTITY[14:]}",
    f"本人{IDENTITY[:17]}ｘ，请核",
    "电话１38 0000\u20130000",
    f"2 {'138'}-{'0000'}-{'0000'}",
    f"卡 {'6222'} {'0200'} {'0000'} {'0000'} 000",
)


def test_no_wish_reason_or_answer_bears_somebodys_number(county: County) -> None:
    firm, asking = county.firms["supervisor"], county.actor("county_regulator")
    said: dict[str, Any] = {"kind": "enterprise", "row": firm, "now": timezone.now()}
    answering: dict[str, Any] = {
        "actor": _province("province_regulator", "answering"),
        "proposal": county.proposal,
    }
    before = fingerprint()
    for text in NUMBERS:
        for wish, reason in ((text, "依据"), ("新代码", text)):
            with pytest.raises(NumberInWish, match="请删去号码"), transaction.atomic():
                services.propose_change(actor=asking, field="uscc", wish=wish, reason=reason, **said)
        with pytest.raises(NumberInWish), transaction.atomic():
            services.answer_proposal(accepts=True, answer=text, now=timezone.now(), **answering)
    assert fingerprint() == before


def test_exact_numbers_of_registers_and_days_may_stand_in_a_wish(county: County) -> None:
    firm, asking = county.firms["supervisor"], county.actor("county_regulator")
    other = county.firms["contractor"]
    made = services.propose_change(
        actor=asking,
        kind="enterprise",
        row=firm,
        field="uscc",
        wish="914201007" + "12345678" + check_sign("914201007" + "12345678"),
        reason=f"2026-01-05 2026-02-06 变更，见 {county.project.code} 和 {other.uscc}，金额 1280000.00 元",
        now=timezone.now(),
    )
    assert made.state == State.ASKED


def test_what_was_only_reported_needs_no_wish(county: County) -> None:
    with pytest.raises(NotFound), transaction.atomic():
        services.propose_change(
            actor=county.actor("county_regulator"), kind="enterprise", row=county.firms["contractor"],
            field="name", wish="新名", reason="依据", now=timezone.now(),
        )  # fmt: skip


def test_a_clerk_asks_on_the_firms_page_and_the_province_answers_on_its_own(county: County) -> None:
    firm = county.firms["supervisor"]
    client = _client(county.users["labour_clerk"])
    new = f"/masters/proposals/new/enterprise/{firm.public_id}/"
    assert new in client.get(f"/enterprises/{firm.public_id}/").content.decode()
    assert "由四库一平台维护，本平台只读" in client.get(new).content.decode()
    refused = client.post(new, {"field": "uscc", "wish": firm.uscc, "reason": "依据"})
    assert refused.status_code == 422
    assert "与现在的相同" in refused.content.decode()
    done = client.post(new, {"field": "uscc", "wish": "新代码", "reason": "变更通知书 1 号"})
    made = ChangeProposal.all_rows.get(field="uscc")
    assert done["Location"] == f"/masters/proposals/{made.public_id}/"
    assert (made.region, made.project, made.state) == (county.region, county.project, State.ASKED)
    province = _province("province_regulator", "answering")
    waits = [one.what for one in waiting(province, county.today, county.now)]
    assert waits == ["2 条变更建议待答复", "1 条更正申请待答复"]
    answer = f"/masters/proposals/{made.public_id}/answer/"
    page = _client(province.user)
    assert "变更通知书 1 号" in page.get(answer).content.decode()
    page.post(answer, {"accepts": "no", "answer": "代码无误"})
    made.refresh_from_db()
    assert (made.state, made.answer) == (State.REFUSED, "代码无误")
    assert "代码无误" in client.get(f"/masters/proposals/{made.public_id}/").content.decode()


def test_a_pull_is_asked_for_by_the_provinces_administrator_alone(county: County, settings: Any) -> None:
    settings.FOUR_DATABASES_URL = "http://127.0.0.1:9"
    now, admin = timezone.now(), _province("platform_administrator", "admin")
    with pytest.raises(NotPermitted), transaction.atomic():
        services.request_pull(
            actor=county.actor("platform_administrator"), name="all", is_full=False, now=now
        )
    services.request_pull(actor=admin, name="projects", is_full=True, now=now)
    feed = MasterFeed.objects.get(object="projects")
    assert (feed.wanted_at, feed.due_at, feed.reads_all) == (now, now, True)
    client = _client(admin.user)
    assert client.post("/masters/pull/all/", {}).status_code == 302
    assert MasterFeed.objects.filter(wanted_at__isnull=False).count() == 5
    page = client.get("/masters/").content.decode()
    assert "已排队" in page
    assert 'hx-trigger="every 3s"' in page
    settings.FOUR_DATABASES_URL = ""
    with pytest.raises(MasterUnset), transaction.atomic():
        services.request_pull(actor=admin, name="all", is_full=False, now=now)


def test_a_late_pull_is_told_to_the_province(county: County, settings: Any) -> None:
    settings.FOUR_DATABASES_URL = "http://127.0.0.1:9"
    now, admin = timezone.now(), _province("platform_administrator", "admin")
    for hours, level in ((1, None), (7, "amber"), (27, "red")):
        MasterFeed.objects.all().delete()
        MasterFeed.objects.bulk_create(
            MasterFeed(object=name, succeeded_at=now - timedelta(hours=hours), is_equal=True)
            for name in KINDS
        )
        found = list(waiting(admin, county.today, now))
        assert [one.level for one in found] == ([level] if level else [])
        assert {one.level for one in job(admin, now)} == {level or "green"}
    assert list(waiting(county.actor("platform_administrator"), county.today, now)) == []
