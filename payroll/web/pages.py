"""工资: the batches of a project by month, one batch, and what one person was paid. Cards are masked."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from attendance.selectors.projects import project_on
from attendance.web.clock import day_asked, today
from attendance.web.person_record import PersonTab
from attendance.web.places import crumbs, dashboard_url
from attendance.web.project_record import head
from audit.services import record
from payroll.selectors import batch, batches, file, files_of_batch, rows_of_batch, wages_of
from standards.selectors import code_name
from web.lists import SIZES
from web.navigation import Crumb
from web.pages import Page
from web.uploads import serve

WAGES_READ = "payroll.wages_read"


class ProjectPayroll(Page):
    """The batches of a project in one month: the one asked for, or the last that has any."""

    permission = "payroll.view"
    section = "projects"
    template_name = "payroll/project.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        project = project_on(self.actor, public_id, today())
        rows = batches(self.actor).filter(project=project)
        latest = rows.values_list("month", flat=True).first() or today().replace(day=1)
        month = day_asked(f"{request.GET.get('month', '')}-01", latest)
        of_month = rows.filter(month=month)
        page = Paginator(of_month, _size(request)).get_page(request.GET.get("page"))
        return self.show({**head(self.actor, project, "payroll"), **_months(month), **_paged(page)})


def _size(request: HttpRequest) -> int:
    asked = request.GET.get("size", "")
    return int(asked) if asked in {str(size) for size in SIZES} else SIZES[0]


def _paged(page: Any) -> dict[str, Any]:
    return {"page": page, "sizes": SIZES, "noun": "份工资表"}


def _months(month: date) -> dict[str, Any]:
    after = (month + timedelta(days=31)).replace(day=1)
    return {
        "month": f"{month:%Y-%m}",
        "month_before": f"{month - timedelta(days=1):%Y-%m}",
        "month_after": f"{after:%Y-%m}" if after <= today() else "",
    }


class Batch(Page):
    """One batch: who was paid what, when and to which card. Opening it is on record."""

    permission = "payroll.view"
    section = "projects"
    template_name = "payroll/batch.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = batch(self.actor, public_id)
        record(self.actor, WAGES_READ, found)
        project = found.project
        back = reverse("project_payroll", args=[project.public_id]) + f"?month={found.month:%Y-%m}"
        tail = (
            Crumb(project.name, reverse("project", args=[project.public_id])),
            Crumb("工资", back),
            Crumb(f"{found.month:%Y-%m} {found.team.name}"),
        )
        return self.show(
            {
                "title": f"{found.month:%Y-%m} {found.team.name}工资表",
                "crumbs": crumbs(self.actor, None, dashboard_url, *tail),
                "batch": found,
                "rows": [(row, code_name("bank", row.bank_code)) for row in rows_of_batch(self.actor, found)],
                "files": files_of_batch(self.actor, found),
                "back": back,
            }
        )


class BatchFile(Page):
    """A scan that came with a batch."""

    permission = "payroll.view"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        found = file(self.actor, public_id)
        record(self.actor, "payroll.file_read", found.batch)
        return serve(found.address, found.name)


class PersonPayroll(PersonTab):
    """What one person was paid on this project. Opening it is on record."""

    permission = "payroll.view"
    tab = "payroll"
    template_name = "payroll/person.html"

    def context(self, engagement: Any, tab: str, day: date) -> dict[str, Any]:
        """The record's frame, and the wages by month."""
        record(self.actor, WAGES_READ, engagement)
        rows = wages_of(self.actor, engagement)
        wages = [(row, code_name("bank", row.bank_code)) for row in rows]
        return {**super().context(engagement, tab, day), "wages": wages}
