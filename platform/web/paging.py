"""Pages of long lists: the rows before a far page are counted, not drawn up. Decision 78."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django_tables2.rows import BoundRows

# From this row on a page is found by its rows' keys first.
_FAR = 500


class FarPaginator(Paginator):
    """A paginator whose last page costs little more than its first.

    To skip rows the database works out all that is asked of each: whether somebody is on site, trained,
    under contract. Here it skips bare keys, and asks that only of the page's rows.
    """

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        begin = (number - 1) * self.per_page
        return self._get_page(self.cut(begin, min(begin + self.per_page, self.count)), number, self)

    def cut(self, begin: int, end: int) -> Any:
        """The rows from `begin` up to `end`."""
        return _cut(self.object_list, begin, end)


class ListPaginator(FarPaginator):
    """The same for a table. django-tables2 would read every row of it to count them."""

    def __init__(self, rows: BoundRows, per_page: int, **kwargs: Any) -> None:
        self.table = rows.table
        super().__init__(self.table.data.data, per_page, **kwargs)

    def cut(self, begin: int, end: int) -> Any:
        return BoundRows(super().cut(begin, end), self.table)


def _cut(rows: Any, begin: int, end: int) -> Any:
    if begin < _FAR or not isinstance(rows, QuerySet) or rows.query.combinator:
        return rows[begin:end]
    return rows.filter(pk__in=rows.values("pk")[begin:end])
