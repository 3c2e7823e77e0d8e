"""Pages on the library itself: what each room hands on, and what each command does."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from typer.testing import CliRunner

import dcgan_lib

WIDTH = 76  # columns of a help text
SHORT = 48  # characters of a value that is shown
VALUES = "## Values\n\n| name | value | |\n|---|---|---|\n{}\n"
REFERENCE = "```{{eval-rst}}\n.. {kind}:: {room}.{name}\n{options}```\n"


def write_interfaces(folder: Path) -> None:
    """A page for each front door of the library, as ``dcgan_lib.ROOM.md``."""
    folder.mkdir(exist_ok=True)
    for room in find_rooms():
        (folder / f"{room}.md").write_text(_room_page(room), "utf-8")


def find_rooms() -> list[str]:
    """The library's modules that have a front door: itself, and its rooms."""
    root = Path(str(dcgan_lib.__file__)).parent
    doors = [stub.parent.relative_to(root.parent) for stub in root.rglob("__init__.pyi")]
    return sorted(".".join(door.parts) for door in doors)


def write_command_page(out: Path) -> None:
    """Add what ``--help`` says of each command to the page ``out``."""
    app = runpy.run_path(str(Path(str(dcgan_lib.__file__)).with_name("__main__.py")))["app"]
    names = [command.name for command in app.registered_commands]
    names += [group.name for group in app.registered_groups]
    parts = [f"## {name}\n\n```text\n{_help(app, name)}\n```\n" for name in names]
    out.write_text("\n".join([out.read_text("utf-8"), *parts]), "utf-8")


def _help(app: typer.Typer, name: str) -> str:
    line = {"prog_name": "python -m dcgan_lib", "terminal_width": WIDTH}
    return CliRunner().invoke(app, [name, "--help"], **line).output.strip()


def _room_page(room: str) -> str:
    module, parts, values = importlib.import_module(room), [], []
    for origin, name in _handed_on(module):
        value = getattr(module, name)
        if inspect.isclass(value):
            parts.append(_reference("autoclass", room, name, "   :members:\n"))
        elif inspect.isfunction(value) and not name.endswith("_command"):
            parts.append(_reference("autofunction", room, name))
        elif not callable(value) and not inspect.ismodule(value):
            values.append(_value_row(origin, name, value))
    docstring = f"```{{eval-rst}}\n.. automodule:: {room}\n```\n"
    table = [VALUES.format("\n".join(values))] if values else []
    return "\n".join([f"# {room}\n", docstring, *parts, *table])


def _reference(kind: str, room: str, name: str, options: str = "") -> str:
    return REFERENCE.format(kind=kind, room=room, name=name, options=options)


def _handed_on(room: ModuleType) -> Iterator[tuple[Path, str]]:
    """The names in a front door's list, each with the file where it is written.

    What a room inside of this one hands on has its place on that room's page.
    """
    stub = Path(str(room.__file__)).with_suffix(".pyi")
    for node in ast.parse(stub.read_text("utf-8")).body:
        origin = stub.parent / f"{getattr(node, 'module', None)}.py"
        if isinstance(node, ast.ImportFrom) and origin.exists():
            yield from ((origin, alias.name) for alias in node.names)


def _value_row(origin: Path, name: str, value: Any) -> str:
    """A row of the table of values: name, value, and the comment beside it."""
    line = re.search(rf"^{name}\b.*?(?:  # (.*))?$", origin.read_text("utf-8"), re.MULTILINE)
    shown = repr(value)
    if len(shown) > SHORT or "<" in shown:
        kept = ", ".join(f"`{key}`" for key in value) if isinstance(value, dict) else ""
        shown = kept or f"{type(value).__name__}"
    else:
        shown = f"`{shown}`"
    return f"| `{name}` | {shown} | {(line and line[1]) or ''} |"
