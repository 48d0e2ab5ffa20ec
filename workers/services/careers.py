"""A worker opens the own career to the next site by a code; the site's clerk reads it, once and for a while.

Source: 鄂建文〔2019〕27号 二(三); product W7.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Min

from audit.services import record
from kernel.cipher import keyring
from kernel.permits import require
from kernel.scoping import Actor
from kernel.text import compact
from projects.models import Participation, Project
from standards.selectors import parameter
from workers.errors import CareerCodeRefused, CareerEndingMissing, TooManyCareerCodes, TooManyCareerTries
from workers.models import CareerCode, CareerReading, CareerTry, Person

OWN = "own.view"
READ = "workers.enrol"
FIGURES: Final = 6
_ENDING: Final = 4
# Some 130 bits, in signs that a scanner types alike on every keyboard.
_SIGNS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LENGTH: Final = 26
_SECRET = re.compile(rf"[{_SIGNS}]{{{_LENGTH}}}\Z")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the worker's phone shows: the secret of the picture, and six figures to be read out."""

    code: CareerCode
    secret: str
    figures: str

    def __repr__(self) -> str:
        return f"<Shown {self.code.pk}>"


@transaction.atomic
def open_career(*, actor: Actor, now: datetime) -> Shown:
    """A fresh code to the worker's own career; the one shown before opens nothing any more.

    Raises NotPermitted, TooManyCareerCodes.
    """
    require(actor, OWN)
    person = Person.objects.visible_to(actor, OWN).select_for_update(of=("self",)).get()
    limit = int(parameter("career.codes_per_hour"))
    if person.career_codes.filter(opened_at__gt=now - _HOUR).count() >= limit:
        raise TooManyCareerCodes(limit)
    person.career_codes.filter(used_at=None, closed_at=None).update(closed_at=now)
    secret = "".join(secrets.choice(_SIGNS) for _sign in range(_LENGTH))
    figures = f"{secrets.randbelow(10**FIGURES):0{FIGURES}d}"
    code = CareerCode.objects.create(
        person=person,
        digest=_digest(secret),
        figures_digest=_digest_of_figures(figures, person.id_number[-4:]),
        opened_at=now,
        expires_at=now + timedelta(minutes=parameter("career.code_minutes")),
    )
    record(actor, "workers.career_opened", person)
    return Shown(code, secret, figures)


@transaction.atomic
def close_career(*, actor: Actor, now: datetime) -> int:
    """Take back every code that is open and end every reading that goes on; how many. Raises NotPermitted."""
    require(actor, OWN)
    person = Person.objects.visible_to(actor, OWN).select_for_update(of=("self",)).get()
    codes = person.career_codes.filter(used_at=None, closed_at=None, expires_at__gt=now)
    readings = CareerReading.all_rows.filter(code__person=person, closed_at=None, expires_at__gt=now)
    number = codes.update(closed_at=now) + readings.update(closed_at=now)
    record(actor, "workers.career_closed", person, rows=number)
    return number


def shown_code(asker: Actor, text: str, last_four: str, now: datetime) -> CareerCode:
    """The open code that was scanned, or typed together with the last four signs of the document.

    A guess is counted whatever becomes of the form it was typed into, so ask before acting; what cannot be a
    code is none. Raises CareerCodeRefused, CareerEndingMissing, TooManyCareerTries.
    """
    digest = _looked_for(text, last_four)
    if not digest:
        raise CareerCodeRefused
    _require_few(asker, now)
    rows = CareerCode.all_rows.filter(used_at=None, closed_at=None, expires_at__gt=now)
    found = list(rows.filter(**digest)[:2])
    if len(found) != 1:
        CareerTry.objects.create(actor_key=asker.key, at=now)
        raise CareerCodeRefused
    return found[0]


@transaction.atomic
def read_career(*, actor: Actor, project: Project, code: CareerCode, now: datetime) -> CareerReading:
    """Use a shown code up: whoever enrols on this project may read that one career for a while.

    Raises NotPermitted, NotFound, CareerCodeRefused.
    """
    require(actor, READ, on=project)
    held = CareerCode.all_rows.select_for_update(of=("self",)).select_related("person").get(pk=code.pk)
    if held.used_at is not None or held.closed_at is not None or held.expires_at <= now:
        raise CareerCodeRefused
    held.used_at = now
    held.save(update_fields=["used_at"])
    reading = CareerReading.objects.create(
        code=held,
        project=project,
        participation=_own_part(actor, project),
        reader_key=actor.key,
        reader=actor.label,
        read_at=now,
        expires_at=now + timedelta(minutes=parameter("career.reading_minutes", project.region)),
    )
    # By the person and not by any work: the line lies where the reader does, and nowhere on earlier sites.
    record(actor, "workers.career_code_read", held.person)
    return reading


@transaction.atomic
def forget_tries(now: datetime) -> int:
    """Delete wrong codes that count towards no limit any more; how many."""
    return CareerTry.objects.filter(at__lt=now - _HOUR).delete()[0]


def _own_part(actor: Actor, project: Project) -> Participation | None:
    """The participation to which the reader's post is tied, where it does not see the project as a whole."""
    reach = actor.reach(READ)
    whole = project.public_id in reach.projects
    if whole or project.region.path.startswith(tuple(reach.region_paths) or ("-",)):
        return None
    return Participation.all_rows.filter(project=project, public_id__in=reach.participations).first()


def _require_few(asker: Actor, now: datetime) -> None:
    tries = CareerTry.objects.filter(actor_key=asker.key, at__gt=now - _HOUR)
    if tries.count() >= int(parameter("career.tries_per_hour")):
        oldest = tries.aggregate(at=Min("at"))["at"] or now
        raise TooManyCareerTries(max(1, -(-int((oldest + _HOUR - now).total_seconds()) // 60)))


def _looked_for(text: str, last_four: str) -> dict[str, bytes]:
    """The digest to look for: of the secret at the end of what was scanned, or of figures and four signs.

    Raises CareerEndingMissing.
    """
    plain, ending = compact(text), compact(last_four).upper()
    if secret := _SECRET.search(plain.upper()):
        return {"digest": _digest(secret[0])}
    if len(plain) == FIGURES and plain.isascii() and plain.isdecimal():
        if len(ending) != _ENDING:
            raise CareerEndingMissing
        return {"figures_digest": _digest_of_figures(plain, ending)}
    return {}


def _digest(secret: str) -> bytes:
    return keyring().blind_index("career_code", secret)


def _digest_of_figures(figures: str, last_four: str) -> bytes:
    return keyring().blind_index("career_figures", f"{figures}|{last_four.upper()}")
