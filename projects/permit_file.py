"""Construction permits as a CSV file: how a row is read, and what is wrong with it, cell by cell."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Any
from unicodedata import category

from kernel.errors import DomainError
from kernel.text import compact
from projects import uscc
from projects.numbers import PERMIT_NUMBER, PROJECT_CODE, BadNumber, Form
from projects.permit_facts import PermitFacts
from regions.models import Region
from standards.selectors import codes


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its Chinese heading, the fact it states, the kind of value, and the longest text."""

    heading: str
    fact: str
    kind: str = "text"
    longest: int = 200
    is_required: bool = False


COLUMNS = (
    Column("项目编码", "project_code", "project_code", 40, True),
    Column("项目名称", "project_name", "text", 200, True),
    Column("行政区划代码", "region", "region", 12, True),
    Column("施工许可证编号", "permit_number", "permit_number", 50, True),
    Column("发证日期", "issued_on", "day", 20, True),
    Column("总承包单位统一社会信用代码", "contractor_uscc", "uscc", 40, True),
    Column("总承包单位名称", "contractor_name", "text", 200, True),
    Column("工程名称", "works_name", "text", 200),
    Column("项目类别", "category", "class", 20),
    Column("建设地点", "address", "text", 200),
    Column("建设单位统一社会信用代码", "owner_uscc", "uscc", 40),
    Column("建设单位名称", "owner_name", "text", 200),
    Column("监理单位统一社会信用代码", "supervisor_uscc", "uscc", 40),
    Column("监理单位名称", "supervisor_name", "text", 200),
    Column("合同金额（元）", "amount", "number", 20),
    Column("建筑面积（平方米）", "building_area", "number", 20),
    Column("开工日期", "starts_on", "day", 20),
    Column("竣工日期", "completes_on", "day", 20),
)
_BY_FACT = {column.fact: column for column in COLUMNS}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})", re.ASCII)


class UnreadableFile(DomainError):
    """The file as a whole is no such table; the text says what to do."""

    code = "unreadable_file"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


class BadCell(ValueError):
    """A cell breaks a rule: the cause in a few words, and a text that names the rule and the remedy."""

    def __init__(self, cause: str, sentence: str) -> None:
        super().__init__(sentence)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, on which line of the file and under which heading ("" = the row as a whole).

    `cause` is the rule in a few words, the same for every row that breaks it; `given` what the cell said.
    """

    line: int
    heading: str
    sentence: str
    cause: str = ""
    given: str = ""

    def __str__(self) -> str:
        return (
            f"第 {self.line} 行 {self.heading}：{self.sentence}"
            if self.heading
            else (f"第 {self.line} 行：{self.sentence}")
        )


def heading_of(fact: str | None) -> str:
    """The heading under which a fact is stated; empty for none."""
    return _BY_FACT[fact].heading if fact in _BY_FACT else ""


def fact_of(heading: str) -> str:
    """The fact that stands under a heading; empty for none."""
    return next((column.fact for column in COLUMNS if column.heading == heading), "")


def template() -> str:
    """An empty table with every heading, for whoever fills one in."""
    text = StringIO()
    csv.writer(text).writerow([column.heading for column in COLUMNS])
    return text.getvalue()


def rows_of(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with its line in the file, by fact. Raises UnreadableFile."""
    reader = csv.reader(StringIO(decoded(content), newline=""), strict=True)
    try:
        headings = [compact(heading).replace("(", "（").replace(")", "）") for heading in next(reader, [])]
        facts = _facts_of(headings)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, _by_fact(facts, cells, reader.line_num)
    except csv.Error as fault:
        raise UnreadableFile(
            f"第 {reader.line_num} 行不是合格的 CSV（{fault}）。请用表格软件重新另存为 CSV。"
        ) from fault


def read_row(line: int, row: dict[str, str], today: date) -> tuple[PermitFacts | None, list[Fault]]:
    """The facts of one row, or everything that is wrong with it."""
    values: dict[str, Any] = {}
    faults = []
    for column in COLUMNS:
        given = row.get(column.fact, "").strip()
        try:
            values[column.fact] = _value(column, given)
        except BadCell as fault:
            faults.append(Fault(line, column.heading, str(fault), fault.cause, given))
    faults += [
        Fault(line, heading_of(fact), sentence, cause, row.get(fact, "").strip())
        for fact, cause, sentence in _contradictions(row, values, today)
    ]
    if faults:
        return None, faults
    return PermitFacts(**values), []


def _contradictions(
    row: dict[str, str], values: dict[str, Any], today: date
) -> Iterator[tuple[str, str, str]]:
    """What cannot be true together: the fact to change, the cause in a few words, and a sentence."""
    for party in ("owner", "supervisor"):
        has_code, has_name = (bool(row.get(f"{party}_{end}", "").strip()) for end in ("uscc", "name"))
        if has_code and not has_name:
            cause, sentence = "有代码没有名称", "填了统一社会信用代码就须填名称，请按营业执照补填。"
            yield f"{party}_name", cause, sentence
    starts_on, completes_on = values.get("starts_on"), values.get("completes_on")
    if starts_on and completes_on and completes_on < starts_on:
        yield "completes_on", "竣工早于开工", "竣工日期早于开工日期，请核对两个日期。"
    issued_on = values.get("issued_on")
    if issued_on and issued_on > today:
        yield "issued_on", "发证日期在今天之后", f"发证日期不能晚于今天（{today}），请对照施工许可证改正。"


# How other files begin, and what they are called. A table saved as a workbook is the commonest of them.
_OTHER_FILES = (
    (b"PK\x03\x04", " Excel 工作簿（xlsx）或压缩包"),
    (b"\xd0\xcf\x11\xe0", "旧版 Excel 工作簿（xls）"),
    (b"%PDF", " PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
)


def decoded(content: bytes) -> str:
    if not content.strip():
        raise UnreadableFile("文件是空的。请先下载模板，在列名下面每行填一个施工许可证，再上传。")
    for start, kind in _OTHER_FILES:
        if content.startswith(start):
            raise UnreadableFile(f"这是{kind}，不是 CSV。请用表格软件打开表格，另存为“CSV UTF-8”后再上传。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Headings are text: only a picture or program has a NUL there.
        if "\0" in text.partition("\n")[0]:
            break
        return text
    raise UnreadableFile("文件既不是 UTF-8 也不是 GBK 编码。请用表格软件另存为“CSV UTF-8”。")


def _facts_of(headings: list[str]) -> list[str]:
    known = {column.heading: column.fact for column in COLUMNS}
    if unknown := [heading for heading in headings if heading not in known]:
        raise UnreadableFile(f"不认识的列：{'、'.join(unknown)}。可用的列：{'、'.join(known)}。")
    if len(set(headings)) != len(headings):
        raise UnreadableFile("同一列名出现了两次，请删去重复的列。")
    if missing := [one.heading for one in COLUMNS if one.is_required and one.heading not in headings]:
        raise UnreadableFile(f"缺少必填的列：{'、'.join(missing)}。请在第一行补上列名。")
    return [known[heading] for heading in headings]


def _by_fact(facts: list[str], cells: list[str], line: int) -> dict[str, str]:
    if any(cell.strip() for cell in cells[len(facts) :]):
        raise UnreadableFile(
            f"第 {line} 行的格数多于列名。内容里有逗号的，请给该格加英文双引号，或用表格软件另存为 CSV。"
        )
    return dict(zip(facts, cells, strict=False))


def _value(column: Column, text: str) -> Any:
    if any(category(sign) == "Cc" for sign in text):
        raise BadCell("含有不可见的字符", "含有换行或不可见的控制字符，请删去后重填。")
    if not text:
        if column.is_required:
            raise BadCell("必填，没有填", "必填，未填写。请对照施工许可证补填。")
        return None if column.kind in ("day", "number") else ""
    if len(text) > column.longest:
        raise BadCell("太长", f"最多 {column.longest} 个字，现有 {len(text)} 个。请缩短后重填。")
    return _READERS[column.kind](text)


def _numbered(form: Form) -> Callable[[str], str]:
    def read(text: str) -> str:
        try:
            return form.read(text)
        except BadNumber as fault:
            raise BadCell(fault.cause, str(fault)) from None

    return read


def _uscc(text: str) -> str:
    try:
        return uscc.read_uscc(text)
    except uscc.BadUscc as fault:
        raise BadCell("统一社会信用代码有误", str(fault)) from None


def _region(text: str) -> Region:
    region = Region.objects.filter(code=compact(text)).first()
    if region is None:
        raise BadCell(
            "没有这个行政区划",
            f"没有编码为“{text}”的行政区划。请填 GB/T 2260 六位代码，例如 420106（武昌区）。",
        )
    if region.is_province or Region.objects.filter(parent=region, is_county=True).exists():
        raise BadCell(
            "不是县（市、区）", f"“{region.name}”下设县（市、区）。请填项目所在县（市、区）的代码。"
        )
    return region


def _class(text: str) -> str:
    known = codes("project_class")
    code = compact(text)
    if code.isdigit():
        code = code.zfill(2)  # a spreadsheet takes 01 for a number
    found = code if code in known else next((key for key, name in known.items() if name == code), "")
    if not found:
        raise BadCell(
            "没有这个项目类别", f"没有名为“{text}”的项目类别。可填：{'、'.join(known.values())}，或其代码。"
        )
    return found


def _day(text: str) -> date:
    found = _DAY.fullmatch(compact(text))
    try:
        year, month, day = (int(part) for part in found.groups() if part) if found else (0, 0, 0)
        return date(year, month, day)
    except ValueError:
        raise BadCell("不是日期", f"“{text}”不是日期。请按 2026-04-04 的样式填写。") from None


def _number(text: str) -> Decimal:
    try:
        number = Decimal(compact(text).replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number < Decimal(10) ** 16 or number != round(number, 2):
        raise BadCell(
            "不是金额或面积",
            f"“{text}”不是金额或面积。请填不小于 0、最多两位小数的数字，不带单位。",
        )
    return number


_READERS: dict[str, Any] = {
    "text": str,
    "project_code": _numbered(PROJECT_CODE),
    "permit_number": _numbered(PERMIT_NUMBER),
    "class": _class,
    "uscc": _uscc,
    "region": _region,
    "day": _day,
    "number": _number,
}
