"""`open_api_credential PROJECT_CODE` or `--enterprise USCC`: one more secret for a vendor's system."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from federation.models import Credential
from federation.services import issue_credential, issue_enterprise_credential
from kernel.errors import DomainError


class Command(BaseCommand):
    """Prints {"appid": …, "secret": …} as its last line; nothing else shows the secret again."""

    help = "为项目或企业签发一组厂商接口密钥；最近两组同时有效"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project_code", nargs="?", help="项目编码，例如 420106202601010101")
        parser.add_argument("--enterprise", metavar="USCC", help="改为给企业签发：统一社会信用代码")
        parser.add_argument("--name", default="", help="企业名称；平台上已有的企业可以不填")

    def handle(self, *_args: Any, **options: Any) -> None:
        if bool(options["project_code"]) == bool(options["enterprise"]):
            raise CommandError("请给出一个项目编码，或用 --enterprise 给出企业的统一社会信用代码。")
        try:
            credential = self._issued(options)
        except DomainError as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(json.dumps({"appid": credential.appid, "secret": credential.key}))

    def _issued(self, options: dict[str, Any]) -> Credential:
        if code := options["project_code"]:
            return issue_credential(actor=None, project_code=code)
        return issue_enterprise_credential(actor=None, uscc=options["enterprise"], name=options["name"])
