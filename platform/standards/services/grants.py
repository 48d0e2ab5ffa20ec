"""Granting cities the right to extend, and telling what our codes are called nationally."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.errors import DomainError, NotFound
from regions.models import Region
from standards import errors
from standards.models import CodeList, ExtensionGrant, ItemMapping
from standards.selectors import every_code
from standards.spec import OBJECTS

MOST_REQUIRED = 50


@transaction.atomic
def give_grant(
    *,
    region: Region,
    objects: Iterable[str],
    lists: Iterable[str],
    most_required: int,
    valid_from: date,
    valid_to: date | None,
    document: str,
    by: str,
) -> ExtensionGrant:
    """Let a city extend some objects and lists from a day on; the newest grant of a city decides.

    Raises NotACity, NoDocument, EndsBeforeItBegins, DomainError for an unknown object or list.
    """
    if not region.is_second_level:
        raise errors.NotACity(region.name)
    if not document.strip():
        raise errors.NoDocument
    if valid_to and valid_to < valid_from:
        raise errors.EndsBeforeItBegins
    chosen, named = sorted(set(objects)), sorted(set(lists))
    if not chosen or not set(chosen) <= set(OBJECTS):
        raise DomainError(_("请至少选一个可以扩展的对象。"), code="no_object", field="objects")
    known = set(CodeList.objects.values_list("key", flat=True))
    if strangers := [key for key in named if key not in known]:
        told = _("没有名为“{key}”的代码表，请从列表中选择。").format(key=strangers[0])
        raise DomainError(told, code="unknown_list", field="lists")
    if not 0 <= most_required <= MOST_REQUIRED:
        told = _("必填数据元素的上限在 0 到 {most} 之间。").format(most=MOST_REQUIRED)
        raise DomainError(told, code="bad_number", field="most_required")
    return ExtensionGrant.objects.create(
        region=region,
        objects_allowed=chosen,
        lists_allowed=named,
        most_required=most_required,
        valid_from=valid_from,
        valid_to=valid_to,
        document=document.strip()[:120],
        granted_by=by,
        granted_at=timezone.now(),
    )


@transaction.atomic
def withdraw_grant(*, grant: ExtensionGrant) -> ExtensionGrant:
    """End a city's right to extend further; what it has published stays in force until it is superseded.

    Raises NotFound, DomainError where it was withdrawn before.
    """
    row = ExtensionGrant.objects.select_for_update(of=("self",)).filter(pk=grant.pk).first()
    if row is None:
        raise NotFound
    if row.withdrawn_at is not None:
        raise DomainError(_("这项授权已经收回，不必再办。"), code="withdrawn_before")
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    return row


@transaction.atomic
def map_code(*, code_list: str, code: str, national_code: str, document: str) -> ItemMapping:
    """Say what a code of ours is called nationally. Raises DomainError for a code that is not known."""
    known = every_code(code_list)
    for field, given in (("code", code), ("national_code", national_code)):
        if given not in known:
            told = _("代码表 {key} 中没有“{code}”，请从列表中选择。").format(key=code_list, code=given)
            raise DomainError(told, code="unknown_code", field=field)
    row, _is_new = ItemMapping.objects.update_or_create(
        code_list=CodeList.objects.get(key=code_list),
        code=code,
        defaults={"national_code": national_code, "document": document.strip()[:120]},
    )
    return row
