"""The impact check of a draft: asked for, kept with the version, and whether it still holds."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.errors import DomainError
from kernel.scoping import Actor
from standards.effective import layer_of
from standards.models import StandardVersion
from web.editor.models import ImpactCheck
from web.exports.services import AWAY

log = structlog.get_logger(__name__)
State = ImpactCheck.State
RUN = "web.tasks.check_impact"


class NoImpact(DomainError):
    """A draft goes to review only after it was held against the records that are there."""

    code = "no_impact_check"
    field: str | None = None

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)


class UnderWay(DomainError):
    """One check of a version runs at a time."""

    code = "under_way"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("影响检查正在进行，请等它完成；草案改动后，完成的结果会标为过时，再查一次即可。"))


def digest_of(version: StandardVersion) -> str:
    """What the version says, as one number: any change of it makes a check stale."""
    layer = layer_of(version)
    said: dict[str, list[Any]] = {
        "elements": [asdict(one) for one in layer.elements],
        "rules": [asdict(one) for one in layer.rules],
        "demands": [[*key, asdict(one)] for key, one in sorted(layer.demands.items())],
        "items": [asdict(one) for one in layer.items],
    }
    for part in (*said["elements"], *said["rules"], *(one[-1] for one in said["demands"])):
        part.pop("version", None)
        part.pop("position", None)
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else str(value)


def latest_check(version: StandardVersion) -> ImpactCheck | None:
    """The check that was asked for last; None where none was."""
    return ImpactCheck.objects.filter(version=version).order_by("-asked_at", "-pk").first()


def why_shut(version: StandardVersion, check: ImpactCheck | None) -> str:
    """Why the version cannot be submitted as far as its impact goes; "" where it can."""
    if check is None:
        return _("还没有做影响检查。请先检查，看有多少项目和记录会受影响，再送审。")
    if check.is_open:
        return _("影响检查正在进行，完成后才能送审。")
    if check.state == State.FAILED:
        return _("影响检查没有做成：{problem}请再查一次。").format(problem=check.problem)
    if check.digest != digest_of(version):
        return _("草案在影响检查之后又改过，结果已过时。请再查一次，再送审。")
    return ""


def require_impact(version: StandardVersion) -> None:
    """Raises NoImpact unless the last check is done and of the draft as it stands."""
    if sentence := why_shut(version, latest_check(version)):
        raise NoImpact(sentence)


@transaction.atomic
def begin_check(*, version: StandardVersion, actor: Actor) -> ImpactCheck:
    """Let a worker hold the draft against the records there are; the caller has judged who asks.

    Raises UnderWay.
    """
    held = StandardVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if ImpactCheck.objects.filter(version=held, state__in=(State.WAITING, State.RUNNING)).exists():
        raise UnderWay
    check = ImpactCheck.objects.create(
        version=held,
        digest=digest_of(held),
        on=held.effective_from or timezone.localdate(),
        asked_by=actor.key,
        asked_label=actor.label[:120],
        asked_at=timezone.now(),
    )
    transaction.on_commit(lambda: send(check.pk), robust=True)
    return check


def send(check_pk: int) -> None:
    """Ask the worker; while the queue is away the sweep will find it."""
    try:
        current_app.send_task(RUN, [check_pk], expires=60)
    except AWAY as error:
        log.warning("impact.not_queued", check=check_pk, why=type(error).__name__)
