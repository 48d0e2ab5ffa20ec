"""The dashboard of a region: six figures, map and ranking by one measure, the 30-day trend."""

from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from attendance.selectors.cells import holder, unheard_cells
from attendance.selectors.dashboard import by_place, dashboard, region_in_reach
from attendance.selectors.figures import Figures
from attendance.selectors.projects import projects_on
from attendance.selectors.pulse import pulse
from attendance.selectors.same_time import same_time_yesterday
from attendance.selectors.trend import people_by_day
from attendance.web.clock import today
from attendance.web.measures import MEASURES, Measure, ranking, unit_map
from attendance.web.places import crumbs
from attendance.web.strip import strip
from attendance.web.trends import first_day, people_trend, rate_trend
from projects.selectors import IN_PROGRESS
from regions.models import Region
from web.charts import LineChart
from web.pages import Page

MOST_PROJECTS = 25


class RegionPage(Page):
    """总览 of the province, a unit or a county."""

    permission = "attendance.view"
    section = "overview"
    template_name = "attendance/region.html"
    tolerates_lag = True

    def get(self, request: HttpRequest, code: str = "") -> HttpResponse:
        now = timezone.now()
        day = today(now)
        of = region_in_reach(self.actor, code or None)
        stamp = pulse(self.actor, of, day)
        if request.headers.get("X-Stamp") == stamp:
            return HttpResponse(status=204)
        measure = MEASURES.get(request.GET.get("by", ""), MEASURES["on_post"])
        then = same_time_yesterday(self.actor, of, day, now)
        counted = people_by_day(self.actor, of, first_day(day), day)
        board = dashboard(self.actor, of, day, now)
        return self.show(
            {
                "title": f"{_short(of)}总览",
                "stamp": stamp,
                "crumbs": crumbs(self.actor, of, self._same_measure),
                "as_of": board.as_of,
                "region": of,
                "cell": holder(of),
                "unheard": unheard_cells(of),
                "day": day,
                "figures": board.figures,
                "doors": strip(board.figures, board.before, then, of, day),
                "measure": measure,
                "measures": [(one, f"?by={one.key}", one is measure) for one in MEASURES.values()],
                "chart": people_trend(of.name, counted, day),
                "rate_chart": self._rates(of, measure, counted, day),
                **self._below(of, measure, day, now),
            }
        )

    def _rates(
        self, of: Region, measure: Measure, counted: dict[date, Figures], day: date
    ) -> LineChart | None:
        """The measure's trend; a firm's own people are counted day by day without their papers."""
        if self.actor.reach("attendance.view").participations:
            return None
        return rate_trend(of.name, measure, counted, day)

    def _below(self, of: Region, measure: Measure, day: date, now: datetime) -> dict[str, Any]:
        """The parts of a province or unit; the projects of a county."""
        if not of.is_county:
            rows = ranking(measure, by_place(self.actor, of, day, now), day)
            return {"ranking": rows, "map": unit_map(of, measure, rows, day)}
        running = projects_on(self.actor, day, of).filter(status=IN_PROGRESS)
        worst = running.order_by(F(measure.column).asc(nulls_last=True), "code")[:MOST_PROJECTS]
        low = measure.low(of, day)
        rated = [(project, getattr(project, measure.column)) for project in worst]
        return {
            "projects": [(project, rate, rate is not None and rate < low) for project, rate in rated],
            "projects_url": f"{reverse('projects')}?region={of.code}&status=003&sort={measure.column}",
        }

    def _same_measure(self, region: Region) -> str:
        query = self.request.GET.urlencode()
        return reverse("region", args=[region.code]) + (f"?{query}" if query else "")


def _short(region: Region) -> str:
    return "全省" if region.is_province else region.name
