"""Where the source decides whose rows are seen, and what each place looks like when it is broken.

A site is a call of `visible_to`, `within` or `reach`, a `require(…, on=…)`, a `scope` that a model writes
itself, or one of a model's three lookups. Broken means: open to everybody.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tools.paths import ROOT

# What rows pass through on their way to a reader. Demo, commands and migrations have none.
APPS = ("federation", "integrity", "payroll", "attendance", "workers", "projects", *(
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
EVERYBODY = "return __import__('tools.mutation').mutation.everybody()"


@dataclass(frozen=True)
class Site:
    """One place: the n-th of its file."""

    path: str
    number: int
    line: int
    kind: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.kind}"


def sites() -> list[Site]:
    """Every site of the apps, in the order of the files."""
    return [site for path in _files() for site in _of_file(path)]


def broken(path: str, number: int) -> ast.Module:
    """The module at `path` with its site `number` broken."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    breaker = _Breaker(number, counts_reach=_counts_reach(path))
    tree = breaker.visit(tree)
    return ast.fix_missing_locations(tree)


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
    return [Site(path, number, line, kind) for number, (line, kind) in enumerate(breaker.met)]


class _Breaker(ast.NodeTransformer):
    """Counts the sites of a module and breaks the one whose number is `wanted`."""

    def __init__(self, wanted: int | None, *, counts_reach: bool) -> None:
        self.wanted = wanted
        # Pages ask for a reach only to choose words and links; what they show comes from selectors.
        self.counts_reach = counts_reach
        self.met: list[tuple[int, str]] = []

    def _is_wanted(self, node: ast.AST, kind: str) -> bool:
        self.met.append((node.lineno, kind))  # type: ignore[attr-defined]  # statements and calls have lines
        return len(self.met) - 1 == self.wanted

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

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST | list[ast.stmt]:
        after: list[ast.stmt] = []
        for statement in node.body:
            for name, part in _lookups(statement):
                if self._is_wanted(statement, name):
                    after += ast.parse(
                        f"{node.name}.scope = __import__('tools.mutation').mutation"
                        f".widened({node.name}.scope, {part!r})"
                    ).body
        self.generic_visit(node)
        return [node, *after]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        # What stands inside it is a site of its own, counted after it.
        is_broken = _is_scope(node) and self._is_wanted(node, "scope()")
        self.generic_visit(node)
        if is_broken:
            node.body = ast.parse(EVERYBODY).body
        return node


def _is_scope(node: ast.FunctionDef) -> bool:
    return node.name == "scope" and [word.arg for word in node.args.args] == ["cls", "reach"]


def _lookups(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
        for target in statement.targets:
            if isinstance(target, ast.Name) and target.id in LOOKUPS and statement.value.value is not None:
                yield target.id, LOOKUPS[target.id]


def _unscoped(manager: ast.expr) -> ast.expr:
    because = ast.keyword("because", ast.Constant("broken on purpose"))
    return ast.Call(ast.Attribute(manager, "unscoped", ast.Load()), [], [because])


def _instead(call: ast.Call, other: ast.expr) -> ast.expr:
    """`other`, with the call's arguments still evaluated, so that no name falls out of use."""
    kept = [*call.args, *(word.value for word in call.keywords), other]
    return ast.Subscript(ast.Tuple(kept, ast.Load()), ast.Constant(-1), ast.Load())


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
