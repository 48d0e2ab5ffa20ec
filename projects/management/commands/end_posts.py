"""`end_posts USERNAME`: whoever leaves office leaves the platform."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from web.console import CONSOLE
from web.postings import end_posts


class Command(BaseCommand):
    """Ends every post at once; the account stays, for the trail."""

    help = "终止一个账号的全部岗位，立即生效"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="账号名")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"没有账号“{options['username']}”。请核对账号名的拼写和大小写。")
        self.stdout.write(f"已终止 {user.username} 的 {end_posts(actor=CONSOLE, user=user)} 个岗位。")
