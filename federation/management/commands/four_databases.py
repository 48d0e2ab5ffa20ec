"""`four_databases --port 9400`: a stand-in for 四库一平台, an own process with its own data."""

import signal
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from federation.masters.standin import world
from federation.masters.standin.server import FAULTS, Source, server_of
from federation.masters.standin.store import Store


class Command(BaseCommand):
    """Serves invented master data until it is told to stop; errs when it is told to."""

    help = "四库一平台的替身：自己的进程、自己的数据，可按要求出错（POST /admin/faults）"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        size = world.Size()
        parser.add_argument("--port", type=int, default=9400, help="端口（9400）；0 为任意空闲端口")
        parser.add_argument("--host", default="127.0.0.1", help="监听地址（127.0.0.1）")
        parser.add_argument("--token", default=settings.FOUR_DATABASES_TOKEN, help="要求的令牌；空为不要求")
        parser.add_argument("--file", default=":memory:", help="SQLite 文件；不给则只在内存里")
        parser.add_argument("--seed", type=int, default=2019, help="同一种子给出同一批数据（2019）")
        for name in ("enterprises", "projects", "managers", "credit"):
            parser.add_argument(f"--{name}", type=int, default=getattr(size, name), help="数量")

    def handle(self, *_args: Any, **options: Any) -> None:
        store = Store(options["file"])
        size = world.Size(*(options[name] for name in ("enterprises", "projects", "managers", "credit")))
        counties = world.counties_of(Path(settings.BASE_DIR) / "platform" / "regions" / "data" / "hubei.csv")

        def refill() -> None:
            world.fill(store, size, options["seed"], counties)

        if not store.head("enterprises"):
            refill()
        server = server_of(Source(store, options["token"], refill), options["port"], options["host"])
        signal.signal(signal.SIGTERM, _stop)
        host, port = server.server_address[:2]
        # Whoever started it on any free port reads here which one it is.
        self.stdout.write(f"http://{host!s}:{port}", ending="\n")
        self.stdout.write(f"可用的故障：{'、'.join(FAULTS)}")
        self.stdout.flush()
        try:
            server.serve_forever()
        except (KeyboardInterrupt, SystemExit):
            server.server_close()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
