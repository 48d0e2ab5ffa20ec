"""`receive_permits FILE.csv`: the county's list of construction permits, all of it or nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from kernel.errors import DomainError
from projects.permit_file import COLUMNS, decoded
from projects.services import Trial
from web.console import CONSOLE


class Command(BaseCommand):
    """Every row is tried and every fault shown; rows are kept only if all of them are good."""

    help = (
        "从 CSV 文件登记施工许可证（UTF-8 或 GBK，第一行为列名）。全部正确才写入，有一处错误则一行也不写。"
        f"必填列：{'、'.join(one.heading for one in COLUMNS if one.is_required)}。"
        f"选填列：{'、'.join(one.heading for one in COLUMNS if not one.is_required)}。"
        "日期写作 2026-04-04；行政区划代码为项目所在县（市、区）六位代码。重复登记同一许可证不产生变化。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV 文件")
        parser.add_argument("--dry-run", action="store_true", help="只检查，列出所有错误，不写入")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            content = options["file"].read_bytes()
        except OSError as fault:
            raise CommandError(f"打不开文件 {options['file']}：{fault.strerror}。请核对路径。") from fault
        try:
            with transaction.atomic():
                trial = Trial.written(CONSOLE, decoded(content), timezone.now())
                transaction.set_rollback(bool(trial.faults) or options["dry_run"])
        except DomainError as fault:
            raise CommandError(str(fault)) from fault
        for found in trial.faults:
            self.stderr.write(str(found))
        if trial.faults:
            raise CommandError(
                f"共 {trial.number} 行，有 {len(trial.faults)} 处错误，一行也没有写入。请改好后重新执行。"
            )
        done = "检查通过，没有写入" if options["dry_run"] else "已登记"
        self.stdout.write(f"{done}：{trial.number} 行施工许可证。")
