"""The accounts of the demo world: one for each post, all with the same password, in the demo world only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.models import Post, User
from accounts.roles import ROLES
from attendance.demo.people import WORKER as WORKER_KIND
from attendance.demo.plan import LABOUR, World
from attendance.demo.script import WUCHANG_CODE
from projects.models import Project
from regions.models import Region
from workers.models import Engagement
from workers.services import set_phone

PROVINCE = "420000"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account and its one post: at a region, or on the fixed project in 武昌."""

    username: str
    name: str
    role: str
    region: str = ""

    @property
    def post(self) -> str:
        """The post in words."""
        return ROLES[self.role].title


ACCOUNTS = (
    DemoAccount("province", "赵敏之", "province_regulator", PROVINCE),
    DemoAccount("wuhan", "钱文汉", "city_regulator", "420100"),
    DemoAccount("wuchang", "孙武昌", "county_regulator", "420106"),
    DemoAccount("xiantao", "李桃源", "county_regulator", "429004"),
    DemoAccount("standards", "周正标", "standards_administrator", PROVINCE),
    DemoAccount("standards2", "周复核", "standards_administrator", PROVINCE),
    DemoAccount("wuhanstd", "钱标汉", "standards_administrator", "420100"),
    DemoAccount("xiangyangstd", "李标襄", "standards_administrator", "420600"),
    DemoAccount("admin", "吴台管", "platform_administrator", PROVINCE),
    DemoAccount("contractor", "郑建工", "contractor_manager"),
    DemoAccount("clerk", "王劳资", "labour_clerk"),
    DemoAccount("subclerk", "冯分包", "subcontractor_clerk"),
    DemoAccount("owner", "陈建设", "owner"),
    DemoAccount("supervisor", "褚监理", "supervisor"),
)

# A worker of the same project, whose phone outside scripts and the tour in the README know.
WORKER, WORKER_PHONE = "worker", "10900000001"


def write_accounts(world: World, projects: dict[str, Project], today: date) -> None:
    """Each account with its post, where it is missing; posts of a past year are prolonged.

    A password that somebody has changed stays changed.
    """
    _write(ACCOUNTS, today, lambda one: _scope(one, world, projects))
    _write_worker(world)


def write_region_accounts(today: date) -> None:
    """Those of whole regions only, for a hub, which has no projects."""
    _write([one for one in ACCOUNTS if one.region], today, _region_scope)


def _write(
    accounts: Sequence[DemoAccount], today: date, scope: Callable[[DemoAccount], dict[str, Any]]
) -> None:
    names = [account.username for account in accounts]
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    missing = [account for account in accounts if account.username not in users]
    if missing:
        # One hash for all of them: each costs as much as a sign-in.
        password = make_password(settings.DEMO_PASSWORD)
        made = User.objects.bulk_create(
            User(username=one.username, display_name=one.name, password=password, must_change_password=False)
            for one in missing
        )
        users |= {user.username: user for user in made}
        Post.objects.bulk_create(
            Post(
                user=users[one.username],
                role=one.role,
                valid_from=date(today.year, 1, 1),
                valid_to=date(today.year + 1, 12, 31),
                document="演示数据",
                **scope(one),
            )
            for one in missing
        )
    Post.objects.filter(user__in=users.values(), document="演示数据", valid_to__lt=today).update(
        valid_to=date(today.year + 1, 12, 31)
    )


def _region_scope(account: DemoAccount) -> dict[str, Any]:
    region = Region.objects.get(code=account.region)
    return {"region": region, "scope_name": region.name}


def _scope(account: DemoAccount, world: World, projects: dict[str, Project]) -> dict[str, Any]:
    if account.region:
        return _region_scope(account)
    project = projects[WUCHANG_CODE]
    if account.role != "subcontractor_clerk":
        return {"project": project.public_id, "scope_name": project.name}
    planned = next(planned for planned in world.sites if planned.code == WUCHANG_CODE)
    labour = next(one for one in planned.participations if one.kind == LABOUR)
    return {"participation": labour.public_id, "scope_name": f"{project.name} {labour.firm.name}"}


def _write_worker(world: World) -> None:
    """One worker of the fixed project, once: a phone that is known beforehand, and an account."""
    if User.objects.filter(username=WORKER).exists():
        return
    planned = next(planned for planned in world.sites if planned.code == WUCHANG_CODE)
    steady = [
        one
        for one in planned.people
        if one.kind == WORKER_KIND and one.exited_on is None and one.last_day is None and not one.is_lent
    ]
    chosen = max(steady, key=lambda one: (len(one.papers.contracts), one.diligence, one.engagement_id))
    rows = Engagement.objects.unscoped(because="the demo world is written for everybody; nobody reads")
    work = rows.select_related("person").get(public_id=chosen.engagement_id)
    work.save(update_fields=[*set_phone(work, WORKER_PHONE), "updated_at"])
    User.objects.create(
        username=WORKER,
        display_name=work.person.name,
        person=work.person.public_id,
        password=make_password(settings.DEMO_PASSWORD),
        must_change_password=False,
    )
