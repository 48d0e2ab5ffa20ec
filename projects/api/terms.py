"""The owner's contract terms over the REST API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from projects import selectors, services
from projects.api.filters import ProjectFilter
from projects.api.serializers import ProjectRefSerializer
from projects.models import OwnerTerms
from projects.terms import faults, missing
from web.api.acts import ActSerializer, ActView, Base64FileField
from web.api.views import ListRead

TAG = "合同条款"


class TermsSerializer(serializers.Serializer[OwnerTerms]):
    """One edition of a project's contract terms."""

    public_id = serializers.UUIDField()
    project = ProjectRefSerializer()
    edition = serializers.IntegerField(help_text="第几版")
    state = serializers.CharField(
        help_text="stated 待对方确认、confirmed 已确认、objected 有异议、replaced 已代替"
    )
    stated_side = serializers.CharField(help_text="owner 建设单位、contractor 总承包单位")
    measurement_days = serializers.IntegerField(allow_null=True, help_text="工程计量周期，天")
    pay_cycle_days = serializers.IntegerField(allow_null=True, help_text="人工费用拨付周期，天")
    pay_day = serializers.IntegerField(allow_null=True, help_text="人工费用拨付日，每月几日")
    labour_cost = serializers.DecimalField(14, 2, allow_null=True, help_text="人工费用数额，元")
    labour_share = serializers.DecimalField(5, 2, allow_null=True, help_text="人工费用占合同价款，%")
    duties = serializers.CharField(help_text="实名制管理职责")
    safety_cost = serializers.DecimalField(
        14, 2, allow_null=True, help_text="列入安全文明施工措施费的实名制费用，元"
    )
    is_free_for_workers = serializers.BooleanField(help_text="不向工人收取任何费用")
    stated_at = serializers.DateTimeField()
    stated_by = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.CharField()
    objection = serializers.CharField(help_text="异议")
    missing = serializers.SerializerMethodField()
    faults = serializers.SerializerMethodField()

    def get_missing(self, row: OwnerTerms) -> list[str]:
        return missing(row)

    def get_faults(self, row: OwnerTerms) -> list[str]:
        return faults(row, row.project, timezone.localdate(row.stated_at))


class OwnerTermsBody(ActSerializer):
    """What the contract says; what it leaves open is left out."""

    measurement_days = serializers.IntegerField(required=False, default=None, allow_null=True)
    pay_cycle_days = serializers.IntegerField(required=False, default=None, allow_null=True)
    pay_day = serializers.IntegerField(required=False, default=None, allow_null=True)
    labour_cost = serializers.DecimalField(14, 2, required=False, default=None, allow_null=True)
    labour_share = serializers.DecimalField(5, 2, required=False, default=None, allow_null=True)
    duties = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    safety_cost = serializers.DecimalField(14, 2, required=False, default=None, allow_null=True)
    is_free_for_workers = serializers.BooleanField(required=False, default=False)
    no_charge_file = Base64FileField(required=False, default=None, allow_null=True)
    contract_file = Base64FileField(required=False, default=None, allow_null=True)


class TermsNothingBody(ActSerializer):
    """Nothing more to say."""


class TermsObjectionBody(ActSerializer):
    """What does not agree with the contract."""

    reason = serializers.CharField(max_length=200, help_text="哪一项与合同不符")


class TermsFilters(django_filters.FilterSet):
    """Which terms."""

    project = ProjectFilter(label="项目编码")
    state = django_filters.ChoiceFilter(label="状态", choices=OwnerTerms.State.choices)


@extend_schema(summary="合同条款", description="管理范围内各项目的合同条款，新版在前。", tags=[TAG])
class TermsListView(ListRead):
    """Editions of contract terms within scope."""

    permission = "projects.view"
    model = OwnerTerms
    serializer_class = TermsSerializer
    filterset_class = TermsFilters
    ordering_fields = {"stated_at": "stated_at", "edition": "edition"}

    def rows(self) -> QuerySet[OwnerTerms]:
        return selectors.all_terms(self.actor)


class _TermsAct(ActView):
    permission = selectors.AGREE_TERMS
    model = OwnerTerms
    answer_class = TermsSerializer
    status = 200


@extend_schema(
    summary="填报合同条款",
    description="由建设单位或总承包单位填报，另一方确认。没有约定的项不填，会列为缺项。",
    tags=[TAG],
    responses={201: TermsSerializer},
)
class StateTermsView(_TermsAct):
    """State the terms of a project."""

    serializer_class = OwnerTermsBody
    status = 201

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        files = {
            name: data[name].address if data[name] else "" for name in ("no_charge_file", "contract_file")
        }
        return services.state_terms(
            actor=self.actor,
            project=selectors.project_to(self.actor, self.permission, kwargs["public_id"]),
            facts=services.TermsFacts(**{**data, **files}),
            now=timezone.now(),
        )


@extend_schema(summary="确认合同条款", tags=[TAG], responses={200: TermsSerializer})
class ConfirmTermsView(_TermsAct):
    """Confirm what the other side has stated."""

    serializer_class = TermsNothingBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = selectors.terms(self.actor, kwargs["public_id"])
        return services.confirm_terms(actor=self.actor, terms=row, now=timezone.now())


@extend_schema(summary="对合同条款提出异议", tags=[TAG], responses={200: TermsSerializer})
class ObjectToTermsView(_TermsAct):
    """Object to what the other side has stated."""

    serializer_class = TermsObjectionBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = selectors.terms(self.actor, kwargs["public_id"])
        return services.object_to_terms(actor=self.actor, terms=row, now=timezone.now(), **data)
