"""Firms that do not exist: each says so in its name, and no office has issued its credit code."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from attendance.demo.ids import born
from projects import synthetic


def words(text: str) -> tuple[str, ...]:
    """Names written with blanks between them."""
    return tuple(text.split())


BUILDING = words(
    "湖北示例建工集团有限公司 荆楚示例第三建筑有限公司 楚天测试建设有限公司 "
    "江汉测试建筑工程有限公司 鄂西示例建筑安装有限公司 汉江示例建设集团有限公司 "
    "三峡测试建筑有限公司 东湖示例建设有限公司"
)
ROADS = words(
    "武汉示例市政工程有限公司 测试路桥集团有限公司 荆楚示例市政建设有限公司 汉江测试水务工程有限公司"
)
LABOUR = words(
    "湖北示例劳务有限公司 楚天测试建筑劳务有限公司 黄陂示例劳务有限公司 仙源测试劳务有限公司 "
    "江汉示例建筑劳务有限公司 荆门测试劳务有限公司 大别山示例劳务有限公司 清江测试建筑劳务有限公司 "
    "孝南示例劳务有限公司 漳河测试劳务有限公司 云梦示例建筑劳务有限公司 新洲测试劳务有限公司"
)
SPECIAL = words(
    "示例机电安装有限公司 测试消防工程有限公司 示例幕墙装饰有限公司 测试地基基础工程有限公司 "
    "示例防水保温工程有限公司 测试管道非开挖工程有限公司"
)
SUPERVISION = words(
    "湖北示例工程监理有限公司 荆楚测试建设监理有限公司 楚天示例项目管理有限公司 "
    "汉江测试监理咨询有限公司 三峡示例工程监理有限公司"
)
OWNERS = words(
    "示例城市建设投资有限公司 测试置业有限公司 示例教育投资有限公司 测试水务集团有限公司 "
    "示例产业园开发有限公司 测试交通投资有限公司 示例医疗建设管理有限公司 测试安居置业有限公司"
)


@dataclass(frozen=True, slots=True)
class Firm:
    """An invented enterprise."""

    public_id: UUID
    uscc: str
    name: str


def all_firms(seed: int, at: datetime) -> dict[str, Firm]:
    """Every firm of the script by name."""
    rng = Random(f"{seed}/firms")
    names = (*BUILDING, *ROADS, *LABOUR, *SPECIAL, *SUPERVISION, *OWNERS)
    return {name: Firm(born(rng, at), synthetic.uscc(rng), name) for name in names}
