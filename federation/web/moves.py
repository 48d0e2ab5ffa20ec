"""迁移: a county between its parent's platform and its own; begun, watched, switched or given up here."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.roles import ROLES
from federation.compare_words import kind_said
from federation.models import Move, Node
from federation.node_words import MOVE_STATES, MOVED, move_in_words
from federation.selectors.moves import gates_there, move, posts_there
from federation.selectors.nodes import MANAGE_NODES, node
from federation.services import abort_migration, begin_migration, switch_migration
from federation.services.moving import direction, require_movable, require_ready
from federation.travel.trees import COMPARED
from federation.web.nodes import crumbs
from web.acts import PostPage
from web.navigation import Crumb
from web.pages import Page

_SHOWN = 200
_OUT = Node.Mode.SELF_BUILT


class _Asking(PostPage):
    permission = MANAGE_NODES
    section = "nodes"


class Begin(_Asking):
    """Begin to move a county to its own platform, or back."""

    def prepare(self, **kwargs: Any) -> None:
        self.row = node(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("node", args=[self.row.public_id])
        self.to = direction(self.row)
        self.button = move_in_words(self.row, self.to)

    def check(self) -> None:
        require_movable(self.row, self.to)

    def act(self) -> str:
        begun = begin_migration(actor=self.actor, node=self.row)
        self.say("迁移已开始。下级平台最多一分钟后响应，之后自动进行。")
        return reverse("move", args=[begun.public_id])

    def context(self) -> dict[str, Any]:
        owner, other = ("本平台", "它的自建平台") if self.to == _OUT else ("它的自建平台", "本平台")
        return {
            "title": f"{self.row.name}：{self.button}",
            "question": f"{self.row.name}：{self.button}？",
            "consequence": f"从现在起，{owner}暂停办理该地区的业务，打卡照常接收。"
            f"该地区的记录和打卡传到{other}，"
            "两边数量和摘要一致后由您确认切换，归属才改变。切换前可以放弃，一切照旧。"
            "账号和设备密钥不会迁移，须在新平台另行开通。",
            "crumbs": crumbs(Crumb(self.row.name, self.cancel_url), Crumb(str(self.button))),
        }


class OneMove(Page):
    """How far a move is: the counts of both sides, the gates to turn, and who needs an account."""

    permission = MANAGE_NODES
    section = "nodes"
    template_name = "federation/move.html"

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        row = move(self.actor, public_id)
        is_parent_here = row.node.relation == Node.Relation.CHILD
        gates = gates_there(self.actor, row)
        posts = posts_there(self.actor, row)
        is_leaving = is_parent_here is (row.to == _OUT)
        return self.show(
            {
                "title": f"{row.node.name}：{MOVED[Node.Mode(row.to)]}",
                "crumbs": crumbs(
                    Crumb(row.node.name, reverse("node", args=[row.node.public_id])), Crumb("迁移")
                ),
                "as_of": timezone.now(),
                "move": row,
                "state": MOVE_STATES[Move.State(row.state)],
                "what": _what(row, is_parent_here=is_parent_here),
                "counts": _counts(row, is_parent_here=is_parent_here),
                "gates": gates[:_SHOWN],
                "gate_number": gates.count(),
                "is_leaving": is_leaving,
                "posts": [(post, _role(post.role)) for post in posts[:_SHOWN]] if is_leaving else [],
                "post_number": posts.count() if is_leaving else 0,
                "may_switch": is_parent_here and row.state == Move.State.READY,
                "may_abort": row.is_open and (is_parent_here or row.may_be_aborted),
            }
        )


def _role(role: str) -> str:
    known = ROLES.get(role)
    return known.title if known else role


def _what(row: Move, *, is_parent_here: bool) -> str:
    """What goes on, and what somebody has to do."""
    child = "下级平台" if is_parent_here else "本平台"
    here = "由您点“切换”后" if is_parent_here else "由上级平台管理员确认切换后"
    return {
        Move.State.BEGUN: f"等{child}在下一次握手时响应，最多一分钟；已在途的业务办完后开始。",
        Move.State.FILLING: "数据正在传送，关闭本页不影响。该地区暂停办理业务，打卡照常接收。",
        Move.State.COUNTING: "两边各自按类清点数量、计算摘要，一致后才能切换。",
        Move.State.READY: f"两边数量和摘要一致。{here}归属改变，新的所有者即可办理。"
        "请先备好新平台的账号和设备密钥。",
        Move.State.SWITCHING: f"等{child}完成最后一步，通常几秒。",
        Move.State.DONE: "归属已经改变。请把下列考勤设备改为连接新平台；没有改之前的打卡会自动转过去。",
        Move.State.ABORTED: "已放弃，归属没有改变，业务照常办理。"
        "新平台已收到的副本保留为只读，再次迁移时接着用。",
    }[Move.State(row.state)]


def _counts(row: Move, *, is_parent_here: bool) -> list[dict[str, Any]]:
    """Each kind as both sides count it."""
    mine, theirs = row.sums, row.other_sums
    above, below = (mine, theirs) if is_parent_here else (theirs, mine)
    found = []
    for kind in COMPARED:
        one, other = below.get(kind), above.get(kind)
        if (one or other) and not (one and other and one[0] == other[0] == 0):
            found.append(
                {
                    "name": kind_said(kind),
                    "below": one,
                    "above": other,
                    "is_equal": list(one or ()) == list(other or ()),
                    "is_known": bool(one and other),
                }
            )
    return found


class _OnMove(_Asking):
    def prepare(self, **kwargs: Any) -> None:
        self.row = move(self.actor, kwargs["public_id"])
        self.cancel_url = reverse("move", args=[self.row.public_id])

    def _crumbs(self, tail: str) -> list[Crumb]:
        name = self.row.node.name
        return crumbs(
            Crumb(name, reverse("node", args=[self.row.node.public_id])),
            Crumb("迁移", self.cancel_url),
            Crumb(tail),
        )


class Switch(_OnMove):
    """Let the rows change hands."""

    button = "切换"

    def check(self) -> None:
        require_ready(self.row)

    def act(self) -> str:
        switch_migration(actor=self.actor, move=self.row)
        self.say("正在切换，通常几秒后完成。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        number = sum(one[0] for one in self.row.sums.values())
        owner = "它的自建平台" if self.row.to == _OUT else "本平台"
        return {
            "title": f"切换：{self.row.node.name}",
            "question": f"把“{self.row.node.name}”的记录改由{owner}管理？",
            "consequence": f"两边一致，共 {number} 条。"
            "切换后另一方的记录成为只读副本；要改回，须再迁移一次。",
            "crumbs": self._crumbs("切换"),
        }


class Abort(_OnMove):
    """Give up a move."""

    button = "放弃迁移"

    def act(self) -> str:
        abort_migration(actor=self.actor, move=self.row)
        self.say("已放弃迁移，归属没有改变，业务可以照常办理。")
        return self.cancel_url

    def context(self) -> dict[str, Any]:
        return {
            "title": f"放弃迁移：{self.row.node.name}",
            "question": f"放弃“{self.row.node.name}”的迁移？",
            "consequence": "归属不变，该地区恢复办理业务。新平台已收到的副本保留为只读，以后再迁移时接着用。",
            "crumbs": self._crumbs("放弃"),
        }
