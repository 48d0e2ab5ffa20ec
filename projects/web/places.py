"""Where the pages of a project's parties and teams come from and lead back to."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models import Project
from web.forms import DayField, ScopedForm
from web.navigation import Crumb

TABS = {"parties": "参建单位", "teams": "班组"}


class EndForm(ScopedForm):
    """On which day they left."""

    date = DayField(label=_("退场日期"), help_text=_("实际退场的日期，不能晚于今天。"))


def tab_url(of: Project, tab: str) -> str:
    """The project's tab where the row is listed."""
    return reverse("project_tab", args=[of.public_id, tab])


def crumbs(of: Project, tab: str, last: str) -> list[Crumb]:
    """The way back to that tab."""
    return [
        Crumb("项目", reverse("projects")),
        Crumb(of.name, reverse("project", args=[of.public_id])),
        Crumb(TABS[tab], tab_url(of, tab)),
        Crumb(last),
    ]
