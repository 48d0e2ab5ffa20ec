"""Refusals of payroll, as sentences. None of them repeats a number of a person or card."""

from django.utils.translation import gettext as _

from kernel.errors import DomainError


class BadPayroll(DomainError):
    """A batch or row that cannot be: a month to come, a payment to come, a sum that is none."""

    code = "bad_payroll"

    def __init__(self, message: str, *, field: str = "", row: int | None = None) -> None:
        super().__init__(message, field=field)
        self.row = row


class OtherEmployer(DomainError):
    """A row for somebody whom another participation of the project employs."""

    code = "other_employer"

    def __init__(self, row: int) -> None:
        super().__init__(
            _("该工人由本项目的另一参建单位用工，工资应由其用人单位上报。请核对班组编号。"), field="people"
        )
        self.row = row


class PayslipKnown(DomainError):
    """A payslip that another batch of the same team and month holds."""

    code = "payslip_known"

    def __init__(self, row: int, number: str) -> None:
        super().__init__(
            _("该工人本月的这张工资单已上报，工资编号为 {number}，不能重复上报。").format(number=number),
            field="external_number",
        )
        self.row = row
        self.number = number
