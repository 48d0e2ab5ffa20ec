"""Acts on notices: what they refuse leaves no trace, what they do is on record for every side."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from audit.models import AuditEvent
from integrity import services
from integrity.errors import (
    AnswerMissing,
    BadDeadline,
    DraftTooOld,
    ExtendedAlready,
    GapGone,
    NotABuilder,
    NothingPicked,
    NotNow,
    NotTheirs,
    ReasonMissing,
)
from integrity.models import NoticeItem, NoticeReading, SupervisionNotice
from integrity.rules import end_of
from integrity.services import AnswerFacts
from kernel.errors import DomainError, NotFound, NotPermitted, Stale
from outbox.models import OutboxEvent
from tests.integrity.acting import (
    after,
    answered,
    delivered,
    drafted,
    fresh,
    issued,
    last_day,
    opened,
    steps_of,
)
from tests.pages.visiting import visitor
from tests.support import records
from tests.support.traces import fingerprint
from tests.support.world import County
from web.models import Message

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def refused(kind: type[DomainError], act: Any) -> DomainError:
    """The refusal of an act that changed nothing."""
    before = fingerprint()
    with pytest.raises(kind) as told, transaction.atomic():
        act()
    assert fingerprint() == before
    return told.value


def told(county: County, role: str) -> list[str]:
    """The kinds of message that the county's holder of a role has got, oldest first."""
    rows = Message.objects.filter(user=county.users[role], kind__startswith="integrity.")
    return list(rows.order_by("pk").values_list("kind", flat=True))


def test_a_draft_names_the_gaps_with_clause_measure_and_the_people_behind_them(county: County) -> None:
    notice = drafted(county, "uncontracted", "untrained", "unmatched")
    items = list(notice.items.all())
    assert [item.gap for item in items] == ["uncontracted", "untrained", "unmatched"]
    assert [item.title for item in items] == ["未签合同进场 1 人", "未培训进场 1 人", "对不上人的打卡 1 次"]
    gap = county.workers["gap"].engagement
    assert items[0].facts["engagements"] == [str(gap.public_id)]
    assert items[2].facts["punches"] == [str(county.stranger_punch.public_id)]
    assert all("鄂建文〔2019〕27号" in item.clause and item.measure for item in items)
    assert notice.addressee == county.participations["contractor"]
    assert (notice.number, notice.state) == ("", "draft")


def test_a_new_draft_takes_the_place_of_the_authors_last_and_leaves_others_alone(county: County) -> None:
    first = drafted(county)
    second = drafted(county, "untrained")
    drafts = SupervisionNotice.all_rows.filter(project=county.project, state="draft")
    assert first not in drafts
    assert second in drafts
    assert county.notices["spare"] in drafts


def test_without_a_tick_and_with_a_gap_that_is_gone_nothing_is_drafted(county: County) -> None:
    assert "还没有选中缺口" in refused(NothingPicked, lambda: _draft(county)).message
    refused(GapGone, lambda: _draft(county, "uncontracted", "silent_project"))
    refused(GapGone, lambda: _draft(county, "nonsense"))


def _draft(county: County, *gaps: str, **wishes: Any) -> Any:
    return services.draft_notice(
        actor=county.actor("supervisor"),
        project=county.project,
        gaps=list(gaps),
        day=county.today,
        now=county.now,
        **wishes,
    )


def test_a_subcontractor_is_told_of_its_own_people_and_of_nothing_else(county: County) -> None:
    own = records.engagement(records.person("420011199001029319", "冯八"), county.teams["subcontractor"])
    records.presence(own, county.today)
    party = county.participations["subcontractor"]
    notice = drafted(county, "uncontracted", addressee=party)
    (item,) = notice.items.all()
    assert (item.title, item.facts["engagements"]) == ("未签合同进场 1 人", [str(own.public_id)])
    told = refused(NotTheirs, lambda: _draft(county, "uncontracted", "unmatched", addressee=party))
    assert "对不上人的打卡" in told.message
    refused(NotTheirs, lambda: _draft(county, "uncontracted", addressee=county.participations["shared"]))
    refused(NotABuilder, lambda: _draft(county, "uncontracted", addressee=county.participations["owner"]))


def test_issuing_gives_the_next_number_of_project_and_year_and_a_deadline_at_midnight(county: County) -> None:
    notices = [issued(county, days=days) for days in (1, 3)]
    year = county.today.year
    tail = county.project.code[-6:]
    assert [one.number for one in notices] == [f"监通-{tail}-{year}-000{order}" for order in (6, 7)]
    assert [one.deadline_at for one in notices] == [end_of(after(county.now, days)) for days in (1, 3)]
    assert notices[1].length_days == 3
    assert notices[1].supervisor_name == county.firms["supervisor"].name
    assert notices[1].copied_to == county.firms["owner"].name
    assert notices[1].delivery_due_at == county.now + 24 * HOUR
    assert steps_of(notices[1]) == [("issue", "draft", "issued")]


def test_a_measure_may_be_written_anew_and_an_empty_one_keeps_the_rules_words(county: County) -> None:
    draft = drafted(county, "uncontracted", "untrained")
    usual = [item.measure for item in draft.items.all()]
    services.issue_notice(
        actor=county.actor("supervisor"),
        notice=draft,
        deadline_on=after(county.now, 3),
        measures={1: "三日内补签", 2: " "},
        day=county.today,
        now=county.now,
    )
    found = list(NoticeItem.all_rows.filter(notice=draft).values_list("measure", flat=True))
    assert found == ["三日内补签", usual[1]]


@pytest.mark.parametrize("days", [-1, 0, 31])
def test_a_deadline_in_the_past_or_beyond_the_parameter_is_refused(county: County, days: int) -> None:
    draft = drafted(county)
    refused(BadDeadline, lambda: _issue(county, draft, days=days))


def _issue(county: County, draft: SupervisionNotice, days: int = 3, **wishes: Any) -> Any:
    given = {"day": county.today, "now": county.now, **wishes}
    return services.issue_notice(
        actor=county.actor("supervisor"), notice=draft, deadline_on=after(county.now, days), **given
    )


def test_yesterdays_draft_is_not_issued_today(county: County) -> None:
    draft = drafted(county)
    told = refused(DraftTooOld, lambda: _issue(county, draft, day=county.today + timedelta(days=1)))
    assert str(county.today) in told.message


def test_a_draft_that_somebody_else_has_changed_is_shown_and_not_issued(county: County) -> None:
    draft = drafted(county)
    SupervisionNotice.all_rows.filter(pk=draft.pk).update(version=F("version") + 1)
    refused(Stale, lambda: _issue(county, draft, expected_version=1))


def test_a_notice_is_issued_once(county: County) -> None:
    notice = issued(county)
    told = refused(NotNow, lambda: _issue(county, notice))
    assert "已签发" in told.message
    refused(NotNow, lambda: services.discard_draft(actor=county.actor("supervisor"), notice=notice))


def test_a_draft_is_thrown_away_with_its_items(county: County) -> None:
    draft = drafted(county)
    services.discard_draft(actor=county.actor("supervisor"), notice=draft)
    assert not SupervisionNotice.all_rows.filter(pk=draft.pk).exists()
    assert not NoticeItem.all_rows.filter(notice_id=draft.pk).exists()
    assert AuditEvent.objects.filter(action="integrity.notice_discarded").exists()


def test_the_addressees_first_opening_delivers_and_each_sides_first_reading_is_kept(county: County) -> None:
    notice = issued(county)
    opened(county, notice, county.now + HOUR, "owner")
    assert fresh(notice).state == "issued"
    opened(county, notice, county.now + 2 * HOUR)
    opened(county, notice, county.now + 3 * HOUR, "contractor_manager")
    opened(county, notice, county.now + 4 * HOUR, "county_regulator")
    held = fresh(notice)
    assert (held.state, held.delivered_at, held.delivered_by_rule) == (
        "delivered",
        county.now + 2 * HOUR,
        False,
    )
    readings = dict(NoticeReading.all_rows.filter(notice=notice).values_list("side", "at"))
    assert readings == {
        "supervisor": county.now,
        "owner": county.now + HOUR,
        "addressee": county.now + 2 * HOUR,
        "regulator": county.now + 4 * HOUR,
    }


def test_an_unopened_notice_is_delivered_by_rule_at_its_hour_whenever_the_sweep_comes(county: County) -> None:
    notice = issued(county)
    assert services.settle_notices(county.now + 22 * HOUR) == 1  # the county's own late notice
    assert fresh(notice).state == "issued"
    assert services.settle_notices(county.now + 30 * HOUR) >= 1
    held = fresh(notice)
    assert (held.state, held.delivered_at, held.delivered_by_rule) == (
        "delivered",
        county.now + 24 * HOUR,
        True,
    )
    assert services.settle_notices(county.now + 30 * HOUR) == 0


def test_every_item_needs_an_answer(county: County) -> None:
    notice = issued(county, "uncontracted", "untrained")
    clerk = county.actor("labour_clerk")
    told = refused(
        AnswerMissing,
        lambda: services.reply_notice(
            actor=clerk, notice=notice, answers={1: AnswerFacts("已补签")}, now=county.now
        ),
    )
    assert (told.field, "第 2 项" in told.message) == ("answer_2", True)


def test_the_whole_way_from_issue_to_closing_with_one_return(county: County) -> None:
    notice, now = delivered(county), county.now + HOUR
    answered(county, notice, now + HOUR)
    opened(county, notice, now + 2 * HOUR, "supervisor")
    assert fresh(notice).state == "under_review"
    services.return_reply(
        actor=county.actor("supervisor"),
        notice=notice,
        reason="照片看不清",
        deadline_on=after(now, 2),
        now=now + 3 * HOUR,
    )
    assert (fresh(notice).state, last_day(notice)) == ("returned", after(now, 2))
    answered(county, notice, now + 4 * HOUR)
    services.accept_reply(
        actor=county.actor("supervisor"), notice=notice, now=now + 5 * HOUR, note="现场已经看过"
    )
    assert (fresh(notice).state, fresh(notice).closed_at) == ("closed", now + 5 * HOUR)
    assert [step[0] for step in steps_of(notice)] == [
        "issue", "deliver", "reply", "review", "give_back", "reply", "review", "accept",
    ]  # fmt: skip
    verdicts = list(notice.replies.order_by("round").values_list("verdict", "reason"))
    assert verdicts == [("returned", "照片看不清"), ("accepted", "")]


def test_giving_back_needs_a_reason_and_no_longer_deadline_than_the_first(county: County) -> None:
    notice = delivered(county, days=3)
    answered(county, notice, county.now + 2 * HOUR)
    later = county.now + 3 * HOUR

    def give_back(reason: str, days: int) -> Any:
        return services.return_reply(
            actor=county.actor("supervisor"),
            notice=notice,
            reason=reason,
            deadline_on=after(later, days),
            now=later,
        )

    refused(ReasonMissing, lambda: give_back(" 不行 ", 2))
    refused(BadDeadline, lambda: give_back("照片看不清", 4))
    refused(BadDeadline, lambda: give_back("照片看不清", 0))
    give_back("照片看不清", 3)


def test_a_notice_is_extended_once_by_no_more_than_it_had(county: County) -> None:
    notice = delivered(county, days=3)
    first = last_day(notice)

    def extend(days: int, reason: str = "材料在途") -> Any:
        return services.extend_deadline(
            actor=county.actor("supervisor"),
            notice=notice,
            reason=reason,
            deadline_on=first + timedelta(days=days),
            now=county.now + 2 * HOUR,
        )

    refused(BadDeadline, lambda: extend(0))
    refused(BadDeadline, lambda: extend(4))
    refused(ReasonMissing, lambda: extend(1, "等"))
    extend(3)
    assert (fresh(notice).state, last_day(notice)) == ("extended", first + timedelta(days=3))
    refused(ExtendedAlready, lambda: extend(4))


def test_a_notice_that_nobody_has_opened_is_not_extended(county: County) -> None:
    notice = issued(county)
    supervisor = county.actor("supervisor")
    refused(
        NotNow,
        lambda: services.extend_deadline(
            actor=supervisor,
            notice=notice,
            reason="材料在途",
            deadline_on=after(county.now, 4),
            now=county.now,
        ),
    )


def test_a_late_answer_is_kept_as_late_and_its_acceptance_keeps_the_lateness(county: County) -> None:
    notice = delivered(county, days=1)
    late = end_of(after(county.now, 1)) + HOUR
    reply = answered(county, notice, late)
    held = fresh(notice)
    assert (held.state, held.overdue_at, reply.is_late) == ("overdue", end_of(after(county.now, 1)), True)
    services.return_reply(
        actor=county.actor("supervisor"), notice=notice, reason="还差一人", deadline_on=None, now=late + HOUR
    )
    assert fresh(notice).state == "overdue"
    answered(county, notice, late + 2 * HOUR)
    services.accept_reply(
        actor=county.actor("supervisor"), notice=notice, now=late + 3 * HOUR, note="现场已经看过"
    )
    held = fresh(notice)
    assert (held.state, held.overdue_at) == ("closed", end_of(after(county.now, 1)))
    assert [step[0] for step in steps_of(notice)][2:] == ["lapse", "reply", "give_back", "reply", "accept"]


def test_an_answer_in_time_stops_the_clock(county: County) -> None:
    notice = delivered(county, days=1)
    answered(county, notice, county.now + 2 * HOUR)
    services.settle_notices(county.now + timedelta(days=9))
    assert fresh(notice).state == "replied"


def test_a_lapse_is_announced_for_the_report_that_will_attach_to_it(county: County) -> None:
    notice = delivered(county, days=1)
    services.settle_notices(end_of(after(county.now, 1)))
    events = OutboxEvent.objects.filter(key=notice.public_id).order_by("id")
    assert list(events.values_list("event", flat=True)) == [
        "integrity.notice_issued.v1",
        "integrity.notice_delivered.v1",
        "integrity.notice_overdue.v1",
    ]


def test_each_side_hears_what_concerns_it_and_nobody_hears_of_the_own_act(county: County) -> None:
    notice = delivered(county, days=1)
    assert told(county, "labour_clerk") == ["integrity.notice_issued"]
    assert told(county, "contractor_manager") == ["integrity.notice_issued"]
    assert told(county, "owner") == ["integrity.notice_issued"]
    assert told(county, "supervisor") == ["integrity.notice_delivered"]
    assert told(county, "subcontractor_clerk") == []
    services.settle_notices(end_of(after(county.now, 1)))
    for role in ("labour_clerk", "contractor_manager", "owner", "supervisor"):
        assert told(county, role)[-1] == "integrity.notice_overdue", role
    text = Message.objects.filter(kind="integrity.notice_overdue", about=str(notice.public_id)).first()
    assert text is not None
    assert notice.number in text.text


def test_the_sides_do_each_others_acts_not(county: County) -> None:
    notice = issued(county)
    for role in ("labour_clerk", "owner", "county_regulator", "contractor_manager"):
        actor = county.actor(role)
        refused(
            NotPermitted,
            lambda actor=actor: services.accept_reply(actor=actor, notice=notice, now=county.now),
        )
    for role in ("supervisor", "owner", "county_regulator"):
        refused(NotPermitted, lambda role=role: answered(county, notice, county.now, role))
    refused(NotFound, lambda: answered(county, notice, county.now, "subcontractor_clerk"))


def test_a_subcontractors_clerk_answers_what_was_sent_to_its_firm(county: County) -> None:
    notice = county.notices["subcontractor"]
    answered(county, notice, county.now, "subcontractor_clerk")
    assert fresh(notice).state == "replied"


def test_the_database_itself_knows_no_other_state_and_no_other_edge(county: County) -> None:
    rows = SupervisionNotice.all_rows.filter(pk=county.notices["issued"].pk)
    for change in ({"state": "lost"}, {"deadline_at": None}, {"state": "overdue"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        records.notice_event(county.notices["issued"], county.now).__class__.all_rows.filter(
            notice=county.notices["issued"]
        ).update(act="accept")


def test_what_still_stands_is_named_and_accepted_only_with_a_word_why(county: County) -> None:
    notice, client = delivered(county), visitor(county, "supervisor")
    answered(county, notice, county.now + 2 * HOUR)
    page, title = reverse("notice_accept", args=[notice.public_id]), "未签合同进场 1 人"
    assert f"1. {title}" in client.get(page).content.decode()
    for note in ("", "  可以 "):
        answer = client.post(page, {"note": note})
        assert answer.status_code == 422
        assert f"今天核对，“{title}”仍未补齐" in answer.content.decode()
        assert fresh(notice).state == "replied"
    assert client.post(page, {"note": "合同原件已在现场看过"}).status_code == 302
    assert fresh(notice).state == "closed"
    assert list(notice.events.order_by("id").values_list("reason", flat=True))[-1] == "合同原件已在现场看过"


def test_what_is_cured_is_accepted_in_one_tap_without_a_word(county: County) -> None:
    notice = delivered(county)
    answered(county, notice, county.now + 2 * HOUR)
    records.contract(county.workers["gap"].engagement, county.today - timedelta(days=1))
    client = visitor(county, "supervisor")
    assert client.post(reverse("notice_accept", args=[notice.public_id])).status_code == 302
    assert fresh(notice).state == "closed"
    assert list(notice.events.order_by("id").values_list("reason", flat=True))[-1] == ""


def test_accepting_in_one_window_what_another_gave_back_is_refused_with_both_facts(county: County) -> None:
    notice, client = delivered(county), visitor(county, "supervisor")
    answered(county, notice, county.now + 2 * HOUR)
    services.return_reply(
        actor=county.actor("supervisor"),
        notice=notice,
        reason="照片看不清",
        deadline_on=after(county.now, 2),
        now=county.now + 3 * HOUR,
    )
    answer = client.post(reverse("notice_accept", args=[notice.public_id]), {"note": "现场已经看过"})
    said = "通知单现在是“已退回，待再次回复”，没有待接受的回复。"
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert fresh(notice).state == "returned"
