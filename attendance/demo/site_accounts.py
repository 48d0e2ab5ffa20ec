"""The accounts of the demo world's projects: all claimed, but for one that waits and one never issued."""

from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import Post, User
from attendance.demo.plan import SitePlan, World
from attendance.demo.script import WUCHANG_CODE
from projects.codes import digest
from projects.models import AccountCode, Permit, Project
from projects.selectors import MANAGER
from standards.selectors import parameter

# In 武昌: a code that nobody has claimed yet, and a permit without any.
WAITING, WITHOUT = "白沙洲仓储改造", "粮道街片区更新"
# Whoever tries the demo claims the waiting account with it.
CODE = "DEMA-WUCH-2F27"
_ISSUED_DAYS_AGO = 5
_DOCUMENT = "演示数据"
_BECAUSE = "the demo world is written for everybody; nobody reads"


def write_site_accounts(world: World, projects: dict[str, Project], as_of: datetime) -> None:
    """Each project's contractor has an account, where it is missing; the waiting code does not run out."""
    _write_managers(world, projects, as_of)
    waiting = next(planned for planned in world.sites if planned.site.name == WAITING)
    project = projects[waiting.code]
    codes = AccountCode.objects.unscoped(because=_BECAUSE).filter(project=project)
    until = as_of + timedelta(days=parameter("claim.code_days", project.region))
    if codes.exists():
        codes.filter(voided_at=None, claimed_at=None, expires_at__lt=as_of).update(expires_at=until)
        return
    permit = Permit.objects.unscoped(because=_BECAUSE).filter(project=project).order_by("pk")[0]
    AccountCode.objects.create(
        project=project,
        permit=permit,
        digest=digest(permit.number, CODE),
        issued_at=as_of - timedelta(days=_ISSUED_DAYS_AGO),
        expires_at=until,
    )


def _write_managers(world: World, projects: dict[str, Project], as_of: datetime) -> None:
    """Accounts nobody signs in with: they have no password, and stand for people who claimed theirs."""
    today = timezone.localdate(as_of)
    sites = {_username(planned): planned for planned in world.sites if _has_own(planned)}
    known = set(User.objects.filter(username__in=sites).values_list("username", flat=True))
    closed = make_password(None)
    made = User.objects.bulk_create(
        User(username=name, display_name=_name(planned), password=closed, must_change_password=False)
        for name, planned in sites.items()
        if name not in known
    )
    Post.objects.bulk_create(
        Post(
            user=user,
            role=MANAGER,
            project=projects[sites[user.username].code].public_id,
            scope_name=projects[sites[user.username].code].name,
            valid_from=min(sites[user.username].calendar.opened_on, today),
            valid_to=date(today.year + 1, 12, 31),
            document=_DOCUMENT,
        )
        for user in made
    )
    ended = Post.objects.filter(user__username__in=sites, document=_DOCUMENT, valid_to__lt=today)
    ended.update(valid_to=date(today.year + 1, 12, 31))


def _has_own(planned: SitePlan) -> bool:
    return planned.code != WUCHANG_CODE and planned.site.name not in (WAITING, WITHOUT)


def _username(planned: SitePlan) -> str:
    return f"site-{planned.code}"


def _name(planned: SitePlan) -> str:
    """The leader of the contractor's own team."""
    return planned.teams[0].leader or "项目负责人"


def claimable() -> str:
    """The number of the permit whose account waits for whoever tries the demo; empty where it was claimed."""
    codes = AccountCode.objects.unscoped(because=_BECAUSE).select_related("permit")
    for code in codes.filter(voided_at=None, claimed_at=None, project__name=WAITING):
        if bytes(code.digest) == digest(code.permit.number, CODE):
            return code.permit.number
    return ""
