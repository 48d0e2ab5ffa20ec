"""Refusals of the workers' acts, as sentences. None of them repeats a number."""

from datetime import date

from django.utils.translation import gettext as _

from kernel.errors import DomainError


class BadIdentity(DomainError):
    """The identity number fails GB 11643, or contradicts the sex or birth date beside it."""

    code = "bad_identity_number"


class IdentityNameDiffers(DomainError):
    """The number is known under another name; which name is not said to someone who may not see it."""

    code = "identity_name_differs"

    def __init__(self) -> None:
        super().__init__(
            _(
                "该证件号码已以另一姓名登记，不能用所填姓名登记。请对照证件核对姓名；确系登记有误的，请报主管部门更正。"
            ),
            field="name",
        )


class AlreadyEngaged(DomainError):
    """The person already has an active engagement on this project (I-05).

    Whoever cannot open that record is told whom to ask, and nothing of the firm where it is.
    """

    code = "already_engaged"

    def __init__(self, masked_number: str, *, is_within_reach: bool = True) -> None:
        within = _("该工人（{number}）已在本项目登记，无需重复登记；如换班组或单位，请修改原登记。")
        beyond = _(
            "该证件号码在本项目已有登记，但不在您管理的班组里，不能再登记一次。"
            "请与总承包单位核对后调整单位或班组。"
        )
        told = within if is_within_reach else beyond
        super().__init__(told.format(number=masked_number), field="id_number")
        self.masked_number = masked_number


class BadDate(DomainError):
    """A date of entry or exit that cannot be: in the future, or before one already recorded."""

    code = "bad_date"


class NotOnSite(DomainError):
    """An exit, or a temporary one, without an open entry."""

    code = "not_on_site"

    def __init__(self, act: str = "退场") -> None:
        super().__init__(
            _("该人员目前不在场，不能办理{act}。请先核对进场记录。").format(act=act), field="date"
        )


class AlreadyOnSite(DomainError):
    """An entry while the person is on site; carries the day of the open entry."""

    code = "already_on_site"

    def __init__(self, since: date) -> None:
        super().__init__(
            _("该人员已于 {day} 进场，尚未退场，无需重复办理进场。").format(day=since.isoformat()),
            field="date",
        )
        self.since = since


class ReasonMissing(DomainError):
    """A reading of personal data that needs a reason came without one (I-30)."""

    code = "reason_missing"

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message or _("请写明查看完整号码的理由（至少 4 个字），例如“核对工资卡户名”。"), field="reason"
        )


class OnLeave(AlreadyOnSite):
    """An entry, or another leave, of somebody who is on temporary leave from this site."""

    def __init__(self, since: date) -> None:
        super().__init__(since)
        self.message = _("该人员自 {day} 起暂退场。回到工地的，请办理返场；不再回来的，请办理退场。").format(
            day=since.isoformat()
        )
        self.args = (self.message,)


class NotOnLeave(DomainError):
    """A return of somebody who is not on temporary leave."""

    code = "not_on_leave"

    def __init__(self) -> None:
        super().__init__(_("该人员没有在暂退场，无需办理返场。请核对人员，未进场的请办理进场。"))


class EngagementEnded(DomainError):
    """The engagement is over; whoever works here again is enrolled again."""

    code = "engagement_ended"

    def __init__(self) -> None:
        super().__init__(_("该人员在本项目的用工已结束。再次用工的，请重新登记。"))


class StillPresent(DomainError):
    """The engagement cannot end while the person is on site."""

    code = "still_present"

    def __init__(self) -> None:
        super().__init__(_("该人员还没有退场，不能结束用工。请先办理退场。"))


class OtherParticipation(DomainError):
    """A team of another participation: that is another engagement, not a change of team."""

    code = "other_participation"

    def __init__(self, *, own: str, other: str) -> None:
        super().__init__(
            _(
                "所选班组属于“{other}”，该人员由“{own}”用工。换用人单位须先办理退场、结束用工，"
                "再由新单位登记。"
            ).format(own=own, other=other),
            field="team",
        )


class SameTeam(DomainError):
    """The person is in that team already."""

    code = "same_team"

    def __init__(self) -> None:
        super().__init__(_("该人员已在该班组，无需调整。"), field="team")


class NothingToSettle(DomainError):
    """Wages are settled after an exit, once."""

    code = "nothing_to_settle"


class DebtIsPersonal(DomainError):
    """A debt belongs to one person; several cannot share one amount."""

    code = "debt_is_personal"

    def __init__(self) -> None:
        super().__init__(
            _("每个人的欠薪金额不同，请逐人申报；一次办理多人时只能选“已结清”或“以后确认”。"),
            field="outcome",
        )


class NothingToReverse(DomainError):
    """There is no entry or exit that could be taken back."""

    code = "nothing_to_reverse"


class TooManyAtOnce(DomainError):
    """More people than may be moved in one act."""

    code = "too_many_at_once"

    def __init__(self, most: int) -> None:
        super().__init__(_("一次最多办理 {most} 人，请分几次办理。").format(most=most))


class PapersMissing(DomainError):
    """What must hold before somebody may enter does not (I-11); names each thing that is missing."""

    code = "papers_missing"

    def __init__(self, missing: list[str]) -> None:
        super().__init__(_("还缺：{missing}。请补齐后再办理。").format(missing="、".join(missing)))
        self.missing = missing


class TooYoung(DomainError):
    """Younger than the law lets anybody work, or of unknown age (劳动法 第十五条)."""

    code = "too_young"


class PostOfOthers(DomainError):
    """A key post that belongs to the staff of another kind of party, as the chief supervisor's does."""

    code = "post_of_others"

    def __init__(self, post: str, kinds: str) -> None:
        super().__init__(
            _("{post}应由{kinds}的人员担任。请先把该人员登记到{kinds}的班组，再任命。").format(
                post=post, kinds=kinds
            ),
            field="engagement",
        )


class AgeBarred(TooYoung):
    """Too young for the trade, or older than the place lets in; the rule is a parameter of the place."""

    code = "age_barred"

    def __init__(self, fault: str) -> None:
        super().__init__(
            _("不能进场：{fault}。请核对出生日期和工种；确属本地规定以外情形的，报主管部门。").format(
                fault=fault
            )
        )


class NotCertified(DomainError):
    """A trade of special operations without a valid certificate that opens it (建质〔2008〕75号)."""

    code = "not_certified"

    def __init__(self, trade: str) -> None:
        super().__init__(
            _(
                "{trade}属于特种作业，该人员没有有效的特种作业操作资格证，不能改为这个工种。请先登记有效的证书。"
            ).format(trade=trade),
            field="trade",
        )


class DataTooOld(DomainError):
    """Nothing about the person was brought up to date for too long (18号令 第十二条)."""

    code = "data_too_old"

    def __init__(self, days: int) -> None:
        super().__init__(
            _("该人员的资料超过 {days} 天没有更新，请更新资料或重新培训后再审批。").format(days=days)
        )


class OwnReview(DomainError):
    """Who enrolled or submitted a person does not approve the entry (I-12)."""

    code = "own_review"

    def __init__(self) -> None:
        super().__init__(_("登记人和送审人不能审批自己办理的人员，请由总承包单位的另一位管理人员审批。"))


class NotPending(DomainError):
    """A decision on somebody for whom nobody asks."""

    code = "not_pending"

    def __init__(self) -> None:
        super().__init__(_("该人员没有待审批的申请，可能已由他人办理。请刷新名单后再看。"))


class AlreadySubmitted(DomainError):
    """Permission to enter was asked for or given already."""

    code = "already_submitted"


class AlreadyVerified(DomainError):
    """The identity was established already."""

    code = "already_verified"

    def __init__(self) -> None:
        super().__init__(_("该人员的身份已核验，无需重复核验。"))


class PostsElsewhere(DomainError):
    """The person holds this key post on as many projects as may be (I-06)."""

    code = "posts_elsewhere"

    def __init__(self, *, post: str, most: int) -> None:
        super().__init__(
            _(
                "该人员已在 {most} 个项目担任{post}，达到上限，不能再任命。请先解除原任职，或另选人员。"
            ).format(post=post, most=most),
            field="engagement",
        )


class NotHeld(DomainError):
    """A key post is relieved that nobody holds, or before it began."""

    code = "not_held"


class NobodyCan(DomainError):
    """None of those chosen can be moved; the page says why, for each."""

    code = "nobody_can"

    def __init__(self) -> None:
        super().__init__(_("所选人员都不能办理，每个人的原因列在上面。"))


class BadPhone(DomainError):
    """What was typed is no mobile phone of eleven figures."""

    code = "bad_phone"

    def __init__(self) -> None:
        super().__init__(_("手机号应为 11 位数字，请核对后重填。"), field="phone")


class TooManyCodes(DomainError):
    """A phone, or an address, has been sent as many codes as the parameters allow for now."""

    code = "too_many_codes"
    status = 429

    def __init__(self, seconds: int = 0) -> None:
        super().__init__(
            _("刚刚发过验证码，请等 {seconds} 秒再要。").format(seconds=seconds)
            if seconds
            else _("这一小时里要验证码的次数太多，请过一小时再试，或请劳资专管员帮忙查看。"),
            field="phone",
        )


class CodeRefused(DomainError):
    """A code, or the figures after it, did not open the door; `code` says why: expired, used, spent …"""

    def __init__(self, why: str, left: int | None = None) -> None:
        sentences = {
            "expired": _("验证码已过期，请重新要一个。"),
            "used": _("这个验证码已经用过，请重新要一个。"),
            "spent": _("输错的次数太多，这个验证码作废了。请重新要一个。"),
            "inactive": _("您的账号已停用，请联系项目劳资专管员。"),
            "wrong": _("验证码不对，请对照短信再填。"),
            "number": _("后四位不对，请对照身份证再填。"),
        }
        sentence = sentences[why]
        if left:
            sentence += _("还可以试 {left} 次。").format(left=left)
        elif left == 0:
            why, sentence = "spent", sentences["spent"]
        super().__init__(sentence, code=f"code_{why}", field="last_four" if why == "number" else "code")


class TooManySearches(DomainError):
    """One account has searched for more numbers within the hour than the parameter allows."""

    code = "too_many_searches"
    status = 429

    def __init__(self, most: int) -> None:
        super().__init__(
            _("一小时内按证件号查找已达上限 {most} 次，请稍后再查；可先按姓名查找。").format(most=most)
        )


class BadContactFact(DomainError):
    """A phone or bank card that cannot be one; the field says which."""

    code = "bad_contact"


class UnderAge(DomainError):
    """The person is younger than the law lets anybody be employed. Source: 劳动法 第十五条."""

    code = "under_age"

    def __init__(self, minimum: int) -> None:
        super().__init__(
            _(
                "该人员未满 {minimum} 周岁，依法不得招用，不能登记。请核对身份证号码；"
                "号码无误的，不得安排上岗。"
            ).format(minimum=minimum),
            field="id_number",
        )


class TooManyLookUps(DomainError):
    """One account has asked for more people within the hour than the parameter allows."""

    code = "too_many_look_ups"
    status = 429

    def __init__(self, limit: int, minutes: int) -> None:
        super().__init__(
            _(
                "一小时内查询的人员已达上限 {limit} 人，请 {minutes} 分钟后再登记；"
                "确需集中登记的，请使用批量导入或联系平台管理员。"
            ).format(limit=limit, minutes=minutes),
            field="id_number",
        )


class BadPaper(DomainError):
    """A contract or training record that cannot be: dates crossed, unknown kind, no hours."""

    code = "bad_paper"


class AlreadyContracted(DomainError):
    """A reported contract overlaps one that is on record."""

    code = "already_contracted"

    def __init__(self, since: date, until: date | None) -> None:
        told = _("该人员在本项目已存在合同（{since} 至 {until}），与本次的期限重叠，不能重复登记。")
        ends = until.isoformat() if until else _("长期")
        super().__init__(told.format(since=since.isoformat(), until=ends), field="starts_on")


class CertificateKnown(DomainError):
    """The person's certificate of this kind and number is on record."""

    code = "certificate_known"

    def __init__(self) -> None:
        super().__init__(_("该人员的这本证书已经登记，无需重复登记。"), field="number")


class PaperEnded(DomainError):
    """The contract or training no longer holds: it was ended, replaced or withdrawn before."""

    code = "paper_ended"

    def __init__(self, what: str) -> None:
        super().__init__(
            _("这条{what}已经终止或更正，不能再改。请刷新页面，在现行的记录上办理。").format(what=what)
        )


class WhyMissing(DomainError):
    """An act that changes what was recorded needs a reason, and came without one."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(_("请写明更改的理由（至少 4 个字），例如“录入时看错一位”。"), field="reason")


class WhyHoldsNumber(DomainError):
    """A reason repeats a document number, a phone or a card; reasons are shown and kept in the trail."""

    code = "reason_holds_number"

    def __init__(self) -> None:
        super().__init__(
            _("理由里不要写证件号码、手机号或银行卡号：理由会显示并长期留存。请改用文字说明。"),
            field="reason",
        )


class NothingToCorrect(DomainError):
    """The correction says what is recorded already."""

    code = "nothing_to_correct"

    def __init__(self) -> None:
        super().__init__(_("姓名和证件号码与现有登记相同，没有需要更正的内容。"), field="id_number")


class BeyondOwnReach(DomainError):
    """The person's record does not belong to this account alone; a wider one must correct it."""

    code = "beyond_own_reach"

    def __init__(self) -> None:
        super().__init__(
            _(
                "这项更正超出您的管理范围，不能在此办理。请持本人证件报项目所在地住建主管部门，"
                "由其在平台上更正。"
            )
        )


class BadCode(DomainError):
    """A code that its list of the standard does not hold."""

    code = "bad_code"

    def __init__(self, field: str) -> None:
        super().__init__(_("没有这个选项，请从列表中选择。"), field=field)


class BadWording(DomainError):
    """A contract's wording with a placeholder nobody can fill, or without what the law asks it to say."""

    code = "bad_wording"


class NothingReworded(DomainError):
    """The wording that was sent is the one in force."""

    code = "nothing_reworded"

    def __init__(self) -> None:
        super().__init__(_("文本和现行版本完全一样，没有需要保存的修改。"))


class NotAtThatStep(DomainError):
    """A contract on paper, or a training session, is not where this act begins."""

    code = "not_at_that_step"


class OwnScan(DomainError):
    """Who made a contract or uploaded its signed scan does not verify it (I-12)."""

    code = "own_scan"

    def __init__(self) -> None:
        super().__init__(
            _("制作合同的人和上传扫描件的人不能核验自己办理的合同，请由总承包单位的另一位管理人员核验。")
        )


class NobodyThere(DomainError):
    """None of those named can have what was asked for: a contract, a place in a session."""

    code = "nobody_there"


class BadQuantity(DomainError):
    """A quantity of work that cannot be: no amount, days in the future, an unknown unit."""

    code = "bad_quantity"


class QuantityKnown(DomainError):
    """The same work of the same days is entered already, for the team or for the same person."""

    code = "quantity_known"

    def __init__(self, whose: str, first_on: date, last_on: date) -> None:
        super().__init__(
            _(
                "{whose}在 {first} 至 {last} 已填过同一分项、同一单位的数量。"
                "填错的请在原记录上“更正”；同一批活不能既报全班组又报个人。"
            ).format(whose=whose, first=first_on.isoformat(), last=last_on.isoformat()),
            field="first_on",
        )


class QuantityDecided(DomainError):
    """The row does not wait for an answer any more."""

    code = "quantity_decided"

    def __init__(self, state: str) -> None:
        super().__init__(_("这条数量现在是“{state}”，不能再办理。请刷新列表。").format(state=state))


class OwnQuantity(DomainError):
    """Whoever entered a quantity does not accept it (I-12)."""

    code = "own_quantity"

    def __init__(self) -> None:
        super().__init__(_("这条数量由您本人填报，须由总承包单位的另一人确认。"))


class CareerCodeRefused(DomainError):
    """A career code that opens nothing, whatever the cause: nothing is told of codes one was not shown."""

    code = "career_code_refused"

    def __init__(self) -> None:
        super().__init__(
            _("从业码不对，或者已经用过、过期、被收回。请工人在手机上重新出示，再扫码或输入。"), field="code"
        )


class CareerEndingMissing(DomainError):
    """Six figures were typed without the end of the document, which they need; nothing was guessed."""

    code = "last_four_missing"

    def __init__(self) -> None:
        super().__init__(_("请填证件号后四位（数字，末位可以是 X），照工人的证件。"), field="last_four")


class TooManyCareerTries(DomainError):
    """Too many wrong codes by one account within the hour."""

    code = "too_many_tries"
    status = 429

    def __init__(self, minutes: int) -> None:
        super().__init__(
            _("输错次数太多，请 {minutes} 分钟后再试，或请工人出示二维码来扫。").format(minutes=minutes),
            field="code",
        )


class TooManyCareerCodes(DomainError):
    """A worker opened too many codes within the hour."""

    code = "too_many_codes"
    status = 429

    def __init__(self, limit: int) -> None:
        super().__init__(_("一小时内最多出示 {limit} 次从业码，请稍后再试。").format(limit=limit))
