"""The left bar's entry of ledgers: for those who file and those who accept; others come from a project."""

from django.utils.translation import gettext_lazy as _

from kernel.scoping import Actor
from ledgers.selectors import ACCEPT, FILE, VIEW
from web.navigation import Entry, register


def _is_their_work(actor: Actor) -> bool:
    return actor.may(FILE) or actor.may(ACCEPT)


def add_entries() -> None:
    """Tell the frame what this capability offers."""
    register(Entry("ledgers", _("台账"), "ledgers", VIEW, 55, fits=_is_their_work))
