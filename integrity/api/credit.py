"""Enterprises' good and adverse records and blacklist over the REST API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers

from integrity.models import CreditRecord
from integrity.selectors.credit import credit_records, credit_to_withdraw
from integrity.services import CreditFacts, record_credit, withdraw_credit
from integrity.services.crediting import MAY
from kernel.errors import NotFound
from projects.api.serializers import EnterpriseRefSerializer, ProjectRefSerializer, RegionRefSerializer
from projects.selectors import enterprises, projects
from regions.models import Region
from standards.selectors import code_name
from web.api.acts import ActSerializer, ActView, RowRef
from web.api.filters import YesNoFilter
from web.api.views import ListRead

TAG = "企业诚信"
KINDS = {str(value): str(label) for value, label in CreditRecord.Kind.choices}
_KIND = "、".join(f"{value} {label}" for value, label in KINDS.items())


class CreditSerializer(serializers.Serializer[CreditRecord]):
    """What an authority has recorded of an enterprise."""

    public_id = serializers.UUIDField()
    enterprise = EnterpriseRefSerializer()
    region = RegionRefSerializer()
    project = serializers.SerializerMethodField(help_text="涉及项目，只对看得到该项目的人写明")
    record_kind = serializers.CharField(help_text=_KIND)
    behaviour = serializers.CharField(help_text="类别代码，代码表 credit_good、credit_bad、credit_blacklist")
    behaviour_name = serializers.SerializerMethodField()
    content = serializers.CharField()
    authority = serializers.CharField(help_text="决定机关")
    document = serializers.CharField(help_text="文号")
    decided_on = serializers.DateField()
    valid_from = serializers.DateField(help_text="公布日期")
    valid_to = serializers.DateField(allow_null=True, help_text="公布截止日期，含当天")
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_because = serializers.CharField()

    @extend_schema_field(ProjectRefSerializer(allow_null=True))
    def get_project(self, row: Any) -> Any:
        # Whoever has just entered or withdrawn a record knows its project.
        if row.project_id is None or not getattr(row, "names_project", True):
            return None
        return ProjectRefSerializer(row.project).data

    def get_behaviour_name(self, row: CreditRecord) -> str:
        return code_name(f"credit_{row.record_kind}", row.behaviour)


class CreditBody(ActSerializer):
    """One decision of an authority."""

    enterprise = RowRef(rows=lambda view: enterprises(view.actor), help_text="企业的 public_id")
    region = serializers.CharField(max_length=12, help_text="决定机关所在地的行政区划代码")
    project = RowRef(
        rows=lambda view: projects(view.actor), required=False, allow_null=True, help_text="涉及项目"
    )
    record_kind = serializers.CharField(max_length=16, help_text=_KIND)
    behaviour = serializers.CharField(max_length=4)
    content = serializers.CharField(max_length=500)
    authority = serializers.CharField(max_length=100)
    document = serializers.CharField(max_length=100)
    decided_on = serializers.DateField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)

    def validate_record_kind(self, kind: str) -> str:
        if kind not in KINDS:
            raise serializers.ValidationError(f"没有这个种类，可选：{_KIND}。")
        return kind

    def validate_region(self, code: str) -> Region:
        found = Region.objects.filter(code=code.replace("\0", "")).first()
        if found is None:
            raise serializers.ValidationError("没有这个行政区划代码，请查行政区划字典表。")
        return found


class WithdrawBody(ActSerializer):
    """Why it is taken back."""

    reason = serializers.CharField(max_length=200, help_text="撤回原因，例如：录入有误、信用修复")


class CreditFilters(django_filters.FilterSet):
    """Which records."""

    kind = django_filters.CharFilter(field_name="record_kind", label=_KIND)
    uscc = django_filters.CharFilter(
        field_name="enterprise__uscc", lookup_expr="iexact", label="统一社会信用代码"
    )
    withdrawn = YesNoFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True, label="是否已撤回")


@extend_schema(summary="企业诚信记录", description="良好行为、不良行为和黑名单，新的在前。", tags=[TAG])
class CreditRecordsView(ListRead):
    """The records within scope."""

    permission = "integrity.view"
    model = CreditRecord
    serializer_class = CreditSerializer
    filterset_class = CreditFilters
    ordering_fields = {"decided_on": "decided_on"}

    def rows(self) -> QuerySet[CreditRecord]:
        return credit_records(self.actor).select_related("project")


@extend_schema(summary="登记企业诚信记录", tags=[TAG])
class RecordCreditView(ActView):
    """Enter what an authority has decided."""

    permission = MAY
    serializer_class = CreditBody
    answer_class = CreditSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        enterprise, region, project = data.pop("enterprise"), data.pop("region"), data.pop("project", None)
        return record_credit(
            actor=self.actor,
            enterprise=enterprise,
            region=region,
            project=project,
            facts=CreditFacts(**data),
            today=timezone.localdate(),
        )


@extend_schema(summary="撤回企业诚信记录", tags=[TAG])
class WithdrawCreditView(ActView):
    """Take a record back."""

    permission = MAY
    serializer_class = WithdrawBody
    answer_class = CreditSerializer
    status = 200

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        credit = credit_to_withdraw(self.actor).filter(public_id=kwargs["public_id"]).first()
        if credit is None:
            raise NotFound
        return withdraw_credit(actor=self.actor, credit=credit, now=timezone.now(), **data)
