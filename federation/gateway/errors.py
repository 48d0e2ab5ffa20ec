"""Why a partner's call is turned away: a code for programs, a sentence that says what to do."""

from datetime import date

from django.utils.translation import gettext as _

from kernel.errors import DomainError


class Unserved(DomainError):
    """A call that got no data. `retry_after`: seconds to wait, None where waiting does not help."""

    retry_after: int | None = None


class NoKey(Unserved):
    """Nobody says who calls."""

    code, status = "no_key", 401

    def __init__(self) -> None:
        super().__init__(_("没有带密钥。请在请求头写 Authorization: Bearer 加上省级平台签发的密钥。"))


class UnknownKey(Unserved):
    """A key that was never given, or that has ended; the two are not told apart."""

    code, status = "bad_key", 401

    def __init__(self) -> None:
        super().__init__(_("密钥无效，或已停用、已撤销。请核对密钥；需要新密钥的，请联系省级平台管理员。"))


class WrongAddress(Unserved):
    """The caller's address is not on the key's list."""

    code, status = "wrong_address", 403

    def __init__(self, address: str) -> None:
        told = _("地址 {address} 不在这组密钥登记的地址内。请从登记的地址调用，或请省级平台管理员增加地址。")
        super().__init__(told.format(address=address[:45]))


class NoSuchObject(Unserved):
    """There is no object of this name."""

    code, status = "no_such_object", 404

    def __init__(self, name: str, known: str) -> None:
        told = _("没有名为“{name}”的数据对象，可用：{known}。").format(name=name[:40], known=known)
        super().__init__(told)


class NotShared(Unserved):
    """No agreement in force lets this object out to the partner."""

    code, status = "not_shared", 403

    def __init__(self, label: str, number: str = "") -> None:
        which = _("协议 {number} ").format(number=number[:40]) if number else _("现行的共享协议")
        told = _("{which}没有约定提供“{label}”。需要增加的，请与省住房和城乡建设厅修订协议。")
        super().__init__(told.format(which=which, label=label))


class Suspended(Unserved):
    """The agreement is suspended."""

    code, status = "agreement_suspended", 403

    def __init__(self, number: str) -> None:
        told = _("共享协议 {number} 已暂停，暂停期间不提供数据。请联系省住房和城乡建设厅了解原因。")
        super().__init__(told.format(number=number))


class Expired(Unserved):
    """The agreement's last day is over."""

    code, status = "agreement_expired", 403

    def __init__(self, number: str, last: date) -> None:
        told = _("共享协议 {number} 已于 {last} 到期，不再提供数据。需要继续的，请与省住房和城乡建设厅续签。")
        super().__init__(told.format(number=number, last=last))


class WhichAgreement(Unserved):
    """Two agreements in force share this object, and they must not be mixed."""

    code = "which_agreement"

    def __init__(self, numbers: str) -> None:
        told = _("现行有多份协议提供该数据，用途不同不能合并。请用 agreement 参数写明协议编号：{numbers}。")
        super().__init__(told.format(numbers=numbers), field="agreement")


class BadQuestion(Unserved):
    """A parameter that is unknown, unreadable or beyond the agreement."""

    code = "bad_parameter"

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence, field=field[:40])


class BadCursor(Unserved):
    """A cursor that this node did not give, or gave for something else."""

    code = "bad_cursor"

    def __init__(self) -> None:
        told = _(
            "游标无效：不是平台给出的、已经过期，或属于别的协议、版本或数据对象。请不带 cursor 从头读取。"
        )
        super().__init__(told, field="cursor")


class TooOften(Unserved):
    """The calls of this minute are used up."""

    code, status = "too_often", 429

    def __init__(self, most: int, retry_after: int) -> None:
        told = _("协议约定每分钟最多调用 {most} 次，这一分钟已用完。请等 {seconds} 秒再试。")
        super().__init__(told.format(most=most, seconds=retry_after))
        self.retry_after = retry_after


class QuotaSpent(Unserved):
    """The rows of this day are used up."""

    code, status = "quota_spent", 429

    def __init__(self, most: int, retry_after: int) -> None:
        told = _("协议约定每天最多提供 {most} 条，今天已用完，明天零点起恢复。需要更多的，请修订协议。")
        super().__init__(told.format(most=most))
        self.retry_after = retry_after
