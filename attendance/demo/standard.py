"""The demo world's standard: a city that may extend, with a small layer of its own that binds nobody."""

from datetime import date, datetime

from django.utils import timezone

from accounts.actors import UserActor
from accounts.models import User
from regions.models import Region
from standards.models import StandardVersion
from standards.services import ElementFacts, ItemFacts, RuleFacts, TighteningFacts
from web import standard_acts as acts
from web.editor import impact_work
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


NEXT, RETURNED_CITY, RETURNED = "hubei-2027", "420600", "xiangyang-2026"
HOUSING = (
    ItemFacts("housing_kind", "1", "工地宿舍", list_name="住房类型"),
    ItemFacts("housing_kind", "2", "自行租住", list_name="住房类型"),
    ElementFacts(
        object_key="worker",
        code="housing_type",
        name="住房类型",
        kind="code",
        length=12,
        code_list="housing_kind",
        required="always",
        help="现在住在哪里。",
    ),
)
NEXT_PARTS = (
    RuleFacts(
        object_key="worker",
        code="R-20",
        condition={
            "when": {"element": "trade", "in": ["040", "050"]},
            "must": {"left": {"age": "id_number"}, "is": "<", "right": {"value": 55}},
        },
        message="超过五十五岁的不安排高处作业。",
        remedy="请换工种，或核对证件号码。",
        severities={"form": "warn", "file": "warn", "api": "warn", "open_api": "inform"},
    ),
    ItemFacts("trade", "2001", "装配式安装工", mapped_to="060"),
    TighteningFacts(object_key="team", code="responsible_phone", required="always"),
)
BED = ElementFacts(
    object_key="worker", code="c420600_bed", name="床位号", kind="text", length=20, required="always"
)


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
    _held_against_records(author, version)
    acts.submit_version(actor=author, version=version, today=day)
    acts.accept_version(actor=province, version=version, note="同意，命名空间和对照无误。")
    acts.publish_version(actor=author, version=version, effective_from=day, cutoff=day, today=day)


def write_drafts(now: datetime) -> None:
    """What is in the making: the province's next version with its impact, and a city's that was returned."""
    if StandardVersion.objects.filter(number=NEXT).exists():
        return
    day, author, reviewer = timezone.localdate(now), _actor("standards", now), _actor("standards2", now)
    version = acts.begin_version(
        actor=author, region=None, number=NEXT, title="湖北省建筑工人数据标准（2027 年）", today=day
    )
    parts: list[ElementFacts | RuleFacts | TighteningFacts | ItemFacts] = [*HOUSING, *NEXT_PARTS]
    for part in parts:
        acts.edit_version(actor=author, version=version, edit=Put(part))
    acts.check_version(actor=author, version=version, today=day)
    _held_against_records(author, version)
    _returned_city(author, reviewer, _actor("xiangyangstd", now), day)


def _returned_city(province: UserActor, reviewer: UserActor, author: UserActor, day: date) -> None:
    """襄阳 filed a layer that the province gave back."""
    city = Region.objects.get(code=RETURNED_CITY)
    acts.grant_extension(
        actor=province,
        region=city,
        objects=["worker"],
        most_required=1,
        valid_from=date(day.year, 1, 1),
        document="鄂建办〔2026〕16号（演示）",
    )
    version = acts.begin_version(
        actor=author, region=city, number=RETURNED, title="襄阳市扩展标准", document="演示", today=day
    )
    acts.edit_version(actor=author, version=version, edit=Put(BED))
    acts.check_version(actor=author, version=version, today=day)
    _held_against_records(author, version)
    acts.submit_version(actor=author, version=version, today=day)
    acts.return_version(
        actor=reviewer, version=version, note="“床位号”按省标准草案“住房类型”一并填写，请改为选填后再报。"
    )


def _held_against_records(author: UserActor, version: StandardVersion) -> None:
    """The impact check, made at once: no worker runs while the world is written."""
    check = acts.check_impact(actor=author, version=version)
    impact_work.run(check.pk, timezone.now)


def _actor(username: str, now: datetime) -> UserActor:
    return UserActor.of(User.objects.get(username=username), now)
