"""Tables of every kind are read as text, row by row; what cannot be read is refused in a sentence."""

import io
import tracemalloc
import zipfile
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from kernel.tables import Limits, Line, UnreadableTable, open_table
from kernel.tables.parts import moment_text, number_text
from tests.workers.importing import book

LIMITS = Limits(unpacked_bytes=64 * 1024 * 1024)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def lines(content: bytes, sheet: str = "", limits: Limits = LIMITS) -> list[Line]:
    found = open_table(io.BytesIO(content), limits)
    return list(found.rows(sheet or found.sheets[0]))


def cells(content: bytes) -> list[list[str]]:
    return [line.cells for line in lines(content)]


def archive(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return file.getvalue()


def sheet_of(rows: str, after: str = "") -> bytes:
    """A workbook of one sheet, whose rows are given as XML."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    links = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    sheets = '<sheets><sheet name="甲" sheetId="1" r:id="rId1"/></sheets>'
    link = '<Relationship Id="rId1" Target="worksheets/a.xml"/>'
    return archive(
        {
            "xl/workbook.xml": f"<workbook {main} {links}>{sheets}</workbook>",
            "xl/_rels/workbook.xml.rels": f"<Relationships>{link}</Relationships>",
            "xl/worksheets/a.xml": f"<worksheet {main}><sheetData>{rows}</sheetData>{after}</worksheet>",
        }
    )


def test_a_workbook_gives_text_numbers_days_and_yes_as_people_read_them():
    rows: list[list[Any]] = [
        ["姓名", 13800000000, 280.5, date(2026, 4, 4), True, " 两端 空格\u3000"],
        [],
        ["乙"],
    ]
    assert cells(book(rows)) == [
        ["姓名", "13800000000", "280.5", "2026-04-04", "是", "两端 空格"],
        ["乙"],
    ]
    assert [line.number for line in lines(book(rows))] == [1, 3]


def test_a_number_that_lost_figures_shows_it():
    assert cells(book([[420011199001010016]])) == [["4.20011199001010E+17"]]
    assert number_text(999999999999999) == "999999999999999"
    assert number_text(float("nan")) == "#错误"
    assert moment_text(46116.5) == "2026-04-04 12:00:00"
    assert moment_text(-3) == "-3"


def test_formulas_are_read_by_their_result_and_without_one_say_so():
    made = sheet_of(
        '<row r="1"><c r="A1"><f>B1</f><v>7</v></c><c r="B1"><f>C1</f></c>'
        '<c r="C1" t="e"><v>#N/A</v></c></row>'
    )
    assert cells(made) == [["7", "=…", "#错误"]]


def test_a_merge_over_rows_says_the_same_in_each_and_is_told():
    rows = [["班组", "姓名"], ["木工", "甲"], ["", "乙"], ["", "丙"], ["瓦工", "丁"]]
    found = lines(book(rows, merges=["A2:A4"]))
    assert [line.cells for line in found] == [
        ["班组", "姓名"],
        ["木工", "甲"],
        ["木工", "乙"],
        ["木工", "丙"],
        ["瓦工", "丁"],
    ]
    assert [sorted(line.merged) for line in found] == [[], [], [0], [0], []]


def test_hidden_sheets_are_no_sheets():
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file)
    made.add_worksheet("甲").write(0, 0, "a")
    made.add_worksheet("藏").hide()
    made.close()
    assert open_table(io.BytesIO(file.getvalue()), LIMITS).sheets == ["甲"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_text_tables_are_read_in_every_usual_encoding(encoding, sign):
    text = f'姓名{sign}身份证号\r\n\r\n张三{sign}\'420011\r\n李四{sign}="0042"\r\n'
    assert cells(text.encode(encoding)) == [["姓名", "身份证号"], ["张三", "420011"], ["李四", "0042"]]


def test_a_text_cell_may_hold_lines_and_quotes():
    assert cells('姓名,住址\n"张""三","一行\n二行"\n'.encode()) == [["姓名", "住址"], ['张"三', "一行\n二行"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"  \r\n ", "文件是空的"),
        (b"%PDF-1.4 ...", "这是PDF 文件，不是表格"),
        (b"\x89PNG....", "这是图片"),
        (b"Rar!....", "这是压缩包"),
        (b"<html><table>", "网页或 XML 文件"),
        (b"\x00\x01\x02", "这个文件不是表格"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "设有打开密码"),
        (OLE + b"\0" * 600, "旧版工作簿（.xls）读不出来"),
        (b"PK\x03\x04 no archive", "工作簿已损坏"),
        (archive({"readme.txt": "x"}), "这是压缩包，不是工作簿"),
        (archive({"word/document.xml": "x"}), "这是 Word 文档"),
        (archive({"content.xml": "x"}), "OpenDocument"),
        (archive({"xl/workbook.bin": "x"}), ".xlsb"),
        (archive({"xl/workbook.xml": "<workbook><sheets>"}), "工作簿已损坏"),
        (b"a,\xff\xff\xff", "编码不是 UTF-8 或 GBK"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(content, words):
    with pytest.raises(UnreadableTable) as refusal:
        list(lines(content))
    assert words in refusal.value.message
    assert refusal.value.field == "file"


def test_a_small_file_that_unpacks_to_much_is_refused():
    made = sheet_of("<row>" + '<c t="inlineStr"><is><t>' + "a" * 9_000_000 + "</t></is></c></row>")
    assert len(made) < 60_000
    with pytest.raises(UnreadableTable, match="解压后超过 1 MB"):
        lines(made, limits=Limits(unpacked_bytes=1024 * 1024))


def test_a_workbook_that_declares_entities_is_refused():
    made = archive({"xl/workbook.xml": '<!DOCTYPE a [<!ENTITY b "bbb">]><workbook><sheets/></workbook>'})
    with pytest.raises(UnreadableTable, match="工作簿已损坏"):
        lines(made)


def test_cells_far_out_cost_nothing():
    made = sheet_of('<row r="1048576"><c r="XFD1048576"><v>1</v></c><c r="A1048576"><v>2</v></c></row>')
    tracemalloc.start()
    assert [(line.number, line.cells) for line in lines(made)] == [(1048576, ["2"])]
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


def test_memory_does_not_grow_with_the_rows():
    def peak(number: int) -> int:
        rows = "".join(
            f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>姓名{row}</t></is></c></row>'
            for row in range(1, number)
        )
        made = sheet_of(rows)
        found = open_table(io.BytesIO(made), LIMITS)
        tracemalloc.start()
        assert sum(1 for _line in found.rows("甲")) == number - 1
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(20_000) < peak(2_000) * 1.5 + 500_000
