"""Forms and buttons of the node's operators: inviting, joining, keys, suspending, moving, lines."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from federation.models import Line, Node
from federation.node_words import stream_in_words
from federation.selectors.nodes import (
    MANAGE_NODES,
    line_of,
    node,
    nodes,
    own_region,
    passing_of,
    require_governing,
)
from federation.services import (
    approve_passing,
    ask_passing,
    decline_passing,
    forget_node,
    invite_node,
    join_parent,
    register_hosted,
    restart_line,
    resume_node,
    rotate_node_key,
    suspend_node,
)
from federation.services.forgetting import why_it_stays
from federation.services.inviting import BELOW
from federation.services.sealing import require_stopped
from federation.web.nodes import crumbs
from kernel.errors import DomainError
from regions.models import Region
from regions.selectors import regions
from standards.selectors import parameter
from web import slips
from web.acts import FormPage, PostPage
from web.forms import ScopedForm
from web.navigation import Crumb


def _below(_form: Any) -> QuerySet[Region]:
    own = own_region()
    return regions().filter(path__startswith=own.path).exclude(pk=own.pk)


class RegionChoice(forms.ChoiceField):
    """A division below this node's own, by its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_choices, **kwargs)

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        return regions().get(code=code) if code else None


def _choices() -> list[tuple[str, str]]:
    rows = _below(None)
    return [("", "请选择"), *((row.code, f"{'　' * (row.path.count('/') - 2)}{row.name}") for row in rows)]


def _kinds() -> list[tuple[str, str]]:
    return [
        ("", "请选择"),
        *((kind, str(Node.Kind(kind).label)) for kind in BELOW.get(settings.NODE_KIND, ())),
    ]


class InviteForm(ScopedForm):
    """Who is invited."""

    name = forms.CharField(label="平台名称", max_length=120, help_text="例如“武汉市建筑工人管理平台”")
    code = forms.CharField(
        label="节点代码",
        max_length=32,
        help_text="小写字母、数字或短横线，全省唯一，接入后不能改，例如 whs；须与对方平台设置的节点代码一致",
    )
    kind = forms.ChoiceField(label="类别", choices=_kinds)
    region = RegionChoice(label="行政区划", required=False, help_text="市州、县区平台必选；企业平台不选")
    enterprise_uscc = forms.CharField(
        label="统一社会信用代码", max_length=40, required=False, help_text="仅企业平台填写"
    )


class _OfNodes(FormPage):
    permission = MANAGE_NODES
    section = "nodes"

    def prepare(self, **kwargs: Any) -> None:
        require_governing(self.actor)
        self.cancel_url = reverse("nodes")


class Invite(_OfNodes):
    """Invite a platform below this one; its code is shown once."""

    form_class = InviteForm
    submit = "生成邀请码"

    def _asked(self) -> Node | None:
        return nodes(self.actor).filter(code=self.request.GET.get("code", "")[:32]).first()

    def first(self) -> dict[str, Any]:
        asked = self._asked()
        if asked is None:
            return {}
        return {
            "name": asked.name,
            "code": asked.code,
            "kind": asked.kind,
            "region": asked.region.code if asked.region and asked.kind != Node.Kind.ENTERPRISE else "",
            "enterprise_uscc": asked.enterprise_uscc,
        }

    def act(self, form: Any) -> str:
        row, text = invite_node(actor=self.actor, **form.cleaned_data)
        slips.put(self.request, str(row.public_id), text)
        self.say("邀请码已生成。")
        return reverse("node_invitation", args=[row.public_id])

    def context(self) -> dict[str, Any]:
        days = int(parameter("federation.invitation_days"))
        lead = f"邀请码 {days} 天内有效，只能用一次。对方填入后双方交换密钥，之后的报文都有签名。"
        asked = self._asked()
        if asked is not None and asked.suspended_why:
            lead += f"它现在停用（{asked.suspended_why}）：重新邀请即不再停用，凭新的邀请码接入后恢复往来。"
        return {
            "title": "邀请下级平台",
            "lead": lead,
            "crumbs": crumbs(Crumb("邀请下级平台")),
        }


class HostedForm(ScopedForm):
    """Which city or county uses this platform."""

    name = forms.CharField(label="名称", max_length=120, help_text="例如“仙桃市住建局”")
    code = forms.CharField(label="节点代码", max_length=32, help_text="小写字母、数字或短横线，例如 xts")
    region = RegionChoice(label="行政区划")


class Host(_OfNodes):
    """Write down that a city or county uses this platform."""

    form_class = HostedForm
    submit = "登记"

    def act(self, form: Any) -> str:
        row = register_hosted(actor=self.actor, **form.cleaned_data)
        self.say("已登记。它的数据保存在本平台。")
        return reverse("node", args=[row.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "title": "登记使用本平台的市县",
            "lead": "不自建平台的市州、县区直接使用本平台。登记后可以随时迁到自建平台，也可以迁回。",
            "crumbs": crumbs(Crumb("登记使用本平台的市县")),
        }


class JoinForm(ScopedForm):
    """What the parent's administrator has handed over."""

    url = forms.CharField(label="上级平台网址", max_length=200, help_text="例如 https://shiming.example")
    invitation = forms.CharField(
        label="邀请码", max_length=300, help_text="三段，以点隔开；从上级平台的邀请页面整段复制"
    )


class Join(_OfNodes):
    """Join below the platform that has invited this one."""

    form_class = JoinForm
    submit = "接入"

    def act(self, form: Any) -> str:
        row = join_parent(actor=self.actor, **form.cleaned_data)
        self.say(f"已接入“{row.name}”，一分钟内握手，之后自动上报。")
        return reverse("node", args=[row.public_id])

    def context(self) -> dict[str, Any]:
        return {
            "title": "接入上级平台",
            "lead": "接入后自动上报记录和打卡，自动取回上级下发的标准和文书。断网期间照常使用，恢复后补发。",
            "crumbs": crumbs(Crumb("接入上级平台")),
        }


class _OnNode(_OfNodes):
    def prepare(self, **kwargs: Any) -> None:
        self.row = node(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("node", args=[self.row.public_id])

    def _crumbs(self, tail: str) -> list[Crumb]:
        return crumbs(Crumb(self.row.name, self.cancel_url), Crumb(tail))


class ReasonForm(ScopedForm):
    """Why."""

    reason = forms.CharField(label="原因", max_length=200, help_text="对方管理员会看到，并记入审计")


class Suspend(_OnNode):
    """Stop exchanging with a neighbour."""

    form_class = ReasonForm
    submit = "停用"

    def act(self, form: Any) -> str:
        suspend_node(actor=self.actor, node=self.row, **form.cleaned_data)
        self.say("已停用。已收下的记录不受影响。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"停用“{self.row.name}”",
            "lead": "停用后不再收发报文，对方会收到说明。双方记录都保留，恢复后从断点继续。",
            "crumbs": self._crumbs("停用"),
        }


class _NodePost(PostPage):
    permission = MANAGE_NODES
    section = "nodes"


class Resume(_NodePost):
    """Exchange with a suspended neighbour again."""

    question = "恢复与这个平台的通信？"
    consequence = "从停用时的断点继续收发，期间没有报送的会补上。"
    button = "恢复"

    def prepare(self, **kwargs: Any) -> None:
        self.row = node(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("node", args=[self.row.public_id])

    def act(self) -> str:
        resume_node(actor=self.actor, node=self.row)
        self.say("已恢复，一分钟内握手。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        why = f"停用原因：{self.row.suspended_why}。" if self.row.suspended_why else ""
        return {
            "title": f"恢复“{self.row.name}”",
            "consequence": f"{why}{self.consequence}",
            "crumbs": crumbs(Crumb(self.row.name, self.cancel_url), Crumb("恢复")),
        }


class Forget(_NodePost):
    """Remove a node that was only written down."""

    button = "移除"

    def prepare(self, **kwargs: Any) -> None:
        self.row = node(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("node", args=[self.row.public_id])

    def check(self) -> None:
        if why := why_it_stays(self.row):
            raise DomainError(why, code="stays")

    def act(self) -> str:
        forget_node(actor=self.actor, node=self.row)
        self.say("已移除，节点代码和区划可以登记给别的平台。")
        return reverse("nodes")

    def context(self) -> dict[str, Any]:
        return {
            "title": f"移除“{self.row.name}”",
            "question": f"移除“{self.row.name}”（{self.row.code}）的登记？",
            "consequence": self._what_follows(),
            "crumbs": crumbs(Crumb(self.row.name, self.cancel_url), Crumb("移除")),
        }

    def _what_follows(self) -> str:
        if self.row.relation == Node.Relation.BELOW:
            through = f"“{self.row.via.name}”" if self.row.via else "下级平台"
            return (
                f"还没有收到过它的记录。{through}仍在列出它的，一分钟内会再登记。"
                "代码应归别的平台的，直接邀请即可，不必先移除，邀请后不再归它。"
            )
        if self.row.mode == Node.Mode.HOSTED:
            return "只移除“使用本平台”的登记；该区划的项目、人员和打卡仍在本平台，不受影响，随时可以再登记。"
        return "它还没有接入，没有任何记录和往来。没有用的邀请码随即作废，要接入须重新邀请。"


class RotateKeys(_NodePost):
    """New keys for this node."""

    question = "轮换本平台的签名和加密密钥？"
    button = "轮换"

    def prepare(self, **kwargs: Any) -> None:
        self.row = nodes(self.actor).filter(relation=Node.Relation.SELF).first()
        self.cancel_url = reverse("node", args=[self.row.public_id]) if self.row else reverse("nodes")

    def act(self) -> str:
        rotate_node_key(actor=self.actor)
        self.say("新密钥已生成，会在每次握手时告知相邻平台。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        days = int(parameter("federation.overlap_days"))
        return {
            "title": str(self.question),
            "consequence": f"旧密钥继续用 {days} 天，其间相邻平台通过握手自动取得新密钥，通信不中断。"
            "密钥已经外泄的不要轮换，请上级停用本平台并重新邀请。",
            "crumbs": crumbs(Crumb("轮换密钥")),
        }


class RestartLine(_NodePost):
    """Let a stopped line go on."""

    button = "恢复"

    def prepare(self, **kwargs: Any) -> None:
        self.node = node(self.actor, kwargs["public_id"])
        self.line = line_of(self.actor, self.node, kwargs["direction"], kwargs["stream"])
        self.cancel_url = reverse("node", args=[self.node.public_id])

    def check(self) -> None:
        require_stopped(self.line)

    def act(self) -> str:
        restart_line(actor=self.actor, line=self.line, from_beginning=False, now=timezone.now())
        self.say("已恢复，几秒内继续。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        what = {
            Line.State.FORKED: "对方收下的与本平台记得的不同，通常因为有一方从备份恢复。将重新起头，从一致处"
            "再报；对方按版本处理，不会重复，也不会覆盖更新的记录。之后请做一次对账。",
            Line.State.DEAD: "已超过最长重试时间。恢复后从断点继续。",
            Line.State.STUCK: "有报文连续处理失败。请先修复原因，再重新处理；修复不了的，可以申请整体不收。",
        }.get(Line.State(self.line.state), "这条数据流正在正常运行。")
        name = stream_in_words(self.line.stream)
        return {
            "title": f"恢复数据流：{name}",
            "question": f"恢复“{self.node.name}”的数据流“{name}”？",
            "consequence": f"{self.line.trouble} {what}".strip(),
            "crumbs": crumbs(Crumb(self.node.name, self.cancel_url), Crumb("恢复数据流")),
        }


class PassingForm(ScopedForm):
    """Why."""

    reason = forms.CharField(label="理由", max_length=200, help_text="另一位管理员据此决定，并告知报送平台")


class AskPassing(_OfNodes):
    """Ask that the envelope at which a line stands be refused whole."""

    form_class = PassingForm
    submit = "提交申请"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.line = line_of(
            self.actor, node(self.actor, kwargs["public_id"]), kwargs["direction"], kwargs["stream"]
        )
        self.cancel_url = reverse("node", args=[self.line.node.public_id])

    def act(self, form: Any) -> str:
        ask_passing(actor=self.actor, line=self.line, **form.cleaned_data)
        self.say("申请已提交，等另一位平台管理员同意。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": "申请整体不收",
            "lead": f"{self.line.trouble}原因修复不了的，可以整体不收这个报文：其中的记录都不写入，"
            "逐条告知报送平台被拒及理由，由它更正或重新报送；本流继续。须另一位平台管理员同意。",
            "crumbs": crumbs(Crumb(self.line.node.name, self.cancel_url), Crumb("申请整体不收")),
        }


class _Passing(_NodePost):
    def prepare(self, **kwargs: Any) -> None:
        self.line = line_of(
            self.actor, node(self.actor, kwargs["public_id"]), kwargs["direction"], kwargs["stream"]
        )
        self.cancel_url = reverse("node", args=[self.line.node.public_id])

    def context(self) -> dict[str, Any]:
        asked = passing_of(self.actor, self.line)
        said = f"申请人：{asked.passing_asked_label}，理由：{asked.passing_why}。" if asked else ""
        return {
            "title": str(self.question),
            "consequence": f"{said}{self.consequence}",
            "crumbs": crumbs(Crumb(self.line.node.name, self.cancel_url), Crumb(str(self.button))),
        }


class ApprovePassing(_Passing):
    """Refuse it whole, as another has asked."""

    question = "同意整体不收这个报文？"
    consequence = (
        "其中的记录都不写入，逐条告知报送平台被拒及理由；本流继续处理后面的报文。"
        "须由申请人以外的管理员同意，记入审计。"
    )
    button = "同意"

    def act(self) -> str:
        approve_passing(actor=self.actor, line=self.line)
        self.say("已同意，本流继续。")
        return self.cancel_url


class DeclinePassing(_Passing):
    """Leave it where it is."""

    question = "不同意（或撤回）整体不收的申请？"
    consequence = "本流仍停在这个报文，可以在修复原因后恢复。"
    button = "不同意"

    def act(self) -> str:
        decline_passing(actor=self.actor, line=self.line)
        self.say("申请已退回。")
        return self.cancel_url
