"""Refusals that a person can act on: a code for programs, a Chinese sentence for people."""

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """An act was refused by a rule of the domain; nothing was changed.

    `message` names the thing, the rule and what to do; `code` is stable for programs;
    `field` names the input it belongs to, or is None when the act as a whole is refused.
    """

    code = "refused"
    status = 422

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = str(message)
        self.code = code or self.code
        self.field = field


class NotPermitted(DomainError):
    """The actor's posts do not allow this act, on this row or at all."""

    code = "not_permitted"
    status = 403

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message or str(_("您的岗位没有此项权限。如需办理，请联系本单位平台管理员授予岗位。"))
        )


class NotFound(DomainError):
    """No such row within the actor's scope; says nothing of rows outside it."""

    code = "not_found"
    status = 404

    def __init__(self, message: str = "") -> None:
        super().__init__(message or str(_("没有找到该记录，或者它不在您的管理范围内。请核对编号后再试。")))
