"""`pull_masters [OBJECT …]`: pull from 四库一平台 now, in this process, and say what came."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from federation.masters import contract, pulling
from federation.models import MasterPull


class Command(BaseCommand):
    """Reads every object to its end; what beat's sweep is doing at the same time is left to it."""

    help = "立即从四库一平台取数；不给对象则按顺序全部取"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("objects", nargs="*", metavar="OBJECT", help="、".join(contract.OBJECTS))

    def handle(self, *_args: Any, **options: Any) -> None:
        if not pulling.is_configured():
            raise CommandError("没有配置四库一平台的地址（FOUR_DATABASES_URL）。")
        names = options["objects"] or list(contract.OBJECTS)
        if unknown := set(names) - set(contract.OBJECTS):
            raise CommandError(f"没有这个对象：{'、'.join(sorted(unknown))}")
        source = pulling.connector()
        try:
            for name in names:
                self._pull(name, source)
        finally:
            source.close()

    def _pull(self, name: str, source: contract.Connector) -> None:
        title = contract.LABELS[name]
        while step := pulling.pull(name, source):
            if step.fault:
                raise CommandError(f"{title}：{step.fault}")
            if step.is_done:
                break
        else:
            self.stdout.write(f"{title}：另一个进程正在取")
            return
        done = MasterPull.objects.filter(feed__object=name).first()
        if done is not None:
            self.stdout.write(
                f"{title}：取到 {done.records} 条，新增 {done.new}，变化 {done.changed}，"
                f"撤销 {done.withdrawn}，未采用 {done.held}"
            )
