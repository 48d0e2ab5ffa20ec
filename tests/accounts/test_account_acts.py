"""An administrator's further acts: one post ended or prolonged, an account unlocked, closed, opened again."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from accounts import selectors
from accounts.actors import UserActor, shared_place
from accounts.models import Post, User
from audit.models import AuditEvent
from kernel.errors import DomainError, NotFound, NotPermitted
from kernel.scoping import Reach
from tests.support import records
from tests.support.actors import PASSWORD, Holder, account, give_post
from tests.support.counties import wuchang
from tests.support.traces import fingerprint
from web.account_acts import (
    change_end,
    deactivate,
    end_post,
    open_account_with_post,
    reactivate,
    unlock,
)
from web.console import CONSOLE
from web.post_rules import Scope
from web.postings import end_posts, grant_post, reset_password

pytestmark = pytest.mark.django_db


def _administrator(code: str = "420106") -> Holder:
    return Holder(Reach(region_paths=frozenset({records.region(code).path})), "accounts.manage")


def _signed_in_administrator(code: str = "420106") -> UserActor:
    user = account(f"admin-{code}")
    give_post(user, "platform_administrator", region=records.region(code))
    return UserActor.of(user)


def _regulator(code: str = "420106", name: str = "zhou", **days) -> Post:
    return give_post(account(name), "county_regulator", region=records.region(code), **days)


def _scope(code: str = "420106") -> Scope:
    region = records.region(code)
    return Scope("region", region.name, region)


def _refused(act, kind=NotFound, **said) -> DomainError:
    before = fingerprint()
    with pytest.raises(kind) as refused, transaction.atomic():
        act()
    assert fingerprint() == before
    return refused.value


def test_an_account_opened_with_its_post_is_there_at_once_and_both_are_on_the_trail_of_its_place() -> None:
    user, password = open_account_with_post(
        actor=_administrator(),
        username="zhou",
        display_name="周正",
        role="county_regulator",
        scope=_scope(),
        valid_from=timezone.localdate(),
        document="武建〔2026〕8号",
    )
    assert Client().post("/account/sign-in/", {"username": "zhou", "password": password}).status_code == 302
    assert (user.display_name, user.posts.get().document) == ("周正", "武建〔2026〕8号")
    granted = AuditEvent.objects.get(action="accounts.post_granted")
    assert (granted.place, granted.facts["document"]) == (records.region("420106").path, "武建〔2026〕8号")


def test_an_account_whose_post_is_refused_is_not_opened_either() -> None:
    for code, role, kind in (("429004", "county_regulator", NotFound), ("420106", "owner", DomainError)):
        _refused(
            lambda code=code, role=role: open_account_with_post(
                actor=_administrator(),
                username="zhou",
                display_name="周正",
                role=role,
                scope=_scope(code),
                valid_from=timezone.localdate(),
            ),
            kind,
        )
    assert User.objects.count() == 0


def test_one_post_is_ended_and_the_others_stay() -> None:
    first = _regulator()
    second = give_post(first.user, "platform_administrator", region=records.region("420106"))
    end_post(actor=_administrator(), post=first, reason="调离")
    assert list(selectors.posts_of(_administrator(), first.user).filter(ended_at=None)) == [second]
    event = AuditEvent.objects.get()
    assert (event.action, event.reason, event.facts["post"]) == ("accounts.post_ended", "调离", first.pk)
    assert "已经结束" in _refused(lambda: end_post(actor=_administrator(), post=first), DomainError).message


def test_whoever_loses_the_last_post_is_shown_out_at_the_next_click() -> None:
    post, client = _regulator(), Client()
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").status_code == 200
    end_post(actor=CONSOLE, post=post)
    assert client.get("/")["Location"] == "/account/sign-in/"


def test_a_post_is_prolonged_or_cut_short_and_the_former_day_stays_on_the_trail() -> None:
    today = timezone.localdate()
    post = _regulator(valid_to=today + timedelta(days=9))
    changed = change_end(
        actor=_administrator(), post=post, valid_to=today + timedelta(days=99), document="延期函"
    )
    assert (changed.valid_to, changed.document) == (today + timedelta(days=99), "延期函")
    facts = AuditEvent.objects.get(action="accounts.post_end_changed").facts
    assert (facts["before"], facts["after"]) == (
        (today + timedelta(days=9)).isoformat(),
        (today + timedelta(days=99)).isoformat(),
    )
    change_end(actor=_administrator(), post=post, valid_to=None)
    assert Post.objects.get().valid_to is None
    for day, code in ((None, "unchanged"), (today - timedelta(days=1), "past_date")):
        refusal = _refused(
            lambda day=day: change_end(actor=_administrator(), post=post, valid_to=day), DomainError
        )
        assert (refusal.code, refusal.field) == (code, "valid_to")


def test_a_post_of_another_county_is_not_there() -> None:
    post = _regulator("429004")
    _refused(lambda: end_post(actor=_administrator(), post=post))
    _refused(lambda: change_end(actor=_administrator(), post=post, valid_to=None))
    _refused(lambda: unlock(actor=_administrator(), user=post.user))
    _refused(lambda: deactivate(actor=_administrator(), user=post.user, reason="离职"))
    _refused(lambda: reactivate(actor=_administrator(), user=post.user))
    _refused(
        lambda: grant_post(
            actor=_administrator(),
            user=post.user,
            role="county_regulator",
            scope=_scope(),
            valid_from=timezone.localdate(),
        )
    )
    assert list(selectors.accounts(_administrator())) == []


def test_nobody_without_the_permission_acts_or_reads() -> None:
    post = _regulator()
    regulator = Holder(Reach(region_paths=frozenset({"420000/"})), "projects.view")
    for act in (
        lambda: end_post(actor=regulator, post=post),
        lambda: unlock(actor=regulator, user=post.user),
        lambda: deactivate(actor=regulator, user=post.user, reason="离职"),
    ):
        _refused(act, NotPermitted)
    assert list(selectors.accounts(regulator)) == list(selectors.posts(regulator)) == []


def test_accounts_on_the_sites_of_a_county_are_its_administrators_to_manage() -> None:
    county = wuchang(staff=())
    here, elsewhere = _administrator(), _administrator("429004")
    clerk, sub = county.users["labour_clerk"], county.users["subcontractor_clerk"]
    for user in (clerk, sub):
        assert selectors.is_over(here, user)
        assert not selectors.is_over(elsewhere, user)
        assert selectors.account(here, user.public_id).is_wholly_within  # type: ignore[attr-defined]
    assert shared_place(clerk.posts.all()) == county.region.path
    assert reset_password(actor=here, user=clerk)
    assert end_posts(actor=here, user=sub) == 1
    _refused(lambda: reset_password(actor=elsewhere, user=clerk))


def test_posts_on_enterprises_are_left_to_the_province() -> None:
    county = wuchang(staff=())
    manager = county.users["contractor_manager"]
    assert not selectors.is_over(_administrator(), manager)
    assert manager not in selectors.accounts(_administrator())
    assert reset_password(actor=_administrator("420000"), user=manager)


def test_an_account_with_a_further_post_elsewhere_is_seen_but_not_taken_over() -> None:
    post = _regulator()
    far = give_post(post.user, "county_regulator", region=records.region("429004"))
    here = _administrator()
    (seen,) = selectors.accounts(here)
    assert not seen.is_wholly_within  # type: ignore[attr-defined]
    assert list(selectors.posts_of(here, post.user)) == [post]
    for act in (
        lambda: reset_password(actor=here, user=post.user),
        lambda: end_posts(actor=here, user=post.user),
        lambda: unlock(actor=here, user=post.user),
        lambda: end_post(actor=here, post=far),
    ):
        _refused(act)
    end_post(actor=here, post=post)
    assert Post.objects.get(pk=far.pk).ended_at is None


def test_nobody_ends_the_own_last_administrators_post_or_closes_the_own_account() -> None:
    actor = _signed_in_administrator()
    (own,) = actor.posts
    for act in (
        lambda: end_post(actor=actor, post=own),
        lambda: end_posts(actor=actor, user=actor.user),
    ):
        assert _refused(act, DomainError).code == "own_last_post"
    assert (
        _refused(lambda: deactivate(actor=actor, user=actor.user, reason="试"), DomainError).code
        == "own_account"
    )
    give_post(actor.user, "platform_administrator", region=records.region("420100"))
    end_post(actor=actor, post=own)
    assert Post.objects.filter(ended_at=None).count() == 1


def test_a_locked_account_is_unlocked_and_keeps_its_password() -> None:
    post, client = _regulator(), Client()
    form = {"username": "zhou", "password": "wrong-password"}
    for _try in range(6):
        client.post("/account/sign-in/", form)
    assert client.post("/account/sign-in/", form | {"password": PASSWORD}).status_code == 429
    assert selectors.accounts(_administrator()).get().is_locked  # type: ignore[attr-defined]
    unlock(actor=_administrator(), user=post.user)
    assert not selectors.accounts(_administrator()).get().is_locked  # type: ignore[attr-defined]
    assert client.post("/account/sign-in/", form | {"password": PASSWORD}).status_code == 302


def test_a_closed_account_loses_session_and_tokens_and_opens_again() -> None:
    post, client = _regulator(), Client()
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    AuthToken.objects.create(user=post.user)
    assert (
        _refused(lambda: deactivate(actor=_administrator(), user=post.user, reason=" "), DomainError).field
        == "reason"
    )
    deactivate(actor=_administrator(), user=post.user, reason="已离职")
    assert client.get("/")["Location"].startswith("/account/sign-in/")
    assert AuthToken.objects.count() == 0
    form = {"username": "zhou", "password": PASSWORD}
    assert Client().post("/account/sign-in/", form).status_code == 200
    assert (
        _refused(lambda: deactivate(actor=_administrator(), user=post.user, reason="再"), DomainError).code
        == "inactive"
    )
    reactivate(actor=_administrator(), user=post.user)
    assert Client().post("/account/sign-in/", form).status_code == 302
    assert _refused(lambda: reactivate(actor=_administrator(), user=post.user), DomainError).code == "active"


def test_posts_that_end_soon_are_found_the_soonest_first() -> None:
    today = timezone.localdate()
    for days, name in ((20, "b"), (3, "a"), (31, "c"), (-1, "d")):
        _regulator(
            name=name,
            valid_from=today - timedelta(days=60),
            valid_to=today + timedelta(days=days),
        )
    _regulator("429004", "far", valid_to=today + timedelta(days=2))
    found = selectors.ending_posts(_administrator(), today, 30)
    assert [post.user.username for post in found] == ["a", "b"]
