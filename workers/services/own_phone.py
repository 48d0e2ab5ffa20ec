"""Which phone opens a person's own pages: that of the latest site to vouch for it, not of the newest row.

Anybody who enrols people can write a row about somebody who works elsewhere. Such a row moves nothing until
two people of its site have let the person in, some days have passed, and the phone until now was told.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import BinaryField, Exists, F, OuterRef, Q, QuerySet, Subquery

from standards.selectors import parameter
from web.delivery import send
from workers.models import Engagement, EntryReview, IdentityCheck, IdentityCorrection, Person, Presence

_TOGETHER = 500


def people_of(index: bytes, now: datetime) -> list[Person]:
    """Those whose own pages this phone opens."""
    named = Exists(Engagement.all_rows.filter(person=OuterRef("pk"), phone_index=index))
    rows = Person.all_rows.filter(named).annotate(own=_own_index(now)).order_by("pk")
    return [row for row in rows if bytes(row.own) == index]


def has_other_phone(person: Person, index: bytes) -> bool:
    """Whether any site names another phone, so that this one may be somebody else's by now."""
    rows = Engagement.all_rows.filter(person=person, phone_index__isnull=False)
    return rows.exclude(phone_index=index).exists()


def tell_of_another_phone(works: Collection[Engagement], now: datetime) -> int:
    """Tell the phone that opens somebody's pages that a site has written another; how many were told.

    The text names neither site nor phone but its last figures: it may reach whoever has the number now.
    """
    changed = {work.person_id: work for work in works if work.phone_index}
    told, keys = 0, list(changed)
    for start in range(0, len(keys), _TOGETHER):
        for person, index, phone in _phones_of(keys[start : start + _TOGETHER], now):
            if index != bytes(changed[person].phone_index or b""):
                send(channel="sms", to=phone, text=_text(changed[person]), kind="sign_in.other_phone")
                told += 1
    return told


def opening_phone(work: Engagement, now: datetime) -> str:
    """The phone of this row, where it opens the person's own pages; "" where another does, or none."""
    index = bytes(work.phone_index or b"")
    opens = bool(index) and any(who.pk == work.person_id for who in people_of(index, now))
    return (work.phone or "") if opens else ""


def tell_of_new_phone(work: Engagement, before: str, now: datetime) -> None:
    """Tell whoever the change of a row's phone concerns; `before` opened the pages until now, or is ""."""
    if not tell_of_another_phone([work], now) and before:
        send(channel="sms", to=before, text=_text_of_change(work), kind="sign_in.other_phone")


def _phones_of(people: list[int], now: datetime) -> list[tuple[int, bytes, str]]:
    """Some people, each with the phone that opens the own pages and its index; in two queries."""
    own = Person.all_rows.filter(pk__in=people).annotate(own=_own_index(now)).order_by("pk")
    found = [(person, bytes(index)) for person, index in own.values_list("pk", "own") if index is not None]
    rows = Engagement.all_rows.filter(person__in=people, phone_index__in=[index for _person, index in found])
    phones = {(row.person_id, bytes(row.phone_index or b"")): row.phone or "" for row in rows}
    return [(person, index, phones[person, index]) for person, index in found]


def _own_index(now: datetime) -> Subquery:
    """The index of the phone that opens the outer person's pages; null where no site knows a phone.

    Of the first row that named a phone and those that have been vouched for since, it is the one where the
    person entered last.
    """
    rows = Engagement.all_rows.filter(person=OuterRef("pk"), phone_index__isnull=False)
    vouched = _vouched(now - timedelta(days=parameter("worker_sign_in.phone_wait_days")), now.date())
    rows = rows.annotate(first=_first(), entered=Subquery(_entries().values("entered_on")[:1]))
    chosen = rows.filter(Q(pk=F("first")) | vouched).order_by(
        F("entered").desc(nulls_last=True), "created_at", "pk"
    )
    return Subquery(chosen.values("phone_index")[:1], output_field=BinaryField())


def _first() -> Subquery:
    """The row by which the person's phone became known first; one moved in by a correction comes last."""
    rows = Engagement.all_rows.filter(person=OuterRef("person"), phone_index__isnull=False)
    moved = Exists(IdentityCorrection.all_rows.filter(engagement=OuterRef("pk"), is_moved=True))
    return Subquery(
        rows.annotate(is_moved_in=moved).order_by("is_moved_in", "created_at", "pk").values("pk")[:1]
    )


def _entries() -> QuerySet[Presence]:
    """The outer row's entries while the person was on no other site, the latest first."""
    return Presence.all_rows.filter(engagement=OuterRef("pk"), is_conflict=False).order_by("-entered_on")


def _vouched(until: datetime, day: date) -> Q:
    """Identity established there, permission given by a second person, entry: all of it long enough ago."""
    means = parameter("identity.methods_for_entry", on=day)
    checks = IdentityCheck.all_rows.filter(engagement=OuterRef("pk"), method__in=means, checked_at__lte=until)
    approved = EntryReview.Outcome.APPROVED
    reviews = EntryReview.all_rows.filter(engagement=OuterRef("pk"), outcome=approved, decided_at__lte=until)
    return Q(Exists(checks)) & Q(Exists(reviews)) & Q(Exists(_entries().filter(created_at__lte=until)))


def _text(work: Engagement) -> str:
    days = parameter("worker_sign_in.phone_wait_days")
    return (
        f"有工地登记您时填了另一个手机号（尾号 {(work.phone or '')[-4:]}）。您查看本人记录仍用这个手机号；"
        f"只有您在那个工地办完进场审批满 {days} 天，才改用新号。"
        "不是您本人办的，请告诉您所在的工地或当地住建部门。"
    )


def _text_of_change(work: Engagement) -> str:
    now = f"改成了另一个（尾号 {work.phone[-4:]}），以后用新号" if work.phone else "删去了，以后不能用它"
    return f"工地把登记您的手机号{now}查看您本人的记录。不是您本人要求的，请告诉您所在的工地或当地住建部门。"
