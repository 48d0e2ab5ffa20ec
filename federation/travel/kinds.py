"""What a kind of travelling row is: its table, which way it goes, which columns go and which stay."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import Q

from kernel.fields import SealedTextField
from kernel.models import Travelling
from kernel.scoping import ScopedModel
from regions.models import Region

Flow = Literal["up", "down", "both"]
Sort = Literal["plain", "sealed", "reference", "region"]
# Columns that a message says in its head, not in its row.
_HEAD = frozenset({"id", "public_id", "origin", "version"})


class Column(NamedTuple):
    """One column that travels: `name` in the message, `lookup` to read it, `field` to write it."""

    name: str
    lookup: str
    sort: Sort
    field: Any


# Makes a column of this node's own from the values as they were opened: an index, or a stand-in for one.
Maker = Callable[[Mapping[str, Any]], bytes | None]


@dataclass(frozen=True)
class Part:
    """Rows that belong wholly to another and travel inside it; `by` names one among its siblings.

    `files`: columns that hold addresses of contents.
    """

    name: str
    model: type[models.Model]
    to: str
    by: tuple[str, ...]
    parts: tuple["Part", ...] = ()
    files: tuple[str, ...] = ()
    # `stays`: what is no longer named stays all the same; `is_only_added`: nor is it ever changed.
    stays: bool = False
    is_only_added: bool = False

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """All columns but the parent's."""
        return tuple(column for column in columns_of(self.model, frozenset()) if column.name != self.to)


@dataclass(frozen=True)
class Kind:
    """One sort of row that travels as a whole.

    `own`: columns that each node keeps for itself; `made`: columns that the receiver makes anew; `natural`:
    what names the same thing wherever it was first written down; `files`: columns that hold addresses of
    contents; `whose`: the lookup to the node where a row was born, "" where it says none. `event`: what is
    announced here when a copy was written, and by which of the row's keys; `since`: the days from which
    conclusions may change. `when`: which rows travel at all.
    """

    name: str
    model: type[models.Model]
    flow: Flow = "up"
    own: frozenset[str] = frozenset()
    made: Mapping[str, Maker] = field(default_factory=dict)
    natural: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    whose: str = "origin"
    when: Q = field(default_factory=Q)
    event: str = ""
    about: str = "public_id"
    since: tuple[str, ...] = ()
    # Values that stand where the database refuses the row as it came.
    otherwise: Mapping[str, Any] = field(default_factory=dict)
    # The database refuses every change of such a row.
    is_only_added: bool = False
    # A row without a public id of its own is named by this.
    named: Callable[[Any], UUID] | None = None

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """What travels, found by looking at the table, so that a new column travels by itself."""
        return columns_of(self.model, self.own | frozenset(self.made))

    @cached_property
    def has_version(self) -> bool:
        return issubclass(self.model, Travelling)

    @cached_property
    def changed_at(self) -> str:
        """The column that says when a row was last written; "" where rows never change."""
        return "updated_at" if self.has_version else ""

    @cached_property
    def place(self) -> str:
        """The lookup to the region in which a row lies; "" for a row that lies nowhere in particular."""
        if issubclass(self.model, ScopedModel) and self.model.region_lookup is not None:
            return self.model.region_lookup
        return "region" if any(column.sort == "region" for column in self.columns) else ""

    @cached_property
    def project(self) -> str | None:
        """The lookup to the project of a row ("" for a project itself), None for what stands above them."""
        if self.place in ("", "region"):
            return "" if self.name == "project" else None
        return self.place.removesuffix("__region")

    @cached_property
    def participation(self) -> str:
        """The lookup to the participation of a row, "" where it has none."""
        found = issubclass(self.model, ScopedModel) and self.model.participation_lookup
        return found or ""

    @property
    def goes_up(self) -> bool:
        return self.flow in ("up", "both")

    @property
    def goes_down(self) -> bool:
        return self.flow in ("down", "both")


def rows_of(model: type[models.Model]) -> Any:
    """The whole table, for the node's own errand between nodes: nobody reads here, rows are carried on.

    What a neighbour may report or is told is judged by region, enterprise and origin, not by posts.
    """
    return model._base_manager


def columns_of(model: type[models.Model], without: frozenset[str]) -> tuple[Column, ...]:
    """The columns of a table that can travel, in their order."""
    return tuple(_columns(model, without))


def _columns(model: type[models.Model], without: frozenset[str]) -> Iterator[Column]:
    for one in model._meta.concrete_fields:
        if one.name in _HEAD or one.name in without:
            continue
        if isinstance(one, SealedTextField):
            yield Column(one.name, one.attname, "sealed", one)
        elif isinstance(one, models.ForeignKey):
            if one.related_model is Region:
                yield Column(one.name, f"{one.name}__code", "region", one)
            elif has_public_id(one.related_model):
                yield Column(one.name, f"{one.name}__public_id", "reference", one)
        elif not isinstance(one, models.BinaryField):
            # Other bytes are indexes and digests under this node's keys: they never leave it.
            yield Column(one.name, one.attname, "plain", one)


@lru_cache(maxsize=256)
def has_public_id(model: Any) -> bool:
    """Whether rows of the table are named by a public id."""
    return any(one.name == "public_id" for one in model._meta.concrete_fields)


def sealed_names(columns: Sequence[Column]) -> list[str]:
    """The names of the columns that are sealed."""
    return [column.name for column in columns if column.sort == "sealed"]
