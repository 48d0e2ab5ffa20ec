"""The steps of a vendor's self-test: what its client has to show, read off the calls it made."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from federation.models import AcceptedRequest
from federation.watched import POLLED, QUERY, RECEIPT, TURNED_AWAY, WRITE, Seen

DONE, FAILED = AcceptedRequest.State.DONE, AcceptedRequest.State.FAILED
NOT_YET = "还没有收到。"


Test = Callable[[Seen], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to show. `near` are calls that tried it; of them, `passes` picks those that did."""

    key: str
    title: str
    how: str
    near: Test
    passes: Test
    is_optional: bool = False


def _write(method: str, *, state: int = DONE, says: str = "", is_optional: bool = False) -> dict[str, Any]:
    def near(call: Seen) -> bool:
        return call.kind == WRITE and call.method == method

    def passes(call: Seen) -> bool:
        return call.state == state and says in call.said

    return {"near": near, "passes": passes, "is_optional": is_optional}


def _query(method: str, *, page: int | None = None) -> dict[str, Any]:
    def near(call: Seen) -> bool:
        return call.kind == QUERY and call.method == method

    def passes(call: Seen) -> bool:
        return page is None or call.page_index == page

    return {"near": near, "passes": passes}


def _refused(says: str) -> dict[str, Any]:
    def near(call: Seen) -> bool:
        return call.kind == TURNED_AWAY and says in call.said  # another refusal is no try at this one

    return {"near": near, "passes": near}


STEPS = (
    Step("sign", "验签", "调用 CheckSign.Query，data 为 {}。", **_query("CheckSign.Query")),
    Step(
        "wrong_sign",
        "签名错误被拒",
        "故意用错的密钥或改动 sign 后再发一次，应得到 -2，并能看懂 message。",
        **_refused("签名校验错误"),
    ),
    Step(
        "wrong_time",
        "时间错误被拒",
        "故意把 timestamp 写成一天以前，应得到 -1，message 里有服务器时间。",
        **_refused("timestamp无效"),
    ),
    Step(
        "replay",
        "重放被拒",
        "把刚才成功的请求原样再发一次（timestamp、nonce、sign 都不变），应得到 -1。",
        **_refused("nonce重复"),
    ),
    Step(
        "firm",
        "登记参建单位",
        "ProjectSubContractor.Add，用沙箱页面上的劳务单位。",
        **_write("ProjectSubContractor.Add"),
    ),
    Step("team", "登记班组", "Team.Add，从结果里取出十位的 teamSysNo。", **_write("Team.Add")),
    Step(
        "poll",
        "查询处理结果",
        "AsyncHandleResult.Query，查到 status 为 20 或 10 为止。",
        near=lambda call: call.kind == POLLED,
        passes=lambda call: True,
    ),
    Step(
        "team_again",
        "重复登记能认出来",
        "同一个班组再报一次，应失败，并从“已存在班组编号为:”后面取出编号。",
        **_write("Team.Add", state=FAILED, says="已存在班组编号为:"),
    ),
    Step(
        "worker",
        "登记人员（加密字段）",
        "ProjectWorker.Add，用沙箱页面上的虚构人员，证件号码加密。",
        **_write("ProjectWorker.Add"),
    ),
    Step(
        "worker_again",
        "重复人员能认出来",
        "同一个人再报一次，应失败，结果里有“项目中已存在身份证为”。",
        **_write("ProjectWorker.Add", state=FAILED, says="项目中已存在身份证为"),
    ),
    Step(
        "fault",
        "行级错误能读懂",
        "故意少一个必填字段再报一次人员，结果应为 [workerList][行][字段]…。",
        **_write("ProjectWorker.Add", state=FAILED, says="[workerList]["),
    ),
    Step("entry", "办理进场", "WorkerEntryExit.Add，type 为 1。", **_write("WorkerEntryExit.Add")),
    Step("punch", "上报考勤", "WorkerAttendance.Add，已进场人员的打卡。", **_write("WorkerAttendance.Add")),
    Step(
        "stranger",
        "未登记人员的考勤",
        "报一个没有登记的虚构人员的打卡，应为 status 10，结果里指出是第几行。",
        **_write("WorkerAttendance.Add", state=FAILED, says="该人员未在本项目登记"),
    ),
    Step(
        "page",
        "分页从 0 开始",
        "ProjectWorker.Query，pageIndex 为 0，能解密 idCardNumber。",
        **_query("ProjectWorker.Query", page=0),
    ),
    Step(
        "punches_read",
        "查询考勤",
        "WorkerAttendance.Query，查到刚才上报的打卡。",
        **_query("WorkerAttendance.Query"),
    ),
    Step(
        "exit",
        "办理退场（选做）",
        "WorkerEntryExit.Add，type 为 0。一次进场、一次退场，共两次成功。",
        near=lambda call: call.kind == WRITE and call.method == "WorkerEntryExit.Add",
        passes=lambda call: call.state == DONE,
        is_optional=True,
    ),
    Step(
        "contract",
        "上传合同（选做）",
        "WorkerContract.Add，已登记人员的劳动合同。",
        **_write("WorkerContract.Add", is_optional=True),
    ),
    Step(
        "training",
        "上传培训（选做）",
        "ProjectTraining.Add，参加人为已登记人员。",
        **_write("ProjectTraining.Add", is_optional=True),
    ),
    Step(
        "payroll",
        "上传工资（选做）",
        "Payroll.Add，从结果里取出 payrollCode。",
        **_write("Payroll.Add", is_optional=True),
    ),
    Step(
        "json",
        "JSON 打卡（选做）",
        "POST /api/v1/punches/，得到 202 和回执。",
        near=lambda call: call.kind == RECEIPT,
        passes=lambda call: True,
        is_optional=True,
    ),
)
NEEDED = sum(not step.is_optional for step in STEPS)
# A step that one call shows twice over: the second success counts.
_SECOND = {"exit"}


def findings(calls: Iterable[Seen]) -> list[dict[str, Any]]:
    """Each step with whether it was shown, when, and what the platform answered; all of it plain words."""
    in_order = sorted(calls, key=lambda call: call.at)
    return [_finding(step, in_order) for step in STEPS]


def _finding(step: Step, calls: list[Seen]) -> dict[str, Any]:
    tried = [call for call in calls if step.near(call)]
    passed = [call for call in tried if step.passes(call)][step.key in _SECOND :]
    shown = passed[0] if passed else (tried[-1] if tried and step.key not in _SECOND else None)
    return {
        "key": step.key,
        "title": step.title,
        "is_shown": bool(passed),
        "is_optional": step.is_optional,
        "is_tried": shown is not None,
        "at": shown.at.isoformat() if shown else "",
        "said": _said(step, shown, bool(passed)),
    }


def _said(step: Step, call: Seen | None, is_shown: bool) -> str:
    if call is None:
        return NOT_YET
    if is_shown:
        return f"{call.method}：{call.said or _done(call)}"
    if call.kind == WRITE and call.state not in (DONE, FAILED):
        return f"{call.method} 已受理，正在处理。"
    if call.kind == QUERY:
        asked = "没有写 pageIndex" if call.page_index is None else f"pageIndex 为 {call.page_index}"
        return f"{call.method} 已答复，但{asked}，应从 0 开始。"
    return f"最近一次 {call.method} 的答复不是这一步要的：{call.said or _done(call)}"


def _done(call: Seen) -> str:
    return {QUERY: "已答复", POLLED: "已答复"}.get(call.kind, "处理成功")


def shown_of(found: list[dict[str, Any]]) -> int:
    """How many of the needed steps were shown."""
    return sum(one["is_shown"] and not one["is_optional"] for one in found)
