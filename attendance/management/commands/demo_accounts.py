"""The demo accounts as a table, for whoever has just started the platform."""

from typing import Any
from unicodedata import east_asian_width

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.models import User
from attendance.demo.accounts import ACCOUNTS, WORKER, WORKER_PHONE
from attendance.demo.site_accounts import CODE, claimable


class Command(BaseCommand):
    """Print account, post and password of those demo accounts that exist here."""

    help = "列出演示账号；没有演示数据的平台什么也不列。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        users = User.objects.filter(username__in=[one.username for one in ACCOUNTS])
        posts = {user.username: user.posts.first() for user in users.prefetch_related("posts")}
        if not posts:
            self.stdout.write("这里没有演示账号。写入演示数据：./dev manage demo")
            return
        rows = [("账号", "岗位", "范围")]
        for one in ACCOUNTS:
            if post := posts.get(one.username):
                rows.append((one.username, one.post, post.scope_name))
        if worker := User.objects.filter(username=WORKER).first():
            rows.append((WORKER, "工人本人", f"{worker.display_name}，手机 {WORKER_PHONE}（验证码登录）"))
        widths = [max(_width(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  " + "  ".join(cells).rstrip())
        self.stdout.write(f"  密码都是 {settings.DEMO_PASSWORD}")
        if number := claimable():
            self.stdout.write(f"  待领取的项目账号（/account/claim/）：许可证 {number}，领取代码 {CODE}")


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese sign takes two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
