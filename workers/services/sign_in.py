"""A worker at the door: a phone, a code sent to it, and where several share the phone, four figures more.

Nothing here tells whether a phone is known: the same rows are written, the same words said, and the same
limits hold. All limits are counted in PostgreSQL, for the queue and the cache may be lost.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from accounts.models import PhoneCode, User
from audit.services import record
from kernel import locks
from kernel.cipher import keyring
from kernel.text import compact
from standards.selectors import parameter
from web.delivery import send
from web.sign_ins import Stranger
from workers.errors import BadPhone, CodeRefused, TooManyCodes
from workers.models import Person, Presence
from workers.services.own_phone import has_other_phone, people_of
from workers.services.phones import phone_index, stored_phone

FIGURES: Final = 6
# Advisory lock of one phone or address at the door; the second key is taken from its index.


@transaction.atomic
def ask_code(*, phone: str, address: str, now: datetime) -> PhoneCode:
    """Send a code to a phone that a worker is registered with; write the same row for one that nobody is.

    Raises BadPhone, TooManyCodes.
    """
    figures = stored_phone(phone)
    if not (len(figures) == 11 and figures.isascii() and figures.isdigit() and figures.startswith("1")):
        raise BadPhone
    index, origin = phone_index(figures), keyring().blind_index("address", address)
    _require_few(index, origin, now)
    code = f"{secrets.randbelow(10**FIGURES):0{FIGURES}d}"
    row = PhoneCode(
        phone_index=index,
        address_index=origin,
        created_at=now,
        expires_at=now + timedelta(minutes=parameter("worker_sign_in.code_minutes")),
    )
    row.digest = _digest(row, code)
    row.save()
    if people_of(index, now):
        send(channel="sms", to=figures, text=_text(code), kind="sign_in.code", about=about_code(index))
    return row


def enter_by_code(*, code_id: UUID, code: str, now: datetime) -> User | None:
    """The account of the worker whose phone this is; None where four figures of a number are asked too.

    They are asked where several share the phone, where nobody of them is on a site, and where a site names
    another phone: phones are handed on to other people in time. Raises CodeRefused; a wrong code counts as
    a try.
    """
    if refused := _judged(
        code_id, lambda row: hmac.compare_digest(bytes(row.digest), _digest(row, code)), now
    ):
        raise refused
    index = bytes(PhoneCode.objects.get(public_id=code_id).phone_index)
    found = people_of(index, now)
    if not found:
        raise CodeRefused("wrong")
    is_here = Presence.all_rows.filter(person__in=found, exited_on=None).exists()
    is_plain = len(found) == 1 and is_here and not has_other_phone(found[0], index)
    return _open(code_id, found[0], now) if is_plain else None


def enter_by_number(*, code_id: UUID, last_four: str, now: datetime) -> User:
    """The account of whoever, of those with the phone, has these four figures at the end of the number.

    Raises CodeRefused; four wrong figures count as a try of the code.
    """
    row = PhoneCode.objects.filter(public_id=code_id).first()
    wanted = compact(last_four).upper()
    people = people_of(bytes(row.phone_index), now) if row else []
    found = [one for one in people if one.id_number[-4:] == wanted]
    if refused := _judged(code_id, lambda _row: len(found) == 1, now, after_code=True):
        raise refused
    return _open(code_id, found[0], now)


def about_code(index: bytes) -> str:
    """What an outgoing code is about: a short name of the phone, by which a demo shows it to the clerk."""
    return f"code-{index[-12:].hex()}"


@transaction.atomic
def forget_codes(now: datetime) -> int:
    """Delete codes that count towards no limit any more; how many."""
    return PhoneCode.objects.filter(created_at__lt=now - timedelta(days=2)).delete()[0]


def _judged(
    code_id: UUID, is_right: Callable[[PhoneCode], bool], now: datetime, *, after_code: bool = False
) -> CodeRefused | None:
    """Judge a try under the code's lock. A refusal is returned and not raised, so that its count stays."""
    with transaction.atomic():
        row = PhoneCode.objects.select_for_update().filter(public_id=code_id).first()
        if row is None or row.expires_at <= now:
            return CodeRefused("expired")
        if row.used_at or (row.passed_at is not None) is not after_code:
            return CodeRefused("used")
        left = int(parameter("worker_sign_in.tries")) - row.tries
        if left <= 0:
            return CodeRefused("spent")
        if is_right(row):
            row.passed_at = now
            row.save(update_fields=["passed_at"])
            return None
        row.tries += 1
        row.save(update_fields=["tries"])
        if left == 1:
            record(Stranger(), "accounts.worker_code_spent")
        return CodeRefused("number" if after_code else "wrong", left - 1)


@transaction.atomic
def _open(code_id: UUID, person: Person, now: datetime) -> User:
    """The account of a person, made at the first time; the code is used up."""
    row = PhoneCode.objects.select_for_update().filter(public_id=code_id, used_at=None).first()
    if row is None:
        raise CodeRefused("used")
    row.used_at = now
    row.save(update_fields=["used_at"])
    user = own_account(person)
    if not user.is_active:
        raise CodeRefused("inactive")
    return user


def own_account(person: Person) -> User:
    """The one account of a person, which no password opens."""
    user, _is_new = User.objects.get_or_create(
        person=person.public_id,
        defaults={
            "username": f"worker-{person.public_id}",
            "display_name": person.name,
            "must_change_password": False,
            "password": make_password(None),
        },
    )
    if user.display_name != person.name:  # a name that was corrected since
        user.display_name = person.name
        user.save(update_fields=["display_name"])
    return user


def _require_few(index: bytes, origin: bytes, now: datetime) -> None:
    """Raises TooManyCodes. One at a time per phone and per address, so that two cannot both be the last."""
    with connection.cursor() as cursor:
        for key in sorted({index, origin}):
            number = int.from_bytes(key[-4:], signed=True)
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [locks.SIGN_IN_DOOR, number])
    recent = PhoneCode.objects.filter(created_at__gt=now - timedelta(hours=1))
    pause = timedelta(seconds=parameter("worker_sign_in.pause_seconds"))
    own = recent.filter(phone_index=index)
    if own.filter(created_at__gt=now - pause).exists():
        raise TooManyCodes(int(pause.total_seconds()))
    limits = (("codes_per_hour", own), ("codes_per_address", recent.filter(address_index=origin)))
    if any(rows.count() >= parameter(f"worker_sign_in.{name}") for name, rows in limits):
        raise TooManyCodes


def _digest(row: PhoneCode, code: str) -> bytes:
    return keyring().blind_index("sign_in_code", f"{row.public_id}:{compact(code)}")


def _text(code: str) -> str:
    minutes = parameter("worker_sign_in.code_minutes")
    return f"登录验证码 {code}，{minutes} 分钟内有效。用来查看您本人的考勤和用工记录，不要告诉别人。"
