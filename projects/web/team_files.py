"""Scans that came with a team's entry or exit, for whoever sees the team."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from audit.services import record
from projects.selectors import team_file
from web.pages import Page
from web.uploads import serve


class TeamFileView(Page):
    """One scan; opening it is on record."""

    permission = "projects.view"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = team_file(self.actor, public_id)
        record(self.actor, "projects.team_file_read", found.team)
        return serve(found.address, found.name)
