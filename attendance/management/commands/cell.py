"""The counters of cells on their way to the hub: offered in a cell, taken in at the hub, seen on both."""

import json
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from attendance import cell_links
from attendance.selectors.cells import is_hub


class Command(BaseCommand):
    """Lay, look at or take away the line of counters between a cell and the hub; as the database's owner."""

    help = (
        "单元与汇总库之间的数据复制（以数据库属主身份执行，可重复执行）：publish 在单元上发布区划日汇总，"
        "subscribe 在汇总库上订阅一个单元，unsubscribe 取消订阅，status 查看，recount 重算单元的区划日汇总。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("publish")
        acts.add_parser("recount")
        acts.add_parser("status")
        acts.add_parser("subscribe").add_argument("cell", help="单元代号，见 CELLS；连接串从标准输入读取")
        acts.add_parser("unsubscribe").add_argument("cell", help="单元代号，见 CELLS")

    def handle(self, *_args: Any, act: str, **options: Any) -> None:
        try:
            self.stdout.write(getattr(self, f"_{act}")(**options))
        except DatabaseError as fault:
            # The address holds a password, and the database's words may quote it.
            raise CommandError(f"数据库拒绝了：{type(fault.__cause__ or fault).__name__}") from None

    def _publish(self, **_options: Any) -> str:
        self._require(bool(settings.CELL), "只有单元（设置了 CELL）才发布。")
        days = cell_links.recount_all()
        cell_links.publish()
        return f"已发布 {settings.CELL} 单元的区划日汇总，重算 {days} 天。"

    def _recount(self, **_options: Any) -> str:
        self._require(bool(settings.CELL), "只有单元（设置了 CELL）才有区划日汇总。")
        return f"已重算 {cell_links.recount_all()} 天。"

    def _subscribe(self, cell: str, **_options: Any) -> str:
        self._require(is_hub(), "只有汇总库（设置了 CELLS、未设置 CELL）才订阅。")
        self._require(cell in {one.name for one in settings.CELLS}, f"CELLS 里没有单元 {cell}。")
        is_new = cell_links.subscribe(cell, _address())
        return f"{'已订阅' if is_new else '已更新连接串，原来就订阅着'} {cell} 单元。"

    def _unsubscribe(self, cell: str, **_options: Any) -> str:
        self._require(is_hub(), "只有汇总库（设置了 CELLS、未设置 CELL）才订阅。")
        return f"已取消订阅 {cell} 单元，它的数字已从汇总库删去 {cell_links.unsubscribe(cell)} 行。"

    def _status(self, **_options: Any) -> str:
        return json.dumps(cell_links.status(), ensure_ascii=False)

    def _require(self, condition: bool, otherwise: str) -> None:
        if not condition:
            raise CommandError(otherwise)


def _address() -> str:
    """Read where the cell's database is: it holds a password, which must not stand in a list of processes."""
    if sys.stdin.isatty():
        return getpass("单元数据库的连接串（host=… port=… dbname=… user=… password=…），不回显：")
    return sys.stdin.readline().strip()
