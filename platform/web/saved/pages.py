"""One's own filters and columns: kept by a form on the list, looked after on a page of their own."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from kernel.errors import DomainError
from web.columns import ASKED_BY, named
from web.exports.sources import Source, source
from web.navigation import Crumb, forget_defaults
from web.pages import SIGNED_IN, Page
from web.saved.models import SavedFilter
from web.saved.selectors import filters_of
from web.saved.services import drop_filter, keep_filter, prefer_filter, remember_columns, rename_filter


class _OnAList(Page):
    """A form that stands on a list and leads back to it."""

    permission = SIGNED_IN
    http_method_names = ["post"]

    def found(self) -> Source:
        """The list that the form stands on. Raises NotAList."""
        address = self.request.POST.get("list", "")
        return source(self.actor, address, for_export=False)  # type: ignore[arg-type]  # only people have lists


class ChooseColumns(_OnAList):
    """Show these columns of a list, now and from now on; none ticked means all again."""

    def post(self, request: HttpRequest) -> HttpResponse:
        found = self.found()
        chosen = (
            [] if "all" in request.POST else named(found.page.table_class, request.POST.getlist(ASKED_BY))
        )
        remember_columns(
            actor=self.actor,  # type: ignore[arg-type]  # as above
            list_name=found.page.list_name,
            columns=chosen,
        )
        query = QueryDict(urlsplit(request.POST.get("list", "")).query, mutable=True)
        query.pop(ASKED_BY, None)
        if chosen:
            query[ASKED_BY] = ",".join(chosen)
        return redirect(f"{found.path}?{query.urlencode(safe=',')}" if query else found.path)


class KeepFilter(_OnAList):
    """我的筛选: all that one keeps; a form on a list adds to it."""

    http_method_names = ["get", "post"]
    section = "saved"
    template_name = "web/saved_filters.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [(row, _url(row)) for row in filters_of(self.actor)]
        return self.show({"title": "我的筛选", "crumbs": [Crumb("我的筛选")], "rows": rows})

    def post(self, request: HttpRequest) -> HttpResponse:
        found = self.found()
        try:
            row = keep_filter(
                actor=self.actor,  # type: ignore[arg-type]  # as above
                list_name=found.page.list_name,
                list_title=found.page.title,
                name=request.POST.get("name", ""),
                query=urlsplit(request.POST.get("list", "")).query,
                is_default="default" in request.POST,
            )
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            forget_defaults(request)
            messages.success(request, _("已存为“{name}”，下次在这个名单上方点它就是。").format(name=row.name))
        return redirect(request.POST.get("list", "") or found.path)


class SavedFilterPage(Page):
    """Rename one's own filter, make it the default or no longer, or drop it."""

    permission = SIGNED_IN
    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        actor: Any = self.actor
        what = request.POST.get("what", "")
        try:
            if what == "rename":
                rename_filter(actor=actor, public_id=public_id, name=request.POST.get("name", ""))
            elif what in ("prefer", "plain"):
                prefer_filter(actor=actor, public_id=public_id, is_default=what == "prefer")
            elif what == "drop":
                drop_filter(actor=actor, public_id=public_id)
        except DomainError as refusal:
            if refusal.status == 404:
                raise
            messages.error(request, refusal.message)
        forget_defaults(request)
        return redirect("saved_filters")


def _url(row: SavedFilter) -> str:
    """Where the filter leads; nothing for a list that belongs to one record, such as a project's people."""
    try:
        return f"{reverse(row.list_name)}?{row.query}"
    except NoReverseMatch:
        return ""
