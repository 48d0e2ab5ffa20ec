"""Changing an engagement's own facts: changes are on record, and two editors never overwrite each other."""

import pytest

from audit.models import AuditEvent
from kernel.errors import DomainError, NotFound, Stale
from kernel.scoping import Reach
from outbox.models import OutboxEvent
from tests.support import people
from tests.support.actors import EVERYONE, Holder
from tests.support.traces import fingerprint
from tests.workers.sites import site, take
from workers.models import Engagement
from workers.services import OwnFacts, edit_engagement

pytestmark = pytest.mark.django_db


def edit(work, actor=EVERYONE, expected_version=None, **facts):
    return edit_engagement(
        actor=actor, engagement=work, facts=OwnFacts(**facts), expected_version=expected_version
    )


def test_changed_facts_are_kept_and_named_without_their_values():
    work = take(site())
    edit(work, phone=people.phone(922), trade="020", is_team_leader=True, address="示例村 1 组")
    kept = Engagement.all_rows.get(pk=work.pk)
    assert (kept.phone, kept.trade, kept.is_team_leader, kept.version) == ("10900000922", "020", True, 2)
    event = AuditEvent.objects.get(action="workers.engagement_edited")
    assert event.facts == {"changed": ["address", "is_team_leader", "phone", "trade"]}
    told = OutboxEvent.objects.get(event="workers.engagement_edited.v1")
    assert (told.key, told.version, told.facts) == (work.public_id, 2, {})


def test_what_is_left_out_stays_and_nothing_new_changes_nothing():
    work = take(site())
    before = fingerprint()
    edit(work)
    edit(work, phone=work.phone, trade=work.trade, is_team_leader=False, bank_name="", address="")
    assert fingerprint() == before
    assert not AuditEvent.objects.filter(action="workers.engagement_edited").exists()


def test_a_new_card_is_found_by_its_own_index():
    work = edit(take(site()), card_number=people.card(921))
    other = edit(take(site(930), 923), card_number=people.card(921))
    assert bytes(work.card_index) == bytes(other.card_index)
    assert edit(work, card_number="").card_index is None


def test_a_second_editor_is_shown_what_the_first_has_written_and_overwrites_nothing():
    work = take(site())
    edit(work, trade="020", expected_version=1)
    before = fingerprint()
    with pytest.raises(Stale) as refused:
        edit(work, trade="030", is_team_leader=True, phone=people.phone(922), expected_version=1)
    assert (refused.value.status, refused.value.version, fingerprint()) == (409, 2, before)
    assert refused.value.theirs == {"工种": "钢筋工", "班组长": "否", "手机号": "109****0921"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"phone": "123"}, "phone"),
        ({"card_number": "62"}, "card_number"),
        ({"trade": "999999"}, "trade"),
        ({"education": "博士后"}, "education"),
        ({"kind": "30"}, "kind"),
        ({"bank_code": "0"}, "bank_code"),
        ({"political_status": "x"}, "political_status"),
    ],
)
def test_a_bad_fact_is_refused_at_its_field_and_changes_nothing(facts, field):
    work = take(site())
    before = fingerprint()
    with pytest.raises(DomainError) as refused:
        edit(work, bank_name="示例支行", **facts)
    assert (refused.value.field, fingerprint()) == (field, before)


def test_another_firms_clerk_does_not_edit():
    work, other = take(site(930)), site(931)
    clerk = Holder(Reach(participations=frozenset({other.participation.public_id})), "workers.enrol")
    with pytest.raises(NotFound):
        edit(work, actor=clerk, trade="020")
