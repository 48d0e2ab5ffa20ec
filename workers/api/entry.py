"""Certificates and collection points over the REST API: lists, and one view per act."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from web.api.acts import ActView
from web.api.filters import CodeFilter, IdFilter, YesNoFilter
from web.api.views import ListRead
from workers import selectors, services
from workers.api import bodies
from workers.api.serializers import CertificateSerializer, CollectionPointSerializer
from workers.api.views import OnProject, OnWork
from workers.models import Certificate, CollectionPoint
from workers.services.points import MANAGE

CERTIFICATES, POINTS = "证书", "提取点"


class CertificateFilters(django_filters.FilterSet):
    """Which certificates."""

    kind = CodeFilter(label="证书类型代码", code_list="certificate_kind")
    engagement = IdFilter(field_name="person__engagements__public_id", label="用工的 public_id")
    valid = YesNoFilter(method="filter_valid", label="今天是否有效")
    ends_within = django_filters.NumberFilter(method="filter_end", label="多少天内到期，含已过期的")

    def filter_valid(self, rows: QuerySet[Certificate], _name: str, value: bool) -> QuerySet[Certificate]:
        held = Q(status="1") & (Q(valid_to=None) | Q(valid_to__gte=timezone.localdate()))
        return rows.filter(held) if value else rows.exclude(held)

    def filter_end(self, rows: QuerySet[Certificate], _name: str, value: Any) -> QuerySet[Certificate]:
        days = min(max(int(value), 0), 36_500)
        return rows.filter(valid_to__lte=timezone.localdate() + timedelta(days=days))


@extend_schema(summary="证书", description="管理范围内人员的证书，先到期的在前。", tags=[CERTIFICATES])
class CertificatesView(ListRead):
    """Certificates within scope, the next to run out first."""

    permission = "workers.view"
    model = Certificate
    serializer_class = CertificateSerializer
    filterset_class = CertificateFilters
    ordering_fields = {"valid_to": "valid_to", "issued_on": "issued_on"}

    def rows(self) -> QuerySet[Certificate]:
        return selectors.all_certificates(self.actor)


@extend_schema(summary="登记证书", tags=[CERTIFICATES])
class AddCertificateView(OnWork):
    """Record a certificate."""

    permission = "workers.file"
    serializer_class = bodies.CertificateBody
    answer_class = CertificateSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Certificate:
        return services.record_certificate(
            actor=self.actor,
            engagement=self.work,
            facts=bodies.certificate_facts(data),
            today=bodies.today(),
        )


@extend_schema(
    summary="更新证书",
    description="延期、暂扣、注销都在这里。特种作业证失效的，本人在各工地的闸机名单上一分钟内移出。",
    tags=[CERTIFICATES],
)
class ChangeCertificateView(ActView):
    """A certificate that was renewed, suspended or cancelled."""

    permission = "workers.file"
    model = Certificate
    serializer_class = bodies.ChangeCertificateBody
    answer_class = CertificateSerializer
    status = 200

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.row = selectors.certificate_to(self.actor, self.permission, kwargs["public_id"])

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Certificate:
        return services.change_certificate(
            actor=self.actor,
            certificate=self.row,
            valid_to=data["valid_to"],
            status=data["status"],
            reason=data["reason"],
            scan=data["scan"].address if "scan" in data else "",
            expected_version=data.get("version"),
        )


class PointFilters(django_filters.FilterSet):
    """Which collection points."""

    closed = YesNoFilter(field_name="closed_at", lookup_expr="isnull", exclude=True, label="是否已停用")


@extend_schema(summary="提取点", description="一个项目的实名制信息提取点。", tags=[POINTS])
class PointsView(ListRead):
    """The collection points of a project."""

    permission = "workers.view"
    model = CollectionPoint
    serializer_class = CollectionPointSerializer
    filterset_class = PointFilters

    def rows(self) -> QuerySet[CollectionPoint]:
        of = selectors.project_to(self.actor, self.permission, self.kwargs["public_id"])
        return selectors.collection_points(self.actor, of).select_related("project")


@extend_schema(summary="登记提取点", tags=[POINTS])
class OpenPointView(OnProject):
    """Register a collection point."""

    permission = MANAGE
    serializer_class = bodies.PointBody
    answer_class = CollectionPointSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> CollectionPoint:
        facts = bodies.point_facts(data)
        return services.open_collection_point(actor=self.actor, project=self.project, facts=facts)


class _OnPoint(ActView):
    permission = MANAGE
    model = CollectionPoint
    answer_class = CollectionPointSerializer
    status = 200

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.point = selectors.collection_point_to(self.actor, self.permission, kwargs["public_id"])


@extend_schema(summary="修改提取点", tags=[POINTS])
class ChangePointView(_OnPoint):
    """Change what a collection point is."""

    serializer_class = bodies.ChangePointBody

    def act(self, data: dict[str, Any], **_kwargs: Any) -> CollectionPoint:
        facts = bodies.point_facts(data)
        return services.change_collection_point(
            actor=self.actor, point=self.point, facts=facts, expected_version=data.get("version")
        )


@extend_schema(summary="停用提取点", tags=[POINTS])
class ClosePointView(_OnPoint):
    """Close a collection point."""

    serializer_class = bodies.ReasonBody

    def act(self, data: dict[str, Any], **_kwargs: Any) -> CollectionPoint:
        return services.close_collection_point(
            actor=self.actor, point=self.point, reason=data["reason"], now=timezone.now()
        )
