"""A draft's way to publication: begun, checked, submitted, read by another, published or given up (S10)."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from kernel.errors import NotPermitted
from regions.models import Region
from standards.models import StandardVersion
from standards.selectors import parameter
from web import standard_acts as acts
from web.acts import FormPage, PostPage
from web.editor import reading
from web.editor.fields import one_of
from web.editor.impact import latest_check, why_shut
from web.forms import DayField, ScopedForm
from web.messages import Audience, tell
from web.standard_acts import EDIT, REVIEW


class BeginForm(ScopedForm):
    """Whose standard, under which number and title, by which document."""

    number = forms.CharField(label="版本号", max_length=40, help_text="例如 hubei-2027；用过的不能再用")
    title = forms.CharField(label="标题", max_length=120, help_text="例如：湖北省建筑工人数据标准（2027 年）")
    document = forms.CharField(
        label="依据文号",
        max_length=120,
        required=False,
        help_text="发布前补上也可以，例如：鄂建办〔2026〕15号",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places: dict[str, Region | None] = {}
        offered = []
        for key, region, label in reading.drafting_places(self.actor):
            self.places[key] = region
            offered.append((key, label))
        self.fields["place"] = one_of(offered, "制定谁的标准", initial=offered[0][0] if offered else "")
        self._prepare("place", self.fields["place"])
        self.order_fields(["place", "number", "title", "document"])


class BeginVersion(FormPage):
    """A draft of the next version, with all that the one in force says."""

    permission = EDIT
    section = "standard"
    form_class = BeginForm
    submit = "起草"

    def prepare(self, **_kwargs: Any) -> None:
        if not reading.drafting_places(self.actor):
            raise NotPermitted("数据标准由省和市州制定，县（市、区）按它们执行。")
        self.cancel_url = reverse("standard_versions")

    def first(self) -> dict[str, Any]:
        return {"place": self.request.GET.get("place", "")[:12]} if "place" in self.request.GET else {}

    def act(self, form: Any) -> str:
        said = form.cleaned_data
        row = acts.begin_version(
            actor=self.actor,
            region=form.places[said["place"]],
            number=said["number"].strip(),
            title=said["title"].strip(),
            document=said["document"].strip(),
        )
        self.say(f"已起草 {row.number}，内容与在用的一样，从这里改起。")
        return reading.url_of(row)

    def context(self) -> dict[str, Any]:
        return {
            "title": "起草新版本",
            "lead": "草案从在用的版本开始，改动另行检查、评审和发布；发布之前，表单和接口都不变。",
            "crumbs": reading.crumbs(None, "起草"),
            "cancel_url": self.cancel_url,
        }


class _OfVersion:
    """What acts on one version share."""

    permission = EDIT
    section = "standard"
    actor: Any
    what = ""

    def prepare(self, **kwargs: Any) -> None:
        self.row: StandardVersion = reading.editable(self.actor, kwargs["public_id"])
        self.cancel_url = reading.url_of(self.row)
        self.found()

    def found(self) -> None:
        """More to say once the version is known."""

    def context(self) -> dict[str, Any]:
        title = f"{self.what} {reading.whose(self.row)} {self.row.number}"
        return {
            "title": title,
            "question": f"{title}？",
            "crumbs": reading.crumbs(self.row, self.what),
            "cancel_url": self.cancel_url,
        }


class TitleForm(ScopedForm):
    """Its title and document."""

    title = forms.CharField(label="标题", max_length=120)
    document = forms.CharField(label="依据文号", max_length=120, required=False)


class RetitleVersion(_OfVersion, FormPage):
    """Another title or document for a draft."""

    what, form_class, submit = "改标题", TitleForm, "保存"

    def first(self) -> dict[str, Any]:
        return {"title": self.row.title, "document": self.row.document}

    def version(self) -> int:
        return self.row.version

    def act(self, form: Any) -> str:
        acts.retitle_version(
            actor=self.actor, version=self.row, expected_version=form.expected_version, **form.cleaned_data
        )
        self.say("已保存。")
        return self.cancel_url


class CheckVersion(_OfVersion, PostPage):
    """Everything that the draft may not say, all at once."""

    what, button = "检查", "开始检查"

    def found(self) -> None:
        self.consequence = "对照上层标准、代码表、授权和已发布的版本，一次列出全部问题；没有问题的才能送审。"

    def act(self) -> str:
        faults = acts.check_version(actor=self.actor, version=self.row)
        self.say(f"检查发现 {len(faults)} 处问题，见下。" if faults else "检查通过。")
        return reading.url_of(self.row, "conflicts")


class CheckImpact(_OfVersion, PostPage):
    """Hold the draft against the records there are."""

    what, button = "影响检查", "开始检查"

    def found(self) -> None:
        self.consequence = "在后台用现有的人员、班组和项目逐条试判，只数因草案而新不合格的；可以关掉页面。"

    def act(self) -> str:
        acts.check_impact(actor=self.actor, version=self.row)
        self.say("影响检查已开始，完成后结果在这里。")
        return reading.url_of(self.row, "impact")


class SubmitVersion(_OfVersion, PostPage):
    """Hand it to its reviewer."""

    what, button = "送审", "送审"

    def found(self) -> None:
        by = "省级数据标准管理员" if self.row.is_city else "另一位省级数据标准管理员"
        self.consequence = f"由{by}评审；评审期间不能再改。起草和修改过的人不能评审。"
        if shut := why_shut(self.row, latest_check(self.row)):
            self.consequence = f"现在还不能送审：{shut}"

    def act(self) -> str:
        row = acts.submit_version(actor=self.actor, version=self.row)
        text = f"{reading.whose(row)} {row.number} 请评审"
        everybody = Audience(permission=REVIEW, region_path=reading.province_path())
        tell(everybody, kind="standards", text=text, url=self.cancel_url, besides=self.user)
        self.say("已送审，评审结果会通知您。")
        return self.cancel_url


class _Review(_OfVersion):
    """Acts of whoever reads the draft for the province."""

    permission = REVIEW

    def prepare(self, **kwargs: Any) -> None:
        self.row = reading.reviewable(self.actor, kwargs["public_id"])
        self.cancel_url = reading.url_of(self.row)
        self.found()


class NoteForm(ScopedForm):
    """An opinion."""

    note = forms.CharField(
        label="评审意见", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class AcceptVersion(_Review, FormPage):
    """It may be published."""

    what, form_class, submit = "通过", NoteForm, "评审通过"

    def act(self, form: Any) -> str:
        acts.accept_version(actor=self.actor, version=self.row, note=form.cleaned_data["note"])
        tell_author(self.row, f"{reading.whose(self.row)} {self.row.number} 评审通过，可以发布")
        self.say("评审通过，由起草人或另一位管理员发布。")
        return self.cancel_url


class ReasonForm(ScopedForm):
    """Why it is returned."""

    note = forms.CharField(
        label="退回理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明哪一项、为什么、怎么改。",
    )  # fmt: skip


class ReturnVersion(_Review, FormPage):
    """Give it back to be changed."""

    what, form_class, submit = "退回", ReasonForm, "退回修改"

    def act(self, form: Any) -> str:
        acts.return_version(actor=self.actor, version=self.row, note=form.cleaned_data["note"])
        tell_author(
            self.row, f"{reading.whose(self.row)} {self.row.number} 已退回：{form.cleaned_data['note']}"
        )
        self.say("已退回，理由会通知起草人。")
        return self.cancel_url


class PublishForm(ScopedForm):
    """From when it holds, until when the former one is taken by interfaces, by which document."""

    effective_from = DayField(label="生效日期", help_text="今天或以后；从这一天起，表单和模板按新版。")
    cutoff = DayField(
        label="旧版截止日期", help_text="接口按旧版提交的，接受到这一天；给厂商留出改程序的时间。"
    )
    document = forms.CharField(label="依据文号", max_length=120)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("effective_from"), cleaned.get("cutoff")
        if begins and ends and ends < begins:
            self.add_error("cutoff", ValidationError("旧版截止日期不能早于生效日期。"))
        return cleaned


class PublishVersion(_OfVersion, FormPage):
    """Into force from a day on, by itself."""

    what, form_class, submit = "发布", PublishForm, "发布"

    def first(self) -> dict[str, Any]:
        tomorrow = timezone.localdate() + timedelta(days=1)
        return {
            "effective_from": tomorrow,
            "cutoff": tomorrow + timedelta(days=int(parameter("standards.grace_days"))),
            "document": self.row.document,
        }

    def act(self, form: Any) -> str:
        row, affected = acts.publish_version(actor=self.actor, version=self.row, **form.cleaned_data)
        cities = "、".join(city.region.name for city in affected if city.region)
        more = f"与{cities}的市州标准有冲突，已列出处理期限。" if cities else ""
        self.say(f"已发布，{row.effective_from} 起生效，接口按旧版接受到 {row.cutoff}。{more}")
        return self.cancel_url


class WithdrawVersion(_OfVersion, PostPage):
    """Give the draft up; it stays readable."""

    what, button = "作废", "作废"

    def found(self) -> None:
        self.consequence = "草案作废后不能恢复，仍可查看；可以另行起草。"

    def act(self) -> str:
        acts.withdraw_version(actor=self.actor, version=self.row)
        self.say("草案已作废。")
        return self.cancel_url


def tell_author(row: StandardVersion, text: str) -> None:
    """Let whoever drafted it know."""
    authors = reading.accounts_of([row.drafted_by])
    tell(Audience(users=authors), kind="standards", text=text, url=reading.url_of(row))
