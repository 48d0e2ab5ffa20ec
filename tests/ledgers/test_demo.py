"""The demo world's ledgers, quantities and contract terms: of every kind that people will look for, once."""

from datetime import datetime

import pytest

from attendance.demo.world import write_demo
from attendance.rules import SITE_TIME
from ledgers.demo.contract_terms import write_terms
from ledgers.demo.filed import write_ledgers
from ledgers.demo.quantities import write_quantities
from ledgers.models import Ledger
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
    assert set(WorkQuantity.all_rows.values_list("state", flat=True)) == {"entered", "accepted", "returned"}
    assert {"confirmed", "stated", "objected"} == set(OwnerTerms.all_rows.values_list("state", flat=True))
    before = [model.all_rows.count() for model in (Ledger, WorkQuantity, OwnerTerms)]
    for write in (write_ledgers, write_quantities, write_terms):
        write(AS_OF)
    assert [model.all_rows.count() for model in (Ledger, WorkQuantity, OwnerTerms)] == before
