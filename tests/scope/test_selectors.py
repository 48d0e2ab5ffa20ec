"""Every read, asked by every role of one county with the rows of the other: no trace, and no number moved."""

import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from attendance.selectors.dashboard import region_in_reach
from attendance.selectors.pulse import covers, pulse
from kernel.errors import NotFound
from tests.scope.asking import REACHES, answers, asked
from tests.scope.test_models import EXPECTED
from tests.support.traces import traces_in
from tests.support.world import SELECTORS, County, TwoCounties

PLATFORM = ("accounts", "audit", "outbox", "web")
APPS = (*PLATFORM, "projects", "workers", "attendance", "payroll", "ledgers", "integrity", "federation")


def _modules() -> Iterator[Any]:
    for app in APPS:
        try:
            module = import_module(f"{app}.selectors")
        except ModuleNotFoundError:
            continue
        yield module
        for inner in iter_modules(getattr(module, "__path__", [])):
            yield import_module(f"{app}.selectors.{inner.name}")


def _selectors() -> set[str]:
    """Every public function of the selectors whose first argument is who asks."""
    return {
        f"{module.__name__}.{name}"
        for module in _modules()
        for name, act in inspect.getmembers(module, inspect.isfunction)
        if act.__module__ == module.__name__ and not name.startswith("_")
        if next(iter(inspect.signature(act).parameters), "") == "actor"
    }


def test_every_selector_that_takes_an_actor_has_its_row_in_the_world() -> None:
    assert _selectors() == set(SELECTORS)


def _rows(county: County, other: County) -> set[str]:
    """The county's rows as `written_out` names them, without those that it shares with the other."""
    own, theirs = (
        {f"{model.__name__} {row.pk}" for model, rows in EXPECTED.items() for row in rows[0](one)}
        for one in (county, other)
    )
    return own - theirs


@pytest.mark.parametrize("role", REACHES)
def test_no_read_of_one_county_shows_a_trace_of_the_other(role: str, world: TwoCounties) -> None:
    rows_of = {county.word: _rows(county, world.other(county)) for county in world}
    for county in world:
        for name, selector in SELECTORS.items():
            for asked_with in world:
                answer = asked(selector, county.actor(role), asked_with)
                assert traces_in("\n".join(answer), world.other(county)) == [], name
                assert rows_of[world.other(county).word].intersection(answer) == set(), name


def test_a_regulator_finds_every_one_of_the_own_records(world: TwoCounties) -> None:
    for county in world:
        for role in ("province_regulator", "city_regulator", "county_regulator"):
            seen = {trace for answer in answers(county, [role]).values() for trace in answer}
            own = {county.project.name, county.permit.number, *(d.channel for d in county.devices)}
            own |= {worker.person.name for worker in county.workers.values()}
            assert own <= seen


@pytest.mark.parametrize("role", REACHES)
def test_the_other_countys_region_is_not_in_reach(role: str, world: TwoCounties) -> None:
    for county in world:
        actor, other = county.actor(role), world.other(county)
        assert region_in_reach(actor, county.region.code) == county.region
        with pytest.raises(NotFound):
            region_in_reach(actor, other.region.code)
        assert covers(actor, county.region) is (role == "county_regulator")
        assert not covers(actor, other.region)
        # A subcontractor's pulse is that of its own people, wherever it is asked for.
        own = pulse(actor, county.region, county.today)
        beats = own if role == "subcontractor_clerk" else "0.000-0"
        assert pulse(actor, other.region, county.today) == beats
