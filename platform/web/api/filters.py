"""Filters of the REST API: what they do not understand they name, and say what to write instead."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.core.exceptions import ValidationError as BadValue
from django.db.models import F, OrderBy, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request

from kernel.errors import NotFound
from regions.models import Region
from regions.selectors import region
from standards.selectors import codes

_MOST_SHOWN = 12
# Beyond it instants of a day have no time in UTC, and nobody has worked yet.
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 12, 31)


class DayField(forms.CharField):
    """A day of this century, written YYYY-MM-DD."""

    def clean(self, value: Any) -> date | None:
        if not (value := super().clean(value)):
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = date.min
        if not _EARLIEST <= day <= _LATEST:
            raise BadValue(
                _("“%(value)s”不是可用的日期，请写成 YYYY-MM-DD，例如 2026-11-22。"), params={"value": value}
            )
        return day


class _YesNoField(forms.CharField):
    def clean(self, value: Any) -> bool | None:
        if not (value := super().clean(value)):
            return None
        if value.lower() not in ("true", "false"):
            raise BadValue(_("“%(value)s”不可用，请写 true 或 false。"), params={"value": value})
        return value.lower() == "true"


class _CodeField(forms.CharField):
    def __init__(self, *, code_list: str, **kwargs: Any) -> None:
        self.code_list = code_list
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str | None:
        if not (value := super().clean(value)):
            return None
        known = codes(self.code_list)
        if value not in known:
            shown = [f"{code} {name}" for code, name in known.items()][:_MOST_SHOWN]
            if len(known) > _MOST_SHOWN:
                shown.append(f"…，全部见 /api/v1/code-lists/{self.code_list}/")
            raise BadValue(
                _("没有代码“%(value)s”，可用：%(known)s。"),
                params={"value": value, "known": "、".join(shown)},
            )
        return value


class _RegionField(forms.CharField):
    def clean(self, value: Any) -> Region | None:
        if not (value := super().clean(value)):
            return None
        try:
            return region(value)
        except NotFound as fault:
            # As a parameter: the sentence repeats what was asked, which may hold a percent sign.
            raise BadValue("%(sentence)s", params={"sentence": fault.message}) from None


class _NumberField(forms.CharField):
    def clean(self, value: Any) -> int | None:
        if not (value := super().clean(value)):
            return None
        if not (value.isascii() and value.isdecimal()):
            raise BadValue(_("“%(value)s”不是编号，请填写数字。"), params={"value": value})
        return int(value)


class _IdField(forms.CharField):
    def clean(self, value: Any) -> UUID | None:
        if not (value := super().clean(value)):
            return None
        try:
            return UUID(value)
        except ValueError:
            raise BadValue(
                _("“%(value)s”不是记录的 public_id，请照列表中返回的填写。"), params={"value": value}
            ) from None


class DayFilter(django_filters.DateFilter):
    """A day, written YYYY-MM-DD."""

    field_class = DayField


class NumberFilter(django_filters.NumberFilter):
    """A number by which something is known."""

    field_class = _NumberField

    def get_max_validator(self) -> None:
        """None: a number that is too large is simply nobody's."""


class IdFilter(django_filters.UUIDFilter):
    """The public id of a row."""

    field_class = _IdField


class YesNoFilter(django_filters.BooleanFilter):
    """true or false; an annotation of the row."""

    field_class = _YesNoField


class CodeFilter(django_filters.CharFilter):
    """A code of one list of the standard."""

    field_class = _CodeField


class RegionFilter(django_filters.CharFilter):
    """A region's code: rows at or below it. `field_name` ends at a Region."""

    field_class = _RegionField

    def filter(self, qs: QuerySet[Any], value: Region | None) -> QuerySet[Any]:
        return qs if value is None else qs.filter(**{f"{self.field_name}__path__startswith": value.path})


class Ordering(OrderingFilter):
    """`ordering=name` or `-name`; a column that cannot be sorted by is named, not ignored.

    A view's `ordering_fields` says which column each name stands for. Rows without a value come last either
    way, and the primary key decides between equal rows, so that no row is on two pages.
    """

    ordering_description = "按哪一列排序，前面加 - 为倒序"

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Nothing for a list in one order; otherwise the columns by name."""
        if not view.ordering_fields:
            return []
        (described,) = super().get_schema_operation_parameters(view)
        columns = "、".join(view.ordering_fields)
        return [{**described, "description": f"{self.ordering_description}：{columns}"}]

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        asked = [name.strip() for name in request.query_params.get(self.ordering_param, "").split(",")]
        columns = [_column(name, view.ordering_fields) for name in asked if name]
        return queryset.order_by(*columns, "pk") if columns else queryset


def _column(name: str, known: Mapping[str, str]) -> OrderBy:
    """The column of a name. Raises ValidationError with the names there are."""
    plain = name.removeprefix("-")
    if plain not in known:
        sentence = _("不能按“{field}”排序，可用：{known}（前面加 - 为倒序）。")
        raise ValidationError({"ordering": sentence.format(field=name, known="、".join(known))})
    return OrderBy(F(known[plain]), descending=name.startswith("-"), nulls_last=True)
