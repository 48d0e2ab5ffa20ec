"""Refusals that a person can act on: a code for programs, a Chinese sentence for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel import node_names


class DomainError(Exception):
    """An act was refused by a rule of the domain; nothing was changed.

    `message` names the thing, the rule and what to do; `code` is stable for programs;
    `field` names the input it belongs to, or is None when the act as a whole is refused.
    """

    code = "refused"
    status = 422
    # Whether this platform may not do it, whoever asks; a page must not blame the reader's post then.
    is_the_platforms = False

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = str(message)
        self.code = code or self.code
        self.field = field

    @property
    def errors(self) -> dict[str, list[str]]:
        """Sentences by the input they belong to; several inputs at once where a subclass knows more."""
        return {self.field: [self.message]} if self.field else {}

    @property
    def details(self) -> dict[str, Any]:
        """What else a program is told beside code and sentence."""
        return {}


class SeveralFaults(DomainError):
    """Several inputs are wrong, and each is told at once; code, sentence and field are the first one's."""

    def __init__(self, faults: Sequence[DomainError]) -> None:
        first = faults[0]
        super().__init__(first.message, code=first.code, field=first.field)
        self.faults = list(faults)

    @property
    def errors(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in self.faults:
            for field, sentences in one.errors.items():
                found.setdefault(field, []).extend(sentences)
        return found


class NotPermitted(DomainError):
    """The actor's posts do not allow this act, on this row or at all."""

    code = "not_permitted"
    status = 403

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message or str(_("您的岗位没有此项权限。如需办理，请联系本单位平台管理员授予岗位。"))
        )


class NotThisPlatform(DomainError):
    """Another node's platform does it, not this one, whatever the actor's posts."""

    code = "not_this_platform"
    status = 403
    is_the_platforms = True


class NotFound(DomainError):
    """No such row within the actor's scope; says nothing of rows outside it."""

    code = "not_found"
    status = 404

    def __init__(self, message: str = "") -> None:
        super().__init__(message or str(_("没有找到该记录，或者它不在您的管理范围内。请核对编号后再试。")))


class NotHereYet(NotFound):
    """A file whose record came from another node, and which is still on its way or lost there."""

    code = "file_not_here"


class HeldElsewhere(DomainError):
    """The row is a copy of another node's, or belongs to one: only its owner changes it (I-25).

    `row`: the copy that was met, for a page that tells more of it; None where a rule knows the owner alone.
    """

    code = "held_elsewhere"
    status = 409

    def __init__(self, node: str, what: str = "", row: Any = None) -> None:
        super().__init__(
            str(
                _(
                    "{what}由{node}维护，本平台保存的是只读副本，不能在此办理。"
                    "请在该平台办理，或向其提出更正申请。"
                )
            ).format(node=node_names.called(node), what=what or _("这条记录"))
        )
        self.node, self.row = node, row


class Stale(DomainError):
    """Somebody else changed the row since it was opened; `theirs` says how it reads now, label by label."""

    code = "stale"
    status = 409

    def __init__(self, theirs: Mapping[str, str], version: int) -> None:
        super().__init__(
            str(_("您打开之后，这条记录已被他人修改，您的修改没有写入。请比较两个版本后再提交。"))
        )
        self.theirs = dict(theirs)
        self.version = version
