"""The list behind an address, read without a page: the same rows, filters, order and columns.

Every ListPage can be exported; nothing needs to be registered, for its address says which one it is.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, resolve

from accounts.actors import UserActor
from kernel.permits import require
from web.columns import ASKED_BY, Columns
from web.exports.errors import NotAList, UnreadableFilter
from web.lists import Listed, ListPage
from web.saved.models import LONGEST_QUERY
from web.saved.selectors import columns_of
from web.saved.services import kept_query

EXPORT = "lists.export"
_LONGEST_PATH = 200


@dataclass(frozen=True)
class Source:
    """A list as one reader would see it at this moment."""

    page: ListPage
    path: str
    query: str

    @cached_property
    def listed(self) -> Listed:
        return self.page.listed()

    @cached_property
    def _shown(self) -> dict[str, Any]:
        return self.page.more(self.listed.filterset, self.listed.rows)

    @property
    def title(self) -> str:
        """What the file is called: as on paper, else as on the page."""
        return str(self.page.printed().get("print_title") or self._shown.get("title") or self.page.title)

    @property
    def place(self) -> str:
        """Where the list stands: 湖北省 › 武汉市 › 武昌区 › 人员."""
        return " › ".join(str(crumb.label) for crumb in self._shown.get("crumbs", ()))

    @property
    def conditions(self) -> list[str]:
        """The filters in force, in words. Raises UnreadableFilter."""
        filterset = self.listed.filterset
        if filterset.faults:
            raise UnreadableFilter(filterset.faults[0].label)
        return filterset.in_words

    @cached_property
    def total(self) -> int:
        """How many rows the list has now."""
        return self.listed.rows.count()

    @property
    def columns_number(self) -> int:
        return len(self.listed.columns.shown)


def source(actor: UserActor, address: str, *, for_export: bool = True, remembers: bool = True) -> Source:
    """The list that an address of this node leads to, read by those posts of `actor` that may export.

    What the address leaves to the clock or to the reader's memory (the day, the columns) is written into its
    query; a worker, which comes later, `remembers` nothing. Raises NotAList, NotPermitted, NotFound.
    """
    try:
        split = urlsplit(address)
    except ValueError:  # no address at all
        raise NotAList from None
    if split.netloc or len(split.path) > _LONGEST_PATH or len(split.query) > LONGEST_QUERY * 4:
        raise NotAList
    if for_export:
        require(actor, EXPORT)
        actor = actor.holding(EXPORT)
    page = _page(actor, split.path, QueryDict(split.query.replace("%00", "")))
    query = page.request.GET.copy()
    for name, value in page.pinned().items():
        query.setdefault(name, value)
    if remembers:
        columns = Columns.of(page.table_class, query, columns_of(actor, page.list_name))
        if columns.query:
            query[ASKED_BY] = columns.query
    page.remembers = False
    kept = kept_query(query)
    if len(kept) > LONGEST_QUERY:
        raise NotAList
    page.request.GET = query  # type: ignore[assignment]  # the stub wants an immutable one
    return Source(page, split.path, kept)


def _page(actor: UserActor, path: str, query: QueryDict) -> ListPage:
    """The list page of an address, made ready as Django would. Raises NotAList, NotPermitted, NotFound."""
    try:
        match = resolve(path)
    except Resolver404:
        raise NotAList from None
    view = getattr(match.func, "view_class", None)
    if not (isinstance(view, type) and issubclass(view, ListPage)):
        raise NotAList
    page = view(**getattr(match.func, "view_initkwargs", {}))
    page.setup(_question(actor, path, query, match), *match.args, **match.kwargs)
    require(actor, page.permission)
    try:
        page.prepare(**match.kwargs)
    except Http404:
        raise NotAList from None
    return page


def _question(actor: UserActor, path: str, query: QueryDict, match: Any) -> HttpRequest:
    question = HttpRequest()
    question.method, question.path, question.path_info = "GET", path, path
    question.GET = query  # type: ignore[assignment]  # the stub wants an immutable one
    question.resolver_match = match
    question.user = actor.user
    question.actor = actor  # type: ignore[attr-defined]  # as ActorMiddleware sets it
    return question
