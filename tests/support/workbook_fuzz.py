"""Workbooks that nobody should send: cells, structure or bytes are changed, each is imported to the end.

What must hold for each: an answer below 500, an end within seconds, a sentence where it is refused, and no
row written by half.
"""

import csv
import io
import re
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.support import people
from tests.support.counties import County
from workers.models import Contract, Engagement, IdentityCheck, Person, Presence, RosterImport, Training
from workers.services import carry_on

SLOW_SECONDS = 30.0
A_SENTENCE = re.compile(r"[\u4e00-\u9fff]{4,}.*。", re.DOTALL)
OLD = Path(__file__).parents[1] / "workers" / "data" / "roster.xls"
_HEADS = (
    "姓名", "身份证号", "手机号", "班组", "工种", "班组长", "文化程度", "住址", "工资卡号", "合同类型",
    "合同开始日期", "合同结束日期", "计酬方式", "单价（元）", "安全教育日期", "学时", "进场日期",
)  # fmt: skip
_MOMENT = datetime(2026, 4, 4, 23, 59)  # noqa: DTZ001  # a cell of a workbook, no instant
_STRANGE: tuple[Any, ...] = (
    "", " ", "\u3000", "\u200b", "x" * 3000, "=1+1", "=A1", "4.2E+17", "１２３", "-1", "1e400", "nan", "#N/A",
    "2026-02-30", "0000-00-00", "20260404", 46116, 46116.75, 1e18, 1e308, -1e-300, 0, True, False, None,
    date(2026, 4, 4), _MOMENT, "是", "否", "😀👷", "前\x00后", "\x0b", "<b>&amp;</b>",
    "'; DROP TABLE", "张三\n李四", "ﷺ", "\ud7ff", "٤٢٠", "01", "010", "木工", "labour", "none", "9" * 400,
)  # fmt: skip
_DAY_SHAPE = "yyyy-mm-dd"


class WorkbookFuzz:
    """Makes workbooks from a seed and brings them as one clerk does, each undone before the next."""

    def __init__(self, county: County, chance: Random) -> None:
        self.county, self.chance = county, chance
        self.client = Client()
        self.client.force_login(county.users["contractor_manager"])
        self.url = reverse("roster_import_new", args=[county.project.public_id])
        self.states: Counter[str] = Counter()
        self.rows: Counter[str] = Counter()
        self.troubles: dict[str, str] = {}

    def run(self, number: int) -> None:
        """Bring so many."""
        for step in range(number):
            name, content, how = self.made()
            began = time.monotonic()
            try:
                with transaction.atomic():
                    self._bring(name, content, f"#{step} {how}")
                    transaction.set_rollback(True)
            except (ArithmeticError, AssertionError, AttributeError, DatabaseError, LookupError) as fault:
                self._trouble(f"#{step} {how}", f"{type(fault).__name__}: {fault}")
            except (MemoryError, OSError, RuntimeError, TypeError, ValueError) as fault:
                self._trouble(f"#{step} {how}", f"{type(fault).__name__}: {fault}")
            if time.monotonic() - began > SLOW_SECONDS:
                self._trouble(f"#{step} {how}", f"took {time.monotonic() - began:.0f} s")

    def made(self) -> tuple[str, bytes, str]:
        """A file: its name, its bytes, and how it came about."""
        chance = self.chance
        cells, told = self._table()
        kind = chance.choices(("xlsx", "csv", "xls"), (80, 15, 5))[0]
        if kind == "csv":
            encoding = chance.choice(("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"))
            content, told = _as_text(cells, encoding, chance.choice(",\t;")), [*told, encoding]
        elif kind == "xls":
            content = OLD.read_bytes()
        else:
            content, told = self._book(cells, told)
        if chance.random() < (0.9 if kind == "xls" else 0.35):
            content, how = self._spoilt(content)
            told = [*told, how]
        return f"花名册.{kind}", content, f"{kind}: {', '.join(told) or 'as it is'}"

    def _table(self) -> tuple[list[list[Any]], list[str]]:
        chance, team = self.chance, self.county.teams["contractor"].name
        today = self.county.today
        rows: list[list[Any]] = [list(_HEADS)]
        for _step in range(chance.randint(0, 9)):
            order = chance.randrange(1, 400)
            day = today - timedelta(days=chance.randint(0, 9))
            trade, leader = chance.choice(("010", "钢筋工", "普工")), chance.choice(("", "是"))
            who = [
                f"测试工人{chr(0x4E00 + order)}",
                people.id_number(order, division=420077),
                people.phone(order),
            ]
            own = [chance.choice(("", "初中")), "", people.card(order)]
            papers = [
                "劳动合同",
                day,
                day + timedelta(days=99),
                "按日",
                280,
                day,
                8,
                chance.choice(("", day)),
            ]
            rows.append([*who, team, trade, leader, *own, *papers])
        told = []
        for change in chance.sample(_CHANGES, chance.choice((0, 1, 1, 2, 3))):
            change(rows, chance)
            told.append(change.__name__.strip("_"))
        return rows, told

    def _book(self, cells: list[list[Any]], told: list[str]) -> tuple[bytes, list[str]]:
        chance, file = self.chance, io.BytesIO()
        options = {"constant_memory": chance.random() < 0.5, "strings_to_formulas": chance.random() < 0.5}
        made = xlsxwriter.Workbook(file, {**options, "strings_to_urls": False, "nan_inf_to_errors": True})
        shape = made.add_format({"num_format": _DAY_SHAPE})
        for _other in range(chance.choice((0, 0, 0, 1, 2))):
            made.add_worksheet().write(0, 0, chance.choice(("说明", "姓名", 1)))
            told = [*told, "another sheet"]
        sheet = made.add_worksheet(chance.choice(("人员", "Sheet9", "花名册")))
        for line, row in enumerate(cells):
            for place, cell in enumerate(row):
                _write(sheet, line, place, cell, shape)
        made.close()
        return file.getvalue(), told

    def _spoilt(self, content: bytes) -> tuple[bytes, str]:
        chance = self.chance
        if content.startswith(b"PK") and chance.random() < 0.6:
            return self._other_part(content)
        if not content:
            return content, "empty"
        at, length = chance.randrange(len(content)), chance.randint(1, 200)
        how = chance.choice(("cut", "flipped", "doubled", "without", "filled", "one sign"))
        if how == "cut":
            return content[:at], how
        if how == "flipped":
            spoilt = bytearray(content)
            for _step in range(chance.randint(1, 40)):
                spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
            return bytes(spoilt), how
        if how == "doubled":
            return content[: at + length] + content[at:], how
        if how == "without":
            return content[:at] + content[at + length :], how
        if how == "filled":
            return content[:at] + chance.choice((b"\0", b"\xff", b"<", b"\n")) * length + content[at:], how
        return content[:at] + chance.choice((b'"', b"\r", b"\x1a", b"&")) + content[at + 1 :], how

    def _other_part(self, content: bytes) -> tuple[bytes, str]:
        """The same archive with the XML of one part changed, left out or doubled."""
        chance, file = self.chance, io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(content)) as old,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            names = old.namelist()
            chosen = chance.choice(names)
            how = chance.choice(("numbers", "words", "tags", "gone", "bytes", "emptied"))
            for name in names:
                text = old.read(name)
                if name == chosen:
                    if how == "gone":
                        continue
                    text = _changed_xml(text, how, chance)
                new.writestr(name, text, zipfile.ZIP_DEFLATED)
        return file.getvalue(), f"{chosen} {how}"

    def _bring(self, name: str, content: bytes, how: str) -> None:
        before = Person.all_rows.count(), Engagement.all_rows.count()
        answer = self.client.post(self.url, {"file": SimpleUploadedFile(name, content)})
        if answer.status_code == 422:
            self.states["refused at the door"] += 1
            return
        assert answer.status_code == 302, answer.status_code
        roster = RosterImport.objects.latest("pk")
        carry_on(roster.pk, timezone.now)
        roster.refresh_from_db()
        self.states[roster.state] += 1
        assert roster.state in ("checked", "failed"), roster.state
        if roster.state == "failed":
            assert A_SENTENCE.search(roster.problem), roster.problem
            assert roster.rows.count() == 0
        self._open(roster)
        if roster.state == "checked":
            self._save(roster)
        self._require_whole(roster, before)

    def _open(self, roster: RosterImport) -> None:
        if self.chance.random() < 0.5:
            page = reverse("roster_import", args=[roster.public_id])
            assert self.client.get(page).status_code == 200
        if roster.state == "checked" and self.chance.random() < 0.3:
            errors = self.client.get(reverse("roster_import_errors", args=[roster.public_id]))
            assert errors.status_code == 200
            assert errors.content.startswith(b"PK")

    def _save(self, roster: RosterImport) -> None:
        mode = self.chance.choice(("rows", "whole"))
        page = reverse("roster_import", args=[roster.public_id])
        answer = self.client.post(page, {"mode": mode})
        assert answer.status_code in (302, 422), answer.status_code
        carry_on(roster.pk, timezone.now)
        roster.refresh_from_db()
        assert roster.state in ("checked", "saved"), roster.state
        assert self.chance.random() < 0.6 or self.client.get(page).status_code == 200

    def _require_whole(self, roster: RosterImport, before: tuple[int, int]) -> None:
        """Each written row has everything it said, and nothing stands there without its row."""
        rows = list(roster.rows.filter(outcome="written").select_related("engagement"))
        updated = roster.rows.filter(outcome="updated").count()
        self.rows.update({"written": len(rows), "updated": updated})
        self.rows["faulty"] += roster.rows.filter(outcome="faulty").count()
        assert Engagement.all_rows.count() - before[1] == len(rows)
        assert Person.all_rows.count() - before[0] <= len(rows)
        for row in rows:
            said, work = row.said, row.engagement
            assert IdentityCheck.all_rows.filter(engagement=work).count() == 1
            signed = bool(said.get("contract_kind")) and "还没有" not in said["contract_kind"]
            signed = signed and said["contract_kind"].strip() != "none"
            assert Contract.all_rows.filter(engagement=work).count() == signed, said.get("contract_kind")
            has: dict[str, Any] = {"training_on": Training, "entered_on": Presence}
            for code, model in has.items():
                said_so = bool(said.get(code, "").strip("\u200b\u3000 \x0b\0"))
                assert model.all_rows.filter(engagement=work).count() == said_so, code

    def _trouble(self, how: str, what: str) -> None:
        self.troubles.setdefault(what[:200], f"{how}: {what[:600]}")


def _cells(rows: list[list[Any]], chance: Random) -> None:
    for _step in range(chance.randint(1, 6)):
        row = chance.choice(rows)
        if row:
            row[chance.randrange(len(row))] = chance.choice(_STRANGE)


def _shuffled(rows: list[list[Any]], chance: Random) -> None:
    width = max(map(len, rows))
    order = chance.sample(range(width), width)
    for row in rows:
        row[:] = [row[place] if place < len(row) else "" for place in order]


def _without_column(rows: list[list[Any]], chance: Random) -> None:
    place = chance.randrange(max(1, len(rows[0])))
    for row in rows:
        del row[place : place + 1]


def _heading_twice(rows: list[list[Any]], chance: Random) -> None:
    rows[0].append(chance.choice(rows[0] or ["姓名"]))


def _blank_rows(rows: list[list[Any]], chance: Random) -> None:
    for _step in range(chance.randint(1, 5)):
        rows.insert(chance.randint(0, len(rows)), [])


def _title(rows: list[list[Any]], chance: Random) -> None:
    for _step in range(chance.randint(1, 14)):
        rows.insert(0, ["某项目花名册"])


def _same_person(rows: list[list[Any]], chance: Random) -> None:
    rows.append(list(chance.choice(rows)))


def _far_out(rows: list[list[Any]], chance: Random) -> None:
    rows.append([""] * chance.choice((250, 1000, 16_000)) + ["x"])


def _headings_gone(rows: list[list[Any]], chance: Random) -> None:
    del rows[0]
    rows.append([])


_CHANGES: tuple[Callable[[list[list[Any]], Random], None], ...] = (
    _cells,
    _shuffled,
    _without_column,
    _heading_twice,
    _blank_rows,
    _title,
    _same_person,
    _far_out,
    _headings_gone,
)


def _write(sheet: Any, line: int, place: int, cell: Any, shape: Any) -> None:
    if isinstance(cell, (date, datetime)):
        sheet.write_datetime(line, place, cell, shape)
    elif isinstance(cell, str) and cell.startswith("="):
        sheet.write_formula(line, place, cell, None, "")
    elif cell is not None and place < 16_384:
        sheet.write(line, place, cell)


def _as_text(cells: Sequence[Sequence[Any]], encoding: str, sign: str) -> bytes:
    text = io.StringIO()
    lines = csv.writer(text, delimiter=sign)
    for row in cells:
        lines.writerow(["" if cell is None else cell for cell in row])
    return text.getvalue().encode(encoding, "replace")


def _changed_xml(content: bytes, how: str, chance: Random) -> bytes:
    text = content.decode("utf-8", "replace")
    if how == "emptied":
        return b""
    if how == "numbers":
        return re.sub(
            r"\d+", lambda one: chance.choice((one[0], one[0], "-1", "99999999999", "0", "x")), text
        ).encode()
    if how == "words":
        words = ("A1", "ZZZ9", "inlineStr", "s", "b", "e", "str", "d", "true", "\ufffe", "")
        return re.sub(
            r'"([^"]{1,12})"', lambda one: f'"{chance.choice((one[1],) * 4 + words)}"', text
        ).encode("utf-8", "replace")
    if how == "tags":
        parts = re.split(r"(?=<)", text)
        chance.shuffle(parts) if chance.random() < 0.2 else parts.pop(chance.randrange(len(parts)))
        return "".join(parts).encode("utf-8", "replace")
    at = chance.randrange(max(1, len(content)))
    return content[:at] + bytes(chance.randrange(256) for _step in range(9)) + content[at:]
