"""Completed quantities over the REST API: a list, and one view per act."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from projects.api.filters import ProjectFilter
from projects.api.serializers import CodeNameField, ProjectRefSerializer
from projects.models import Team
from web.api.acts import ActSerializer, ActView, RowRef
from web.api.filters import CodeFilter, DayFilter, IdFilter
from web.api.views import ListRead
from workers import selectors, services
from workers.models import Engagement, WorkQuantity
from workers.services import QuantityFacts, site_day
from workers.services.quantities import ACCEPT, ENTER

TAG = "完工数量"
_FACTS = ("item", "first_on", "last_on", "amount", "unit", "grade", "note")


class QuantitySerializer(serializers.Serializer[WorkQuantity]):
    """One entry of completed work."""

    public_id = serializers.UUIDField()
    project = ProjectRefSerializer()
    participation = serializers.UUIDField(source="participation.public_id")
    team = serializers.UUIDField(source="team.public_id")
    team_name = serializers.CharField(source="team.name")
    engagement = serializers.SerializerMethodField(help_text="工人的用工 public_id；空为全班组")
    person = serializers.CharField(help_text="姓名，或“全班组”")
    item = serializers.CharField(help_text="分项")
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    amount = serializers.DecimalField(14, 3)
    unit = serializers.CharField(help_text="单位代码 quantity_unit")
    unit_name = CodeNameField("quantity_unit", source="unit")
    grade = serializers.CharField(help_text="质量等级代码 quality_grade")
    grade_name = CodeNameField("quality_grade", source="grade")
    note = serializers.CharField()
    state = serializers.CharField(
        help_text="entered 待确认、accepted 已确认、returned 已退回、replaced 已更正"
    )
    version = serializers.IntegerField()
    entered_at = serializers.DateTimeField()
    entered_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField()
    reason = serializers.CharField(help_text="退回理由")

    def get_engagement(self, row: WorkQuantity) -> str | None:
        return str(row.engagement.public_id) if row.engagement else None


class QuantityFactsBody(ActSerializer):
    """What was done, how much and how well."""

    item = serializers.CharField(max_length=60)
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    amount = serializers.DecimalField(14, 3)
    unit = serializers.CharField(max_length=4)
    grade = serializers.CharField(max_length=4)
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class EnterQuantityBody(QuantityFactsBody):
    """Whose work it was, too."""

    team = RowRef(rows=lambda view: Team.objects.visible_to(view.actor, ENTER), help_text="班组的 public_id")
    engagement = RowRef(
        rows=lambda view: Engagement.objects.visible_to(view.actor, ENTER),
        required=False,
        default=None,
        allow_null=True,
        help_text="工人的用工 public_id；不填为全班组",
    )


class CorrectQuantityBody(QuantityFactsBody):
    """The entry as it should read."""

    expected_version = serializers.IntegerField(
        required=False, min_value=1, help_text="您看到的版本号；与现在的不同则返回 409"
    )


class AcceptQuantityBody(ActSerializer):
    """The grade as found, where it differs."""

    grade = serializers.CharField(max_length=4, required=False, default="", allow_blank=True)


class ReturnQuantityBody(ActSerializer):
    """Why it is sent back."""

    reason = serializers.CharField(max_length=200)


class QuantityFilters(django_filters.FilterSet):
    """Which entries."""

    project = ProjectFilter(label="项目编码")
    team = IdFilter(field_name="team__public_id", label="班组的 public_id")
    engagement = IdFilter(field_name="engagement__public_id", label="用工的 public_id")
    state = django_filters.ChoiceFilter(label="状态", choices=WorkQuantity.State.choices)
    grade = CodeFilter(label="质量等级代码", code_list="quality_grade")
    vars()["from"] = DayFilter(field_name="last_on", lookup_expr="gte", label="从哪一天起")
    to = DayFilter(field_name="last_on", lookup_expr="lte", label="到哪一天止（含）")


@extend_schema(summary="完工数量", description="管理范围内的完工数量，新的在前。", tags=[TAG])
class QuantitiesView(ListRead):
    """Entries of completed work within scope."""

    permission = "workers.view"
    model = WorkQuantity
    serializer_class = QuantitySerializer
    filterset_class = QuantityFilters
    ordering_fields = {"last_on": "last_on", "amount": "amount"}

    def rows(self) -> QuerySet[WorkQuantity]:
        return selectors.quantities(self.actor)


class _QuantityAct(ActView):
    model = WorkQuantity
    permission = ACCEPT
    answer_class = QuantitySerializer
    status = 200

    def row(self, kwargs: dict[str, Any]) -> WorkQuantity:
        """The entry of the address. Raises NotFound."""
        return selectors.quantity(self.actor, kwargs["public_id"])


@extend_schema(summary="填报完工数量", tags=[TAG], responses={201: QuantitySerializer})
class EnterView(_QuantityAct):
    """Enter completed work."""

    permission = ENTER
    serializer_class = EnterQuantityBody
    status = 201

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        team = data["team"]
        return services.enter_quantity(
            actor=self.actor,
            team=team,
            engagement=data["engagement"],
            facts=QuantityFacts(**{name: data[name] for name in _FACTS}),
            today=site_day(team.participation.project),
            now=timezone.now(),
        )


@extend_schema(summary="更正完工数量", tags=[TAG], responses={200: QuantitySerializer})
class CorrectView(_QuantityAct):
    """Enter an entry anew."""

    permission = ENTER
    serializer_class = CorrectQuantityBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        row = self.row(kwargs)
        return services.correct_quantity(
            actor=self.actor,
            quantity=row,
            facts=QuantityFacts(**{name: data[name] for name in _FACTS}),
            today=site_day(row.project),
            now=timezone.now(),
            expected_version=data.get("expected_version"),
        )


@extend_schema(summary="确认完工数量", tags=[TAG], responses={200: QuantitySerializer})
class AcceptView(_QuantityAct):
    """Accept an entry."""

    serializer_class = AcceptQuantityBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return services.accept_quantity(
            actor=self.actor, quantity=self.row(kwargs), now=timezone.now(), **data
        )


@extend_schema(summary="退回完工数量", tags=[TAG], responses={200: QuantitySerializer})
class ReturnView(_QuantityAct):
    """Send an entry back."""

    serializer_class = ReturnQuantityBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return services.return_quantity(
            actor=self.actor, quantity=self.row(kwargs), now=timezone.now(), **data
        )
