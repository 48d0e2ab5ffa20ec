"""Only the province serves outsiders (I-28): asked by every act, page and call, and when a node starts.

Source: 鄂建文〔2019〕27号 二(四) (通过省级信息平台统一对外接口).
"""

from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info
from django.utils.translation import gettext as _

from kernel.errors import NotThisPlatform

PROVINCE: Final = "province"
KINDS: Final = {PROVINCE: "省级平台", "city": "市州平台", "county": "县区平台", "enterprise": "企业平台"}


class OnlyTheProvince(NotThisPlatform):
    """This node is not the province's and may not serve anybody outside."""

    code = "only_the_province"

    def __init__(self) -> None:
        told = _(
            "本节点是{kind}（{name}），不能设立对外共享单位，也不对外提供数据：对外接口由省级平台统一提供"
            "（鄂建文〔2019〕27号 二（四））。需要数据的单位，请向省住房和城乡建设厅"
            "申请，在省级平台签订共享协议。"
        )
        kind = KINDS.get(settings.NODE_KIND, settings.NODE_KIND)
        super().__init__(told.format(kind=kind, name=settings.NODE_NAME))


def is_the_province() -> bool:
    """Whether this node is the province's."""
    return settings.NODE_KIND == PROVINCE


def require_the_province() -> None:
    """Raises OnlyTheProvince at any other node."""
    if not is_the_province():
        raise OnlyTheProvince


def check_node(**_kwargs: Any) -> list[CheckMessage]:
    """What the settings say, without asking the database: a node must not pose as the province."""
    kind, region = settings.NODE_KIND, settings.NODE_REGION
    if kind not in KINDS:
        told = f"NODE_KIND={kind}: 应为 {'、'.join(KINDS)} 之一。"
        return [Error(told, hint="请在 .env 中改正 NODE_KIND。", id="federation.E281")]
    if kind == PROVINCE and not region.endswith("0000"):
        told = f"NODE_KIND=province，而 NODE_REGION={region} 不是省级行政区划：只有省级平台可以对外提供数据。"
        hint = "市州、县区或企业的节点请把 NODE_KIND 设为 city、county 或 enterprise。"
        return [Error(told, hint=hint, id="federation.E282")]
    if kind != PROVINCE:
        return [Info(f"对外共享已关闭：{OnlyTheProvince().message}", id="federation.I283")]
    return []
