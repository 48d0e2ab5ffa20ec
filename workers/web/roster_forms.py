"""The forms of the roster's moves: a day, and what each move asks besides."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from projects.models import Project
from projects.selectors import teams
from web.forms import DayField, FileField, RowField, ScopedForm
from workers.models import Engagement, Settlement
from workers.services import SettlementFacts

LATER = "later"
_DEBT_MOST = Decimal("99999999.99")


class MoveForm(ScopedForm):
    """What every move asks of `people`, who are moved at once."""

    def __init__(self, *args: Any, project: Project, people: Sequence[Engagement], **kwargs: Any) -> None:
        self.project, self.people, self.several = project, people, len(people) > 1
        super().__init__(*args, **kwargs)


class DayForm(MoveForm):
    """The day on which it happened."""

    date = DayField(label=_("日期"), help_text=_("实际发生的日期，不能晚于今天。"))


class VoucherForm(DayForm):
    """With a voucher that somebody signed."""

    voucher = FileField(
        label=_("凭证"), required=False, help_text=_("进退场单等凭证的照片或 PDF，所选人员共用一份。")
    )


class LeaveForm(DayForm):
    """Why somebody is away for a time."""

    reason = forms.CharField(label=_("原因"), max_length=200, required=False)


class ReasonForm(MoveForm):
    """Nothing but a reason."""

    reason = forms.CharField(
        label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200})
    )


class SettlementForm(MoveForm):
    """Wages: paid, or so much still owed."""

    outcome = forms.ChoiceField(
        label=_("工资结算"),
        choices=Settlement.Outcome.choices,
        widget=forms.RadioSelect,
        initial=Settlement.Outcome.SETTLED,
        error_messages={"invalid_choice": _("没有这个选项，请从列表中选择。")},
    )
    amount = forms.DecimalField(
        label=_("欠薪金额（元）"),
        required=False,
        max_digits=10,
        decimal_places=2,
        validators=[
            MinValueValidator(Decimal("0.01"), _("金额应大于 0。")),
            MaxValueValidator(_DEBT_MOST, _("金额过大，请核对。")),
        ],
        help_text=_("只在申报欠薪时填写。"),
        error_messages={
            "invalid": _("金额要写成数字，例如 3200.50。"),
            "max_decimal_places": _("金额最多两位小数。"),
            "max_digits": _("金额过大，请核对。"),
            "max_whole_digits": _("金额过大，请核对。"),
        },
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.several:
            # One sum cannot be owed to each of several people.
            kept = [
                choice
                for choice in self.fields["outcome"].choices  # type: ignore[attr-defined]
                if choice[0] != Settlement.Outcome.DEBT
            ]
            self.fields["outcome"].choices = kept  # type: ignore[attr-defined]
            self.fields["outcome"].help_text = _("欠薪金额每人不同，请逐人申报。")
            del self.fields["amount"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        is_debt = found.get("outcome") == Settlement.Outcome.DEBT
        if is_debt and not found.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("申报欠薪的，请填欠薪金额。"))
        if not is_debt and found.get("amount"):
            self.add_error("amount", _("工资已结清或以后确认的，不填欠薪金额。"))
        return found

    @property
    def settlement(self) -> SettlementFacts | None:
        """What was said of the wages; None where it is confirmed later."""
        given = self.cleaned_data
        if given["outcome"] == LATER:
            return None
        return SettlementFacts(given["outcome"], given.get("amount"), given["note"])


class ExitForm(VoucherForm, SettlementForm):
    """An exit, which never waits for the wages."""

    field_order = ("date", "outcome", "amount", "note", "voucher")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome = self.fields["outcome"]
        outcome.choices = [*outcome.choices, (LATER, _("还没有结清，以后确认"))]  # type: ignore[attr-defined]
        outcome.initial = LATER


class TeamForm(DayForm):
    """Into which team of the same firm."""

    team = RowField(
        label=_("调入班组"),
        # Those of the firms that employ them: another firm's team is another engagement.
        rows=lambda form: teams(form.actor, form.project).filter(
            exited_on=None, participation__in={row.participation_id for row in form.people}
        ),
        name=lambda team: f"{team.name}（{team.participation.enterprise.name}）",
    )
    field_order = ("team", "date")
