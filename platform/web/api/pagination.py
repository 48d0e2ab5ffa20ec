"""Pages of the REST API: `page` and `page_size`, with the total."""

from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """50 rows a page, 500 at most; `count` is always the whole total."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
