"""Asking whether a person is known, before enrolling: counted, limited, on record, and answered briefly.

The answer is new, known, or known under another name; and the work of that person that the asker may see
anyway. Nothing else: not where else somebody works, nor how often. Source: ground decisions, Identity.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min

from audit.services import record
from kernel import locks
from kernel.cipher import blind_index
from kernel.permits import require
from kernel.scoping import Actor
from projects.models import Project
from standards.selectors import parameter
from workers.errors import TooManyLookUps
from workers.models import Engagement, LookUp, Person
from workers.services.people import CITIZEN_CARD, PersonFacts, checked_name, checked_number, identity_index

NEW, KNOWN, OTHER_NAME = "new", "known", "other_name"
_HOUR = timedelta(hours=1)
# Two questions of one account at once are counted one after the other.


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up may tell: the state, and the person's work within the asker's own scope."""

    state: str
    work: list[Engagement] = field(default_factory=list)


@transaction.atomic
def look_up(
    *,
    actor: Actor,
    project: Project,
    number: str,
    name: str,
    today: date,
    now: datetime,
    id_type: str = CITIZEN_CARD,
    permission: str = "workers.enrol",
) -> Found:
    """Whether the holder of a document is known under this name, for somebody about to enrol or correct them.

    Raises NotPermitted, NotFound, BadContactFact, BadIdentity, TooManyLookUps. Forms ask before they
    act, so that a question stays counted and on record whatever becomes of the act.
    Source: ground decisions, Identity.
    """
    require(actor, permission, on=project)
    name = checked_name(name)
    facts = PersonFacts(name=name, number=number, id_type=id_type)
    known = counted_person(actor, project, facts, today, now)
    if known is None:
        return Found(NEW)
    if known.name != name:
        return Found(OTHER_NAME)
    own = Engagement.objects.visible_to(actor).filter(person=known)
    own = own.select_related("person", "project", "team", "participation__enterprise")
    return Found(KNOWN, list(own.order_by("-pk")))


def counted_person(
    asker: Actor, project: Project, facts: PersonFacts, today: date, now: datetime
) -> Person | None:
    """The person of a document, known or not, once the question is counted and on record.

    Raises BadIdentity, TooManyLookUps.
    """
    number, _sex, _born_on = checked_number(facts, today)
    index = identity_index(facts.id_type, number)
    known = Person.all_rows.filter(id_type=facts.id_type, id_index=index).first()
    if _is_new_question(asker, f"{facts.id_type}|{number}|{facts.name}", now):
        state = NEW if known is None else KNOWN if known.name == facts.name else OTHER_NAME
        record(asker, "workers.looked_up", project, found=state)
    return known


def _is_new_question(asker: Actor, question: str, now: datetime) -> bool:
    """Count a question, unless this account asked the same within the hour. Raises TooManyLookUps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [locks.LOOK_UPS, asker.key])
    LookUp.objects.filter(actor_key=asker.key, at__lte=now - _HOUR).delete()
    asked = LookUp.objects.filter(actor_key=asker.key)
    digest = blind_index("look_up", question)
    if asked.filter(digest=digest).exists():
        return False
    limit = int(parameter("enrol.lookups_per_hour"))
    if asked.count() >= limit:
        oldest = asked.aggregate(at=Min("at"))["at"] or now
        raise TooManyLookUps(limit, _minutes_until(oldest + _HOUR, now))
    LookUp.objects.create(actor_key=asker.key, digest=digest, at=now)
    return True


def _minutes_until(free_at: datetime, now: datetime) -> int:
    """Whole minutes, at least one."""
    return max(1, -(-int((free_at - now).total_seconds()) // 60))
