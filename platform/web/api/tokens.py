"""Tokens of the REST API: one is given for account and password, and ended by whoever holds it."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import authenticate
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import UserActor, actor_of
from accounts.api.authentication import BearerAuthentication
from accounts.models import User
from audit.services import record
from kernel.errors import DomainError
from standards.selectors import parameter
from web.api.throttles import SignIns
from web.sign_ins import note_failure, wrong_password


class WrongPassword(DomainError):
    """Account and password do not belong together; which of the two is wrong is not said."""

    code = "invalid_login"
    status = 401

    def __init__(self) -> None:
        super().__init__(wrong_password())


class NoPost(DomainError):
    """An account without a post in force has no use for a token."""

    code = "no_post"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("该账号没有在任岗位，不能签发令牌。如需继续使用，请联系平台管理员。"))


class PasswordPending(DomainError):
    """The first password must be changed on the sign-in page before anything else."""

    code = "must_change_password"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("首次登录须先修改密码。请先在网页登录并修改，再申请令牌。"))


class SignInSerializer(serializers.Serializer[Any]):
    """Account and password."""

    username = serializers.CharField(max_length=150, help_text="账号")
    password = serializers.CharField(max_length=128, write_only=True, trim_whitespace=False, help_text="密码")


class TokenSerializer(serializers.Serializer[Any]):
    """A token, shown once."""

    token = serializers.CharField(help_text="令牌，只显示这一次；以 Authorization: Bearer … 发送")
    expires_at = serializers.DateTimeField(help_text="到期时间；岗位提前终止的，令牌同时失效")


class TokensView(APIView):
    """Give a token for account and password."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (JSONParser, FormParser, MultiPartParser)
    throttle_classes = (SignIns,)

    @extend_schema(
        summary="申请令牌",
        description="连续输错密码会锁定账号（429）。没有在任岗位、或须先修改密码的账号不签发（403）。",
        request=SignInSerializer,
        responses={201: TokenSerializer},
        tags=["令牌"],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        asked = SignInSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user = _user(request, asked.validated_data)
        actor = UserActor.of(user)
        if not actor.holds_anything:
            raise NoPost
        if user.must_change_password:
            raise PasswordPending
        AuthToken.objects.filter(user=user, expiry__lte=timezone.now()).delete()
        held, token = AuthToken.objects.create(user=user, expiry=timedelta(days=parameter("token.days")))
        record(actor, "accounts.token_given", user, expires=held.expiry.isoformat())
        given = TokenSerializer({"token": token, "expires_at": held.expiry})
        return Response(given.data, status=201, headers={"Cache-Control": "no-store"})


def _user(request: Request, credentials: dict[str, str]) -> User:
    """The user of a name and password. Raises WrongPassword; a locked account is answered by axes (429)."""
    # The plain request: axes counts and locks by it.
    user = authenticate(request=request._request, **credentials)
    if not isinstance(user, User):
        if not getattr(request._request, "axes_locked_out", False):
            note_failure(request._request, credentials["username"])
        raise WrongPassword
    return user


class CurrentTokenView(APIView):
    """The token of this very request."""

    authentication_classes = (BearerAuthentication,)
    # Without a post a token opens nothing, but its holder may still hand it back.
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        summary="作废本令牌",
        description="立即生效；再用它请求得到 401。",
        responses={204: OpenApiResponse(description="已作废")},
        tags=["令牌"],
    )
    def delete(self, request: Request) -> Response:
        record(actor_of(request), "accounts.token_ended", actor_of(request).user)
        request.auth.delete()
        return Response(status=204)
