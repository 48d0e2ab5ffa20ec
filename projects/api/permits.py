"""Construction permits over the REST API: receiving one, issuing the project's account, and the lists."""

from dataclasses import replace
from datetime import date
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from projects import selectors, services
from projects.api.filters import ProjectFilter
from projects.api.serializers import PermitSerializer, ProjectRefSerializer, RegionRefSerializer
from projects.api.standard import ByStandard, ExtrasField
from projects.models import AccountCode, Permit, Project
from projects.permit_file import COLUMNS, fact_of, read_row
from standards.spec import API, PROJECT
from web.api.acts import ActSerializer, ActView
from web.api.filters import DayFilter, RegionFilter
from web.api.views import ListRead

PERMITS = "施工许可证"
_TEXT = {"required": False, "allow_blank": True, "default": ""}
_LONGEST = {column.fact: column.longest for column in COLUMNS}


class PermitRowSerializer(PermitSerializer):
    """A permit with its project."""

    public_id = serializers.UUIDField()
    project = ProjectRefSerializer()


class PermitFilters(django_filters.FilterSet):
    """Which permits."""

    project = ProjectFilter(label="项目编码")
    region = RegionFilter(field_name="project__region", label="区划编码（含下级）")
    number = django_filters.CharFilter(label="施工许可证编号")
    issued_from = DayFilter(field_name="issued_on", lookup_expr="gte", label="发证日期不早于")
    issued_to = DayFilter(field_name="issued_on", lookup_expr="lte", label="发证日期不晚于")
    q = django_filters.CharFilter(method="filter_words", label="编号的开头，或工程名称的一部分")

    def filter_words(self, rows: QuerySet[Permit], _name: str, value: str) -> QuerySet[Permit]:
        return rows.filter(Q(number__startswith=value) | Q(works_name__icontains=value))


@extend_schema(summary="施工许可证", description="管理范围内的施工许可证，新发的在前。", tags=[PERMITS])
class PermitsView(ListRead):
    """Permits within scope."""

    permission = "projects.view"
    model = Permit
    serializer_class = PermitRowSerializer
    filterset_class = PermitFilters
    ordering_fields = {"issued_on": "issued_on", "number": "number"}

    def rows(self) -> QuerySet[Permit]:
        return selectors.all_permits(self.actor)


def _fact(fact: str, help_text: str, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=_LONGEST[fact], help_text=help_text, **options)


class ReceivePermitBody(ActSerializer):
    """What a permit says; judged by the same rules as the form and the file."""

    project_code = _fact("project_code", "项目编码；已登记的项目填同一编码")
    project_name = _fact("project_name", "项目名称")
    region = _fact("region", "项目所在县（市、区）的区划编码")
    permit_number = _fact("permit_number", "施工许可证编号")
    issued_on = serializers.DateField(help_text="发证日期，不晚于今天")
    contractor_uscc = _fact("contractor_uscc", "总承包单位统一社会信用代码")
    contractor_name = _fact("contractor_name", "总承包单位名称")
    works_name = _fact("works_name", "工程名称，不填则同项目名称", **_TEXT)
    category = _fact("category", "项目分类代码", **_TEXT)
    address = _fact("address", "建设地点", **_TEXT)
    owner_uscc = _fact("owner_uscc", "建设单位统一社会信用代码", **_TEXT)
    owner_name = _fact("owner_name", "建设单位名称", **_TEXT)
    supervisor_uscc = _fact("supervisor_uscc", "监理单位统一社会信用代码", **_TEXT)
    supervisor_name = _fact("supervisor_name", "监理单位名称", **_TEXT)
    amount = _fact("amount", "合同金额，元", **_TEXT)
    building_area = _fact("building_area", "建筑面积，平方米", **_TEXT)
    starts_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="开工日期")
    completes_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="竣工日期")
    extras = ExtrasField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        extras = attrs.pop("extras", None)
        row = {name: _typed(value) for name, value in attrs.items()}
        facts, faults = read_row(0, row, timezone.localdate())
        if faults:
            raise ValidationError({fact_of(fault.heading): [fault.sentence] for fault in faults})
        return {"facts": replace(facts, extras=extras) if facts else None}


def _typed(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


@extend_schema(
    summary="登记施工许可证",
    description="登记项目和许可证，或为已登记的项目增加许可证。同一许可证再次登记不产生变化。",
    tags=[PERMITS],
)
class ReceivePermitView(ByStandard):
    """Registers a project by its permit."""

    object_key = PROJECT
    own_elements = (
        "region", "owner_name", "category", "address", "building_area", "starts_on", "completes_on",
    )  # fmt: skip
    permission = "projects.receive_permit"
    model = Permit
    serializer_class = ReceivePermitBody
    answer_class = PermitRowSerializer

    def body_field(self, element: str) -> str:
        return "project_name" if element == "name" else super().body_field(element)

    def act(self, data: dict[str, Any], **kwargs: Any) -> Permit:
        facts = data["facts"]
        services.receive_permit(actor=self.actor, facts=facts, channel=API)
        return selectors.permits_numbered(self.actor, [facts.permit_number]).get()


class UnclaimedSerializer(ProjectRefSerializer):
    """A project that has a permit and no account yet."""

    region = RegionRefSerializer()
    contractor_uscc = serializers.CharField(source="contractor.uscc")
    contractor_name = serializers.CharField(source="contractor.name")
    permit = serializers.UUIDField(source="permit_key", help_text="施工许可证的 public_id")
    permit_number = serializers.CharField()
    permit_issued_on = serializers.DateField(source="permit_on")
    code_issued_at = serializers.DateTimeField(source="code_at", allow_null=True, help_text="未签发为 null")
    code_expires_at = serializers.DateTimeField(source="code_until", allow_null=True)


class UnclaimedFilters(django_filters.FilterSet):
    """Which of them."""

    region = RegionFilter(field_name="region", label="区划编码（含下级）")
    permit_before = DayFilter(field_name="permit_on", lookup_expr="lt", label="发证早于")


@extend_schema(
    summary="待领账号的项目",
    description="已发施工许可证、总承包单位还没有领取项目账号的项目，等得最久的在前。",
    tags=[PERMITS],
)
class UnclaimedView(ListRead):
    """Projects whose account nobody has claimed."""

    permission = "projects.coverage"
    model = Project
    serializer_class = UnclaimedSerializer
    filterset_class = UnclaimedFilters

    def rows(self) -> QuerySet[Project]:
        return selectors.unclaimed(self.actor, timezone.now())


class IssueAccountBody(ActSerializer):
    """Nothing: the address says which permit."""


class AccountCodeSerializer(serializers.Serializer[AccountCode]):
    """A one-time code, shown once."""

    permit_number = serializers.CharField(source="permit.number")
    code = serializers.CharField(help_text="领取代码，只在这里返回一次")
    expires_at = serializers.DateTimeField()


@extend_schema(
    summary="签发项目账号领取代码",
    description="代码交给总承包单位，凭许可证编号和代码在 /account/claim/ 开通账号。重新签发后旧代码作废。",
    tags=[PERMITS],
)
class IssueAccountView(ActView):
    """Issues a one-time code at the permit."""

    permission = "projects.issue_account"
    model = AccountCode
    serializer_class = IssueAccountBody
    answer_class = AccountCodeSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.permit = selectors.permit(self.actor, kwargs["public_id"])

    def act(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        code, text = services.issue_project_account(actor=self.actor, permit=self.permit, now=timezone.now())
        return {"permit": self.permit, "code": text, "expires_at": code.expires_at}
