"""The house keeps its shape: who may import whom, through which door, and how large a room is."""

from __future__ import annotations

import ast
import importlib
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from operator import itemgetter
from pathlib import Path

import pytest

from tests.house.imports import OTHERS, PACKAGES, Arrow, House, circles

REPOSITORY = Path(__file__).parents[2]
MOST_FILES, MOST_LINES = 14, 300
MOST_IMPORT_LINES = 6  # of ours, in a chapter
IGNORED = shutil.ignore_patterns("__pycache__")

# From the ground up: a place may import from itself and from what stands before it.
FLOW = (
    "dcgan_lib",  # its version alone; what it hands on is loaded when it is used
    "dcgan_lib.shared",
    "dcgan_lib.settings",
    "dcgan_lib.collect",
    "dcgan_lib.crop",
    "dcgan_lib.machine",
    "dcgan_lib.load",
    "dcgan_lib.layers",
    "dcgan_lib.generator",
    "dcgan_lib.discriminator",
    "dcgan_lib.losses",
    "dcgan_lib.train",
    "dcgan_lib.evaluate",
    "dcgan_lib.latent",
    "dcgan_lib.rules",
    "dcgan_lib.publish",
    "dcgan_lib.beyond",
    "dcgan_lib.__main__",
    "dcgan_lib.classroom",  # the old name of the class's commands
    "dcgan_course",
    "dcgan_course.setup",
    "dcgan_course.checking",
    "dcgan_course.networks",
    "dcgan_course.exploring",
    "dcgan_course.chapters",
    "dcgan_course.prepare",
    "dcgan_course.ch",  # the lessons, which don't know each other
    "dcgan_course.frame",
    "dcgan_course.page",
    "dcgan_course.run",
    "dcgan_course.site",
    "dcgan_course.__main__",
    "dcgan_classroom",
    "dcgan_classroom.options",
    "dcgan_classroom.archive",
    "dcgan_classroom.progress",
    "dcgan_classroom.spreadsheet",
    "dcgan_classroom.release",
    "dcgan_classroom.submissions",
    "dcgan_classroom.sandbox",
    "dcgan_classroom.probes",
    "dcgan_classroom.grading",
    "dcgan_classroom.roster",
    "dcgan_classroom.gradebook",
    "dcgan_classroom.marking",
    "dcgan_classroom.exports",
    "dcgan_classroom.reporting",
    "dcgan_classroom.__main__",
)


@cache
def the_house() -> House:
    """The house as it stands, read once."""
    return House(REPOSITORY)


def test_nothing_imports_back_up_the_flow():
    assert not back_up_the_flow(the_house())


def test_no_module_is_part_of_a_circle():
    assert not circles(edges(the_house()))


def test_a_room_is_entered_by_its_front_door():
    assert not past_a_front_door(the_house())


def test_no_room_and_no_module_is_too_large():
    assert not too_large(the_house())


def test_a_function_never_bears_its_files_name():
    house = the_house()
    named = [
        f"{module}.{node.name}"
        for module, path in house.modules.items()
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name == module.rpartition(".")[2]
    ]
    assert not named


def test_a_number_in_a_name_means_a_lesson():
    names = [name for name in the_house().modules if any(c.isdigit() for c in name)]
    assert all(".ch" in name for name in names)


def test_front_doors_hand_on_what_they_name():
    for room, names in filter(itemgetter(1), the_house().doors.items()):
        module = importlib.import_module(room)
        assert sorted(module.__all__) == sorted(names), room
        assert all(hasattr(module, name) for name in names), room


def test_a_chapter_imports_little_of_ours():
    arrows = [arrow for arrow in the_house().arrows if arrow.importer.endswith(".ipynb")]
    lines = Counter(name for name, _ in {(arrow.importer, arrow.line) for arrow in arrows})
    assert {name: count for name, count in lines.items() if count > MOST_IMPORT_LINES} == {}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The house once more, to spoil."""
    for name in (*PACKAGES, *OTHERS, "notebooks"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=IGNORED)
    return tmp_path


@pytest.mark.parametrize(
    "importer, line",
    [
        ("dcgan_lib/crop/face.py", "from dcgan_lib.train import train"),
        ("dcgan_lib/settings.py", "def lazy():\n    import dcgan_lib.train"),
        ("dcgan_lib/load/serving.py", "if TYPE_CHECKING:\n    from dcgan_lib import generator"),
        ("dcgan_lib/machine.py", "importlib.import_module('dcgan_course')"),
        (
            "dcgan_course/ch03_load/plots.py",
            "from dcgan_course import ch02_crop",
        ),
        ("dcgan_course/checking.py", "from dcgan_classroom import student_version"),
    ],
)
def test_an_import_back_up_is_found(copy: Path, importer: str, line: str):
    plant(copy / importer, line)
    assert len(added(back_up_the_flow, copy)) == 1


def test_a_circle_is_found_within_a_room_too(copy: Path):
    plant(copy / "dcgan_lib/train/gan.py", "from . import training")
    assert circles(edges(House(copy)))


@pytest.mark.parametrize("importer", ["dcgan_lib/rules/study.py", "benchmarks/torch_loop.py"])
def test_an_import_past_a_front_door_is_found(copy: Path, importer: str):
    plant(copy / importer, "from dcgan_lib.crop.folder import crop_folder")
    plant(copy / importer, "from dcgan_lib.crop import face")
    assert len(added(past_a_front_door, copy)) == 2


def test_a_notebook_has_to_use_the_front_door_as_well(copy: Path):
    path = copy / "notebooks/07_train.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][-1] = {"cell_type": "code", "source": "import dcgan_lib.train.gan as gan"}
    path.write_text(json.dumps(notebook), "utf-8")
    assert len(added(past_a_front_door, copy)) == 1


def test_too_large_a_room_and_module_are_found(copy: Path):
    plant(copy / "dcgan_lib/losses.py", "x = 0\n" * MOST_LINES)
    for number in range(MOST_FILES):
        (copy / "dcgan_lib/rules" / f"more_{chr(97 + number)}.py").touch()
    assert len(added(too_large, copy)) == 2


def added(look: Callable[[House], list[str]], copy: Path) -> set[str]:
    """What is found in a spoiled copy, and not in the house itself."""
    return set(look(House(copy))) - set(look(the_house()))


def plant(path: Path, line: str) -> None:
    """Add an offence to the end of a file."""
    path.write_text(f"{path.read_text('utf-8')}\n{line}\n", "utf-8")


def back_up_the_flow(house: House) -> list[str]:
    """Imports of a place that stands later in the flow, and lessons that import lessons."""
    found = []
    for arrow in house.arrows:
        if arrow.importer not in house.modules:
            continue
        end = house.origin(arrow)
        here, there = place(arrow.importer), place(end)
        lessons = FLOW[here] == FLOW[there] == "dcgan_course.ch"
        if there > here or (lessons and lesson(arrow.importer) != lesson(end)):
            found.append(str(arrow))
    return found


def edges(house: House) -> dict[str, set[str]]:
    """Module → the modules that it imports; a room's own front door is no stop on the way."""
    found: dict[str, set[str]] = defaultdict(set)
    for arrow in house.arrows:
        if arrow.importer in house.modules and house.origin(arrow) != arrow.importer:
            found[arrow.importer].add(house.origin(arrow))
    return found


def past_a_front_door(house: House) -> list[str]:
    """Imports that reach into a room from outside without its ``__init__``."""
    return [str(arrow) for arrow in house.arrows if _is_past(house, arrow)]


def _is_past(house: House, arrow: Arrow) -> bool:
    inside = house.room(arrow.importer) if arrow.importer in house.modules else ""
    is_module = f"{arrow.module}.{arrow.name}" in house.modules
    room = arrow.module if is_module else house.room(arrow.module)
    if f"{inside}.".startswith(f"{room}."):  # of the same room, or of one inside it
        return False
    if is_module:
        name = f"{arrow.module}.{arrow.name}"
        return not house.is_room(name) and arrow.name not in house.doors.get(arrow.module, [])
    return not house.is_room(arrow.module)


def too_large(house: House) -> list[str]:
    """Rooms of too many files, and modules of too many lines."""
    rooms = Counter(house.room(module) for module in house.modules)
    lengths = {
        name: len(path.read_text("utf-8").splitlines()) for name, path in house.modules.items()
    }
    return [
        *(f"{room}: {count} files" for room, count in rooms.items() if count > MOST_FILES),
        *(f"{name}: {count} lines" for name, count in lengths.items() if count > MOST_LINES),
    ]


def place(module: str) -> int:
    """Where in the flow a module stands: the longest entry that its name begins with."""
    fitting = [name for name in FLOW if module == name or module.startswith(_prefix(name))]
    assert fitting, f"{module} has no place in the flow"
    return FLOW.index(max(fitting, key=len))


def lesson(module: str) -> str:
    """``chNN_name`` of a module below ``dcgan_course``."""
    return module.split(".")[1]


def _prefix(name: str) -> str:
    return name if name == "dcgan_course.ch" else f"{name}."
