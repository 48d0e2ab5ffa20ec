"""What the roster methods share: finding the team, and rows that are carried out all or not at all."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from federation.open_api.calls import Call, Failed
from federation.open_api.elements import findings_of
from kernel.errors import DomainError
from kernel.masking import mask_id_number
from projects import uscc
from projects.models import Participation, Team
from workers.models import Engagement
from workers.services import identity_index, stored_number

NO_TEAM = "[teamSysNo]值超出范围或无效!本项目没有该班组,请用Team.Query查询,或先用Team.Add登记"
LINE = "\r\n"  # texts about stored data stand one to a line
Act = Callable[[Mapping[str, Any]], None]


def participation_of(call: Call) -> Participation:
    """The participation of the enterprise that the call names. Raises Failed."""
    if call.project is None:  # an enterprise's appid stands for no single project
        raise Failed("[projectCode]不能为空!")
    code = uscc.normalised(call.values["corpCode"])
    found = (
        Participation.objects.visible_to(call.actor)
        .filter(enterprise__uscc=code)
        .select_related("enterprise", "project__region")
        .first()
    )
    if found is None:
        raise Failed(
            f"[corpCode]值超出范围或无效!{code}不是本项目的参建单位,请先用ProjectSubContractor.Add登记"
        )
    if found.enterprise.name != call.values["corpName"]:
        raise Failed(f"[corpName]与统一社会信用代码不符!该代码登记的名称为{found.enterprise.name}")
    return found


def team_of(call: Call) -> Team:
    """The team of this project whose number the call gives. Raises Failed."""
    found = (
        Team.objects.visible_to(call.actor)
        .filter(number=call.values["teamSysNo"])
        .select_related("participation__enterprise", "participation__project__region")
        .first()
    )
    if found is None:
        raise Failed(NO_TEAM)
    return found


def team_of_enterprise(call: Call) -> Team:
    """The same, belonging to the enterprise that the call names. Raises Failed."""
    participation, team = participation_of(call), team_of(call)
    if team.participation_id != participation.pk:
        owner = team.participation.enterprise
        raise Failed(f"[teamSysNo]值超出范围或无效!该班组属于{owner.name}({owner.uscc}),与corpCode不一致")
    return team


def engagements_of(call: Call, rows: Sequence[Mapping[str, Any]]) -> dict[str, Engagement]:
    """The active engagements on the project by the identity number that each row gives."""
    found = Engagement.objects.visible_to(call.actor).filter(ended_at=None)
    return _by_number(rows, found)


def people_of(call: Call, rows: Sequence[Mapping[str, Any]]) -> dict[str, Engagement]:
    """The same for what concerns also those who have left, as wages do.

    Of several engagements of one person it is the active one, or the last.
    """
    found = Engagement.objects.visible_to(call.actor)
    return _by_number(rows, found.order_by(F("ended_at").asc(nulls_last=True), "pk"))


def _by_number(rows: Sequence[Mapping[str, Any]], found: "QuerySet[Engagement]") -> dict[str, Engagement]:
    index = {row["idCardNumber"]: identity_index(row["idCardType"], row["idCardNumber"]) for row in rows}
    found = found.filter(person__id_index__in=set(index.values()))
    known = {
        bytes(one.person.id_index): one for one in found.select_related("person", "project__region", "team")
    }
    return {number: known[sought] for number, sought in index.items() if sought in known}


def require_known(
    rows: Sequence[Mapping[str, Any]],
    known: Mapping[str, Engagement],
    wording: Callable[[Mapping[str, Any]], str],
) -> None:
    """Name every row whose person is not among the known. Raises Failed."""
    if strangers := [row for row in rows if row["idCardNumber"] not in known]:
        raise Failed(LINE.join(dict.fromkeys(wording(row) for row in strangers)))


def require_each_once(rows: Sequence[Mapping[str, Any]], path: str) -> None:
    """One row for each person. Raises Failed, naming the row that comes again."""
    seen: set[str] = set()
    for index, row in enumerate(rows):
        number = stored_number(row["idCardType"], row["idCardNumber"])
        if number in seen:
            raise Failed(f"[{path}][{index}][idCardNumber]与本次其他行重复!每人每次只能有一行")
        seen.add(number)


def all_or_nothing(
    rows: Sequence[Mapping[str, Any]], act: Act, wording: Callable[[int, Any, DomainError], str]
) -> None:
    """Do `act` for every row and name every row that is refused; if one is, none stays.

    Raises Failed.
    """
    troubles: list[str] = []
    findings: list[dict[str, Any]] = []
    for index, row in enumerate(rows):
        try:
            with transaction.atomic():
                act(row)
        except DomainError as refused:
            troubles.append(wording(index, row, refused))
            findings += findings_of(refused, index)
    if troubles:
        raise Failed(LINE.join(dict.fromkeys(troubles)), findings)


def stranger(row: Mapping[str, Any]) -> str:
    """The sentence for somebody who was never registered on the project."""
    masked = mask_id_number(row["idCardNumber"])
    return (
        f"没有找到证件类型为{row['idCardType']},证件号码为{masked}的对应信息,上传失败!"
        "请先用ProjectWorker.Add登记该工人"
    )
