"""Programs found by name in a package: `main-job` is the module `main_job` and its `main`."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterable
from importlib import import_module


def names(paths: Iterable[str]) -> list[str]:
    """The names that can be run; a leading underscore keeps a module out."""
    return sorted(_modules(paths))


def _modules(paths: Iterable[str]) -> dict[str, str]:
    """Module by name; a trailing underscore is not said: `import` is the module `import_`."""
    found = [module.name for module in pkgutil.iter_modules(paths)]
    return {name.rstrip("_").replace("_", "-"): name for name in found if not name.startswith("_")}


def run(word: str, package: str, paths: Iterable[str], arguments: list[str]) -> int:
    """Run the named one with the remaining arguments; its answer is the exit code."""
    known = _modules(paths)
    if not arguments or arguments[0] not in known:
        return _list(word, package, known, arguments)
    module = import_module(f"{package}.{known[arguments[0]]}")
    return int(module.main(arguments[1:]) or 0)


def _list(word: str, package: str, known: dict[str, str], arguments: list[str]) -> int:
    if arguments and not arguments[0].startswith("-"):
        print(f"./dev {word} does not know {arguments[0]!r}.", file=sys.stderr)
    print(f"usage: ./dev {word} NAME [arguments]")
    for name, module in sorted(known.items()):
        summary = (import_module(f"{package}.{module}").__doc__ or "").strip().splitlines()[0]
        print(f"  {name:<16}  {summary}")
    return 2 if arguments and not arguments[0].startswith("-") else 0
