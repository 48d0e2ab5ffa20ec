"""One-button acts on accounts: a new first password, unlocking, ending all posts, opening again."""

from typing import Any

from django.urls import reverse

from accounts.selectors import MANAGE
from projects.web.account_record import crumbs, found
from web import slips
from web.account_acts import reactivate, unlock
from web.acts import PostPage
from web.navigation import Crumb
from web.postings import end_posts, reset_password


class _Button(PostPage):
    permission = MANAGE
    section = "accounts"
    verb = ""

    def prepare(self, **kwargs: Any) -> None:
        self.account = found(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("account", args=[self.account.public_id])
        self.question = self.asked()

    def asked(self) -> str:
        """The question, with the account's name in it."""
        return f"{self.verb}：{self.account}（{self.account.username}）？"

    def context(self) -> dict[str, Any]:
        return {"title": self.question, "crumbs": crumbs(self.account, Crumb(self.verb))}


class ResetPassword(_Button):
    """A new first password, shown once."""

    verb = "重置密码"
    consequence = (
        "旧密码、正在使用的登录和接口令牌立即作废，锁定同时解除。新的初始密码只显示这一次，首次登录须修改。"
    )
    button = "重置密码"

    def act(self) -> str:
        password = reset_password(actor=self.actor, user=self.account)
        slips.put(self.request, str(self.account.public_id), password)
        self.say("密码已重置。")
        return reverse("first_password", args=[self.account.public_id])


class Unlock(_Button):
    """Lift the lock of wrong passwords."""

    verb = "解除锁定"
    consequence = "该账号连续输错密码被锁定。解除后可立即再试，密码不变。请先确认是本人在操作。"
    button = "解除锁定"

    def act(self) -> str:
        unlock(actor=self.actor, user=self.account)
        self.say("锁定已解除。")
        return self.cancel_url


class EndAllPosts(_Button):
    """End every post of an account."""

    verb = "终止全部岗位"
    consequence = "全部岗位立即终止，下一次点击即退出登录。账号保留，供审计查询；需要时可重新授予岗位。"
    button = "终止全部岗位"

    def act(self) -> str:
        number = end_posts(actor=self.actor, user=self.account)
        self.say(f"已终止 {number} 个岗位。")
        return self.cancel_url


class Reactivate(_Button):
    """Open a closed account again."""

    verb = "恢复使用"
    consequence = "恢复后可用原密码登录；岗位仍在期限内的继续有效。"
    button = "恢复使用"

    def act(self) -> str:
        reactivate(actor=self.actor, user=self.account)
        self.say("账号已恢复使用。")
        return self.cancel_url
