"""The form of permit numbers and project codes: which signs, how many. No Django, clock or I/O.

Both mostly have 18 digits today; older permits bear letters, a hyphen or the character of their place.
"""

import re
from dataclasses import dataclass
from typing import Final

from kernel.text import compact


class BadNumber(ValueError):
    """No such number can have been given: the rule in a few words, and a text with value, rule and remedy."""

    def __init__(self, cause: str, sentence: str) -> None:
        super().__init__(sentence)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Form:
    """How a number looks: its name, its signs (named and as a pattern), and between how many."""

    name: str
    signs: str
    pattern: str
    shortest: int
    longest: int

    def read(self, text: str) -> str:
        """The number as it is kept. Raises BadNumber."""
        number = compact(text)
        if re.fullmatch(r"\d(\.\d+)?[Ee]\+\d+", number):
            raise BadNumber(
                "编码变成了科学计数法",
                "表格软件把编码变成了科学计数法。请把该列设为“文本”格式后重新填写完整编码。",
            )
        if not re.fullmatch(self.pattern, number) or not re.search(r"\d", number):
            raise BadNumber(
                "含有不能用的字符",
                f"{self.name}“{number[: self.longest]}”不合格式：只能由{self.signs}组成，连字符只在中间，"
                "并含有数字。请对照施工许可证逐字核对。",
            )
        if not self.shortest <= len(number) <= self.longest:
            raise BadNumber(
                "位数不对",
                f"{self.name}“{number[: self.longest]}”有 {len(number)} 位，应为 {self.shortest} 到 "
                f"{self.longest} 位。请对照施工许可证补全或删去多余的字符。",
            )
        return number


PERMIT_NUMBER: Final = Form(
    "施工许可证编号",
    "汉字、字母、数字和连字符",
    r"[0-9A-Za-z\u4e00-\u9fff]+(-[0-9A-Za-z\u4e00-\u9fff]+)*",
    6,
    50,
)
PROJECT_CODE: Final = Form("项目编码", "字母、数字和连字符", r"[0-9A-Za-z]+(-[0-9A-Za-z]+)*", 10, 40)
