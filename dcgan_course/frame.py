"""What every chapter has in common, as rules that can fail."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import nbformat

from dcgan_course.chapters import (
    grading,
    has_tag,
    notebook_text,
    read_notebook,
    repository_address,
    setup_source,
    tidy,
)

TIDY = "run `make notebooks`"
PARAMETERS = {"profile", "seed", "data_dir", "run_dir"}
MOST_LINES, MEDIAN_LINES = 20, 6
WORDS = (700, 2500)
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
HIDDEN, HIDDEN_END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
EXERCISE = re.compile(r"# (Exercise \d+\.\d+: .+)")
ABSOLUTE = re.compile(r"""["'](?:/(?!content/drive)[A-Za-z]\w*/|[A-Za-z]:\\|~/)""")
NETWORK = re.compile(r"\b(?:urllib|requests|pooch|socket|wget|curl|gdown)\b")


def problems(path: str | Path) -> list[str]:
    """What is wrong with a stored chapter: one line each, with the way out; empty if nothing is.

    Args:
        path: the notebook's file, named like ``04_generator.ipynb``.

    Raises:
        CourseError: the file can't be read.
    """
    path = Path(path)
    notebook = read_notebook(path)
    rules = (_opening, _setup, _stored, _closing, _cells, _alternation, _exercises, _contents)
    found = [problem for rule in rules for problem in rule(notebook, path)]
    return [f"{path.name}: {problem}" for problem in found]


def _opening(notebook: nbformat.NotebookNode, path: Path) -> Iterator[str]:
    first = notebook.cells[0]
    title = rf"# {int(path.stem[:2])} · \S.+"
    if first.cell_type != "markdown" or not re.match(title, first.source):
        yield f"the first cell has no title such as '# {int(path.stem[:2])} · …'"
    objectives = _objectives(first.source)
    if len(objectives) < 3 or not all("**" in line for line in objectives):
        yield "'**You will learn**' needs a list of three or more lines, each with **bold terms**"
    for part in ("**Before this**", "**Time**", "Colab"):
        if part not in first.source:
            yield f"the first cell doesn't say {part}"


def _setup(notebook: nbformat.NotebookNode, path: Path) -> Iterator[str]:
    tagged = {tag: [cell for cell in notebook.cells if has_tag(cell, tag)]
              for tag in ("parameters", "setup")}  # fmt: skip
    for tag, cells in tagged.items():
        if len(cells) != 1:
            yield f"one cell is tagged {tag!r}; received {len(cells)}"
    for cell in tagged["parameters"]:
        names = {target.id for node in ast.parse(cell.source).body
                 if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
                 for target in node.targets if isinstance(target, ast.Name)}  # fmt: skip
        if names != PARAMETERS:
            yield f"the parameters cell sets {sorted(PARAMETERS)} to plain literals"
    for cell in tagged["setup"]:
        if cell.source != setup_source(repository_address()):
            yield f"the Setup cell is not the course's: {TIDY}"


def _stored(notebook: nbformat.NotebookNode, path: Path) -> Iterator[str]:
    if any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells):
        yield f"it holds outputs or execution counts: {TIDY}"
    elif path.read_text("utf-8") != notebook_text(tidy(notebook, path.stem, repository_address())):
        yield f"it isn't stored in the course's form: {TIDY}"


def _closing(notebook: nbformat.NotebookNode, path: Path) -> Iterator[str]:
    last = notebook.cells[-1].source
    if "## What you have learned" not in last:
        yield "the last cell has no '## What you have learned'"
    answered = _terms(last)
    missing = [term for line in _objectives(notebook.cells[0].source)
               for term in _terms(line) if term not in answered]  # fmt: skip
    if missing:
        yield f"terms of the objectives that the closing doesn't answer: {', '.join(missing)}"
    number = int(path.stem[:2])
    following = sorted(path.parent.glob(f"{number + 1:02}_*.ipynb"))
    if following and f"]({following[0].name})" not in last:
        yield f"the last cell has no link to {following[0].name}"


def _cells(notebook: nbformat.NotebookNode, path: Path) -> Iterator[str]:
    lengths = []
    for cell in notebook.cells:
        if cell.cell_type != "code" or has_tag(cell, "setup"):
            continue
        lines = [line for line in cell.source.split("\n") if line.strip()]
        imports = all(re.match(r"from |import |    |\)|\w+\(", line) for line in lines[:5])
        lengths.append(len(lines))
        if len(lines) > MOST_LINES and not imports:
            yield f"a cell has {len(lines)} lines, more than {MOST_LINES}: {lines[0]!r}"
    if lengths and median(lengths) > MEDIAN_LINES:
        yield f"half of the code cells have more than {MEDIAN_LINES} lines"
    texts = [c.source for c in notebook.cells if c.cell_type == "markdown" and not grading(c)]
    words = sum(len(re.findall(r"\w[\w'’-]*", text)) for text in texts)
    if not WORDS[0] <= words <= WORDS[1]:
        yield f"it has {words} words; {WORDS[0]} to {WORDS[1]} are a chapter"


def _alternation(notebook: nbformat.NotebookNode, path: Path) -> Iterator[str]:
    for before, cell in zip(notebook.cells, notebook.cells[1:], strict=False):
        alone = before.cell_type == "code" and cell.cell_type == "code"
        if alone and not has_tag(before, "parameters"):
            yield f"no sentence stands before the cell {cell.source.splitlines()[0]!r}"
    if notebook.cells[-1].cell_type != "markdown":
        yield "no reading stands after the last code cell"


def _exercises(notebook: nbformat.NotebookNode, path: Path) -> Iterator[str]:
    graded = [(cell, grading(cell)) for cell in notebook.cells if grading(cell)]
    solutions = [cell for cell, data in graded if data.solution and cell.cell_type == "code"]
    answers = [cell for cell, data in graded if data.solution and cell.cell_type == "markdown"]
    checks = {data.grade_id for _, data in graded if data.grade and not data.solution}
    ids = [data.grade_id for _, data in graded]
    if not 3 <= len(solutions) + len(answers) <= 6 or not solutions or not answers:
        counts = f"{len(solutions)} in code and {len(answers)} open"
        yield f"three to six exercises, at least one in code and one open; received {counts}"
    if not any("redict, then run" in cell.source for cell in notebook.cells):
        yield "no exercise is called 'Predict, then run'"
    if len(set(ids)) < len(ids):
        yield "two cells share a grade_id"
    for cell in solutions:
        if f"{grading(cell).grade_id}-check" not in checks:
            yield f"the solution {grading(cell).grade_id} has no check cell"
        yield from _solution(cell)
    for cell, data in graded:
        if data.grade and not data.get("points", 0) > 0:
            yield f"{data.grade_id} has no points"
        if cell.source.count(HIDDEN) != cell.source.count(HIDDEN_END):
            yield f"{data.grade_id} has a hidden test without its end"


def _solution(cell: nbformat.NotebookNode) -> Iterator[str]:
    name = grading(cell).grade_id
    if not EXERCISE.match(cell.source):
        yield f"the solution {name} doesn't begin with '# Exercise N.k: what to do'"
    marks = re.findall(rf"^( *)(?:{BEGIN}|{END})$", cell.source, re.MULTILINE)
    if not marks or len(marks) % 2 or cell.source.count(BEGIN) != cell.source.count(END):
        yield f"the solution {name} has no region from '{BEGIN}' to '{END}'"
    if "" in marks:
        yield f"the solution {name} has a region outside of a function"


def _contents(notebook: nbformat.NotebookNode, path: Path) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type != "code" or has_tag(cell, "setup"):
            continue
        if not grading(cell) and ABSOLUTE.search(cell.source):
            yield f"an absolute path: {ABSOLUTE.search(cell.source)[0]}…"
        if NETWORK.search(cell.source):
            yield f"a call to the network: {NETWORK.search(cell.source)[0]}"


def _objectives(source: str) -> list[str]:
    after = source.partition("**You will learn**")[2].partition("**Before this**")[0]
    items = re.split(r"^- ", after, flags=re.MULTILINE)[1:]
    return [" ".join(item.split()) for item in items]


def _terms(text: str) -> set[str]:
    return {
        " ".join(term.split()).lower() for term in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)
    }
