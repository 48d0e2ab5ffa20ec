"""The pages on accounts: what each shows, what bad input is told, and how many questions they ask."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Post, User
from audit.models import AuditEvent
from projects.scopes import scope_chosen, search_scopes, value_of
from projects.web.account_waits import ending
from tests.scope.opening import signed_in
from tests.support.actors import account, give_post
from tests.support.traces import fingerprint, traces_in
from tests.support.world import County, TwoCounties, two_counties
from web.console import CONSOLE

pytestmark = pytest.mark.django_db
ADMIN = "platform_administrator"
# Of these, four find out who asks; the frame counts unread messages, a list reads what one has kept.
LIST_QUERIES, RECORD_QUERIES = 11, 11


@pytest.fixture
def world() -> TwoCounties:
    return two_counties()


@pytest.fixture
def client(world: TwoCounties) -> Client:
    return signed_in(world.wuchang, ADMIN)


def _scope(county: County) -> str:
    return f"project:{county.project.public_id}"


def _new(county: County, **more: Any) -> dict[str, Any]:
    today = timezone.localdate()
    fields = {"username": "zhao", "display_name": "赵监理", "scope": _scope(county), "valid_from": today}
    return {**fields, **more}


def _refused(client: Client, url: str, form: dict[str, Any], *, status: int = 422) -> str:
    before = fingerprint()
    answer = client.post(url, form)
    assert answer.status_code == status
    assert fingerprint() == before
    return answer.content.decode()


def test_the_list_says_who_holds_what_and_finds_by_state_role_place_and_name(world, client) -> None:
    county = world.wuchang
    for query, names in (
        ({"state": "locked"}, {county.locked_user.username}),
        ({"state": "closed"}, {county.closed_user.username}),
        ({"role": "supervisor"}, {county.users["supervisor"].username}),
        ({"q": "labour_clerk"}, {county.users["labour_clerk"].username}),
    ):
        rows = client.get(reverse("accounts"), query).context["table"].rows
        assert {row.record.username for row in rows} == names
    html = client.get(reverse("accounts")).content.decode()
    assert "已锁定" in html and "已停用" in html and "监理工程师" in html
    assert traces_in(html, world.xiantao) == []
    assert client.get(reverse("accounts"), {"place": county.region.code}).context["total"] > 3
    assert client.get(reverse("accounts"), {"place": "429004"}).context["filterset"].faults


def test_posts_that_end_soon_stand_first_in_the_list_of_states(world, client) -> None:
    county = world.wuchang
    today = timezone.localdate()
    give_post(account("ends"), "owner", project=county.project.public_id, valid_to=today + timedelta(days=3))
    rows = client.get(reverse("accounts"), {"state": "ending"}).context["table"].rows
    assert [row.record.username for row in rows] == ["ends"]
    assert "3 天后到期" in client.get(reverse("accounts"), {"state": "ending"}).content.decode()
    (waits,) = ending(county.actor(ADMIN), today, timezone.now())
    assert (waits.level, waits.what) == ("amber", "岗位到期：ends")
    assert list(ending(world.xiantao.actor(ADMIN), today, timezone.now())) == []
    assert list(ending(county.actor("county_regulator"), today, timezone.now())) == []
    assert "岗位到期：ends" in client.get("/").content.decode()


def test_an_account_is_opened_in_two_steps_and_its_maker_alone_is_shown_the_password(world, client) -> None:
    county = world.wuchang
    first = client.get(reverse("account_new"))
    assert "下一步：选范围" in first.content.decode()
    url = f"{reverse('account_new')}?role=supervisor&q={county.project.code}"
    assert _scope(county) in client.get(url).content.decode()
    answer = client.post(url, _new(county))
    user = User.objects.get(username="zhao")
    page = reverse("first_password", args=[user.public_id])
    assert answer["Location"] == page
    shown = client.get(page)
    password = shown.context["slip"].secret
    assert user.check_password(password) and password in shown.content.decode()
    assert password in client.get(page).content.decode()
    another = signed_in(county, ADMIN)
    assert another.get(page)["Location"] == reverse("account", args=[user.public_id])
    client.post(page)
    assert client.get(page)["Location"] == reverse("account", args=[user.public_id])
    assert password not in str(client.session.items())


def test_a_double_click_opens_one_account_and_leads_to_its_password(world, client) -> None:
    county = world.wuchang
    url = f"{reverse('account_new')}?role=supervisor"
    once = client.get(url).context["once"]
    first, second = (client.post(url, _new(county, once=once)) for _time in range(2))
    assert first["Location"] == second["Location"]
    assert client.get(second["Location"]).status_code == 200
    assert User.objects.filter(username="zhao").count() == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"username": ""}, "请填账号"),
        ({"username": "x" * 151}, "账号最多 150 个字"),
        ({"username": "zh ao"}, "账号没有建立"),
        ({"display_name": ""}, "请填姓名"),
        ({"display_name": "长" * 61}, "姓名最多 60 个字"),
        ({"scope": ""}, "请选择范围"),
        ({"scope": "project:nothing"}, "没有这个范围"),
        ({"scope": "region:420106"}, "没有这个范围"),
        ({"valid_from": ""}, "请填起始日期"),
        ({"valid_from": "2026-02-30"}, "确有这一天"),
        ({"valid_to": "2020-01-01"}, "2020-01-01 已过"),
        ({"document": "长" * 121}, "依据最多 120 个字"),
    ],
)
def test_each_wrong_field_is_told_what_to_mend_and_nothing_is_written(world, client, more, said) -> None:
    url = f"{reverse('account_new')}?role=supervisor"
    assert said in _refused(client, url, _new(world.wuchang, **more))


def test_a_taken_name_is_said_beside_the_name_and_what_was_typed_stays(world, client) -> None:
    url = f"{reverse('account_new')}?role=supervisor"
    html = _refused(client, url, _new(world.wuchang, username="supervisor-420106"))
    assert html.count("账号“supervisor-420106”已存在") == 2
    assert "赵监理" in html


def test_the_other_countys_scopes_and_posts_are_not_there(world, client) -> None:
    other = world.xiantao
    url = f"{reverse('account_new')}?role=supervisor&q={other.project.code}"
    assert "没有找到可授予监理工程师的项目" in client.get(url).content.decode()
    html = _refused(client, url, _new(other))
    assert traces_in(html.replace(other.project.code, ""), other) == []
    theirs, own = other.users["supervisor"], world.wuchang.users["supervisor"]
    crossed = reverse("post_end", args=[own.public_id, theirs.posts.get().pk])
    assert client.get(crossed).status_code == 404
    _refused(client, crossed, {"reason": "试"}, status=404)


def test_scopes_are_searched_within_reach_and_enterprises_by_the_province_alone(world) -> None:
    county = world.wuchang
    actor = county.actor(ADMIN)
    assert [scope.name for scope in search_scopes(actor, "county_regulator", "")] == ["武昌区"]
    assert [scope.key for scope in search_scopes(actor, "supervisor", "家园")] == [county.project.public_id]
    parts = search_scopes(actor, "subcontractor_clerk", county.firms["subcontractor"].uscc)
    assert [scope.key for scope in parts] == [county.participations["subcontractor"].public_id]
    assert {scope.kind for scope in search_scopes(actor, "owner", county.word)} == {"project"}
    kinds = {scope.kind for scope in search_scopes(CONSOLE, "owner", county.word)}
    assert kinds == {"project", "enterprise"}
    for scope in search_scopes(CONSOLE, "owner", county.word):
        assert scope_chosen(CONSOLE, "owner", value_of(scope)) == scope
    assert search_scopes(actor, "no_such_role", "") == []


def test_a_granted_post_stands_on_the_record_with_its_giver_and_document(world, client) -> None:
    county = world.wuchang
    user = county.users["supervisor"]
    url = f"{reverse('post_new', args=[user.public_id])}?role=labour_clerk"
    form = {"scope": _scope(county), "valid_from": timezone.localdate(), "document": "聘〔2026〕3号"}
    assert client.post(url, form)["Location"] == reverse("account", args=[user.public_id])
    html = client.get(reverse("account", args=[user.public_id])).content.decode()
    assert "聘〔2026〕3号" in html and "劳资专管员" in html and "授予岗位" in html
    assert "已有" in _refused(client, url, form)


def test_a_post_that_somebody_else_has_ended_meanwhile_is_told_so(world, client) -> None:
    user = world.wuchang.users["supervisor"]
    post = user.posts.get()
    Post.objects.filter(pk=post.pk).update(ended_at=timezone.now())
    html = _refused(client, reverse("post_end", args=[user.public_id, post.pk]), {"reason": "调离"})
    assert "岗位已经结束，不能再改" in html


def test_buttons_ask_once_and_act_once(world, client) -> None:
    county = world.wuchang
    locked, closed, user = county.locked_user, county.closed_user, county.users["supervisor"]
    for name, whom, action in (
        ("account_unlock", locked, "accounts.unlocked"),
        ("account_reopen", closed, "accounts.reactivated"),
        ("posts_end", user, "accounts.post_ended"),
        ("account_reset", user, "accounts.password_reset"),
    ):
        url = reverse(name, args=[whom.public_id])
        assert client.get(url).status_code == 200
        once = client.get(url).context["once"]
        for _time in range(2):
            assert client.post(url, {"once": once}).status_code == 302
        assert AuditEvent.objects.filter(action=action).count() == 1


def test_the_own_last_post_is_refused_in_words(world, client) -> None:
    own = world.wuchang.users[ADMIN]
    html = _refused(client, reverse("posts_end", args=[own.public_id]), {})
    assert "这是您自己最后一个管理岗位" in html


def test_pages_ask_a_fixed_number_of_questions(world, client, django_assert_num_queries) -> None:
    county = world.wuchang
    user = county.users["supervisor"]
    pages = ((reverse("accounts"), LIST_QUERIES), (reverse("account", args=[user.public_id]), RECORD_QUERIES))
    for _round in range(2):
        for url, number in pages:
            client.get(url)
            with django_assert_num_queries(number):
                assert client.get(url).status_code == 200
        for step in range(4):
            new = account(f"more-{_round}-{step}")
            give_post(new, "labour_clerk", project=county.project.public_id)
            give_post(user, "owner", project=county.project.public_id)
