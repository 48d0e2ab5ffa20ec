"""A list of permits brought by a county: judged at once, kept, and written whole or not at all."""

import csv
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from kernel.errors import NotFound, NotPermitted
from kernel.scoping import Reach
from outbox.models import OutboxEvent
from projects.errors import FileTooLong, UploadGone
from projects.models import Permit, PermitUpload, Project
from projects.permit_file import COLUMNS, UnreadableFile, template
from projects.permit_judgement import FURTHER_PERMIT, KNOWN, NEW_PROJECT, Judgement
from projects.selectors import permit_upload
from projects.services import forget_permit_files, keep_permit_file, receive_permits
from standards.models import RuleParameter
from standards.selectors import forget
from tests.support import people, records
from tests.support.actors import Holder, regulator
from tests.support.traces import fingerprint

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone.get_default_timezone())

GOOD = {
    "项目编码": "420106202604040001",
    "项目名称": "中北路综合楼",
    "行政区划代码": "420106",
    "施工许可证编号": "420106202604040101",
    "发证日期": "2026/4/4",
    "总承包单位统一社会信用代码": people.credit_code(801),
    "总承包单位名称": "楚天测试建设有限公司",
    "项目类别": "房屋建筑工程",
}
SECOND = GOOD | {"施工许可证编号": "420106202604040102"}
OTHER = GOOD | {"项目编码": "420106202604040002", "施工许可证编号": "420106202604040103"}


def county(code="420106", key="holder"):
    found = Holder(
        Reach(region_paths=frozenset({records.region(code).path})), "projects.receive_permit", "projects.view"
    )
    found.key = key
    return found


def table(*rows, encoding="utf-8"):
    text = StringIO()
    lines = csv.DictWriter(text, list(GOOD))
    lines.writeheader()
    lines.writerows(rows)
    return text.getvalue().encode(encoding)


def keep(*rows, actor=None, content=None, now=NOW):
    return keep_permit_file(
        actor=actor or county(),
        region=records.region("420106"),
        name="许可证.csv",
        content=table(*rows) if content is None else content,
        now=now,
    )


def written():
    return Project.all_rows.count(), Permit.all_rows.count(), OutboxEvent.objects.count()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_kept_file_is_judged_row_by_row_and_nothing_is_registered(encoding):
    upload = keep(content=table(GOOD, SECOND, OTHER, encoding=encoding))
    found = Judgement.read(upload.judged)
    assert [(row.line, row.outcome) for row in found.rows] == [
        (2, NEW_PROJECT),
        (3, FURTHER_PERMIT),
        (4, NEW_PROJECT),
    ]
    assert (found.number, found.faulty, list(found.faults)) == (3, 0, [])
    assert written() == (0, 0, 0)
    assert [event.action for event in AuditEvent.objects.all()] == ["projects.permit_file_kept"]


def test_a_kept_file_is_written_whole_and_its_text_is_gone():
    upload = receive_permits(actor=county(), upload=keep(GOOD, SECOND, OTHER), now=NOW)
    assert (upload.received_at, upload.text) == (NOW, None)
    assert written() == (2, 3, 2)
    assert {one.category for one in Project.all_rows.all()} == {"01"}


def test_writing_twice_writes_once():
    upload = keep(GOOD)
    receive_permits(actor=county(), upload=upload, now=NOW)
    before = fingerprint()
    again = receive_permits(actor=county(), upload=upload, now=NOW + timedelta(minutes=1))
    assert again.received_at == NOW
    assert fingerprint() == before


def test_faults_are_grouped_by_cause_with_line_column_and_what_was_given():
    rows = [OTHER | {"施工许可证编号": f"42010620260404019{n}", "发证日期": "2026-13-01"} for n in range(2)]
    upload = keep(GOOD, *rows, OTHER | {"行政区划代码": "429004"}, SECOND | {"项目名称": "别的楼"})
    found = Judgement.read(upload.judged)
    assert [(group.heading, group.cause, len(group.faults)) for group in found.groups] == [
        ("发证日期", "不是日期", 2),
        ("行政区划代码", "不在您的管理范围内", 1),
        ("项目编码", "与已登记的项目不一致", 1),
    ]
    assert [(fault.line, fault.given) for fault in found.groups[0].faults] == [
        (3, "2026-13-01"),
        (4, "2026-13-01"),
    ]
    assert (found.number, found.faulty, found.fresh) == (5, 4, 1)
    lines = list(csv.reader(StringIO(found.faults_as_csv())))
    assert lines[0] == ["行号", "列名", "填的是", "原因", "怎么改"]
    assert lines[1][:4] == ["3", "发证日期", "2026-13-01", "不是日期"]


def test_a_table_of_faults_holds_no_formula():
    found = Judgement.read(keep(GOOD | {"发证日期": "=1+1"}).judged)
    assert list(csv.reader(StringIO(found.faults_as_csv())))[1][2] == "'=1+1"


def test_a_file_with_a_fault_writes_nothing_and_says_so():
    upload = keep(GOOD, OTHER | {"总承包单位名称": "另一个名称"})
    before = written()
    held = receive_permits(actor=county(), upload=upload, now=NOW)
    assert held.received_at is None
    assert held.text is not None
    assert written() == before == (0, 0, 0)


def test_what_others_registered_since_the_dry_run_is_judged_anew():
    upload = keep(GOOD)
    assert not Judgement.read(upload.judged).faults
    receive_permits(actor=county(), upload=keep(OTHER | {"施工许可证编号": GOOD["施工许可证编号"]}), now=NOW)
    held = receive_permits(actor=county(), upload=upload, now=NOW)
    assert held.received_at is None
    assert [fault.cause for fault in Judgement.read(held.judged).faults] == ["许可证已登记在另一个项目下"]
    assert Project.all_rows.count() == 1


def test_a_known_permit_is_skipped():
    receive_permits(actor=county(), upload=keep(GOOD), now=NOW)
    found = Judgement.read(keep(GOOD, OTHER).judged)
    assert [row.outcome for row in found.rows] == [KNOWN, NEW_PROJECT]
    assert found.fresh == 1


def test_a_permit_of_tomorrow_is_refused():
    found = Judgement.read(keep(GOOD | {"发证日期": "2026-11-23"}).judged)
    assert [str(fault) for fault in found.faults] == [
        "第 2 行 发证日期：发证日期不能晚于今天（2026-11-22），请对照施工许可证改正。"
    ]
    assert not Judgement.read(keep(GOOD | {"发证日期": "2026-11-22"}).judged).faults


@pytest.mark.parametrize(("given", "code"), [("1", "01"), ("02", "02"), ("市政公用工程", "02"), ("", "")])
def test_a_class_is_given_by_code_or_by_name(given, code):
    receive_permits(actor=county(), upload=keep(GOOD | {"项目类别": given}), now=NOW)
    assert Project.all_rows.get().category == code


def test_an_unknown_class_is_refused_with_what_may_stand_there():
    fault = Judgement.read(keep(GOOD | {"项目类别": "高楼"}).judged).faults[0]
    assert fault.cause == "没有这个项目类别"
    assert "房屋建筑工程、市政公用工程" in fault.sentence


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        (b" \r\n", "文件是空的"),
        (b"PK\x03\x04rest", "这是 Excel 工作簿（xlsx）或压缩包，不是 CSV"),
        (b"\xd0\xcf\x11\xe0rest", "这是旧版 Excel 工作簿（xls）"),
        (b"\x89PNG\r\n\x1a\n", "这是图片，不是 CSV"),
        (b"\xff\xd8\xff\xe0", "这是图片"),
        (b"%PDF-1.7", "这是 PDF 文件"),
        (b"\x00\x01\x02\x03", "既不是 UTF-8 也不是 GBK"),
        ("项目编码,备注".encode(), "不认识的列：备注"),
        ("项目编码,项目名称".encode(), "缺少必填的列：行政区划代码"),
        (template().encode(), "没有数据行"),
        (table(GOOD) + b'"open', "不是合格的 CSV"),
    ],
)
def test_what_is_no_such_table_is_refused_in_a_sentence_and_not_kept(content, sentence):
    with pytest.raises(UnreadableFile, match=sentence):
        keep(content=content)
    assert not PermitUpload.objects.exists()


def test_more_rows_than_the_parameter_allows_are_refused():
    RuleParameter.objects.filter(key="permit_file.rows").update(value=2)
    forget()
    with pytest.raises(FileTooLong, match="超过 2 行"):
        keep(GOOD, SECOND, OTHER)
    assert not PermitUpload.objects.exists()


def test_a_kept_file_runs_out_and_is_deleted():
    upload = keep(GOOD)
    later = NOW + timedelta(hours=24)
    with pytest.raises(UploadGone):
        receive_permits(actor=county(), upload=upload, now=later)
    assert written() == (0, 0, 0)
    assert forget_permit_files(later - timedelta(seconds=1)) == 0
    assert forget_permit_files(later) == 1
    assert not PermitUpload.objects.exists()


def test_a_file_is_its_owners_alone():
    upload = keep(GOOD)
    colleague = county(key="colleague")
    with pytest.raises(NotFound):
        permit_upload(colleague, upload.public_id)
    with pytest.raises(NotFound):
        receive_permits(actor=colleague, upload=upload, now=NOW)
    assert permit_upload(county(), upload.public_id) == upload


def test_whoever_has_moved_to_another_county_does_not_find_the_old_file():
    upload = keep(GOOD)
    with pytest.raises(NotFound):
        permit_upload(county("429004"), upload.public_id)
    with pytest.raises(NotFound):
        receive_permits(actor=county("429004"), upload=upload, now=NOW)


def test_only_a_county_brings_permits():
    wuhan = regulator(records.region("420100"), "city_regulator")
    with pytest.raises(NotPermitted):
        keep(GOOD, actor=wuhan)
    with pytest.raises(NotFound):
        keep(GOOD, actor=county("429004"))
    assert not PermitUpload.objects.exists()


def test_the_text_lies_sealed_and_a_traceback_shows_only_the_key():
    upload = keep(GOOD)
    assert "中北路" not in repr(upload)
    assert "中北路".encode() not in bytes(upload.__dict__["text"])


def test_the_template_has_every_heading():
    assert template().strip().split(",") == [column.heading for column in COLUMNS]
    assert date(2026, 4, 4) < NOW.date()
