"""Workbooks that nobody should send, brought and written: no fault of ours, no hang, no row by half.

A sample; `./dev soak workbooks` makes more of them.
"""

from random import Random

import pytest
from django.test.utils import override_settings

from tests.support.workbook_fuzz import WorkbookFuzz
from tests.support.world import wuchang

SAMPLE = 60


@pytest.mark.django_db
def test_no_workbook_breaks_the_import_or_writes_a_row_by_half(pytestconfig: pytest.Config) -> None:
    fuzz = WorkbookFuzz(wuchang(), Random(pytestconfig.getoption("--from-seed")))
    with override_settings(AXES_ENABLED=False):
        fuzz.run(pytestconfig.getoption("--calls") or SAMPLE)
    print(f"{fuzz.states.total()} workbooks: {dict(fuzz.states)}; rows: {dict(fuzz.rows)}")
    assert not fuzz.troubles, "\n\n".join(list(fuzz.troubles.values())[:20])
    assert fuzz.rows["written"], "not one row was written"
