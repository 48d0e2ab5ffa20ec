"""Completed quantities: entered by one, accepted by another, corrected by a row; the accepted count."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from kernel.errors import NotFound, Stale
from tests.scope.opening import signed_in
from tests.support import records
from tests.support.traces import fingerprint
from tests.support.world import County, wuchang
from web.models import Message
from workers.errors import BadQuantity, OwnQuantity, QuantityDecided, QuantityKnown
from workers.models import WorkQuantity
from workers.selectors import quantity_totals
from workers.services import (
    QuantityFacts,
    accept_quantity,
    correct_quantity,
    enter_quantity,
    return_quantity,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def county() -> County:
    county = wuchang()
    WorkQuantity.all_rows.all().delete()
    return county


def _facts(county: County, **changes) -> QuantityFacts:
    day = county.today
    facts = QuantityFacts("二层砌筑", day - timedelta(days=6), day, Decimal("64.25"), "82", "2")
    return replace(facts, **changes)


def _enter(county: County, who: str = "", role: str = "subcontractor_clerk", **changes) -> WorkQuantity:
    return enter_quantity(
        actor=county.actor(role),
        team=county.teams["subcontractor"],
        engagement=county.workers[who].engagement if who else None,
        facts=_facts(county, **changes),
        today=county.today,
        now=NOW,
    )


def _accept(county: County, row: WorkQuantity, **more) -> WorkQuantity:
    return accept_quantity(actor=county.actor("labour_clerk"), quantity=row, now=NOW, **more)


def _totals(county: County) -> list[tuple]:
    rows = quantity_totals(county.actor("labour_clerk"), county.project)
    return [(row["engagement__person__name"], row["item"], row["total"], row["bad"]) for row in rows]


def test_only_what_another_has_accepted_counts(county):
    team, one = _enter(county), _enter(county, "subcontractor", item="抹灰", unit="81")
    assert _totals(county) == []
    _accept(county, team)
    _accept(county, one, grade="9")
    name = county.workers["subcontractor"].person.name
    assert sorted(_totals(county), key=str) == [
        (name, "抹灰", Decimal("64.250"), Decimal("64.250")),
        (None, "二层砌筑", Decimal("64.250"), None),
    ]


def test_i_12_who_enters_a_quantity_does_not_accept_it(county):
    row = _enter(county, role="labour_clerk")
    before = fingerprint()
    with pytest.raises(OwnQuantity):
        _accept(county, row)
    assert fingerprint() == before
    accept_quantity(actor=county.actor("contractor_manager"), quantity=row, now=NOW)


def test_a_returned_one_says_why_and_is_entered_anew_as_a_row_of_its_own(county):
    row = _enter(county)
    return_quantity(actor=county.actor("labour_clerk"), quantity=row, reason="与计量单不符", now=NOW)
    told = Message.objects.get(user=county.users["subcontractor_clerk"], kind="workers.quantity")
    assert "与计量单不符" in told.text
    made = correct_quantity(
        actor=county.actor("subcontractor_clerk"),
        quantity=row,
        facts=_facts(county, amount=Decimal(60)),
        today=county.today,
        now=NOW,
    )
    row.refresh_from_db()
    assert (row.state, made.replaces_id, made.state) == ("replaced", row.pk, "entered")


def test_an_accepted_one_goes_on_counting_until_its_correction_is_accepted(county):
    row = _accept(county, _enter(county))
    clerk = county.actor("subcontractor_clerk")
    made = correct_quantity(
        actor=clerk, quantity=row, facts=_facts(county, amount=Decimal(60)), today=county.today, now=NOW
    )
    assert [total for _who, _item, total, _bad in _totals(county)] == [Decimal("64.250")]
    with pytest.raises(QuantityDecided):
        correct_quantity(actor=clerk, quantity=row, facts=_facts(county), today=county.today, now=NOW)
    _accept(county, made)
    assert [total for _who, _item, total, _bad in _totals(county)] == [Decimal("60.000")]


def test_a_correction_on_an_older_version_is_shown_both(county):
    row = _accept(county, _enter(county))
    with pytest.raises(Stale) as stale:
        correct_quantity(
            actor=county.actor("subcontractor_clerk"),
            quantity=row,
            facts=_facts(county),
            today=county.today,
            now=NOW,
            expected_version=1,
        )
    assert stale.value.theirs["数量"] == "64.25"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"item": " "}, "item"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("1.0001")}, "amount"),
        ({"amount": Decimal("1e400")}, "amount"),
        ({"unit": "??"}, "unit"),
        ({"grade": "7"}, "grade"),
        ({"last_on": records.site_day() + timedelta(days=2)}, "last_on"),
        ({"first_on": records.site_day() - timedelta(days=60)}, "last_on"),
        ({"last_on": records.site_day() - timedelta(days=30)}, "last_on"),
    ],
)
def test_what_cannot_have_been_done_is_refused_at_its_field(county, change, field):
    before = fingerprint()
    with pytest.raises(BadQuantity) as refused:
        _enter(county, **change)
    assert refused.value.field == field
    assert fingerprint() == before


def test_the_same_work_of_the_same_days_is_entered_once_for_team_or_for_person(county):
    _enter(county)
    before = fingerprint()
    for who in ("", "subcontractor"):
        with pytest.raises(QuantityKnown, match="全班组"):
            _enter(county, who)
    assert fingerprint() == before
    _enter(county, item="三层砌筑")


def test_a_person_of_another_team_or_not_on_site_is_refused(county):
    with pytest.raises(NotFound):
        _enter(county, "contractor", role="labour_clerk")
    work = county.workers["subcontractor"].engagement
    presence = county.workers["subcontractor"].presence
    presence.exited_on = county.today - timedelta(days=10)
    presence.save()
    with pytest.raises(BadQuantity, match="不在场"):
        _enter(county, "subcontractor")
    assert not work.quantities.exists()


def test_pages_list_total_and_print_what_is_within_scope(county):
    _accept(county, _enter(county))
    page = f"/projects/{county.project.public_id}/quantities/"
    sub = signed_in(county, "subcontractor_clerk")
    assert "64.25" in sub.get(page).content.decode()
    assert "64.25" in sub.get(f"{page}totals/").content.decode()
    assert "完工数量表" in sub.get(f"{page}?print=1").content.decode()
    records.quantity(county.teams["contractor"], "总包的活")
    assert "总包的活" not in sub.get(page).content.decode()
    assert "总包的活" in signed_in(county, "labour_clerk").get(page).content.decode()
