"""Rosters as files for tests: tables with synthetic people, brought, checked and written."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import xlsxwriter

from kernel.scoping import Actor
from projects.models import Team
from tests.support import people
from tests.support.actors import EVERYONE
from tests.workers.sites import NOW, TODAY
from workers.import_columns import columns
from workers.models import RosterImport, RosterRow
from workers.services import carry_on, keep_roster_file, save_import

HEADINGS = ("姓名", "身份证号", "手机号", "班组", "工种")


def named(order: int) -> str:
    """A name without figures, as names are."""
    return f"测试工人{chr(0x4E00 + order)}"


def person(order: int, **changes: str) -> dict[str, str]:
    """A row that can be taken on, by heading."""
    row = {
        "姓名": named(order),
        "身份证号": people.id_number(order % 999, division=420011 + order // 999),
        "手机号": people.phone(order),
        "班组": "木工班组",
        "工种": "钢筋工",
    }
    return row | changes


def full(order: int, **changes: str) -> dict[str, str]:
    """The same with contract, training and entry."""
    day = (TODAY - timedelta(days=2)).isoformat()
    papers = {
        "文化程度": "初中",
        "住址": f"测试村{order}号",
        "工资卡号": people.card(order),
        "合同类型": "劳动合同",
        "合同开始日期": day,
        "合同结束日期": (TODAY + timedelta(days=300)).isoformat(),
        "计酬方式": "按日",
        "单价（元）": "280",
        "安全教育日期": day,
        "学时": "8",
        "进场日期": day,
    }
    return person(order) | papers | changes


def table(rows: Sequence[Mapping[str, str]], encoding: str = "utf-8", headings: Sequence[str] = ()) -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    names = list(headings) or list(dict.fromkeys(name for row in rows for name in row))
    lines = csv.DictWriter(text, names)
    lines.writeheader()
    lines.writerows(rows)
    return text.getvalue().encode(encoding)


def book(
    rows: Sequence[Sequence[Any]], *, sheet: str = "人员", merges: Sequence[str] = (), day: str = "yyyy/m/d"
) -> bytes:
    """Cells as a workbook; numbers stay numbers, days are days, what begins with = is a formula."""
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    into = made.add_worksheet(sheet)
    shape = made.add_format({"num_format": day})
    for line, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            if hasattr(cell, "year"):
                into.write_datetime(line, place, cell, shape)
            elif cell is not None:
                into.write(line, place, cell)
    for merge in merges:
        line, place = xlsxwriter.utility.xl_cell_to_rowcol(merge.split(":")[0])
        into.merge_range(merge, rows[line][place])
    made.close()
    return file.getvalue()


def as_book(rows: Sequence[Mapping[str, str]]) -> bytes:
    """Rows by heading as a workbook of text."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return book([names, *([row.get(name, "") for name in names] for row in rows)])


def bring(
    team: Team, content: bytes, name: str = "花名册.xlsx", actor: Actor = EVERYONE, check: bool = True
) -> RosterImport:
    """The file brought for the team's project, and checked as the worker does it."""
    roster = keep_roster_file(
        actor=actor,
        project=team.participation.project,
        name=name,
        pieces=[content],
        size=len(content),
        now=NOW,
    )
    if check:
        carry_on(roster.pk, lambda: NOW, actor)
    roster.refresh_from_db()
    return roster


def saved(roster: RosterImport, mode: str = "rows", actor: Actor = EVERYONE) -> RosterImport:
    """The roster written, as the worker does it."""
    save_import(actor=actor, roster=roster, mode=mode, now=NOW)
    carry_on(roster.pk, lambda: NOW, actor)
    roster.refresh_from_db()
    return roster


def faults(roster: RosterImport) -> list[tuple[int, str, str]]:
    """What is wrong: line, heading, cause."""
    headings = {one.code: one.heading for one in columns(roster.project, TODAY)}
    rows = roster.faults.select_related("row").order_by("row__line", "pk")
    return [(one.row.line, headings[one.column], one.cause) for one in rows]


def outcomes(roster: RosterImport) -> list[str]:
    """What becomes of each row, in the file's order."""
    return list(RosterRow.objects.filter(roster=roster).order_by("line").values_list("outcome", flat=True))
