"""How accounts, parameters and versions of the standard are named on the audit trail."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.urls import reverse

from accounts.models import User
from accounts.selectors import MANAGE, accounts
from kernel.scoping import Actor
from standards.models import RuleParameter, StandardVersion
from web.trail_words import Thing, register_objects


def _accounts(actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    """The accounts within the administrator's reach."""
    if not actor.may(MANAGE):
        return {}
    rows = accounts(actor).filter(public_id__in=uuids(keys))
    return {
        str(user.public_id): Thing(f"{user}（{user.username}）", reverse("account", args=[user.public_id]))
        for user in rows
    }


def _parameters(_actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    """Parameters are public; a value that was taken back is not there any more."""
    rows = RuleParameter.objects.filter(pk__in=[key for key in keys if key.isdecimal()])
    return {str(row.pk): Thing(row.name, reverse("parameter", args=[row.key])) for row in rows}


def _versions(_actor: Actor, keys: Collection[str]) -> Mapping[str, Thing]:
    """Versions of the standard are public."""
    rows = StandardVersion.objects.filter(public_id__in=uuids(keys))
    return {str(row.public_id): Thing(str(row), reverse("standard")) for row in rows}


def uuids(keys: Collection[str]) -> list[UUID]:
    """The keys that are public ids."""
    found = []
    for key in keys:
        try:
            found.append(UUID(key))
        except ValueError:
            continue
    return found


def add_objects() -> None:
    """Tell the trail how to name what it is about."""
    register_objects(User._meta.label_lower, _accounts)
    register_objects(RuleParameter._meta.label_lower, _parameters)
    register_objects(StandardVersion._meta.label_lower, _versions)
