"""What keyboards and spreadsheets add to a number is taken away again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.text import compact


@pytest.mark.parametrize(
    "written",
    ["4200 01X", "４２０００１Ｘ", "\ufeff420001X\u200b", "\t420001\u3000X\r\n", "\u202d420001X\u202c"],
)
def test_one_number_typed_five_ways_is_one_number(written: str) -> None:
    assert compact(written) == "420001X"


@given(st.text())
def test_compacting_twice_changes_nothing_more(written: str) -> None:
    assert compact(compact(written)) == compact(written)
