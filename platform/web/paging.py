"""Pages of long lists: rows that are not shown are counted and sorted, never drawn up. Decision 78."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django_tables2.rows import BoundRows

# So many rows may as well be read at once.
_FEW = 200


class KeysFirst(Paginator):
    """A paginator that finds a page's rows by their keys first, and asks about those rows only.

    Whether somebody is on site, trained and under contract is a question to four tables. Asked together with
    the order, the database answers it for everybody before it takes 25 of them, or for all it skips.
    """

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        begin = (number - 1) * self.per_page
        return Page(self.cut(begin, min(begin + self.per_page, self.count)), number, self)

    def cut(self, begin: int, end: int) -> Any:
        """The rows from `begin` up to `end`."""
        rows = self.object_list
        if self.count <= _FEW or not isinstance(rows, QuerySet) or rows.query.combinator:
            return rows[begin:end]
        # As a list: beside a subquery the database asks the conditions of `rows` about everybody once more.
        return rows.filter(pk__in=list(rows.values_list("pk", flat=True)[begin:end]))


class ListPaginator(KeysFirst):
    """The same for a table. django-tables2 would read every row of it to count them."""

    def __init__(self, rows: BoundRows, per_page: int, **kwargs: Any) -> None:
        self.table = rows.table
        super().__init__(self.table.data.data, per_page, **kwargs)

    def cut(self, begin: int, end: int) -> Any:
        return BoundRows(super().cut(begin, end), self.table)
