"""I-26: every shared change leaves one event in its transaction, and no event says who anybody is."""

import json
from typing import Any

import pytest
from django.db import transaction

from outbox.models import OutboxEvent
from tests.support import people
from tests.support.actors import EVERYONE
from tests.support.acts import ACTS
from tests.support.world import wuchang

pytestmark = pytest.mark.django_db

# Acts whose change is told otherwise: punches have an order of their own; the rest concern this node alone.
SILENT = {
    "attendance.services.receive_punches",
    "workers.services.reveal_number",
    "workers.services.look_up",
    # A code that never leaves this node is used up.
    "workers.services.read_career",
    "federation.services.issue_credential",
    "projects.services.grant_project",
    "workers.services.judge_moves",
    "workers.services.find_by_number",
    # The world's file adds a permit to a project that is known already.
    "projects.services.receive_permits",
    "projects.services.keep_permit_file",
    "projects.services.issue_project_account",
    "federation.services.rotate_credential",
    "federation.services.revoke_credential",
    "federation.services.limit_credential",
    "federation.services.retry_request",
    # To whom this platform reports, and how: its own affair.
    "federation.services.add_upstream",
    "federation.services.edit_upstream",
    "federation.services.pause_upstream",
    "federation.services.resume_upstream",
    "federation.services.choose_project",
    "federation.services.change_upstream_project",
    "federation.services.end_upstream_project",
    "federation.services.requeue_upstream_record",
    "federation.services.requeue_refused",
    "federation.services.waive_upstream_record",
    "web.account_acts.open_account_with_post",
    "web.account_acts.end_post",
    "web.account_acts.change_end",
    "web.account_acts.unlock",
    "web.account_acts.deactivate",
    "web.account_acts.reactivate",
    "web.postings.grant_post",
    "web.postings.end_posts",
    "web.postings.reset_password",
    "web.parameter_acts.set_parameter",
    "web.parameter_acts.take_back_parameter",
    "integrity.services.draft_notice",
    "integrity.services.discard_draft",
    # Paper to be signed and pinned up says what is known.
    "workers.services.print_contracts",
    "workers.services.print_session",
    "workers.services.print_badges",
    # A roster is this node's until its rows become records.
    "workers.services.keep_roster_file",
    "workers.services.mend_import",
    "workers.services.map_import",
    "workers.services.save_import",
    "workers.services.take_errors",
    "workers.services.drop_import",
}
TRIES = [(name, act) for name, tries in ACTS.items() for act in tries[:2]]
# A further permit of a known project changes no record that is shared yet.
NO_NEW_RECORD = {"_receive_permit"}
RECORDS = {
    # Who leaves a key post leaves it vacant.
    "_leave": 2,
    # A session and the training it gives; a paper and the contract it becomes.
    "_report_training_session": 2,
    "_close_session": 2,
    "_make_up": 2,
    "_verify_scan": 2,
    # One is taken on, with contract and training.
    "_import_roster": 3,
}


@pytest.mark.parametrize(("name", "act"), TRIES, ids=[act.__name__ for _name, act in TRIES])
def test_an_act_leaves_one_event_if_its_record_is_shared(name: str, act) -> None:
    county = wuchang()
    before = OutboxEvent.objects.count()
    act(EVERYONE, county)
    is_silent = name in SILENT or act.__name__ in NO_NEW_RECORD
    expected = 0 if is_silent else RECORDS.get(act.__name__, 1)
    assert OutboxEvent.objects.count() - before == expected


def test_no_event_carries_a_name_or_a_number() -> None:
    county = wuchang()
    events: list[Any] = []
    for _name, act in TRIES:
        # Each on the county as it was: what one act ends, another would look for.
        with transaction.atomic():
            act(EVERYONE, county)
            events += OutboxEvent.objects.values("event", "key", "facts")
            transaction.set_rollback(True)
    assert len(events) > 8
    told = json.dumps(events, default=str, ensure_ascii=False)
    personal = [county.word, "张三", "钱七", people.id_number(901)]
    personal += [value for worker in county.workers.values() for value in (worker.person.id_number,)]
    assert [value for value in personal if value in told] == []
    assert {type(value) for event in events for value in event["facts"].values()} <= {str, int, bool}
