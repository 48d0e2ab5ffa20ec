"""Pages of the editor's lists: 25, 50 or 100 rows, whatever stands in the address."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

SIZES = (25, 50, 100)


def paged(rows: Any, request: HttpRequest) -> Page[Any]:
    """The page that the address asks for; a wrong number is the nearest right one."""
    size = request.GET.get("size", "")
    number = int(size) if size in {str(one) for one in SIZES} else SIZES[0]
    return Paginator(rows, number).get_page(request.GET.get("page"))
