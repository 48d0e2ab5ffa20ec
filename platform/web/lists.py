"""Lists: filters in the address, sorting, 25, 50 or 100 rows, the total; htmx swaps the rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from web.filters import ScopedFilterSet
from web.pages import Page

SIZES = (25, 50, 100)
NUMBER = {"th": {"class": "num"}, "td": {"class": "num"}}
NUMBER_SOFT = {"th": {"class": "num"}, "td": {"class": "num soft"}}
NAME = {"td": {"class": "name"}}
SOFT = {"td": {"class": "soft"}}
SUB = {"td": {"class": "sub nowrap"}}
CLIP = {"td": {"class": "soft clip"}}
_PICK_HEAD = mark_safe('<span class="sr">选择</span>')


class PickColumn(tables.Column):
    """A box in each row, for acts on several at once; the boxes belong to the form of `_bulk.html`.

    `?pick=all` ticks every box of the page, for those who browse without script.
    """

    def __init__(self, name: Callable[[Any], str]) -> None:
        self.row_name = name
        super().__init__(
            _PICK_HEAD,
            accessor="public_id",
            orderable=False,
            exclude_from_export=True,
            attrs={"th": {"class": "pick"}, "td": {"class": "pick"}},
        )

    def render(self, value: Any, record: Any, table: tables.Table) -> str:
        asked = table.request.GET if table.request else {}
        return format_html(
            '<label><input type="checkbox" name="who" value="{}" form="bulk" data-pick{}>'
            '<span class="sr">选择{}</span></label>',
            value,
            mark_safe(" checked") if asked.get("pick") == "all" else "",
            self.row_name(record),
        )


@dataclass(frozen=True, slots=True)
class Bulk:
    """What may be done with ticked rows: where the form leads, and the acts in words, by key."""

    url: str
    acts: Mapping[str, str]
    noun: str = "人"


class ListTable(tables.Table):
    """A table drawn by our own template."""

    class Meta:
        attrs = {"class": "t"}

    @property
    def drawn_rows(self) -> Iterator[Iterator[tuple[str, Any]]]:
        """The page's rows as cells with their class; how a column looks is asked once, not in each cell."""
        classes = [column.attrs["td"].get("class", "") for column in self.columns]
        for row in self.paginated_rows:
            yield zip(classes, row, strict=True)


class ListPage(Page):
    """A list page. Subclasses give the rows, the table and the filters, and name a row (个项目)."""

    template_name = "web/list.html"
    part_name = "web/_rows.html"
    table_class: type[ListTable]
    filterset_class: type[ScopedFilterSet]
    title = ""
    noun = "行"
    default_size = 25

    def rows(self) -> QuerySet[Any]:
        """All rows of this list that the reader may see, before filters."""
        raise NotImplementedError

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        """What else the page shows: crumbs, a sum row, an empty state."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        filterset = self.filterset_class(request.GET, queryset=self.rows(), request=request)
        rows = filterset.qs
        table = self.table_class(rows, request=request)
        tables.RequestConfig(request, paginate={"per_page": self.size, "silent": True}).configure(table)
        return self.show(
            {
                "title": self.title,
                "noun": self.noun,
                "filterset": filterset,
                "chips": filterset.chips,
                "table": table,
                "page": table.page,
                "sizes": SIZES,
                "total": table.page.paginator.count,
                **self.more(filterset, rows),
            }
        )

    @property
    def size(self) -> int:
        """Rows per page as the address asks, one of 25, 50 and 100."""
        asked = self.request.GET.get("size", "")
        return int(asked) if asked in {str(size) for size in SIZES} else self.default_size
