"""What every node needs before its first user: divisions, dictionaries, parameters, months of punches."""

from datetime import date, timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from attendance.services import make_partitions
from regions.services import load_regions
from standards.services import load_default_parameters, load_national_dictionaries, load_standards

# Punches may arrive late, and a demo world begins a month back: two months behind, four ahead.
_MONTHS_BEHIND, _MONTHS = 2, 6


class Command(BaseCommand):
    """Load the reference data. Running it again changes nothing."""

    help = "装载行政区划、数据标准字典、规则参数，并准备考勤分区；可重复执行。"

    def handle(self, *_args: object, **_options: object) -> None:
        counts = {
            "regions": load_regions(),
            "code items": load_national_dictionaries(),
            "parameters": load_default_parameters(),
            "standards": load_standards(),
            "partitions": make_partitions(_months_before(timezone.localdate(), _MONTHS_BEHIND), _MONTHS),
        }
        self.stdout.write(", ".join(f"{name} {count}" for name, count in counts.items()))


def _months_before(day: date, months: int) -> date:
    for _step in range(months):
        day = day.replace(day=1) - timedelta(days=1)
    return day.replace(day=1)
