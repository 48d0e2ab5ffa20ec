"""The door behind the addresses of pictures and attachments in answers."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit.services import record
from federation.open_api.pictures import opened
from web.uploads import serve


@require_safe
def open_api_file(request: HttpRequest, token: str) -> HttpResponse:
    """One file, for the system whose appid the address was signed for. Raises NotFound."""
    found = opened(token, address=request.META.get("REMOTE_ADDR", ""), now=timezone.now())
    answer = serve(found.address, found.kind.name)
    record(found.actor, found.kind.action, found.kind.subject(found.row))
    return answer
