"""Permits from a file: all rows or none, and every fault with its line, its column and what to do."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from outbox.models import OutboxEvent
from projects.models import Enterprise, Participation, Permit, Project
from tests.support import people

pytestmark = pytest.mark.django_db

GOOD = {
    "项目编码": "420106202604040001",
    "项目名称": "中北路综合楼",
    "行政区划代码": "420106",
    "施工许可证编号": "420106202604040101",
    "发证日期": "2026/4/4",
    "总承包单位统一社会信用代码": people.credit_code(801),
    "总承包单位名称": "楚天测试建设有限公司",
    "合同金额（元）": "12,000,000.50",
    "监理单位统一社会信用代码": people.credit_code(803),
    "监理单位名称": "楚天测试监理有限公司",
}
SECOND = GOOD | {"项目编码": "420106202604040002", "施工许可证编号": "420106202604040102"}


def _file(folder: Path, *rows: dict[str, str], encoding: str = "utf-8-sig") -> str:
    text = StringIO()
    table = csv.DictWriter(text, list(GOOD))
    table.writeheader()
    table.writerows(rows)
    file = folder / "permits.csv"
    file.write_bytes(text.getvalue().encode(encoding))
    return str(file)


def _run(*arguments: str) -> tuple[str, list[str]]:
    told, wrong = StringIO(), StringIO()
    try:
        call_command("receive_permits", *arguments, stdout=told, stderr=wrong)
    except CommandError as refusal:
        return str(refusal), wrong.getvalue().splitlines()
    return told.getvalue().strip(), wrong.getvalue().splitlines()


def _nothing_is_written() -> bool:
    tables = (Project.all_rows, Permit.all_rows, Enterprise.all_rows, AuditEvent.objects, OutboxEvent.objects)
    return not any(table.exists() for table in tables)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_good_file_is_received_whole(tmp_path: Path, encoding: str) -> None:
    assert _run(_file(tmp_path, GOOD, SECOND, encoding=encoding)) == ("已登记：2 行施工许可证。", [])
    assert sorted(Project.all_rows.values_list("code", flat=True)) == [GOOD["项目编码"], SECOND["项目编码"]]
    assert [str(one.amount) for one in Permit.all_rows.all()] == ["12000000.50", "12000000.50"]
    assert Participation.all_rows.count() == 4
    assert {event.actor_label for event in AuditEvent.objects.all()} == {"控制台"}


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    file = _file(tmp_path, GOOD, SECOND)
    _run(file)
    _run(file)
    assert (Project.all_rows.count(), Permit.all_rows.count(), Enterprise.all_rows.count()) == (2, 2, 2)


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    assert _run(_file(tmp_path, GOOD, SECOND), "--dry-run") == ("检查通过，没有写入：2 行施工许可证。", [])
    assert _nothing_is_written()


@pytest.mark.parametrize("option", [[], ["--dry-run"]])
def test_every_fault_is_shown_at_once_and_no_row_is_kept(tmp_path: Path, option: list[str]) -> None:
    rows = (
        GOOD,
        SECOND | {"发证日期": "2026-13-01", "项目名称": " "},
        SECOND | {"总承包单位名称": "另一个名称"},
        SECOND | {"施工许可证编号": GOOD["施工许可证编号"]},
    )
    told, wrong = _run(_file(tmp_path, *rows), *option)
    assert told == "共 4 行，有 4 处错误，一行也没有写入。请改好后重新执行。"
    assert wrong[0] == "第 3 行 项目名称：必填，未填写。请对照施工许可证补填。"
    assert wrong[1] == "第 3 行 发证日期：“2026-13-01”不是日期。请按 2026-04-04 的样式填写。"
    assert "已登记为“楚天测试建设有限公司”" in wrong[2]
    assert wrong[3].startswith("第 5 行 施工许可证编号：施工许可证 420106202604040101 已登记在另一个项目下")
    assert _nothing_is_written()


@pytest.mark.parametrize(
    ("heading", "cell", "sentence"),
    [
        ("项目编码", "4.20106E+17", "科学计数法"),
        ("项目编码", "4" * 41, "最多 40 个字，现有 41 个"),
        ("项目名称", "楼\x00", "控制字符"),
        ("行政区划代码", "420100", "“武汉市”下设县（市、区）"),
        ("行政区划代码", "999999", "没有编码为“999999”的行政区划"),
        ("总承包单位统一社会信用代码", people.credit_code(801)[:-1], "应为 18 位"),
        ("合同金额（元）", "1200万", "不是金额或面积"),
        ("施工许可证编号", "无", "“无”不合格式"),
        ("施工许可证编号", "4201", "有 4 位，应为 6 到 50 位"),
        ("项目编码", "42010620260404_01", "只能由字母、数字和连字符组成"),
        ("合同金额（元）", "-1", "不是金额或面积"),
        ("合同金额（元）", "1e400000", "不是金额或面积"),
        ("监理单位名称", "", "填了统一社会信用代码就须填名称"),
    ],
)
def test_a_bad_cell_is_named_with_its_rule(tmp_path: Path, heading: str, cell: str, sentence: str) -> None:
    _told, wrong = _run(_file(tmp_path, GOOD | {heading: cell}))
    assert len(wrong) == 1
    assert wrong[0].startswith(f"第 2 行 {heading}：")
    assert sentence in wrong[0]
    assert _nothing_is_written()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        ("项目编码,项目名称".encode(), "缺少必填的列：行政区划代码"),
        ("项目编码,备注".encode(), "不认识的列：备注"),
        (",".join(GOOD).encode(), "没有数据行"),
        (b"\xff\xfe\xff", "既不是 UTF-8 也不是 GBK"),
    ],
)
def test_what_is_no_such_table_is_said_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "permits.csv"
    file.write_bytes(content)
    assert sentence in _run(str(file))[0]


def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    assert "打不开文件" in _run(str(tmp_path / "none.csv"))[0]
