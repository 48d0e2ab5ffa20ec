"""Filters that lead to projects, for every list that has one."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import actor_of
from kernel.errors import NotFound
from projects.models import Enterprise, Project
from projects.selectors import projects


class ProjectFilter(django_filters.CharFilter):
    """A project's code or public id. One outside the scope is answered like one nobody knows."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs.filter(**{self.field_name: self._project(value)}) if value else qs

    def _project(self, value: str) -> Project:
        rows = projects(actor_of(self.parent.request))
        found = rows.filter(public_id=value) if _is_uuid(value) else rows.filter(code=value)
        if (project := found.first()) is None:
            raise NotFound(
                _("没有编码为“{code}”的项目，或者它不在您的管理范围内。请核对项目编码。").format(code=value)
            )
        return project


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


class EnterpriseFilters(django_filters.FilterSet):
    """Which enterprises."""

    uscc = django_filters.CharFilter(lookup_expr="iexact", label="统一社会信用代码")
    q = django_filters.CharFilter(method="filter_words", label="名称的一部分，或统一社会信用代码")

    def filter_words(self, rows: QuerySet[Enterprise], _name: str, value: str) -> QuerySet[Enterprise]:
        return rows.filter(Q(name__icontains=value) | Q(uscc__iexact=value))
