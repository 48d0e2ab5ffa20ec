"""Ledgers over the REST API: what is owed, what was filed, and the three acts."""

import json
from datetime import date
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audit.services import record
from ledgers import selectors, services
from ledgers.models import Ledger
from ledgers.rules import month_before
from ledgers.selectors import ACCEPT, FILE, VIEW
from projects.api.filters import ProjectFilter
from projects.api.serializers import EnterpriseRefSerializer, ProjectRefSerializer
from projects.models import Participation
from web.api.acts import ActSerializer, ActView, RowRef
from web.api.views import ListRead, Read

TAG = "台账"
_MONTH = "月份，写成 2026-10"


@extend_schema_field(OpenApiTypes.STR)
class MonthField(serializers.Field[date, str, str, Any]):
    """A month written 2026-10; its value is the first day."""

    def to_internal_value(self, data: str) -> date:
        try:
            return date.fromisoformat(f"{data}-01")
        except ValueError:
            raise serializers.ValidationError("月份要写成 2026-10 这样。") from None

    def to_representation(self, value: date) -> str:
        return f"{value:%Y-%m}"


class LedgerSerializer(serializers.Serializer[Ledger]):
    """A filing in a list: the receipt."""

    public_id = serializers.UUIDField()
    project = ProjectRefSerializer()
    participation = serializers.UUIDField(source="participation.public_id")
    enterprise = EnterpriseRefSerializer(source="participation.enterprise")
    month = MonthField(help_text=_MONTH)
    round = serializers.IntegerField(help_text="第几次报送")
    state = serializers.CharField(help_text="filed 待备案、accepted 已备案、returned 已退回")
    digest = serializers.CharField(help_text="内容的 SHA-256")
    people = serializers.IntegerField()
    incomplete = serializers.IntegerField(help_text="有缺项的人数")
    days = serializers.IntegerField(help_text="考勤天数合计")
    due_on = serializers.DateField(help_text="截止日")
    is_late = serializers.BooleanField(help_text="是否逾期报送")
    filed_at = serializers.DateTimeField()
    filed_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField()
    reason = serializers.CharField(help_text="退回理由")


class LedgerRecordSerializer(LedgerSerializer):
    """A filing with its content; written canonically, its SHA-256 is the digest."""

    content = serializers.SerializerMethodField()

    def get_content(self, row: Ledger) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(row.content)
        return found


class OwedSerializer(serializers.Serializer[Any]):
    """A participant that owes a month's ledger, and how it stands."""

    participation = serializers.UUIDField(source="public_id")
    project = ProjectRefSerializer()
    enterprise = EnterpriseRefSerializer()
    kind = serializers.CharField(help_text="参建单位类型代码")
    at_work = serializers.IntegerField(help_text="当月在场人数")
    stands = serializers.CharField(help_text="none 未报送、filed 待备案、accepted 已备案、returned 已退回")
    ledger = serializers.UUIDField(source="filed", allow_null=True)
    filed_at = serializers.DateTimeField(allow_null=True)
    digest = serializers.CharField(allow_null=True)


class _MonthFormField(forms.CharField):
    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return date.fromisoformat(f"{text}-01")
        except ValueError:
            raise forms.ValidationError("月份要写成 2026-10 这样。") from None


class MonthFilter(django_filters.CharFilter):
    """A month written 2026-10."""

    field_class = _MonthFormField


class LedgerFilters(django_filters.FilterSet):
    """Which filings."""

    project = ProjectFilter(label="项目编码")
    month = MonthFilter(label=_MONTH)
    state = django_filters.ChoiceFilter(label="状态", choices=Ledger.State.choices)
    digest = django_filters.CharFilter(label="散列值：核对一份文件是不是报送过的台账", method="hashed")

    def hashed(self, rows: QuerySet[Ledger], _name: str, value: str) -> QuerySet[Ledger]:
        return rows.filter(digest=value.strip().lower())


@extend_schema(
    summary="已报送的台账", description="管理范围内的每次报送，新的在前；按 digest 可核对散列值。", tags=[TAG]
)
class LedgersView(ListRead):
    """Filings within scope."""

    permission = VIEW
    model = Ledger
    serializer_class = LedgerSerializer
    filterset_class = LedgerFilters
    ordering_fields = {"filed_at": "filed_at", "month": "month"}

    def rows(self) -> QuerySet[Ledger]:
        return selectors.ledgers(self.actor)


class OwedFilters(django_filters.FilterSet):
    """Which of those that owe one; the month is read by the view."""

    project = ProjectFilter(label="项目编码")
    month = MonthFilter(label=f"{_MONTH}，默认上月", method="as_is")
    stands = django_filters.CharFilter(label="状态：none、filed、accepted、returned")

    def as_is(self, rows: QuerySet[Any], _name: str, _value: date) -> QuerySet[Any]:
        return rows


@extend_schema(summary="谁报了台账，谁没有", tags=[TAG])
class OwedView(ListRead):
    """Participants that owe a month's ledger."""

    permission = VIEW
    model = Participation
    serializer_class = OwedSerializer
    filterset_class = OwedFilters

    def rows(self) -> QuerySet[Any]:
        try:
            month = date.fromisoformat(f"{self.request.query_params.get('month', '')}-01")
        except ValueError:
            month = month_before(timezone.localdate())
        return selectors.owing(self.actor, month)


class LedgerView(Read):
    """One filing."""

    permission = VIEW
    model = Ledger
    serializer_class = LedgerRecordSerializer

    @extend_schema(summary="一份台账", tags=[TAG])
    def get(self, request: Request, public_id: UUID) -> Response:
        found = selectors.ledger(self.actor, public_id)
        record(self.actor, "ledgers.read", found)
        return Response(LedgerRecordSerializer(found).data)


class FileLedgerBody(ActSerializer):
    """Whose ledger of which month."""

    participation = RowRef(
        rows=lambda view: Participation.objects.visible_to(view.actor, FILE), help_text="参建单位的 public_id"
    )
    month = MonthField(help_text=_MONTH)


class LedgerNothingBody(ActSerializer):
    """Nothing more to say."""


class ReturnLedgerBody(ActSerializer):
    """Why it is returned."""

    reason = serializers.CharField(max_length=200)


class _LedgerAct(ActView):
    permission = ACCEPT
    model = Ledger
    answer_class = LedgerSerializer
    status = 200


@extend_schema(
    summary="报送台账",
    description="按现在的登记生成整月台账并报送给总承包单位；缺项列在内容里，不妨碍报送。",
    tags=[TAG],
    responses={201: LedgerSerializer},
)
class FileView(_LedgerAct):
    """File a month's ledger."""

    permission = FILE
    serializer_class = FileLedgerBody
    status = 201

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        return services.file_ledger(actor=self.actor, now=timezone.now(), **data)


@extend_schema(summary="台账备案", tags=[TAG], responses={200: LedgerSerializer})
class AcceptView(_LedgerAct):
    """Take a ledger on file."""

    serializer_class = LedgerNothingBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        found = selectors.ledger(self.actor, kwargs["public_id"])
        return services.accept_ledger(actor=self.actor, ledger=found, now=timezone.now())


@extend_schema(summary="退回台账", tags=[TAG], responses={200: LedgerSerializer})
class ReturnView(_LedgerAct):
    """Return a ledger."""

    serializer_class = ReturnLedgerBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        found = selectors.ledger(self.actor, kwargs["public_id"])
        return services.return_ledger(actor=self.actor, ledger=found, now=timezone.now(), **data)
