"""The demo world's standard: a city that may extend, with a small layer of its own that binds nobody."""

from datetime import date, datetime

from django.utils import timezone

from accounts.actors import UserActor
from accounts.models import User
from regions.models import Region
from standards.models import StandardVersion
from standards.services import ElementFacts, ItemFacts
from web import standard_acts as acts
from web.standard_acts import Put

CITY, NUMBER = "420100", "wuhan-2026"
DOCUMENT = "武城建规〔2026〕3号（演示）"
DORMITORY = ElementFacts(
    object_key="worker",
    code="c420100_dormitory",
    name="住宿地点",
    kind="code",
    length=12,
    code_list="c420100_dormitory",
    help="住在项目部的选工地宿舍。",
)
PLACES = (("1", "工地宿舍"), ("2", "自行租住"), ("3", "自有住房"))


def write_standard(now: datetime) -> None:
    """武汉 is granted the right to extend, and has published one optional element; once."""
    city = Region.objects.get(code=CITY)
    if StandardVersion.objects.filter(region=city).exists():
        return
    province, author = (_actor(name, now) for name in ("standards", "wuhanstd"))
    day = timezone.localdate(now)
    acts.grant_extension(
        actor=province,
        region=city,
        objects=["worker", "team"],
        lists=["trade"],
        most_required=2,
        valid_from=date(day.year, 1, 1),
        document="鄂建办〔2026〕15号（演示）",
    )
    version = acts.begin_version(
        actor=author, region=city, number=NUMBER, title="武汉市扩展标准", document=DOCUMENT, today=day
    )
    items = [ItemFacts(DORMITORY.code_list, code, name, list_name="住宿地点") for code, name in PLACES]
    for edit in (*map(Put, items), Put(DORMITORY)):
        acts.edit_version(actor=author, version=version, edit=edit)
    acts.check_version(actor=author, version=version, today=day)
    acts.submit_version(actor=author, version=version, today=day)
    acts.accept_version(actor=province, version=version, note="同意，命名空间和对照无误。")
    acts.publish_version(actor=author, version=version, effective_from=day, cutoff=day, today=day)


def _actor(username: str, now: datetime) -> UserActor:
    return UserActor.of(User.objects.get(username=username), now)
