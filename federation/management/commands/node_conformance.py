"""`node_conformance parent --url … --code …`, `node_conformance child`: trials of others' platforms."""

import json
import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandError

from federation.models import Node
from federation.trial.of_child import ChildTrial
from federation.trial.of_parent import ParentTrial
from federation.trial.report import Report
from federation.trial.server import server_of
from federation.trial.speaker import Speaker

_NAME = "接入试验平台"


class Command(BaseCommand):
    """Plays the other side; prints the steps, and one JSON object as its last line.

    Ends with an error where a step was done wrong or was not shown. Needs no database.
    """

    help = "节点间协议的接入试验：扮演下级去试一个上级平台，或扮演上级等一个下级平台来接入。只用于试验环境"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        sides = parser.add_subparsers(dest="side", required=True)
        parent = sides.add_parser("parent", help="扮演下级，试一个上级平台")
        parent.add_argument("--url", required=True, help="上级平台的网址")
        parent.add_argument("--code", required=True, help="上级平台给的邀请码，三段")
        parent.add_argument("--patience", type=float, default=60, help="最多等上级处理多少秒（60）")
        parent.add_argument(
            "--firm", default="", help="企业平台：上级平台上该企业的登记名称（上级没有登记的不用写）"
        )
        child = sides.add_parser("child", help="扮演上级，等一个下级平台接入")
        child.add_argument("--port", type=int, default=9500, help="端口（9500）；0 为任意空闲端口")
        child.add_argument("--host", default="127.0.0.1", help="监听地址（127.0.0.1）")
        child.add_argument("--minutes", type=float, default=30, help="最多等多少分钟（30）")
        for side in (parent, child):
            side.add_argument("--node", default="trial", help="下级的节点代码（trial）")
            side.add_argument("--kind", default="city", choices=Node.Kind.values, help="下级的类别（city）")
            side.add_argument(
                "--region",
                default="420100",
                help="下级管理的区划代码（420100）；企业平台：试上级时为试验项目所在的区划，试下级时写空串",
            )
            side.add_argument("--enterprise", default="", metavar="USCC", help="企业平台：统一社会信用代码")

    def handle(self, *_args: Any, **options: Any) -> None:
        # Each call would be a line between the steps.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        report = self._of_parent(options) if options["side"] == "parent" else self._of_child(options)
        for line in report.lines():
            self.stdout.write(line)
        self.stdout.write(json.dumps(report.as_data(), ensure_ascii=False))
        if not report.is_passed:
            raise CommandError("试验没有通过：请对照 docs/federation-protocol.md 改正后再试。")

    def _of_parent(self, options: dict[str, Any]) -> Report:
        invitation = "".join(options["code"].split())
        if invitation.count(".") != 2:
            raise CommandError("邀请码不完整：应为用两个点隔开的三段，请整段复制。")
        is_firm = options["kind"] == Node.Kind.ENTERPRISE
        if is_firm and not (options["enterprise"] and options["region"]):
            raise CommandError(
                "企业平台的试验要写明 --enterprise（邀请时的统一社会信用代码）"
                "和 --region（试验项目所在的区划）。"
            )
        # An enterprise's node answers for no division; its project lies in one.
        region = "" if is_firm else options["region"]
        me = Speaker(options["node"], _NAME, options["kind"], region, options["enterprise"])
        with httpx.Client(timeout=30.0) as http:
            return ParentTrial(
                http,
                options["url"],
                invitation,
                me,
                patience=options["patience"],
                region=options["region"],
                firm=options["firm"],
            ).run()

    def _of_child(self, options: dict[str, Any]) -> Report:
        child = {
            "code": options["node"], "kind": options["kind"], "region": options["region"],
            "enterprise": options["enterprise"],
        }  # fmt: skip
        me = Speaker("hb-trial", _NAME, "province", "420000")
        trial = ChildTrial(me, child)
        server = server_of(trial, options["port"], options["host"])
        host, port = server.server_address[:2]
        me.url = f"http://{host!s}:{port}"
        self.stdout.write(f"网址：{me.url}", ending="\n")
        self.stdout.write(f"邀请码：{trial.invitation}")
        self.stdout.write(
            "请在下级平台用它们接入，再照下面没有出现的各步操作；全部出现后自动结束，Ctrl+C 提前结束。"
        )
        self.stdout.flush()
        for ending in (signal.SIGINT, signal.SIGTERM):
            # Also where whoever started it had the first ignored, as a shell does for what runs behind it.
            signal.signal(ending, signal.default_int_handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            self._watch(trial, options["minutes"] * 60)
        except KeyboardInterrupt:
            self.stdout.write("提前结束。")
        finally:
            server.shutdown()
            server.server_close()
        return trial.report

    def _watch(self, trial: ChildTrial, seconds: float) -> None:
        """Tell each step when it is shown, until all are or the time is over."""
        told: set[str] = set()
        pause = threading.Event()
        for _second in range(int(seconds)):
            for step in trial.report.steps:
                state = trial.report.state(step.key)
                if state != "not_yet" and step.key not in told:
                    told.add(step.key)
                    self.stdout.write(f"{'通过' if state == 'shown' else '未通过'}  {step.title}")
                    self.stdout.flush()
            if all(step.key in told or step.is_optional for step in trial.report.steps):
                return
            pause.wait(1.0)
