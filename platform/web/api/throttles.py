"""How often somebody may call. Redis may be away at any time; then everybody may."""

from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle, UserRateThrottle

if TYPE_CHECKING:  # the views themselves import this module
    from rest_framework.views import APIView

log = structlog.get_logger(__name__)


class _WithoutRedisToo(SimpleRateThrottle):
    """A throttle that lets everybody pass while it cannot count."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError:
            log.warning("api.throttle_without_redis", scope=self.scope)
            return True


class Calls(_WithoutRedisToo, UserRateThrottle):
    """Calls of one account, or of one address before signing in."""


class SignIns(_WithoutRedisToo):
    """Attempts to sign in from one address. Beside it an account is locked after a few wrong passwords."""

    scope = "sign_in"

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
