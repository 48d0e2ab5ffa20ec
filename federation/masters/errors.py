"""Refusals of acts on master data, as sentences."""

from django.utils.translation import gettext as _

from kernel.errors import DomainError, NotPermitted, NotThisPlatform


class MasterUnset(DomainError):
    """This node has no address of 四库一平台."""

    code = "master_unset"

    def __init__(self) -> None:
        super().__init__(
            _("本平台没有配置四库一平台的地址，不能取数。请运维设置 FOUR_DATABASES_URL 后重启。")
        )


class NotTheProvince(NotThisPlatform):
    """Only the province's platform pulls from 四库一平台 and answers for it."""

    code = "not_the_province"

    def __init__(self) -> None:
        super().__init__(
            _(
                "四库一平台只由省级平台对接：取数和答复都在省级平台办理，本平台由省级下发只读副本。"
                "数据有误的，请在记录页面提变更建议。"
            )
        )


class NotTheWholeProvince(NotPermitted):
    """The post would allow it, but reaches less than the province, whose the masters are."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "四库一平台是全省的数据来源，只由范围为全省的岗位查看和办理，您的岗位只管本地区或本单位。"
                "数据有误的，请在企业或项目的记录页面提变更建议。"
            )
        )


class NotTheOwner(DomainError):
    """Another node owns the row, and answers for it."""

    code = "not_the_owner"

    def __init__(self, node: str) -> None:
        super().__init__(
            _("这条记录由“{node}”维护，更正申请由该平台答复。请等答复，结果会显示在本页。").format(node=node)
        )


class NotACopy(DomainError):
    """The row is this node's own: whoever may change it changes it here."""

    code = "not_a_copy"

    def __init__(self) -> None:
        super().__init__(_("这条记录由本平台维护，不需要更正申请。请直接在记录页面修改。"))


class NumberInWish(DomainError):
    """A wish travels in the clear: an identity, phone or card number does not belong in it."""

    code = "number_in_wish"

    def __init__(self, field: str) -> None:
        super().__init__(
            _(
                "这里像是写了证件号码、手机号或银行卡号（号码中间加空格、连字符的也算）。建议、申请和答复"
                "以明文传送，多家单位可见，只可以写已登记的施工许可证编号、项目编码和统一社会信用代码。"
                "请删去号码，写明是哪一项有误，由维护单位核对原件更正。"
            ),
            field=field,
        )


class WishUnchanged(DomainError):
    """The wish is empty or is what stands there already."""

    code = "wish_unchanged"

    def __init__(self) -> None:
        super().__init__(_("应改为的内容与现在的相同或没有填写。请填写正确的内容。"), field="wish")


class WishStands(DomainError):
    """Another wish about the same field waits for its answer; `owner` by name, "" for 四库一平台."""

    code = "wish_stands"

    def __init__(self, owner: str = "") -> None:
        told = (
            _("这一项已有一条更正申请在等{owner}答复。请等答复；内容有误的，由提出人先撤回原申请。").format(
                owner=owner
            )
            if owner
            else _("这个字段已有一条变更建议在等省级答复。请等答复；内容有误的，请先撤回原建议。")
        )
        super().__init__(told, field="field")


class NotAsked(DomainError):
    """The wish was answered or taken back."""

    code = "not_asked"

    def __init__(self, *, is_correction: bool = False) -> None:
        what = _("更正申请") if is_correction else _("变更建议")
        super().__init__(
            _("这条{what}已经答复、更正或撤回，不能再办理。请刷新后查看结果。").format(what=what)
        )


class OwnWish(DomainError):
    """Who asks does not answer."""

    code = "own_wish"

    def __init__(self, *, is_correction: bool = False) -> None:
        told = (
            _("更正申请不能由提出人自己答复。请由本平台另一位人员办理。")
            if is_correction
            else _("变更建议不能由提出人自己答复。请由省级另一位人员办理。")
        )
        super().__init__(told)


class NotAccepted(DomainError):
    """Only what was accepted is marked as corrected."""

    code = "not_accepted"

    def __init__(self) -> None:
        super().__init__(
            _("这条更正申请不是“已采纳，待更正”，不能标为已更正。请刷新后查看：还没有答复的先答复。")
        )


class StillUncorrected(DomainError):
    """The record says what it said when the request was made."""

    code = "still_uncorrected"

    def __init__(self, field: str, value: str) -> None:
        super().__init__(
            _("{field}现在仍为“{value}”，还没有更正。请先更正记录，再标为已更正。").format(
                field=field, value=value
            )
        )
