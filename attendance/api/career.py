"""Careers over the REST API: the worker's own, the code, and the next site's reading by it."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import OwnSession
from attendance.api.clock import running_day
from attendance.career_words import told
from attendance.selectors.career import opened_career, own_career
from audit.services import record
from web.api.acts import ActSerializer, ActView, RowRef
from web.api.views import Read
from workers.models import CareerCode, CareerReading, Person
from workers.selectors import projects_to_enrol_on
from workers.services import close_career, open_career, read_career, shown_code

TAG = "履历"
_BY_SESSION = (OwnSession,)


class CareerJobSerializer(serializers.Serializer[Any]):
    """One piece of work, in words."""

    project = serializers.CharField()
    place = serializers.CharField()
    enterprise = serializers.CharField()
    team = serializers.CharField()
    is_leader = serializers.BooleanField(help_text="班组长")
    trade = serializers.CharField()
    is_there = serializers.BooleanField(help_text="现在在场")
    stays = serializers.ListField(child=serializers.CharField(), help_text="进退场")
    days = serializers.IntegerField(help_text="出勤天数")
    last_day = serializers.DateField(allow_null=True)
    contracts = serializers.ListField(child=serializers.CharField())
    trainings = serializers.ListField(child=serializers.CharField())
    posts = serializers.ListField(child=serializers.CharField(), help_text="关键岗位")
    quantities = serializers.ListField(child=serializers.CharField(), help_text="确认过的完工数量")


class CareerCertificateSerializer(serializers.Serializer[Any]):
    """A certificate, its number masked."""

    kind = serializers.CharField()
    number = serializers.CharField(help_text="脱敏编号")
    issuer = serializers.CharField()
    until = serializers.CharField(help_text="有效至")
    state = serializers.CharField()


class CareerSerializer(serializers.Serializer[Any]):
    """A career across projects."""

    name = serializers.CharField(source="person.name")
    id_number = serializers.CharField(source="person.masked_number", help_text="脱敏证件号码")
    projects = serializers.IntegerField()
    days = serializers.IntegerField()
    since = serializers.DateField(allow_null=True)
    jobs = CareerJobSerializer(many=True)
    certificates = CareerCertificateSerializer(many=True)


class CareerCodeSerializer(serializers.Serializer[Any]):
    """A code as the phone shows it; answered once, kept as digests alone."""

    secret = serializers.CharField(help_text="二维码内容")
    figures = serializers.CharField(help_text="六位数字，须连同证件号后四位使用")
    expires_at = serializers.DateTimeField(source="code.expires_at")


class CareerNothingBody(ActSerializer):
    """Nothing more to say."""


class ReadCareerBody(ActSerializer):
    """What the worker shows. A wrong code is counted before anything is done."""

    project = RowRef(rows=lambda view: projects_to_enrol_on(view.actor), help_text="项目的 public_id")
    code = serializers.CharField(max_length=300, help_text="扫到的内容，或六位数字")
    last_four = serializers.CharField(
        max_length=4, required=False, default="", allow_blank=True, help_text="六位数字时必填：证件号后四位"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The open code behind what was scanned or typed."""
        asker = self.context["view"].actor
        return {**attrs, "found": shown_code(asker, attrs["code"], attrs["last_four"], timezone.now())}


class CareerReadingSerializer(serializers.Serializer[CareerReading]):
    """That this site may read one career for a while."""

    public_id = serializers.UUIDField()
    name = serializers.CharField(source="code.person.name")
    expires_at = serializers.DateTimeField()


class OwnCareerView(Read):
    """The worker's own career."""

    permission = "own.view"
    authentication_classes = _BY_SESSION
    model = Person
    serializer_class = CareerSerializer

    @extend_schema(summary="我的履历", tags=[TAG])
    def get(self, request: Request) -> Response:
        return Response(CareerSerializer(told(own_career(self.actor), running_day(timezone.now()))).data)


@extend_schema(summary="出示从业码", tags=[TAG], responses={201: CareerCodeSerializer})
class OpenCareerView(ActView):
    """A fresh code to the own career."""

    permission = "own.view"
    authentication_classes = _BY_SESSION
    model = CareerCode
    serializer_class = CareerNothingBody
    answer_class = CareerCodeSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        return open_career(actor=self.actor, now=timezone.now())


@extend_schema(summary="收回从业码", tags=[TAG], responses={204: None})
class CloseCareerView(ActView):
    """Take back what was opened."""

    permission = "own.view"
    authentication_classes = _BY_SESSION
    model = CareerCode
    serializer_class = CareerNothingBody

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        close_career(actor=self.actor, now=timezone.now())


@extend_schema(
    summary="扫从业码",
    description="用掉工人出示的从业码；之后本项目的登记人员在有效时间内可读该履历。",
    tags=[TAG],
    responses={201: CareerReadingSerializer},
)
class ReadCareerView(ActView):
    """Use a shown code up."""

    permission = "workers.enrol"
    model = CareerReading
    serializer_class = ReadCareerBody
    answer_class = CareerReadingSerializer

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Any:
        return read_career(actor=self.actor, project=data["project"], code=data["found"], now=timezone.now())


class CareerView(Read):
    """A career that was opened to this site."""

    permission = "workers.enrol"
    model = CareerReading
    serializer_class = CareerSerializer

    @extend_schema(summary="已出示给本项目的履历", description="到时或被本人收回后返回 404。", tags=[TAG])
    def get(self, request: Request, public_id: UUID) -> Response:
        _reading, career = opened_career(self.actor, public_id, timezone.now())
        record(self.actor, "workers.career_read", career.person)
        return Response(CareerSerializer(told(career, running_day(timezone.now()))).data)
