"""What the frame of every page needs: the node and who is signed in."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from web.navigation import frame_of

# The product's own name stands in two lines, as the bar has room for it.
_SECOND_LINE: Final = "管理服务信息平台"


def name_lines(name: str) -> list[str]:
    """The node's name as the bar shows it."""
    first = name.removesuffix(_SECOND_LINE)
    return [first, _SECOND_LINE] if first and first != name else [name]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Names for the top bar; queries run only when the template asks."""
    return {
        "node_name": settings.NODE_NAME,
        "node_name_lines": name_lines(settings.NODE_NAME),
        "actor": getattr(request, "actor", None),
        "frame": SimpleLazyObject(lambda: frame_of(request)),
    }
