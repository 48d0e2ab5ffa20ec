"""Taking somebody on: enrolment, contract, training and entry are one act, kept wholly or not at all."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from audit.models import AuditEvent
from kernel.errors import DomainError, NotFound, NotPermitted
from kernel.scoping import Reach
from projects.errors import ParticipationEnded, TeamEnded
from tests.support import people
from tests.support.actors import EVERYONE, Holder
from tests.support.traces import fingerprint
from tests.workers.sites import NOW, TODAY, contract, site, take, training
from workers.errors import IdentityNameDiffers, UnderAge
from workers.models import Contract, Engagement, IdentityCheck, LookUp, Person, Presence, Training
from workers.services import PersonFacts, WorkFacts, end_engagement, overlaps_told

pytestmark = pytest.mark.django_db


def refused(kind: type[DomainError], team, **changes) -> DomainError:
    """The refusal, once it is sure that nothing but the counted question was left behind."""
    before = fingerprint()
    with pytest.raises(kind) as refusal:
        take(team, **changes)
    after = fingerprint()
    counted = LookUp._meta.db_table
    assert {**after, counted: ""} == {**before, counted: ""}
    return refusal.value


def test_one_act_keeps_person_engagement_contract_training_identity_and_entry():
    work = take(site(), entered_on=TODAY)
    assert (work.person.name, work.person.sex, work.person.born_on) == ("张三", "男", people.BORN_ON)
    kept = Contract.all_rows.get(engagement=work)
    assert (kept.kind, kept.starts_on, kept.ends_on) == ("labour", TODAY, TODAY + timedelta(days=364))
    assert (kept.wage_form, kept.unit_price, kept.recorded_by) == ("day", Decimal("280.00"), "测试准备")
    taught = Training.all_rows.get(engagement=work)
    assert (taught.kind, taught.held_on, taught.hours) == ("003001", TODAY, Decimal("8.0"))
    assert Presence.all_rows.get(engagement=work).entered_on == TODAY
    check = IdentityCheck.all_rows.get(engagement=work)
    assert (check.method, check.result, check.checked_by) == ("typed", "match", "测试准备")
    assert list(AuditEvent.objects.order_by("id").values_list("action", flat=True)) == [
        "workers.looked_up",
        "workers.enrolled",
        "workers.contract_recorded",
        "workers.training_recorded",
        "workers.entered",
    ]


def test_contract_training_and_entry_may_follow_later():
    work = take(site(), contract=None, training=None)
    assert not Contract.all_rows.exists()
    assert not Training.all_rows.exists()
    assert not Presence.all_rows.exists()
    assert work.masked_phone == "109****0921"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"contract": contract(kind="oral")}, "contract_kind", "没有这种合同类型"),
        ({"contract": contract(ends_on=TODAY - timedelta(days=1))}, "contract_ends_on", "早于开始日期"),
        ({"contract": contract(unit_price=Decimal(-1))}, "unit_price", "单价应大于 0"),
        ({"contract": contract(unit_price=Decimal("1000000.01"))}, "unit_price", "不超过 1,000,000 元"),
        ({"contract": contract(wage_form="favour")}, "wage_form", "没有这种计酬方式"),
        ({"contract": contract(period_type="7")}, "period_type", "没有这种合同期限类型"),
        ({"training": training(kind="999")}, "training_kind", "没有这种培训类型"),
        ({"training": training(held_on=TODAY + timedelta(days=1))}, "training_on", "晚于今天"),
        ({"training": training(hours=Decimal(0))}, "training_hours", "学时应大于 0"),
        ({"training": training(hours=Decimal("500.1"))}, "training_hours", "不超过 500"),
        ({"entered_on": TODAY + timedelta(days=1)}, "entered_on", "晚于今天"),
        ({"entered_on": TODAY - timedelta(days=1)}, "contract_starts_on", "合同开始日期晚于进场日期"),
        ({"work": WorkFacts(phone="1380000000")}, "phone", "手机号少 1 位"),
        ({"work": WorkFacts(card_number="62220000000000001")}, "card_number", "校验位不符"),
        ({"person": PersonFacts("张三", people.id_number(921)[:-1] + "?")}, "id_number", "数字组成"),
    ],
)
def test_a_refused_part_refuses_the_whole_and_leaves_no_trace(changes, field, words):
    refusal = refused(DomainError, site(), **changes)
    assert refusal.field == field
    assert words in refusal.message
    assert people.id_number(921) not in refusal.message


def test_a_known_number_under_another_name_is_refused_and_the_question_stays_on_record():
    take(site(930), name="张三")
    refusal = refused(IdentityNameDiffers, site(931), name="李四")
    assert "张三" not in refusal.message
    events = AuditEvent.objects.filter(action="workers.looked_up").order_by("id")
    assert list(events.values_list("facts", flat=True)) == [{"found": "new"}, {"found": "other_name"}]


def test_a_child_is_not_taken_on():
    young = people.id_number(921, born_on=date(TODAY.year - 15, 1, 1))
    refusal = refused(UnderAge, site(), person=PersonFacts("张三", young))
    assert (refusal.field, "未满 16 周岁" in refusal.message) == ("id_number", True)


def test_who_turned_sixteen_today_may_be_taken_on():
    day = TODAY if (TODAY.month, TODAY.day) != (2, 29) else TODAY + timedelta(days=1)
    number = people.id_number(921, born_on=day.replace(year=day.year - 16))
    assert take(site(), person=PersonFacts("张三", number), today=day).person.id_number == number


def test_another_projects_team_is_not_found():
    own, other = site(950), site(951)
    refused(NotFound, own, project=other.participation.project)
    assert (Person.all_rows.count(), Engagement.all_rows.count()) == (0, 0)


def test_a_subcontractors_clerk_takes_on_into_own_teams_only():
    own, other = site(950), site(951)
    reach = Reach(participations=frozenset({own.participation.public_id}))
    clerk = Holder(reach, "workers.enrol", "workers.file", "workers.enter")
    assert take(own, actor=clerk).team == own
    refused(NotFound, other, actor=clerk, order=923)


def test_without_the_right_to_file_papers_nobody_is_taken_on_with_papers():
    team = site()
    reach = Reach(projects=frozenset({team.participation.project.public_id}))
    refused(NotPermitted, team, actor=Holder(reach, "workers.enrol"))
    assert take(team, actor=Holder(reach, "workers.enrol"), contract=None, training=None).team == team


def test_card_and_phone_are_kept_tidied():
    work = take(
        site(),
        work=WorkFacts(trade="010", phone="109-0000 0921", card_number="0099 9900 0000 0000 921"),
        now=NOW,
    )
    assert (work.phone, work.card_number) == ("10900000921", "0099990000000000921")


@pytest.mark.parametrize(
    ("whose", "kind", "words"),
    [("team", TeamEnded, "该班组已于"), ("participation", ParticipationEnded, "该参建单位已于")],
)
def test_nobody_joins_a_team_or_firm_that_has_left(whose, kind, words):
    team = site()
    row = team if whose == "team" else team.participation
    row.exited_on = TODAY - timedelta(days=2)
    row.save(update_fields=["exited_on"])
    refusal = refused(kind, team)
    assert refusal.message.startswith(f"{words} {TODAY - timedelta(days=2)} 退场，不能")
    assert refusal.field == "team"


def test_the_contract_of_the_engagement_before_is_told_of_and_nothing_is_refused():
    team = site()
    first = take(team)
    end_engagement(actor=EVERYONE, engagement=first, today=TODAY)
    again = take(team)
    (told,) = overlaps_told(EVERYONE, Contract.all_rows.get(engagement=again))
    assert told.startswith(f"有一段日期重复：已有 {TODAY} 至 {TODAY + timedelta(days=364)} 的合同仍有效。")
    nobody = Holder(Reach(), "workers.view")
    assert overlaps_told(nobody, Contract.all_rows.get(engagement=again)) == []
