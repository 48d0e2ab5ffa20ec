"""What the triggers that capture changes are told of each table: the migration's literals, computed.

A test compares these with what the database has, so that a new kind or part is not forgotten.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import models

from federation.travel.catalogue import KINDS
from federation.travel.kinds import Kind, Part

_LIST_KEY = "md5('code_list:' || {row}.key)::uuid"
_PARAMETER_KEY = (
    "md5('parameter:' || r.key || ':' || coalesce((SELECT g.code FROM regions_region g"
    " WHERE g.id = r.region_id), '') || ':' || coalesce(to_char(r.valid_from, 'YYYY-MM-DD'), ''))::uuid"
)


class Watched(NamedTuple):
    """The arguments of outbox_watch (migration outbox 0002)."""

    table: str
    kind: str
    key: str
    project: str
    goes: str
    own: str


def watched() -> Iterator[Watched]:
    """Every table whose changes are captured."""
    for kind in KINDS.values():
        own = sorted(str(_field(kind.model, name).column) for name in kind.own)
        if own and kind.has_version:
            own.append("updated_at")
        project = "" if kind.project is None else _project(kind)
        yield Watched(_table(kind.model), kind.name, _key(kind), project, kind.flow, ",".join(own))
        yield from _parts(kind, kind, ())


def _parts(kind: Kind, of: Kind | Part, above: tuple[Part, ...]) -> Iterator[Watched]:
    for part in of.parts:
        steps = (part, *above)
        key = _climb(steps, kind.model, "{row}.public_id" if kind.named is None else _LIST_KEY)
        project = ""
        if kind.project:
            project = _climb(steps, kind.model, "{row}." + f"{kind.project}_id")
        yield Watched(_table(part.model), kind.name, key, project, kind.flow, "")
        yield from _parts(kind, part, steps)


def _climb(steps: tuple[Part, ...], top: type[models.Model], wanted: str) -> str:
    """From a changed part `r` up to its whole."""
    tables = [_table(step.model) for step in steps[1:]] + [_table(top)]
    joins, before = "", "r"
    names = "abcd"
    condition = ""
    for place, (step, table) in enumerate(zip(steps, tables, strict=True)):
        name = names[place]
        if place == 0:
            joins, condition = f"{table} {name}", f"{name}.id = r.{step.to}_id"
        else:
            joins += f" JOIN {table} {name} ON {name}.id = {before}.{step.to}_id"
        before = name
    return f"(SELECT {wanted.format(row=before)} FROM {joins} WHERE {condition})"


def _key(kind: Kind) -> str:
    if kind.named is None:
        return "r.public_id"
    return _LIST_KEY.format(row="r") if kind.name == "code_list" else _PARAMETER_KEY


def _project(kind: Kind) -> str:
    """The key of a changed row's project."""
    if not kind.project:
        return "r.id"
    first, *rest = kind.project.split("__")
    if not rest:
        return f"r.{first}_id"
    model = _field(kind.model, first).related_model
    joins, condition, before = "", f"a.id = r.{first}_id", "a"
    joins = f"{_table(model)} a"
    for name, step in zip("bcd", rest[:-1], strict=False):
        model = _field(model, step).related_model
        joins += f" JOIN {_table(model)} {name} ON {name}.id = {before}.{step}_id"
        before = name
    return f"(SELECT {before}.{rest[-1]}_id FROM {joins} WHERE {condition})"


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table
