"""Old workbooks (.xls), read by a process of its own: a file that breaks its reader breaks nothing else.

That process has a limit of memory and of time, no settings and no database.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from kernel.tables.parts import Limits, Line, UnreadableTable

_READER: Final = Path(__file__).with_name("old_reader.py")
_SECONDS: Final = 60


class OldBook:
    """One old workbook."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        self._content, self._limits = content, limits

    @property
    def sheets(self) -> list[str]:
        names: list[str] = json.loads(next(self._told(""), b"[]"))
        return names

    def rows(self, sheet: str) -> Iterator[Line]:
        """Each row that says something. Raises UnreadableTable."""
        for told in self._told(sheet):
            number, cells = json.loads(told)
            yield Line(number, cells)

    def _told(self, sheet: str) -> Iterator[bytes]:
        """What the reader prints, line by line: the names of the sheets, or the rows of one."""
        command = [sys.executable, str(_READER), sheet, str(self._limits.columns), str(_SECONDS)]
        reader = subprocess.Popen(  # noqa: S603  # our own file, and a name that it only compares
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert reader.stdin is not None  # noqa: S101  # PIPE above
        assert reader.stdout is not None  # noqa: S101  # PIPE above
        try:
            try:
                reader.stdin.write(self._content)
                reader.stdin.close()
            except BrokenPipeError:
                pass
            yield from reader.stdout
            if reader.wait():
                raise UnreadableTable(
                    _(
                        "旧版工作簿（.xls）读不出来：可能已损坏，或设有密码。"
                        "请用表格软件打开，另存为 .xlsx 再上传。"
                    )
                )
        finally:
            reader.kill()
            reader.stdout.close()
            reader.wait()
