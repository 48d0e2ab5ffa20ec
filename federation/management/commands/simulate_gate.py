"""`simulate_gate PROJECT_CODE --workers N`: a vendor's first morning at a site, over HTTP only."""

import json
import os
import time
from argparse import ArgumentParser
from random import SystemRandom
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from federation.services import issue_credential
from federation.simulator.gate import Gate, Summary
from federation.simulator.wire import OpenApi, VendorError
from kernel.errors import NotFound


class Command(BaseCommand):
    """Enrols N new made-up people, enters them and punches them in, knowing only `/open.api`."""

    help = "模拟一家闸机厂商：登记 N 名新工人、办理进场并打卡，只通过 /open.api"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project_code", help="项目编码，例如 420106202601010101")
        parser.add_argument("--workers", type=int, default=10, help="新增人数（10）")
        parser.add_argument("--url", help="平台地址；默认为正在运行的 ./dev up，或 http://127.0.0.1:$PORT")
        parser.add_argument("--appid", help="接入编号；不给则新签发一组密钥")
        parser.add_argument("--secret", help="密钥，与 --appid 一起给出")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["workers"] < 1:
            raise CommandError("--workers 应为正整数。")
        appid, secret = self._access(options)
        url = options["url"] or platform_url()
        self.stdout.write(f"平台 {url}，项目 {options['project_code']}")
        began = time.monotonic()
        try:
            with OpenApi(url, appid, secret) as api:
                gate = Gate(api, options["project_code"], chance=SystemRandom(), say=self.stdout.write)
                gate.open()
                summary = gate.run(options["workers"])
        except VendorError as error:
            raise CommandError(f"平台没有接受：{error}") from error
        self._report(summary, options["workers"], time.monotonic() - began)

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

    def _report(self, summary: Summary, wanted: int, seconds: float) -> None:
        self.stdout.write(
            f"完成：登记 {summary.enrolled} 人，进场 {summary.entered} 人，打卡 {summary.punched} 人次，"
            f"用时 {seconds:.1f} 秒"
        )
        if min(summary.enrolled, summary.entered, summary.punched) < wanted:
            raise CommandError(f"有 {len(summary.troubles)} 批没有成功，原因见上。")


def platform_url() -> str:
    """The node of this VAR_DIR if `./dev up` runs it, else the port that the environment names."""
    if port := os.environ.get("PORT"):
        return f"http://127.0.0.1:{port}"
    state = settings.VAR_DIR / "run" / "up.json"
    if state.exists():
        return str(json.loads(state.read_text(encoding="utf-8"))["url"])
    return "http://127.0.0.1:8000"
