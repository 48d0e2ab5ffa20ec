"""Messages inside the product: what happened that concerns somebody, until they have read it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.selectors import holders
from web.delivery import MAIL, send
from web.models import Message


@dataclass(frozen=True, slots=True)
class Audience:
    """Whoever holds `permission` by a post in force on any of these places, or the accounts named."""

    permission: str = ""
    project: UUID | None = None
    participations: frozenset[UUID] = frozenset()
    enterprises: frozenset[UUID] = frozenset()
    region_path: str = ""
    users: Sequence[User] = field(default_factory=tuple)

    def members(self) -> list[User]:
        """The accounts, each once."""
        found = {user.pk: user for user in self.users}
        if self.permission:
            found |= {user.pk: user for user in self._holders()}
        return list(found.values())

    def _holders(self) -> Iterable[User]:
        return holders(
            self.permission,
            project=self.project,
            participations=self.participations,
            enterprises=self.enterprises,
            region_path=self.region_path,
        )


def tell(
    audience: Audience, *, kind: str, text: str, url: str = "", about: str = "", besides: User | None = None
) -> int:
    """Leave a message for everybody of the audience (but for `besides`, who did it); how many.

    Whoever has a mail address gets it by mail as well. The text names no number, phone or card. Call it in
    the act's transaction: a refused act tells nobody.
    """
    members = [user for user in audience.members() if besides is None or user.pk != besides.pk]
    Message.objects.bulk_create(
        Message(user=user, kind=kind, text=text[:300], url=url[:200], about=about[:64]) for user in members
    )
    for user in members:
        if user.email:
            send(channel=MAIL, to=user.email, text=text, kind=kind, about=about)
    return len(members)


def inbox(user: User) -> QuerySet[Message]:
    """One's own messages, newest first."""
    return Message.objects.filter(user=user)


def unread(user: User) -> int:
    """How many of one's own messages are still unread."""
    return Message.objects.filter(user=user, read_at=None).count()


def mark_read(rows: QuerySet[Message], now: datetime | None = None) -> int:
    """Note that these were read, once."""
    return rows.filter(read_at=None).update(read_at=now or timezone.now())


def was_told(kind: str, about: str) -> bool:
    """Whether a message of this kind about this was left already; for errands that may run twice."""
    return Message.objects.filter(kind=kind, about=about).exists()
