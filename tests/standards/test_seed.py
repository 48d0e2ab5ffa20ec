"""The seed of the standard: the national dictionaries and the default parameters, as files."""

import json
from functools import cache
from typing import Any

import pytest

from standards.selectors import choices, codes
from standards.services import DATA


@cache
def lists() -> dict[str, dict[str, str]]:
    """Code → name of every list."""
    seed = json.loads((DATA / "national-2019.json").read_text(encoding="utf-8"))
    return {entry["key"]: {item["code"]: item["name"] for item in entry["items"]} for entry in seed["lists"]}


@cache
def parameters() -> dict[str, dict[str, Any]]:
    rows = json.loads((DATA / "parameters.json").read_text(encoding="utf-8"))
    return {row["key"]: row for row in rows}


COUNTS = {
    "identity_document": 26,
    "worker_kind": 2,
    "trade": 107,
    "political_status": 13,
    "education": 9,
    "participation_kind": 12,
    "enterprise_registration": 32,
    "project_class": 13,
    "project_status": 5,
    "approval_level": 6,
    "project_size": 3,
    "building_nature": 7,
    "building_use": 18,
    "marital_status": 4,
    "certificate_kind": 190,
    "certificate_level": 3,
    "certificate_status": 4,
    "management_post": 13,
    "worker_credit_good": 4,
    "worker_credit_bad": 5,
    "worker_credit_blacklist": 4,
    "entry_exit": 2,
    "contract_period": 2,
    "measurement_unit": 3,
    "bank": 89,
    "punch_direction": 2,
    "pass_method": 11,
    "training_type": 4,
    "yes_no": 2,
    "nation": 56,
    "key_post": 6,
    "currency": 2,
    "qualification_kind": 10,
    "qualification_status": 4,
    "qualification_addition": 5,
    "qualification_level": 36,
    "qualification_trade": 220,
    "credit_good": 6,
    "credit_bad": 7,
    "credit_blacklist": 6,
}


def test_every_list_is_there_with_all_its_codes() -> None:
    assert {key: len(items) for key, items in lists().items()} == COUNTS


def test_no_code_is_written_twice_in_its_list() -> None:
    seed = json.loads((DATA / "national-2019.json").read_text(encoding="utf-8"))
    assert {entry["key"]: len(entry["items"]) for entry in seed["lists"]} == COUNTS


@pytest.mark.parametrize(
    ("key", "code", "name"),
    [
        ("identity_document", "01", "居民身份证"),
        ("worker_kind", "20", "建筑工人"),
        ("trade", "010", "砌筑工"),
        ("trade", "390", "杂工"),
        ("trade", "900", "管理人员"),
        ("trade", "1000", "其他"),
        ("trade", "414", "桥隧工"),
        ("political_status", "13", "群众"),
        ("education", "02", "初中"),
        ("participation_kind", "009", "总承包单位"),
        ("participation_kind", "007", "监理"),
        ("enterprise_registration", "173", "私营有限责任公司"),
        ("project_class", "02", "市政公用工程"),
        ("project_status", "003", "在建"),
        ("approval_level", "004", "区县级"),
        ("building_use", "010", "给水"),
        ("entry_exit", "1", "进场"),
        ("contract_period", "1", "以完成一定工作为期限的合同"),
        ("bank", "102", "中国工商银行"),
        ("bank", "742", "瑞士银行"),
        ("punch_direction", "02", "出场"),
        ("pass_method", "001", "人脸识别"),
        ("training_type", "003001", "安全教育"),
        ("nation", "15", "土家"),
        ("nation", "56", "基诺"),
        ("key_post", "05", "劳务负责人（劳资专管员）"),
        ("key_post", "06", "总监理工程师"),
    ],
)
def test_a_code_means_what_the_standard_says(key: str, code: str, name: str) -> None:
    assert lists()[key][code] == name


def test_names_fit_their_columns_and_carry_no_blanks_at_the_ends() -> None:
    for items in lists().values():
        for code, name in items.items():
            assert 0 < len(code) <= 12
            assert 0 < len(name) <= 80
            assert (code, name) == (code.strip(), name.strip())


def test_every_parameter_says_what_it_is_and_who_set_it() -> None:
    rows = json.loads((DATA / "parameters.json").read_text(encoding="utf-8"))
    assert len(rows) == len(parameters())
    for row in rows:
        assert set(row) == {"key", "value", "unit", "name", "document"}
        assert 0 < len(row["name"]) <= 80
        assert 0 < len(row["document"]) <= 120
        assert len(row["unit"]) <= 20


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("attendance.day_cutoff_hour", 4),
        ("attendance.future_tolerance_minutes", 10),
        ("gaps.uncontracted_days", 0),
        ("device.silent_hours", {"amber": 24, "red": 72}),
        ("on_post.low", 0.7),
        ("contract_rate.low", 0.95),
        ("training_rate.low", 0.95),
        ("key_post.absent_days", 5),
        ("training.valid_days", 365),
        ("open_api.window_minutes", 10),
        ("open_api.body_megabytes", 20),
        ("open_api.calls_per_minute", 1200),
        ("open_api.body_days", 30),
        ("outbox.keep_days", 30),
        ("sign_in.lock_after", 5),
        ("session.hours", 10),
        ("token.days", 30),
        ("age.minimum", 16),
    ],
)
def test_a_default_has_the_value_we_decided(key: str, value: object) -> None:
    assert parameters()[key]["value"] == value


def test_parameters_that_name_codes_name_codes_that_exist() -> None:
    assert set(parameters()["key_posts.required"]["value"]) == set(lists()["key_post"])
    assert set(parameters()["training.basic_types"]["value"]) <= set(lists()["training_type"])


def test_two_codes_of_one_name_are_told_apart_where_one_chooses(db) -> None:
    trades = [name for _code, name in choices("trade")]
    assert len(trades) == len(set(trades))
    assert [name for name in trades if name.startswith("其他")] == ["其他（1000）", "其他（000）"]
    assert codes("trade")["000"] == "其他"
