"""The frame of every page: entries by role, who is signed in and until when, and where one is.

Apps above register their entries and their search when Django starts; a person sees those that a post of
theirs opens, at most seven.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Post
from accounts.roles import ROLES
from kernel.scoping import Actor
from web.messages import unread
from web.saved.selectors import filters_of

MOST_ENTRIES = 7
_DEFAULTS = "default_filters"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the left bar: shown to actors who hold `permission`, in `order`.

    `counter` says how much waits there for an actor, with one question at most; None and 0 show nothing.
    `fits` leaves the entry out for those whose work it is not, though they may open the page.
    """

    key: str
    label: str | Promise
    url_name: str
    permission: str
    order: int
    counter: Callable[[Actor], int | None] | None = None
    fits: Callable[[Actor], bool] | None = None
    count: int | None = None
    query: str = ""

    @property
    def url(self) -> str:
        """Where it leads: the list with the reader's default filter, where there is one."""
        return f"{reverse(self.url_name)}?{self.query}" if self.query else reverse(self.url_name)


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in, in which post and until when."""

    name: str
    line: str
    posts: list[str]
    password_url: str
    sign_out_url: str


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another place of the same level that the reader may switch to."""

    label: str
    url: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step from the province to here; without `url` it lies above the reader's posts."""

    label: str
    url: str = ""
    siblings: Sequence[Sibling] = field(default_factory=list)


_entries: dict[str, Entry] = {}


def register(*entries: Entry) -> None:
    """Add entries to the left bar; called from an app's `ready()`, so twice is once."""
    _entries.update({entry.key: entry for entry in entries})


def entries_for(actor: Actor) -> list[Entry]:
    """The entries that a post of `actor` opens, in order; the bar takes seven, a menu the rest."""
    own = [
        entry
        for entry in _entries.values()
        if actor.may(entry.permission) and (entry.fits is None or entry.fits(actor))
    ]
    return [_counted(entry, actor) for entry in sorted(own, key=lambda entry: entry.order)]


def _counted(entry: Entry, actor: Actor) -> Entry:
    return replace(entry, count=entry.counter(actor) or None) if entry.counter else entry


def frame_of(request: HttpRequest) -> dict[str, Any]:
    """What the bar and the left bar show to whoever asks; nothing to a stranger."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": [], "account": None}
    actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    entries = _with_defaults(entries_for(actor), request)
    return {
        "nav": entries[:MOST_ENTRIES],
        "more": entries[MOST_ENTRIES:],
        "account": _account(actor),
        "search_url": "/search/",
        "messages_url": reverse("messages"),
        "exports_url": reverse("exports") if actor.may("lists.export") else "",
        "unread": unread(user),
    }


def _with_defaults(entries: list[Entry], request: HttpRequest) -> list[Entry]:
    """Entries that lead to a list lead to it with the reader's default filter."""
    found = _defaults(request)
    return [replace(entry, query=found.get(entry.url_name, "")) for entry in entries]


def _defaults(request: HttpRequest) -> dict[str, str]:
    """The default filters by list; remembered for the session, so that no page asks for them again."""
    session = getattr(request, "session", None)
    if session is None:
        return {}
    if _DEFAULTS not in session:
        rows = filters_of(request.actor).filter(is_default=True)  # type: ignore[attr-defined]  # see above
        session[_DEFAULTS] = dict(rows.values_list("list_name", "query"))
    found: dict[str, str] = session[_DEFAULTS]
    return found


def forget_defaults(request: HttpRequest) -> None:
    """Read the default filters anew: one of them has changed."""
    request.session.pop(_DEFAULTS, None)


def _account(actor: Any) -> Account:
    posts = [_in_words(post) for post in actor.posts]
    without = _("工人本人") if actor.kind == "worker" else _("由他人授权查看单个项目")
    return Account(
        name=str(actor.user),
        line=posts[0] if posts else without,
        posts=posts[1:],
        password_url=reverse("password"),
        sign_out_url=reverse("sign_out"),
    )


def _in_words(post: Post) -> str:
    title = ROLES[post.role].title if post.role in ROLES else post.role
    place = post.scope_name or (post.region.name if post.region else "")
    until = _("任至 {day}").format(day=post.valid_to) if post.valid_to else _("长期有效")
    return f"{place} {title}，{until}".strip()
