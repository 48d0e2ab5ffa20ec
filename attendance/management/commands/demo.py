"""The demo world from the command line; `./dev up` runs it on every start."""

import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from attendance.demo.world import write_demo
from attendance.rules import SITE_TIME
from kernel.errors import DomainError

SEED = 27


class Command(BaseCommand):
    """Write the whole province, or add what has happened since the last run."""

    help = "写入全省演示数据（只含虚构人员与企业）；再次执行只补齐上次以来的打卡。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of", type=_instant, help="写到哪一刻（北京时间，YYYY-MM-DDTHH:MM），默认现在"
        )
        parser.add_argument("--seed", type=int, default=SEED, help=f"随机种子，默认 {SEED}")
        parser.add_argument("--scale", type=float, default=1.0, help="人数的倍数，默认 1（3,000 名工人）")

    def handle(self, *_args: Any, **options: Any) -> None:
        began = time.monotonic()
        as_of = options["as_of"] or timezone.now()
        try:
            done = write_demo(as_of=as_of, seed=options["seed"], scale=options["scale"])
        except DomainError as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(
            f"{'写入' if done.is_new else '补齐'}演示数据：{done.projects} 个项目，{done.people:,} 人，"
            f"{done.punches:,} 条打卡，至 {as_of.astimezone(SITE_TIME):%Y-%m-%d %H:%M}，"
            f"用时 {time.monotonic() - began:.1f} 秒"
        )


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=SITE_TIME)
