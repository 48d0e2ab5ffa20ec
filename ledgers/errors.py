"""Refusals of the ledgers' acts, as sentences."""

from datetime import date

from django.utils.translation import gettext as _

from kernel.errors import DomainError


class NoLedgerOwed(DomainError):
    """This kind of participant files no ledger, or had nobody on site in the month."""

    code = "no_ledger_owed"

    def __init__(self, month: date) -> None:
        super().__init__(
            _(
                "{month}没有需要报送的台账：本单位不是分包，或者当月没有人在场。请核对月份和进退场记录。"
            ).format(month=f"{month:%Y-%m}")
        )


class MonthNotOver(DomainError):
    """A ledger speaks of a whole month."""

    code = "month_not_over"

    def __init__(self, month: date) -> None:
        super().__init__(
            _("{month}还没有过完，台账按整月报送。请在次月 1 日以后报送。").format(month=f"{month:%Y-%m}")
        )


class AlreadyFiled(DomainError):
    """A ledger of this month stands; only a returned one is filed anew."""

    code = "already_filed"

    def __init__(self, state: str) -> None:
        super().__init__(
            _("这个月的台账{state}，不能重复报送。内容有误的，请总承包单位退回后再报。").format(state=state)
        )


class LedgerDecided(DomainError):
    """The ledger does not wait for a verdict any more."""

    code = "ledger_decided"

    def __init__(self, state: str) -> None:
        super().__init__(_("这份台账{state}，不能再办理。请刷新页面。").format(state=state))


class OwnLedger(DomainError):
    """Whoever filed a ledger does not accept it (I-12)."""

    code = "own_ledger"

    def __init__(self) -> None:
        super().__init__(_("这份台账由您本人报送，须由总承包单位的另一人备案。"))


class ReturnReasonMissing(DomainError):
    """A ledger is returned with a reason that helps to mend it."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(_("请写明退回理由（至少 4 个字），分包单位会看到。"), field="reason")
