"""People over the REST API: looking up, enrolling, editing, correcting."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from projects.api.standard import ByStandard
from projects.models import Project
from standards.spec import API, WORKER
from web.api.acts import ActView
from workers import selectors, services
from workers.api import bodies
from workers.api.naming import OF_ENROLMENT, fields_named
from workers.api.serializers import EnrolledSerializer, FoundSerializer, WorkRefSerializer
from workers.errors import IdentityNameDiffers
from workers.models import Contract, Engagement
from workers.services.lookups import OTHER_NAME
from workers.services.standard import warnings_of

PEOPLE = "人员"


class OnProject(ActView):
    """An act on a project, found by the act's own permission before the body is read."""

    model = Engagement

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.project = selectors.project_to(self.actor, self.permission, kwargs["public_id"])


class OnWork(ActView):
    """An act on one person's work, found by the act's own permission before the body is read."""

    model = Engagement

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.work = selectors.work_to(self.actor, self.permission, kwargs["public_id"])
        self.project = self.work.project


def _asked(view: ActView, project: Project, name: str, number: str) -> services.Found:
    return services.look_up(
        actor=view.actor,
        project=project,
        number=number,
        name=name,
        today=bodies.today(),
        now=timezone.now(),
        permission=view.permission,
    )


def _require_one_name(found: services.Found) -> None:
    if found.state == OTHER_NAME:
        raise IdentityNameDiffers


@extend_schema(
    summary="登记前查号",
    description="按完整证件号码和姓名查平台是否已有此人。只回答：没有、姓名一致、已用另一姓名登记，"
    "以及您管理范围内此人的登记。每次查询都有记录，每小时有上限（429）。",
    tags=[PEOPLE],
)
class LookUpView(OnProject):
    """Whether a person is known."""

    permission = "workers.enrol"
    serializer_class = bodies.LookUpBody
    answer_class = FoundSerializer
    status = 200

    def act(self, data: dict[str, Any], **_kwargs: Any) -> services.Found:
        return _asked(self, self.project, data["name"], data["id_number"])


@extend_schema(
    summary="登记工人",
    description="登记、合同、培训、进场在一个事务里完成：有一处不合规则，全部不写入。",
    tags=[PEOPLE],
)
class EnrolView(OnProject, ByStandard):  # type: ignore[misc]  # found before the body is read
    """Enrol one person."""

    object_key = WORKER
    own_elements = bodies.OF_ENROLMENT
    permission = "workers.enrol"
    serializer_class = bodies.EnrolBody
    answer_class = EnrolledSerializer

    def ask_first(self, name: str, number: str) -> None:
        """Asked while the body is read: the question stays on record whatever becomes of the act."""
        _require_one_name(_asked(self, self.project, name, number))

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Engagement:
        contract, training = data.get("contract"), data.get("training")
        today = services.site_day(self.project)
        more = bodies.further(self.project, data, self.own_elements, today)
        with fields_named(OF_ENROLMENT):
            work = services.take_on(
                actor=self.actor,
                project=self.project,
                team=data["team"],
                person=bodies.person_facts(data, more),
                work=bodies.work_facts(data, more),
                contract=bodies.contract_facts(contract) if contract else None,
                training=bodies.training_facts(training) if training else None,
                entered_on=data.get("entered_on"),
                today=today,
                now=timezone.now(),
                channel=API,
            )
        told = warnings_of(work.findings, API)
        told += [line for one in selectors.contracts(self.actor, work) for line in self._told(one)]
        work.warnings = told  # type: ignore[attr-defined]  # for the answer
        return work

    def _told(self, contract: Contract) -> list[str]:
        return services.overlaps_told(self.actor, contract)


@extend_schema(
    summary="修改用工资料",
    description="只改本次用工自己的资料，不写的不变。姓名和证件号码用“更正姓名或号码”。",
    tags=[PEOPLE],
)
class EditView(OnWork, ByStandard):  # type: ignore[misc]  # found before the body is read
    """Change the facts of one engagement."""

    object_key = WORKER
    own_elements = bodies.OF_EDIT
    permission = "workers.enrol"
    serializer_class = bodies.EditBody
    answer_class = WorkRefSerializer
    status = 200

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Engagement:
        today = bodies.today()
        more = bodies.further(self.project, data, self.own_elements, today)
        services.edit_engagement(
            actor=self.actor,
            engagement=self.work,
            facts=bodies.own_facts(data, more),
            expected_version=data.get("version"),
            channel=API,
            today=today,
        )
        return selectors.work_to(self.actor, self.permission, self.work.public_id)


@extend_schema(
    summary="更正姓名或号码",
    description="须写理由并留存更正前的内容。号码已有档案的，这次用工转到那份档案（姓名须一致）；"
    "此人另有您管理范围以外的登记的，须报主管部门。",
    tags=[PEOPLE],
)
class CorrectView(OnWork):
    """Put a wrong name or number right."""

    permission = "workers.correct"
    serializer_class = bodies.CorrectBody
    answer_class = WorkRefSerializer
    status = 200

    def ask_first(self, name: str, number: str) -> None:
        """Asked while the body is read: the question stays on record whatever becomes of the act."""
        _require_one_name(_asked(self, self.work.project, name, number))

    def act(self, data: dict[str, Any], **_kwargs: Any) -> Engagement:
        services.correct_identity(
            actor=self.actor,
            engagement=self.work,
            name=data["name"],
            number=data.get("id_number", ""),
            reason=data["reason"],
            today=bodies.today(),
            now=timezone.now(),
        )
        return selectors.work_to(self.actor, self.permission, self.work.public_id)
