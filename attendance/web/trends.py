"""The 30-day trend as a chart."""

from collections.abc import Mapping
from datetime import date, timedelta

from attendance.rules import days_between
from attendance.selectors.figures import Figures
from attendance.web.measures import Measure
from web.charts import LineChart, Series, line_chart

LENGTH = 30


def first_day(day: date) -> date:
    """The first day of a trend that ends on `day`."""
    return day - timedelta(days=LENGTH - 1)


def people_trend(name: str, by_day: Mapping[date, Figures], day: date) -> LineChart:
    """People on site and people who came, day by day; a day nobody counted is a gap."""
    days = days_between(first_day(day), day)
    labels = [f"{at:%m-%d}" for at in days]
    on_site = [by_day[at].on_site if at in by_day else None for at in days]
    came = [by_day[at].attended if at in by_day else None for at in days]
    label = f"{name}近 30 天在册在场与出勤人数"
    return line_chart(label, labels, [Series("在场", on_site), Series("出勤", came, main=True)])


def rate_trend(name: str, measure: Measure, by_day: Mapping[date, Figures], day: date) -> LineChart:
    """One rate, day by day, against 100 %; a day nobody counted is a gap."""
    days = days_between(first_day(day), day)
    values = [measure.of(by_day[at]) if at in by_day else None for at in days]
    series = [Series(measure.label, values, main=True, percent=True)]
    return line_chart(f"{name}近 30 天{measure.label}", [f"{at:%m-%d}" for at in days], series)
