"""Refusals of acts on master data, as sentences."""

from django.utils.translation import gettext as _

from kernel.errors import DomainError


class MasterUnset(DomainError):
    """This node has no address of 四库一平台."""

    code = "master_unset"

    def __init__(self) -> None:
        super().__init__(
            _("本平台没有配置四库一平台的地址，不能取数。请运维设置 FOUR_DATABASES_URL 后重启。")
        )


class WishUnchanged(DomainError):
    """The wish is empty or is what stands there already."""

    code = "wish_unchanged"

    def __init__(self) -> None:
        super().__init__(_("应改为的内容与现在的相同或没有填写。请填写正确的内容。"), field="wish")


class WishStands(DomainError):
    """Another wish about the same field waits for its answer."""

    code = "wish_stands"

    def __init__(self) -> None:
        super().__init__(
            _("这个字段已有一条变更建议在等省级答复。请等答复；内容有误的，请先撤回原建议。"), field="field"
        )


class NotAsked(DomainError):
    """The wish was answered or taken back."""

    code = "not_asked"

    def __init__(self) -> None:
        super().__init__(_("这条变更建议已经答复或撤回，不能再办理。请刷新后查看结果。"))


class OwnWish(DomainError):
    """Who asks does not answer."""

    code = "own_wish"

    def __init__(self) -> None:
        super().__init__(_("变更建议不能由提出人自己答复。请由省级另一位人员办理。"))
