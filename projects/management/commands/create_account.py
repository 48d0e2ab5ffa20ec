"""`create_account USERNAME ROLE SCOPE`: an account with a post, or a further post of an account."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import ROLES
from kernel.errors import DomainError
from projects.scopes import scope_of
from web.console import CONSOLE
from web.postings import grant_post, open_account, role_list


class Command(BaseCommand):
    """Prints the first password once; nothing else shows it again."""

    help = f"建立账号并授予岗位；账号已存在的，增加一个岗位。岗位：{role_list()}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="账号名，例如 wuchang-zhou")
        parser.add_argument("role", help="岗位，例如 county_regulator 或 县区监管员")
        parser.add_argument(
            "scope", help="行政区划代码、项目编码、统一社会信用代码，或 项目编码/统一社会信用代码（参建单位）"
        )
        parser.add_argument("--name", default="", help="显示名，例如 周正；只用于新账号")
        parser.add_argument("--until", help="岗位最后一天，YYYY-MM-DD；不填则长期有效")
        parser.add_argument("--document", default="", help="授予依据，例如文号")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                password, post = self._grant(options)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        until = f"至 {post.valid_to}" if post.valid_to else "长期有效"
        self.stdout.write(f"{post.user.username}：{post.scope_name} {ROLES[post.role].title}，{until}")
        if password:
            self.stdout.write(f"初始密码（只显示这一次，首次登录须修改）：{password}")

    def _grant(self, options: dict[str, Any]) -> tuple[str, Any]:
        titles = {role.title: name for name, role in ROLES.items()}
        role = titles.get(options["role"], options["role"])
        if role not in ROLES:
            raise DomainError(f"没有名为“{role}”的岗位。可选：{role_list()}。")
        scope, until = scope_of(CONSOLE, options["scope"]), _day(options["until"])
        user, password = User.objects.filter(username=options["username"]).first(), ""
        if user is None:
            user, password = open_account(
                actor=CONSOLE, username=options["username"], display_name=options["name"]
            )
        post = grant_post(
            actor=CONSOLE,
            user=user,
            role=role,
            scope=scope,
            valid_from=timezone.localdate(),
            valid_to=until,
            document=options["document"],
        )
        return password, post


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise DomainError(f"“{text}”不是日期。请按 YYYY-MM-DD 填写，例如 2027-12-31。") from None
