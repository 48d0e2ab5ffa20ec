"""Contracts and trainings over the REST API: lists, and one view per act."""

from dataclasses import asdict
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from projects.api.filters import ProjectFilter
from web.api.acts import ActView
from web.api.filters import CodeFilter, IdFilter, YesNoFilter
from web.api.views import ListRead
from workers import selectors, services
from workers.api import bodies
from workers.api.naming import OF_CONTRACT, OF_TRAINING, fields_named
from workers.api.serializers import (
    ContractSerializer,
    KeptContractSerializer,
    TrainingSerializer,
    TrainingsSerializer,
)
from workers.api.views import OnProject, OnWork
from workers.models import Contract, Training

PAPERS = "合同与培训"


class _PaperFilters(django_filters.FilterSet):
    engagement = IdFilter(field_name="engagement__public_id", label="用工的 public_id")
    project = ProjectFilter(field_name="engagement__project", label="项目编码")


class ContractFilters(_PaperFilters):
    """Whose contracts, and which."""

    kind = django_filters.CharFilter(label="labour 劳动合同、agreement 用工书面协议")
    ended = YesNoFilter(field_name="ended_on", lookup_expr="isnull", exclude=True, label="是否已解除或更正")


class TrainingFilters(_PaperFilters):
    """Whose trainings, and which."""

    kind = CodeFilter(label="培训类型代码", code_list="training_type")
    passed = YesNoFilter(field_name="is_passed", label="是否合格")
    withdrawn = YesNoFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True, label="是否已撤回")


@extend_schema(summary="合同", description="管理范围内的劳动合同和用工书面协议，新的在前。", tags=[PAPERS])
class ContractsView(ListRead):
    """Contracts within scope, newest first."""

    permission = "workers.view"
    model = Contract
    serializer_class = ContractSerializer
    filterset_class = ContractFilters
    ordering_fields = {"starts_on": "starts_on", "ends_on": "ends_on"}

    def rows(self) -> QuerySet[Contract]:
        return selectors.all_contracts(self.actor)


@extend_schema(summary="培训", description="管理范围内的培训记录，新的在前。", tags=[PAPERS])
class TrainingsView(ListRead):
    """Trainings within scope, newest first."""

    permission = "workers.view"
    model = Training
    serializer_class = TrainingSerializer
    filterset_class = TrainingFilters
    ordering_fields = {"held_on": "held_on", "valid_to": "valid_to"}

    def rows(self) -> QuerySet[Training]:
        return selectors.all_trainings(self.actor)


def _with_warnings(view: ActView, made: Contract) -> Contract:
    made.warnings = services.overlaps_told(view.actor, made)  # type: ignore[attr-defined]  # for the answer
    return made


@extend_schema(
    summary="登记合同", description="与另一份有效合同日期重复的照样登记，warnings 里说明。", tags=[PAPERS]
)
class AddContractView(OnWork):
    """Record a contract."""

    permission = "workers.file"
    serializer_class = bodies.ContractBody
    answer_class = KeptContractSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Contract:
        facts = bodies.contract_facts(data)
        with fields_named(OF_CONTRACT):
            made = services.record_contract(
                actor=self.actor,
                engagement=self.work,
                **asdict(facts),
            )
        return _with_warnings(self, made)


class _OnContract(ActView):
    permission = "workers.file"
    model = Contract
    answer_class = ContractSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.contract = selectors.contract_to(self.actor, self.permission, kwargs["public_id"])


@extend_schema(
    summary="更正合同",
    description="原记录留存、从未生效，新记录接替；未送扫描件的沿用原来的。",
    tags=[PAPERS],
)
class ReplaceContractView(_OnContract):
    """Put a contract right."""

    serializer_class = bodies.ReplaceContractBody
    answer_class = KeptContractSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Contract:
        facts = bodies.contract_facts(data, self.contract.scan)
        with fields_named(OF_CONTRACT):
            made = services.replace_contract(
                actor=self.actor, contract=self.contract, facts=facts, reason=data["reason"]
            )
        return _with_warnings(self, made)


@extend_schema(summary="解除合同", tags=[PAPERS])
class EndContractView(_OnContract):
    """End a contract early."""

    serializer_class = bodies.EndBody
    status = 200

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Contract:
        return services.end_contract(
            actor=self.actor,
            contract=self.contract,
            on=data["date"],
            reason=data["reason"],
            today=bodies.today(),
        )


@extend_schema(summary="登记培训", tags=[PAPERS])
class AddTrainingView(OnWork):
    """Record a training of one person."""

    permission = "workers.file"
    serializer_class = bodies.TrainingBody
    answer_class = TrainingSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Training:
        facts = bodies.training_facts(data)
        with fields_named(OF_TRAINING):
            return services.record_training(
                actor=self.actor,
                engagement=self.work,
                **asdict(facts),
                today=bodies.today(),
            )


@extend_schema(summary="登记一次培训、多人参加", description="全部登记，或全部不登记。", tags=[PAPERS])
class TeamTrainingView(OnProject):
    """Record one training for many."""

    permission = "workers.file"
    serializer_class = bodies.TeamTrainingBody
    answer_class = TrainingsSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        with fields_named(OF_TRAINING):
            kept = services.record_trainings(
                actor=self.actor,
                engagements=data["engagements"],
                facts=bodies.training_facts(data),
                today=bodies.today(),
            )
        return {"trainings": kept}


class _OnTraining(ActView):
    permission = "workers.file"
    model = Training
    answer_class = TrainingSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.training = selectors.training_to(self.actor, self.permission, kwargs["public_id"])


@extend_schema(
    summary="更正培训", description="原记录撤回并留存，新记录接替；未送培训记录的沿用原来的。", tags=[PAPERS]
)
class ReplaceTrainingView(_OnTraining):
    """Put a training right."""

    serializer_class = bodies.ReplaceTrainingBody

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Training:
        with fields_named(OF_TRAINING):
            return services.replace_training(
                actor=self.actor,
                training=self.training,
                facts=bodies.training_facts(data, self.training.evidence),
                reason=data["reason"],
                today=bodies.today(),
            )


@extend_schema(summary="撤回培训", tags=[PAPERS])
class WithdrawTrainingView(_OnTraining):
    """Take a training back."""

    serializer_class = bodies.ReasonBody
    status = 200

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Training:
        return services.withdraw_training(actor=self.actor, training=self.training, reason=data["reason"])
