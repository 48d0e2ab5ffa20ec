"""`invite_node CODE --name … --kind city --region 420100`: an invitation for a platform below this one."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from federation.models import Node
from federation.services import invite_node
from kernel.errors import DomainError
from regions.selectors import region
from web.console import CONSOLE


class Command(BaseCommand):
    """Prints {"node": …, "code": …} as its last line; nothing else shows the invitation again."""

    help = "邀请一个下级平台接入，给出一次性邀请码"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("node", help="节点代码，例如 whs")
        parser.add_argument("--name", required=True, help="平台名称")
        parser.add_argument("--kind", required=True, choices=Node.Kind.values, help="平台类别")
        parser.add_argument("--region", default="", help="管理的行政区划代码；企业平台不填")
        parser.add_argument("--enterprise", default="", metavar="USCC", help="企业平台：统一社会信用代码")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            node, text = invite_node(
                actor=CONSOLE,
                code=options["node"],
                name=options["name"],
                kind=options["kind"],
                region=region(options["region"]) if options["region"] else None,
                enterprise_uscc=options["enterprise"],
            )
        except DomainError as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(json.dumps({"node": node.code, "code": text}))
