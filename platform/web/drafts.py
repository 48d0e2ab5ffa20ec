"""Drafts: what was typed survives a reload, a closed tab, and a session that ended in between."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, QueryDict

from accounts.models import User
from kernel.cipher import Unreadable, seal, unseal
from standards.selectors import parameter
from web.models import Draft

# What belongs to the form's machinery and not to what somebody typed.
MACHINERY = frozenset({"csrfmiddlewaretoken", "once", "by", "discard"})
_LARGEST = 64 * 1024
_SESSION = "typed_before_sign_in"
_CONTEXT = "draft.session"
_signer = Signer(salt="web.drafts.by")


def typed(sent: QueryDict) -> dict[str, list[str]]:
    """The fields somebody filled in, without the form's machinery."""
    return {name: values for name, values in sent.lists() if name not in MACHINERY}


def keep(user: User, key: str, fields: Mapping[str, list[str]]) -> Draft:
    """Keep what was typed so far; the newest wins."""
    body = json.dumps(fields, ensure_ascii=False)
    return Draft.objects.update_or_create(user=user, key=key, defaults={"body": body})[0]


def kept(user: User, key: str) -> Draft | None:
    """The draft of a form, if there is one."""
    return Draft.objects.filter(user=user, key=key).first()


def fields_of(draft: Draft) -> QueryDict:
    """A draft as if it were being submitted."""
    return as_sent(json.loads(draft.body))


def drop(user: User, key: str) -> None:
    """The form was submitted, or its draft is not wanted any more."""
    Draft.objects.filter(user=user, key=key).delete()


def forget_old(now: datetime) -> int:
    """Drop drafts that nobody came back to; how many."""
    oldest = now - timedelta(days=int(parameter("draft.keep_days")))
    return Draft.objects.filter(updated_at__lt=oldest).delete()[0]


def as_sent(fields: Mapping[str, list[str]]) -> QueryDict:
    """Kept fields in the shape of a submitted form."""
    sent = QueryDict(mutable=True)
    for name, values in fields.items():
        sent.setlist(name, values)
    return sent


def mark_of(user: User) -> str:
    """Whose page this is, so that nobody else is shown what was typed on it."""
    return _signer.sign(str(user.public_id))


def owner_of(request: HttpRequest) -> str:
    """The public id of the account whose page this form was; "" where nothing says so."""
    try:
        return _signer.unsign(request.POST.get("by", ""))
    except BadSignature:
        return ""


def stash(request: HttpRequest) -> None:
    """Keep a form that arrives after its session has ended, until the same person has signed in again."""
    if not (owner := owner_of(request)):
        return
    body = json.dumps({"path": request.path, "by": owner, "fields": typed(request.POST)}, ensure_ascii=False)
    if len(body) <= _LARGEST:
        request.session[_SESSION] = seal(body, context=_CONTEXT).hex()


def restored(request: HttpRequest) -> QueryDict | None:
    """What was typed on this page before its session ended, once, and only to whoever typed it."""
    sealed = request.session.get(_SESSION)
    if not sealed:
        return None
    try:
        held: dict[str, Any] = json.loads(unseal(bytes.fromhex(sealed), context=_CONTEXT))
    except (Unreadable, ValueError):
        del request.session[_SESSION]
        return None
    if held["path"] != request.path:
        return None
    del request.session[_SESSION]
    owner = str(getattr(request.user, "public_id", ""))
    return as_sent(held["fields"]) if held["by"] == owner else None
