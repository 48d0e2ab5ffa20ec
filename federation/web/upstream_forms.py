"""Acts on a platform above: entering it, trying the connection, pausing, and its projects."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from federation import services
from federation.models import MANAGE_UPSTREAMS, Upstream
from federation.selectors.upstreams import upstream, upstream_project, upstream_regions
from federation.services import UpstreamFacts
from federation.upstream.client import Away, client_for
from federation.upstream.verdicts import OF_THE_KEY, clean, next_step
from federation.web.upstreams import crumbs
from kernel.errors import DomainError, NotFound
from kernel.text import compact
from web.acts import FormPage, PostPage
from web.forms import DayField, ScopedForm
from web.navigation import Crumb

KEPT = "已登记，不显示；不改就留空"


class _Form(ScopedForm):
    """What a platform above is called, where it is, and what it is told."""

    name = forms.CharField(label="名称", max_length=100, help_text="例如：全国建筑工人管理服务信息平台")
    url = forms.CharField(label="接口地址", max_length=300, help_text="对方给的地址，以 https:// 开头")
    takes = forms.ChoiceField(label="上报哪些项目", choices=[("", "请选择"), *Upstream.Takes.choices])
    since = DayField(
        label="上报起始日期", help_text="在这一天还没有离场的人员全部上报；考勤、培训、工资从这一天起上报。"
    )
    appid = forms.CharField(
        label="appid", max_length=64, required=False, help_text="对方按项目发密钥的不填，到每个项目里填"
    )
    secret = forms.CharField(
        label="密钥（appsecret）",
        max_length=128,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    codes = forms.CharField(
        label="代码对照",
        required=False,
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="两边代码不同的才写，一行一条：代码表 本平台代码 对方代码，例如 trade 501 390",
    )

    @property
    def facts(self) -> UpstreamFacts:
        told = {name: self.cleaned_data[name] for name in ("name", "url", "takes", "since", "appid")}
        lines = [line.split() for line in self.cleaned_data["codes"].splitlines() if line.strip()]
        return UpstreamFacts(**told, secret=self.cleaned_data["secret"].strip(), codes=lines)


class NewForm(_Form):
    """The same, for one of one's own areas."""

    region = forms.ChoiceField(label="上报范围", error_messages={"invalid_choice": "请选择您管理的地区。"})
    field_order = ("name", "region")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {row.code: row for row in upstream_regions(self.actor)}
        self.fields["region"].choices = [(code, row.name) for code, row in self.places.items()]  # type: ignore[attr-defined]  # a choice field


class NewUpstream(FormPage):
    """Report to one more platform."""

    permission = MANAGE_UPSTREAMS
    section = "upstreams"
    form_class = NewForm
    submit = "登记并开始上报"

    def prepare(self, **_kwargs: Any) -> None:
        self.cancel_url = reverse("upstreams")

    def first(self) -> dict[str, Any]:
        return {"since": timezone.localdate()}

    def act(self, form: Any) -> str:
        region = form.places[form.cleaned_data["region"]]
        row = services.add_upstream(actor=self.actor, region=region, facts=form.facts)
        self.say("上级平台已登记，正在全量上报。")
        return reverse("upstream", args=[row.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "title": "登记上级平台",
            "lead": "先按企业、参建单位、班组、工人、进场、考勤、合同、培训、工资的次序全量上报一次，"
            "以后随变化自动上报。",
            "crumbs": crumbs(None, Crumb("登记上级平台")),
        }


class _OnUpstream(FormPage):
    permission = MANAGE_UPSTREAMS
    section = "upstreams"

    def prepare(self, **kwargs: Any) -> None:
        self.row = upstream(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("upstream", args=[self.row.public_id])


class EditUpstream(_OnUpstream):
    """Change how a platform is reported to."""

    form_class = _Form
    submit = "保存"

    def build(self, *args: Any, **kwargs: Any) -> ScopedForm:
        form = super().build(*args, **kwargs)
        if self.row.secret is not None:
            form.fields["secret"].help_text = KEPT
        return form

    def first(self) -> dict[str, Any]:
        row = self.row
        lines = "\n".join(" ".join(line) for line in row.codes)
        shown = {name: getattr(row, name) for name in ("name", "url", "takes", "since", "appid")}
        return {**shown, "codes": lines}

    def version(self) -> int | None:
        return self.row.version

    def act(self, form: Any) -> str:
        services.edit_upstream(
            actor=self.actor, upstream=self.row, facts=form.facts, expected_version=form.expected_version
        )
        self.say("已保存，按新的设置继续上报。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {"title": f"修改：{self.row.name}", "crumbs": crumbs(self.row, Crumb("修改"))}


class PauseForm(ScopedForm):
    """Why."""

    reason = forms.CharField(label="暂停原因", max_length=200, help_text="例如：对方平台升级。会记入审计。")


class PauseUpstream(_OnUpstream):
    """Rest for a while."""

    form_class = PauseForm
    submit = "暂停上报"

    def act(self, form: Any) -> str:
        services.pause_upstream(actor=self.actor, upstream=self.row, **form.cleaned_data)
        self.say("已暂停。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"暂停上报：{self.row.name}",
            "lead": "暂停期间的变化不会丢失，恢复后一并上报。",
            "crumbs": crumbs(self.row, Crumb("暂停")),
        }


class _Button(PostPage):
    permission = MANAGE_UPSTREAMS
    section = "upstreams"

    def prepare(self, **kwargs: Any) -> None:
        self.row = upstream(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("upstream", args=[self.row.public_id])

    def context(self) -> dict[str, Any]:
        return {"title": str(self.question), "crumbs": crumbs(self.row, Crumb(str(self.button)))}


class ResumeUpstream(_Button):
    """Go on."""

    question = "恢复上报？"
    consequence = "暂停期间的变化会一并上报，已上报的不会重复。"
    button = "恢复上报"

    def act(self) -> str:
        services.resume_upstream(actor=self.actor, upstream=self.row)
        self.say("已恢复上报。")
        return self.cancel_url


class TryUpstream(_Button):
    """Ask the other platform whether address, appid and secret are right."""

    question = "测试连接？"
    consequence = "向对方发一次验签请求（CheckSign.Query），不上报任何数据。"
    button = "测试连接"

    def act(self) -> str:
        appid, secret = self._account()
        try:
            answer = client_for(self.row.url, appid, secret).check(timezone.now())
        except Away as away:
            raise DomainError(f"{away}。{next_step(str(away), OF_THE_KEY)}", code="away") from away
        if not answer.is_taken:
            said = clean(answer.message)
            raise DomainError(f"对方答复：{said}。{next_step(said, OF_THE_KEY)}", code="turned_away")
        self.say("连接正常，appid 和密钥正确。")
        return self.cancel_url

    def _account(self) -> tuple[str, str]:
        """The account's key, or that of the first project that has one."""
        if self.row.appid:
            return self.row.appid, str(self.row.secret or "")
        first = self.row.projects.exclude(appid="").filter(ended_at=None).order_by("pk").first()
        if first is None:
            raise DomainError("还没有登记 appid 和密钥，请先在设置或项目里填写。", code="no_key")
        return first.appid, str(first.secret or "")


class RequeueRefused(_Button):
    """Tell everything again that was refused."""

    question = "重新上报全部被退回的记录？"
    consequence = "逐条单独上报；对方已有的不会重复。仍被退回的会带着新的说明回到清单。"
    button = "全部重新上报"

    def act(self) -> str:
        number = services.requeue_refused(actor=self.actor, upstream=self.row, now=timezone.now())
        self.say(f"{number} 条已重新排队。")
        return self.cancel_url


class ProjectForm(ScopedForm):
    """By which code and key a project is known over there."""

    remote_code = forms.CharField(
        label="对方的项目编码",
        max_length=40,
        required=False,
        help_text="对方给这个项目的编码；按项目发密钥的平台，一般与 appid 相同",
    )
    appid = forms.CharField(label="appid", max_length=64, required=False, help_text="用平台账号上报的不填")
    secret = forms.CharField(
        label="密钥（appsecret）",
        max_length=128,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        return {
            name: compact(str(value or "")) if name != "secret" else value for name, value in found.items()
        }


class NewProjectForm(ProjectForm):
    """The same, for a project of one's area."""

    code = forms.CharField(label="项目编码", max_length=40, help_text="本平台的 18 位项目编码")
    field_order = ("code",)


class NewUpstreamProject(_OnUpstream):
    """Report one more project."""

    form_class = NewProjectForm
    submit = "增加并开始上报"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.cancel_url = reverse("upstream_projects", args=[self.row.public_id])

    def act(self, form: Any) -> str:
        try:
            services.choose_project(actor=self.actor, upstream=self.row, **form.cleaned_data)
        except NotFound as missing:
            raise DomainError(missing.message, code="unknown_project", field="code") from missing
        self.say("项目已增加，正在上报。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": "增加上报的项目",
            "crumbs": crumbs(
                self.row,
                Crumb("项目", reverse("upstream_projects", args=[self.row.public_id])),
                Crumb("增加项目"),
            ),
        }


class EditUpstreamProject(FormPage):
    """Change a project's code or key at a platform."""

    permission = MANAGE_UPSTREAMS
    section = "upstreams"
    form_class = ProjectForm
    template_name = "federation/upstream_project.html"
    submit = "保存"

    def prepare(self, **kwargs: Any) -> None:
        self.row = upstream_project(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("upstream_projects", args=[self.row.upstream.public_id])

    def build(self, *args: Any, **kwargs: Any) -> ScopedForm:
        form = super().build(*args, **kwargs)
        if self.row.secret is not None:
            form.fields["secret"].help_text = KEPT
        return form

    def first(self) -> dict[str, Any]:
        return {"remote_code": self.row.remote_code, "appid": self.row.appid}

    def version(self) -> int | None:
        return self.row.version

    def act(self, form: Any) -> str:
        services.change_upstream_project(
            actor=self.actor, access=self.row, **form.cleaned_data, expected_version=form.expected_version
        )
        self.say("已保存，马上按新的设置再试。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        row = self.row
        projects = Crumb("项目", reverse("upstream_projects", args=[row.upstream.public_id]))
        return {
            "title": row.project.name,
            "access": row,
            "step": next_step(row.trouble, OF_THE_KEY) if row.trouble else "",
            "crumbs": crumbs(row.upstream, projects, Crumb(row.project.name)),
        }


class EndUpstreamProject(PostPage):
    """Report a project no longer."""

    permission = MANAGE_UPSTREAMS
    section = "upstreams"
    question = "停止上报这个项目？"
    consequence = "对方已有的数据不会撤回；以后再增加这个项目，会从停止的地方接着上报。"
    button = "停止上报"

    def prepare(self, **kwargs: Any) -> None:
        self.row = upstream_project(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("upstream_projects", args=[self.row.upstream.public_id])

    def act(self) -> str:
        services.end_upstream_project(actor=self.actor, access=self.row, now=timezone.now())
        self.say("已停止上报。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"{self.row.project.name}：{self.question}",
            "crumbs": crumbs(self.row.upstream, Crumb("停止上报")),
        }
