"""Everything that the gateway can share, and everything that can narrow it."""

from typing import Final

from federation.gateway import firms, people, wages
from federation.gateway.kinds import Shared

OBJECTS: Final[dict[str, Shared]] = {
    one.key: one
    for one in (
        people.PRESENT,
        people.ENGAGED,
        people.ATTENDED,
        wages.BATCHES,
        wages.ROWS,
        firms.ENTERPRISES,
        firms.PROJECTS,
        firms.CREDIT,
        people.TRAINED,
    )
}
# Filters of agreements: name, words. `regions` narrows every object, by the scope itself.
FILTERS: Final = {
    "regions": "行政区划",
    "projects": "项目编码",
    "enterprises": "企业统一社会信用代码",
    "statuses": "项目状态",
    "record_kinds": "诚信记录类别",
    "banks": "工资卡开户银行",
    "paying_banks": "代发银行",
    "from": "日期从",
    "to": "日期到",
    "on_site": "只含未退场的",
}
# What a call may narrow further: the name in the address, and the filter that it is.
ASKED: Final = {"project": "projects", "enterprise": "enterprises", "from": "from", "to": "to"}
# What the platform covers: a partner that thinks of every kind of engineering must be told.
COVERS: Final = "本平台覆盖湖北省房屋建筑和市政基础设施工程，不含交通、水利等其他行业的工程。"
