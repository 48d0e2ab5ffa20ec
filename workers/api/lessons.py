"""Training sessions and enterprises' own rules over the REST API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from kernel.files import NamedFile
from projects.api.filters import ProjectFilter
from web.api.acts import ActView
from web.api.filters import CodeFilter, IdFilter, YesNoFilter
from web.api.views import ListRead
from workers import services
from workers.api import bodies, paper_bodies
from workers.api.naming import OF_TRAINING, fields_named
from workers.api.paper_serializers import (
    AttendanceSerializer,
    AttendancesSerializer,
    PoliciesSerializer,
    PolicySerializer,
    SessionSerializer,
)
from workers.api.views import OnProject
from workers.models import PolicyDocument, SessionAttendance, TrainingSession
from workers.selectors import lessons, policies

TAG = "培训场次"
POLICIES = "管理制度"


class SessionFilters(django_filters.FilterSet):
    """Of which project, in which state."""

    project = ProjectFilter(label="项目编码")
    kind = CodeFilter(label="培训类型代码", code_list="training_type")
    state = django_filters.ChoiceFilter(choices=TrainingSession.State.choices, label="状态")


@extend_schema(summary="培训场次", description="项目组织的和厂商系统上报的，新的在前。", tags=[TAG])
class SessionsView(ListRead):
    """Sessions within scope."""

    permission = "workers.view"
    model = TrainingSession
    serializer_class = SessionSerializer
    filterset_class = SessionFilters
    ordering_fields = {"held_on": "held_on"}

    def rows(self) -> QuerySet[TrainingSession]:
        return lessons.sessions(self.actor)


class AttendanceFilters(django_filters.FilterSet):
    """Of which session or person."""

    session = IdFilter(field_name="session__public_id", label="场次的 public_id")
    engagement = IdFilter(field_name="engagement__public_id", label="用工的 public_id")
    passed = YesNoFilter(field_name="is_passed", label="是否合格")


@extend_schema(summary="培训签到和成绩", tags=[TAG])
class AttendanceListView(ListRead):
    """Who sat in sessions, within scope."""

    permission = "workers.view"
    model = SessionAttendance
    serializer_class = AttendanceSerializer
    filterset_class = AttendanceFilters
    ordering_fields = {"score": "score"}

    def rows(self) -> QuerySet[SessionAttendance]:
        return lessons.all_attendance(self.actor)


@extend_schema(summary="安排培训", tags=[TAG])
class OpenSessionView(OnProject):
    """Set a session up."""

    permission = "workers.file"
    serializer_class = paper_bodies.SessionBody
    answer_class = SessionSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> TrainingSession:
        with fields_named(OF_TRAINING):
            return services.open_session(
                actor=self.actor,
                project=self.project,
                participation=data.get("participation"),
                facts=paper_bodies.session_facts(data),
                today=bodies.today(),
            )


class _OnSession(ActView):
    permission = "workers.file"
    model = TrainingSession
    answer_class: Any = SessionSerializer
    status = 200

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.session = lessons.session_to(self.actor, self.permission, kwargs["public_id"])


@extend_schema(summary="培训签到", description="已签到的不重复；返回新签到的人。", tags=[TAG])
class CameView(_OnSession):
    """Who came."""

    serializer_class = paper_bodies.CameBody
    answer_class = AttendancesSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        with fields_named(OF_TRAINING):
            new = services.note_attendance(
                actor=self.actor,
                session=self.session,
                engagements=data["engagements"],
                how=data["how"],
                today=bodies.today(),
            )
        return {"attendance": new}


@extend_schema(summary="登记培训成绩", tags=[TAG])
class ScoreView(_OnSession):
    """Results."""

    serializer_class = paper_bodies.ScoresBody
    answer_class = AttendancesSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        kept = services.score_session(
            actor=self.actor, session=self.session, results=paper_bodies.results(data)
        )
        return {"attendance": kept}


@extend_schema(summary="结束培训", description="合格的人自动有培训记录。", tags=[TAG])
class CloseView(_OnSession):
    """End a session."""

    serializer_class = paper_bodies.CloseBody

    def act(self, data: dict[str, Any], **_kwargs: Any) -> TrainingSession:
        files = [NamedFile(one.name, one.address) for one in data["evidence"]]
        return services.close_session(
            actor=self.actor, session=self.session, files=files, today=bodies.today()
        )


@extend_schema(summary="取消培训", tags=[TAG])
class CancelView(_OnSession):
    """Give a session up."""

    serializer_class = bodies.ReasonBody

    def act(self, data: dict[str, Any], **_kwargs: Any) -> TrainingSession:
        return services.cancel_session(actor=self.actor, session=self.session, reason=data["reason"])


class _OnAttendance(ActView):
    permission = "workers.file"
    model = SessionAttendance
    answer_class: Any = AttendanceSerializer
    status = 200

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.row = lessons.attendance_to(self.actor, self.permission, kwargs["public_id"])


@extend_schema(summary="撤下培训签到", tags=[TAG])
class StrikeView(ActView):
    """Somebody was noted by mistake. The row goes: it is looked for by the act, not before a repeated key."""

    permission = "workers.file"
    model = SessionAttendance
    serializer_class = paper_bodies.EmptyBody

    def act(self, data: dict[str, Any], **kwargs: Any) -> None:
        row = lessons.attendance_to(self.actor, self.permission, kwargs["public_id"])
        services.strike_attendance(actor=self.actor, attendance=row)


@extend_schema(summary="登记补考", tags=[TAG])
class MakeUpView(_OnAttendance):
    """A second try."""

    serializer_class = paper_bodies.MakeUpBody

    def act(self, data: dict[str, Any], **_kwargs: Any) -> SessionAttendance:
        return services.make_up(
            actor=self.actor,
            attendance=self.row,
            on=data["date"],
            result=paper_bodies.result(data),
            evidence=data["evidence"].address if "evidence" in data else "",
            today=bodies.today(),
        )


class PolicyFilters(django_filters.FilterSet):
    """Of which project, in force or not."""

    project = ProjectFilter(field_name="participation__project", label="项目编码")
    withdrawn = YesNoFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True, label="是否已撤下")


@extend_schema(summary="管理制度", tags=[POLICIES])
class PoliciesView(ListRead):
    """Documents within scope."""

    permission = "projects.view"
    model = PolicyDocument
    serializer_class = PolicySerializer
    filterset_class = PolicyFilters
    ordering_fields = {"effective_on": "effective_on"}

    def rows(self) -> QuerySet[PolicyDocument]:
        return policies.all_policies(self.actor)


@extend_schema(summary="上传管理制度", description="同一单位同名的存为下一版。", tags=[POLICIES])
class FilePolicyView(OnProject):
    """File a document."""

    permission = "workers.file"
    serializer_class = paper_bodies.PolicyBody
    answer_class = PoliciesSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        facts = services.PolicyFacts(
            title=data["title"],
            document=data.get("document", ""),
            effective_on=data["effective_on"],
            file=NamedFile(data["file"].name, data["file"].address),
        )
        made = services.file_policy(actor=self.actor, participations=[data["participation"]], facts=facts)
        return {"policies": made}


@extend_schema(summary="撤下管理制度", tags=[POLICIES])
class WithdrawPolicyView(ActView):
    """No longer in force."""

    permission = "workers.file"
    model = PolicyDocument
    serializer_class = bodies.ReasonBody
    answer_class = PolicySerializer
    status = 200

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.policy = policies.policy_to(self.actor, self.permission, kwargs["public_id"])

    def act(self, data: dict[str, Any], **_kwargs: Any) -> PolicyDocument:
        return services.withdraw_policy(actor=self.actor, policy=self.policy, reason=data["reason"])
