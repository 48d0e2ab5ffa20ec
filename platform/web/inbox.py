"""消息: what happened that concerns the reader; opening one marks it read and leads to its matter."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kernel.errors import NotFound
from web.lists import SIZES
from web.messages import inbox, mark_read
from web.navigation import Crumb
from web.pages import SIGNED_IN, Page


class Inbox(Page):
    """One's own messages, newest first."""

    permission = SIGNED_IN
    section = "messages"
    template_name = "web/messages.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = inbox(request.user)  # type: ignore[arg-type]  # Page lets nobody else in
        only_unread = request.GET.get("unread") == "1"
        page = Paginator(rows.filter(read_at=None) if only_unread else rows, SIZES[0])
        context: dict[str, Any] = {
            "title": "消息",
            "crumbs": [Crumb("消息")],
            "page": page.get_page(request.GET.get("page")),
            "only_unread": only_unread,
            "noun": "条",
            "sizes": SIZES[:1],
        }
        return self.show(context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mark all as read."""
        mark_read(inbox(request.user))  # type: ignore[arg-type]  # Page lets nobody else in
        return redirect("messages")


class OpenMessage(Page):
    """Mark one message as read and go where it leads. A link in a mail must do, so a GET does it."""

    permission = SIGNED_IN
    section = "messages"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = inbox(request.user).filter(public_id=public_id)  # type: ignore[arg-type]  # as above
        message = row.first()
        if message is None:
            raise NotFound
        mark_read(row)
        return redirect(message.url or "messages")
