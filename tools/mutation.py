"""A pytest plugin that loads one module with one scope site broken; MUTATE_SCOPE names it: `path:number`.

No file is changed. Without the variable the plugin does nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

from tools.paths import ROOT
from tools.scope_sites import broken


class _BrokenLoader(SourceFileLoader):
    """Compiles the broken source, and never from a cache or into one."""

    number = 0

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        tree = broken(str(path).removeprefix(f"{ROOT}/"), self.number)
        return compile(tree, path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    """Finds every module as usual, and gives the one to be broken another loader."""

    def __init__(self, path: str, number: int) -> None:
        self.path, self.number = str(ROOT / path), number

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or os.path.abspath(spec.origin) != self.path:
            return None
        loader = _BrokenLoader(fullname, self.path)
        loader.number = self.number
        spec.loader = loader
        return spec


def everybody() -> Any:
    """A condition that every row meets."""
    from django.db.models import Q

    return Q(pk__isnull=False)


def widened(scope: Callable[[Any], Any], part: str) -> staticmethod:
    """`scope`, except that a reach with anything in `part` reaches every row."""
    return staticmethod(lambda reach: everybody() if getattr(reach, part) else scope(reach))


if os.environ.get("MUTATE_SCOPE"):
    _path, _, _number = os.environ["MUTATE_SCOPE"].rpartition(":")
    sys.meta_path.insert(0, _Finder(_path, int(_number)))
