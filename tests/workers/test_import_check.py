"""The dry run of a roster: every fault at once by its cause, and nothing of it on the project."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from audit.models import AuditEvent
from kernel.errors import NotFound, NotPermitted
from kernel.scoping import Reach
from kernel.tables import UnreadableTable
from standards.models import RuleParameter
from standards.selectors import forget
from tests.support import people, records
from tests.support.actors import EVERYONE, Holder
from tests.workers.importing import as_book, book, bring, faults, full, named, outcomes, person, table
from tests.workers.sites import NOW, TODAY, site, take
from workers.errors import AlreadyEngaged
from workers.models import Engagement, Person, RosterFault
from workers.selectors import roster_import, roster_rows
from workers.services import (
    PersonFacts,
    Taking,
    WorkFacts,
    drop_import,
    end_engagement,
    enrol_many,
    forget_imports,
    keep_roster_file,
    map_import,
    mend_import,
)
from workers.services.import_acts import TooManyImports

pytestmark = pytest.mark.django_db
CHILD = people.id_number(1, born_on=date(TODAY.year - 15, 1, 1))
HEADS = ["姓名", "身份证号", "手机号", "班组", "工种"]


def one(**changes):
    """A roster of one row, brought and checked."""
    return bring(site(), as_book([full(1, **changes)]))


def clerk(team, key="clerk"):
    """A clerk of the team's firm alone."""
    reach = Reach(participations=frozenset({team.participation.public_id}))
    found = Holder(reach, "workers.enrol", "workers.file", "workers.enter", "workers.view")
    found.key = key
    return found


def test_good_rows_can_be_taken_on_and_nothing_is_written():
    roster = bring(site(), as_book([full(1), person(3), full(5)]))
    assert (roster.state, roster.rows_number, roster.problem) == ("checked", 3, "")
    assert outcomes(roster) == ["new", "new", "new"]
    assert faults(roster) == []
    assert (Person.all_rows.count(), Engagement.all_rows.count()) == (0, 0)
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["workers.roster_brought", "workers.roster_checked"]


def test_every_fault_of_every_row_is_told_at_once():
    wrong = people.id_number(3)[:-1] + "?"
    rows = [
        person(1, 姓名="", 手机号="1380000"),
        person(3, 身份证号=wrong, 工种="钢筋绑扎工"),
        person(5, 班组="没有的班组"),
        full(7, 合同开始日期="2026-02-30", 学时="八"),
    ]
    assert faults(bring(site(), as_book(rows))) == [
        (2, "姓名", "missing"),
        (2, "手机号", "bad_phone_short"),
        (3, "身份证号", "characters"),
        (3, "工种", "not_in_list"),
        (4, "班组", "not_in_list"),
        (5, "合同开始日期", "not_a_day"),
        (5, "学时", "not_a_number"),
    ]


@pytest.mark.parametrize(
    ("changes", "heading", "cause", "words"),
    [
        ({"身份证号": "4.20011E+17"}, "身份证号", "digits_lost", "后面的数字已经丢失"),
        ({"工资卡号": "6.2E+18"}, "工资卡号", "digits_lost", "科学计数法"),
        ({"手机号": "=A1"}, "手机号", "formula", "是公式"),
        ({"姓名": "#N/A"}, "姓名", "cell_error", "显示为错误"),
        ({"姓名": "测试1"}, "姓名", "bad_name_signs", "不能有数字"),
        ({"姓名": "长" * 51}, "姓名", "too_long", "最多 50 个字"),
        (
            {"身份证号": people.id_number(1, born_on=date(TODAY.year - 15, 1, 1))},
            "身份证号",
            "under_age",
            "未满 16 周岁",
        ),
        ({"班组长": "也许"}, "班组长", "not_yes_or_no", "只能填“是”或“否”"),
        ({"单价（元）": "280元/天"}, "单价（元）", "not_a_number", "不带单位"),
        ({"单价（元）": "0"}, "单价（元）", "bad_paper", "单价应大于 0"),
        ({"合同类型": ""}, "合同类型", "paper_incomplete", "就要填合同类型"),
        ({"学时": ""}, "学时", "paper_incomplete", "就要填学时"),
        ({"合同结束日期": "2020-01-01"}, "合同结束日期", "bad_paper", "早于开始日期"),
        ({"进场日期": (TODAY + timedelta(days=1)).isoformat()}, "进场日期", "in_future", "晚于今天"),
        ({"进场日期": (TODAY - timedelta(days=9)).isoformat()}, "合同开始日期", "bad_paper", "晚于进场日期"),
    ],
)
def test_a_fault_has_its_heading_its_cause_and_a_sentence(changes, heading, cause, words):
    roster = one(**changes)
    assert [(at, why) for _line, at, why in faults(roster)] == [(heading, cause)]
    sentence = RosterFault.objects.get(roster=roster).sentence
    assert words in sentence
    numbers = [changes[name] for name in ("身份证号", "手机号", "工资卡号") if name in changes]
    assert not any(number in sentence for number in numbers)
    assert outcomes(roster) == ["faulty"]


@pytest.mark.parametrize(
    "changes",
    [
        {"身份证号": people.id_number(1).translate({48 + n: 0xFF10 + n for n in range(10)})},
        {"身份证号": f" {people.id_number(1)[:6]} {people.id_number(1)[6:]}\u200b"},
        {"手机号": "+86 109-0000-0001"},
        {"姓名": "\u3000测试工人甲 "},
        {"工种": "钢 筋 工"},
        {"班组": "木工班组\xa0"},
        {"合同开始日期": f"{TODAY.year}年{TODAY.month}月1日" if TODAY.day > 2 else TODAY.isoformat()},
        {"安全教育日期": f"{TODAY - timedelta(days=3):%Y%m%d}"},
        {"安全教育日期": f"{TODAY - timedelta(days=3):%Y/%m/%d} 00:00:00"},
        {"安全教育日期": str((TODAY - timedelta(days=3) - date(1899, 12, 30)).days)},
        {"单价（元）": "¥1,280.50"},
        {"班组长": "√"},
        {"合同类型": "还没有签订", "合同开始日期": "", "合同结束日期": "", "计酬方式": "", "单价（元）": ""},
    ],
)
def test_what_people_write_differently_is_understood(changes):
    assert outcomes(one(**changes)) == ["new"]


def test_a_code_that_lost_its_noughts_is_understood():
    assert outcomes(bring(site(), as_book([person(1, 工种="10"), person(3, 工种="020")]))) == ["new", "new"]


def test_numbers_and_days_of_a_workbook_are_read_as_meant():
    cells: dict[str, Any] = {**full(1)}
    heads = list(cells)
    cells |= {"手机号": 10900000001, "进场日期": TODAY - timedelta(days=1), "单价（元）": 280.5}
    assert outcomes(bring(site(), book([heads, list(cells.values())]))) == ["new"]
    cells |= {"身份证号": int(people.id_number(5)[:17] + "5")}
    assert [why for _l, _h, why in faults(bring(site(921), book([heads, list(cells.values())])))] == [
        "digits_lost"
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_text_table_is_read_in_any_usual_encoding(encoding):
    assert outcomes(bring(site(), table([person(1), person(3)], encoding))) == ["new", "new"]


def test_headings_are_recognised_by_other_names_and_unknown_columns_are_told():
    row = person(1)
    renamed = {"工人姓名": row["姓名"], "证件号码*": row["身份证号"], "联系电话": row["手机号"]}
    rest = {"所属班组": row["班组"], "工 种": row["工种"], "籍贯": "某县", "备注": "x"}
    roster = bring(site(), as_book([renamed | rest]))
    assert outcomes(roster) == ["new"]
    assert roster.notes == ["读的是工作表“人员”。", "这些列不认识，没有读：籍贯。"]


def test_a_title_blank_rows_and_merges_are_taken_as_meant_and_told():
    rows = [
        ["某项目人员花名册"],
        [],
        HEADS,
        list(person(1).values()),
        [],
        [],
        [*list(person(3).values())[:3], "", "钢筋工"],
    ]
    rows[3][3], rows[6][3] = "木工班组", ""
    roster = bring(site(), book(rows, merges=["D4:D7", "A1:E1"]))
    assert outcomes(roster) == ["new", "new"]
    assert roster.notes == [
        "读的是工作表“人员”。",
        "2 个空行已略过。",
        "1 行里有合并单元格，已按合并区第一格的内容读入，请核对。",
    ]
    assert [row.line for row in roster.rows.all()] == [4, 7]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            book([["甲", "乙"], [1, 2]], sheet="工资"),
            "没有找到花名册的列名（姓名、身份证号、手机号、班组、工种）",
        ),
        (
            book([["姓名", "身份证号"], ["张三", "1"]], sheet="旧表"),
            "工作表“旧表”缺少必填的列：手机号、班组、工种",
        ),
        (book([[*HEADS, "姓名"], ["张三"]]), "“姓名”这一列出现了两次"),
        (book([HEADS]), "表里只有列名，没有一行人员"),
        (book([]), "没有找到花名册的列名"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "设有打开密码"),
        (b"%PDF-1.4", "这是PDF 文件"),
    ],
)
def test_a_file_that_is_no_roster_says_so_and_keeps_no_row(content, words):
    roster = bring(site(), content)
    assert (roster.state, roster.rows.count()) == ("failed", 0)
    assert words in roster.problem


def test_an_old_workbook_is_read(datadir):
    roster = bring(site(), (datadir / "roster.xls").read_bytes(), name="花名册.xls")
    assert roster.problem == ""
    assert (outcomes(roster), [row.line for row in roster.rows.all()]) == (["new", "new"], [2, 3])


def test_a_file_beyond_the_limit_is_refused_before_it_is_read():
    def pieces():
        raise AssertionError("it was read")
        yield b""

    team = site()
    with pytest.raises(UnreadableTable, match="上限是 20 MB，没有读"):
        keep_roster_file(
            actor=EVERYONE,
            project=team.participation.project,
            name="大.xlsx",
            pieces=pieces(),
            size=200 * 1024 * 1024,
            now=NOW,
        )


def test_more_rows_than_the_limit_are_refused_and_not_cut():
    RuleParameter.objects.filter(key="imports.rows").update(value=2)
    forget()
    roster = bring(site(), as_book([person(1), person(3), person(5)]))
    forget()
    assert (roster.state, roster.problem[:12]) == ("failed", "表里超过 2 行，一次最"[:12])


def test_one_person_in_two_rows_is_told_with_the_first_line_and_mended():
    roster = bring(site(), as_book([person(1), person(3), person(1)]))
    assert faults(roster) == [(4, "身份证号", "twice_in_file")]
    assert "与第 2 行是同一个证件号码，一个人" in RosterFault.objects.get(roster=roster).sentence
    row = roster.rows.get(line=4)
    mend_import(actor=EVERYONE, roster=roster, mended={row.pk: {"id_number": people.id_number(5)}}, now=NOW)
    assert (outcomes(roster), faults(roster)) == (["new", "new", "new"], [])


def test_one_number_under_two_names_is_told_at_every_row_of_it_for_any_may_be_wrong():
    twice, third = person(1, 姓名="别人"), person(1)
    roster = bring(site(), as_book([person(1), person(3), twice, third]))
    assert faults(roster) == [(line, "身份证号", "twice_in_file") for line in (2, 4, 5)]
    told = [fault.sentence.split("。")[0] for fault in roster.faults.order_by("row__line")]
    other, same = "行是同一个证件号码，姓名却不同", "行是同一个证件号码，一个人在表里只能有一行"
    assert told == [f"与第 4 {other}", f"与第 2 {other}", f"与第 2 {same}"]
    row = roster.rows.get(line=4)
    mend_import(actor=EVERYONE, roster=roster, mended={row.pk: {"id_number": people.id_number(5)}}, now=NOW)
    assert faults(roster) == [(5, "身份证号", "twice_in_file")]


def test_whom_the_register_knows_is_not_told_of_a_row_with_the_wrong_name():
    records.person(people.id_number(1), person(1)["姓名"])
    roster = bring(site(), as_book([person(1), person(1, 姓名="别人")]))
    assert {line for line, _heading, _cause in faults(roster)} == {3}


@pytest.mark.parametrize(
    "written", ["木工班组", "木工班组（{firm}）", "木工班组({firm})", " 木工班组 （{firm}） "]
)
def test_a_team_may_be_written_as_the_form_shows_it(written):
    team = site()
    firm = team.participation.enterprise.name
    roster = bring(team, as_book([person(1, 班组=written.format(firm=firm))]))
    assert (outcomes(roster), faults(roster)) == (["new"], [])


def test_a_cell_is_mended_and_judged_again():
    roster = bring(site(), as_book([person(1, 手机号="1")]))
    row = roster.rows.get()
    mend_import(actor=EVERYONE, roster=roster, mended={row.pk: {"phone": "2"}}, now=NOW)
    assert faults(roster) == [(2, "手机号", "bad_phone_short")]
    mend_import(actor=EVERYONE, roster=roster, mended={row.pk: {"phone": people.phone(1)}}, now=NOW)
    assert outcomes(roster) == ["new"]


def test_equal_mistakes_are_mended_together_and_others_stay():
    rows = [person(n, 工种="钢筋工(旧写法)") for n in (1, 3, 5)] + [person(7, 工种="厨师长")]
    roster = bring(site(), as_book(rows))
    given = bytes(RosterFault.objects.get(row__line=2).given_index or b"")
    number = map_import(
        actor=EVERYONE,
        roster=roster,
        column="trade",
        cause="not_in_list",
        value="钢筋工",
        given=given,
        now=NOW,
    )
    assert number == 3
    assert faults(roster) == [(5, "工种", "not_in_list")]


def test_somebody_on_the_roster_is_skipped_or_updated_and_never_doubled():
    team = site()
    take(team, order=1, name=named(1))
    rows = [person(1, 工种="010", 手机号=people.phone(1)), person(3)]
    assert outcomes(bring(team, as_book(rows))) == ["same", "new"]
    roster = bring(team, as_book([person(1, 工种="010", 手机号=people.phone(2), 文化程度="初中")]))
    assert outcomes(roster) == ["changed"]
    assert roster.rows.get().changes == ["phone", "education"]


def test_a_known_number_under_another_name_is_told_without_the_name():
    take(site(930), order=1, name="张三")
    roster = bring(site(931), as_book([person(1, 姓名="李四")]))
    assert faults(roster) == [(2, "姓名", "identity_name_differs")]
    assert "张三" not in RosterFault.objects.get(roster=roster).sentence
    event = AuditEvent.objects.get(action="workers.roster_checked")
    assert {key: event.facts[key] for key in ("rows", "faulty", "other_name")} == {
        "rows": 1,
        "faulty": 1,
        "other_name": 1,
    }


def test_who_worked_elsewhere_or_has_left_is_new_here():
    first, second = site(930), site(931)
    left = take(second, order=3, name=named(3))
    end_engagement(actor=EVERYONE, engagement=left, today=TODAY)
    take(first, order=1, name=named(1))
    assert outcomes(bring(second, as_book([person(1), person(3)]))) == ["new", "new"]


def test_a_subcontractors_clerk_imports_into_own_teams_and_learns_nothing_of_others():
    team = site()
    firm = records.enterprise(977, "齉龘劳务有限公司")
    other = records.team(
        records.participation(team.participation.project, firm, "001"), 1_499_111_000, "齉龘班组"
    )
    take(other, order=1, name=named(1))
    actor = clerk(team)
    rows = [person(1), person(3), person(5, 班组="齉龘班组")]
    roster = bring(team, as_book(rows), actor=actor)
    assert faults(roster) == [(2, "身份证号", "already_engaged"), (4, "班组", "not_in_list")]
    said = " ".join(fault.sentence for fault in roster.faults.all())
    assert "龘" not in said
    assert AlreadyEngaged("", is_within_reach=False).message in said
    given = PersonFacts(name=named(1), number=people.id_number(1))
    many = enrol_many(
        actor=actor,
        project=team.participation.project,
        takings=[Taking(given, WorkFacts(trade="010"), team)],
        today=TODAY,
    )
    assert many.refused[0].message == AlreadyEngaged("", is_within_reach=False).message
    assert outcomes(roster) == ["faulty", "new", "faulty"]


def test_nobody_else_finds_ones_import():
    team = site()
    roster = bring(team, as_book([person(1, 手机号="1")]), actor=clerk(team))
    for actor in (EVERYONE, clerk(team, "another")):
        with pytest.raises(NotFound):
            roster_import(actor, roster.public_id)
        assert list(roster_rows(actor, roster)) == []
        with pytest.raises(NotFound):
            mend_import(actor=actor, roster=roster, mended={}, now=NOW)
    with pytest.raises(NotPermitted):
        drop_import(actor=Holder(Reach(), "workers.view"), roster=roster, now=NOW)


def test_what_was_read_lies_sealed():
    roster = bring(site(), as_book([person(1)]))
    row = roster.rows.get()
    assert json.loads(row.cells)["id_number"] == people.id_number(1)
    assert people.id_number(1).encode() not in bytes(vars(row)["cells"])


def test_too_many_at_once_and_too_many_rows_a_day_are_refused():
    team = site()
    for _step in range(3):
        bring(team, as_book([person(1)]), check=False)
    with pytest.raises(TooManyImports, match="已有 3 次导入"):
        bring(team, as_book([person(1)]))
    RuleParameter.objects.filter(key="imports.rows_per_day").update(value=1)
    forget()
    bring(team, as_book([person(1)]), actor=clerk(team))
    with pytest.raises(TooManyImports, match="已检查了 1 行"):
        bring(team, as_book([person(1)]), actor=clerk(team))
    forget()


def test_an_import_is_dropped_or_forgotten_with_all_it_held():
    team = site()
    dropped, kept = (bring(team, as_book([person(n, 手机号="1")])) for n in (1, 3))
    drop_import(actor=EVERYONE, roster=dropped, now=NOW)
    assert dropped.rows.count() == 0
    assert kept.rows.count() == 1
    assert forget_imports(NOW + timedelta(hours=71)) == 0
    assert forget_imports(NOW + timedelta(hours=73)) == 1
    assert kept.rows.count() == 0
