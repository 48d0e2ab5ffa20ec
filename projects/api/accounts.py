"""Accounts and posts over the REST API, for administrators."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.models import Post, User
from accounts.roles import ROLES
from accounts.selectors import MANAGE, account, accounts_on, holding, post, posts_of
from kernel.errors import DomainError, NotFound
from projects.account_words import role_title
from projects.scopes import scope_of
from standards.selectors import parameter
from web.account_acts import (
    change_end,
    deactivate,
    end_post,
    open_account_with_post,
    reactivate,
    unlock,
)
from web.api.acts import ActSerializer, ActView
from web.api.filters import YesNoFilter
from web.api.views import ListRead, Read
from web.post_rules import Scope
from web.postings import end_posts, grant_post, reset_password

TAG = "账号与岗位"
ROLE_NAMES = "、".join(f"{name} {role.title}" for name, role in ROLES.items())
SCOPE_HELP = "范围：行政区划代码、项目编码、统一社会信用代码，或“项目编码/统一社会信用代码”（参建单位）"


class PostSerializer(serializers.Serializer[Post]):
    """A post of an account."""

    id = serializers.IntegerField(source="pk")
    role = serializers.CharField(help_text=ROLE_NAMES)
    role_title = serializers.SerializerMethodField()
    scope_name = serializers.CharField(help_text="范围的名称")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, help_text="最后一天；空为长期")
    ended_at = serializers.DateTimeField(allow_null=True, help_text="提前终止的时间")
    document = serializers.CharField(help_text="依据")

    def get_role_title(self, row: Post) -> str:
        return role_title(row.role)


class AccountSerializer(serializers.Serializer[User]):
    """An account within the administrator's reach."""

    public_id = serializers.UUIDField()
    username = serializers.CharField(help_text="账号")
    display_name = serializers.CharField(help_text="姓名")
    is_active = serializers.BooleanField(help_text="停用的账号为 false")
    is_locked = serializers.BooleanField(help_text="连续输错密码，暂时锁定")
    in_force = serializers.BooleanField(help_text="有在任岗位")
    is_ending = serializers.BooleanField(help_text="有岗位即将到期")
    must_change_password = serializers.BooleanField(help_text="还是初始密码")
    last_login = serializers.DateTimeField(allow_null=True, help_text="最近登录")


class AccountWithPostsSerializer(AccountSerializer):
    """An account with its posts within reach."""

    posts = serializers.SerializerMethodField()

    @extend_schema(responses=PostSerializer(many=True))
    def get_posts(self, row: User) -> Any:
        rows: Any = posts_of(self.context["view"].actor, row)
        return PostSerializer(rows, many=True).data


class AccountFilters(django_filters.FilterSet):
    """Which accounts."""

    q = django_filters.CharFilter(method="filter_words", label="姓名或账号的一部分")
    role = django_filters.CharFilter(method="filter_role", label=f"岗位：{ROLE_NAMES}")
    is_active = YesNoFilter(label="只要在用（停用）的账号")
    in_force = YesNoFilter(label="只要有（没有）在任岗位的账号")
    is_locked = YesNoFilter(label="只要锁定（未锁定）的账号")

    def filter_words(self, rows: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        return rows.filter(Q(display_name__icontains=value) | Q(username__icontains=value))

    def filter_role(self, rows: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        if value not in ROLES:
            raise ValidationError({"role": f"没有名为“{value[:40]}”的岗位。可选：{ROLE_NAMES}。"})
        return holding(actor_of(self.request), rows, role=value)


@extend_schema(summary="账号", tags=[TAG])
class AccountsView(ListRead):
    """The accounts within the administrator's reach."""

    permission = MANAGE
    model = User
    serializer_class = AccountSerializer
    filterset_class = AccountFilters
    ordering_fields = {"username": "username", "last_login": "last_login"}

    def rows(self) -> QuerySet[User]:
        return _accounts(self.actor)


def _accounts(actor: Any) -> QuerySet[User]:
    return accounts_on(actor, timezone.now(), int(parameter("accounts.ending_days")))


class AccountView(Read):
    """One account with its posts."""

    permission = MANAGE
    model = User
    serializer_class = AccountWithPostsSerializer

    @extend_schema(summary="一个账号及其岗位", tags=[TAG])
    def get(self, request: Request, public_id: UUID) -> Response:
        found = _accounts(self.actor).filter(public_id=public_id).first()
        if found is None:
            raise NotFound
        return Response(self.get_serializer(found).data)


class _PostBody(ActSerializer):
    """What a post is."""

    role = serializers.ChoiceField(choices=[(name, role.title) for name, role in ROLES.items()])
    scope = serializers.CharField(max_length=80, help_text=SCOPE_HELP)
    valid_from = serializers.DateField(help_text="第一天")
    valid_to = serializers.DateField(required=False, allow_null=True, help_text="最后一天；不填为长期")
    document = serializers.CharField(max_length=120, required=False, allow_blank=True, help_text="依据")


class OpenAccountSerializer(_PostBody):
    """A new account with its first post."""

    username = serializers.CharField(max_length=150, help_text="登录名")
    display_name = serializers.CharField(max_length=60, help_text="姓名")


class GrantPostSerializer(_PostBody):
    """A further post."""


class FirstPasswordSerializer(serializers.Serializer[Any]):
    """A first password, told once."""

    public_id = serializers.UUIDField()
    username = serializers.CharField()
    password = serializers.CharField(
        help_text="初始密码，首次登录须修改；同一 Idempotency-Key 重发可再次取得"
    )


def _scope(view: Any, data: dict[str, Any]) -> Scope:
    """The scope that the body names, within reach. Raises DomainError beside the field."""
    try:
        return scope_of(view.actor, data.pop("scope"))
    except NotFound as missing:
        raise DomainError(missing.message, code="unknown_scope", field="scope") from missing


@extend_schema(summary="开通账号并授予岗位", tags=[TAG])
class OpenAccountView(ActView):
    """A new account that begins with a post."""

    permission = MANAGE
    serializer_class = OpenAccountSerializer
    answer_class = FirstPasswordSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        scope = _scope(self, data)
        user, password = open_account_with_post(actor=self.actor, scope=scope, **data)
        return {"public_id": user.public_id, "username": user.username, "password": password}


@extend_schema(summary="授予岗位", tags=[TAG])
class GrantPostView(ActView):
    """A further post of an account."""

    permission = MANAGE
    serializer_class = GrantPostSerializer
    answer_class = PostSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        user = account(self.actor, kwargs["public_id"])
        return grant_post(actor=self.actor, user=user, scope=_scope(self, data), **data)


class EndDateSerializer(ActSerializer):
    """Another last day."""

    valid_to = serializers.DateField(allow_null=True, help_text="新的最后一天；空为长期")
    document = serializers.CharField(max_length=120, required=False, allow_blank=True, help_text="依据")


class ReasonSerializer(ActSerializer):
    """Why."""

    reason = serializers.CharField(max_length=200, help_text="原因，记入审计")


class NothingSerializer(ActSerializer):
    """An act without a body."""


def _post_of(view: Any, kwargs: dict[str, Any]) -> Post:
    user = account(view.actor, kwargs["public_id"])
    found = post(view.actor, kwargs["post"])
    if found.user_id != user.pk:
        raise NotFound
    return found


@extend_schema(summary="改岗位截止日期", tags=[TAG])
class ChangeEndView(ActView):
    """Another last day for a post."""

    permission = MANAGE
    serializer_class = EndDateSerializer
    answer_class = PostSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return change_end(actor=self.actor, post=_post_of(self, kwargs), **data)


@extend_schema(summary="终止一个岗位", tags=[TAG])
class EndPostView(ActView):
    """End a post at once."""

    permission = MANAGE
    serializer_class = ReasonSerializer
    answer_class = PostSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return end_post(actor=self.actor, post=_post_of(self, kwargs), **data)


class _OnAccount(ActView):
    permission = MANAGE
    serializer_class: type[ActSerializer] = NothingSerializer

    def user(self, kwargs: dict[str, Any]) -> User:
        return account(self.actor, kwargs["public_id"])


@extend_schema(summary="终止全部岗位", tags=[TAG])
class EndPostsView(_OnAccount):
    """End every post of an account."""

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        end_posts(actor=self.actor, user=self.user(kwargs))


@extend_schema(summary="重置密码", tags=[TAG])
class ResetPasswordView(_OnAccount):
    """A new first password, told once."""

    answer_class = FirstPasswordSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        user = self.user(kwargs)
        password = reset_password(actor=self.actor, user=user)
        return {"public_id": user.public_id, "username": user.username, "password": password}


@extend_schema(summary="解除锁定", tags=[TAG])
class UnlockView(_OnAccount):
    """Lift the lock of wrong passwords."""

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        unlock(actor=self.actor, user=self.user(kwargs))


@extend_schema(summary="停用账号", tags=[TAG])
class DeactivateView(_OnAccount):
    """Close an account."""

    serializer_class = ReasonSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        deactivate(actor=self.actor, user=self.user(kwargs), **data)


@extend_schema(summary="恢复账号", tags=[TAG])
class ReactivateView(_OnAccount):
    """Open a closed account again."""

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        reactivate(actor=self.actor, user=self.user(kwargs))
