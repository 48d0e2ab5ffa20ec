"""Enterprises' qualifications over the REST API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from projects.api.serializers import CodeNameField, EnterpriseRefSerializer
from projects.models import Qualification
from projects.selectors import enterprises, qualifications
from projects.services import record_qualification
from projects.statements import QualificationFacts
from standards.selectors import codes
from web.api.acts import ActSerializer, ActView, RowRef
from web.api.views import ListRead

TAG = "企业资质"


class QualificationSerializer(serializers.Serializer[Qualification]):
    """A qualification of an enterprise."""

    public_id = serializers.UUIDField()
    enterprise = EnterpriseRefSerializer()
    kind = serializers.CharField(help_text="资质资格类别代码")
    kind_name = CodeNameField("qualification_kind", source="kind")
    number = serializers.CharField(help_text="证书编号")
    status = serializers.CharField(help_text="状态代码")
    status_name = CodeNameField("qualification_status", source="status")
    trade = serializers.CharField(help_text="序列专业代码")
    trade_name = CodeNameField("qualification_trade", source="trade")
    trade_mark = serializers.CharField(help_text="专业类别标识")
    level = serializers.CharField(help_text="等级代码，前面是类别，如 3-77 建筑业一级")
    level_name = CodeNameField("qualification_level", source="level")
    mark = serializers.CharField(help_text="标识")
    limits = serializers.CharField(help_text="限定内容")
    approval_number = serializers.CharField(help_text="批准文号")
    approved_on = serializers.DateField(allow_null=True)
    addition = serializers.CharField(help_text="增项方式代码")
    changed_on = serializers.DateField(allow_null=True)
    change_mark = serializers.CharField()
    version = serializers.IntegerField()


def _code(code_list: str, *, required: bool = False, most: int = 4) -> serializers.CharField:
    def known(code: str) -> None:
        if code and code not in codes(code_list):
            raise serializers.ValidationError(f"没有这个代码，请查代码表 {code_list}。")

    return serializers.CharField(
        max_length=most,
        required=required,
        allow_blank=not required,
        validators=[known],
        help_text=f"代码表 {code_list}",
    )


def _text(most: int, label: str) -> serializers.CharField:
    return serializers.CharField(max_length=most, required=False, allow_blank=True, help_text=label)


class QualificationBody(ActSerializer):
    """What a certificate says of one trade."""

    enterprise = RowRef(rows=lambda view: enterprises(view.actor), help_text="企业的 public_id")
    kind = _code("qualification_kind", required=True)
    number = serializers.CharField(max_length=50, help_text="证书编号")
    status = _code("qualification_status", required=True)
    trade = _code("qualification_trade", most=12)
    trade_mark = _text(20, "专业类别标识")
    level = _code("qualification_level", most=12)
    mark = _text(20, "标识")
    limits = _text(500, "限定内容")
    approval_number = _text(100, "批准文号")
    approved_on = serializers.DateField(required=False, allow_null=True, help_text="批准日期")
    addition = _code("qualification_addition")
    changed_on = serializers.DateField(required=False, allow_null=True, help_text="变更日期")
    change_mark = _text(50, "变更标识")


class QualificationFilters(django_filters.FilterSet):
    """Which qualifications."""

    uscc = django_filters.CharFilter(
        field_name="enterprise__uscc", lookup_expr="iexact", label="统一社会信用代码"
    )
    number = django_filters.CharFilter(label="证书编号")


@extend_schema(summary="企业资质", description="在管理范围内参建的企业的资质。", tags=[TAG])
class QualificationsView(ListRead):
    """The qualifications within scope."""

    permission = "projects.view"
    model = Qualification
    serializer_class = QualificationSerializer
    filterset_class = QualificationFilters
    ordering_fields = {"number": "number", "approved_on": "approved_on"}

    def rows(self) -> QuerySet[Qualification]:
        return qualifications(self.actor)


@extend_schema(summary="登记企业资质", description="同一证书的同一专业再次登记，即更正。", tags=[TAG])
class RecordQualificationView(ActView):
    """Enter a qualification, or what has become of it."""

    permission = "projects.record_qualification"
    serializer_class = QualificationBody
    answer_class = QualificationSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        enterprise = data.pop("enterprise")
        return record_qualification(actor=self.actor, enterprise=enterprise, facts=QualificationFacts(**data))
