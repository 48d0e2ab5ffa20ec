"""Layers on top of each other, hunted with hypothesis: no city loosens the base or refuses the province."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from standards.checks import GrantSpec, faults
from standards.judging import Finding, blocking, judge
from standards.layers import ItemSpec, Layer, compiled
from standards.spec import CHANNELS, INTERFACES, Demand, ElementSpec, RuleSpec, Standard, VersionRef

ON = date(2026, 11, 26)
BASE = VersionRef("base", "provincial", "hubei-2026")
CITY = VersionRef("city", "city", "wuhan-1", region="420100")
CODES = {"trade": {"010": "砌筑工", "020": "钢筋工", "030": "架子工"}}
NS, ITEM_NS = "c420100_", "420100-"
ELEMENTS = (
    ElementSpec("worker", "name", "姓名", "text", BASE, length=50, required="always"),
    ElementSpec("worker", "trade", "工种", "code", BASE, required="always", code_list="trade"),
    ElementSpec("worker", "address", "住址", "text", BASE, length=20),
    ElementSpec("worker", "nation", "民族", "text", BASE, required="always", severities={"form": "inform"}),
    ElementSpec(
        "worker", "card", "卡号", "text", BASE, required="when",
        required_when={"element": "trade", "values": ["010"]},
    ),
)  # fmt: skip
RULES = (
    RuleSpec(
        "R-1", "worker", {"must": {"left": {"element": "name"}, "is": "!=", "right": {"value": "甲"}}}, BASE,
        message="名称不对。", remedy="请核对。",
    ),
)  # fmt: skip
NAMES = ("name", "trade", "address", "nation", "card", NS + "housing", NS + "bed", "x_alien")

texts = st.sampled_from(["", "甲", "张三", "x" * 15, "x" * 60])
records = st.fixed_dictionaries(
    {},
    optional={
        "name": texts,
        "trade": st.sampled_from(["", "010", "020", "030", "999", ITEM_NS + "1"]),
        "address": texts,
        "nation": texts,
        "card": texts,
        NS + "housing": texts,
        NS + "bed": st.sampled_from(["", "3", "many"]),
    },
)
required = st.sampled_from(["", "never", "always", "when"])
whens = st.none() | st.just({"element": "trade", "values": ["020"]})
demands = st.dictionaries(
    st.tuples(st.just("worker"), st.sampled_from(NAMES)),
    st.builds(
        Demand,
        version=st.just(CITY),
        required=required,
        required_when=whens,
        length=st.none() | st.integers(1, 300),
        codes=st.none() | st.frozensets(st.sampled_from(["010", "020", "777"])),
        severities=st.dictionaries(
            st.sampled_from(list(CHANNELS)), st.sampled_from(["block", "warn", "inform"])
        ),
    ),
    max_size=4,
)
elements = st.lists(
    st.builds(
        ElementSpec,
        object_key=st.just("worker"),
        code=st.sampled_from(NAMES),
        name=st.sampled_from(["住房", "床位", "姓名"]),
        kind=st.sampled_from(["text", "number", "code", "yes_no"]),
        version=st.just(CITY),
        length=st.none() | st.integers(1, 300),
        required=st.sampled_from(["never", "always", "when"]),
        required_when=whens,
        code_list=st.sampled_from(["", "trade"]),
        is_retired=st.booleans(),
    ),
    max_size=4,
).map(tuple)
rules = st.lists(
    st.builds(
        RuleSpec,
        code=st.sampled_from(["R-1", "C420100-R-1"]),
        object_key=st.just("worker"),
        condition=st.sampled_from([{"must": {"filled": "address"}}, {"must": {"empty": "name"}}]),
        version=st.just(CITY),
        severities=st.dictionaries(st.sampled_from(list(CHANNELS)), st.sampled_from(["block", "inform"])),
        message=st.just("本市不收。"),
        remedy=st.just("请补。"),
        is_retired=st.booleans(),
    ),
    max_size=3,
).map(tuple)
layers_of_a_city = st.builds(Layer, version=st.just(CITY), elements=elements, rules=rules, demands=demands)


def _standard(*layers: Layer) -> Standard:
    codes = {**CODES, "trade": {**CODES["trade"], ITEM_NS + "1": "盾构工"}} if len(layers) > 1 else CODES
    return compiled(layers, on=ON, place="", codes=lambda key: codes.get(key, {}), parameters=lambda key: 16)


PROVINCE = _standard(Layer(BASE, ELEMENTS, RULES))


def _of(standard: Standard, record: dict[str, Any], channel: str) -> list[Finding]:
    return blocking(judge(standard, "worker", record, channel=channel))


@settings(max_examples=150, deadline=None)
@given(layers_of_a_city, records)
def test_no_sequence_of_city_edits_can_loosen_a_base_rule(city: Layer, record: dict[str, Any]) -> None:
    """Checked or not: what the base refuses, the base with any city's layer on top refuses as well."""
    both = _standard(Layer(BASE, ELEMENTS, RULES), city)
    for channel in CHANNELS:
        refused = {(one.element, one.rule) for one in _of(PROVINCE, record, channel)}
        # A city's own code in a list that it was allowed to extend is its one addition.
        refused -= {("trade", "code")} if record.get("trade", "").startswith(ITEM_NS) else set()
        assert refused <= {(one.element, one.rule) for one in _of(both, record, channel)}


@settings(max_examples=150, deadline=None)
@given(layers_of_a_city, records)
def test_every_record_valid_under_the_base_stays_acceptable_upstream(
    city: Layer, record: dict[str, Any]
) -> None:
    both = _standard(Layer(BASE, ELEMENTS, RULES), city)
    for channel in INTERFACES:
        if not _of(PROVINCE, record, channel):
            assert _of(both, record, channel) == []


@settings(max_examples=150, deadline=None)
@given(layers_of_a_city)
def test_what_passes_the_check_redefines_nothing_of_the_base(city: Layer) -> None:
    grant = GrantSpec(frozenset({"worker"}), frozenset({"trade"}), 9)
    if faults(city, PROVINCE, lists=CODES, parameters={}, grant=grant):
        return
    both = _standard(Layer(BASE, ELEMENTS, RULES), city)
    for element in ELEMENTS:
        after = both.element("worker", element.code)
        assert after is not None
        assert (after.name, after.kind, after.code_list) == (element.name, element.kind, element.code_list)
        assert (after.most or 999) <= (element.most or 999)
        assert after.is_always_required or not element.is_always_required
    assert all(one.code.startswith(NS) for one in city.elements)
    assert all(one.code.startswith("C420100-R-") for one in city.rules)


def _faults(city: Layer, **changes: Any) -> list[str]:
    given = {"grant": GrantSpec(frozenset({"worker"}), frozenset({"trade"}), 1), **changes}
    return [one.sentence for one in faults(city, PROVINCE, lists=CODES, parameters={}, **given)]


def test_a_citys_contradictions_are_named_each_with_the_base_that_holds() -> None:
    own = ElementSpec("worker", NS + "housing", "住房", "text", CITY, required="always")
    bed = ElementSpec("worker", NS + "bed", "床位", "text", CITY, required="always")
    cases: list[tuple[Layer, str]] = [
        (Layer(CITY, (ElementSpec("worker", "trade", "岗位", "text", CITY),)), "已有数据元素“工种”（trade）"),
        (Layer(CITY, (ElementSpec("worker", "housing_type", "住房", "text", CITY),)), "要以 c420100_ 开头"),
        (Layer(CITY, (ElementSpec("worker", NS + "a", "工种", "text", CITY),)), "已有名为“工种”的数据元素"),
        (Layer(CITY, (ElementSpec("team", NS + "a", "级别", "text", CITY),)), "授权不包括在“班组”上新增"),
        (Layer(CITY, (own, bed)), "最多 1 个"),
        (Layer(CITY, demands={("worker", "name"): Demand(CITY, required="never")}), "只能加严，不能放宽"),
        (Layer(CITY, demands={("worker", "name"): Demand(CITY, length=80)}), "只能更短，不能更长"),
        (Layer(CITY, demands={("worker", "trade"): Demand(CITY, codes=frozenset({"888"}))}), "不能另加"),
        (Layer(CITY, items=(ItemSpec("trade", "040", "盾构工", "010"),)), "要以 420100- 开头"),
        (Layer(CITY, items=(ItemSpec("trade", "010", "盾构工", "020"),)), "代码永不重复使用"),
        (Layer(CITY, items=(ItemSpec("trade", ITEM_NS + "1", "盾构工"),)), "对应省标准的哪个代码"),
        (Layer(CITY, items=(ItemSpec("bank", ITEM_NS + "1", "农商行", "1"),)), "没有这张代码表"),
        (Layer(CITY, items=(ItemSpec("trade", "010", retires=True),)), "不是本市州的代码，不能停用"),
        (Layer(CITY, rules=(RuleSpec("R-9", "worker", {"must": {"filled": "name"}}, CITY, {}, "无", "补"),)),
         "规则编号写成 C420100-R-1"),
        (Layer(CITY, (ElementSpec("worker", NS + "p", "工地照", "photo", CITY),)), "照片要有存放"),
        (Layer(CITY, (ElementSpec("worker", NS + "p", "家属电话", "phone", CITY),)), "必须加密保存"),
    ]  # fmt: skip
    for city, says in cases:
        told = _faults(city)
        assert any(says in one for one in told), (says, told)
    assert _faults(Layer(CITY, (own,), items=(ItemSpec("trade", ITEM_NS + "1", "盾构工", "010"),))) == []


def test_what_was_published_is_retired_and_never_taken_away_or_turned_into_something_else() -> None:
    old = Layer(BASE, (ElementSpec("worker", "housing_type", "住房", "text", BASE),), RULES)
    nothing = compiled([], on=ON, place="", codes=lambda key: {}, parameters=lambda key: 0)
    gone = faults(Layer(BASE), nothing, lists={}, parameters={}, former=old)
    assert [one.code for one in gone] == ["housing_type", "R-1"]
    other = Layer(BASE, (ElementSpec("worker", "housing_type", "住房", "number", BASE),), ())
    assert "不能改类型或代码表" in faults(other, nothing, lists={}, parameters={}, former=old)[0].sentence
