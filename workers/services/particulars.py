"""What is reported of an engagement beyond its core: kept in a row of its own, changed fact by fact."""

from dataclasses import dataclass, fields
from datetime import date

from django.utils.translation import gettext as _

from regions.models import Region
from standards.selectors import codes
from workers.errors import BadCode, BadPaper
from workers.models import Engagement, Particulars

KNOWN_ILLNESS, NO_ILLNESS = "1", "0"
# Facts whose values are codes of a list.
_LISTS = {"marital_status": "marital_status", "management_post": "management_post"}


@dataclass(frozen=True, slots=True)
class ParticularFacts:
    """What was said of an engagement; None was not said and leaves what stands."""

    gate_card_issued_on: date | None = None
    gate_card_picture: str | None = None
    bank_head_name: str | None = None
    bank_link_number: str | None = None
    is_insured: bool | None = None
    union_joined_on: date | None = None
    specialty: str | None = None
    illness: str | None = None
    urgent_name: str | None = None
    urgent_phone: str | None = None
    started_work_on: date | None = None
    marital_status: str | None = None
    card_front: str | None = None
    card_back: str | None = None
    document_valid_from: date | None = None
    document_valid_to: date | None = None
    management_post: str | None = None

    def __repr__(self) -> str:
        return "<ParticularFacts>"


def keep_particulars(engagement: Engagement, facts: ParticularFacts) -> list[str]:
    """Put what was said in its place, within the act that judged the engagement; names what changed.

    Raises BadCode, BadPaper for a document that ends before it begins.
    """
    said = {one.name: getattr(facts, one.name) for one in fields(facts)}
    said = {name: value for name, value in said.items() if value is not None}
    if not said:
        return []
    _require_known(said, engagement.project.region)
    kept = Particulars.all_rows.select_for_update(of=("self",)).filter(engagement=engagement).first()
    kept = kept or Particulars(engagement=engagement)
    changed = sorted(name for name, value in said.items() if getattr(kept, name) != value)
    for name in changed:
        setattr(kept, name, said[name])
    _require_order(kept)
    if kept.pk is not None and changed:
        kept.version += 1
    if kept.pk is None or changed:
        kept.save()
    return changed


def _require_known(said: dict[str, object], region: Region) -> None:
    for name, code_list in _LISTS.items():
        if name in said and said[name] not in codes(code_list, region):
            raise BadCode(name)


def _require_order(kept: Particulars) -> None:
    begins, ends = kept.document_valid_from, kept.document_valid_to
    if begins and ends and ends < begins:
        raise BadPaper(_("证件有效期的结束日期早于开始日期，请按证件背面核对。"), field="document_valid_to")
