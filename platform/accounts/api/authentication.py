"""Who calls the REST API: a bearer token of an account whose posts are still in force."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.actors import actor_of


class BearerAuthentication(TokenAuthentication):
    """`Authorization: Bearer …` as given by POST /api/v1/tokens/."""


class BearerScheme(OpenApiAuthenticationExtension):
    """How the schema speaks of it."""

    target_class = "accounts.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class OwnSession(SessionAuthentication):
    """The session of a worker's code on the phone; without one the answer is 401, as everywhere else."""

    sign_in_words = _(
        "这里是工人本人的记录，只凭本人的会话读取：请本人用登记的手机号和验证码登录。账号的令牌在这里不起作用，"
        "管理人员请用 /api/v1/attendance-days/ 等接口。"
    )

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="own"'


class OwnSessionScheme(SessionScheme):
    """How the schema speaks of it."""

    target_class = "accounts.api.authentication.OwnSession"
    name = "ownSession"


class HasActor(BasePermission):
    """Signed in, with a post in force and no password waiting to be changed."""

    message = _("该账号没有在任岗位。如需继续使用，请联系平台管理员。")

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        if not actor_of(request).holds_anything:
            raise AuthenticationFailed(self.message, code="no_post")
        if request.user.must_change_password:
            raise AuthenticationFailed(
                _("首次登录须先修改密码。请在网页登录后修改。"), code="must_change_password"
            )
        return True
