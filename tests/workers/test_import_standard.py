"""Rosters follow the standard of their place: what it adds is a column, is judged, kept and changed."""

from datetime import timedelta
from typing import Any

import pytest

from standards.records import extras_of
from tests.standards.publishing import ItemFacts, administrator, draft, element, grant, publish
from tests.support import records
from tests.support.actors import EVERYONE
from tests.workers.importing import as_book, bring, faults, outcomes, person, saved
from tests.workers.sites import NOW, TODAY, site
from workers.import_columns import columns
from workers.models import Engagement
from workers.services import map_import

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)
HOUSING = {"kind": "code", "code_list": "housing_kind", "length": 12}


def _province() -> None:
    """From today on, where somebody lives is required, by a list of two."""
    parts: list[Any] = [
        ItemFacts("housing_kind", "1", "集体宿舍", list_name="住房类型"),
        ItemFacts("housing_kind", "2", "自行租住"),
        element("housing_type", "住房类型", **HOUSING),
    ]
    publish(draft("hubei-2027", parts, today=YESTERDAY), TODAY, today=YESTERDAY)


def _wuhan() -> None:
    """From today on, 武汉 asks for the size of boots, sealed."""
    wuhan = records.region("420100")
    grant(wuhan, YESTERDAY)
    clerk = administrator("丙", "420100")
    boots = element("c420100_boots", "劳保鞋号", length=4, privacy="sealed")
    version = draft("wuhan-2027", [boots], region=wuhan, by=clerk, today=YESTERDAY)
    publish(version, TODAY, by=clerk, today=YESTERDAY)


def _headings(team) -> list[str]:
    return [one.heading for one in columns(team.participation.project, TODAY)]


def test_a_new_required_element_is_a_column_with_its_list_judged_kept_and_changed():
    team = site()
    assert "住房类型" not in _headings(team)
    _province()
    asked = {one.heading: one for one in columns(team.participation.project, TODAY)}["住房类型"]
    assert (asked.is_required, asked.offered) == (True, {"1": "集体宿舍", "2": "自行租住"})
    assert "住房类型" not in [one.heading for one in columns(team.participation.project, YESTERDAY)]
    assert "缺少必填的列：住房类型" in bring(team, as_book([person(1)])).problem
    rows = [person(1, 住房类型="自行租住"), person(3, 住房类型=""), person(5, 住房类型="集体宿舍（老）")]
    roster = bring(team, as_book(rows))
    assert faults(roster) == [(3, "住房类型", "missing"), (4, "住房类型", "not_in_list")]
    about: dict[str, Any] = {"column": "housing_type", "cause": "not_in_list", "value": "集体宿舍"}
    assert map_import(actor=EVERYONE, roster=roster, now=NOW, **about) == 1
    assert outcomes(saved(roster)) == ["written", "faulty", "written"]
    kept = [work.extras for work in Engagement.all_rows.order_by("pk")]
    assert kept == [{"housing_type": "2"}, {"housing_type": "1"}]
    again = bring(team, as_book([person(1, 住房类型="自行租住"), person(5, 住房类型="2")]))
    assert outcomes(again) == ["same", "changed"]
    assert outcomes(saved(again)) == ["same", "updated"]
    assert [work.extras for work in Engagement.all_rows.order_by("pk")] == [{"housing_type": "2"}] * 2


def test_a_citys_element_is_asked_in_that_city_alone_and_lies_sealed():
    _wuhan()
    here, elsewhere = site(), site(931, "429004")
    assert "劳保鞋号" in _headings(here)
    assert "劳保鞋号" not in _headings(elsewhere)
    assert outcomes(bring(elsewhere, as_book([person(1)]))) == ["new"]
    roster = bring(here, as_book([person(3, 劳保鞋号="42"), person(5, 劳保鞋号="42.55")]))
    assert faults(roster) == [(3, "劳保鞋号", "too_long")]
    saved(roster)
    work = Engagement.all_rows.get()
    assert (work.extras, extras_of(work)) == (None, {"c420100_boots": "42"})
