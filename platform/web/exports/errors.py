"""Why an export is refused, in sentences."""

from django.utils.translation import gettext as _

from kernel.errors import DomainError, NotFound


class NotAList(NotFound):
    """The address leads to no list that this reader may open."""

    def __init__(self) -> None:
        super().__init__(_("没有找到要导出的名单，或者它不在您的管理范围内。请回到名单页面，再点“导出”。"))


class ReasonTooShort(DomainError):
    """A list of people leaves the platform only for a stated reason."""

    def __init__(self, least: int) -> None:
        super().__init__(
            _("这个名单含个人信息，请填写导出的用途（不少于 {least} 个字），会记入审计。").format(
                least=least
            ),
            code="reason_missing",
            field="reason",
        )


class ReasonHoldsNumber(DomainError):
    """A reason repeats somebody's number; reasons are printed in the file and kept in the trail."""

    def __init__(self) -> None:
        super().__init__(
            _("用途里不要写证件号、手机号或卡号，它会印在文件里并记入审计。请改用姓名或事由说明。"),
            code="reason_holds_number",
            field="reason",
        )


class UnknownFormat(DomainError):
    """Neither XLSX nor CSV."""

    def __init__(self) -> None:
        super().__init__(_("没有这种文件格式，请选 XLSX 或 CSV。"), code="unknown_format", field="format")


class UnreadableFilter(DomainError):
    """A filter of the address cannot be read, so the file would hold more than was asked for."""

    def __init__(self, label: str) -> None:
        super().__init__(
            _("条件“{label}”写得不对、没有生效。请先在名单页改好或去掉它，再导出。").format(label=label),
            code="unreadable_filter",
        )


class TooManyRows(DomainError):
    """More rows than one file may hold; it is refused, not cut."""

    def __init__(self, rows: int, most: int) -> None:
        super().__init__(
            _(
                "这个名单有 {rows} 行，一次最多导出 {most} 行。请加条件分几次导出；平台不会只导出一部分。"
            ).format(rows=f"{rows:,}", most=f"{most:,}"),
            code="too_many_rows",
        )


class TooManyOpen(DomainError):
    """Enough exports are waiting already."""

    def __init__(self, most: int) -> None:
        super().__init__(
            _("您已有 {most} 个导出在排队或生成，请等其中一个完成，或先取消。").format(most=most),
            code="too_many_exports",
        )


class NotOpen(DomainError):
    """What is finished cannot be cancelled."""

    code = "not_open"

    def __init__(self) -> None:
        super().__init__(_("这个导出已经结束，不能再取消。刷新页面看它现在的状态。"))


class NotReady(DomainError):
    """There is no file to take: not yet, no longer, or never."""

    code = "not_ready"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("文件现在不能下载：还没有生成好，或已过期删除。请到“我的导出”看状态，需要时重新导出。")
        )


class ReachHasChanged(DomainError):
    """The posts under which the file was made do not reach as far any more."""

    code = "reach_has_changed"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("这个文件按您当时的岗位生成，您的岗位后来有变动，不能再下载。如需要，请按现在的岗位重新导出。")
        )
