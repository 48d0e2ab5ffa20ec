"""`reset_password USERNAME`: a new first password for whoever has lost theirs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from web.console import CONSOLE
from web.postings import reset_password


class Command(BaseCommand):
    """Prints the new first password once; the lock after wrong passwords is lifted."""

    help = "重置一个账号的密码；旧会话、令牌和锁定同时作废"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="账号名")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"没有账号“{options['username']}”。请核对账号名的拼写和大小写。")
        password = reset_password(actor=CONSOLE, user=user)
        self.stdout.write(f"{user.username} 的新初始密码（只显示这一次，首次登录须修改）：{password}")
