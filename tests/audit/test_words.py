"""The trail in words: every act of the source has its name, and an object is named within reach only."""

import ast
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone

from audit.models import AuditEvent
from audit.selectors import between, trail
from audit.services import record
from tests.architecture.source import name_of, of_the_apps, tree_of
from tests.scope.opening import signed_in
from tests.support.actors import EVERYONE
from tests.support.acts import ACTS
from tests.support.world import two_counties, wuchang
from web.trail import TrailTable
from web.trail_words import ACTIONS, OBJECTS, find, things

pytestmark = pytest.mark.django_db
# `record(actor, action, …)`
_ARGUMENT = 1
# Of these, four find out who asks; the frame counts unread messages, the list reads what one has kept.
QUERIES = 10


def _texts(node: ast.expr, constants: dict[str, str]) -> Iterator[str]:
    """The texts that an argument may be: a constant, one of two, or a name of the module."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, constants)
        yield from _texts(node.orelse, constants)
    elif isinstance(node, ast.Name) and node.id in constants:
        yield constants[node.id]


def _constants(tree: ast.Module) -> dict[str, str]:
    """Names that the module gives to texts."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def _recorded() -> set[tuple[str, str]]:
    """Every action that the source records, with the file that does."""
    return {
        (action, name_of(file))
        for file in of_the_apps()
        for tree in [tree_of(file)]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record"
        if len(node.args) > _ARGUMENT
        for action in _texts(node.args[_ARGUMENT], _constants(tree))
    }


def test_every_recorded_action_has_its_name_in_words() -> None:
    recorded = _recorded()
    assert len(recorded) > 30
    assert sorted((action, file) for action, file in recorded if action not in ACTIONS) == []


def test_what_the_acts_write_has_its_name_even_where_the_source_does_not_spell_it() -> None:
    county = wuchang()
    actions: set[str] = set()
    for tries in ACTS.values():
        with transaction.atomic():
            tries[0](EVERYONE, county)
            actions |= set(AuditEvent.objects.values_list("action", flat=True))
            transaction.set_rollback(True)
    assert actions - set(ACTIONS) == set()


def test_names_are_chinese_and_no_two_actions_share_one() -> None:
    assert all(not name.isascii() for name in ACTIONS.values())
    assert len(set(ACTIONS.values())) == len(ACTIONS)


def test_a_line_lies_where_its_object_lies_and_else_where_its_actor_does() -> None:
    world = two_counties()
    regulator = world.wuchang.actor("county_regulator")
    province = world.wuchang.actor("province_regulator")
    paths = [
        record(province, "workers.record_read", world.wuchang.worker.engagement).place,
        record(regulator, "accounts.signed_in", regulator.user).place,
        record(world.wuchang.actor("labour_clerk"), "accounts.signed_in", regulator.user).place,
        record(province, "accounts.signed_in", province.user).place,
        record(world.wuchang.actor("contractor_manager"), "accounts.signed_in", regulator.user).place,
        record(None, "attendance.demo_written").place,
    ]
    here = world.wuchang.region.path
    assert paths == [here, here, here, "420000/", "", ""]


def test_a_countys_administrator_reads_the_lines_of_the_county_and_no_other() -> None:
    world = two_counties()
    before = AuditEvent.objects.latest("pk").pk
    for county in world:
        record(county.actor("county_regulator"), "workers.number_read", county.worker.engagement)
    province = world.wuchang.actor("province_regulator")
    record(province, "workers.record_read", world.wuchang.worker.engagement, reason="省级抽查")
    record(None, "attendance.demo_written")
    for county, number in ((world.wuchang, 2), (world.xiantao, 1)):
        lines = trail(county.actor("platform_administrator")).filter(pk__gt=before)
        assert lines.count() == number
        assert {line.place for line in lines} == {county.region.path}
    assert trail(world.wuchang.actor("county_regulator")).count() == 0


def test_a_person_is_found_and_named_within_reach_only() -> None:
    world = two_counties()
    administrator = world.wuchang.actor("platform_administrator")
    assert [found.detail for found in find(administrator, "王五")] == [world.wuchang.project.name]
    assert find(administrator, world.xiantao.worker.person.name) == []
    key = str(world.xiantao.worker.engagement.public_id)
    theirs = AuditEvent(object_type="workers.engagement", object_key=key)

    assert things(administrator, [theirs]) == {}


def test_lines_are_found_by_days_of_the_clock_in_hubei() -> None:
    event = record(None, "attendance.demo_written")
    day = timezone.localtime(event.at).date()
    assert list(between(AuditEvent.objects.all(), day, day)) == [event]
    assert not between(AuditEvent.objects.all(), None, day.replace(year=day.year - 1)).exists()


def test_the_page_says_acts_in_words_and_asks_a_fixed_number_of_questions(django_assert_num_queries) -> None:
    world = two_counties()
    client = signed_in(world.wuchang, "platform_administrator")
    page = "/trail/?kind=reads"
    counted = []
    for _round in range(2):
        for _time in range(3):
            record(EVERYONE, "workers.record_read", world.wuchang.worker.engagement, reason="核对")
        client.get(page)
        with django_assert_num_queries(QUERIES) as asked:
            html = client.get(page).content.decode()
        counted.append(len(asked))
    assert counted == [QUERIES, QUERIES]
    assert "查看人员档案" in html and "workers.record_read" not in html.split("<table")[1]
    assert "核对" in html


def test_a_notice_is_named_by_its_number_and_a_list_of_permits_by_its_kind() -> None:
    world = two_counties()
    notice = world.wuchang.notices["replied"]
    record(EVERYONE, "integrity.notice_review", notice)
    line = AuditEvent.objects.latest("pk")
    administrator = world.wuchang.actor("platform_administrator")
    assert [one.name for one in things(administrator, [line]).values()] == [notice.number]
    assert things(world.xiantao.actor("platform_administrator"), [line]) == {}
    assert OBJECTS["projects.permitupload"] == "施工许可证表格"


def test_a_strangers_line_claims_no_duties() -> None:
    line = AuditEvent(actor_kind="stranger", action="projects.claim_failed")
    table = TrailTable([])
    assert table.render_reason("", line) == ""
    line.actor_kind = "user"
    assert table.render_reason("", line) == "在职责内"


@pytest.mark.parametrize(
    "typed",
    ["420106199001017016", "42010619900101701x", "13800000000", "109 0000 0001", "139-1234－5678"],
)
def test_a_whole_number_in_a_filter_is_refused_and_not_kept(typed) -> None:
    client = signed_in(wuchang(), "platform_administrator")
    answer = client.get("/trail/", {"kind": "reads", "person": typed})
    assert (answer.status_code, answer["Location"]) == (303, "/trail/?kind=reads")
    html = client.get(answer["Location"]).content.decode()
    assert "审计不按证件号、手机号查找" in html
    assert typed not in html
