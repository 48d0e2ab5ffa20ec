"""What the frame of every page needs: the node and who is signed in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from web.navigation import frame_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """Names for the top bar; queries run only when the template asks."""
    return {
        "node_name": settings.NODE_NAME,
        "actor": getattr(request, "actor", None),
        "frame": SimpleLazyObject(lambda: frame_of(request)),
    }
