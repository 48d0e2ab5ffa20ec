"""`pull_gate_list PROJECT_CODE`: a gate that keeps its list, over HTTP only."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from federation.management.commands.simulate_gate import platform_url
from federation.services import issue_credential
from federation.simulator.allow_list import AllowList, PullError, over_http
from kernel.errors import NotFound


class Command(BaseCommand):
    """Pulls the list of a project and says who came and went, as often as it is told to."""

    help = "模拟闸机取名单：先取全量，再按间隔取增减，打印人数和每次的变化"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project_code", help="项目编码，例如 420106202601010101")
        parser.add_argument("--times", type=int, default=1, help="取多少次（1）")
        parser.add_argument("--every", type=float, default=5.0, help="间隔秒数（5）")
        parser.add_argument("--device", default="", help="设备的通道名称，记为一次联系")
        parser.add_argument("--url", help="平台地址；默认为正在运行的 ./dev up，或 http://127.0.0.1:$PORT")
        parser.add_argument("--appid", help="接口账号；不给则新签发一组密钥")
        parser.add_argument("--secret", help="密钥，与 --appid 一起给出")

    def handle(self, *_args: Any, **options: Any) -> None:
        key, secret = self._access(options)
        gate = AllowList(
            over_http(options["url"] or platform_url()),
            key,
            secret,
            options["project_code"],
            options["device"],
        )
        for turn in range(options["times"]):
            if turn:
                time.sleep(options["every"])
            try:
                number = gate.pull()
            except PullError as refused:
                raise CommandError(f"平台没有给出名单：{refused}") from refused
            self.stdout.write(f"第 {turn + 1} 次：{number} 处变化，名单上 {len(gate.people)} 人")
            for causes in gate.removed.values():
                self.stdout.write(f"  移出：还差{'、'.join(causes)}")
            gate.removed.clear()

    def _access(self, options: dict[str, Any]) -> tuple[str, str]:
        if options["appid"] and options["secret"]:
            return options["appid"], options["secret"]
        if options["appid"] or options["secret"]:
            raise CommandError("--appid 与 --secret 要一起给出，或都不给。")
        try:
            credential = issue_credential(actor=None, project_code=options["project_code"])
        except NotFound as missing:
            raise CommandError(missing.message) from missing
        return credential.appid, credential.key
