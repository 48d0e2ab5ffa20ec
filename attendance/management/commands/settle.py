"""The settler: one process that turns accepted calls into punches, days, counters and answers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from attendance.services.settling_loop import Settler, put_back


class Command(BaseCommand):
    """Settle what is accepted until told to stop (SIGTERM ends after the running step)."""

    help = "入账进程：把已受理的打卡核对到人、计入考勤；同一时间只有一个在工作，其余等待。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="处理完已受理的打卡即退出")
        parser.add_argument("--again", action="store_true", help="先把搁置的批次放回，重新处理")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["again"]:
            self.stdout.write(f"已放回 {put_back()} 批搁置的打卡。")
        settler = Settler()
        settler.stop_on_signals()
        if options["once"]:
            settler.run_once()
        else:
            settler.run()
        self.stdout.write(f"已处理 {settler.settled:,} 批打卡。")
