"""Acts on accepted writes: carrying one out again that failed through the platform's own fault."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import AcceptedRequest
from federation.open_api.dispatcher import method
from federation.selectors import OUR_FAULTS
from federation.services.calls import send
from kernel.errors import DomainError
from kernel.permits import require
from kernel.scoping import Actor

MANAGE = "federation.manage_credentials"


@transaction.atomic
def retry_request(*, actor: Actor, request: AcceptedRequest) -> AcceptedRequest:
    """Carry out once more what failed because of the platform; what the vendor sent wrongly stays refused.

    Raises NotPermitted, NotFound, DomainError where there is nothing to retry.
    """
    require(actor, MANAGE, on=request)
    rows = AcceptedRequest.all_rows.select_related("project__region").select_for_update(of=("self",))
    request = rows.get(pk=request.pk)
    if request.state != AcceptedRequest.State.FAILED or not request.result.startswith(OUR_FAULTS):
        raise DomainError(
            _("只有因平台原因失败的请求才能重试。因内容有误被拒的，请由厂商改正后重新提交。"),
            code="not_at_fault",
        )
    if request.body is None:
        raise DomainError(_("这个请求的内容已按期删除，不能重试。请厂商重新提交。"), code="body_forgotten")
    request.state, request.result = AcceptedRequest.State.PENDING, ""
    request.attempts, request.tried_at, request.finished_at = 0, None, None
    request.save(update_fields=["state", "result", "attempts", "tried_at", "finished_at"])
    record(actor, "federation.request_retried", request, serial=request.serial)
    if not method(request.method).settled:
        transaction.on_commit(lambda: send(request.pk), robust=True)
    return request
