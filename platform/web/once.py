"""Doing a thing once, however often it is asked for: a double click, a lost answer, a client that repeats.

The key stands in a unique row of the act's own transaction, so that of two requests at once the second waits
for the first and then gets the same answer. A refusal leaves no row: whoever mends the input asks again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from kernel.errors import DomainError
from kernel.scoping import Actor
from standards.selectors import parameter
from web.models import Submission

LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: a status and a text (an address, or a body)."""

    status: int
    text: str
    is_repeated: bool = False


class KeyReused(DomainError):
    """The key was used before for something else."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            _(
                "这个提交标识已用于另一份内容，本次没有写入。"
                "请刷新页面后重新填写；接口请换一个 Idempotency-Key。"
            )
        )


def fingerprint(*parts: str | bytes) -> str:
    """A digest by which a repeated request is told from another one under the same key."""
    digest = sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def once(actor: Actor, key: str, of: Iterable[str | bytes], do: Callable[[], Answer]) -> Answer:
    """Do it, or answer what was answered when it was done under this key before.

    Raises KeyReused, and whatever `do` raises; then nothing is kept, and nothing was done.
    """
    wanted = fingerprint(*of)
    with transaction.atomic():
        row, is_new = Submission.objects.get_or_create(
            actor_key=actor.key, key=key, defaults={"digest": wanted}
        )
        if not is_new:
            return _again(row, wanted)
        answer = do()
        row.answered_with, row.answer = answer.status, answer.text
        row.save(update_fields=["answered_with", "answer"])
    return answer


def answered(actor: Actor, key: str, of: Iterable[str | bytes]) -> Answer | None:
    """What was answered when exactly this was done under the key before; None where it was not.

    Asked before a page looks for its rows or judges its fields: the act itself may have ended or taken them.
    """
    row = Submission.objects.filter(actor_key=actor.key, key=key, digest=fingerprint(*of)).first()
    return None if row is None or row.answered_with is None else _again(row, row.digest)


def _again(row: Submission, wanted: str) -> Answer:
    if row.digest != wanted or row.answered_with is None:
        raise KeyReused
    return Answer(row.answered_with, row.answer or "", is_repeated=True)


def forget_old(now: datetime) -> int:
    """Drop the keys nobody repeats any more; how many."""
    oldest = now - timedelta(days=int(parameter("submission.keep_days")))
    return Submission.objects.filter(created_at__lt=oldest).delete()[0]
