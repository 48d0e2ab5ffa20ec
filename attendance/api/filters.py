"""Which projects, people, punches and days."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from attendance.api.clock import running_day
from attendance.models import AttendanceDay, Punch
from attendance.selectors.punches import matching
from projects.api.filters import ProjectFilter
from projects.models import Project
from web.api.filters import CodeFilter, DayFilter, IdFilter, NumberFilter, RegionFilter, YesNoFilter


class ProjectFilters(django_filters.FilterSet):
    """Which projects."""

    region = RegionFilter(field_name="region", label="区划编码（含下级）")
    code = django_filters.CharFilter(label="项目编码")
    status = CodeFilter(label="项目状态代码，003 在建", code_list="project_status")
    category = CodeFilter(label="项目分类代码", code_list="project_class")
    contractor = django_filters.CharFilter(
        field_name="contractor__uscc", label="总承包单位的统一社会信用代码"
    )
    q = django_filters.CharFilter(method="filter_words", label="名称的一部分，或编码的开头")

    def filter_words(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        return rows.filter(Q(name__icontains=value) | Q(code__startswith=value))


class EngagementFilters(django_filters.FilterSet):
    """Which people's work. All states are those of the running attendance day."""

    project = ProjectFilter(label="项目编码")
    region = RegionFilter(field_name="project__region", label="区划编码（含下级）")
    enterprise = django_filters.CharFilter(
        field_name="participation__enterprise__uscc", label="用人单位的统一社会信用代码"
    )
    team = NumberFilter(field_name="team__number", label="班组编号（teamSysNo）")
    kind = CodeFilter(label="10 管理人员、20 建筑工人", code_list="worker_kind")
    trade = CodeFilter(label="工种代码", code_list="trade")
    on_site = YesNoFilter(field_name="is_on_site", label="是否在场")
    contracted = YesNoFilter(field_name="has_contract", label="合同是否在有效期内")
    trained = YesNoFilter(field_name="is_trained", label="培训是否在有效期内")
    attended = YesNoFilter(field_name="first_at", lookup_expr="isnull", exclude=True, label="当日是否出勤")
    q = django_filters.CharFilter(field_name="person__name", lookup_expr="icontains", label="姓名的一部分")


class PunchFilters(django_filters.FilterSet):
    """Which punches of one attendance day."""

    # Named by the interface; as an attribute it would hide the type of a day below.
    vars()["date"] = DayFilter(method="filter_nothing", label="考勤日，默认今天（以 04:00 为界）")
    project = ProjectFilter(label="项目编码")
    region = RegionFilter(field_name="project__region", label="区划编码（含下级）")
    matched = YesNoFilter(method="filter_matched", label="是否计入考勤")
    channel = django_filters.CharFilter(label="通道名称")

    class Meta:
        model = Punch
        fields: list[str] = []

    def filter_matched(self, rows: QuerySet[Punch], _name: str, value: bool) -> QuerySet[Punch]:
        return matching(rows, somebody=value)

    def filter_nothing(self, rows: QuerySet[Punch], _name: str, _value: date) -> QuerySet[Punch]:
        """The day is asked for before the rows are read: it says which month they lie in."""
        return rows


class _DaysForm(forms.Form):
    """Two days in order, a quarter apart at most."""

    LONGEST_DAYS = 92

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        first, last = asked.get("from"), asked.get("to")
        if first and last and first > last:
            self.add_error("from", _("开始日期 {first} 晚于结束日期 {last}。").format(first=first, last=last))
        elif first and last and (last - first).days >= self.LONGEST_DAYS:
            self.add_error("from", _("一次最多读 {days} 天，请分段读取。").format(days=self.LONGEST_DAYS))
        return asked


class AttendanceDayFilters(django_filters.FilterSet):
    """Which attendance days."""

    project = ProjectFilter(field_name="engagement__project", label="项目编码")
    region = RegionFilter(field_name="engagement__project__region", label="区划编码（含下级）")
    engagement = IdFilter(field_name="engagement__public_id", label="用工的 public_id")
    # The interface says `from`, which Python keeps for itself.
    vars()["from"] = DayFilter(method="filter_nothing", label="从哪一考勤日起，默认今天")
    to = DayFilter(method="filter_nothing", label="到哪一考勤日止（含），默认今天")

    class Meta:
        form = _DaysForm

    def filter_nothing(
        self, rows: QuerySet[AttendanceDay], _name: str, _value: date
    ) -> QuerySet[AttendanceDay]:
        """The days are applied together, for each stands for the other where it is missing."""
        return rows

    def filter_queryset(self, queryset: QuerySet[AttendanceDay]) -> QuerySet[AttendanceDay]:
        asked = self.form.cleaned_data
        first, last = asked["from"] or asked["to"], asked["to"] or asked["from"]
        if first is None:
            first = last = running_day(timezone.now())
        rows = super().filter_queryset(queryset)
        # Of one day the database need not be asked to sort the days.
        return rows.filter(day=first) if first == last else rows.filter(day__range=(first, last))
