"""The left bar's entries of supervision, named by task."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrity.selectors.notices import unread
from kernel.scoping import Actor
from web.navigation import Entry, register


def _unread(actor: Actor) -> int:
    return unread(actor, timezone.now())


ENTRIES = (
    # Whoever issues notices begins the day at the gaps.
    Entry("gaps", _("缺口"), "gaps", "integrity.issue_notice", 5),
    Entry("notices", _("通知单"), "notices", "integrity.view", 25, counter=_unread),
)


def add_entries() -> None:
    """Tell the frame what this capability offers."""
    register(*ENTRIES)
