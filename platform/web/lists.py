"""Lists: filters and columns in the address, sorting, 25, 50 or 100 rows, the total; htmx swaps the rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from standards.selectors import parameter
from web import drawing
from web.columns import Columns
from web.filters import ScopedFilterSet
from web.pages import Page
from web.paging import ListPaginator
from web.saved.selectors import columns_of, filters_of
from web.saved.services import kept_query

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
    """A table drawn by our own template. A column leaves the page by `file_NAME(record)`: see web.cells."""

    class Meta:
        attrs = {"class": "t"}

    @property
    def sorts(self) -> list[tuple[str, str, bool]]:
        """Each order of the rows in words, and whether it is this one: for cards, which have no heads."""
        asked = [str(one) for one in self.order_by or ()]
        return [
            (f"{sign}{column.name}", f"{column.header}：{words}", [f"{sign}{column.name}"] == asked[:1])
            for column in self.columns
            if column.orderable
            for sign, words in (("", "升序"), ("-", "降序"))
        ]

    @property
    def drawn_rows(self) -> Iterator[SafeString]:
        """The page's rows, each as its cells; on a phone a row is a card and each cell says what it is."""
        labels = {one.name: str(one.header) for one in self.columns if not isinstance(one.column, PickColumn)}
        return drawing.rows(self, self._records, labels)

    @property
    def paper_rows(self) -> Iterator[SafeString]:
        """The sheet's rows, each as its cells."""
        return drawing.rows(self, self._records)

    @property
    def _records(self) -> Iterable[Any]:
        page = getattr(self, "page", None)
        return self.data.data if page is None else page.object_list.data


class Listed(NamedTuple):
    """A list as one reader asked for it: its filters, all its rows in order, and how they are drawn."""

    filterset: ScopedFilterSet
    rows: QuerySet[Any]
    table: ListTable
    columns: Columns

    @property
    def ordered(self) -> QuerySet[Any]:
        """All rows, sorted as asked."""
        return self.table.data.data


class ListPage(Page):
    """A list page. Subclasses give the rows, the table and the filters, and name a row (个项目).

    What belongs to the address (a project, a day) is found in `prepare`, not in `get`: an export reads the
    same list without a page.
    """

    template_name = "web/list.html"
    part_name = "web/_rows.html"
    tolerates_lag = True
    print_template_name = "web/print.html"
    table_class: type[ListTable]
    filterset_class: type[ScopedFilterSet]
    title = ""
    noun = "行"
    default_size = 25
    # Whoever takes a list of people away says why.
    holds_personal_data = True
    # Whether the reader's own choice of columns counts where the address names none.
    remembers = True
    # Who signs the printed list, where somebody does.
    signatures: Sequence[str] = ()

    # What is said when somebody's whole number was typed where a name is searched.
    number_words: str | Promise = gettext_lazy(
        "名单只按姓名筛选，刚才输入的号码没有查，也没有保留。"
        "请在页顶的搜索框里输入完整证件号码查找：号码不进网址，每次查找都有记录。"
    )

    def without_numbers(self, names: Sequence[str]) -> str:
        """Where one goes who typed a number there: to the search, which posts."""
        return reverse("search")

    def _elsewhere(self, url: str) -> HttpResponse:
        """See another page; htmx too must leave this one, and keep no address of what was asked."""
        if self.request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": url})
        return HttpResponseRedirect(url, status=303)

    def prepare(self, **kwargs: Any) -> None:
        """Find what the address names. Raises NotFound outside the reader's scope."""

    def rows(self) -> QuerySet[Any]:
        """All rows of this list that the reader may see, before filters."""
        raise NotImplementedError

    def more(self, filterset: ScopedFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        """What else the page shows: crumbs, a sum row, an empty state."""
        return {}

    def pinned(self) -> dict[str, str]:
        """What an address leaves to the clock (the day), for whoever reads the list later."""
        return {}

    def printed(self) -> dict[str, Any]:
        """What else a printed list has in its head: title, a few facts as pairs."""
        return {}

    @property
    def list_name(self) -> str:
        """By what name one keeps filters and columns of this list."""
        match = self.request.resolver_match
        return match.url_name or "" if match else ""

    def listed(self) -> Listed:
        """The list as its address asks for it, sorted, not cut into pages."""
        filterset = self.filterset_class(self.request.GET, queryset=self.rows(), request=self.request)
        remembered = columns_of(self.actor, self.list_name) if self.remembers else []
        columns = Columns.of(self.table_class, self.request.GET, remembered)
        excluded = [*(self.table_class._meta.exclude or ()), *columns.hidden]
        if self.request.GET.get("print"):
            excluded += [
                name for name, one in self.table_class.base_columns.items() if one.exclude_from_export
            ]
        rows = filterset.qs
        table = self.table_class(rows, exclude=excluded)
        tables.RequestConfig(self.request, paginate=False).configure(table)
        _settle_ties(table, rows)
        return Listed(filterset, rows, table, columns)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if numbered := self.filterset_class.numbered(request.GET):
            messages.error(request, str(self.number_words))
            return self._elsewhere(self.without_numbers(numbered))
        self.prepare(**kwargs)
        listed = self.listed()
        if request.GET.get("print"):
            return self._print(listed)
        return self.show({**self._frame(listed), **self._mine(listed), **self._page(listed)})

    def _frame(self, listed: Listed) -> dict[str, Any]:
        more = self.more(listed.filterset, listed.rows)
        if sums := more.get("sum_row"):
            more["sum_row"] = _kept_cells(sums, self.table_class, listed.table)
        return {
            "title": self.title,
            "noun": self.noun,
            "filterset": listed.filterset,
            "chips": listed.filterset.chips,
            "table": listed.table,
            "columns": listed.columns,
            **more,
        }

    def _page(self, listed: Listed) -> dict[str, Any]:
        paging = {"per_page": self.size, "silent": True, "paginator_class": ListPaginator}
        tables.RequestConfig(self.request, paginate=paging).configure(listed.table)
        page = listed.table.page
        total = page.paginator.count
        sheets = -(-total // parameter("lists.print_rows"))
        return {"page": page, "sizes": SIZES, "total": total, "sheets": sheets}

    def _mine(self, listed: Listed) -> dict[str, Any]:
        here = kept_query(self.request.GET)
        mine = list(filters_of(self.actor, self.list_name))
        return {
            "list_address": self.request.get_full_path(),
            "saved_filters": mine,
            "saved_here": next((one for one in mine if one.query == here), None),
            "can_keep": bool(here),
            # The left bar leads to lists of their own, not to those of one record.
            "is_own_list": not self.kwargs,
            "can_export": self.actor.may("lists.export"),
        }

    def _print(self, listed: Listed) -> HttpResponse:
        """A sheet of the list, as many rows as are drawn in a moment; it says which of how many it is."""
        asked = self.request.GET["print"]
        paginator = ListPaginator(listed.table.rows, parameter("lists.print_rows"))
        listed.table.page = sheet = paginator.get_page(asked)
        context = {
            **self._frame(listed),
            "total": paginator.count,
            "sheet": sheet,
            "before": sheet.start_index() - 1,
            "can_export": self.actor.may("lists.export"),
            "list_address": self._back(),
            "printed_at": timezone.now(),
            "printed_by": self.actor.label,
            "signatures": self.signatures,
            "paper_columns": len(listed.columns.shown) + 1,
            "back": self._back(),
            **self.printed(),
        }
        answer = render(self.request, self.print_template_name, context)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _back(self) -> str:
        query = self.request.GET.copy()
        query.pop("print", None)
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    @property
    def size(self) -> int:
        """Rows per page as the address asks, one of 25, 50 and 100."""
        asked = self.request.GET.get("size", "")
        return int(asked) if asked in {str(size) for size in SIZES} else self.default_size


@dataclass(frozen=True, slots=True)
class Fact:
    """A pair in the head of a printed list."""

    label: str
    value: str


def _settle_ties(table: ListTable, rows: QuerySet[Any]) -> None:
    """Rows that sort alike keep the list's own order, so that none is on two pages and none on neither."""
    if table.order_by and isinstance(rows, QuerySet):
        asked = table.data.data
        table.data.data = asked.order_by(*asked.query.order_by, *rows.query.order_by, "pk")


def _kept_cells(sums: Sequence[Any], of: type[ListTable], table: ListTable) -> list[Any]:
    """The sum row without the cells of columns that are not shown."""
    names = [name for name in of.base_columns if name not in (of._meta.exclude or ())]
    shown = {column.name for column in table.columns}
    return [cell for name, cell in zip(names, sums, strict=True) if name in shown]
