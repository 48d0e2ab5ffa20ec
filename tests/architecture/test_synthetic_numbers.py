"""Nobody's real identity number stands in this repository."""

import re
from datetime import date

from tests.architecture.source import ROOT, files, name_of
from workers.identity import BadIdentityNumber, read_number

CANDIDATE = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])")
# One project code in eleven passes the check digit; these are projects, in words that say so.
PROJECT_CODES = {"420106202604040001"}
TEXTS = (".py", ".json", ".md", ".csv", ".txt", ".yaml", ".yml", ".html", ".js", ".svg", ".toml")


def _is_somebodys(number: str) -> bool:
    try:
        read_number(number, today=date(2026, 11, 22), synthetic_allowed=False)
    except BadIdentityNumber:
        return False
    return True


def test_every_identity_number_in_the_repository_is_one_that_nobody_can_hold() -> None:
    found = {
        (name_of(file), number)
        for file in files(*TEXTS)
        if file.parent != ROOT or not file.name.startswith("requirements")
        for number in CANDIDATE.findall(file.read_text(encoding="utf-8", errors="replace"))
        if number not in PROJECT_CODES and _is_somebodys(number)
    }
    assert found == set()
