"""A child hears at a handshake that its parent has begun a move."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from audit.services import record
from federation.models import Move, Node
from federation.selectors.nodes import own_region
from federation.services.moving import put_frozen

Mode = Node.Mode


def note_move(node: Node, said: Any, now: datetime) -> None:
    """Hear at a handshake that the parent has begun a move; what is frozen for it is frozen at once."""
    told = said if isinstance(said, dict) else {}
    at = parse_datetime(str(told.get("at", "")))
    if told.get("to") not in Mode.values or at is None or Move.objects.filter(ended_at=None).exists():
        return
    try:
        key = UUID(str(told.get("id")))
    except ValueError:
        return
    with transaction.atomic():
        move, is_new = Move.objects.get_or_create(
            public_id=key,
            defaults={
                "node": node, "to": told["to"], "begun_at": at, "begun_by": str(told.get("by", ""))[:120],
            },
        )  # fmt: skip
        if not is_new:
            return
        if move.to == Mode.HOSTED:
            sentence = _(
                "本平台正在转为由“{name}”托管，迁移期间暂停办理业务，打卡照常接收。请待迁移完成后在该平台办理。"
            ).format(name=node.name)
            put_frozen(own_region().path, sentence, now)
        Node.objects.filter(pk=node.pk).update(moving_to=move.to, moving_since=at)
        record(None, "federation.migration_begun", node, place=own_region().path, code=node.code, to=move.to)
