"""Every scoped table shows each kind of post exactly the rows of its place, project or participation."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from attendance.models import (
    AttendanceDay,
    CorrectionRequest,
    Device,
    GatePass,
    ProjectDay,
    Punch,
    PunchReceipt,
)
from federation.models import (
    AcceptedRequest,
    AgreementVersion,
    ChangeProposal,
    Credential,
    GatewayLog,
    GatewayRefusal,
    GatewayUse,
    ManagerRegistration,
    Partner,
    PartnerKey,
    RefusedCall,
    SharingAgreement,
    Upstream,
    UpstreamCall,
    UpstreamProject,
    UpstreamRecord,
)
from integrity.models import (
    AnswerFile,
    CreditRecord,
    NoticeAnswer,
    NoticeEvent,
    NoticeItem,
    NoticeReading,
    NoticeReply,
    PersonCredit,
    SupervisionNotice,
)
from kernel.scoping import Reach, ScopedModel, ScopeRequired
from ledgers.models import Ledger
from payroll.models import PayrollBatch, PayrollFile, PayrollRow
from projects.models import (
    AccountCode,
    Enterprise,
    EnterpriseParticulars,
    OwnerTerms,
    Participation,
    Permit,
    Project,
    ProjectParticulars,
    Qualification,
    RefusedRecord,
    ReportedPermit,
    Team,
    TeamFile,
    WageAccount,
)
from tests.support.actors import Holder
from tests.support.world import County, TwoCounties
from workers.models import (
    CareerCode,
    CareerReading,
    Certificate,
    CollectionPoint,
    Contract,
    ContractFile,
    ContractPaper,
    ContractTemplate,
    Engagement,
    EngagementEvent,
    EntryReview,
    IdentityCheck,
    IdentityCorrection,
    KeyPostAssignment,
    Particulars,
    Person,
    PolicyDocument,
    Presence,
    SessionAttendance,
    Settlement,
    TemporaryLeave,
    Training,
    TrainingFile,
    TrainingSession,
    WorkQuantity,
)

SCOPED = [model for model in apps.get_models() if issubclass(model, ScopedModel)]
Rows = list[Any]


def _of_workers(attribute: str) -> tuple[Callable[[County], Rows], Callable[[County], Rows]]:
    return (
        lambda c: [row for worker in c.workers.values() if (row := getattr(worker, attribute))],
        lambda c: [getattr(c.workers["subcontractor"], attribute)],
    )


def _punches(county: County, *titles: str) -> Rows:
    people = [county.workers[title].person for title in titles]
    return list(Punch.all_rows.filter(project=county.project, subject__person__in=people))


def _days(county: County, *titles: str) -> Rows:
    works = [county.workers[title].engagement for title in titles]
    return list(AttendanceDay.all_rows.filter(engagement__in=works))


def _of_notices(
    model: type[ScopedModel], notice: str
) -> tuple[Callable[[County], Rows], Callable[[County], Rows]]:
    return (
        lambda c: list(model.all_rows.filter(**{f"{notice}__in": c.notices.values()})),
        lambda c: list(model.all_rows.filter(**{notice: c.notices["subcontractor"]})),
    )


# For each model: its rows of a county, and those of its subcontractor's post alone.
EXPECTED: dict[type[ScopedModel], tuple[Callable[[County], Rows], Callable[[County], Rows]]] = {
    Enterprise: (lambda c: list(c.firms.values()), lambda c: [c.firms["subcontractor"]]),
    Project: (lambda c: [c.project], lambda c: [c.project]),
    Permit: (lambda c: [c.permit], lambda c: []),
    AccountCode: (lambda c: [c.code], lambda c: []),
    EnterpriseParticulars: (lambda c: c.told, lambda c: []),
    ProjectParticulars: (lambda c: [c.particulars], lambda c: []),
    ReportedPermit: (lambda c: [c.reported_permit], lambda c: []),
    Qualification: (
        lambda c: list(c.qualifications.values()),
        lambda c: [c.qualifications["subcontractor"]],
    ),
    WageAccount: (lambda c: list(c.wage_accounts.values()), lambda c: [c.wage_accounts["subcontractor"]]),
    CreditRecord: (lambda c: list(c.credit.values()), lambda c: [c.credit["subcontractor"]]),
    Participation: (
        lambda c: list(c.participations.values()),
        lambda c: [c.participations["subcontractor"]],
    ),
    Team: (lambda c: list(c.teams.values()), lambda c: [c.teams["subcontractor"]]),
    Person: _of_workers("person"),
    Engagement: _of_workers("engagement"),
    IdentityCheck: _of_workers("identity_check"),
    IdentityCorrection: _of_workers("identity_correction"),
    Presence: _of_workers("presence"),
    Contract: _of_workers("contract"),
    TemporaryLeave: _of_workers("leave"),
    Settlement: (lambda c: [c.workers["shared"].settlement], lambda c: []),
    EntryReview: _of_workers("review"),
    EngagementEvent: _of_workers("event"),
    Training: _of_workers("training"),
    KeyPostAssignment: (lambda c: [c.worker.key_post], lambda c: []),
    Particulars: _of_workers("particulars"),
    ContractFile: _of_workers("contract_file"),
    Certificate: _of_workers("certificate"),
    CollectionPoint: (lambda c: [c.point], lambda c: [c.point]),
    GatePass: _of_workers("gate_pass"),
    PersonCredit: _of_workers("credit"),
    TrainingSession: (
        lambda c: [c.session, *c.sessions.values()],
        lambda c: [c.sessions["subcontractor"]],
    ),
    SessionAttendance: (lambda c: list(c.attendance.values()), lambda c: [c.attendance["subcontractor"]]),
    ContractTemplate: (lambda c: [c.template], lambda c: [c.template]),
    ContractPaper: (lambda c: list(c.papers.values()), lambda c: [c.papers["subcontractor"]]),
    # The contractor's hold for the subcontractor as well.
    PolicyDocument: (
        lambda c: list(c.policies.values()),
        lambda c: [c.policies["contractor"], c.policies["subcontractor"]],
    ),
    TrainingFile: (lambda c: [c.session_file], lambda c: []),
    TeamFile: (lambda c: list(c.team_files.values()), lambda c: [c.team_files["subcontractor"]]),
    PayrollBatch: (lambda c: list(c.payrolls.values()), lambda c: [c.payrolls["subcontractor"]]),
    PayrollFile: (lambda c: list(c.payroll_files.values()), lambda c: [c.payroll_files["subcontractor"]]),
    PayrollRow: _of_workers("wages"),
    OwnerTerms: (lambda c: list(c.terms.values()), lambda c: []),
    WorkQuantity: (
        lambda c: list(c.quantities.values()),
        lambda c: [c.quantities["subcontractor"], c.quantities["subcontractor person"]],
    ),
    Ledger: (lambda c: list(c.ledgers.values()), lambda c: [c.ledgers["subcontractor"]]),
    # Of the worker alone; what a site may read by it is the reading.
    CareerCode: (lambda c: [], lambda c: []),
    CareerReading: _of_workers("reading"),
    Device: (lambda c: c.devices, lambda c: []),
    Punch: (
        lambda c: list(Punch.all_rows.filter(project=c.project)),
        lambda c: _punches(c, "subcontractor"),
    ),
    AttendanceDay: (
        lambda c: _days(c, "contractor", "subcontractor", "shared"),
        lambda c: _days(c, "subcontractor"),
    ),
    CorrectionRequest: (
        lambda c: [c.workers[title].correction for title in ("contractor", "subcontractor")],
        lambda c: [c.workers["subcontractor"].correction],
    ),
    ProjectDay: (lambda c: list(ProjectDay.all_rows.filter(project=c.project)), lambda c: []),
    SupervisionNotice: (lambda c: list(c.notices.values()), lambda c: [c.notices["subcontractor"]]),
    NoticeItem: _of_notices(NoticeItem, "notice"),
    NoticeEvent: _of_notices(NoticeEvent, "notice"),
    NoticeReading: _of_notices(NoticeReading, "notice"),
    NoticeReply: _of_notices(NoticeReply, "notice"),
    NoticeAnswer: _of_notices(NoticeAnswer, "reply__notice"),
    AnswerFile: _of_notices(AnswerFile, "answer__reply__notice"),
    Credential: (lambda c: [c.credential], lambda c: []),
    AcceptedRequest: (lambda c: [c.request, c.broken_request], lambda c: []),
    RefusedCall: (lambda c: [c.refused_call], lambda c: []),
    RefusedRecord: (lambda c: [c.refused_record], lambda c: []),
    ChangeProposal: (lambda c: [c.proposal, c.declined, c.copy_wish], lambda c: []),
    ManagerRegistration: (lambda c: list(c.managers.values()), lambda c: [c.managers["subcontractor"]]),
    PunchReceipt: (lambda c: [c.punch_receipt], lambda c: []),
    Upstream: (lambda c: [c.upstream], lambda c: []),
    UpstreamProject: (lambda c: [c.told_project], lambda c: []),
    UpstreamCall: (lambda c: [c.told_call], lambda c: []),
    UpstreamRecord: (lambda c: list(c.told_records.values()), lambda c: []),
    # The outward gateway is the province's: no county's post reaches any of it.
    **{
        model: (lambda c: [], lambda c: [])
        for model in (
            AgreementVersion,
            GatewayLog,
            GatewayRefusal,
            GatewayUse,
            Partner,
            PartnerKey,
            SharingAgreement,
        )
    },
}


def _keys(rows: Any) -> list[Any]:
    return sorted(row.pk for row in rows)


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_every_scoped_model_says_which_rows_it_shows(model: type[ScopedModel]) -> None:
    assert model in EXPECTED, f"{model.__name__} needs its row in EXPECTED"


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_a_post_on_a_county_reaches_its_rows_and_no_other(
    model: type[ScopedModel], world: TwoCounties
) -> None:
    for county in world:
        reach = Reach(region_paths=frozenset({county.region.path}))
        assert _keys(model.objects.within(reach)) == _keys(EXPECTED[model][0](county))


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_a_post_on_a_project_reaches_its_rows_and_no_other(
    model: type[ScopedModel], world: TwoCounties
) -> None:
    for county in world:
        reach = Reach(projects=frozenset({county.project.public_id}))
        assert _keys(model.objects.within(reach)) == _keys(EXPECTED[model][0](county))


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_a_post_on_a_participation_reaches_its_own_people_only(
    model: type[ScopedModel], world: TwoCounties
) -> None:
    for county in world:
        reach = Reach(participations=frozenset({county.participations["subcontractor"].public_id}))
        assert _keys(model.objects.within(reach)) == _keys(EXPECTED[model][1](county))


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_two_posts_reach_the_sum_of_both_once(model: type[ScopedModel], world: TwoCounties) -> None:
    both = Reach(
        region_paths=frozenset({world.wuchang.region.path}),
        participations=frozenset({world.xiantao.participations["subcontractor"].public_id}),
    )
    expected = {row.pk for row in EXPECTED[model][0](world.wuchang) + EXPECTED[model][1](world.xiantao)}
    assert _keys(model.objects.within(both)) == sorted(expected)


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_without_a_post_nothing_is_seen_and_without_a_reader_nothing_is_asked(
    model: type[ScopedModel], world: TwoCounties
) -> None:
    assert list(model.objects.within(Reach())) == []
    nobody = Holder(Reach(region_paths=frozenset({"420000/"})), "nothing.at_all")
    assert list(model.objects.visible_to(nobody)) == []
    for ask in (model.objects.all, model.objects.count, model.objects.first):
        with pytest.raises(ScopeRequired):
            ask()


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_rows_are_read_by_the_permission_asked_for_and_no_other(
    model: type[ScopedModel], world: TwoCounties
) -> None:
    reach = Reach(region_paths=frozenset({world.wuchang.region.path}))
    assert model.view_permission
    reader = Holder(reach, model.view_permission)
    expected = _keys(EXPECTED[model][0](world.wuchang))
    assert _keys(model.objects.visible_to(reader)) == expected
    assert _keys(model.objects.visible_to(reader, "some.other_act")) == []


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_a_worker_reaches_the_own_rows_on_every_site_and_nobody_elses(
    model: type[ScopedModel], world: TwoCounties
) -> None:
    for county in world:
        own = county.worker
        reach = Reach(persons=frozenset({own.person.public_id}))
        expected = {
            Person: [own.person],
            Engagement: [own.engagement],
            IdentityCheck: [own.identity_check],
            Presence: [own.presence],
            Contract: [own.contract],
            Training: [own.training],
            KeyPostAssignment: [own.key_post],
            Particulars: [own.particulars],
            ContractFile: [own.contract_file],
            Certificate: [own.certificate],
            GatePass: [own.gate_pass],
            PersonCredit: [own.credit],
            PayrollRow: [own.wages],
            WorkQuantity: [own.quantity],
            CareerCode: own.career_codes,
            CareerReading: [own.reading],
            Punch: _punches(county, "contractor"),
            AttendanceDay: _days(county, "contractor"),
            CorrectionRequest: [own.correction],
            SessionAttendance: [county.attendance["open"]],
        }
        if model in expected or model.person_lookup is None:
            assert _keys(model.objects.within(reach)) == _keys(expected.get(model, []))
    both = [county.workers["shared"] for county in world]
    reach = Reach(persons=frozenset({both[0].person.public_id}))
    if model is Engagement:
        assert _keys(model.objects.within(reach)) == _keys(one.engagement for one in both)
