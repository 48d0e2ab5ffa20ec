"""One table of all methods. A file in `methods/` adds its own with the two decorators below."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from federation.open_api.errors import bad_request
from federation.open_api.schema import Field

if TYPE_CHECKING:
    from federation.open_api.calls import Call, Outcome
    from federation.open_api.handed import Handed

Answer = Callable[["Call"], Mapping[str, Any]]
Act = Callable[["Call"], "Outcome"]
Hand = Callable[["Call"], "Handed"]


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the interface: what it takes, who may call it, what it does.

    A query's act returns the answer's data; a write's act returns the result that the vendor polls for, a
    settled write's what the settler is handed.
    """

    name: str
    label: str
    fields: tuple[Field, ...]
    permission: str
    writes: bool
    act: Callable[["Call"], Any]
    # A write by row keeps its good rows when others are faulty; all other writes are all or nothing.
    by_row: bool = False
    # A settled write waits for no lane: its act only reads, and the settler carries many of them out at once.
    settled: bool = False
    # Names of what a row of the answer, or the result of a write, holds; the document for vendors shows them.
    answers: tuple[str, ...] = ()
    # A query whose answer is one object, though it is asked page by page.
    one_object: bool = False

    @property
    def is_paged(self) -> bool:
        """Whether its answer is a page of rows."""
        return not self.one_object and any(item.name == "pageIndex" for item in self.fields)

    @property
    def serial_prefix(self) -> str:
        """How its acknowledgements begin: `workerattendance-add`."""
        return self.name.replace("ProjectSubContractor", "SubContractor").replace(".", "-").lower()


_METHODS: dict[str, Method] = {}


def query(
    name: str,
    label: str,
    *,
    permission: str,
    fields: tuple[Field, ...],
    answers: tuple[str, ...] = (),
    one_object: bool = False,
) -> Callable[[Answer], Answer]:
    """Enter a method that reads."""

    def enter(act: Answer) -> Answer:
        _METHODS[name.lower()] = Method(
            name, label, fields, permission, writes=False, act=act, answers=answers, one_object=one_object
        )
        return act

    return enter


def write(
    name: str,
    label: str,
    *,
    permission: str,
    fields: tuple[Field, ...],
    by_row: bool = False,
    answers: tuple[str, ...] = (),
) -> Callable[[Act], Act]:
    """Enter a method that is accepted first and carried out by the worker."""

    def enter(act: Act) -> Act:
        _METHODS[name.lower()] = Method(
            name, label, fields, permission, writes=True, act=act, by_row=by_row, answers=answers
        )
        return act

    return enter


def settled(name: str, label: str, *, permission: str, fields: tuple[Field, ...]) -> Callable[[Hand], Hand]:
    """Enter a method that is accepted first and then settled, row by row, with all that wait."""

    def enter(act: Hand) -> Hand:
        _METHODS[name.lower()] = Method(
            name, label, fields, permission, writes=True, act=act, by_row=True, settled=True
        )
        return act

    return enter


@cache
def _read_files() -> None:
    """Import every file of `methods/` once; each enters its own methods."""
    from federation.open_api import methods as package

    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")


def methods() -> dict[str, Method]:
    """Every method by its lower-case name."""
    _read_files()
    return _METHODS


def settled_methods() -> list[str]:
    """The names of the methods that the settler carries out."""
    return [entry.name for entry in methods().values() if entry.settled]


def method(name: str) -> Method:
    """The method of a name. Raises Refusal (-1) that lists the known ones."""
    known = methods()
    found = known.get(name.lower())
    if found is None:
        names = "、".join(sorted(entry.name for entry in known.values()))
        raise bad_request(f"method无效!没有接口{name[:60]},可用的接口:{names}")
    return found
