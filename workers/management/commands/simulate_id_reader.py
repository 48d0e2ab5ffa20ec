"""`simulate_id_reader`: a bridge of an identity-card reader on this machine, with invented cards."""

from argparse import ArgumentParser
from itertools import islice
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from workers.bridge import HOST, Desk, serve
from workers.synthetic import people


class Command(BaseCommand):
    """Answers the enrolment page as a vendor's bridge does, until it is interrupted."""

    help = "模拟身份证读卡器的本地桥接程序：虚构的证件，一次一张，轮着来"

    def add_arguments(self, parser: ArgumentParser) -> None:
        port = int(settings.ID_READER_ADDRESS.rsplit(":", 1)[-1])
        parser.add_argument("--port", type=int, default=port, help=f"端口（{port}）")
        parser.add_argument("--key", default="", help="提取点的读卡密钥；不给则读卡结果没有签名")
        parser.add_argument("--origin", default="*", help="平台的网址，例如 https://example.cn；默认不限")
        parser.add_argument("--seed", type=int, default=27, help="虚构人员的种子（27）")
        parser.add_argument("--cards", type=int, default=20, help="证件张数（20）")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.SYNTHETIC_PEOPLE:
            raise CommandError("虚构的证件只能在演示或测试环境登记。请设置 SYNTHETIC_PEOPLE=1。")
        today = timezone.localdate()
        chance = Random(options["seed"])  # noqa: S311  # invented people, the same each time
        desk = Desk(
            list(islice(people(chance, today=today), options["cards"])),
            today,
            options["key"],
            options["origin"],
        )
        server = serve(desk, options["port"], self.stdout.write)
        self.stdout.write(
            f"读卡器在 http://{HOST}:{server.server_address[1]}，{len(desk.cards)} 张虚构证件。Ctrl+C 结束"
        )
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            self.stdout.write("已停止")
        finally:
            server.server_close()
