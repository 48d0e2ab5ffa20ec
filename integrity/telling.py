"""Messages about a notice to the other sides, inside the product and by whatever delivers outside."""

from django.urls import reverse

from accounts.models import User
from integrity.models import SupervisionNotice
from integrity.rules import day_ended_by
from integrity.selectors.notices import ADDRESSEE, ISSUE, OWNER, REPLY, SUPERVISOR
from integrity.wording import until
from projects.services import OWNER as OWNER_KIND
from web.messages import Audience, tell

_TEXTS = {
    "issued": "{project}：收到监理通知单 {number}，{items} 项，限 {until} 前整改并回复。",
    "delivered": "{project}：监理通知单 {number} 已由施工单位签收。",
    "replied": "{project}：监理通知单 {number} 已回复，请复查。",
    "returned": "{project}：监理通知单 {number} 的回复被退回，请按退回理由整改，限 {until} 前再次回复。",
    "extended": "{project}：监理通知单 {number} 延期至 {until}。",
    "overdue": "{project}：监理通知单 {number} 逾期未整改，原限 {until}。",
    "closed": "{project}：监理通知单 {number} 整改已被接受，通知单闭合。",
}
# Who hears of what, beside the side that did it. The owner hears of what concerns its project as a whole.
_HEARERS = {
    "issued": (ADDRESSEE, OWNER),
    "delivered": (SUPERVISOR,),
    "replied": (SUPERVISOR,),
    "returned": (ADDRESSEE,),
    "extended": (ADDRESSEE, OWNER),
    "overdue": (ADDRESSEE, SUPERVISOR, OWNER),
    "closed": (ADDRESSEE, OWNER),
}


def tell_sides(notice: SupervisionNotice, kind: str, by_side: str | None) -> None:
    """Leave a message for every side that `kind` concerns, but for the one that acted."""
    users: dict[int, User] = {}
    for side in _HEARERS[kind]:
        if side != by_side:
            users |= {user.pk: user for user in _members(notice, side)}
    text = _TEXTS[kind].format(
        project=notice.project.name,
        number=notice.number,
        items=notice.items.count() if kind == "issued" else "",
        until=until(day_ended_by(notice.deadline_at)) if notice.deadline_at else "",
    )
    url = reverse("notice", args=[notice.public_id])
    tell(
        Audience(users=list(users.values())),
        kind=f"integrity.notice_{kind}",
        text=text,
        url=url,
        about=str(notice.public_id),
    )


def _members(notice: SupervisionNotice, side: str) -> list[User]:
    found = _audience(notice, side).members()
    if side != OWNER:
        return found
    # Whoever supervises or builds may look at the project as well, and is told as such.
    others = {user.pk for other in (SUPERVISOR, ADDRESSEE) for user in _audience(notice, other).members()}
    return [user for user in found if user.pk not in others]


def _audience(notice: SupervisionNotice, side: str) -> Audience:
    project = notice.project
    if side == SUPERVISOR:
        return Audience(permission=ISSUE, project=project.public_id)
    if side == ADDRESSEE:
        return Audience(
            permission=REPLY,
            project=project.public_id,
            enterprises=frozenset({project.contractor.public_id}),
            participations=frozenset({notice.addressee.public_id}),
        )
    owners = project.participations.filter(kind=OWNER_KIND)
    return Audience(
        permission="integrity.view",
        project=project.public_id,
        enterprises=frozenset(owners.values_list("enterprise__public_id", flat=True)),
    )
