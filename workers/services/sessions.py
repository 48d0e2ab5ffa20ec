"""Trainings of a project as other systems report them: one session, its files, and who attended."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from audit.services import record
from kernel.cipher import keyring
from kernel.errors import NotFound
from kernel.files import NamedFile
from kernel.permits import require
from kernel.scoping import Actor
from outbox.services import announce
from projects.models import Project
from workers.models import Engagement, TrainingFile, TrainingSession
from workers.services.papers import TrainingFacts, kept_training, require_sensible_training


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What was taught, when and for how many hours, by whom and where."""

    kind: str
    name: str
    held_on: date
    hours: Decimal
    trainer: str = ""
    organisation: str = ""
    place_name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Attended:
    """One person at a session, and how it went."""

    engagement: Engagement
    is_passed: bool
    score: Decimal | None = None


@transaction.atomic
def report_training_session(
    *,
    actor: Actor,
    project: Project,
    facts: SessionFacts,
    attended: Sequence[Attended],
    files: Sequence[NamedFile],
    today: date,
) -> TrainingSession:
    """Keep a session and the training of everybody who attended it; the same report again changes nothing.

    Raises NotPermitted, NotFound if one of them lies outside the actor's scope, BadPaper.
    Source: 鄂建文〔2019〕27号 一(八); 建市〔2019〕18号 第八条.
    """
    require(actor, "workers.file", on=project)
    _require_own(actor, project, attended)
    of_each = TrainingFacts(facts.kind, facts.held_on, facts.hours, trainer=facts.trainer)
    require_sensible_training(of_each, today)
    # One at a time per project, so that one report sent twice at once is kept once.
    Project.all_rows.select_for_update(of=("self",)).get(pk=project.pk)
    digest = _digest(facts, attended, files)
    if known := TrainingSession.all_rows.filter(project=project, digest=digest).first():
        return known
    session = _kept(actor, project, facts, digest, files)
    for one in attended:
        proof = files[0].address if files else ""
        taken = TrainingFacts(facts.kind, facts.held_on, facts.hours, one.is_passed, facts.trainer, proof)
        kept_training(actor, one.engagement, taken, session=session, score=one.score)
    return session


def _require_own(actor: Actor, project: Project, attended: Sequence[Attended]) -> None:
    keys = {one.engagement.pk for one in attended}
    own = Engagement.objects.visible_to(actor, "workers.file").filter(pk__in=keys, project=project)
    if own.count() != len(keys):
        raise NotFound


def _kept(
    actor: Actor, project: Project, facts: SessionFacts, digest: bytes, files: Sequence[NamedFile]
) -> TrainingSession:
    session = TrainingSession.objects.create(
        project=project,
        kind=facts.kind,
        name=facts.name,
        held_on=facts.held_on,
        hours=facts.hours,
        trainer=facts.trainer,
        organisation=facts.organisation,
        place_name=facts.place_name,
        description=facts.description,
        digest=digest,
        recorded_by=actor.label,
    )
    TrainingFile.objects.bulk_create(
        TrainingFile(session=session, position=position, name=one.name, address=one.address)
        for position, one in enumerate(files)
    )
    record(actor, "workers.training_session_reported", session, training_kind=facts.kind)
    announce("workers.training_session_reported.v1", key=session.public_id)
    return session


def _digest(facts: SessionFacts, attended: Sequence[Attended], files: Sequence[NamedFile]) -> bytes:
    people = sorted((one.engagement.pk, one.is_passed, str(one.score)) for one in attended)
    said = [facts.kind, facts.name, facts.held_on, facts.hours.normalize(), facts.trainer]
    said += [facts.organisation, facts.place_name, facts.description, people, list(files)]
    return keyring().blind_index("training_session", json.dumps(said, default=str))
