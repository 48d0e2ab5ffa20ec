"""Refusals of the projects' acts, as sentences."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from kernel.cells import Cell
from kernel.errors import DomainError


class BadCreditCode(DomainError):
    """The unified social credit code fails GB 32100."""

    code = "bad_credit_code"


class BadPermitNumber(DomainError):
    """A permit number or project code of a form that no authority gives."""

    code = "bad_number"


class NameDiffers(DomainError):
    """A known credit code came with another name; the registered one holds until its owner changes it."""

    code = "enterprise_name_differs"

    def __init__(self, *, uscc: str, registered: str, by_master: bool = False) -> None:
        if registered and by_master:
            told = _(
                "统一社会信用代码 {uscc} 在四库一平台的名称是“{registered}”，与所填名称不一致。"
                "企业名称由四库一平台维护，不能在本平台修改：请改用该名称；"
                "名称确有变更的，请在企业页面“提变更建议”。"
            )
        elif registered:
            told = _(
                "统一社会信用代码 {uscc} 已登记为“{registered}”，与所填名称不一致。请核对代码或改用登记名称。"
            )
        else:
            told = _(
                "统一社会信用代码 {uscc} 已用别的名称登记，与所填名称不一致。"
                "请按营业执照核对；确认无误的，请联系平台管理员更正。"
            )
        super().__init__(told.format(uscc=uscc, registered=registered), field="enterprise_name")


class HeldByCell(DomainError):
    """The division's projects are held by another cell of this platform."""

    code = "held_by_cell"

    def __init__(self, region: str, holder: Cell | None) -> None:
        told = (
            _("{region}的项目不在本单元，由 {cell} 单元办理，一个项目只在一个单元。请到 {url} 登记。")
            if holder
            else _("{region}还没有分配到任何单元，不能登记项目。请联系平台管理员在单元划分表里补上。")
        )
        place = {"cell": holder.name, "url": holder.url or _("该单元")} if holder else {}
        super().__init__(told.format(region=region, **place), field="region")


class AlreadyParticipates(DomainError):
    """The enterprise already takes part in this project."""

    code = "already_participates"

    def __init__(self) -> None:
        super().__init__(_("该企业已是本项目的参建单位，无需重复登记；如需更正请修改原记录。"))


class TeamExists(DomainError):
    """A team of this name exists in the participation; carries its number so that a client can go on."""

    code = "team_exists"

    def __init__(self, number: int) -> None:
        super().__init__(
            _("班组已存在，班组编号为 {number}。请使用已有班组，或换一个名称。").format(number=number)
        )
        self.number = number


class ProjectFinished(DomainError):
    """The project is finished (004): nobody is enrolled, nobody enters."""

    code = "project_finished"

    def __init__(self) -> None:
        super().__init__(
            _("项目已完工，不能再登记人员、班组或进场。如仍在施工，请先由主管部门更正项目状态。")
        )


class ProjectDiffers(DomainError):
    """A permit names a known project code with another name, place or contractor."""

    code = "project_differs"

    def __init__(
        self, *, code: str, label: str, registered: str, given: str, by_master: bool = False
    ) -> None:
        told = (
            _(
                "项目 {code} 在四库一平台的{label}是“{registered}”，与所填“{given}”不一致。"
                "{label}由四库一平台维护，不能在本平台修改；确有变更的，请在项目页面“提变更建议”。"
            )
            if by_master
            else _(
                "项目 {code} 已登记的{label}是“{registered}”，与所填“{given}”不一致。"
                "请核对项目编码或改正后重新提交。"
            )
        )
        super().__init__(
            told.format(code=code, label=label, registered=registered, given=given),
            field="project_code",
        )


class PermitElsewhere(DomainError):
    """The permit number belongs to another project."""

    code = "permit_elsewhere"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("施工许可证 {number} 已登记在另一个项目下，不能重复登记。请核对许可证编号和项目编码。").format(
                number=number
            ),
            field="permit_number",
        )
        self.number = number


class AccountExists(DomainError):
    """The project has an account already; further ones are given by the administrator."""

    code = "account_exists"

    def __init__(self, project: str) -> None:
        super().__init__(
            _(
                "“{project}”的项目账号已经领取，不能再签发领取代码。"
                "要增加人员或重置密码，请联系平台管理员；原管理员离任的，请先终止其岗位。"
            ).format(project=project)
        )


class WrongClaim(DomainError):
    """Permit number and code open nothing; which of the two is wrong, or why, is not said."""

    code = "wrong_claim"

    def __init__(self, tries: int, minutes: int) -> None:
        super().__init__(
            _(
                "许可证编号或领取代码不对，或者代码已过期、已被使用。请对照领取单逐字核对；"
                "仍不行的，请到发证窗口重新签发。连续输错 {tries} 次将锁定 {minutes} 分钟。"
            ).format(tries=tries, minutes=minutes)
        )


class ClaimLocked(DomainError):
    """Too many failed claims: for how long, and what to do."""

    code = "claim_locked"
    status = 429

    def __init__(self, minutes: int) -> None:
        super().__init__(
            _(
                "连续多次输错，已暂时锁定。请 {minutes} 分钟后再试；"
                "代码遗失或看不清的，请到发证窗口重新签发。"
            ).format(minutes=minutes)
        )


class CodeGone(DomainError):
    """The code was used, made void or ran out between its two pages."""

    code = "code_gone"

    def __init__(self) -> None:
        super().__init__(
            _("领取代码已被使用、已重新签发或已过期，账号没有建立。请用新的领取代码，或到发证窗口重新签发。")
        )


class FileTooLong(DomainError):
    """The file has more rows than one import may have."""

    code = "file_too_long"

    def __init__(self, most: int) -> None:
        super().__init__(
            _("文件超过 {most} 行，没有检查也没有登记。请分成几个文件，每个最多 {most} 行。").format(
                most=most
            ),
            field="file",
        )


class UploadGone(DomainError):
    """The kept file has run out; nothing of it was written."""

    code = "upload_gone"

    def __init__(self) -> None:
        super().__init__(_("上传的文件已过保留期并删除，没有登记。请重新上传，检查后再登记。"))


class TeamEnded(DomainError):
    """The team has left the site: nobody joins it any more."""

    code = "team_ended"

    def __init__(self, on: date) -> None:
        super().__init__(
            _("该班组已于 {day} 退场，不能再安排人员。请选择在场的班组，或新建班组。").format(
                day=on.isoformat()
            ),
            field="team",
        )


class ParticipationEnded(DomainError):
    """The enterprise no longer takes part: it forms no teams and takes nobody on."""

    code = "participation_ended"

    def __init__(self, on: date, *, field: str = "") -> None:
        super().__init__(
            _("该参建单位已于 {day} 退场，不能再办理。如仍在施工，请先更正其退场日期。").format(
                day=on.isoformat()
            ),
            field=field,
        )


class PeopleStillHere(DomainError):
    """A team or participation cannot end while its people are on its roster; names some of them."""

    code = "people_still_here"

    def __init__(self, names: Sequence[str], number: int) -> None:
        some = "、".join(names)
        super().__init__(
            _("还有 {number} 人没有退场（{some}{more}），不能办理退场。请先为他们办理退场。").format(
                number=number, some=some, more="等" if number > len(names) else ""
            )
            if some
            else _("还有 {number} 人没有退场，不能办理退场。请先为他们办理退场。").format(number=number)
        )
        self.number = number


class BadPeriod(DomainError):
    """An end before its beginning, or a day that has not come."""

    code = "bad_period"


class TheContractorStays(DomainError):
    """The general contractor of a project in progress does not leave it, and stays the contractor."""

    code = "the_contractor_stays"

    def __init__(self) -> None:
        super().__init__(
            _(
                "总承包单位由施工许可证确定，不能在这里办理退场或改变类型。项目完工或更换总包的，请报主管部门办理。"
            )
        )


class ProjectReported(DomainError):
    """The contractor's system has reported this project before; carries its code, so that clients go on."""

    code = "project_reported"

    def __init__(self, project_code: str) -> None:
        super().__init__(
            _("项目已存在，项目编码为 {code}。请使用已有项目，需要改动的请更新原项目。").format(
                code=project_code
            )
        )
        self.project_code = project_code


class RegisteredFact(DomainError):
    """A system states another value than the authority has registered; the register holds."""

    code = "registered_fact"

    def __init__(self, column: str, label: str, registered: str, *, by_master: bool) -> None:
        keeper = _("四库一平台维护") if by_master else _("县（市、区）随施工许可证登记")
        remedy = _("请在项目页面“提变更建议”") if by_master else _("请报主管部门更正")
        super().__init__(
            _(
                "{label}已由{keeper}为“{registered}”，不能通过接口修改。请按登记内容上传；登记有误的，{remedy}。"
            ).format(label=label, keeper=keeper, registered=registered, remedy=remedy),
            field=column,
        )


class ProjectOccupied(DomainError):
    """A project is not finished while people are on its roster."""

    code = "project_occupied"

    def __init__(self, number: int) -> None:
        super().__init__(
            _("项目还有 {number} 人没有退场，不能改为完工。请先为他们办理退场。").format(number=number),
            field="status",
        )


class NotASideOfTheContract(DomainError):
    """Terms are a matter of the owner and the general contractor."""

    code = "not_a_side"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("合同条款由建设单位或总承包单位填报、由对方确认。您的岗位不属于这两方，请联系他们办理。")
        )


class OtherSideConfirms(DomainError):
    """Whoever stated terms does not confirm them, nor does anybody of the same side."""

    code = "other_side_confirms"

    def __init__(self, side: str) -> None:
        super().__init__(
            _("这份条款由{side}填报，须由合同的另一方确认或提出异议。请通知对方办理。").format(side=side)
        )


class TermsAnswered(DomainError):
    """Nothing waits for an answer any more."""

    code = "terms_answered"

    def __init__(self) -> None:
        super().__init__(_("这份条款已经不在待确认状态。请刷新项目的合同条款页，按最新一版办理。"))


class TermsWait(DomainError):
    """The other side's statement has to be answered before another is made."""

    code = "terms_wait"

    def __init__(self) -> None:
        super().__init__(_("对方填报的条款正等您确认。请先确认或提出异议，再填报新的一版。"))


class BadTerms(DomainError):
    """An item that no contract can agree."""

    code = "bad_terms"
