"""Gaps and notices over the REST API: the pages' own reads and acts."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from attendance.selectors.clock import current_day
from integrity import services
from integrity.api import serializers
from integrity.models import AnswerFile, SupervisionNotice
from integrity.selectors.gaps import site_gaps
from integrity.selectors.notices import ISSUE, REPLY, answer_file, notice, notice_head, notices
from integrity.services import AnswerFacts
from integrity.wording import STATES
from projects.api.filters import ProjectFilter
from projects.models import Project
from projects.selectors import project
from web.api.acts import ActView
from web.api.filters import RegionFilter, YesNoFilter
from web.api.views import ListRead, Read
from web.uploads import serve

TAG = "监理通知单"
VIEW = "integrity.view"


class GapsView(Read):
    """Today's gaps of one site."""

    permission = VIEW
    model = Project
    serializer_class = serializers.SiteGapsSerializer

    @extend_schema(summary="项目今天的缺口", description="与缺口页同源、同值。", tags=[TAG])
    def get(self, request: Request, public_id: UUID) -> Response:
        now = timezone.now()
        found = site_gaps(self.actor, public_id, current_day(now=now), now)
        return Response(serializers.SiteGapsSerializer(found).data)


class NoticeFilters(django_filters.FilterSet):
    """Which notices."""

    project = ProjectFilter(label="项目编码")
    region = RegionFilter(field_name="project__region", label="区划编码，含下级")
    state = django_filters.ChoiceFilter(
        field_name="stands", label="状态", choices=[(key, label) for key, (_mark, label) in STATES.items()]
    )
    overdue = YesNoFilter(field_name="is_late", label="是否逾期")
    number = django_filters.CharFilter(label="编号")


@extend_schema(summary="监理通知单", description="管理范围内的通知单，新的在前。", tags=[TAG])
class NoticesView(ListRead):
    """The notices within scope."""

    permission = VIEW
    model = SupervisionNotice
    serializer_class = serializers.NoticeSerializer
    filterset_class = NoticeFilters
    ordering_fields = {"issued_at": "issued_at", "deadline_at": "deadline_at", "number": "number"}

    def rows(self) -> QuerySet[SupervisionNotice]:
        return notices(self.actor, timezone.now())


class NoticeView(Read):
    """One notice."""

    permission = VIEW
    model = SupervisionNotice
    serializer_class = serializers.NoticeRecordSerializer

    @extend_schema(summary="一份监理通知单", description="读取不算签收；签收请提交 read。", tags=[TAG])
    def get(self, request: Request, public_id: UUID) -> Response:
        found = notice(self.actor, public_id, timezone.now())
        return Response(serializers.NoticeRecordSerializer(found).data)


class FileView(Read):
    """The content of an answer's file."""

    permission = VIEW
    model = AnswerFile

    @extend_schema(
        summary="回复所附的照片或扫描件",
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY, (200, "application/pdf"): OpenApiTypes.BINARY},
        tags=[TAG],
    )
    def get(self, request: Request, public_id: UUID) -> Any:
        found = answer_file(self.actor, public_id)
        return serve(found.address, found.name.rsplit(".", 1)[0])


class _NoticeAct(ActView):
    """An act on the notice of the address."""

    model = SupervisionNotice
    answer_class: type[BaseSerializer[Any]] | None = serializers.NoticeRecordSerializer
    status = 200

    def found(self, kwargs: dict[str, Any]) -> SupervisionNotice:
        """The notice. Raises NotFound outside the scope."""
        return notice_head(self.actor, kwargs["public_id"], timezone.now())

    def shown(self, of: SupervisionNotice) -> SupervisionNotice:
        """As it stands after the act."""
        return notice(self.actor, of.public_id, timezone.now())


@extend_schema(
    summary="从缺口起草通知单",
    description="按现在的缺口填好事项、依据和整改要求；同一人在一个项目上只有一份草稿，新的代替旧的。",
    tags=[TAG],
    responses={201: serializers.NoticeRecordSerializer},
)
class DraftView(_NoticeAct):
    """Draft a notice."""

    permission = ISSUE
    serializer_class = serializers.DraftSerializer
    status = 201

    @property
    def project(self) -> Project:
        """The project of the address."""
        return project(self.actor, self.kwargs["public_id"])

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        now = timezone.now()
        draft = services.draft_notice(
            actor=self.actor,
            project=self.project,
            gaps=data["gaps"],
            addressee=data["addressee"],
            day=current_day(now=now),
            now=now,
        )
        return self.shown(draft)


@extend_schema(summary="签发通知单", tags=[TAG], responses={200: serializers.NoticeRecordSerializer})
class IssueView(_NoticeAct):
    """Issue a draft."""

    permission = ISSUE
    serializer_class = serializers.IssueSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        now = timezone.now()
        return self.shown(
            services.issue_notice(
                actor=self.actor,
                notice=self.found(kwargs),
                deadline_on=data["deadline_on"],
                measures={one["position"]: one["measure"] for one in data["measures"]},
                day=current_day(now=now),
                now=now,
                expected_version=data["version"],
            )
        )


@extend_schema(summary="放弃草稿", tags=[TAG], responses={204: None})
class DiscardView(_NoticeAct):
    """Throw a draft away."""

    permission = ISSUE
    serializer_class = serializers.NothingSerializer
    answer_class = None

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        services.discard_draft(actor=self.actor, notice=self.found(kwargs))


@extend_schema(
    summary="记下已打开",
    description="施工单位首次打开即为送达；监理打开回复即开始复查。",
    tags=[TAG],
    responses={200: serializers.NoticeRecordSerializer},
)
class ReadView(_NoticeAct):
    """Note that the actor's side has opened it."""

    permission = VIEW
    serializer_class = serializers.NothingSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return self.shown(services.mark_read(actor=self.actor, notice=self.found(kwargs), now=timezone.now()))


@extend_schema(summary="回复通知单", tags=[TAG], responses={200: serializers.NoticeRecordSerializer})
class ReplyView(_NoticeAct):
    """Answer every item."""

    permission = REPLY
    serializer_class = serializers.GivenReplySerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        found = self.found(kwargs)
        answers = {one["position"]: AnswerFacts(one["text"], one["files"]) for one in data["answers"]}
        services.reply_notice(actor=self.actor, notice=found, answers=answers, now=timezone.now())
        return self.shown(found)


@extend_schema(
    summary="接受整改，闭合",
    description="今天核对仍有未补齐的事项时，须在 note 中写明理由，否则拒绝。",
    tags=[TAG],
    responses={200: serializers.NoticeRecordSerializer},
)
class AcceptView(_NoticeAct):
    """Accept the waiting answer."""

    permission = ISSUE
    serializer_class = serializers.AcceptSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return self.shown(
            services.accept_reply(actor=self.actor, notice=self.found(kwargs), now=timezone.now(), **data)
        )


@extend_schema(summary="退回整改", tags=[TAG], responses={200: serializers.NoticeRecordSerializer})
class ReturnView(_NoticeAct):
    """Give the waiting answer back."""

    permission = ISSUE
    serializer_class = serializers.ReturnSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return self.shown(
            services.return_reply(actor=self.actor, notice=self.found(kwargs), now=timezone.now(), **data)
        )


@extend_schema(
    summary="延长期限",
    description="一份通知单只能延期一次。",
    tags=[TAG],
    responses={200: serializers.NoticeRecordSerializer},
)
class ExtendView(_NoticeAct):
    """Extend the deadline, once."""

    permission = ISSUE
    serializer_class = serializers.ExtendSerializer

    def act(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return self.shown(
            services.extend_deadline(actor=self.actor, notice=self.found(kwargs), now=timezone.now(), **data)
        )
