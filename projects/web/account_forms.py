"""Forms on accounts and posts: opening, granting, another last day, ending, closing."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Post
from accounts.roles import ROLES
from accounts.selectors import MANAGE, post
from kernel.errors import NotFound
from projects.account_words import post_in_words, role_title, roles
from projects.scopes import MOST_FOUND, scope_chosen, search_scopes, value_of
from projects.web.account_record import crumbs, found
from web import slips
from web.account_acts import change_end, deactivate, end_post, open_account_with_post
from web.acts import FormPage
from web.forms import DayField, ScopedForm
from web.navigation import Crumb
from web.post_rules import SCOPES, Scope
from web.postings import grant_post

# Posts are offered for a year; whoever grants one may say otherwise.
YEAR = 365


class ScopeField(forms.ChoiceField):
    """One of the scopes that were found; the cleaned value is the scope."""

    widget = forms.RadioSelect
    default_error_messages = {"invalid_choice": "没有这个范围，或者它不在您的管理范围内。请重新查找后选择。"}

    def offer_found(self, scopes: list[Scope]) -> None:
        self.choices = [(value_of(scope), _scope_in_words(scope)) for scope in scopes]


def _scope_in_words(scope: Scope) -> str:
    place = scope.region.name if scope.region and scope.kind != "region" else ""
    return f"{scope.name}（{place}）" if place else scope.name


class PostForm(ScopedForm):
    """Where a post is tied, from when to when, and by which document."""

    scope = ScopeField(label="范围")
    valid_from = DayField(label="起始日期")
    valid_to = DayField(
        label="截止日期", required=False, help_text="最后一天；到期自动失效。长期任职可不填。"
    )
    document = forms.CharField(
        label="依据", max_length=120, required=False, help_text="任命、聘用或授权文件的文号"
    )

    def __init__(self, *args: Any, role: str, words: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role = role
        self.found = search_scopes(self.actor, role, words)
        scope = self.fields["scope"]
        assert isinstance(scope, ScopeField)  # noqa: S101  # declared above
        scope.offer_found(self.found[:MOST_FOUND])
        if len(self.found) == 1:
            self.initial.setdefault("scope", value_of(self.found[0]))

    def clean_scope(self) -> Scope:
        try:
            return scope_chosen(self.actor, self.role, self.cleaned_data["scope"])
        except NotFound as missing:
            raise ValidationError(missing.message) from missing


class NewAccountForm(PostForm):
    """Who gets the account, and its first post."""

    username = forms.CharField(
        label="账号", max_length=150, help_text="登录名，字母、数字和 @ . + - _，例如 wuchang-zhou"
    )
    display_name = forms.CharField(label="姓名", max_length=60)
    field_order = ("username", "display_name", "scope", "valid_from", "valid_to", "document")


class _PostPage(FormPage):
    """A form whose scopes are searched by GET first, so that it works without script."""

    permission = MANAGE
    section = "accounts"
    template_name = "projects/post_form.html"

    @cached_property
    def role(self) -> str:
        asked = self.request.GET.get("role", "")
        return asked if asked in ROLES else ""

    @cached_property
    def words(self) -> str:
        return self.request.GET.get("q", "")[:60]

    def build(self, data: Any = None, files: Any = None, **more: Any) -> ScopedForm:
        return super().build(data, files, role=self.role, words=self.words, **more)

    def first(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"valid_from": today, "valid_to": today + timedelta(days=YEAR - 1)}

    def search(self) -> dict[str, Any]:
        """What the page's first step shows."""
        kinds = [SCOPES[kind] for kind in SCOPES if self.role and kind in ROLES[self.role].scopes]
        return {
            "role": self.role,
            "role_title": role_title(self.role),
            "roles": roles(),
            "words": self.words,
            "kinds": "或".join(kinds),
            "most": MOST_FOUND,
        }


class OpenAccount(_PostPage):
    """A new account that begins with a post; its first password is shown once."""

    form_class = NewAccountForm
    submit = "开通账号"

    @property
    def cancel_url(self) -> str:  # type: ignore[override]  # asked per request
        return reverse("accounts")

    def act(self, form: Any) -> str:
        user, password = open_account_with_post(actor=self.actor, role=self.role, **form.cleaned_data)
        slips.put(self.request, str(user.public_id), password)
        self.say(f"账号 {user.username} 已开通，岗位已授予。")
        return reverse("first_password", args=[user.public_id])

    def context(self) -> dict[str, Any]:
        return {"title": "开通账号", "crumbs": crumbs(None, Crumb("开通账号")), **self.search()}


class GrantPost(_PostPage):
    """A further post for an account."""

    form_class = PostForm
    submit = "授予岗位"

    def prepare(self, **kwargs: Any) -> None:
        self.account = found(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("account", args=[self.account.public_id])

    def act(self, form: Any) -> str:
        granted = grant_post(actor=self.actor, user=self.account, role=self.role, **form.cleaned_data)
        self.say(f"已授予 {self.account} “{post_in_words(granted)}”。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"为 {self.account} 授予岗位",
            "crumbs": crumbs(self.account, Crumb("授予岗位")),
            **self.search(),
        }


class _OnPost(FormPage):
    """A form about one post of an account."""

    permission = MANAGE
    section = "accounts"
    verb = ""

    def prepare(self, **kwargs: Any) -> None:
        self.account = found(self.actor, kwargs["public_id"])
        self.post_row: Post = post(self.actor, kwargs["post"])
        if self.post_row.user_id != self.account.pk:
            raise NotFound
        self.cancel_url = reverse("account", args=[self.account.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "title": f"{self.verb}：{post_in_words(self.post_row)}",
            "subtitle": f"{self.account}（{self.account.username}）",
            "crumbs": crumbs(self.account, Crumb(self.verb)),
        }


class EndDateForm(ScopedForm):
    """Another last day, and the document that says so."""

    valid_to = DayField(label="新的截止日期", required=False, help_text="最后一天。长期任职可不填。")
    document = forms.CharField(label="依据", max_length=120, required=False, help_text="延期或提前终止的文号")


class ChangeEnd(_OnPost):
    """Another last day for a post."""

    form_class = EndDateForm
    submit = "保存截止日期"
    verb = "改截止日期"

    def first(self) -> dict[str, Any]:
        return {"valid_to": self.post_row.valid_to}

    def act(self, form: Any) -> str:
        change_end(actor=self.actor, post=self.post_row, **form.cleaned_data)
        self.say("截止日期已改，原日期留在经过里。")
        return self.cancel_url


class ReasonForm(ScopedForm):
    """Why."""

    reason = forms.CharField(label="原因", max_length=200, help_text="例如：调离、已离职。会记入审计。")


class EndPost(_OnPost):
    """End a post at once."""

    form_class = ReasonForm
    submit = "立即终止"
    verb = "终止岗位"

    def act(self, form: Any) -> str:
        end_post(actor=self.actor, post=self.post_row, **form.cleaned_data)
        self.say(f"“{post_in_words(self.post_row)}”已终止；没有其他岗位的，下一次点击即退出登录。")
        return self.cancel_url


class Deactivate(FormPage):
    """Close an account."""

    permission = MANAGE
    section = "accounts"
    form_class = ReasonForm
    submit = "停用账号"

    def prepare(self, **kwargs: Any) -> None:
        self.account = found(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("account", args=[self.account.public_id])

    def act(self, form: Any) -> str:
        deactivate(actor=self.actor, user=self.account, **form.cleaned_data)
        self.say("账号已停用，登录和接口令牌同时失效。需要时可恢复使用。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"停用账号：{self.account}",
            "lead": "停用后不能登录，接口令牌立即作废；岗位记录不变，恢复后继续有效。",
            "crumbs": crumbs(self.account, Crumb("停用账号")),
        }
