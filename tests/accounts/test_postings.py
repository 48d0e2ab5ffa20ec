"""Accounts and posts of a node of one's own: opened at the console, granted within reach, ended at once."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Post, User
from audit.models import AuditEvent
from kernel.errors import DomainError, NotFound, NotPermitted
from kernel.scoping import Reach
from tests.support import records
from tests.support.actors import PASSWORD, Holder, account, give_post
from tests.support.counties import wuchang
from web.console import CONSOLE
from web.postings import Scope, end_posts, grant_post, open_account, reset_password

pytestmark = pytest.mark.django_db


def _run(*arguments: str) -> str:
    told = StringIO()
    call_command(*arguments, stdout=told)
    return told.getvalue()


def _scope(code: str) -> Scope:
    region = records.region(code)
    return Scope("region", region.name, region)


def _grant(actor, user: User, role: str = "county_regulator", code: str = "420106", **days):
    days.setdefault("valid_from", timezone.localdate())
    return grant_post(actor=actor, user=user, role=role, scope=_scope(code), **days)


def _administrator(code: str = "420106") -> Holder:
    return Holder(Reach(region_paths=frozenset({records.region(code).path})), "accounts.manage")


def test_the_first_account_of_a_node_signs_in_and_must_change_its_password() -> None:
    told = _run("create_account", "zhou", "county_regulator", "420106", "--name", "周正")
    password = told.strip().rsplit("：", 1)[1]
    assert len(password) >= 14
    client = Client()
    assert client.post("/account/sign-in/", {"username": "zhou", "password": password}).status_code == 302
    assert client.get("/")["Location"].startswith("/account/password/")
    user = User.objects.get()
    assert (user.display_name, user.posts.get().scope_name) == ("周正", "武昌区")
    trail = AuditEvent.objects.order_by("id").values_list("action", "actor_label")
    assert list(trail)[:2] == [("accounts.account_opened", "控制台"), ("accounts.post_granted", "控制台")]
    assert password not in str(list(AuditEvent.objects.values()))


def test_a_second_call_adds_a_post_and_shows_no_password() -> None:
    _run("create_account", "zhou", "county_regulator", "420106")
    told = _run("create_account", "zhou", "平台管理员", "420106", "--until", "2099-12-31")
    assert told == "zhou：武昌区 平台管理员，至 2099-12-31\n"
    assert Post.objects.count() == 2


def test_every_kind_of_scope_is_found_by_its_code() -> None:
    county = wuchang()
    contractor = county.firms["contractor"].uscc
    for name, role, scope, held in (
        ("a", "labour_clerk", county.project.code, {"project": county.project.public_id}),
        ("b", "contractor_manager", contractor, {"enterprise": county.firms["contractor"].public_id}),
        (
            "c",
            "subcontractor_clerk",
            f"{county.project.code}/{county.firms['subcontractor'].uscc}",
            {"participation": county.participations["subcontractor"].public_id},
        ),
    ):
        _run("create_account", name, role, scope)
        assert Post.objects.filter(user__username=name, role=role, **held).count() == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["zhou", "inspector", "420106"], "没有名为“inspector”的岗位。可选：province_regulator（省监管员"),
        (["zhou", "labour_clerk", "420106"], "劳资专管员的范围应为项目，“武昌区”是行政区划"),
        (["zhou", "county_regulator", "420100"], "县区监管员应设在县（市、区）"),
        (["zhou", "county_regulator", "999999"], "没有编码为“999999”的行政区划、项目或企业"),
        (["zhou", "labour_clerk", "P1/91"], "没有编码为“P1”的项目"),
        (["zhou", "county_regulator", "420106", "--until", "2020-01-01"], "2020-01-01 已过"),
        (["zhou", "county_regulator", "420106", "--until", "soon"], "“soon”不是日期"),
        (["zh ou", "county_regulator", "420106"], "账号没有建立"),
        (["z" * 151, "county_regulator", "420106"], "账号没有建立"),
    ],
)
def test_a_refused_account_is_told_why_and_leaves_nothing(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        _run("create_account", *arguments)
    assert (User.objects.count(), Post.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


def test_the_same_post_is_not_granted_twice() -> None:
    _run("create_account", "zhou", "county_regulator", "420106")
    with pytest.raises(CommandError, match="已有“武昌区 县区监管员”岗位"):
        _run("create_account", "zhou", "county_regulator", "420106")
    assert Post.objects.count() == 1


def test_an_account_is_opened_once_and_with_no_weak_password() -> None:
    open_account(actor=CONSOLE, username="zhou", display_name="")
    with pytest.raises(DomainError, match="账号“zhou”已存在"):
        open_account(actor=CONSOLE, username="zhou", display_name="")
    with pytest.raises(DomainError, match="账号没有建立"):
        open_account(actor=CONSOLE, username="wu", display_name="", password="12345")
    assert User.objects.count() == 1


def test_without_the_permission_nobody_touches_accounts() -> None:
    user, regulator = account("zhou"), Holder(Reach(region_paths=frozenset({"420000/"})), "projects.view")
    acts = (
        lambda: open_account(actor=regulator, username="wu", display_name=""),
        lambda: _grant(regulator, user),
        lambda: end_posts(actor=regulator, user=user),
        lambda: reset_password(actor=regulator, user=user),
    )
    for act in acts:
        with pytest.raises(NotPermitted):
            act()
    user.refresh_from_db()
    assert (User.objects.count(), Post.objects.count(), user.check_password(PASSWORD)) == (1, 0, True)


def test_an_administrator_of_one_county_has_no_hand_in_another_or_above() -> None:
    user, here = account("zhou"), _administrator()
    for code, role in (("429004", "county_regulator"), ("420000", "province_regulator")):
        with pytest.raises(NotFound):
            _grant(here, user, role, code)
    with pytest.raises(NotFound):
        grant_post(
            actor=here,
            user=user,
            role="owner",
            scope=Scope("enterprise", "某公司", key=user.public_id),
            valid_from=timezone.localdate(),
        )
    give_post(user, "province_regulator", region=records.region("420000"))
    for act in (end_posts, reset_password):
        with pytest.raises(NotFound):
            act(actor=here, user=user)
    user.refresh_from_db()
    assert (Post.objects.get().ended_at, user.check_password(PASSWORD)) == (None, True)


def test_an_administrator_grants_and_ends_posts_in_the_own_county() -> None:
    user = account("zhou")
    _grant(_administrator(), user, valid_to=timezone.localdate() + timedelta(days=9))
    assert end_posts(actor=_administrator(), user=user) == 1


def test_ended_posts_close_the_door_also_for_those_that_had_not_begun() -> None:
    user = account("zhou")
    _grant(CONSOLE, user)
    _grant(CONSOLE, user, code="429004", valid_from=timezone.localdate() + timedelta(days=3))
    client = Client()
    client.force_login(user)
    assert _run("end_posts", "zhou") == "已终止 zhou 的 2 个岗位。\n"
    assert client.get("/")["Location"] == "/account/sign-in/"
    assert Post.objects.filter(ended_at=None).count() == 0
    assert _run("end_posts", "zhou") == "已终止 zhou 的 0 个岗位。\n"


def test_a_reset_password_opens_the_locked_door_and_must_be_changed() -> None:
    user = account("zhou")
    _grant(CONSOLE, user)
    client, form = Client(), {"username": "zhou", "password": "wrong-password"}
    for _try in range(6):
        client.post("/account/sign-in/", form)
    password = _run("reset_password", "zhou").strip().rsplit("：", 1)[1]
    assert client.post("/account/sign-in/", form | {"password": password}).status_code == 302
    user.refresh_from_db()
    assert (user.must_change_password, user.check_password(PASSWORD)) == (True, False)


@pytest.mark.parametrize("command", ["end_posts", "reset_password"])
def test_an_unknown_account_is_named(command: str) -> None:
    with pytest.raises(CommandError, match="没有账号“nobody”"):
        _run(command, "nobody")
