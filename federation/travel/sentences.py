"""What a refused record is told: the thing, the rule, and the remedy; never a number."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from federation.travel.messages import Outcome

CONFLICT: Final = "conflict"
# As many projects as a sentence names.
_SAID: Final = 5


def _refused(rule: str, sentence: str, remedy: str) -> Outcome:
    return Outcome("refused", rule=rule, sentence=sentence, remedy=remedy)


def unknown_kind(kind: str) -> Outcome:
    """A kind that this node's software does not know."""
    return _refused(
        "unknown_kind",
        _("本平台的软件版本不认识“{kind}”类记录。").format(kind=kind),
        _("请联系上级平台升级后重新排队发送。"),
    )


def wrong_way() -> Outcome:
    """A kind that travels in the other direction alone."""
    return _refused(
        "direction",
        _("这类记录不能由该平台向本平台发送：标准和参数由上级下发，用工记录由下级上报。"),
        _("需要变更的，请向维护该记录的平台提出申请。"),
    )


def other_origin(origin: str) -> Outcome:
    """A row of a node that is not of the sender's branch."""
    return _refused(
        "origin",
        _("记录的来源平台“{origin}”不在发送平台的管辖之内。").format(origin=origin),
        _("请由记录的来源平台自行上报，或先登记该下级平台。"),
    )


def other_owner(owner: str) -> Outcome:
    """A row that another node owns here."""
    return _refused(
        "owner",
        _("该记录由平台“{owner}”维护，其他平台不能改写。两个版本都已保留。").format(owner=owner),
        _("请向该平台提出更正申请。"),
    )


def outside() -> Outcome:
    """A row that lies beyond what the sender answers for."""
    return _refused(
        "outside_region",
        _("记录所在的区划或企业不在发送平台的管辖范围内。"),
        _("请核对项目所属区划；管辖有变更的，请先由上级平台更新节点登记。"),
    )


def not_the_masters() -> Outcome:
    """A row said to be 四库一平台's by somebody below the province."""
    return _refused(
        "masters",
        _("“来源”为 master（四库一平台）的记录只能由省级平台下发，下级不能这样上报。"),
        _("请把“来源”改为 reported（填报）后重新发送；总库的数据由省级平台拉取。"),
    )


def not_their_answer(owner: str) -> Outcome:
    """An answer to a wish that was put to somebody else."""
    return _refused(
        "answer",
        _("这项更正申请是向“{owner}”提出的，不能由其他平台答复。").format(owner=owner),
        _("请由维护该记录的平台答复；总库的数据由省级平台答复。"),
    )


def foreign_name(name: str) -> Outcome:
    """A name of somebody not enrolled, given by another node."""
    return _refused(
        "origin",
        _("“{name}”不是发送平台自己起的名称，不能由它说明是谁。").format(name=name[:40]),
        _("名称应以发送平台的节点代码和冒号开头；别的平台看到的人由那个平台告知。"),
    )


def punches_outside(projects: Sequence[str], number: int) -> Outcome:
    """Punches of projects that lie beyond what the sender answers for; the others of the list are in."""
    said = "、".join(f"“{name[:40]}”" for name in projects[:_SAID])
    return _refused(
        "outside_region",
        _(
            "{projects}等 {count} 个项目不在发送平台的管辖范围内，其 {number} 次打卡没有收下，其余已收下。"
        ).format(projects=said, count=len(projects), number=number),
        _("请核对项目所属区划；管辖有变更的，请先由上级平台更新节点登记，再重新排队发送，已收下的不会重复。"),
    )


def unknown_region(code: str) -> Outcome:
    """A division that this map does not have."""
    return _refused(
        "unknown_region",
        _("本平台没有编码为“{code}”的行政区划。").format(code=code[:12]),
        _("请核对区划编码后修改记录，修改后会自动重新发送。"),
    )


def other_name() -> Outcome:
    """Another name under a number that is known."""
    return _refused(
        "identity_name",
        _("该证件号码在上级平台已登记为另一姓名，按先核验的身份为准，本条未写入。"),
        _("请核对证件原件：本平台有误的，办理身份更正；上级登记有误的，请联系上级平台更正。"),
    )


def cannot_merge() -> Outcome:
    """Two rows of one person that cannot become one."""
    return _refused(
        "identity_merge",
        _("更正后的证件号码属于本平台另一人员，两人在同一项目都有用工记录，不能自动合并。"),
        _("请先在来源平台结束其中一条用工记录，再重新排队发送。"),
    )


def other_firm_name(name: str) -> Outcome:
    """Another name of a known enterprise."""
    return _refused(
        "enterprise_name",
        _("该统一社会信用代码在上级平台登记的名称是“{name}”，与本条不一致。").format(name=name),
        _("请按营业执照核对名称后修改，修改后会自动重新发送。"),
    )


def shape(field: str) -> Outcome:
    """A value that does not fit its column."""
    return _refused(
        "shape",
        _("“{field}”的值不符合数据标准，不能写入。").format(field=field[:40]),
        _("请在来源平台修改该项，修改后会自动重新发送。"),
    )


def unfit() -> Outcome:
    """A record whose content could not be taken in, though each of its fields could be read."""
    return _refused(
        "shape",
        _("记录的内容不符合数据标准，本平台无法写入。"),
        _(
            "请对照协议文档核对各项的类型，在来源平台修改后会自动重新发送；核对无误的，请联系接收方管理员查看日志。"
        ),
    )


def unnamed_file() -> Outcome:
    """A row that names a file by something else than a digest that its message lists."""
    return _refused(
        "file",
        _("记录里的附件没有列在同一条消息的附件清单（files）里，不能写入。"),
        _("请按协议以内容的 SHA-256 指明附件并列入清单，再重新发送。"),
    )


def unopened() -> Outcome:
    """A sealed value that was not sealed for this node, or was damaged."""
    return _refused(
        "sealed",
        _("记录中加密的内容不是为本平台加密的，或已损坏，无法打开。"),
        _("请在节点页面核对本平台的加密公钥，然后重新排队发送。"),
    )


def conflict(constraint: str) -> Outcome:
    """The database refuses the row."""
    return _refused(
        CONFLICT,
        _("该记录与上级平台已有的记录冲突（规则 {constraint}）。").format(constraint=constraint),
        _("请核对两边的记录：重复的请作废其一，写错的请更正，更正后会自动重新发送。"),
    )


def still_used() -> Outcome:
    """A deletion that other rows stand against."""
    return _refused(
        "still_used",
        _("该记录已在来源平台删除，但上级平台还有其他记录引用它，暂时保留。"),
        _("请先处理引用它的记录，再重新排队发送。"),
    )


def waited_in_vain(missing: str) -> Outcome:
    """A row that names another which never came."""
    return _refused(
        "missing",
        _("记录引用的“{missing}”一直没有送达，本条未写入。").format(missing=missing.split(":")[0]),
        _("请在来源平台核对被引用的记录是否已上报，再重新排队发送。"),
    )
