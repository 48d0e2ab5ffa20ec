"""Pages of the REST API: `page` and `page_size`, with the total."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from web.paging import KeysFirst


class Pages(PageNumberPagination):
    """50 rows a page, 500 at most; `count` is always the whole total."""

    django_paginator_class = KeysFirst
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    page_query_description = "第几页，从 1 起"
    page_size_query_description = "每页行数，1 至 500，默认 50"
    invalid_page_message = "没有第 {page_number} 页。请从第 1 页读起，按返回的 next 地址翻页。"

    def get_page_size(self, request: Request) -> int:
        """The rows of a page. Raises ValidationError for anything but a number from 1 to 500."""
        asked = request.query_params.get("page_size")
        if asked is None:
            return self.page_size
        if not (asked.isdecimal() and 1 <= int(asked) <= self.max_page_size):
            sentence = _("每页行数“{asked}”不可用，请填 1 至 {most} 的整数。")
            raise ValidationError({"page_size": sentence.format(asked=asked, most=self.max_page_size)})
        return int(asked)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        described["properties"]["count"]["description"] = "符合条件的总数，不限本页"
        return described
