"""Sign-ins that failed: what is said to whoever tried, and what the trail keeps of it."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import record
from kernel.scoping import NOTHING, Reach
from web.postings import place_of

_LONGEST = 150


class Stranger:
    """Somebody at the door who has not shown who they are."""

    kind = "stranger"
    key = ""
    label = "未登录的人"

    def may(self, permission: str) -> bool:
        return False

    def reach(self, permission: str) -> Reach:
        return NOTHING


def limits() -> dict[str, int]:
    """After how many wrong passwords an account is locked, and for how many minutes."""
    return {"tries": settings.AXES_FAILURE_LIMIT, "minutes": round(settings.AXES_COOLOFF_TIME * 60)}


def wrong_password() -> str:
    """Account and password do not belong together; which of the two is wrong is not said."""
    return _("账号或密码不对。请检查大小写后再试；连续输错 {tries} 次将锁定 {minutes} 分钟。").format(
        **limits()
    )


def locked() -> str:
    """The account is locked: for how long, and whom to ask."""
    return _(
        "该账号连续多次输错密码，已暂时锁定。请 {minutes} 分钟后再试；忘记密码请联系平台管理员重置。"
    ).format(**limits())


def note_failure(request: HttpRequest, username: str, *, is_locked: bool = False) -> None:
    """Put a failed sign-in on record, with the name only if there is such an account.

    People type their passwords and their identity numbers where the name belongs.
    """
    user = User.objects.filter(username=username[:_LONGEST].replace("\0", "")).first()
    record(
        Stranger(),
        "accounts.sign_in_locked" if is_locked else "accounts.sign_in_failed",
        user,
        place=place_of(user) if user else "",
        **({"username": user.username} if user else {}),
        address=request.META.get("REMOTE_ADDR", ""),
    )
