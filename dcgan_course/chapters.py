"""The chapters as files: read, put in order, written always alike.

A chapter is stored solved and without outputs. ``tidy`` keeps it so, and writes the two cells
that all chapters share: Setup, and the badges once the course has a public address.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import nbformat

from dcgan_lib import __version__
from dcgan_lib.shared import CourseError, atomic_path

REPOSITORY = Path(__file__).parents[1]
NOTEBOOKS = REPOSITORY / "notebooks"
FIRST_BEYOND = 12  # the first chapter on what came after the paper
ANSWER = "Your answer here."  # in the student version of an open question
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
GRADER_KEYS = ("grade", "grade_id", "locked", "points", "schema_version", "solution", "task")
BADGE_MARK = "<!-- badges -->"
SETUP = """\
import importlib.util
import subprocess
import sys
from pathlib import Path

VERSION, ADDRESS = "{version}", "{address}"  # of this course; "": not published yet
if importlib.util.find_spec("dcgan_course") is None:  # as on Colab: install it beside what is there
    places = [Path.cwd(), *Path.cwd().parents, Path("/content/drive/MyDrive")]
    found = [place for place in places if (place / "dcgan_course").is_dir()]
    found += [file for place in places for file in place.glob(f"dcgan-course-{{VERSION}}.zip")]
    if not found and not ADDRESS:
        raise FileNotFoundError(f"Upload dcgan-course-{{VERSION}}.zip beside this notebook.")
    source = f"git+{{ADDRESS}}@v{{VERSION}}" if ADDRESS else str(found[0])
    install = ["pip", "install", "-q", "--no-deps", "lazy-loader", source]
    for step in (install, ["dcgan_course.setup"]):
        subprocess.run([sys.executable, "-m", *step], check=True)
    importlib.invalidate_caches()
import dcgan_course

dcgan_course.require_version(VERSION)
%matplotlib inline"""


def find_chapters(folder: str | Path = NOTEBOOKS) -> list[Path]:
    """The numbered notebooks of a folder, in order.

    Raises:
        CourseError: there are none.
    """
    found = sorted(Path(folder).glob("[0-9][0-9]_*.ipynb"))
    if not found:
        raise CourseError(
            f"There are no chapters. Expected notebooks such as 04_generator.ipynb in {folder}. "
            "Received: none. Run this from a checkout, or name the folder that holds them."
        )
    return found


def is_beyond(path: Path) -> bool:
    """Whether a chapter is about what came after the paper (`make beyond` runs these)."""
    return int(path.stem[:2]) >= FIRST_BEYOND


def read_notebook(path: str | Path) -> nbformat.NotebookNode:
    """Read one notebook, format 4.

    Raises:
        CourseError: the file is missing or no notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise CourseError(
            f"A notebook can't be read. Expected: {path}, a Jupyter notebook. Received: "
            f"{type(error).__name__}. Check the name, or take the file from the repository again."
        ) from None


def notebook_text(notebook: nbformat.NotebookNode) -> str:
    """A notebook as JSON, alike for alike notebooks, a line of source in each line."""
    return nbformat.writes(notebook) + "\n"


def write_notebook(notebook: nbformat.NotebookNode, path: str | Path) -> None:
    """Write a notebook, whole or not at all."""
    with atomic_path(path) as part:
        part.write_text(notebook_text(notebook), encoding="utf-8")


def repository_address() -> str:
    """The course's public address from ``pyproject.toml``; empty while it has none."""
    try:
        project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    except FileNotFoundError:  # installed without the checkout
        return ""
    return project["tool"]["dcgan"]["repository"]


def setup_source(address: str) -> str:
    """Source of the Setup cell."""
    return SETUP.format(version=__version__, address=address)


def badges(name: str, address: str) -> str:
    """The line under a chapter's title: a button that opens it on Colab; only for GitHub."""
    place = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?", address)
    if not place:
        return ""
    picture = "https://colab.research.google.com/assets/colab-badge.svg"
    target = f"https://colab.research.google.com/github/{place[1]}/blob/main/notebooks/{name}.ipynb"
    return f"[![Open in Colab]({picture})]({target}) {BADGE_MARK}"


def tidy(notebook: nbformat.NotebookNode, name: str, address: str = "") -> nbformat.NotebookNode:
    """The notebook as it is stored: no outputs, counts or stray metadata, shared cells written.

    Args:
        notebook: format 4; not changed.
        name: of the chapter's file, without suffix.
        address: the course's public address, or empty.
    """
    cells = [_tidy_cell(cell, address) for cell in notebook.cells]
    if cells and cells[0].cell_type == "markdown":
        cells[0].source = _with_badges(cells[0].source, badges(name, address))
    stored = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    stored.nbformat_minor = 5
    return stored


def tidy_folder(folder: str | Path = NOTEBOOKS, address: str | None = None) -> list[str]:
    """Put every chapter of a folder in order.

    Returns:
        Names of the files that were changed.
    """
    changed = []
    for path in find_chapters(folder):
        notebook = tidy(
            read_notebook(path), path.stem, repository_address() if address is None else address
        )
        if path.read_text("utf-8") != notebook_text(notebook):
            write_notebook(notebook, path)
            changed.append(path.name)
    return changed


def has_tag(cell: nbformat.NotebookNode, tag: str) -> bool:
    """Whether a cell carries this tag."""
    return tag in cell.metadata.get("tags", [])


def grading(cell: nbformat.NotebookNode) -> nbformat.NotebookNode | None:
    """nbgrader's metadata of a cell, or None."""
    return cell.metadata.get("nbgrader")


def _tidy_cell(cell: nbformat.NotebookNode, address: str) -> nbformat.NotebookNode:
    source = "\n".join(line.rstrip() for line in cell.source.strip("\n").split("\n"))
    if has_tag(cell, "setup"):
        source = setup_source(address)
    make = (
        nbformat.v4.new_markdown_cell if cell.cell_type == "markdown" else nbformat.v4.new_code_cell
    )
    tidied = make(source)
    tidied.id = cell.get("id") or tidied.id
    if cell.metadata.get("tags"):
        tidied.metadata["tags"] = sorted(cell.metadata.tags)
    if grading(cell):
        kept = {key: grading(cell)[key] for key in GRADER_KEYS if key in grading(cell)}
        tidied.metadata["nbgrader"] = nbformat.from_dict(kept)
    return tidied


def _with_badges(source: str, line: str) -> str:
    lines = [text for text in source.split("\n") if BADGE_MARK not in text]
    title, *rest = lines
    while rest and not rest[0]:
        rest.pop(0)
    return "\n".join([title, "", *([line, ""] if line else []), *rest])
