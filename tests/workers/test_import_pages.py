"""The pages of a roster's import: template, upload, result, mending, writing, the workbook of errors."""

import io
import re
import zipfile
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audit.models import AuditEvent
from tests.pages.visiting import text_of, visitor
from tests.support import people
from tests.support.world import County, wuchang
from tests.workers.importing import as_book, full, named, person, table
from web.messages import inbox
from workers.import_columns import columns
from workers.models import Engagement, RosterFault, RosterImport
from workers.services import carry_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> County:
    return wuchang()


@pytest.fixture
def clerk(county: County) -> Client:
    return visitor(county, "labour_clerk")


def _row(county: County, order: int, **changes: str) -> dict[str, str]:
    return person(order, 班组=county.teams["contractor"].name, **changes)


def upload(client: Client, county: County, content: bytes, name: str = "花名册.xlsx"):
    url = reverse("roster_import_new", args=[county.project.public_id])
    return client.post(url, {"file": SimpleUploadedFile(name, content)})


def brought(client: Client, county: County, rows: list[dict[str, str]]) -> RosterImport:
    """A roster uploaded by the page and checked."""
    answer = upload(client, county, as_book(rows))
    assert answer.status_code == 302, text_of(answer)
    roster = RosterImport.objects.latest("pk")
    carry_on(roster.pk, timezone.now)
    roster.refresh_from_db()
    return roster


def page_of(client: Client, roster: RosterImport, query: str = "") -> str:
    answer = client.get(reverse("roster_import", args=[roster.public_id]) + query)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", text_of(answer))


def sheets(answer) -> dict[str, Any]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_template_is_made_of_the_columns_with_lists_help_and_text_cells(clerk, county):
    answer = clerk.get(reverse("roster_import_template", args=[county.project.public_id]))
    content = answer.content
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    expected = [one.heading for one in columns(county.project, county.today)]
    assert book.sheet_names == ["人员", "填写说明", "选项"]
    assert book.get_sheet_by_name("人员").to_python() == [expected]
    options = book.get_sheet_by_name("选项").to_python()
    assert {row[0] for row in options if row[0]} == {team.name for team in county.teams.values()}
    assert "钢筋工" in [row[1] for row in options]
    help_rows = book.get_sheet_by_name("填写说明").to_python()
    assert [row[0] for row in help_rows][-len(expected) :] == expected
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert sheet.count("<dataValidation ") == len(expected)
        assert 'state="frozen"' in sheet
        assert 'numFmtId="49"' in parts.read("xl/styles.xml").decode()
        assert 'state="hidden"' in parts.read("xl/workbook.xml").decode()


def test_the_template_filled_in_is_read_back_whole(clerk, county):
    heads = [one.heading for one in columns(county.project, county.today)]
    row = full(1, 班组=county.teams["contractor"].name)
    roster = brought(clerk, county, [{head: row.get(head, "") for head in heads}])
    assert list(roster.rows.values_list("outcome", flat=True)) == ["new"]


def test_a_subcontractors_template_names_its_own_teams_alone(county):
    client = visitor(county, "subcontractor_clerk")
    answer = client.get(reverse("roster_import_template", args=[county.project.public_id]))
    options = sheets(answer)["选项"]
    assert [row[0] for row in options if row[0]] == [county.teams["subcontractor"].name]


def test_a_row_mended_with_another_bad_value_is_not_told_as_done(clerk, county):
    roster = brought(clerk, county, [_row(county, 441, 手机号="1380"), _row(county, 443, 手机号="1380")])
    first, second = RosterFault.objects.filter(roster=roster).order_by("row__line")
    address = reverse("roster_import_mend", args=[roster.public_id])
    address += f"?column=phone&cause={first.cause}"
    mended = {f"cell-{first.row_id}": "1380013800a", f"cell-{second.row_id}": people.phone(443)}
    answer = clerk.post(address, mended, follow=True)
    (told,) = answer.context["messages"]
    assert told.message == ("改了 2 行，已重新检查，其中 1 行还有别的问题，请再改。“手机号少了几位”没有了。")
    assert told.level_tag == "warning"


def test_an_import_that_only_updates_says_so_alike_in_title_and_figures(clerk, county):
    row = _row(county, 451)
    carried = brought(clerk, county, [row])
    clerk.post(reverse("roster_import", args=[carried.public_id]), {"mode": "rows"})
    carry_on(carried.pk, timezone.now)
    again = brought(clerk, county, [row | {"手机号": people.phone(453)}])
    clerk.post(reverse("roster_import", args=[again.public_id]), {"mode": "rows"})
    carry_on(again.pk, timezone.now)
    answer = clerk.get(reverse("roster_import", args=[again.public_id]))
    assert answer.context["title"] == "已更新 1 人"
    assert [(part["label"], part["number"]) for part in answer.context["parts"]] == [("已更新", 1)]
    assert "新登记的人" not in text_of(answer)


def test_an_import_whose_worker_died_does_not_grow_longer_and_says_it_will_be_taken_up(clerk, county):
    roster = brought(clerk, county, [_row(county, 461)])
    now = timezone.now()
    beaten = {"state": "saving", "mode": "rows", "rows_number": 300, "rows_done": 100}
    for silent, told in ((50, "约还要 20 秒"), (70, "处理中断了，一分钟内会自动接着做")):
        heard = now - timedelta(seconds=silent)
        started = heard - timedelta(seconds=10)
        RosterImport.objects.filter(pk=roster.pk).update(heartbeat_at=heard, started_at=started, **beaten)
        page = page_of(clerk, roster)
        assert told in page
        assert ("约还要" in page) is (silent == 50)


def test_a_clerk_uploads_mends_saves_and_finds_the_people(clerk, county):
    rows = [
        _row(county, 401),
        _row(county, 403, 手机号="1380"),
        _row(county, 405, 工种="钢筋工(旧写法)"),
        _row(county, 407, 工种="钢筋工(旧写法)"),
    ]
    roster = brought(clerk, county, rows)
    told = inbox(county.users["labour_clerk"])[0]
    assert told.text == "“花名册.xlsx”检查完毕：1 行可以导入，3 行要改。还没有写入任何数据。"
    page = page_of(clerk, roster)
    assert "检查结果：3 行要改，1 行可以导入" in page
    assert "2 行 工种不在列表里" in page
    assert "“钢筋工(旧写法)”" in page
    assert "检查没有写入任何数据" in page
    answer = clerk.get(reverse("roster_import", args=[roster.public_id])).content.decode()
    assert '<option value="020" selected>钢筋工</option>' in answer
    sample = RosterFault.objects.filter(roster=roster, column="trade")[0].row_id
    mapped = clerk.post(
        reverse("roster_import_map", args=[roster.public_id])
        + f"?column=trade&cause=not_in_list&sample={sample}",
        {"value": "020"},
        follow=True,
    )
    assert "改了 2 行，已重新检查。“工种不在列表里”没有了。" in text_of(mapped)
    fault = RosterFault.objects.get(roster=roster)
    mended = clerk.post(
        reverse("roster_import_mend", args=[roster.public_id])
        + f"?column={fault.column}&cause={fault.cause}",
        {f"cell-{fault.row_id}": people.phone(403)},
        follow=True,
    )
    assert "检查结果：4 行可以导入" in text_of(mended)
    answer = clerk.post(reverse("roster_import", args=[roster.public_id]), {"mode": "whole"}, follow=True)
    assert "正在导入" in text_of(answer)
    assert 'hx-trigger="every 2s"' in answer.content.decode()
    carry_on(roster.pk, timezone.now)
    page = page_of(clerk, roster, "?show=written")
    assert "已登记 4 人" in page
    work = Engagement.all_rows.get(person__name=named(405))
    assert (
        reverse("person", args=[work.public_id])
        in clerk.get(reverse("roster_import", args=[roster.public_id]) + "?show=written").content.decode()
    )
    assert "导入完毕：登记 4 人" in inbox(county.users["labour_clerk"])[0].text


def test_numbers_stay_covered_on_every_page_of_the_import(clerk, county):
    wrong = people.id_number(403)[:-1] + ("1" if people.id_number(403)[-1] != "1" else "2")
    roster = brought(clerk, county, [_row(county, 401), _row(county, 403, 身份证号=wrong)])
    for name, query in (("roster_import", "?show=new"), ("roster_import", ""), ("roster_import_mend", "")):
        content = clerk.get(reverse(name, args=[roster.public_id]) + query).content.decode()
        for number in (wrong, people.id_number(401), people.phone(401)):
            assert number not in content
    assert f"{wrong[:4]}**********{wrong[-4:]}" in page_of(clerk, roster)


def test_a_mended_cell_that_is_still_wrong_stays_and_says_so(clerk, county):
    roster = brought(clerk, county, [_row(county, 401, 手机号="138")])
    url = reverse("roster_import_mend", args=[roster.public_id])
    row = roster.rows.get()
    answer = clerk.post(url, {f"cell-{row.pk}": "139"}, follow=True)
    assert "“手机号少了几位”还有 1 行" in text_of(answer)
    empty = clerk.post(url, {f"cell-{row.pk}": ""})
    assert empty.status_code == 422
    assert "还没有填写要改成的内容" in text_of(empty)


def test_the_workbook_of_errors_is_the_same_table_with_a_reason_and_is_read_back(clerk, county):
    roster = brought(clerk, county, [_row(county, 401), _row(county, 403, 工种="不知道", 手机号="1")])
    answer = clerk.get(reverse("roster_import_errors", args=[roster.public_id]))
    rows = sheets(answer)["人员"]
    assert rows[0][-1].startswith("错误")
    assert rows[1][-1] == ""
    assert "【手机号】手机号少 10 位" in rows[2][-1]
    assert "【工种】列表里没有这样的工种" in rows[2][-1]
    assert rows[2][1] == people.id_number(403)
    names = [str(name) for name in rows[0]]
    cells = [dict(zip(names, map(str, row), strict=True)) for row in rows[1:]]
    again = upload(clerk, county, as_book(cells))
    assert again.status_code == 302
    second = RosterImport.objects.latest("pk")
    carry_on(second.pk, timezone.now)
    assert list(second.rows.values_list("outcome", flat=True)) == ["new", "faulty"]
    assert AuditEvent.objects.filter(action="workers.roster_errors_taken").count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的。请下载模板"),
        (b"x" * (20 * 1024 * 1024 + 1), "文件有 20.0 MB，上限是 20 MB，没有读"),
    ],
)
def test_what_cannot_be_brought_is_said_at_the_field(clerk, county, content, words):
    answer = upload(clerk, county, content)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert RosterImport.objects.exclude(pk=county.roster.pk).count() == 0


def test_a_file_that_is_no_roster_says_why_on_its_page(clerk, county):
    upload(clerk, county, b"%PDF-1.7", "花名册.pdf")
    roster = RosterImport.objects.latest("pk")
    carry_on(roster.pk, timezone.now)
    page = page_of(clerk, roster)
    assert "没有读成 花名册.pdf" in page
    assert "这是PDF 文件，不是表格" in page
    assert "改好文件，重新上传" in page


def test_while_it_is_checked_the_page_shows_progress_and_goes_on_by_itself(clerk, county):
    upload(clerk, county, as_book([_row(county, 401)]))
    roster = RosterImport.objects.latest("pk")
    answer = clerk.get(reverse("roster_import", args=[roster.public_id]))
    assert "正在检查 花名册.xlsx" in text_of(answer)
    assert 'hx-trigger="every 2s"' in answer.content.decode()
    assert "可以关掉页面去做别的" in text_of(answer)


def test_an_import_is_thrown_away(clerk, county):
    roster = brought(clerk, county, [_row(county, 401)])
    url = reverse("roster_import_drop", args=[roster.public_id])
    assert "删除上传的文件？" in text_of(clerk.get(url))
    assert clerk.post(url).status_code == 302
    roster.refresh_from_db()
    assert (roster.state, roster.rows.count(), roster.address) == ("dropped", 0, "")


def test_another_clerk_of_the_project_does_not_find_it(clerk, county):
    for name in ("roster_import", "roster_import_mend", "roster_import_map", "roster_import_errors"):
        assert clerk.get(reverse(name, args=[county.roster.public_id])).status_code == 404
    answer = clerk.post(reverse("roster_import", args=[county.roster.public_id]), {"mode": "rows"})
    assert answer.status_code == 404


def test_the_page_of_a_result_asks_a_fixed_number_of_questions(clerk, county):
    def asked(number: int) -> int:
        rows = [_row(county, 401 + 2 * n, 手机号="1", 工种=f"不知道{n}") for n in range(number)]
        roster = brought(clerk, county, [*rows, _row(county, 701), _row(county, 703)])
        url = reverse("roster_import", args=[roster.public_id]) + "?show=new"
        clerk.get(url)
        with CaptureQueriesContext(connection) as found:
            assert clerk.get(url).status_code == 200
        return len(found)

    assert asked(2) == asked(40) == 15


def test_the_rest_api_brings_watches_and_saves(county):
    client = visitor(county, "labour_clerk")
    content = table([_row(county, 401), _row(county, 403, 手机号="1")], "gbk")
    body = {"file": {"name": "花名册.csv", "content": b64encode(content).decode()}}
    url = f"/api/v1/projects/{county.project.public_id}/roster-imports/"
    made = client.post(url, body, content_type="application/json")
    assert (made.status_code, made.json()["state"]) == (201, "to_check")
    roster = RosterImport.objects.latest("pk")
    carry_on(roster.pk, timezone.now)
    seen = client.get(f"/api/v1/roster-imports/{roster.public_id}/").json()
    assert (seen["state"], seen["outcomes"]) == ("checked", {"new": 1, "faulty": 1})
    assert seen["faults"] == [
        {
            "column": "phone",
            "heading": "手机号",
            "cause": "bad_phone_short",
            "words": "手机号少了几位",
            "rows": 1,
            "example": "手机号少 10 位，应为 11 位。",
        }
    ]
    save = f"/api/v1/roster-imports/{roster.public_id}/save/"
    refused = client.post(save, {"mode": "whole"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "import_faulty")
    assert client.post(save, {"mode": "rows"}, content_type="application/json").status_code == 200
    carry_on(roster.pk, timezone.now)
    assert client.get(f"/api/v1/roster-imports/{roster.public_id}/").json()["state"] == "saved"
