"""Where the source decides whose rows are seen, and what each place looks like when it is broken.

A site is a call of `visible_to`, `within` or `reach`, a `require(…, on=…)`, a `scope` that a model writes
itself, or one of a model's three lookups. Broken means: open to everybody.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

from tools.paths import ROOT

# What rows pass through on their way to a reader. Demo, commands and migrations have none.
APPS = ("federation", "integrity", "ledgers", "payroll", "attendance", "workers", "projects", *(
    f"platform/{name}" for name in ("web", "outbox", "audit", "accounts", "standards", "regions", "kernel")
))  # fmt: skip
NOT_HERE = {"migrations", "management", "demo", "simulator"}
# Actors say what they reach; nobody's rows are chosen there.
NOT_THESE = {"platform/accounts/actors.py", "federation/actors.py"}
LOOKUPS = {
    "region_lookup": "region_paths",
    "project_lookup": "projects",
    "participation_lookup": "participations",
}
WHOLE_PROVINCE = "__import__('kernel.scoping').scoping.Reach(frozenset({'420000/'}))"
EVERYBODY = "return __import__('django.db.models').db.models.Q(pk__isnull=False)"


@dataclass(frozen=True)
class Site:
    """One place: the n-th of its file."""

    path: str
    number: int
    line: int
    kind: str
    # Of a lookup: the model that has it.
    model: str = ""

    @property
    def module(self) -> str:
        """The module's name as the program imports it."""
        return (
            self.path.removeprefix("platform/")
            .removesuffix(".py")
            .removesuffix("/__init__")
            .replace("/", ".")
        )

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.kind}"


def sites() -> list[Site]:
    """Every site of the apps, in the order of the files."""
    return [site for path in _files() for site in _of_file(path)]


def broken(site: Site) -> CodeType:
    """The site's module, compiled with the site broken; every function begins at its own line."""
    tree = ast.parse((ROOT / site.path).read_text(encoding="utf-8"))
    tree = _Breaker(site.number, counts_reach=_counts_reach(site.path)).visit(tree)
    return compile(ast.fix_missing_locations(tree), str(ROOT / site.path), "exec", dont_inherit=True)


def _counts_reach(path: str) -> bool:
    return "/web/" not in path or path.endswith("selectors.py")


def _files() -> Iterator[str]:
    for app in APPS:
        for file in sorted((ROOT / app).rglob("*.py")):
            path = file.relative_to(ROOT)
            if not NOT_HERE.intersection(path.parts) and path.as_posix() not in NOT_THESE:
                yield path.as_posix()


def _of_file(path: str) -> list[Site]:
    breaker = _Breaker(None, counts_reach=_counts_reach(path))
    breaker.visit(ast.parse((ROOT / path).read_text(encoding="utf-8")))
    return [Site(path, number, *met) for number, met in enumerate(breaker.met)]


class _Breaker(ast.NodeTransformer):
    """Counts the sites of a module and breaks the one whose number is `wanted`."""

    def __init__(self, wanted: int | None, *, counts_reach: bool) -> None:
        self.wanted = wanted
        # Pages ask for a reach only to choose words and links; what they show comes from selectors.
        self.counts_reach = counts_reach
        self.met: list[tuple[int, str, str]] = []

    def _is_wanted(self, node: ast.AST, kind: str, model: str = "") -> bool:
        line: int = node.lineno  # type: ignore[attr-defined]  # statements and calls have lines
        self.met.append((line, kind, model))
        return len(self.met) - 1 == self.wanted

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        # Whether somebody holds a post on a participation only chooses the way of counting.
        if node.attr != "participations" or not isinstance(node.value, ast.Call):
            self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("visible_to", "within"):
            if self._is_wanted(node, node.func.attr):
                return _instead(node, _unscoped(node.func.value))
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "reach":
            if self.counts_reach and self._is_wanted(node, "reach"):
                return _instead(node, _expression(WHOLE_PROVINCE))
        elif isinstance(node.func, ast.Name) and node.func.id == "require":
            kept = [word for word in node.keywords if word.arg != "on"]
            if len(kept) < len(node.keywords) and self._is_wanted(node, "require(on=…)"):
                return ast.Call(node.func, node.args, kept)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        # A lookup is broken in the living class, not in its source.
        for statement in node.body:
            for name in _lookups(statement):
                self._is_wanted(statement, name, node.name)
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        # What stands inside it is a site of its own, counted after it.
        is_broken = _is_scope(node) and self._is_wanted(node, "scope()")
        self.generic_visit(node)
        if is_broken:
            # The old body stays behind it, so that no name falls out of use.
            node.body = [*ast.parse(EVERYBODY).body, *node.body]
        return node


def _is_scope(node: ast.FunctionDef) -> bool:
    return node.name == "scope" and [word.arg for word in node.args.args] == ["cls", "reach"]


def _lookups(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
        for target in statement.targets:
            if isinstance(target, ast.Name) and target.id in LOOKUPS and statement.value.value is not None:
                yield target.id


def _unscoped(manager: ast.expr) -> ast.expr:
    because = ast.keyword("because", ast.Constant("broken on purpose"))
    return ast.Call(ast.Attribute(manager, "unscoped", ast.Load()), [], [because])


def _instead(call: ast.Call, other: ast.expr) -> ast.expr:
    """`other`, with the call's arguments still evaluated, so that no name falls out of use."""
    kept = [*call.args, *(word.value for word in call.keywords), other]
    return ast.Subscript(ast.Tuple(kept, ast.Load()), ast.Constant(-1), ast.Load())


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
