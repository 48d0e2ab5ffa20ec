"""What is told of people: who works here, when they came and left, their papers, trainings and wages."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Prefetch, Q

from federation.open_api.methods.project_worker import MORE, OWN
from federation.open_api.methods.worker_entry_exit import ENTRY, EXIT
from federation.upstream.items import Item, Number, name_of, said
from federation.upstream.sites import View
from payroll.models import PayrollBatch, PayrollFile, PayrollRow
from workers.models import (
    Contract,
    ContractFile,
    Engagement,
    Particulars,
    Presence,
    Training,
    TrainingFile,
    TrainingSession,
)

BY_TASK = "1"  # 以完成一定工作任务为期限: such a contract names no last day
RELATED = ("person", "team", "participation__enterprise")


def _works(view: View) -> Any:
    """Work on the site that had not ended before the first day that is reported."""
    rows = Engagement.objects.visible_to(view.actor).filter(Q(ended_at=None) | Q(ended_at__gte=_began(view)))
    return rows.select_related(*RELATED).order_by("pk")


def _began(view: View) -> str:
    return f"{view.since.isoformat()}T00:00:00+08:00"


def _identity(work: Engagement) -> dict[str, Any]:
    return {"idCardType": work.person.id_type, "idCardNumber": work.person.id_number}


def _firm(work: Engagement) -> dict[str, Any]:
    return {"corpCode": work.participation.enterprise.uscc, "corpName": work.participation.enterprise.name}


def _team(work: Engagement) -> Number:
    return Number(name_of("team", work.team.public_id))


def workers(view: View) -> Iterator[Item]:
    """Everybody who works on the site."""
    rows = list(_works(view).filter(view.only()))
    kept = Particulars.objects.visible_to(view.actor).filter(engagement__in=rows)
    more = {row.engagement_id: row for row in kept}
    for work in rows:
        yield Item(
            "worker",
            work.public_id,
            said(
                **_firm(work),
                teamSysNo=_team(work),
                teamName=work.team.name,
            ),
            said(
                workerName=work.person.name,
                **_identity(work),
                nation=work.person.nation,
                **{name: getattr(work, fact) for fact, name in OWN.items()},
                **_more(more.get(work.pk)),
            ),
            needs=(_team(work).team,),
            label=work.team.name,
        )


def _more(kept: Particulars | None) -> dict[str, Any]:
    if kept is None:
        return {}
    facts = {name: getattr(kept, fact) for fact, name in MORE.items()}
    return {**facts, "hasBadMedicalHistory": kept.illness}


def entries(view: View) -> Iterator[Item]:
    """Each coming, in order of days; one after another leaving needs that leaving."""
    return _moves(view, "entry")


def exits(view: View) -> Iterator[Item]:
    """Each leaving."""
    return _moves(view, "exit")


def _moves(view: View, kind: str) -> Iterator[Item]:
    rows = Presence.objects.visible_to(view.actor).filter(
        Q(exited_on=None) | Q(exited_on__gte=view.since), engagement__in=_works(view).values("pk")
    )
    if view.keys is not None:
        rows = rows.filter(engagement__in=rows.filter(view.only()).values("engagement"))
    rows = rows.select_related(*(f"engagement__{name}" for name in RELATED))
    before: dict[int, Presence] = {}
    for one in rows.order_by("engagement", "entered_on", "pk"):
        last = before.get(one.engagement_id)
        before[one.engagement_id] = one
        wanted = view.keys is None or one.public_id in view.keys
        if wanted and (kind == "entry" or one.exited_on is not None):
            yield _move(view, one, kind, last)


def _move(view: View, one: Presence, kind: str, last: Presence | None) -> Item:
    work, is_entry = one.engagement, kind == "entry"
    needs = [name_of("worker", work.public_id)]
    if is_entry and last is not None:
        needs.append(name_of("exit", last.public_id))
    if not is_entry:
        needs.append(name_of("entry", one.public_id))
    return Item(
        kind,
        one.public_id,
        said(**_firm(work), teamSysNo=_team(work)),
        said(
            **_identity(work),
            date=one.entered_on if is_entry else one.exited_on,
            type=int(ENTRY if is_entry else EXIT),
            voucher=one.entry_voucher if is_entry else one.exit_voucher,
        ),
        needs=tuple(needs),
        label=f"{work.team.name} {one.entered_on if is_entry else one.exited_on}",
        is_framed=False,
    )


def contracts(view: View) -> Iterator[Item]:
    """Contracts that stand; one that was put right is told as it stands now."""
    rows = Contract.objects.visible_to(view.actor).filter(
        view.only(), replaced_by=None, engagement__in=_works(view).values("pk")
    )
    files = ContractFile.objects.visible_to(view.actor).order_by("position")
    rows = rows.select_related(*(f"engagement__{name}" for name in RELATED))
    for one in rows.prefetch_related(Prefetch("files", files, to_attr="kept")).order_by("pk"):
        work = one.engagement
        # Work for a task ends with the site, as far as a day can be named.
        ends = one.ends_on or (view.project.completes_on if one.period_type == BY_TASK else None)
        yield Item(
            "contract",
            one.public_id,
            {},
            said(
                **_firm(work),
                **_identity(work),
                contractPeriodType=one.period_type,
                startDate=one.starts_on,
                endDate=ends,
                unit=one.unit,
                unitPrice=one.unit_price,
                attachments=_files(one.kept, "contract") or _scan(one.scan),
                contractCode=one.number,
            ),
            needs=(name_of("worker", work.public_id),),
            label=f"{work.team.name} {one.starts_on}",
        )


MOST_FILES = {"contract": 2, "training": 10, "payroll": 5}


def _files(rows: Iterable[Any], of: str) -> list[dict[str, Any]]:
    """The first files of a paper, as many as the interface takes."""
    return [said(name=row.name, data=row.address) for row in list(rows)[: MOST_FILES[of]]]


def _scan(address: str) -> list[dict[str, Any]]:
    return [{"name": "扫描件.jpg", "data": address}] if address else []


def trainings(view: View) -> Iterator[Item]:
    """Trainings that were held, with whoever attended; they wait for every one of these people."""
    attended = Training.objects.visible_to(view.actor).filter(withdrawn_at=None)
    people = Prefetch("attended", attended.select_related("engagement__person").order_by("pk"), to_attr="who")
    files = TrainingFile.objects.visible_to(view.actor).order_by("position")
    rows = TrainingSession.objects.visible_to(view.actor).filter(
        view.only(), state=TrainingSession.State.CLOSED, held_on__gte=view.since
    )
    for one in rows.prefetch_related(people, Prefetch("files", files, to_attr="kept")).order_by("pk"):
        who = {name_of("worker", row.engagement.public_id): row for row in one.who}
        told = {name: row for name, row in who.items() if name not in view.waived}
        if who and not told:
            continue
        yield Item(
            "training",
            one.public_id,
            said(
                trainingDate=one.held_on,
                trainingDuration=one.hours,
                trainingName=one.name,
                trainingTypeCode=one.kind,
                trainer=one.trainer,
                trainingOrg=one.organisation,
                trainingAddress=one.place_name,
                description=one.description,
                attachments=_files(one.kept, "training"),
                workers=[_attended(row) for row in told.values()],
            ),
            needs=tuple(told),
            label=f"{one.name} {one.held_on}",
        )


def _attended(row: Training) -> dict[str, Any]:
    return said(**_identity(row.engagement), isPass=row.is_passed, trainingScore=row.score)


def wages(view: View) -> Iterator[Item]:
    """What each person was paid for a month, payslip by payslip."""
    month = view.since.replace(day=1)
    rows = PayrollRow.objects.visible_to(view.actor).filter(
        view.only(), batch__month__gte=month, engagement__in=_works(view).values("pk")
    )
    rows = rows.select_related("batch__team", *(f"engagement__{name}" for name in RELATED))
    frames: dict[int, Mapping[str, Any]] = {}
    for row in rows.order_by("batch", "position"):
        if row.batch_id not in frames:
            frames[row.batch_id] = _batch(view, row.batch, row.engagement)
        yield Item(
            "wage",
            row.public_id,
            frames[row.batch_id],
            _payslip(row),
            needs=(name_of("worker", row.engagement.public_id), name_of("team", row.batch.team.public_id)),
            label=f"{row.batch.team.name} {row.batch.month:%Y-%m}",
        )


def _batch(view: View, batch: PayrollBatch, work: Engagement) -> dict[str, Any]:
    files = PayrollFile.objects.visible_to(view.actor).filter(batch=batch).order_by("position")
    return said(
        **_firm(work),
        teamSysNo=Number(name_of("team", batch.team.public_id)),
        payMonth=f"{batch.month:%Y-%m}",
        attachments=_files(files, "payroll"),
    )


def _payslip(row: PayrollRow) -> dict[str, Any]:
    return said(
        **_identity(row.engagement),
        days=row.days,
        workHours=row.hours,
        payRollBankCardNumber=row.card_number,
        payRollBankCode=row.bank_code,
        payRollBankName=row.bank_name,
        payBankCardNumber=row.paying_card_number,
        payBankCode=row.paying_bank_code,
        payBankName=row.paying_bank_name,
        totalPayAmount=row.gross_pay,
        actualAmount=row.net_pay,
        isBackPay=row.is_back_pay,
        balanceDate=row.paid_on,
        backPayMonth=f"{row.back_pay_month:%Y-%m}" if row.back_pay_month else None,
        thirdPayRollCode=row.public_id.hex,
    )
