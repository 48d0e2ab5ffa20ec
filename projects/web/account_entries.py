"""The left bar's entry and the waiting list of whoever manages accounts."""

from django.utils.translation import gettext_lazy as _

from accounts.selectors import MANAGE
from projects.web.account_waits import ending
from web import waiting
from web.navigation import Entry, register


def add_entries() -> None:
    """Tell the frame where accounts are, and the home page what of them waits."""
    register(Entry("accounts", _("账号"), "accounts", MANAGE, 22))
    waiting.register("posts_ending", ending)
