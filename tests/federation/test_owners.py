"""I-25: a copy says whose it is; wishes travel to its owner and answers back; masters go downward."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.actors import UserActor
from federation import services
from federation.masters.contract import Entry
from federation.masters.errors import (
    NotAccepted,
    NotACopy,
    NotTheOwner,
    NotTheProvince,
    NumberInWish,
    StillUncorrected,
)
from federation.masters.kinds import KINDS as MASTERS
from federation.masters.taking import take_page
from federation.models import (
    ChangeProposal,
    Copied,
    ManagerRegistration,
    MasterChange,
    MasterRecord,
    Node,
    ProposalAnswer,
)
from federation.selectors.corrections import corrections_waiting
from federation.selectors.masters import provenance
from federation.travel import beginning, incoming, outgoing, wishes
from federation.travel.messages import Message, Recipient, Sender
from outbox import capture
from outbox.models import Capturing
from projects.master_facts import EnterpriseMaster
from projects.models import Enterprise, Team
from projects.services.mastering import take_enterprises
from tests.support import records
from tests.support.actors import account, give_post
from tests.support.counties import County, wuchang
from tests.support.nodes import COUNTY, PROVINCE, county, drained, emptied, node, parent, seal, unseal
from tests.support.traces import fingerprint
from web.models import Message as Told
from workers.models import Engagement

pytestmark = pytest.mark.django_db
State = ChangeProposal.State
NOW = timezone.now()
WUCHANG = "420000/420100/420106/"


def _child(path: str = WUCHANG) -> Recipient:
    return Recipient(COUNTY, seal, regions=(path,))


def _from_above() -> Sender:
    return Sender(PROVINCE, ("",), (), frozenset({"*"}), unseal)


def _dispatched(to: Recipient) -> list[Message]:
    """All that the province has for a child, as a new one is told."""
    if not Capturing.objects.exists():
        beginning.begin(NOW, up=False)
    beginning.lay_down(up=False, origins=None, now=NOW)
    return drained(outgoing.DISPATCH, to)


def _of(messages: Sequence[Message], *kinds: str) -> set[UUID]:
    return {message.key for message in messages if message.kind in kinds}


def _regulator(name: str = "regulator") -> UserActor:
    user = account(name)
    give_post(user, "province_regulator", region=records.region("420000"))
    return UserActor.of(user)


def _client(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def place() -> County:
    return wuchang(NOW, staff=("contractor",))


def _now_copied(row: Any, kind: str) -> None:
    type(row).all_rows.filter(pk=row.pk).update(origin=COUNTY)
    Copied.objects.create(
        kind=kind, key=row.public_id, node=COUNTY, origin=COUNTY, version=2, at=NOW, received_at=NOW
    )
    row.refresh_from_db()


def test_a_request_goes_down_to_the_owner_and_its_answer_comes_back_with_a_message(place: County) -> None:
    team, asking = place.teams["subcontractor"], _regulator()
    _now_copied(team, "team")
    made = services.ask_correction(
        actor=asking, kind="team", row=team, field="name", wish="瓦工二班", reason="花名册", now=NOW
    )
    assert (made.owner, made.state, made.project) == (COUNTY, State.ASKED, place.project)
    (asked,) = [m for m in _dispatched(_child()) if m.key == made.public_id]
    assert made.public_id not in _of(drained(outgoing.DISPATCH, _child("420000/429004/")), "proposal")
    # At the owner: what came is a copy there; whoever is asked answers.
    with node(COUNTY):
        ChangeProposal.all_rows.filter(pk=made.pk).delete()
        assert [one.became for one in incoming.apply_batch("dispatch", [asked], _from_above())] == ["applied"]
        wish = ChangeProposal.all_rows.get(public_id=made.public_id)
        clerk = place.actor("labour_clerk")
        services.answer_correction(actor=clerk, proposal=wish, accepts=True, answer="已核对", now=NOW)
        wish.refresh_from_db()
        assert (wish.state, wish.version, wish.origin) == (State.ACCEPTED, 1, PROVINCE)
        key = ProposalAnswer.objects.get(proposal=wish).public_id
        (answer,) = outgoing.messages_of("proposal_answer", [key], parent(), NOW)
    # At the asker, whose own row still waits.
    ProposalAnswer.objects.filter(public_id=key).delete()
    Copied.objects.filter(kind="proposal", key=made.public_id).delete()
    ChangeProposal.all_rows.filter(public_id=made.public_id).update(state=State.ASKED, answer="")
    assert [one.became for one in incoming.apply_batch("records-0", [answer], county(""))] == ["applied"]
    wish = ChangeProposal.all_rows.get(public_id=made.public_id)
    assert (wish.state, wish.answer, wish.version) == (State.ACCEPTED, "已核对", 2)
    told = Told.objects.get(user=asking.user, kind="correction")
    assert "已采纳" in told.text and told.url == f"/masters/proposals/{wish.public_id}/"
    # The owner corrects the record: the new version fulfils the wish.
    wishes.follow("team", {team.public_id: {"name": "瓦工一班"}}, {})
    assert ChangeProposal.all_rows.get(pk=wish.pk).state == State.ACCEPTED
    wishes.follow("team", {team.public_id: {"name": "瓦工二班"}}, {})
    wish.refresh_from_db()
    assert (wish.state, wish.version) == (State.DONE, 3)


def test_who_asked_hears_that_an_accepted_request_is_done_and_nothing_is_marked_before(place: County) -> None:
    project, asking, clerk = place.project, _regulator(), place.actor("labour_clerk")
    _now_copied(project, "project")
    said: dict[str, Any] = {"kind": "project", "row": project, "reason": "图纸", "now": NOW}
    area = services.ask_correction(actor=asking, field="building_area", wish="12000", **said)
    words = services.ask_correction(actor=asking, field="", wish="应为二期", **said)
    asked = {m.key: m for m in _dispatched(_child())}
    with node(COUNTY):
        ChangeProposal.all_rows.filter(pk__in=[area.pk, words.pk]).delete()
        incoming.apply_batch("dispatch", [asked[area.public_id], asked[words.public_id]], _from_above())
        there = [ChangeProposal.all_rows.get(public_id=one.public_id) for one in (area, words)]
        before = fingerprint()
        with pytest.raises(NotAccepted), transaction.atomic():
            services.mark_corrected(actor=clerk, proposal=there[1], now=NOW)
        assert fingerprint() == before
        for one in there:
            services.answer_correction(actor=clerk, proposal=one, accepts=True, answer="", now=NOW)
        before = fingerprint()
        with pytest.raises(StillUncorrected, match="总面积"), transaction.atomic():
            services.mark_corrected(actor=clerk, proposal=there[0], now=NOW)
        assert fingerprint() == before
        services.mark_corrected(actor=clerk, proposal=there[1], now=NOW)
        assert [one.state for one in corrections_waiting(clerk).filter(object="project")] == [State.ACCEPTED]
    # What the answers bring to who asked.
    ChangeProposal.all_rows.filter(pk__in=[one.pk for one in there]).update(
        origin=PROVINCE, state=State.ASKED
    )
    wishes.settle(ProposalAnswer.objects.values_list("public_id", flat=True))
    told = ChangeProposal.all_rows.get(public_id=words.public_id)
    assert (told.state, told.done_at) == (State.DONE, NOW)
    assert "已更正" in Told.objects.get(kind="correction", about=str(words.public_id)).text
    # A number is the same number however it is written.
    wishes.follow("project", {project.public_id: {"building_area": "12000.00"}}, {})
    assert ChangeProposal.all_rows.get(public_id=area.public_id).state == State.DONE


def test_a_childs_request_is_answered_above_and_the_answer_goes_down_to_it_alone(place: County) -> None:
    wish = place.copy_wish
    ChangeProposal.all_rows.filter(pk=wish.pk).update(origin=COUNTY)
    Copied.objects.create(
        kind="proposal", key=wish.public_id, node=COUNTY, origin=COUNTY, version=1, at=NOW, received_at=NOW
    )
    clerk = place.actor("labour_clerk")
    services.answer_correction(actor=clerk, proposal=wish, accepts=False, answer="名称无误", now=NOW)
    key = ProposalAnswer.objects.get(proposal=wish).public_id
    assert key in _of(_dispatched(_child()), "proposal_answer")
    another = Recipient("xiantao-1", seal, regions=("420000/429004/",))
    assert key not in _of(drained(outgoing.DISPATCH, another), "proposal_answer")


def test_what_is_ours_is_not_asked_for_and_another_does_not_answer_for_its_owner(place: County) -> None:
    team, asking, clerk = place.teams["subcontractor"], _regulator(), place.actor("labour_clerk")
    said: dict[str, Any] = {"kind": "team", "field": "name", "reason": "花名册", "now": NOW}
    before = fingerprint()
    with pytest.raises(NotACopy), transaction.atomic():
        services.ask_correction(actor=asking, row=team, wish="瓦工二班", **said)
    assert fingerprint() == before
    _now_copied(team, "team")
    before = fingerprint()
    for wish in (f"号码 13{'8' * 9}", f"证件 4201061990{'0' * 7}X"):
        with pytest.raises(NumberInWish), transaction.atomic():
            services.ask_correction(actor=asking, row=team, wish=wish, **said)
    with pytest.raises(NotTheOwner, match=COUNTY), transaction.atomic():
        ChangeProposal.all_rows.filter(pk=place.copy_wish.pk).update(owner=COUNTY)
        services.answer_correction(actor=clerk, proposal=place.copy_wish, accepts=True, answer="", now=NOW)
    assert fingerprint() == before


def test_a_copys_page_says_whose_it_is_and_offers_a_request_instead_of_acts(place: County) -> None:
    clerk = _client(place.users["labour_clerk"])
    work: Engagement = place.workers["contractor"].engagement
    page = f"/people/{work.public_id}/"
    own = clerk.get(page).content.decode()
    assert "只读副本" not in own and f"{page}edit/" in own
    assert clerk.get(f"{page}edit/").status_code == 200
    _now_copied(work, "engagement")
    shown = clerk.get(page).content.decode()
    assert f"来源：平台 {COUNTY}（{COUNTY}） · 第 2 版" in shown
    ask = f"/masters/corrections/new/engagement/{work.public_id}/"
    assert ask in shown and f"{page}edit/" not in shown and "roster/moves/?act" not in shown
    for form in ("edit/", "contracts/new/", "trainings/new/", "correction/"):
        refused = clerk.get(f"{page}{form}")
        assert refused.status_code == 409
        said = refused.content.decode()
        assert f"由“{COUNTY}”平台维护，本平台保存的是只读副本" in said
        assert f'href="{ask}">提出更正申请' in said
    neighbour = Node.objects.create(code=COUNTY, name="武昌区平台", kind="county", relation="child")
    assert "由“武昌区平台”维护，本平台保存的是只读副本" in clerk.get(f"{page}edit/").content.decode()
    neighbour.delete()
    done = clerk.post(ask, {"field": "", "wish": "班组应为木工班", "reason": "花名册"})
    made = ChangeProposal.all_rows.get(object="engagement")
    assert done["Location"] == f"/masters/proposals/{made.public_id}/"
    assert "待答复" in clerk.get(page).content.decode()
    told = clerk.get(done["Location"]).content.decode()
    assert f"等平台 {COUNTY}答复" in told and page in told
    # Whose record it is sees it among what waits, and answers on its page.
    answering = f"/masters/corrections/{place.copy_wish.public_id}/answer/"
    assert answering in clerk.get(f"/masters/proposals/{place.copy_wish.public_id}/").content.decode()
    assert "1 条更正申请待答复" in clerk.get("/").content.decode()
    assert clerk.post(answering, {"accepts": "no", "answer": ""}).status_code == 422
    assert clerk.post(answering, {"accepts": "yes", "answer": ""}).status_code == 302
    team = place.teams["contractor"]
    ChangeProposal.all_rows.filter(pk=place.copy_wish.pk).update(present=team.name)
    # The task stays until the record is corrected, with the way to the form.
    page = f"/masters/proposals/{place.copy_wish.public_id}/"
    accepted = clerk.get(page).content.decode()
    assert "请更正记录" in accepted and f"/teams/{team.public_id}/edit/" in accepted
    home = clerk.get("/").content.decode()
    assert "1 条更正申请已采纳待更正" in home and "待答复" not in home
    doing = f"/masters/corrections/{place.copy_wish.public_id}/done/"
    assert doing in accepted
    assert "还没有更正" in clerk.get(doing).content.decode()
    Team.all_rows.filter(pk=team.pk).update(name="泥工班组")
    assert clerk.post(doing, {}).status_code == 302
    assert "记录已按申请更正" in clerk.get(page).content.decode()
    assert "更正申请" not in clerk.get("/").content.decode().split("<main")[1]


def test_what_the_masters_say_goes_down_to_whom_it_concerns_with_its_provenance(place: County) -> None:
    firm = place.firms["supervisor"]
    manager, record = place.managers["supervisor"], place.master_record
    messages = _dispatched(_child())
    assert record.public_id in _of(messages, "master_record")
    assert _of(messages, "manager") == {one.public_id for one in place.managers.values()}
    assert _of(messages, "master_change") == set(MasterChange.objects.values_list("public_id", flat=True))
    other = drained(outgoing.DISPATCH, _child("420000/429004/"))
    assert _of(other, "manager", "master_record", "master_change", "qualification") == set()
    said = provenance(firm)
    with node(COUNTY):
        emptied()
        # The child knew the firm before, under a name of its own.
        known = Enterprise.objects.create(uscc=firm.uscc, name=firm.name)
        outcomes = incoming.apply_batch("dispatch", messages, _from_above())
        assert {one.became for one in outcomes} <= {"applied", "same"}
        known.refresh_from_db()
        assert (known.source, known.origin) == ("master", PROVINCE)
        assert MasterRecord.objects.get().row == known.public_id != firm.public_id
        found = provenance(known)
        assert found and said and (found.source_id, found.former_names) == (said.source_id, said.former_names)
        assert ManagerRegistration.all_rows.get(number=manager.number).enterprise_id == known.pk


def test_a_row_that_the_master_takes_over_is_told_to_the_node_that_reported_it(place: County) -> None:
    firm = place.firms["contractor"]
    _now_copied(firm, "enterprise")
    assert firm.public_id not in _of(_dispatched(_child()), "enterprise")
    entry = Entry(1, "QY-new", 1, NOW, data={"uscc": firm.uscc, "name": "改过的名称"})
    take_page(MASTERS["enterprises"], None, [entry], NOW)
    firm.refresh_from_db()
    assert (firm.origin, firm.source, firm.name) == (PROVINCE, "master", "改过的名称")
    assert firm.public_id in _of(drained(outgoing.DISPATCH, _child()), "enterprise")


def test_who_joins_a_site_by_the_childs_own_word_is_told_what_is_known_of_the_firm(place: County) -> None:
    _dispatched(_child())
    (made,) = take_enterprises([EnterpriseMaster("91420100MA4KTEST0X", "卮昤外省监理")])
    assert made.row
    stranger = Enterprise.all_rows.get(public_id=made.row)
    manager = ManagerRegistration.objects.create(enterprise=stranger, name="韩某", number="外0001")
    # Of the same firm, but at a site that the child is not told of.
    away = records.project("429004202611270002", records.region("429004"), stranger)
    elsewhere = ManagerRegistration.objects.create(
        enterprise=stranger, project=away, name="孔某", number="外0002"
    )
    last = drained(outgoing.DISPATCH, _child())
    assert _of(last, "manager") == {one.public_id for one in place.managers.values()}
    with transaction.atomic(), capture.coming_from(COUNTY):
        records.participation(place.project, stranger, "007")
    told = drained(outgoing.DISPATCH, _child())
    assert manager.public_id in _of(told, "manager") and stranger.public_id in _of(told, "enterprise")
    assert elsewhere.public_id not in _of(told, "manager")
    assert not [
        m for m in told if m.kind == "participation" and m.row["enterprise"] == str(stranger.public_id)
    ]


@pytest.mark.parametrize("kind", ["city", "county", "enterprise"])
def test_another_platform_tells_its_administrator_who_pulls_and_does_not_blame_the_post(
    kind: str, place: County, settings: Any
) -> None:
    settings.NODE_KIND = kind
    admin = account("city-admin")
    give_post(admin, "platform_administrator", region=records.region("420100"))
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    for url in ("/masters/", "/masters/of/enterprises/", "/masters/pull/all/"):
        answer = client.get(url)
        page = answer.content.decode()
        assert answer.status_code == 403
        assert "<h1>本平台不能办理</h1>" in page
        assert "四库一平台只由省级平台对接" in page
        assert "您的岗位" not in page
    with pytest.raises(NotTheProvince), transaction.atomic():
        services.request_pull(actor=UserActor.of(admin), name="all", is_full=False, now=NOW)
    give_post(admin, "platform_administrator", region=records.region("420000"))
    page = client.get("/masters/").content.decode()
    assert "四库一平台只由省级平台对接" in page
    assert "FOUR_DATABASES_URL" not in page


def test_at_the_province_a_post_on_a_city_is_told_that_it_reaches_too_little(place: County) -> None:
    admin = account("city-admin")
    give_post(admin, "platform_administrator", region=records.region("420100"))
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/masters/")
    assert (answer.status_code, "<h1>您的岗位没有此项权限</h1>" in answer.content.decode()) == (403, True)
    assert "只由范围为全省的岗位查看和办理" in answer.content.decode()
    assert "请联系本单位平台管理员" not in answer.content.decode()


def test_only_the_province_pulls_and_answers_for_the_masters(place: County, settings: Any) -> None:
    settings.FOUR_DATABASES_URL, settings.NODE_KIND = "http://127.0.0.1:9", "city"
    user = account("hb-admin")
    give_post(user, "platform_administrator", region=records.region("420000"))
    with pytest.raises(NotTheProvince, match="省级平台"), transaction.atomic():
        services.request_pull(actor=UserActor.of(user), name="all", is_full=False, now=NOW)
    with pytest.raises(NotTheProvince), transaction.atomic():
        services.answer_proposal(
            actor=_regulator(), proposal=place.proposal, accepts=True, answer="", now=NOW
        )


def test_a_request_follows_its_record_when_a_copy_comes_from_another_owner(place: County) -> None:
    team, asking = place.teams["subcontractor"], _regulator()
    _now_copied(team, "team")
    made = services.ask_correction(
        actor=asking, kind="team", row=team, field="name", wish="瓦工二班", reason="花名册", now=NOW
    )
    wishes.follow("team", {team.public_id: {}}, {team.public_id: COUNTY})
    made.refresh_from_db()
    assert (made.owner, made.version) == (COUNTY, 1)
    wishes.follow("team", {team.public_id: {}}, {team.public_id: "wcq-own"})
    made.refresh_from_db()
    assert (made.owner, made.version) == ("wcq-own", 2)


def test_a_request_speaks_of_its_owner_and_never_of_the_province(place: County) -> None:
    team, clerk = place.teams["subcontractor"], _client(place.users["labour_clerk"])
    Node.objects.create(code=COUNTY, name="武昌区平台", kind="county", relation="child")
    _now_copied(team, "team")
    ask, typed = f"/masters/corrections/new/team/{team.public_id}/", {"field": "name", "reason": "花名册"}
    page = clerk.post(ask, typed | {"wish": "瓦工二班"})["Location"]
    again = clerk.post(ask, typed | {"wish": "瓦工三班"}).content.decode()
    assert "已有一条更正申请在等武昌区平台答复" in again
    back = clerk.get(f"{page}take-back/").content.decode()
    assert "的更正申请？" in back and "撤回后武昌区平台不再办理" in back and "撤回申请" in back
    answering = f"/masters/corrections/{place.copy_wish.public_id}/answer/"
    clerk.post(answering, {"accepts": "yes", "answer": ""})
    second = clerk.post(answering, {"accepts": "no", "answer": "无误"}).content.decode()
    assert "这条更正申请已经答复" in second
    for said in (again, back, second):
        assert "变更建议？" not in said and "省级" not in said.split("<main")[1]
