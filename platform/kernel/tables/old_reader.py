"""Reads an old workbook from standard input and prints it as lines of JSON. Started by `kernel.tables.old`.

Arguments: the sheet ("" prints the names of the visible ones), how many columns count, seconds of computing.
"""

import io
import json
import resource
import sys
from pathlib import Path

_MEMORY = 1024 * 1024 * 1024


def main() -> int:
    """0 when everything was printed."""
    sheet, columns, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The file is started by its path: what is imported lies two folders up.
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    from kernel.tables.parts import object_text

    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    if not sheet:
        names = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
        print(json.dumps(names))
        return 0
    found = book.get_sheet_by_name(sheet)
    first = (found.start or (0, 0))[0]
    for number, row in enumerate(found.iter_rows(), start=first + 1):
        cells = [object_text(cell).strip() for cell in row[:columns]]
        if any(cells):
            print(json.dumps([number, cells]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
