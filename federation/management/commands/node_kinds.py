"""`node_kinds --file docs/federation-kinds.md`: the records that travel between nodes, field by field."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from federation.travel.described import page


class Command(BaseCommand):
    """Writes the document that docs/ holds; needs no database."""

    help = "从程序生成节点之间各类记录的字段（Markdown）"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", help="写入这个文件；不给则打印出来")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["file"]:
            Path(options["file"]).write_text(page(), encoding="utf-8")
        else:
            self.stdout.write(page())
