"""The acts of the roster as pages offer them: words, form, and the move that a filled form makes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kernel.scoping import Actor
from workers import services
from workers.services import Move
from workers.web.roster_forms import (
    DayForm,
    ExitForm,
    LeaveForm,
    MoveForm,
    ReasonForm,
    SettlementForm,
    TeamForm,
    VoucherForm,
)

Build = Callable[[Any, date], Move]
Preview = Callable[[date], Move]


@dataclass(frozen=True, slots=True)
class RosterAct:
    """One act: `label` on buttons, `done` in “已为 3 人…”, `lead` says what it brings about.

    `warns` of what somebody still lacks for entry, `asks_proof` where no paper of it is kept. `then` is
    the next act for the same people.
    """

    label: str
    done: str
    lead: str
    permission: str
    form: type[MoveForm]
    build: Build
    preview: Preview
    can_undo: bool = False
    warns: bool = False
    asks_proof: bool = False
    then: str = ""


def _voucher(data: Mapping[str, Any]) -> str:
    return data["voucher"].address if data.get("voucher") else ""


def _enter(form: Any, today: date) -> Move:
    given = form.cleaned_data
    return services.Enter(on=given["date"], today=today, voucher=_voucher(given))


def _exit(form: Any, today: date) -> Move:
    given = form.cleaned_data
    return services.Exit(on=given["date"], today=today, voucher=_voucher(given), settlement=form.settlement)


def _away(form: Any, today: date) -> Move:
    given = form.cleaned_data
    return services.LeaveTemporarily(on=given["date"], today=today, reason=given["reason"])


def _team(form: Any, today: date) -> Move:
    given = form.cleaned_data
    return services.ChangeTeam(on=given["date"], today=today, team=given["team"])


def _on_day(move: Callable[..., Move], **more: Any) -> Preview:
    """The move as it is judged before a form is filled in."""
    return lambda day: move(on=day, today=day, **more)


def _dated(move: Callable[..., Move]) -> tuple[Build, Preview]:
    """A move that asks for nothing but its day."""
    return lambda form, today: move(on=form.cleaned_data["date"], today=today), _on_day(move)


def _today(move: Callable[..., Move]) -> tuple[Build, Preview]:
    """A move that asks for nothing: it is done today."""
    return lambda _form, today: move(on=today, today=today), _on_day(move)


_SETTLED = services.SettlementFacts("settled")
_REASON = "先看能不能办"

ACTS: dict[str, RosterAct] = {
    "enter": RosterAct(
        "进场",
        "办理进场",
        "登记实际进场的日期。合同、培训、审批还没有齐的，照样登记在场，并列为缺口。",
        "workers.enter",
        VoucherForm,
        _enter,
        _on_day(services.Enter),
        can_undo=True,
        warns=True,
    ),
    "leave": RosterAct(
        "暂退场",
        "办理暂退场",
        "停工、回家等一段时间不在工地的，办理暂退场：不再计入在册在场，不按缺勤提示；回来时办理返场。",
        "workers.enter",
        LeaveForm,
        _away,
        _on_day(services.LeaveTemporarily),
        can_undo=True,
    ),
    "return": RosterAct(
        "返场",
        "办理返场",
        "暂退场的人回到工地。合同或培训已经到期的，返场后显示为已暂停，补齐后恢复。",
        "workers.enter",
        DayForm,
        *_dated(services.Return),
        can_undo=True,
        warns=True,
    ),
    "exit": RosterAct(
        "退场",
        "办理退场",
        "退场当日仍算在场。退场不等工资结算，但没有结清的会一直列在“退场待结清”。"
        "担任关键岗位的，任职到退场日为止。",
        "workers.enter",
        ExitForm,
        _exit,
        _on_day(services.Exit),
        can_undo=True,
    ),
    "team": RosterAct(
        "调班组",
        "调整班组",
        "只在同一用人单位的班组之间调整。换用人单位的，先退场、结束用工，再由新单位登记。",
        "workers.enter",
        TeamForm,
        _team,
        _on_day(services.ChangeTeam, team=None),
    ),
    "verify": RosterAct(
        "核验身份",
        "核验身份",
        "您已将身份证件原件与本人及登记内容核对一致。谁在何时核对，记录在案。",
        "workers.file",
        MoveForm,
        *_today(services.VerifyIdentity),
        then="submit",
    ),
    "submit": RosterAct(
        "送审",
        "送审",
        "身份、合同、培训都齐的，送总承包单位审批；批准后才能列入闸机放行名单。",
        "workers.enrol",
        MoveForm,
        *_today(services.Submit),
    ),
    "approve": RosterAct(
        "批准进场",
        "批准进场",
        "批准时再核对一次身份、合同、培训和年龄，并留存当时的情况。登记人和送审人不能审批自己办理的人员。",
        "workers.approve",
        MoveForm,
        *_today(services.Approve),
        asks_proof=True,
    ),
    "send-back": RosterAct(
        "退回送审",
        "退回送审",
        "写明要补什么，送审人会收到消息。",
        "workers.approve",
        ReasonForm,
        lambda form, today: services.SendBack(on=today, today=today, reason=form.cleaned_data["reason"]),
        _on_day(services.SendBack, reason=_REASON),
    ),
    "settle": RosterAct(
        "确认结算",
        "确认工资结算",
        "退场人员的工资已全部付清的，确认结清；没有付清的，逐人申报欠薪金额。",
        "workers.enter",
        SettlementForm,
        lambda form, today: services.Settle(on=today, today=today, settlement=form.settlement),
        _on_day(services.Settle, settlement=_SETTLED),
    ),
    "end": RosterAct(
        "结束用工",
        "结束用工",
        "不再由本单位用工的，结束用工；之后其他单位可以重新登记。未退场的须先办理退场。",
        "workers.enter",
        DayForm,
        *_dated(services.End),
    ),
}


def offered(actor: Actor) -> dict[str, str]:
    """What `actor` may do with ticked people, in words by key."""
    return {key: act.label for key, act in ACTS.items() if actor.may(act.permission)}
