"""The roster over the REST API: one view per act, for one person or many; and the records it makes."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from projects.api.filters import ProjectFilter
from standards.selectors import codes
from web.api.acts import ActSerializer, ActView, RowRef
from web.api.filters import DayFilter, IdFilter
from web.api.views import ListRead
from workers import selectors, services
from workers.api import roster_bodies as bodies
from workers.models import Engagement, EntryReview, KeyPostAssignment, Presence
from workers.services import Move, Outcome

ROSTER = "进退场"
_MANY = (
    "一次可办理多人：能办理的在一个事务里全部办理，不能办理的逐人说明原因、不受影响。"
    "只有一人且不能办理时返回 422。"
)


class _RosterView(ActView):
    """One move for all whom the body names."""

    model = Engagement
    permission = "workers.enter"
    answer_class = bodies.OutcomeSerializer
    status = 200

    def move(self, data: dict[str, Any]) -> Move:
        """The move that the body describes."""
        raise NotImplementedError

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Outcome:
        people = data["engagements"]
        outcome = services.move_people(actor=self.actor, move=self.move(data), engagements=people)
        if len(people) == 1 and outcome.refused:
            raise outcome.refused[0].refusal
        return outcome


def _voucher(data: dict[str, Any]) -> str:
    return data["voucher"].address if "voucher" in data else ""


@extend_schema(summary="进场", description=f"登记实际进场，缺什么都照登。{_MANY}", tags=[ROSTER])
class EnterView(_RosterView):
    """进场."""

    serializer_class = bodies.VoucherBody

    def move(self, data: dict[str, Any]) -> Move:
        return services.Enter(on=data["date"], today=bodies.today(data), voucher=_voucher(data))


@extend_schema(summary="暂退场", description=_MANY, tags=[ROSTER])
class LeaveView(_RosterView):
    """暂退场."""

    serializer_class = bodies.LeaveBody

    def move(self, data: dict[str, Any]) -> Move:
        return services.LeaveTemporarily(on=data["date"], today=bodies.today(data), reason=data["reason"])


@extend_schema(summary="返场", description=_MANY, tags=[ROSTER])
class ReturnView(_RosterView):
    """返场."""

    serializer_class = bodies.DayBody

    def move(self, data: dict[str, Any]) -> Move:
        return services.Return(on=data["date"], today=bodies.today(data))


@extend_schema(
    summary="退场",
    description=f"退场不等工资结算；欠薪逐人申报。担任关键岗位的，任职到退场日为止。{_MANY}",
    tags=[ROSTER],
)
class ExitView(_RosterView):
    """退场."""

    serializer_class = bodies.ExitBody

    def move(self, data: dict[str, Any]) -> Move:
        return services.Exit(
            on=data["date"],
            today=bodies.today(data),
            voucher=_voucher(data),
            settlement=bodies.wages(data["settlement"]) if "settlement" in data else None,
        )


@extend_schema(summary="确认工资结算", description=_MANY, tags=[ROSTER])
class SettleView(_RosterView):
    """确认结算."""

    serializer_class = bodies.SettleBody

    def move(self, data: dict[str, Any]) -> Move:
        day = bodies.today(data)
        return services.Settle(on=day, today=day, settlement=bodies.wages(data["settlement"]))


@extend_schema(summary="调班组", description=f"只在同一参建单位的班组之间。{_MANY}", tags=[ROSTER])
class ChangeTeamView(_RosterView):
    """调班组."""

    serializer_class = bodies.TeamBody

    def move(self, data: dict[str, Any]) -> Move:
        return services.ChangeTeam(on=data["date"], today=bodies.today(data), team=data["team"])


@extend_schema(summary="结束用工", description=_MANY, tags=[ROSTER])
class EndView(_RosterView):
    """结束用工."""

    serializer_class = bodies.DayBody

    def move(self, data: dict[str, Any]) -> Move:
        return services.End(on=data["date"], today=bodies.today(data))


@extend_schema(summary="核验身份", description=f"已核对证件原件与本人。{_MANY}", tags=[ROSTER])
class VerifyView(_RosterView):
    """核验身份."""

    permission = "workers.file"
    serializer_class = bodies.PeopleBody

    def move(self, data: dict[str, Any]) -> Move:
        return services.VerifyIdentity(on=bodies.today(data), today=bodies.today(data))


@extend_schema(summary="送审", description=_MANY, tags=[ROSTER])
class SubmitView(_RosterView):
    """送审."""

    permission = "workers.enrol"
    serializer_class = bodies.PeopleBody

    def move(self, data: dict[str, Any]) -> Move:
        return services.Submit(on=bodies.today(data), today=bodies.today(data))


@extend_schema(
    summary="批准进场", description=f"登记人和送审人不能审批自己办理的人员。{_MANY}", tags=[ROSTER]
)
class ApproveView(_RosterView):
    """批准."""

    permission = "workers.approve"
    serializer_class = bodies.PeopleBody

    def move(self, data: dict[str, Any]) -> Move:
        return services.Approve(on=bodies.today(data), today=bodies.today(data))


@extend_schema(summary="退回送审", description=_MANY, tags=[ROSTER])
class SendBackView(_RosterView):
    """退回."""

    permission = "workers.approve"
    serializer_class = bodies.MoveReasonBody

    def move(self, data: dict[str, Any]) -> Move:
        return services.SendBack(on=bodies.today(data), today=bodies.today(data), reason=data["reason"])


@extend_schema(summary="撤销最近一次进退场", description=f"打卡不变，出勤重新计算。{_MANY}", tags=[ROSTER])
class ReverseView(_RosterView):
    """撤销."""

    serializer_class = bodies.MoveReasonBody

    def move(self, data: dict[str, Any]) -> Move:
        return services.Reverse(on=bodies.today(data), today=bodies.today(data), reason=data["reason"])


class PresenceFilters(django_filters.FilterSet):
    """Whose presence, and on which day."""

    project = ProjectFilter(field_name="engagement__project", label="项目编码")
    engagement = IdFilter(field_name="engagement__public_id", label="用工的 public_id")
    entered_on = DayFilter(label="进场日期")
    exited_on = DayFilter(label="退场日期")


class ReviewFilters(django_filters.FilterSet):
    """Which reviews."""

    project = ProjectFilter(field_name="engagement__project", label="项目编码")
    engagement = IdFilter(field_name="engagement__public_id", label="用工的 public_id")
    outcome = django_filters.ChoiceFilter(choices=EntryReview.Outcome.choices, label="结果")


@extend_schema(summary="进退场记录", description="晚进场的在前，含暂退场和工资结算。", tags=[ROSTER])
class PresencesView(ListRead):
    """Stays of people on sites."""

    permission = "workers.view"
    model = Presence
    serializer_class = bodies.StaySerializer
    filterset_class = PresenceFilters

    def rows(self) -> QuerySet[Presence]:
        return selectors.all_presences(self.actor)


@extend_schema(summary="进场审批", description="新送审的在前。", tags=[ROSTER])
class ReviewsView(ListRead):
    """Askings for permission to enter."""

    permission = "workers.view"
    model = EntryReview
    serializer_class = bodies.ReviewSerializer
    filterset_class = ReviewFilters

    def rows(self) -> QuerySet[EntryReview]:
        return selectors.reviews(self.actor)


class KeyPostSerializer(serializers.Serializer[KeyPostAssignment]):
    """Who holds a key post."""

    public_id = serializers.UUIDField()
    engagement = serializers.UUIDField(source="engagement.public_id")
    post = serializers.CharField(help_text="关键岗位代码")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)


class AssignBody(ActSerializer):
    """Who, which post, from when."""

    engagement = RowRef(rows=lambda view: selectors.engagements(view.actor), help_text="用工的 public_id")
    post = serializers.CharField(max_length=4, help_text="关键岗位代码")
    starts_on = serializers.DateField(help_text="任职起；原任职人员任至前一日")

    def validate_post(self, post: str) -> str:
        if post not in codes("key_post"):
            raise serializers.ValidationError("没有这个关键岗位代码，请查代码表 key_post。")
        return post


class RelieveBody(ActSerializer):
    """The last day in the post."""

    ends_on = serializers.DateField(help_text="最后任职日，不能晚于今天")


@extend_schema(summary="任命关键岗位", tags=[ROSTER])
class AssignPostView(ActView):
    """任命."""

    model = KeyPostAssignment
    permission = "workers.enrol"
    serializer_class = AssignBody
    answer_class = KeyPostSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> KeyPostAssignment:
        return services.assign_key_post(actor=self.actor, **data)


@extend_schema(summary="解除关键岗位任职", tags=[ROSTER], responses={204: None})
class RelievePostView(ActView):
    """解除."""

    model = KeyPostAssignment
    permission = "workers.enrol"
    serializer_class = RelieveBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> None:
        held = selectors.key_post(self.actor, kwargs["public_id"])
        today = services.site_day(held.engagement.project)
        services.relieve_key_post(actor=self.actor, assignment=held, ends_on=data["ends_on"], today=today)
