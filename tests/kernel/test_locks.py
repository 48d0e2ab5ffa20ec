"""No two holders wait for each other by a number that both took for their own."""

import re
from collections import Counter
from pathlib import Path

from django.conf import settings

from kernel import locks

APPS = ("platform", "workers", "projects", "attendance", "payroll", "integrity", "ledgers", "federation")


def test_every_lock_has_a_number_of_its_own() -> None:
    numbers = Counter(value for name, value in vars(locks).items() if name.isupper())
    assert len(numbers) > 10
    assert [number for number, times in numbers.items() if times > 1] == []


def test_whoever_holds_an_advisory_lock_takes_its_number_from_there() -> None:
    files = [path for app in APPS for path in (Path(settings.BASE_DIR) / app).rglob("*.py")]
    holders = {str(path): path.read_text(encoding="utf-8") for path in files if path.name != "locks.py"}
    holders = {name: text for name, text in holders.items() if "pg_" in text and "advisory" in text}
    assert len(holders) > 10
    assert [name for name, text in holders.items() if re.search(r"27_?[01]\d\d", text)] == []
