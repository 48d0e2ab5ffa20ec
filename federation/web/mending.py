"""How the owner of a record corrects it: the form that changes a field, or, where there is none, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from federation.corrections import field_label
from federation.models import ChangeProposal
from federation.selectors.corrections import copied_row
from kernel.errors import NotFound
from kernel.scoping import Actor
from projects.services import correctable_facts

_BY_STAFF = "由该项目的总承包项目管理员或劳资专管员在记录页面办理。"
_BY_SYSTEM = "本平台没有这一项的修改页面，由申报单位经实名制系统接口重新报送。"
_BY_REGISTER = "本平台没有这一项的修改页面：{}以登记机关为准，请报其在四库一平台更正，取数后本平台自动更新。"

_BY_NEW_SESSION = "培训场次不能修改：还没有结束的，取消后重新安排；已结束的，在记录页面更正各人的培训记录。"


@dataclass(frozen=True, slots=True)
class Way:
    """The form for a field ("" where the reader has none), and how else it is corrected."""

    url: str
    told: str


def way_of(actor: Actor, wish: ChangeProposal) -> Way:
    """How what a request speaks of is corrected at this node, as far as the reader may."""
    if not wish.field:
        # In words it may be anything: all acts on a record stand on its page.
        return Way("", "")
    if told := _UNFORMED.get((wish.object, wish.field)):
        return Way("", told)
    known = _WAYS.get(wish.object)
    if known is None:
        return Way("", "")
    permission, url = known
    if not actor.may(permission):
        return Way("", _BY_STAFF)
    try:
        row = copied_row(actor, wish.object, wish.row)
    except NotFound:
        return Way("", "")
    return url(row, wish.field)


def _form(name: str) -> Callable[[Any, str], Way]:
    return lambda row, _field: Way(reverse(name, args=[row.public_id]), "")


def _stay(edit: str, end: str, resume: str) -> Callable[[Any, str], Way]:
    """A participation or team: the day it left is the business of other forms than its facts."""

    def way(row: Any, field: str) -> Way:
        if field != "exited_on":
            return Way(reverse(edit, args=[row.public_id]), "")
        if row.exited_on is None:
            return Way(reverse(end, args=[row.public_id]), "")
        told = "退场日期有误的，先恢复在场，再按正确的日期办理退场。"
        return Way(reverse(resume, args=[row.public_id]), told)

    return way


def _project(row: Any, field: str) -> Way:
    if field not in correctable_facts(row):
        return Way("", _BY_REGISTER.format(field_label("project", field)))
    return Way(reverse("project_correct", args=[row.public_id]), "")


# The forms of each kind: the permission of their pages, and which of them.
_WAYS: Mapping[str, tuple[str, Callable[[Any, str], Way]]] = {
    "project": ("projects.state", _project),
    "participation": (
        "projects.manage_participation", _stay("party_edit", "party_end", "party_resume"),
    ),
    "team": ("projects.manage_team", _stay("team_edit", "team_end", "team_resume")),
    "engagement": ("workers.enrol", _form("edit_person")),
    "contract": ("workers.file", _form("replace_contract")),
    "training": ("workers.file", _form("replace_training")),
}  # fmt: skip
_UNFORMED: Mapping[tuple[str, str], str] = {
    ("enterprise", "name"): _BY_REGISTER.format("企业名称"),
    **{
        ("permit", name): _BY_REGISTER.format(label)
        for name, label in (("works_name", "工程名称"), ("issued_on", "发证日期"), ("amount", "合同价格"))
    },
    ("engagement", "issuing_authority"): _BY_SYSTEM,
    ("engagement", "gate_card"): _BY_SYSTEM,
    ("contract", "number"): _BY_SYSTEM,
    **{("training_session", name): _BY_NEW_SESSION for name in ("name", "held_on", "hours", "trainer")},
}
