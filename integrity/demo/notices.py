"""Writing the demo world's notices through the acts themselves, each at its own hour."""

from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

from django.conf import settings
from PIL import Image, ImageDraw

from accounts.actors import UserActor
from accounts.models import User
from attendance.demo.ids import born
from attendance.selectors.clock import current_day
from integrity import services
from integrity.demo.script import ACCEPTED, ANSWERS, RETURNED, SCENES, Scene
from integrity.models import SupervisionNotice
from integrity.rules import site_date
from integrity.selectors.gaps import site_gaps
from integrity.services import AnswerFacts
from kernel.scoping import Reach
from projects.models import Project
from web.uploads import Kept, check_file

_BECAUSE = "the demo world is written for everybody; nobody reads"
_PROVINCE = "420000/"


class Hand:
    """Whoever supervises and answers on demo projects that have no account of their own."""

    kind = "system"
    key = "demo"

    def __init__(self, label: str) -> None:
        self.label = label

    def may(self, permission: str) -> bool:
        return True

    def reach(self, permission: str) -> Reach:
        return Reach(region_paths=frozenset({_PROVINCE}))


def write_notices(as_of: datetime) -> None:
    """Each scene up to `as_of`, once; a world that has notices already stays as it is."""
    rows = SupervisionNotice.objects.unscoped(because=_BECAUSE)
    if not settings.SYNTHETIC_PEOPLE or rows.exists():
        return
    for number, scene in enumerate(SCENES):
        projects = Project.objects.unscoped(because=_BECAUSE).select_related("region", "contractor")
        found = projects.filter(code=scene.project).first() or projects.filter(name=scene.project).first()
        if found is not None:
            _play(scene, found, as_of, Random(f"notice/{number}"))  # noqa: S311  # a demo, not a secret
    services.settle_notices(as_of)


def _play(scene: Scene, project: Project, as_of: datetime, rng: Random) -> None:
    at = as_of - timedelta(hours=scene.hours_ago)
    supervisor, clerk = _actors(project, at)
    day = current_day(project.region, at)
    present = [gap.key for gap in site_gaps(supervisor, project.public_id, day, at).gaps]
    gaps = [key for key in scene.gaps if key in present] or present[:2]
    if not gaps:
        return
    draft = services.draft_notice(actor=supervisor, project=project, gaps=gaps, day=day, now=at)
    _named(draft, rng, at)
    notice = services.issue_notice(
        actor=supervisor,
        notice=draft,
        deadline_on=site_date(at) + timedelta(days=scene.days),
        day=day,
        now=at,
    )
    round_of = 0
    for act, hours in scene.steps:
        now = at + timedelta(hours=hours)
        if act == "reply":
            _reply(notice, clerk, ANSWERS[round_of], now)
            round_of += 1
        else:
            _act(act, notice, supervisor, clerk, now)


def _named(draft: SupervisionNotice, rng: Random, at: datetime) -> None:
    """The same ids from the same seed."""
    draft.public_id = born(rng, at)
    draft.save(update_fields=["public_id"])
    for item in draft.items.all():
        item.public_id = born(rng, at)
        item.save(update_fields=["public_id"])


def _act(act: str, notice: SupervisionNotice, supervisor: Any, clerk: Any, now: datetime) -> None:
    if act == "read":
        services.mark_read(actor=clerk, notice=notice, now=now)
    elif act == "accept":
        services.accept_reply(actor=supervisor, notice=notice, now=now, note=ACCEPTED)
    else:
        services.return_reply(
            actor=supervisor,
            notice=notice,
            reason=RETURNED,
            deadline_on=site_date(now) + timedelta(days=2),
            now=now,
        )


def _reply(notice: SupervisionNotice, clerk: Any, text: str, now: datetime) -> None:
    answers = {
        item.position: AnswerFacts(text, (_photo(item.title, now),) if item.position == 1 else ())
        for item in notice.items.all()
    }
    services.reply_notice(actor=clerk, notice=notice, answers=answers, now=now)


def _photo(title: str, at: datetime) -> Kept:
    """A drawn sheet of paper with signatures, where a real site would photograph one."""
    sheet = Image.new("RGB", (800, 600), "#8c8578")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((120, 60, 680, 560), fill="#f7f4ea", outline="#c9c2b0")
    for line in range(9):
        pen.line((170, 130 + 42 * line, 630 - 37 * (line * 5 % 4), 130 + 42 * line), fill="#55504a", width=4)
    rng = Random(f"{title}/{at:%Y%m%d}")  # noqa: S311  # a demo, not a secret
    pen.line([(470 + 12 * step, 520 + rng.randint(-14, 14)) for step in range(14)], fill="#23418a", width=3)
    drawn = BytesIO()
    sheet.save(drawn, "JPEG", quality=80)
    return check_file(drawn.getvalue(), name="签字页.jpg", kinds=("image",))


def _actors(project: Project, at: datetime) -> tuple[Any, Any]:
    """The demo accounts of a project, or hands in their place."""
    users = {user.username: user for user in User.objects.filter(username__in=("supervisor", "clerk"))}
    found: list[Any] = []
    for name, label in (("supervisor", "项目监理机构"), ("clerk", "施工项目部")):
        actor = UserActor.of(users[name], at) if name in users else None
        is_theirs = actor is not None and project.public_id in actor.reach("integrity.view").projects
        found.append(actor if is_theirs else Hand(label))
    return found[0], found[1]
