"""`open_api_credential PROJECT_CODE`: one more secret for a project's vendor."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from federation.services import issue_credential
from kernel.errors import NotFound


class Command(BaseCommand):
    """Prints {"appid": …, "secret": …} as its last line; nothing else shows the secret again."""

    help = "为项目签发一组厂商接口密钥；最近两组同时有效"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project_code", help="项目编码，例如 420106202601010101")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            credential = issue_credential(actor=None, project_code=options["project_code"])
        except NotFound as missing:
            raise CommandError(missing.message) from missing
        self.stdout.write(json.dumps({"appid": credential.appid, "secret": credential.key}))
