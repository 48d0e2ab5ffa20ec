"""Every act, tried from outside its row's place with all rights there are: refused, and nothing changed."""

import inspect
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from django.db import transaction

from accounts.roles import ROLES as ROLE_TABLE
from kernel.errors import NotFound, NotPermitted
from kernel.scoping import Reach
from projects.errors import NameDiffers
from projects.services import add_participation, receive_permit
from tests.support.actors import Holder
from tests.support.acts import ACTS, Act, permit_facts
from tests.support.traces import fingerprint, traces_in
from tests.support.world import County, TwoCounties

# Acts of the platform that stand above the trail, outside any app's services.
OF_THE_PLATFORM = ("web.account_acts", "web.postings", "web.parameter_acts", "web.standard_acts")
# Names no row: whoever administers anywhere may open an account, which is nothing without a post.
# An enterprise's secret is for who administers the province; tests/federation tries it from a county.
WITHOUT_A_ROW = {
    "web.postings.open_account",
    "federation.services.issue_enterprise_credential",
    # The standard belongs to the province and its cities; tests/standards tries it from beyond reach.
    *(
        f"web.standard_acts.{name}"
        for name in (
            "begin_version", "edit_version", "retitle_version", "check_version", "submit_version",
            "accept_version", "return_version", "publish_version", "withdraw_version", "grant_extension",
            "withdraw_extension", "map_item", "move_element", "check_impact",
        )
    ),
    # The pull and the answer to a wish are the province's; tests/federation/test_wishes goes in.
    "federation.services.request_pull",
    "federation.services.answer_proposal",
    # The outward gateway is the province's; tests/federation/test_partners tries it from a county.
    *(
        f"federation.services.{name}"
        for name in (
            "create_partner", "edit_partner", "draft_agreement", "revise_agreement", "edit_agreement",
            "share_object", "withhold_object", "drop_agreement_draft", "approve_agreement",
            "suspend_agreement", "resume_agreement", "issue_partner_key", "rotate_partner_key",
            "limit_partner_key", "revoke_partner_key",
        )
    ),
    # Neighbours are the whole platform's; tests/federation/nodes tries it from a county.
    *(
        f"federation.services.{name}"
        for name in (
            "invite_node", "register_hosted", "suspend_node", "resume_node", "begin_migration",
            "forget_node",
            "switch_migration", "abort_migration", "join_parent", "rotate_node_key", "restart_line",
            "requeue_record",
            "ask_waiver", "approve_waiver", "decline_waiver", "put_aside",
            "ask_passing", "approve_passing", "decline_passing",
            "start_reconciliation", "repair_differences", "explain_difference", "state_month",
            "take_back",
        )
    ),
    # A worker's own career, which no id names; tests/workers/test_careers goes in.
    "workers.services.open_career",
    "workers.services.close_career",
}  # fmt: skip
APPS = (
    "accounts",
    "standards",
    "projects",
    "workers",
    "attendance",
    "payroll",
    "ledgers",
    "integrity",
    "federation",
)
# Two are held by vendors' systems alone.
RIGHTS = frozenset().union(*(role.permissions for role in ROLE_TABLE.values())) | {
    "attendance.punch",
    "payroll.report",
    "projects.report",
}


TRIES = [(name, act) for name, tries in ACTS.items() for act in tries]
# Asked about a project on which a subcontractor takes part too; what it tells is tested in tests/workers.
# So are scans, which name their contracts: a stranger's number is like one that nobody was given.
OF_THE_WHOLE_PROJECT = {
    "workers.services.look_up",
    "workers.services.keep_roster_file",
    "workers.services.attach_scans",
    "workers.services.read_career",
}
# Reading a number, searching by one or judging changes nothing but the trail; a lock is counted elsewhere.
READS = {
    "workers.services.reveal_number",
    "workers.services.find_by_number",
    "workers.services.judge_moves",
    "workers.services.print_contracts",
    "workers.services.print_session",
    "workers.services.print_badges",
    "web.account_acts.unlock",
}
IDS = [act.__name__.strip("_") for _name, act in TRIES]


def _modules() -> Iterator[Any]:
    yield from (import_module(name) for name in OF_THE_PLATFORM)
    for app in APPS:
        try:
            module = import_module(f"{app}.services")
        except ModuleNotFoundError:
            continue
        yield module
        for inner in iter_modules(getattr(module, "__path__", [])):
            yield import_module(f"{app}.services.{inner.name}")


def _acts() -> set[str]:
    """Every public function of the services that somebody does, by app and name."""
    return {
        f"{'.'.join(module.__name__.split('.')[:2])}.{name}"
        for module in _modules()
        for name, act in inspect.getmembers(module, inspect.isfunction)
        if act.__module__ == module.__name__ and not name.startswith("_")
        if (asker := inspect.signature(act).parameters.get("actor")) and asker.kind == asker.KEYWORD_ONLY
    }


def _region(county: County) -> Holder:
    """Everything in the county, and on behalf of its contractor too."""
    own = frozenset({county.firms["contractor"].public_id})
    return Holder(Reach(region_paths=frozenset({county.region.path}), enterprises=own), *RIGHTS)


def _project(county: County) -> Holder:
    return Holder(Reach(projects=frozenset({county.project.public_id})), *RIGHTS)


def _subcontractor(county: County) -> Holder:
    own = county.participations["subcontractor"].public_id
    return Holder(Reach(participations=frozenset({own})), *RIGHTS)


def _is_refused(act: Act, actor: Any, county: County) -> None:
    before = fingerprint()
    with pytest.raises((NotFound, NotPermitted)), transaction.atomic():
        act(actor, county)
    assert fingerprint() == before


def test_every_act_has_its_row_among_the_acts() -> None:
    assert _acts() - WITHOUT_A_ROW == set(ACTS)


@pytest.mark.parametrize(("name", "act"), TRIES, ids=IDS)
def test_an_act_on_the_other_countys_row_is_refused_and_changes_nothing(
    name: str, act: Act, world: TwoCounties
) -> None:
    for county in world:
        for actor in (_region(county), _project(county), _subcontractor(county)):
            _is_refused(act, actor, world.other(county))


@pytest.mark.parametrize(("name", "act"), TRIES, ids=IDS)
def test_a_subcontractors_clerk_does_not_act_on_others_of_the_same_project(
    name: str, act: Act, world: TwoCounties
) -> None:
    if name in OF_THE_WHOLE_PROJECT:
        return
    for county in world:
        _is_refused(act, county.actor("subcontractor_clerk"), county)


@pytest.mark.parametrize(("name", "act"), TRIES, ids=IDS)
def test_without_the_permission_an_act_is_refused_on_ones_own_row(
    name: str, act: Act, world: TwoCounties
) -> None:
    reach = Reach(region_paths=frozenset({world.wuchang.region.path}))
    _is_refused(act, Holder(reach, "projects.view", "workers.view"), world.wuchang)


@pytest.mark.parametrize(("name", "act"), TRIES, ids=IDS)
def test_the_same_act_succeeds_on_ones_own_row(name: str, act: Act, world: TwoCounties) -> None:
    before = fingerprint()
    act(_region(world.wuchang), world.wuchang)
    assert (fingerprint() == before) is (name in READS)


def test_a_refused_name_does_not_tell_the_name_that_another_county_registered(world: TwoCounties) -> None:
    for county in world:
        firm = world.other(county).firms["owner"]
        with pytest.raises(NameDiffers) as refused, transaction.atomic():
            add_participation(
                actor=_project(county), project=county.project, uscc=firm.uscc, name="记错的名称", kind="001"
            )
        assert traces_in(refused.value.message.replace(firm.uscc, ""), world.other(county)) == []
    own = world.wuchang.firms["supervisor"]
    with pytest.raises(NameDiffers, match=own.name), transaction.atomic():
        add_participation(
            actor=_project(world.wuchang),
            project=world.wuchang.project,
            uscc=own.uscc,
            name="记错的名称",
            kind="001",
        )


def test_outside_ones_region_a_permit_is_not_even_judged(world: TwoCounties) -> None:
    for county in world:
        facts = replace(
            permit_facts(world.other(county)), project_code="420000202601019999", contractor_uscc="错误代码"
        )
        with pytest.raises(NotFound):
            receive_permit(actor=_region(county), facts=facts)
