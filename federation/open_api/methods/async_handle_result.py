"""AsyncHandleResult.Query 异步处理结果查询: what became of a write."""

from typing import Any

from federation import selectors
from federation.models import AcceptedRequest
from federation.open_api.calls import Call
from federation.open_api.dispatcher import query
from federation.open_api.elements import REMINDER, judged_as, reminder
from federation.open_api.errors import bad_request
from federation.open_api.schema import Field


@query(
    "AsyncHandleResult.Query",
    "异步处理结果查询",
    permission="federation.view_requests",
    fields=(Field("requestSerialCode", "请求编号", required=True, most=63),),
    answers=(
        "requestSerialCode",
        "status",
        "result",
    ),
)
def handled(call: Call) -> dict[str, Any]:
    """Status 0 pending, 10 failed, 20 done; the result always travels as text.

    Raises Refusal for a serial code that this appid was never given.
    """
    serial = call.values["requestSerialCode"].lower()
    requests = selectors.accepted_requests(call.actor).filter(appid=call.credential.appid)
    request = requests.filter(serial=serial).first()
    if request is None:
        raise bad_request("[requestSerialCode]值超出范围或无效!没有该编号的请求,请核对受理时返回的编号")
    found = {"requestSerialCode": request.serial, "status": request.state, "result": request.result}
    if request.findings and request.state == AcceptedRequest.State.DONE:
        object_key, rows = judged_as(request.method)
        found[REMINDER] = reminder(request.findings, object_key, rows)
    return found
