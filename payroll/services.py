"""Acts on payroll: keeping what another system reports as paid."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from kernel.cipher import keyring
from kernel.errors import NotFound
from kernel.files import NamedFile
from kernel.ids import new_id
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from payroll.errors import BadPayroll, OtherEmployer, PayslipKnown
from payroll.models import PayrollBatch, PayrollFile, PayrollRow
from projects.models import Participation, Team
from workers.models import Engagement

REPORT = "payroll.report"
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Account:
    """A bank card or account: number, code of the bank, name of the branch."""

    number: str
    bank_code: str
    bank_name: str

    def __repr__(self) -> str:
        return "<Account>"


@dataclass(frozen=True, slots=True)
class Payslip:
    """What one person was owed and paid for a month, in yuan; from whose account to which card."""

    engagement: Engagement
    gross_pay: Decimal
    net_pay: Decimal
    paid_on: date
    card: Account
    paying: Account
    external_number: str
    days: int | None = None
    hours: Decimal | None = None
    back_pay_month: date | None = None

    def __repr__(self) -> str:
        return "<Payslip>"


@transaction.atomic
def report_payroll(
    *,
    actor: Actor,
    team: Team,
    month: date,
    payslips: Sequence[Payslip],
    files: Sequence[NamedFile] = (),
    now: datetime,
    today: date,
) -> PayrollBatch:
    """Keep the wages of a team for a month as paid elsewhere, all rows or none; again it is the same batch.

    Raises NotPermitted, NotFound, BadPayroll, OtherEmployer, PayslipKnown.
    Source: 国务院令第724号 第十五条, 第三十一条; 鄂建文〔2019〕27号 一(五).
    """
    require(actor, REPORT, on=team)
    _require_own(actor, team, payslips)
    for place, payslip in enumerate(payslips):
        _require_possible(place, payslip, month, today)
    # One at a time per employer, so that one report sent twice at once is kept once.
    Participation.all_rows.select_for_update(of=("self",)).get(pk=team.participation_id)
    digest = _digest(month, payslips, files)
    if known := PayrollBatch.all_rows.filter(team=team, digest=digest).first():
        return known
    _require_new(team, month, payslips)
    batch = _kept(actor, team, month, digest, now)
    PayrollRow.objects.bulk_create(_row(batch, place, one) for place, one in enumerate(payslips))
    PayrollFile.objects.bulk_create(
        PayrollFile(batch=batch, position=place, name=one.name, address=one.address)
        for place, one in enumerate(files)
    )
    record(actor, "payroll.reported", batch, number=batch.number, rows=len(payslips))
    announce("payroll.batch_reported.v1", key=batch.public_id)
    return batch


def _require_own(actor: Actor, team: Team, payslips: Sequence[Payslip]) -> None:
    keys = {one.engagement.pk for one in payslips}
    if not keys:
        raise BadPayroll(_("工资单里没有一行，请至少填写一人。"), field="people")
    project = team.participation.project_id
    rows = Engagement.objects.visible_to(actor, REPORT).filter(pk__in=keys, project=project)
    if rows.count() != len(keys):
        raise NotFound
    for place, one in enumerate(payslips):
        if one.engagement.participation_id != team.participation_id:
            raise OtherEmployer(place)


def _require_possible(place: int, one: Payslip, month: date, today: date) -> None:
    if month != month.replace(day=1) or month > today:
        raise BadPayroll(_("工资月份不能晚于本月。"), field="month")
    if one.paid_on > today:
        raise BadPayroll(_("发放日期不能晚于今天。"), field="paid_on", row=place)
    if min(one.gross_pay, one.net_pay) < 0 or any(
        pay != pay.quantize(CENT) for pay in (one.gross_pay, one.net_pay)
    ):
        raise BadPayroll(_("金额不能为负，最多两位小数。"), field="gross_pay", row=place)
    if one.back_pay_month is not None and one.back_pay_month > month:
        raise BadPayroll(_("补发月份不能晚于发放月份。"), field="back_pay_month", row=place)


def _require_new(team: Team, month: date, payslips: Sequence[Payslip]) -> None:
    """No payslip of these twice, here or in another batch of the month. Raises PayslipKnown, BadPayroll."""
    known = PayrollRow.all_rows.filter(batch__team__participation=team.participation_id, batch__month=month)
    known = known.filter(external_number__in={one.external_number for one in payslips})
    held = {
        (engagement, number): code
        for engagement, number, code in known.values_list("engagement", "external_number", "batch__number")
    }
    seen = set()
    for place, one in enumerate(payslips):
        key = (one.engagement.pk, one.external_number)
        if key in held:
            raise PayslipKnown(place, held[key])
        if key in seen:
            raise BadPayroll(
                _("同一工人的同一张工资单在本次出现了两次。"), field="external_number", row=place
            )
        seen.add(key)


def _kept(actor: Actor, team: Team, month: date, digest: bytes, now: datetime) -> PayrollBatch:
    public_id = new_id()
    return PayrollBatch.objects.create(
        public_id=public_id,
        number=f"{month:%Y%m}{public_id.hex[-20:]}",
        project_id=team.participation.project_id,
        participation_id=team.participation_id,
        team=team,
        month=month,
        digest=digest,
        reported_at=now,
        reported_by=actor.label,
    )


def _row(batch: PayrollBatch, place: int, one: Payslip) -> PayrollRow:
    return PayrollRow(
        batch=batch,
        position=place,
        engagement=one.engagement,
        days=one.days,
        hours=one.hours,
        gross_pay=one.gross_pay,
        net_pay=one.net_pay,
        is_back_pay=one.back_pay_month is not None,
        back_pay_month=one.back_pay_month,
        paid_on=one.paid_on,
        card_number=one.card.number,
        card_index=keyring().blind_index("card", one.card.number),
        bank_code=one.card.bank_code,
        bank_name=one.card.bank_name,
        paying_card_number=one.paying.number,
        paying_card_index=keyring().blind_index("card", one.paying.number),
        paying_bank_code=one.paying.bank_code,
        paying_bank_name=one.paying.bank_name,
        external_number=one.external_number,
    )


def _digest(month: date, payslips: Sequence[Payslip], files: Sequence[NamedFile]) -> bytes:
    """A keyed digest of everything reported."""
    said = [
        [
            one.engagement.pk,
            *(getattr(one, name) for name in _SAID),
            *_of_account(one.card),
            *_of_account(one.paying),
        ]
        for one in payslips
    ]
    return keyring().blind_index("payroll", json.dumps([month, said, list(files)], default=str))


_SAID = ("gross_pay", "net_pay", "paid_on", "external_number", "days", "hours", "back_pay_month")


def _of_account(account: Account) -> tuple[str, str, str]:
    return account.number, account.bank_code, account.bank_name
