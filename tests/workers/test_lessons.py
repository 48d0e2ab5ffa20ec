"""Training sessions of a site: signed in, judged, closed; who passed is trained, who failed may try again."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from pypdf import PdfReader

from kernel.errors import DomainError, HeldElsewhere, NotFound
from kernel.files import NamedFile
from kernel.scoping import Reach
from kernel.store import keep
from tests.support import records
from tests.support.actors import EVERYONE, Holder
from tests.support.traces import fingerprint
from tests.workers.sites import TODAY, site, take
from workers.errors import BadPaper, NobodyThere, NotAtThatStep, WhyMissing
from workers.models import Engagement, SessionAttendance, Training, TrainingSession
from workers.selectors import trained_on
from workers.selectors.lessons import (
    attendance_of,
    badge_holder,
    may_run,
    session_to,
    sessions,
    sessions_left_open,
    training_list,
)
from workers.services import (
    Result,
    SessionFacts,
    cancel_session,
    close_session,
    make_up,
    note_attendance,
    open_session,
    print_badges,
    print_session,
    record_training,
    score_session,
    strike_attendance,
)

pytestmark = pytest.mark.django_db
FACTS = SessionFacts("003001", "进场安全教育", TODAY, Decimal("8.0"), "王工", place_name="会议室")


def proof() -> list[NamedFile]:
    return [NamedFile("签到表.jpg", keep(b"sheet"))]


def crew(number: int = 3, order: int = 920) -> list[Engagement]:
    team = site(order)
    return [
        take(team, order=order + 1 + step, name="工人" + "一二三"[step], contract=None, training=None)
        for step in range(number)
    ]


def opened(who: list[Engagement], **changes: Any) -> TrainingSession:
    facts = SessionFacts(**{**{name: getattr(FACTS, name) for name in FACTS.__slots__}, **changes})
    return open_session(actor=EVERYONE, project=who[0].project, facts=facts, today=TODAY)


def came(session: TrainingSession, who: list[Engagement]) -> list[SessionAttendance]:
    return note_attendance(actor=EVERYONE, session=session, engagements=who, how="list", today=TODAY)


def judged(who: list[Engagement], *scores: str) -> tuple[TrainingSession, list[SessionAttendance]]:
    session = opened(who)
    rows = came(session, who)
    results = {row.public_id: Result(Decimal(score)) for row, score in zip(rows, scores, strict=True)}
    score_session(actor=EVERYONE, session=session, results=results)
    return session, rows


def is_trained(who: Engagement, day: Any = TODAY) -> bool:
    return Engagement.all_rows.filter(trained_on(day), pk=who.pk).exists()


def is_refused(kind: type[DomainError], act: Any, /, **facts: Any) -> DomainError:
    before = fingerprint()
    with pytest.raises(kind) as refusal, transaction.atomic():
        act(**{"actor": EVERYONE, **facts})
    assert fingerprint() == before
    return refusal.value


def test_whoever_passes_is_trained_when_the_session_closes_and_whoever_fails_is_not():
    who = crew()
    session, _rows = judged(who, "92", "60", "59.9")
    assert not any(is_trained(one) for one in who)
    close_session(actor=EVERYONE, session=session, files=proof(), today=TODAY)
    assert [is_trained(one) for one in who] == [True, True, False]
    kept = Training.all_rows.get(engagement=who[0])
    assert (kept.session, kept.score, kept.hours, kept.trainer) == (session, Decimal("92.0"), 8, "王工")
    assert kept.valid_to == TODAY + timedelta(days=365)
    assert Training.all_rows.count() == 2
    (listed,) = sessions(EVERYONE)
    assert (listed.came, listed.passed, listed.state) == (3, 2, "closed")  # type: ignore[attr-defined]


def test_signing_in_twice_is_signing_in_once_and_a_mistake_is_taken_off():
    who = crew()
    session = opened(who)
    assert len(came(session, who[:2])) == 2
    again = came(session, who)
    assert [one.engagement for one in again] == [who[2]]
    SessionAttendance.all_rows.filter(pk=again[0].pk).update(origin="away-1")
    is_refused(HeldElsewhere, strike_attendance, attendance=again[0])
    SessionAttendance.all_rows.filter(pk=again[0].pk).update(origin=session.origin)
    strike_attendance(actor=EVERYONE, attendance=again[0])
    assert SessionAttendance.all_rows.filter(session=session).count() == 2


def test_a_badge_is_a_code_of_the_work_an_address_that_holds_it_or_the_gate_card():
    who = crew()
    Engagement.all_rows.filter(pk=who[1].pk).update(gate_card="A1001")
    session, other = opened(who), opened(crew(1, 940))
    for text, found in (
        (str(who[0].public_id), who[0]),
        (f"https://example.test/people/{who[0].public_id}/", who[0]),
        (" A1001 ", who[1]),
        ("A1002", None),
        ("", None),
    ):
        assert badge_holder(EVERYONE, session, text) == found
    assert badge_holder(EVERYONE, other, str(who[0].public_id)) is None


def test_nobody_signs_in_before_the_day_and_a_session_is_planned_only_so_far_ahead():
    who = crew(1)
    ahead = opened(who, held_on=TODAY + timedelta(days=3))
    refusal = is_refused(
        NotAtThatStep, note_attendance, session=ahead, engagements=who, how="list", today=TODAY
    )
    assert "当天才能签到" in refusal.message
    far = SessionFacts("003001", "太早", TODAY + timedelta(days=61), Decimal("2.0"))
    refusal = is_refused(BadPaper, open_session, project=who[0].project, facts=far, today=TODAY)
    assert refusal.field == "training_on"
    assert list(sessions_left_open(EVERYONE, "workers.file", TODAY)) == []
    assert list(sessions_left_open(EVERYONE, "workers.file", TODAY + timedelta(days=4))) == [ahead]


def test_a_session_does_not_close_without_results_people_or_evidence():
    who = crew()
    session = opened(who)
    facts = {"session": session, "files": proof(), "today": TODAY}
    assert "还没有人签到" in is_refused(NobodyThere, close_session, **facts).message
    rows = came(session, who)
    assert "还有 3 人没有成绩" in is_refused(BadPaper, close_session, **facts).message
    results = {row.public_id: Result(is_passed=True) for row in rows}
    score_session(actor=EVERYONE, session=session, results=results)
    refusal = is_refused(BadPaper, close_session, session=session, files=[], today=TODAY)
    assert refusal.field == "evidence"


def test_a_second_try_within_the_days_allowed_counts_from_its_own_day():
    who = crew(2)
    session, rows = judged(who, "80", "40")
    early = {"attendance": rows[1], "on": TODAY, "result": Result(Decimal(70)), "today": TODAY}
    assert is_refused(NotAtThatStep, make_up, **early)
    close_session(actor=EVERYONE, session=session, files=proof(), today=TODAY)
    assert is_refused(NotAtThatStep, make_up, **{**early, "attendance": rows[0]})
    later = TODAY + timedelta(days=10)
    failed = make_up(actor=EVERYONE, attendance=rows[1], on=TODAY, result=Result(Decimal(50)), today=later)
    assert failed.is_passed is False
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=31), later + timedelta(days=1)):
        assert is_refused(BadPaper, make_up, **{**early, "on": day, "today": later}).field == "date"
    passed = make_up(actor=EVERYONE, attendance=rows[1], on=later, result=Result(Decimal(70)), today=later)
    assert passed.training is not None
    assert (passed.training.held_on, passed.made_up_on) == (later, later)
    assert is_trained(who[1], later) and not is_trained(who[1], TODAY)


def test_a_session_that_was_given_up_stays_readable_and_takes_no_more():
    who = crew()
    session = opened(who)
    assert is_refused(WhyMissing, cancel_session, session=session, reason="停")
    cancel_session(actor=EVERYONE, session=session, reason="当天停工")
    assert is_refused(
        NotAtThatStep, note_attendance, session=session, engagements=who, how="list", today=TODAY
    )
    session.refresh_from_db()
    assert (session.state, session.state_reason) == ("cancelled", "当天停工")


def test_a_subcontractors_session_is_its_own_and_takes_its_own_people_only():
    who = crew(1)
    part = who[0].participation
    sub = Holder(Reach(participations=frozenset({part.public_id})), "workers.file", "workers.view")
    before = fingerprint()
    with pytest.raises(NotFound):
        open_session(actor=sub, project=part.project, facts=FACTS, today=TODAY)
    assert fingerprint() == before
    own = open_session(actor=sub, project=part.project, participation=part, facts=FACTS, today=TODAY)
    assert list(sessions(sub)) == [own]
    stranger = crew(1, 940)
    assert is_refused(NotFound, note_attendance, session=own, engagements=stranger, how="list", today=TODAY)


def test_how_a_training_stands_is_read_off_its_days():
    who = crew(1)[0]
    days = {"valid": 0, "expiring": 340, "expired": 366}
    for ago in days.values():
        record_training(
            actor=EVERYONE,
            engagement=who,
            kind="003001",
            held_on=TODAY - timedelta(days=ago),
            hours=Decimal(2),
            is_passed=True,
            today=TODAY,
        )
    found = {(TODAY - one.held_on).days: one.stands for one in training_list(EVERYONE, TODAY)}  # type: ignore[attr-defined]
    assert found == {ago: name for name, ago in days.items()}


def test_badges_name_people_and_no_numbers_and_bear_a_code_by_which_one_signs_in():
    who = crew()
    content = print_badges(
        actor=EVERYONE, project=who[0].project, engagements=who, address_of=lambda one: str(one.public_id)
    )
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert all(one.person.name in text and one.person.id_number not in text for one in who)
    assert (
        is_refused(BadPaper, print_badges, project=who[0].project, engagements=[], address_of=str).field
        == "people"
    )


def test_the_sheet_names_everybody_with_a_place_to_sign_and_no_numbers():
    who = crew()
    session = opened(who)
    content = print_session(actor=EVERYONE, session=session)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).replace("\n", "")
    for said in ("进场安全教育签到表", "工人一", "工人三", "本人签字", "王工", "第 1 页"):
        assert said in text, said
    assert not any(one.person.id_number in text for one in who)


def test_c10_a_subcontractor_reads_the_contractors_session_in_which_its_people_sat_and_runs_nothing():
    main = crew(2, order=960)
    firm = records.participation(main[0].project, records.enterprise(979), "001")
    hired = take(records.team(firm, 1_499_111_979), order=985, name="外单位", contract=None, training=None)
    sub = Holder(Reach(participations=frozenset({firm.public_id})), "workers.file", "workers.view")
    session, empty = opened(main), opened(main, name="没有他们的培训")
    came(session, [*main, hired])
    seen: Any = sessions(sub)
    assert [(row.pk, row.came) for row in seen] == [(session.pk, 1)]
    everything: Any = sessions(EVERYONE)
    assert everything.get(pk=session.pk).came == 3
    assert session_to(sub, "workers.view", session.public_id) == session
    assert [row.engagement for row in attendance_of(sub, session)] == [hired]
    assert (may_run(sub, session), may_run(EVERYONE, session)) == (False, True)
    for permission, one in (("workers.view", empty), ("workers.file", session)):
        with pytest.raises(NotFound):
            session_to(sub, permission, one.public_id)
    before = fingerprint()
    with pytest.raises(NotFound), transaction.atomic():
        cancel_session(actor=sub, session=session, reason="当天停工")
    assert fingerprint() == before
