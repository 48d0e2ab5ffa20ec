"""The demo world's ledgers, quantities and contract terms: of every kind that people will look for, once."""

from datetime import datetime

import pytest
from django.utils import timezone

from attendance.demo.world import write_demo
from attendance.rules import SITE_TIME
from ledgers.demo.contract_terms import write_terms
from ledgers.demo.filed import why_returned, write_ledgers
from ledgers.demo.quantities import write_quantities
from ledgers.models import Ledger
from ledgers.rules import MISSING
from ledgers.selectors import people_of
from projects.models import OwnerTerms
from workers.models import WorkQuantity

AS_OF = datetime(2026, 11, 20, 16, 30, tzinfo=SITE_TIME)


@pytest.mark.django_db
def test_the_demo_has_one_of_each_and_a_second_start_adds_none() -> None:
    write_demo(as_of=AS_OF, seed=27, scale=0.2)
    assert set(Ledger.all_rows.values_list("state", flat=True)) == {"filed", "accepted", "returned"}
    assert {f"{month:%Y-%m}" for month in Ledger.all_rows.values_list("month", flat=True)} == {
        "2026-09",
        "2026-10",
    }
    for row in Ledger.all_rows.filter(state="returned"):
        assert row.reason == why_returned(row)
        gaps = {(one["team"], key) for one in people_of(row) for key in one["missing"]}
        assert any(row.reason.startswith(team) and MISSING[key] in row.reason for team, key in gaps)
    for row in Ledger.all_rows.all():
        left = [stay[1] for one in people_of(row) for stay in one["presences"] if stay[1]]
        assert max(left, default="") <= timezone.localdate(row.filed_at).isoformat()
    assert set(WorkQuantity.all_rows.values_list("state", flat=True)) == {"entered", "accepted", "returned"}
    assert {"confirmed", "stated", "objected"} == set(OwnerTerms.all_rows.values_list("state", flat=True))
    before = [model.all_rows.count() for model in (Ledger, WorkQuantity, OwnerTerms)]
    for write in (write_ledgers, write_quantities, write_terms):
        write(AS_OF)
    assert [model.all_rows.count() for model in (Ledger, WorkQuantity, OwnerTerms)] == before
