"""Keeping a filter under a name, renaming, dropping and preferring it; remembering columns."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.actors import UserActor
from accounts.models import User
from kernel.errors import DomainError, NotFound
from standards.selectors import parameter
from web.saved.models import LONGEST_QUERY, ColumnChoice, SavedFilter

# Where one was in the list, not which list it is.
_OF_THE_MOMENT = ("page", "pick", "print", "size")
_LONGEST_NAME = 30


class NameMissing(DomainError):
    """A filter without a name could not be found again."""

    def __init__(self) -> None:
        super().__init__(_("请给筛选起个名字，30 个字以内。"), code="name_missing", field="name")


class NameTaken(DomainError):
    """The list has a filter of this name already."""

    def __init__(self) -> None:
        super().__init__(_("这个名单已有同名的筛选，请换个名字。"), code="name_taken", field="name")


class NothingToKeep(DomainError):
    """No filter, sorting or column in the address: there is nothing to keep."""

    def __init__(self) -> None:
        super().__init__(
            _("现在没有筛选、排序或选列，存下来就是整个名单。请先加上条件再存。"), code="nothing_to_keep"
        )


class TooManyFilters(DomainError):
    """The list is full of chips."""

    def __init__(self, most: int) -> None:
        super().__init__(
            _("一个名单最多存 {most} 个筛选，请先在“我的筛选”里删去不用的。").format(most=most),
            code="too_many_filters",
        )


def kept_query(query: QueryDict) -> str:
    """What makes a list this list: its filters, sorting and columns, without page and size."""
    kept = query.copy()
    for name in _OF_THE_MOMENT:
        kept.pop(name, None)
    return kept.urlencode()


@transaction.atomic
def keep_filter(
    *, actor: UserActor, list_name: str, list_title: str, name: str, query: str, is_default: bool = False
) -> SavedFilter:
    """Keep an address's query under a name.

    Raises NameMissing, NameTaken, NothingToKeep, TooManyFilters.
    """
    wanted, kept = _name(name), kept_query(QueryDict(query))
    if not kept or len(kept) > LONGEST_QUERY:
        raise NothingToKeep
    # The account's row is the lock: two tabs must not both take the last place or the default.
    mine = _locked(actor, list_name)
    most = parameter("lists.most_filters")
    if mine.count() >= most:
        raise TooManyFilters(most)
    if mine.filter(name=wanted).exists():
        raise NameTaken
    if is_default:
        mine.update(is_default=False)
    return SavedFilter.objects.create(
        user=actor.user,
        list_name=list_name,
        list_title=list_title[:60],
        name=wanted,
        query=kept,
        is_default=is_default,
    )


@transaction.atomic
def rename_filter(*, actor: UserActor, public_id: UUID, name: str) -> SavedFilter:
    """Give one's own filter another name. Raises NotFound, NameMissing, NameTaken."""
    found, wanted = _own(actor, public_id), _name(name)
    if _locked(actor, found.list_name).filter(name=wanted).exclude(pk=found.pk).exists():
        raise NameTaken
    found.name = wanted
    found.save(update_fields=["name"])
    return found


@transaction.atomic
def prefer_filter(*, actor: UserActor, public_id: UUID, is_default: bool) -> SavedFilter:
    """Make one's own filter the default of its list, or no longer. Raises NotFound."""
    found = _own(actor, public_id)
    _locked(actor, found.list_name).update(is_default=False)
    found.is_default = is_default
    found.save(update_fields=["is_default"])
    return found


@transaction.atomic
def drop_filter(*, actor: UserActor, public_id: UUID) -> None:
    """Forget one's own filter. Raises NotFound."""
    _own(actor, public_id).delete()


def remember_columns(*, actor: UserActor, list_name: str, columns: Sequence[str]) -> None:
    """Show these columns from now on; none means all of them again."""
    if columns:
        ColumnChoice.objects.update_or_create(
            user=actor.user, list_name=list_name, defaults={"columns": list(columns)}
        )
    else:
        ColumnChoice.objects.filter(user=actor.user, list_name=list_name).delete()


def _name(name: str) -> str:
    wanted = " ".join(name.split())
    if not 0 < len(wanted) <= _LONGEST_NAME:
        raise NameMissing
    return wanted


def _own(actor: UserActor, public_id: UUID) -> SavedFilter:
    found = SavedFilter.objects.filter(user=actor.user, public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def _locked(actor: UserActor, list_name: str) -> Any:
    User.objects.select_for_update(no_key=True).get(pk=actor.user.pk)
    return SavedFilter.objects.filter(user=actor.user, list_name=list_name)
