"""Every act that names a row, as one actor would try it on a county's rows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Post
from attendance import services as attendance
from attendance.models import Punch
from attendance.services import PunchFacts
from federation import services as federation
from federation.models import ProposalAnswer, Upstream
from federation.services import UpstreamFacts
from integrity import services as integrity
from integrity.rules import day_ended_by, site_date
from integrity.services import CreditFacts
from kernel.files import NamedFile
from kernel.ids import new_id
from kernel.scoping import Actor
from ledgers import services as ledgers
from ledgers.models import Ledger
from ledgers.rules import month_before
from payroll import services as payroll
from projects import services as projects
from projects.models import PermitUpload
from projects.services import PermitFacts, TermsFacts
from projects.statements import (
    AccountFacts,
    EnterpriseFacts,
    ProjectStatement,
    QualificationFacts,
    SiteFacts,
)
from regions.models import Region
from tests.support import people, records
from tests.support.actors import account
from tests.support.counties import County, Worker, permit_table, roster_table
from web import account_acts, parameter_acts, postings
from web.post_rules import Scope
from workers import contract_text
from workers import services as workers
from workers.contract_text import Clause
from workers.models import Presence, RosterFault, RosterImport
from workers.services import (
    Attended,
    CertificateFacts,
    ContractFacts,
    Enter,
    Move,
    OwnFacts,
    PersonFacts,
    PointFacts,
    PolicyFacts,
    QuantityFacts,
    Result,
    SessionFacts,
    SettlementFacts,
    Taking,
    TermFacts,
    TrainingFacts,
    WorkFacts,
)
from workers.services.import_work import Lease

Act = Callable[[Actor, County], Any]


def _subject(county: County) -> Worker:
    return county.workers["contractor"]


def permit_facts(county: County, region: Region | None = None) -> PermitFacts:
    """A further permit of the county's own project."""
    return PermitFacts(
        project_code=county.project.code,
        project_name=county.project.name,
        region=region or county.region,
        permit_number=f"{county.permit.number}-2",
        issued_on=county.today,
        contractor_uscc=county.firms["contractor"].uscc,
        contractor_name=county.firms["contractor"].name,
    )


def _receive_permit(actor: Actor, county: County) -> Any:
    return projects.receive_permit(actor=actor, facts=permit_facts(county))


def _register_project(actor: Actor, county: County) -> Any:
    facts = replace(permit_facts(county), project_code="420000202601019999", permit_number="NEW-420001")
    return projects.receive_permit(actor=actor, facts=facts)


def _slip_permit_under(actor: Actor, county: County) -> Any:
    """A region within reach is stated, but the project is the county's: what the row says counts."""
    stated = Region.objects.filter(path__in=actor.reach("projects.receive_permit").region_paths).first()
    return projects.receive_permit(actor=actor, facts=permit_facts(county, stated))


def _add_participation(actor: Actor, county: County) -> Any:
    return projects.add_participation(
        actor=actor, project=county.project, uscc=people.credit_code(77), name="第77建筑有限公司", kind="001"
    )


def _add_team(actor: Actor, county: County) -> Any:
    return projects.add_team(actor=actor, participation=county.participations["contractor"], name="瓦工班组")


def _issue_project_account(actor: Actor, county: County) -> Any:
    return projects.issue_project_account(actor=actor, permit=county.permit, now=county.now)


def _keep_permit_file(actor: Actor, county: County) -> Any:
    return projects.keep_permit_file(
        actor=actor,
        region=county.region,
        name="许可证.csv",
        content=permit_table(permit_facts(county)).encode(),
        now=county.now,
    )


def _receive_permits(actor: Actor, county: County) -> Any:
    """Even as if the file were the actor's own."""
    PermitUpload.objects.filter(pk=county.upload.pk).update(owner_key=actor.key)
    return projects.receive_permits(actor=actor, upload=county.upload, now=county.now)


def _grant_project(actor: Actor, county: County) -> Any:
    return projects.grant_project(
        actor=actor,
        user=account(f"stand-in-{county.region.code}"),
        project=county.project,
        codename="stand_in_supervisor",
        valid_to=county.today,
        reason="代班",
    )


def _enrol(actor: Actor, county: County) -> Any:
    return workers.enrol(
        actor=actor,
        project=county.project,
        team=county.teams["contractor"],
        person=PersonFacts(name="钱七", number=people.id_number(901)),
        work=WorkFacts(),
        today=county.today,
    )


def _as_own(actor: Actor, county: County) -> RosterImport:
    """The roster as if the actor had brought it; a subcontractor's clerk never brought the contractor's."""
    reach = actor.reach("workers.enrol")
    if reach.region_paths or reach.projects:
        RosterImport.objects.filter(pk=county.roster.pk).update(owner_key=actor.key)
    return RosterImport.objects.get(pk=county.roster.pk)


def _keep_roster_file(actor: Actor, county: County) -> Any:
    content = roster_table(county).encode()
    return workers.keep_roster_file(
        actor=actor,
        project=county.project,
        name="花名册.csv",
        pieces=[content],
        size=len(content),
        now=county.now,
    )


def _mend_import(actor: Actor, county: County) -> Any:
    fault = RosterFault.objects.filter(roster=county.roster, cause="check_digit").first()
    assert fault is not None
    mended = {fault.row_id: {"id_number": people.id_number(915)}}
    return workers.mend_import(actor=actor, roster=_as_own(actor, county), mended=mended, now=county.now)


def _map_import(actor: Actor, county: County) -> Any:
    return workers.map_import(
        actor=actor,
        roster=_as_own(actor, county),
        column="trade",
        cause="not_in_list",
        value="010",
        now=county.now,
    )


def _save_import(actor: Actor, county: County) -> Any:
    return workers.save_import(actor=actor, roster=_as_own(actor, county), mode="rows", now=county.now)


def _import_roster(actor: Actor, county: County) -> Any:
    """Even if a worker held the lease."""
    roster, lease = _as_own(actor, county), new_id()
    kept = {"state": roster.State.SAVING, "mode": "rows", "lease": lease}
    RosterImport.objects.filter(pk=roster.pk).update(**kept)
    roster = RosterImport.objects.select_related("project__region").get(pk=roster.pk)
    return workers.import_roster(actor=actor, lease=Lease(roster, lease), clock=lambda: county.now)


def _take_errors(actor: Actor, county: County) -> Any:
    return workers.take_errors(actor=actor, roster=_as_own(actor, county))


def _drop_import(actor: Actor, county: County) -> Any:
    return workers.drop_import(actor=actor, roster=_as_own(actor, county), now=county.now)


def _enrol_many(actor: Actor, county: County) -> Any:
    person = PersonFacts(name="吴十", number=people.id_number(917))
    return workers.enrol_many(
        actor=actor,
        project=county.project,
        takings=[Taking(person, WorkFacts(trade="010"), county.teams["contractor"])],
        today=county.today,
    )


def _take_on(actor: Actor, county: County) -> Any:
    return workers.take_on(
        actor=actor,
        project=county.project,
        team=county.teams["contractor"],
        person=PersonFacts(name="孙八", number=people.id_number(903)),
        work=WorkFacts(trade="010", phone=people.phone(903)),
        today=county.today,
        now=county.now,
    )


def _look_up(actor: Actor, county: County) -> Any:
    number, name = people.id_number(905), "周九"
    return workers.look_up(
        actor=actor, project=county.project, number=number, name=name, today=county.today, now=county.now
    )


def _edit_engagement(actor: Actor, county: County) -> Any:
    facts = OwnFacts(trade="020", phone=people.phone(907))
    return workers.edit_engagement(actor=actor, engagement=_subject(county).engagement, facts=facts)


def _correct_identity(actor: Actor, county: County) -> Any:
    return workers.correct_identity(
        actor=actor,
        engagement=_subject(county).engagement,
        name="张散",
        number=people.id_number(909),
        reason="登记时看错",
        today=county.today,
        now=county.now,
    )


def _enter(actor: Actor, county: County) -> Any:
    engagement = county.workers["shared"].engagement
    return workers.enter(actor=actor, engagement=engagement, on=county.today, today=county.today)


def _leave(actor: Actor, county: County) -> Any:
    engagement = _subject(county).engagement
    return workers.leave(actor=actor, engagement=engagement, on=county.today, today=county.today)


def _record_contract(actor: Actor, county: County) -> Any:
    engagement = _subject(county).engagement
    return workers.record_contract(
        actor=actor, engagement=engagement, starts_on=county.today, ends_on=county.today + timedelta(days=90)
    )


def _record_training(actor: Actor, county: County) -> Any:
    return workers.record_training(
        actor=actor,
        engagement=_subject(county).engagement,
        kind="003001",
        held_on=county.today,
        hours=Decimal("2.0"),
        is_passed=True,
    )


def _contract_facts(county: County) -> ContractFacts:
    return ContractFacts("labour", county.today - timedelta(days=9), county.today + timedelta(days=99))


def _replace_contract(actor: Actor, county: County) -> Any:
    contract = county.contract_of("contractor")
    facts = _contract_facts(county)
    return workers.replace_contract(actor=actor, contract=contract, facts=facts, reason="日期录错")


def _end_contract(actor: Actor, county: County) -> Any:
    contract = county.contract_of("shared")
    return workers.end_contract(
        actor=actor, contract=contract, on=county.today, reason="协商解除", today=county.today
    )


def _training_facts(county: County) -> TrainingFacts:
    return TrainingFacts("003002", county.today - timedelta(days=1), Decimal("8.0"))


def _record_trainings(actor: Actor, county: County) -> Any:
    return workers.record_trainings(
        actor=actor,
        engagements=[county.workers["gap"].engagement],
        facts=_training_facts(county),
        today=county.today,
    )


def _replace_training(actor: Actor, county: County) -> Any:
    return workers.replace_training(
        actor=actor,
        training=county.training_of("contractor"),
        facts=_training_facts(county),
        reason="学时录错",
        today=county.today,
    )


def _withdraw_training(actor: Actor, county: County) -> Any:
    training = county.training_of("shared")
    return workers.withdraw_training(actor=actor, training=training, reason="不是本人参加")


def _terms(county: County) -> TermFacts:
    return TermFacts("labour", county.today, None, "day", Decimal("280.00"), 15, "武昌工地")


def _reword_contract(actor: Actor, county: County) -> Any:
    text = [*contract_text.default_text("labour"), Clause("补充", "遵守工地制度。")]
    return workers.reword_contract(
        actor=actor, project=county.project, kind="labour", clauses=text, reason="补充条款"
    )


def _make_contracts(actor: Actor, county: County) -> Any:
    engagements = [county.workers["gap"].engagement]
    return workers.make_contracts(actor=actor, engagements=engagements, terms=_terms(county), year=2026)


def _amend_contract(actor: Actor, county: County) -> Any:
    contract = county.contract_of("shared")
    return workers.amend_contract(actor=actor, contract=contract, terms=_terms(county), year=2026)


def _begin_signing(actor: Actor, county: County) -> Any:
    return workers.begin_signing(actor=actor, papers=[county.papers["draft"]])


def _attach_scan(actor: Actor, county: County) -> Any:
    return workers.attach_scan(actor=actor, paper=county.papers["signing"], scan=county.photo)


def _attach_scans(actor: Actor, county: County) -> Any:
    files = [NamedFile(f"{county.papers['signing'].number}.jpg", county.photo)]
    return workers.attach_scans(actor=actor, project=county.project, files=files)


def _verify_scan(actor: Actor, county: County) -> Any:
    return workers.verify_scan(actor=actor, paper=county.papers["scanned"])


def _send_back_scan(actor: Actor, county: County) -> Any:
    return workers.send_back_scan(actor=actor, paper=county.papers["scanned"], reason="没有拍到签字")


def _void_paper(actor: Actor, county: County) -> Any:
    return workers.void_paper(actor=actor, paper=county.papers["draft"], reason="报酬填错")


def _print_contracts(actor: Actor, county: County) -> Any:
    papers = [county.papers["draft"]]
    return workers.print_contracts(actor=actor, papers=papers, address_of=lambda paper: paper.number)


def _print_session(actor: Actor, county: County) -> Any:
    return workers.print_session(actor=actor, session=county.sessions["open"])


def _print_badges(actor: Actor, county: County) -> Any:
    who = [county.workers["gap"].engagement]
    return workers.print_badges(
        actor=actor, project=county.project, engagements=who, address_of=lambda one: str(one.public_id)
    )


def _open_session(actor: Actor, county: County) -> Any:
    facts = SessionFacts("003001", "补充教育", county.today, Decimal("2.0"), "讲师")
    return workers.open_session(actor=actor, project=county.project, facts=facts, today=county.today)


def _open_firms_session(actor: Actor, county: County) -> Any:
    return workers.open_session(
        actor=actor,
        project=county.project,
        participation=county.participations["contractor"],
        facts=SessionFacts("003001", "班组教育", county.today, Decimal("2.0"), "讲师"),
        today=county.today,
    )


def _note_attendance(actor: Actor, county: County) -> Any:
    return workers.note_attendance(
        actor=actor,
        session=county.sessions["open"],
        engagements=[county.workers["gap"].engagement],
        how="list",
        today=county.today,
    )


def _strike_attendance(actor: Actor, county: County) -> Any:
    return workers.strike_attendance(actor=actor, attendance=county.attendance["open"])


def _score_session(actor: Actor, county: County) -> Any:
    results = {county.attendance["open"].public_id: Result(Decimal("90.0"))}
    return workers.score_session(actor=actor, session=county.sessions["open"], results=results)


def _close_session(actor: Actor, county: County) -> Any:
    files = [NamedFile("签到表", county.photo)]
    session = county.sessions["judged"]
    return workers.close_session(actor=actor, session=session, files=files, today=county.today)


def _cancel_session(actor: Actor, county: County) -> Any:
    return workers.cancel_session(actor=actor, session=county.sessions["open"], reason="当天停工")


def _make_up(actor: Actor, county: County) -> Any:
    return workers.make_up(
        actor=actor,
        attendance=county.attendance["failed"],
        on=county.today,
        result=Result(Decimal("80.0")),
        today=county.today,
    )


def _file_policy(actor: Actor, county: County) -> Any:
    facts = PolicyFacts("考勤制度", county.today, NamedFile("考勤制度.pdf", county.photo))
    parts = [county.participations["contractor"]]
    return workers.file_policy(actor=actor, participations=parts, facts=facts)


def _withdraw_policy(actor: Actor, county: County) -> Any:
    policy = county.policies["contractor"]
    return workers.withdraw_policy(actor=actor, policy=policy, reason="制度已废止")


def _assign_key_post(actor: Actor, county: County) -> Any:
    return workers.assign_key_post(
        actor=actor, engagement=_subject(county).engagement, post="02", starts_on=county.today
    )


def _reveal_number(actor: Actor, county: County) -> Any:
    return workers.reveal_number(actor=actor, engagement=_subject(county).engagement, reason="核对身份")


def _find_by_number(actor: Actor, county: County) -> Any:
    return workers.find_by_number(actor=actor, number=_subject(county).person.id_number, now=county.now)


def _receive_punches(actor: Actor, county: County) -> Any:
    return attendance.receive_punches(
        actor=actor,
        project=county.project,
        origin=Punch.Origin.OPEN_API,
        punches=[PunchFacts(number=people.id_number(902), occurred_at=county.now - timedelta(minutes=7))],
        now=county.now,
    )


def _ask_correction(actor: Actor, county: County) -> Any:
    return attendance.ask_correction(
        actor=actor,
        engagement=_subject(county).engagement,
        claim=attendance.Claim(wrong="other", day=county.today, note="闸机没有反应"),
        now=county.now,
    )


def _answer_correction(actor: Actor, county: County) -> Any:
    request = _subject(county).correction
    assert request is not None
    return attendance.answer_correction(
        actor=actor, request=request, is_accepted=True, reason="门卫登记属实", now=county.now
    )


def _above(county: County) -> UpstreamFacts:
    url = "https://above.invalid/open.api"
    return UpstreamFacts(name="全国平台", url=url, takes="chosen", since=county.today)


def _add_upstream(actor: Actor, county: County) -> Any:
    return federation.add_upstream(actor=actor, region=county.region, facts=_above(county))


def _edit_upstream(actor: Actor, county: County) -> Any:
    return federation.edit_upstream(actor=actor, upstream=county.upstream, facts=_above(county))


def _pause_upstream(actor: Actor, county: County) -> Any:
    return federation.pause_upstream(actor=actor, upstream=county.upstream, reason="对方升级")


def _resume_upstream(actor: Actor, county: County) -> Any:
    """As if it rested."""
    Upstream.objects.unscoped(because="a test").filter(pk=county.upstream.pk).update(
        state=Upstream.State.PAUSED, pause_reason="对方升级"
    )
    return federation.resume_upstream(actor=actor, upstream=county.upstream)


def _choose_project(actor: Actor, county: County) -> Any:
    """As if it had been given up."""
    county.upstream.projects.update(ended_at=county.now)
    return federation.choose_project(
        actor=actor, upstream=county.upstream, code=county.project.code, remote_code="U-1"
    )


def _change_upstream_project(actor: Actor, county: County) -> Any:
    return federation.change_upstream_project(
        actor=actor, access=county.told_project, remote_code="U-1", appid="U-1", secret="0" * 32
    )


def _end_upstream_project(actor: Actor, county: County) -> Any:
    return federation.end_upstream_project(actor=actor, access=county.told_project, now=county.now)


def _requeue_upstream_record(actor: Actor, county: County) -> Any:
    return federation.requeue_upstream_record(
        actor=actor, record_of=county.told_records["worker"], now=county.now
    )


def _requeue_refused(actor: Actor, county: County) -> Any:
    return federation.requeue_refused(actor=actor, upstream=county.upstream, now=county.now)


def _waive_upstream_record(actor: Actor, county: County) -> Any:
    return federation.waive_upstream_record(
        actor=actor, record_of=county.told_records["worker"], reason="已线下更正"
    )


def _issue_credential(actor: Actor, county: County) -> Any:
    return federation.issue_credential(actor=actor, project_code=county.project.code)


def _draft_notice(actor: Actor, county: County) -> Any:
    return integrity.draft_notice(
        actor=actor, project=county.project, gaps=["uncontracted"], day=county.today, now=county.now
    )


def _discard_draft(actor: Actor, county: County) -> Any:
    return integrity.discard_draft(actor=actor, notice=county.notices["spare"])


def _issue_notice(actor: Actor, county: County) -> Any:
    return integrity.issue_notice(
        actor=actor,
        notice=county.notices["draft"],
        deadline_on=site_date(county.now) + timedelta(days=3),
        day=county.today,
        now=county.now,
    )


def _mark_read(actor: Actor, county: County) -> Any:
    return integrity.mark_read(actor=actor, notice=county.notices["replied"], now=county.now)


def _reply_notice(actor: Actor, county: County) -> Any:
    answers = {1: integrity.AnswerFacts("已补签合同")}
    return integrity.reply_notice(
        actor=actor, notice=county.notices["issued"], answers=answers, now=county.now
    )


def _accept_reply(actor: Actor, county: County) -> Any:
    return integrity.accept_reply(
        actor=actor, notice=county.notices["replied"], now=county.now, note="现场已经看过"
    )


def _return_reply(actor: Actor, county: County) -> Any:
    return integrity.return_reply(
        actor=actor,
        notice=county.notices["answered"],
        reason="照片看不清",
        deadline_on=site_date(county.now) + timedelta(days=2),
        now=county.now,
    )


def _extend_deadline(actor: Actor, county: County) -> Any:
    notice = county.notices["subcontractor"]
    assert notice.deadline_at
    return integrity.extend_deadline(
        actor=actor,
        notice=notice,
        reason="材料在途",
        deadline_on=day_ended_by(notice.deadline_at) + timedelta(days=1),
        now=county.now,
    )


def _propose_change(actor: Actor, county: County) -> Any:
    return federation.propose_change(
        actor=actor,
        kind="enterprise",
        row=county.firms["supervisor"],
        field="uscc",
        wish=people.credit_code(77),
        reason="营业执照变更登记",
        now=county.now,
    )


def _ask_copy_correction(actor: Actor, county: County) -> Any:
    return federation.ask_correction(
        actor=actor,
        kind="quantity",
        row=county.copy,
        field="",
        wish="数量应为 12",
        reason="验收单",
        now=county.now,
    )


def _answer_copy_correction(actor: Actor, county: County) -> Any:
    return federation.answer_correction(
        actor=actor, proposal=county.copy_wish, accepts=False, answer="名称无误", now=county.now
    )


def _mark_corrected(actor: Actor, county: County) -> Any:
    wish, changed = county.copy_wish, county.teams["contractor"]
    type(wish).all_rows.filter(pk=wish.pk).update(state="accepted", present="改正前的名称")
    ProposalAnswer.objects.get_or_create(
        proposal=wish,
        defaults={
            "accepts": True, "answered_at": county.now, "answered_by": "答复人", "answered_by_key": "answers",
        },
    )  # fmt: skip
    assert changed.public_id == wish.row
    return federation.mark_corrected(actor=actor, proposal=wish, now=county.now)


def _take_back_proposal(actor: Actor, county: County) -> Any:
    # Only who asked takes a wish back: here everybody is asked for.
    type(county.proposal).all_rows.filter(pk=county.proposal.pk).update(asked_by_key=actor.key)
    return federation.take_back_proposal(actor=actor, proposal=county.proposal)


def _rotate_credential(actor: Actor, county: County) -> Any:
    return federation.rotate_credential(
        actor=actor, credential=county.credential, valid_until=timezone.now() + timedelta(days=3)
    )


def _limit_credential(actor: Actor, county: County) -> Any:
    return federation.limit_credential(
        actor=actor, credential=county.credential, addresses=["203.0.113.7"], window_minutes=60
    )


def _revoke_credential(actor: Actor, county: County) -> Any:
    return federation.revoke_credential(actor=actor, credential=county.credential, reason="更换厂商")


def _retry_request(actor: Actor, county: County) -> Any:
    return federation.retry_request(actor=actor, request=county.broken_request)


def _register_device(actor: Actor, county: County) -> Any:
    return attendance.register_device(actor=actor, project=county.project, channel="西门")


def _change_device(actor: Actor, county: County) -> Any:
    return attendance.change_device(actor=actor, device=county.device, channel="东门", serial="")


def _retire_device(actor: Actor, county: County) -> Any:
    return attendance.retire_device(actor=actor, device=county.device)


def _restore_device(actor: Actor, county: County) -> Any:
    return attendance.restore_device(actor=actor, device=county.retired_device)


def _scope(county: County) -> Scope:
    return Scope("project", county.project.name, county.project.region, county.project.public_id)


def _open_account_with_post(actor: Actor, county: County) -> Any:
    return account_acts.open_account_with_post(
        actor=actor,
        username=f"new-{county.region.code}",
        display_name="新人",
        role="supervisor",
        scope=_scope(county),
        valid_from=county.today,
    )


def _grant_post(actor: Actor, county: County) -> Any:
    return postings.grant_post(
        actor=actor,
        user=county.users["supervisor"],
        role="labour_clerk",
        scope=_scope(county),
        valid_from=county.today,
    )


def _post(county: County) -> Post:
    return county.users["supervisor"].posts.get(role="supervisor")


def _end_post(actor: Actor, county: County) -> Any:
    return account_acts.end_post(actor=actor, post=_post(county))


def _change_end(actor: Actor, county: County) -> Any:
    post = county.locked_user.posts.get()
    return account_acts.change_end(actor=actor, post=post, valid_to=county.today + timedelta(days=90))


def _end_posts(actor: Actor, county: County) -> Any:
    return postings.end_posts(actor=actor, user=county.users["supervisor"])


def _reset_password(actor: Actor, county: County) -> Any:
    return postings.reset_password(actor=actor, user=county.users["supervisor"])


def _unlock(actor: Actor, county: County) -> Any:
    return account_acts.unlock(actor=actor, user=county.locked_user)


def _deactivate(actor: Actor, county: County) -> Any:
    return account_acts.deactivate(actor=actor, user=county.users["supervisor"], reason="离职")


def _reactivate(actor: Actor, county: County) -> Any:
    return account_acts.reactivate(actor=actor, user=county.closed_user)


def _set_parameter(actor: Actor, county: County) -> Any:
    return parameter_acts.set_parameter(
        actor=actor,
        key="key_post.absent_days",
        region=county.region,
        value=7,
        valid_from=timezone.localdate(),
        document="建办〔2026〕1号",
    )


def _take_back_parameter(actor: Actor, county: County) -> Any:
    return parameter_acts.take_back_parameter(actor=actor, row=county.parameter)


def _state_enterprise(actor: Actor, county: County) -> Any:
    firm = county.firms["supervisor"]
    facts = EnterpriseFacts(address="人民路1号")
    return projects.state_enterprise(
        actor=actor, stater=county.project, uscc=firm.uscc, name=firm.name, facts=facts
    )


def _state_own_enterprise(actor: Actor, county: County) -> Any:
    firm = county.firms["contractor"]
    facts = EnterpriseFacts(address="人民路2号")
    return projects.state_enterprise(actor=actor, stater=firm, uscc=firm.uscc, name=firm.name, facts=facts)


def _record_qualification(actor: Actor, county: County) -> Any:
    facts = QualificationFacts("3", "D342000001", trade="71401002", level="3-76")
    return projects.record_qualification(actor=actor, enterprise=county.firms["contractor"], facts=facts)


def _report_project(actor: Actor, county: County) -> Any:
    statement = ProjectStatement(SiteFacts("新家园", county.region), permits=(("新证1", "一期"),))
    return projects.report_project(actor=actor, contractor=county.firms["contractor"], statement=statement)


def _restate_project(actor: Actor, county: County) -> Any:
    statement = ProjectStatement(SiteFacts(investment=Decimal(7)))
    return projects.restate_project(actor=actor, project=county.project, statement=statement)


def _state_party(actor: Actor, county: County) -> Any:
    return projects.state_party(
        actor=actor,
        participation=county.participations["contractor"],
        accounts=[AccountFacts("103", "洪山支行", people.card(904))],
    )


def _record_credit(actor: Actor, county: County) -> Any:
    facts = CreditFacts("good", "001", "楚天杯", "住建局", "〔2026〕9号", county.today, county.today)
    return integrity.record_credit(
        actor=actor,
        enterprise=county.firms["contractor"],
        region=county.region,
        facts=facts,
        today=county.today,
    )


def _withdraw_credit(actor: Actor, county: County) -> Any:
    return integrity.withdraw_credit(
        actor=actor, credit=county.credit["contractor"], reason="录入有误", now=county.now
    )


def _employed(county: County, title: str) -> Any:
    return county.workers[title].engagement


def _away(actor: Actor, county: County) -> Any:
    work = _employed(county, "contractor")
    return workers.leave_temporarily(actor=actor, engagement=work, on=county.today, today=county.today)


def _back(actor: Actor, county: County) -> Any:
    records.leave(county.workers["contractor"].presence, county.today)
    work = _employed(county, "contractor")
    return workers.return_to_site(actor=actor, engagement=work, on=county.today, today=county.today)


def _settle(actor: Actor, county: County) -> Any:
    Presence.all_rows.filter(pk=county.workers["gap"].presence.pk).update(exited_on=county.today)
    paid = SettlementFacts("settled")
    work = _employed(county, "gap")
    return workers.settle_wages(actor=actor, engagement=work, settlement=paid, today=county.today)


def _change_team(actor: Actor, county: County) -> Any:
    team = records.team(county.participations["contractor"], 1_400_000_900 + county.order, name="新班")
    work = _employed(county, "contractor")
    return workers.change_team(actor=actor, engagement=work, team=team, on=county.today, today=county.today)


def _end_engagement(actor: Actor, county: County) -> Any:
    return workers.end_engagement(actor=actor, engagement=_employed(county, "shared"), today=county.today)


def _verify_identity(actor: Actor, county: County) -> Any:
    return workers.verify_identity(actor=actor, engagement=_employed(county, "gap"), today=county.today)


def _submit(actor: Actor, county: County) -> Any:
    return workers.submit_for_review(actor=actor, engagement=_employed(county, "shared"), today=county.today)


def _pending(county: County) -> Any:
    work = _employed(county, "shared")
    records.review(work, outcome="pending")
    return work


def _approve(actor: Actor, county: County) -> Any:
    return workers.approve_entry(actor=actor, engagement=_pending(county), today=county.today)


def _send_back(actor: Actor, county: County) -> Any:
    work = _pending(county)
    return workers.send_back(actor=actor, engagement=work, reason="缺培训记录", today=county.today)


def _reverse(actor: Actor, county: County) -> Any:
    work = _employed(county, "contractor")
    return workers.reverse_move(actor=actor, engagement=work, reason="选错了人", today=county.today)


def _entry(county: County) -> Move:
    return Enter(on=county.today, today=county.today)


def _move_people(actor: Actor, county: County) -> Any:
    both = [_employed(county, "shared"), _employed(county, "gap")]
    return workers.move_people(actor=actor, move=_entry(county), engagements=both)


def _move_one(actor: Actor, county: County) -> Any:
    return workers.move_one(actor=actor, move=_entry(county), engagement=_employed(county, "shared"))


def _judge_moves(actor: Actor, county: County) -> Any:
    both = [_employed(county, "shared"), _employed(county, "gap")]
    return workers.judge_moves(actor=actor, move=_entry(county), engagements=both)


def _relieve_key_post(actor: Actor, county: County) -> Any:
    held = county.workers["contractor"].key_post
    assert held is not None
    return workers.relieve_key_post(actor=actor, assignment=held, ends_on=county.today, today=county.today)


def _edit_participation(actor: Actor, county: County) -> Any:
    return projects.edit_participation(
        actor=actor,
        participation=county.participations["shared"],
        kind="001",
        entered_on=None,
        manager_name="钱七",
    )


def _end_participation(actor: Actor, county: County) -> Any:
    return projects.end_participation(
        actor=actor, participation=county.participations["shared"], on=county.today, today=county.today
    )


def _resume_participation(actor: Actor, county: County) -> Any:
    return projects.resume_participation(actor=actor, participation=county.participations["shared"])


def _edit_team(actor: Actor, county: County) -> Any:
    return projects.edit_team(
        actor=actor,
        team=county.teams["contractor"],
        name="钢筋班",
        responsible_name="",
        entered_on=None,
        remark="",
    )


def _end_team(actor: Actor, county: County) -> Any:
    return projects.end_team(actor=actor, team=county.teams["shared"], on=county.today, today=county.today)


def _resume_team(actor: Actor, county: County) -> Any:
    return projects.resume_team(actor=actor, team=county.teams["shared"])


def _report_team(actor: Actor, county: County) -> Any:
    facts = projects.TeamFacts(remark="三区", entry_files=[NamedFile("进场表", county.photo)])
    return projects.report_team(actor=actor, team=county.teams["contractor"], facts=facts, today=county.today)


def _report_contract(actor: Actor, county: County) -> Any:
    facts = ContractFacts("labour", county.today, county.today + timedelta(days=60))
    return workers.report_contract(
        actor=actor, engagement=county.workers["gap"].engagement, facts=facts, files=()
    )


def _report_training_session(actor: Actor, county: County) -> Any:
    return workers.report_training_session(
        actor=actor,
        project=county.project,
        facts=SessionFacts("003001", "岗前教育", county.today, Decimal("2.0")),
        attended=[Attended(county.workers["gap"].engagement, True)],
        files=(),
        today=county.today,
    )


def _record_certificate(actor: Actor, county: County) -> Any:
    return workers.record_certificate(
        actor=actor,
        engagement=_subject(county).engagement,
        facts=CertificateFacts("81", "T-1234567890", county.today),
        today=county.today,
    )


def _change_certificate(actor: Actor, county: County) -> Any:
    held = _subject(county).certificate
    assert held is not None
    return workers.change_certificate(
        actor=actor, certificate=held, valid_to=county.today, status="1", reason="复核合格"
    )


def _point_facts(county: County) -> PointFacts:
    return PointFacts("北门办公室", "北门内", "读卡器", "吴十")


def _open_point(actor: Actor, county: County) -> Any:
    facts = _point_facts(county)
    return workers.open_collection_point(actor=actor, project=county.project, facts=facts)


def _change_point(actor: Actor, county: County) -> Any:
    return workers.change_collection_point(actor=actor, point=county.point, facts=_point_facts(county))


def _close_point(actor: Actor, county: County) -> Any:
    return workers.close_collection_point(actor=actor, point=county.point, reason="搬到北门", now=county.now)


def _renew_reader_key(actor: Actor, county: County) -> Any:
    return workers.renew_reader_key(actor=actor, point=county.point, now=county.now)


def _report_payroll(actor: Actor, county: County) -> Any:
    card = payroll.Account(people.card(911), "102", "支行")
    payslip = payroll.Payslip(
        engagement=_subject(county).engagement,
        gross_pay=Decimal("10.00"),
        net_pay=Decimal("10.00"),
        paid_on=county.today,
        card=card,
        paying=card,
        external_number="PS-1",
    )
    return payroll.report_payroll(
        actor=actor,
        team=county.teams["contractor"],
        month=county.today.replace(day=1),
        payslips=[payslip],
        now=county.now,
        today=county.today,
    )


def _record_person_credit(actor: Actor, county: County) -> Any:
    day = county.today
    return integrity.record_person_credit(
        actor=actor,
        engagement=_subject(county).engagement,
        region=county.region,
        facts=integrity.PersonCreditFacts("good", "102", "获奖", "住建局", "新文1号", day, day),
        today=day,
    )


def _withdraw_person_credit(actor: Actor, county: County) -> Any:
    credit = county.workers["gap"].credit
    assert credit is not None
    return integrity.withdraw_person_credit(actor=actor, credit=credit, reason="录入有误", now=county.now)


def _state_terms(actor: Actor, county: County) -> Any:
    facts = TermsFacts(measurement_days=30)
    return projects.state_terms(actor=actor, project=county.project, facts=facts, now=county.now)


def _confirm_terms(actor: Actor, county: County) -> Any:
    return projects.confirm_terms(actor=actor, terms=county.terms["stated"], now=county.now)


def _object_to_terms(actor: Actor, county: County) -> Any:
    terms = county.terms["stated"]
    return projects.object_to_terms(actor=actor, terms=terms, reason="拨付日与合同不符", now=county.now)


def _quantity_facts(county: County) -> QuantityFacts:
    day = county.today - timedelta(days=2)
    return QuantityFacts("砌筑", day, day, Decimal("7.5"), "82", "2")


def _enter_quantity(actor: Actor, county: County) -> Any:
    return workers.enter_quantity(
        actor=actor,
        team=county.teams["contractor"],
        engagement=_subject(county).engagement,
        facts=_quantity_facts(county),
        today=county.today,
        now=county.now,
    )


def _correct_quantity(actor: Actor, county: County) -> Any:
    return workers.correct_quantity(
        actor=actor,
        quantity=county.quantities["contractor"],
        facts=_quantity_facts(county),
        today=county.today,
        now=county.now,
    )


def _accept_quantity(actor: Actor, county: County) -> Any:
    row = county.quantities["contractor"]
    return workers.accept_quantity(actor=actor, quantity=row, grade="1", now=county.now)


def _return_quantity(actor: Actor, county: County) -> Any:
    row = county.quantities["contractor"]
    return workers.return_quantity(actor=actor, quantity=row, reason="与计量单不符", now=county.now)


def _read_career(actor: Actor, county: County) -> Any:
    code = _subject(county).career_codes[-1]
    return workers.read_career(actor=actor, project=county.project, code=code, now=county.now)


def _file_ledger(actor: Actor, county: County) -> Any:
    """The ledger of the month before last, of a firm whose people were there then."""
    month = month_before(month_before(county.today))
    who = records.person(people.id_number(915), "周十五")
    records.presence(records.engagement(who, county.teams["shared"]), month)
    firm = county.participations["shared"]
    return ledgers.file_ledger(actor=actor, participation=firm, month=month, now=county.now)


def _accept_ledger(actor: Actor, county: County) -> Any:
    return ledgers.accept_ledger(actor=actor, ledger=county.ledgers["shared"], now=county.now)


def _return_ledger(actor: Actor, county: County) -> Any:
    row: Ledger = county.ledgers["shared"]
    return ledgers.return_ledger(actor=actor, ledger=row, reason="有人没有合同", now=county.now)


# By the service's name; several rows where an act can be tried in several ways.
ACTS: dict[str, list[Act]] = {
    "projects.services.receive_permit": [_receive_permit, _register_project, _slip_permit_under],
    "projects.services.receive_permits": [_receive_permits],
    "projects.services.keep_permit_file": [_keep_permit_file],
    "projects.services.issue_project_account": [_issue_project_account],
    "projects.services.state_terms": [_state_terms],
    "projects.services.confirm_terms": [_confirm_terms],
    "projects.services.object_to_terms": [_object_to_terms],
    "workers.services.enter_quantity": [_enter_quantity],
    "workers.services.correct_quantity": [_correct_quantity],
    "workers.services.accept_quantity": [_accept_quantity],
    "workers.services.return_quantity": [_return_quantity],
    "workers.services.read_career": [_read_career],
    "ledgers.services.file_ledger": [_file_ledger],
    "ledgers.services.accept_ledger": [_accept_ledger],
    "ledgers.services.return_ledger": [_return_ledger],
    "projects.services.add_participation": [_add_participation],
    "projects.services.state_enterprise": [_state_enterprise, _state_own_enterprise],
    "projects.services.record_qualification": [_record_qualification],
    "projects.services.report_project": [_report_project],
    "projects.services.restate_project": [_restate_project],
    "projects.services.state_party": [_state_party],
    "integrity.services.record_credit": [_record_credit],
    "integrity.services.withdraw_credit": [_withdraw_credit],
    "projects.services.add_team": [_add_team],
    "projects.services.grant_project": [_grant_project],
    "workers.services.reword_contract": [_reword_contract],
    "workers.services.make_contracts": [_make_contracts],
    "workers.services.amend_contract": [_amend_contract],
    "workers.services.begin_signing": [_begin_signing],
    "workers.services.attach_scan": [_attach_scan],
    "workers.services.attach_scans": [_attach_scans],
    "workers.services.verify_scan": [_verify_scan],
    "workers.services.send_back_scan": [_send_back_scan],
    "workers.services.void_paper": [_void_paper],
    "workers.services.print_contracts": [_print_contracts],
    "workers.services.print_session": [_print_session],
    "workers.services.print_badges": [_print_badges],
    "workers.services.open_session": [_open_session, _open_firms_session],
    "workers.services.note_attendance": [_note_attendance],
    "workers.services.strike_attendance": [_strike_attendance],
    "workers.services.score_session": [_score_session],
    "workers.services.close_session": [_close_session],
    "workers.services.cancel_session": [_cancel_session],
    "workers.services.make_up": [_make_up],
    "workers.services.file_policy": [_file_policy],
    "workers.services.withdraw_policy": [_withdraw_policy],
    "workers.services.enrol": [_enrol],
    "workers.services.take_on": [_take_on],
    "workers.services.enrol_many": [_enrol_many],
    "workers.services.keep_roster_file": [_keep_roster_file],
    "workers.services.mend_import": [_mend_import],
    "workers.services.map_import": [_map_import],
    "workers.services.save_import": [_save_import],
    "workers.services.import_roster": [_import_roster],
    "workers.services.take_errors": [_take_errors],
    "workers.services.drop_import": [_drop_import],
    "workers.services.look_up": [_look_up],
    "workers.services.edit_engagement": [_edit_engagement],
    "workers.services.correct_identity": [_correct_identity],
    "workers.services.enter": [_enter],
    "workers.services.leave": [_leave],
    "workers.services.leave_temporarily": [_away],
    "workers.services.return_to_site": [_back],
    "workers.services.settle_wages": [_settle],
    "workers.services.change_team": [_change_team],
    "workers.services.end_engagement": [_end_engagement],
    "workers.services.verify_identity": [_verify_identity],
    "workers.services.submit_for_review": [_submit],
    "workers.services.approve_entry": [_approve],
    "workers.services.send_back": [_send_back],
    "workers.services.reverse_move": [_reverse],
    "workers.services.move_people": [_move_people],
    "workers.services.move_one": [_move_one],
    "workers.services.judge_moves": [_judge_moves],
    "workers.services.relieve_key_post": [_relieve_key_post],
    "projects.services.edit_participation": [_edit_participation],
    "projects.services.end_participation": [_end_participation],
    "projects.services.resume_participation": [_resume_participation],
    "projects.services.edit_team": [_edit_team],
    "projects.services.end_team": [_end_team],
    "projects.services.resume_team": [_resume_team],
    "projects.services.report_team": [_report_team],
    "workers.services.report_contract": [_report_contract],
    "workers.services.report_training_session": [_report_training_session],
    "workers.services.record_certificate": [_record_certificate],
    "workers.services.change_certificate": [_change_certificate],
    "workers.services.open_collection_point": [_open_point],
    "workers.services.change_collection_point": [_change_point],
    "workers.services.close_collection_point": [_close_point],
    "workers.services.renew_reader_key": [_renew_reader_key],
    "payroll.services.report_payroll": [_report_payroll],
    "integrity.services.record_person_credit": [_record_person_credit],
    "integrity.services.withdraw_person_credit": [_withdraw_person_credit],
    "workers.services.record_contract": [_record_contract],
    "workers.services.record_training": [_record_training],
    "workers.services.replace_contract": [_replace_contract],
    "workers.services.end_contract": [_end_contract],
    "workers.services.record_trainings": [_record_trainings],
    "workers.services.replace_training": [_replace_training],
    "workers.services.withdraw_training": [_withdraw_training],
    "workers.services.assign_key_post": [_assign_key_post],
    "workers.services.reveal_number": [_reveal_number],
    "workers.services.find_by_number": [_find_by_number],
    "attendance.services.receive_punches": [_receive_punches],
    "integrity.services.draft_notice": [_draft_notice],
    "integrity.services.discard_draft": [_discard_draft],
    "integrity.services.issue_notice": [_issue_notice],
    "integrity.services.mark_read": [_mark_read],
    "integrity.services.reply_notice": [_reply_notice],
    "integrity.services.accept_reply": [_accept_reply],
    "integrity.services.return_reply": [_return_reply],
    "integrity.services.extend_deadline": [_extend_deadline],
    "attendance.services.ask_correction": [_ask_correction],
    "attendance.services.answer_correction": [_answer_correction],
    "federation.services.propose_change": [_propose_change],
    "federation.services.ask_correction": [_ask_copy_correction],
    "federation.services.answer_correction": [_answer_copy_correction],
    "federation.services.mark_corrected": [_mark_corrected],
    "federation.services.take_back_proposal": [_take_back_proposal],
    "federation.services.issue_credential": [_issue_credential],
    "federation.services.add_upstream": [_add_upstream],
    "federation.services.edit_upstream": [_edit_upstream],
    "federation.services.pause_upstream": [_pause_upstream],
    "federation.services.resume_upstream": [_resume_upstream],
    "federation.services.choose_project": [_choose_project],
    "federation.services.change_upstream_project": [_change_upstream_project],
    "federation.services.end_upstream_project": [_end_upstream_project],
    "federation.services.requeue_upstream_record": [_requeue_upstream_record],
    "federation.services.requeue_refused": [_requeue_refused],
    "federation.services.waive_upstream_record": [_waive_upstream_record],
    "federation.services.rotate_credential": [_rotate_credential],
    "federation.services.limit_credential": [_limit_credential],
    "federation.services.revoke_credential": [_revoke_credential],
    "federation.services.retry_request": [_retry_request],
    "attendance.services.register_device": [_register_device],
    "attendance.services.change_device": [_change_device],
    "attendance.services.retire_device": [_retire_device],
    "attendance.services.restore_device": [_restore_device],
    "web.account_acts.open_account_with_post": [_open_account_with_post],
    "web.account_acts.end_post": [_end_post],
    "web.account_acts.change_end": [_change_end],
    "web.account_acts.unlock": [_unlock],
    "web.account_acts.deactivate": [_deactivate],
    "web.account_acts.reactivate": [_reactivate],
    "web.postings.grant_post": [_grant_post],
    "web.postings.end_posts": [_end_posts],
    "web.postings.reset_password": [_reset_password],
    "web.parameter_acts.set_parameter": [_set_parameter],
    "web.parameter_acts.take_back_parameter": [_take_back_parameter],
}
