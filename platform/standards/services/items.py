"""Writing what a version adds to code lists, when it is published."""

from datetime import date, timedelta

from standards.models import CodeItem, CodeList, ItemMapping, StandardVersion


def write_items(version: StandardVersion, *, valid_from: date | None) -> int:
    """Add the version's items to their lists from a day on, and end those that it retires the day before.

    Lists that begin with the version are made. Returns the number of items that were written. A code that
    exists is never touched but for its last day (I-24).
    """
    proposed = list(version.proposed_items.order_by("position", "id"))
    lists = _lists(version, {one.code_list: one.list_name for one in proposed})
    ends = valid_from - timedelta(days=1) if valid_from else None
    for one in proposed:
        if one.retires:
            CodeItem.objects.filter(code_list=lists[one.code_list], code=one.code).update(valid_to=ends)
            continue
        CodeItem.objects.create(
            code_list=lists[one.code_list],
            code=one.code,
            name=one.name,
            position=CodeItem.objects.filter(code_list=lists[one.code_list]).count(),
            region=version.region,
            standard=version,
            valid_from=valid_from,
        )
        if one.mapped_to:
            ItemMapping.objects.create(
                code_list=lists[one.code_list],
                code=one.code,
                national_code=_national(lists[one.code_list], one.mapped_to),
                document=version.document,
            )
    return sum(1 for one in proposed if not one.retires)


def _national(code_list: CodeList, code: str) -> str:
    """What a code of the base stands for: itself, or what it was mapped to."""
    mapped = code_list.mappings.filter(code=code).values_list("national_code", flat=True).first()
    return mapped or code


def _lists(version: StandardVersion, names: dict[str, str]) -> dict[str, CodeList]:
    found = {}
    for key, name in names.items():
        defaults = {"name": name or key, "source": version.number}
        found[key], _is_new = CodeList.objects.get_or_create(key=key, defaults=defaults)
    return found
