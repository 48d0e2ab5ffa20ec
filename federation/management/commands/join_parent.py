"""`join_parent --url … --code …`: join below the platform that sent the invitation."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from federation.services import join_parent
from federation.services.exchanging import greet
from kernel.errors import DomainError
from web.console import CONSOLE


class Command(BaseCommand):
    """Prints {"parent": …, "greeted": …} as its last line."""

    help = "用上级平台给的邀请码接入上级平台，并握手"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", required=True, help="上级平台的网址，例如 https://shiming.example")
        parser.add_argument("--code", required=True, help="邀请码，三段，以点隔开")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            node = join_parent(actor=CONSOLE, url=options["url"], invitation=options["code"])
        except DomainError as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(json.dumps({"parent": node.code, "greeted": greet()}, ensure_ascii=False))
