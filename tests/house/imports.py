"""Who imports whom, read from every file and notebook: nothing is run."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

PACKAGES = ("dcgan_lib", "dcgan_course", "dcgan_classroom")
OTHERS = ("data_scripts", "benchmarks")  # folders of scripts, which import and are not imported


@dataclass(frozen=True)
class Arrow:
    """One import: ``importer`` takes ``name`` from ``module``, or, where it is "", all of it."""

    importer: str
    line: int
    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {f'{self.module}.{self.name}'.rstrip('.')}"


class House:
    """The three packages below ``root``, their scripts and notebooks.

    Attributes:
        modules: dotted name → file, of all modules of the packages.
        arrows: every import of one of these modules, lazy ones and those for types included.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.modules = {
            _dotted(path.relative_to(root)): path
            for package in PACKAGES
            for path in sorted((root / package).rglob("*.py"))
        }
        self.arrows = [
            arrow for name, text in self._texts() for arrow in _read(name, text, self.is_room(name))
        ]

    def is_room(self, module: str) -> bool:
        """Whether this module is a folder."""
        return module in self.modules and self.modules[module].name == "__init__.py"

    def room(self, module: str) -> str:
        """The folder that a module lies in; a folder is its own room."""
        return module if self.is_room(module) else module.rpartition(".")[0]

    @cached_property
    def doors(self) -> dict[str, dict[str, str]]:
        """Room → name that its front door hands on → the module where that name is."""
        return {
            room: _handed_on(room, self.modules[room])
            for room in self.modules
            if self.is_room(room)
        }

    def origin(self, arrow: Arrow) -> str:
        """The module that an arrow ends at: a submodule, or the file behind a room's front door."""
        if f"{arrow.module}.{arrow.name}" in self.modules:
            return f"{arrow.module}.{arrow.name}"
        return self.doors.get(arrow.module, {}).get(arrow.name, arrow.module)

    def _texts(self) -> Iterator[tuple[str, str]]:
        for module, path in self.modules.items():
            yield module, path.read_text("utf-8")
        for folder in OTHERS:
            for path in sorted((self.root / folder).rglob("*.py")):
                yield path.relative_to(self.root).as_posix(), path.read_text("utf-8")
        for path in sorted((self.root / "notebooks").glob("*.ipynb")):
            yield path.relative_to(self.root).as_posix(), _code(path)


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Groups of nodes that reach each other: strongly connected components of two and more."""
    reached = {node: _reach(node, edges) for node in edges}
    found = {frozenset(b for b in reached[a] if a in reached.get(b, ())) for a in edges}
    return sorted(sorted(group) for group in found if len(group) > 1)


def _reach(start: str, edges: dict[str, set[str]]) -> set[str]:
    seen, waiting = set(), [start]
    while waiting:
        for node in edges.get(waiting.pop(), ()):
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return seen


@cache  # a spoiled copy of the house has all files but one in common with it
def _read(importer: str, text: str, is_room: bool) -> tuple[Arrow, ...]:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return tuple(
        Arrow(importer, node.lineno, module, name)
        for node in ast.walk(compile(text, importer, "exec", flags))
        for module, name in _imported(node, importer, is_room)
        if module.partition(".")[0] in PACKAGES
    )


def _imported(node: ast.AST, importer: str, is_room: bool) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        yield from ((alias.name, "") for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base: Sequence[str] = importer.split(".")
        base = base[: len(base) - node.level + is_room] if node.level else []
        module = ".".join([*base, *([node.module] if node.module else [])])
        yield from ((module, alias.name) for alias in node.names)
    elif (
        isinstance(node, ast.Call)
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and ast.unparse(node.func).rpartition(".")[2] in ("import_module", "__import__")
    ):
        yield str(node.args[0].value), ""


def _handed_on(room: str, init: Path) -> dict[str, str]:
    stub = init.with_suffix(".pyi")
    tree = ast.parse(stub.read_text("utf-8") if stub.exists() else "")
    return {
        alias.name: f"{room}.{node.module or alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _code(notebook: Path) -> str:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    lines = [
        line
        for cell in cells
        if cell["cell_type"] == "code"
        for line in "".join(cell["source"]).splitlines()
    ]
    return "\n".join(
        line[: len(line) - len(line.lstrip())] + "pass"
        if line.lstrip().startswith(("%", "!"))
        else line
        for line in lines
    )


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
