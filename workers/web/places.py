"""Where the clerk's pages are: the way from the project down to the person, and the day of today."""

from datetime import date

from django.urls import reverse
from django.utils import timezone

from projects.models import Project
from web.navigation import Crumb
from workers.models import Engagement


def today() -> date:
    """The calendar day on site, by which papers and entries are dated."""
    return timezone.localdate()


def of_project(project: Project, *tail: str) -> list[Crumb]:
    """From the project through its people to here."""
    return [
        Crumb(project.name, reverse("project", args=[project.public_id])),
        Crumb("人员", reverse("project_people", args=[project.public_id])),
        *(Crumb(words) for words in tail),
    ]


def of_work(work: Engagement, *tail: str) -> list[Crumb]:
    """From the project through the person to here."""
    named = Crumb(work.person.name, record_of(work))
    return [*of_project(work.project), named, *(Crumb(words) for words in tail)]


def record_of(work: Engagement, tab: str = "") -> str:
    """The address of the person's record, or of one of its tabs."""
    if tab:
        return reverse("person_tab", args=[work.public_id, tab])
    return reverse("person", args=[work.public_id])
