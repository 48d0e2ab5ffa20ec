"""Every act that names a row, as one actor would try it on a county's rows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from attendance import services as attendance
from attendance.models import Punch
from attendance.services import PunchFacts
from federation import services as federation
from kernel.scoping import Actor
from projects import services as projects
from projects.services import PermitFacts
from regions.models import Region
from tests.support import people, records
from tests.support.actors import account
from tests.support.counties import County, Worker
from workers import services as workers
from workers.models import Presence
from workers.services import (
    ContractFacts,
    Enter,
    Move,
    OwnFacts,
    PersonFacts,
    SettlementFacts,
    TrainingFacts,
    WorkFacts,
)

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
    facts = replace(permit_facts(county), project_code="420000202601019999", permit_number="NEW-1")
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


def _assign_key_post(actor: Actor, county: County) -> Any:
    return workers.assign_key_post(
        actor=actor, engagement=_subject(county).engagement, post="02", starts_on=county.today
    )


def _reveal_number(actor: Actor, county: County) -> Any:
    return workers.reveal_number(actor=actor, engagement=_subject(county).engagement, reason="核对身份")


def _receive_punches(actor: Actor, county: County) -> Any:
    return attendance.receive_punches(
        actor=actor,
        project=county.project,
        origin=Punch.Origin.OPEN_API,
        punches=[PunchFacts(number=people.id_number(902), occurred_at=county.now - timedelta(minutes=7))],
        now=county.now,
    )


def _issue_credential(actor: Actor, county: County) -> Any:
    return federation.issue_credential(actor=actor, project_code=county.project.code)


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


# By the service's name; several rows where an act can be tried in several ways.
ACTS: dict[str, list[Act]] = {
    "projects.services.receive_permit": [_receive_permit, _register_project, _slip_permit_under],
    "projects.services.add_participation": [_add_participation],
    "projects.services.add_team": [_add_team],
    "projects.services.grant_project": [_grant_project],
    "workers.services.enrol": [_enrol],
    "workers.services.take_on": [_take_on],
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
    "workers.services.record_contract": [_record_contract],
    "workers.services.record_training": [_record_training],
    "workers.services.replace_contract": [_replace_contract],
    "workers.services.end_contract": [_end_contract],
    "workers.services.record_trainings": [_record_trainings],
    "workers.services.replace_training": [_replace_training],
    "workers.services.withdraw_training": [_withdraw_training],
    "workers.services.assign_key_post": [_assign_key_post],
    "workers.services.reveal_number": [_reveal_number],
    "attendance.services.receive_punches": [_receive_punches],
    "federation.services.issue_credential": [_issue_credential],
}
