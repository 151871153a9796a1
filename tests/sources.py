"""The project's own source files, parsed: what the house rules are checked on."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.shared import ROOT

PACKAGES: Final = ("crawler", "spiders", "settings")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file of the project; `path` is relative to its root, with slashes."""

    path: str
    text: str
    tree: ast.Module

    @property
    def length(self) -> int:
        """Lines of the file."""
        return len(self.text.splitlines())

    def functions(self) -> Iterator[tuple[str, Function]]:
        """Every function with its dotted name inside the file, nested ones too."""
        yield from _functions(self.tree, "")

    def imports(self) -> Iterator[str]:
        """The dotted name of everything imported, `package.name` for names from a package."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    def imports_any(self, packages: frozenset[str]) -> list[str]:
        """What is imported of `packages`, each a dotted name, and of what is below them."""
        return sorted(
            name
            for name in self.imports()
            if any(f"{name}.".startswith(f"{package}.") for package in packages)
        )

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call with the dotted name of what is called, as it is written."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield f"{prefix}{child.name}", child
        named = isinstance(child, Function | ast.ClassDef)
        inner = f"{prefix}{child.name}." if isinstance(child, Function | ast.ClassDef) else prefix
        yield from _functions(child, inner if named else prefix)


def lines_of(function: Function) -> int:
    """Lines of a function from its `def` to its end, without decorators."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Every Python file below `folders`, in the order of their paths."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text))


@cache
def house_exceptions() -> dict[str, str]:
    """What `[tool.heed.house]` lets off, with the reason: "path" or "path:function"."""
    configured: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: dict[str, str] = configured["tool"].get("heed", {}).get("house", {})
    return found
