"""Projects and teams as the impact check of the data standard reads them."""

from django.db.models import QuerySet

from kernel.scoping import Reach
from projects.models import Project, Team
from standards.spec import PROJECT, TEAM
from web.editor.sources import Source, register


def _projects(reach: Reach) -> QuerySet[Project]:
    return Project.objects.within(reach)


def _teams(reach: Reach) -> QuerySet[Team]:
    """Teams that have not left."""
    return Team.objects.within(reach).filter(exited_on=None)


def add_sources() -> None:
    """Give both to the editor of the standard."""
    register(Source(PROJECT, "个项目", _projects, {"site": "", "more": "particulars__"}, "", {}))
    register(Source(TEAM, "个班组", _teams, {"team": ""}, "participation__project__", {}))
