"""`open_api_coverage --file docs/open-api-coverage.md`: what each method accepts and answers."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from federation.handbook.coverage import page
from federation.handbook.order import in_order
from federation.handbook.terms import as_delivered


class Command(BaseCommand):
    """Writes the table that docs/ holds; needs no database."""

    help = "从接口表生成逐个接口的收与答（Markdown）"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", help="写入这个文件；不给则打印出来")

    def handle(self, *_args: Any, **options: Any) -> None:
        text = page(in_order(), as_delivered())
        if options["file"]:
            Path(options["file"]).write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)
