"""How far what came with an enrolment is believed: a signed reading, one that nobody signed, typing.

Source: product 2.5-c (a typed number is visibly weaker than a chip's, for ever); decision 127.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext as _

from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.scoping import Actor
from projects.models import Project
from standards.selectors import parameter
from web.uploads import check_file
from workers import reading as cards
from workers.models import CollectionPoint, IdentityCheck
from workers.services.particulars import ParticularFacts
from workers.services.people import PersonFacts, WorkFacts, stored_number
from workers.services.points import PointClosed

# How a fact came, the weakest first. `READER`: a reading that no registered reader signed.
TYPED, OCR, READER, CHIP = "typed", "ocr", "reader", "chip"
_SALT = "workers.reading"
# What the number itself says is as strong as the number.
_OF_NUMBER = ("sex", "born_on")


class ReadingRefused(DomainError):
    """What the reader's program sent is no reading, or says something else than the form."""

    code = "bad_reading"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent of the card: the reading as the bridge wrote it, the challenge, the signature.

    `is_ocr`: name and number were taken from a picture of the card by the plugged-in program.
    """

    reading: str = ""
    challenge: str = ""
    proof: str = ""
    is_ocr: bool = False

    def __repr__(self) -> str:
        return "<Sent>"


@dataclass(frozen=True, slots=True)
class Evidence:
    """How an identity was established: the means, each fact's own, the device, and at which point."""

    method: str = TYPED
    strengths: dict[str, str] = field(default_factory=dict)
    reader: dict[str, str] = field(default_factory=dict)
    proof: str = ""
    portrait: str = ""
    point: CollectionPoint | None = None


def new_challenge(by: Actor, project: Project) -> str:
    """A text that a bridge signs with its reading: of this account, on this project, for some hours."""
    return TimestampSigner(salt=_SALT).sign(f"{by.key}|{project.public_id}|{new_id()}")


def read_card(text: str) -> cards.Reading:
    """The reading that a form carried. Raises ReadingRefused."""
    try:
        return cards.read(text)
    except cards.BadReading as fault:
        raise ReadingRefused(str(fault), field="id_number") from None


def strength_of(by: Actor, project: Project, sent: Sent, point: CollectionPoint | None) -> str:
    """By which means the card came: CHIP only where the point's reader signed it for this very form."""
    if not sent.reading:
        return OCR if sent.is_ocr else TYPED
    key = point.reader_key if point is not None and point.has_key else ""
    is_ours = _is_own_challenge(by, project, sent.challenge)
    proved = is_ours and cards.is_proved(key or "", sent.challenge, sent.reading, sent.proof)
    return CHIP if proved else READER


def judged_evidence(
    by: Actor, project: Project, sent: Sent, point: CollectionPoint | None, person: PersonFacts
) -> Evidence:
    """What an enrolment's identity rests on. The caller has judged `project` and found `point` in scope.

    Raises ReadingRefused for a reading that says something else than the form or was used, PointClosed.
    """
    if point is not None:
        # As it stands now: its key may have been renewed, or the point closed, since the page was opened.
        point = CollectionPoint.all_rows.get(pk=point.pk)
        if point.closed_at is not None or point.project_id != project.pk:
            raise PointClosed
    method = strength_of(by, project, sent, point)
    if not sent.reading:
        return Evidence(method, _each(("name", "id_number", *_OF_NUMBER), method), point=point)
    card = read_card(sent.reading)
    _require_same(card, person)
    proof = sent.proof.lower() if method == CHIP else ""
    if proof and IdentityCheck.all_rows.filter(proof=proof).exists():
        raise ReadingRefused(
            _("这次读卡已用于另一次登记，请把证件重新放到读卡器上再读一次。"), field="id_number"
        )
    strengths = _each((*card.told, *_OF_NUMBER), method)
    return Evidence(method, strengths, dict(card.reader), proof, _portrait(card), point)


def facts_of_card(person: PersonFacts, work: WorkFacts, sent: Sent) -> tuple[PersonFacts, WorkFacts]:
    """The same facts with what only the card says: nation, address, authority, validity."""
    if not sent.reading:
        return person, work
    card = read_card(sent.reading)
    more = replace(
        work.more or ParticularFacts(),
        document_valid_from=card.valid_from,
        document_valid_to=card.valid_to,
    )
    return (
        replace(person, nation=person.nation or card.nation),
        replace(
            work,
            address=work.address or card.address,
            issuing_authority=work.issuing_authority or card.issuing_authority,
            more=more,
        ),
    )


def _is_own_challenge(by: Actor, project: Project, challenge: str) -> bool:
    minutes = int(parameter("reader.challenge_minutes", project.region))
    try:
        said = TimestampSigner(salt=_SALT).unsign(challenge, max_age=minutes * 60)
    except BadSignature:
        return False
    return said.split("|")[:2] == [by.key, str(project.public_id)]


def _require_same(card: cards.Reading, person: PersonFacts) -> None:
    told = _("与读卡结果不一致。请以证件为准重新读卡；读卡器读不出的，改为手工填写。")
    if stored_number(person.id_type, card.id_number) != stored_number(person.id_type, person.number):
        raise ReadingRefused(told, code="other_number", field="id_number")
    if card.name != person.name:
        raise ReadingRefused(told, code="other_name", field="name")


def _portrait(card: cards.Reading) -> str:
    if not card.portrait:
        return ""
    return check_file(card.portrait, name="证件照片.jpg", kinds=("image",)).address


def _each(names: Any, method: str) -> dict[str, str]:
    return dict.fromkeys(names, method)
