"""消息: what happened that concerns the reader; opening one marks it read and leads to its matter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kernel.errors import NotFound
from kernel.scoping import Actor
from web.lists import SIZES
from web.messages import inbox, mark_read
from web.navigation import Crumb
from web.pages import SIGNED_IN, Page


@dataclass(frozen=True, slots=True)
class Frame:
    """How a kind of actor sees the messages: the template, and what its frame needs."""

    template: str
    context: Callable[[Actor], dict[str, Any]]


_frames: dict[str, Frame] = {}


def register_frame(kind: str, template: str, context: Callable[[Actor], dict[str, Any]]) -> None:
    """Let an app above show messages in its own frame to actors of a kind; called from `ready()`."""
    _frames[kind] = Frame(template, context)


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
        if frame := _frames.get(self.actor.kind):
            return render(request, frame.template, {**context, **frame.context(self.actor)})
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
