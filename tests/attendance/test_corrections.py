"""Correcting a day (S3): one asks, another answers; the day says so, and no punch is made or changed."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import UserActor
from attendance.errors import (
    AlreadyAnswered,
    AlreadyAsked,
    NothingWrong,
    NotPresentThen,
    OwnRequest,
    TimeWrong,
    TooLate,
    WordsMissing,
)
from attendance.models import AttendanceDay, CorrectionRequest, ProjectDay, Punch
from attendance.rules import CORRECTION_MOVES, instant_on, moved
from attendance.selectors.corrections import evidence, waiting_corrections
from attendance.services import (
    Claim,
    PunchFacts,
    answer_correction,
    ask_correction,
    receive_punches,
    recount,
)
from audit.models import AuditEvent
from kernel.errors import DomainError, NotFound, NotPermitted, Stale
from outbox.models import OutboxEvent
from outbox.services import deliver_all
from tests.support import people, records
from tests.support.actors import EVERYONE, account, give_post, worker_account
from tests.support.traces import fingerprint
from web.messages import unread
from workers.services import correct_identity, leave

pytestmark = pytest.mark.django_db

TODAY = records.site_day()
DAY = TODAY - timedelta(days=1)
NOW = records.instant_of(TODAY, 20 * 60)
NUMBER = people.id_number(1)


class Site:
    """One project with 张三 at work, and those who may ask and answer."""

    def __init__(self) -> None:
        firm = records.enterprise(900)
        self.project = records.project("420106202603039920", records.region("420106"), firm)
        self.team = records.team(records.participation(self.project, firm), 1_499_000_920)
        self.work = records.engagement(records.person(NUMBER), self.team)
        records.presence(self.work, TODAY - timedelta(days=30))
        self.worker = UserActor.of(worker_account(self.work.person.public_id, "zhang", "张三"))
        self.clerk = self._post("clerk", "labour_clerk", project=self.project.public_id)
        self.manager = self._post("manager", "contractor_manager", enterprise=firm.public_id)

    def _post(self, name: str, role: str, **scope: Any) -> UserActor:
        user = account(name)
        give_post(user, role, scope_name="一处", **scope)
        return UserActor.of(user)

    def punch(self, minutes: int, direction: str, day: date = DAY, number: str = NUMBER) -> None:
        receive_punches(
            actor=EVERYONE,
            project=self.project,
            origin=Punch.Origin.OPEN_API,
            punches=[
                PunchFacts(
                    number=number,
                    occurred_at=records.instant_of(day, minutes),
                    direction=direction,
                    channel="一号门",
                )
            ],
            now=NOW,
        )

    def ask(
        self, wrong: str = "missing_out", actor: UserActor | None = None, **claim: Any
    ) -> CorrectionRequest:
        given: dict[str, Any] = {"day": DAY, "out_time": time(18, 0), **claim}
        return ask_correction(
            actor=actor or self.worker, engagement=self.work, claim=Claim(wrong=wrong, **given), now=NOW
        )

    def answer(
        self, row: CorrectionRequest, *, accepted: bool = True, actor: UserActor | None = None, **more: Any
    ) -> CorrectionRequest:
        more.setdefault("reason", "门卫登记属实")
        return answer_correction(
            actor=actor or self.clerk, request=row, is_accepted=accepted, now=NOW, **more
        )

    def day(self, day: date = DAY) -> AttendanceDay | None:
        return AttendanceDay.all_rows.filter(engagement=self.work, day=day).first()

    def attended(self, day: date = DAY) -> int:
        while recount(NOW):
            pass
        return ProjectDay.all_rows.get(project=self.project, day=day).attended


@pytest.fixture
def site() -> Site:
    return Site()


def _punches() -> list[tuple]:
    return list(Punch.all_rows.order_by("occurred_at").values_list())


def _refused(kind: type[DomainError], act: Any, *args: Any, **kwargs: Any) -> DomainError:
    before = fingerprint()
    with pytest.raises(kind) as refused, transaction.atomic():
        act(*args, **kwargs)
    assert fingerprint() == before
    return refused.value


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return instant_on(day, time(hour, minute), 4)


def test_the_states_are_those_of_the_diagram_and_nothing_leads_out_of_an_end() -> None:
    assert {state: set(moves.values()) for state, moves in CORRECTION_MOVES.items()} == {
        "draft": {"submitted"},
        "submitted": {"gc_approved", "rejected"},
        "gc_approved": {"applied"},
        "rejected": set(),
        "applied": set(),
    }
    assert (moved("submitted", "approve"), moved("applied", "approve"), moved("nowhere", "x")) == (
        "gc_approved",
        None,
        None,
    )


def test_an_approved_correction_fills_what_no_punch_says_and_the_day_shows_it(site: Site) -> None:
    site.punch(180, "in")
    punches = _punches()
    row = site.answer(site.ask())
    found = site.day()
    assert (row.state, row.applied_at, row.answered_by_key) == ("applied", NOW, site.clerk.key)
    assert found is not None
    assert (found.first_in_at, found.last_out_at) == (at(DAY, 7), at(DAY, 18))
    assert (found.first_at, found.last_at) == (at(DAY, 7), at(DAY, 18))
    assert (found.punches, found.is_corrected, found.rule_version) == (1, True, 3)
    assert _punches() == punches


def test_i_09_a_day_without_any_punch_can_rest_on_a_correction_and_no_punch_is_made(site: Site) -> None:
    site.punch(240, "in", day=TODAY)
    assert site.attended(TODAY) == 1
    site.answer(site.ask("missing_both", in_time=time(7, 0)))
    found = site.day()
    assert found is not None
    assert (found.punches, found.is_corrected) == (0, True)
    assert (found.first_at, found.last_at) == (at(DAY, 7), at(DAY, 18))
    assert Punch.all_rows.count() == 1
    assert site.attended() == 1


def test_somebody_no_gate_has_ever_seen_can_be_corrected_too(site: Site) -> None:
    site.answer(site.ask("missing_both", in_time=time(7, 0)))
    assert site.day() is not None
    site.punch(180, "in")
    found = site.day()
    assert found is not None
    assert (found.punches, found.first_in_at, found.is_corrected) == (1, at(DAY, 7), True)


def test_a_night_shift_leaves_on_the_next_morning(site: Site) -> None:
    site.punch(16 * 60, "in")
    row = site.ask(out_time=time(2, 30))
    assert row.out_at == at(DAY, 2, 30)
    assert row.out_at > at(DAY, 20)


def test_a_real_punch_that_arrives_late_outweighs_the_claim(site: Site) -> None:
    site.punch(180, "in")
    site.answer(site.ask())
    site.punch(13 * 60, "out")
    found = site.day()
    assert found is not None
    assert (found.last_out_at, found.is_corrected, found.punches) == (at(DAY, 17), False, 2)


def test_two_corrections_of_one_day_both_count(site: Site) -> None:
    site.answer(site.ask("missing_in", in_time=time(7, 0)))
    site.answer(site.ask("missing_out"))
    found = site.day()
    assert found is not None
    assert (found.first_in_at, found.last_out_at) == (at(DAY, 7), at(DAY, 18))


def test_a_day_that_was_not_his_is_struck_from_the_days_and_from_the_counters(site: Site) -> None:
    site.punch(180, "in")
    assert site.attended() == 1
    site.answer(site.ask("not_me", out_time=None))
    assert site.day() is None
    assert site.attended() == 0
    assert ProjectDay.all_rows.get(project=site.project, day=DAY).unmatched == 1
    assert Punch.all_rows.count() == 1


def test_a_struck_day_stays_struck_when_more_punches_come_until_it_is_filled_again(site: Site) -> None:
    site.punch(180, "in")
    site.answer(site.ask("not_me"))
    site.punch(200, "in")
    assert site.day() is None
    site.answer(site.ask("missing_out"))
    found = site.day()
    assert found is not None
    assert (found.first_in_at, found.last_out_at, found.punches) == (at(DAY, 7), at(DAY, 18), 2)


def test_a_correction_beyond_presence_counts_only_while_presence_covers_its_day(site: Site) -> None:
    site.answer(site.ask("missing_both", in_time=time(7, 0)))
    leave(actor=EVERYONE, engagement=site.work, on=DAY - timedelta(days=1), today=TODAY)
    deliver_all()
    assert site.day() is None


def test_a_corrected_day_without_punches_survives_the_correction_of_a_number(site: Site) -> None:
    site.answer(site.ask("missing_both", in_time=time(7, 0)))
    correct_identity(
        actor=EVERYONE,
        engagement=site.work,
        name="张三",
        number=people.id_number(21),
        reason="录入时看错一位",
        today=TODAY,
        now=NOW,
    )
    deliver_all()
    found = site.day()
    assert found is not None
    assert (found.first_in_at, found.last_out_at, found.is_corrected) == (at(DAY, 7), at(DAY, 18), True)


def test_a_rejected_request_changes_no_day_and_tells_the_reason(site: Site) -> None:
    site.punch(180, "in")
    before = site.day()
    row = site.answer(site.ask(), accepted=False, reason="门卫登记 16:00 已离场")
    assert (row.state, row.answer, row.applied_at) == ("rejected", "门卫登记 16:00 已离场", None)
    found = site.day()
    assert found is not None and before is not None
    assert (found.last_out_at, found.is_corrected) == (None, False)
    assert found.computed_at == before.computed_at


def test_each_step_is_on_the_trail_and_announced_without_what_was_written(site: Site) -> None:
    row = site.answer(site.ask(note="张三的闸机卡丢了"))
    trail = AuditEvent.objects.filter(object_key=str(row.public_id)).order_by("pk")
    assert list(trail.values_list("action", "actor_kind")) == [
        ("attendance.correction_submitted", "worker"),
        ("attendance.correction_approved", "user"),
    ]
    assert "闸机卡" not in str(list(trail.values()))
    told = OutboxEvent.objects.filter(key=row.public_id).order_by("pk").values_list("event", flat=True)
    assert list(told) == ["attendance.correction_submitted.v1", "attendance.correction_applied.v1"]


def test_those_who_may_answer_are_told_and_the_asker_of_the_outcome(site: Site) -> None:
    row = site.ask()
    assert (unread(site.clerk.user), unread(site.manager.user), unread(site.worker.user)) == (1, 1, 0)
    site.answer(row)
    assert unread(site.worker.user) == 1


def test_whoever_asks_does_not_answer(site: Site) -> None:
    row = site.ask(actor=site.clerk, note="门卫登记本有记录")
    assert (row.is_by_worker, row.asked_by_key) == (False, site.clerk.key)
    refused = _refused(OwnRequest, site.answer, row, actor=site.clerk)
    assert refused.status == 403
    assert site.answer(row, actor=site.manager).state == "applied"


def test_the_database_itself_refuses_an_answer_by_the_asker(site: Site) -> None:
    row = site.ask()
    with pytest.raises(IntegrityError, match="whoever_asks_does_not_answer"), transaction.atomic():
        CorrectionRequest.all_rows.filter(pk=row.pk).update(answered_by_key=row.asked_by_key)


def test_what_was_answered_is_not_answered_again(site: Site) -> None:
    row = site.answer(site.ask())
    refused = _refused(AlreadyAnswered, site.answer, row, accepted=False, actor=site.manager)
    assert refused.status == 409


def test_a_stale_page_is_told_so(site: Site) -> None:
    row = site.ask()
    CorrectionRequest.all_rows.filter(pk=row.pk).update(version=2)
    _refused(Stale, site.answer, row, expected_version=1)


@pytest.mark.parametrize("reason", ["", "  ", "不行"])
def test_a_refusal_needs_words(site: Site, reason: str) -> None:
    refused = _refused(WordsMissing, site.answer, site.ask(), accepted=False, reason=reason)
    assert refused.field == "reason"


@pytest.mark.parametrize(
    ("days", "kind"), [(-1, TooLate), (8, TooLate), (7, None), (0, None)], ids=["tomorrow", "8", "7", "today"]
)
def test_only_today_and_the_seven_days_before_can_be_asked_for(site: Site, days: int, kind: Any) -> None:
    day = TODAY - timedelta(days=days)
    if kind:
        assert _refused(kind, site.ask, "other", day=day, note="闸机没有反应").field == "day"
    else:
        assert site.ask("other", day=day, note="闸机没有反应").day == day


def test_a_day_before_entry_cannot_be_corrected(site: Site) -> None:
    other = records.engagement(records.person(people.id_number(3), "李四"), site.team)
    records.presence(other, DAY + timedelta(days=1))
    claim = Claim(wrong="other", day=DAY, note="闸机没有反应")
    _refused(NotPresentThen, ask_correction, actor=site.clerk, engagement=other, claim=claim, now=NOW)


def test_one_request_for_a_day_waits_at_a_time(site: Site) -> None:
    site.ask()
    _refused(AlreadyAsked, site.ask, "other", note="闸机没有反应")
    assert site.ask("other", day=TODAY, note="闸机没有反应").state == "submitted"


def test_what_is_there_already_is_not_asked_for(site: Site) -> None:
    site.punch(180, "in")
    site.punch(14 * 60, "out")
    assert _refused(NothingWrong, site.ask, "missing_in", in_time=time(6, 0)).field == "wrong"
    assert _refused(NothingWrong, site.ask, "missing_out").field == "wrong"
    assert _refused(NothingWrong, site.ask, "not_me", day=TODAY).field == "day"


@pytest.mark.parametrize(
    ("wrong", "claim", "field"),
    [
        ("missing_out", {"out_time": None}, "out_time"),
        ("missing_in", {"in_time": None}, "in_time"),
        ("missing_out", {"out_time": time(6, 59)}, "out_time"),
        ("missing_both", {"in_time": time(19, 0)}, "out_time"),
    ],
)
def test_times_that_cannot_be_are_refused_at_their_field(
    site: Site, wrong: str, claim: dict[str, Any], field: str
) -> None:
    if wrong == "missing_out":
        site.punch(180, "in")
    assert _refused(TimeWrong, site.ask, wrong, **claim).field == field


def test_a_time_that_has_not_come_is_refused(site: Site) -> None:
    refused = _refused(
        TimeWrong,
        ask_correction,
        actor=site.worker,
        engagement=site.work,
        claim=Claim(wrong="missing_in", day=TODAY, in_time=time(9, 0)),
        now=at(TODAY, 8),
    )
    assert "还没到" in refused.message


def test_a_clerk_says_why_and_a_worker_need_not(site: Site) -> None:
    assert _refused(WordsMissing, site.ask, actor=site.clerk).field == "note"
    assert site.ask().note is None


def test_a_wrong_name_or_phone_is_asked_for_in_words_and_answered_in_words(site: Site) -> None:
    _refused(WordsMissing, site.ask, "record")
    row = site.ask("record", note="手机号换了，新号写在登记本上")
    assert (row.day, row.in_at, row.out_at) == (None, None, None)
    _refused(WordsMissing, site.answer, row, reason="")
    assert site.answer(row, reason="已在档案里改好").state == "applied"


def test_a_worker_asks_for_nobody_else_and_answers_nothing(site: Site) -> None:
    other = records.engagement(records.person(people.id_number(3), "李四"), site.team)
    records.presence(other, TODAY - timedelta(days=5))
    claim = Claim(wrong="other", day=DAY, note="闸机没有反应")
    _refused(NotFound, ask_correction, actor=site.worker, engagement=other, claim=claim, now=NOW)
    _refused(NotPermitted, site.answer, site.ask(), actor=site.worker)


def test_the_evidence_is_the_days_punches_and_those_that_match_nobody(site: Site) -> None:
    site.punch(180, "in")
    site.punch(200, "in", number=people.id_number(77))
    row = site.ask()
    found = evidence(site.clerk, row)
    assert found.day == site.day()
    assert [punch.occurred_at for punch in found.own] == [at(DAY, 7)]
    assert [punch.occurred_at for punch in found.strangers] == [at(DAY, 7, 20)]
    assert found.earlier == []


def test_what_waits_is_counted_for_those_who_may_answer_and_did_not_ask(site: Site) -> None:
    site.ask(actor=site.clerk, note="门卫登记本有记录")
    site.ask(day=TODAY, wrong="other", note="闸机没有反应")
    assert [(queue.project, queue.number) for queue in waiting_corrections(site.clerk)] == [(site.project, 1)]
    assert [queue.number for queue in waiting_corrections(site.manager)] == [2]
    assert waiting_corrections(site.worker) == []
