"""The fixture class, second part: notebooks that were tampered with, and files that are a trap."""

import io
import json
import zipfile

from dcgan_course.chapters import grading
from tests.support.hand_in import COURSE, FULL, SUMS, Book, group
from tests.support.submitted import packed

tampering = group("tampering")
WRONG = "def running_total(values):\n    return None"


@tampering("error", (3, 0, 1, None), "a stub stands for the deleted answer", says="were deleted")
def deletes_cells(book: Book):
    """Deletes every check, every text, and one answer."""
    book.notebook.cells = [
        cell
        for cell in book.cells
        if grading(cell) and grading(cell).solution and grading(cell).grade_id != "count-even"
    ]


@tampering("ok", FULL, "the cell that was given out counts", says="is there 2 times")
def copies_a_cell(book: Book):
    """Copies a solution's cell, grade id and all, and breaks the copy."""
    copy = book.add(WRONG, "running-total-check")
    copy.metadata = dict(book.cell("running-total").metadata)
    copy.source = f"# Exercise 1.1: add up as you go\n{WRONG}"


@tampering("ok", FULL, "the chapter's order is kept", says="were moved")
def turns_it_round(book: Book):
    """Puts all cells in the opposite order."""
    book.cells.reverse()


@tampering("ok", FULL, "they are taken as they were meant", says="was a markdown cell")
def changes_types(book: Book):
    """Makes an answer's cell Markdown, the checks raw, and the open answer code."""
    for cell in book.cells:
        data = grading(cell)
        if data and data.grade_id == "running-total":
            cell.cell_type = "markdown"
        elif data and data.grade_id == "slow-discussion":
            cell.update(cell_type="code", outputs=[], execution_count=None)
        elif data and data.grade:
            cell.cell_type = "raw"


@tampering("ok", FULL, "ids and first lines outvote a grade id", says="grade id that isn't theirs")
def swaps_labels(book: Book):
    """Swaps the grade ids of two answers."""
    one, other = book.cell("running-total"), book.cell("count-even")
    one.metadata, other.metadata = other.metadata, one.metadata


@tampering("ok", FULL, "first lines and places are enough")
def strips_metadata(book: Book):
    """Saves with an editor that keeps neither metadata nor ids."""
    for cell in book.cells:
        cell.metadata = {}
        del cell["id"]
    book.notebook.metadata = {}


@tampering("error", (0, 2, 1, None), "points are the course's", says="points that the course")
def awards_points(book: Book):
    """Writes 300 points, a score and a mark of its own into the metadata; the answer is wrong."""
    book.answer("running-total", WRONG)
    data = book.cell("running-total-check").metadata
    data["nbgrader"].update(points=300, score=300, grade=True)
    data["mark"] = {"score": 300, "status": "ok"}


@tampering("error", (0, 0, 1, None), "the course's own checks run", says="Locked cells were")
def edits_checks(book: Book):
    """Makes each check say yes; two answers are wrong."""
    book.answer("running-total", WRONG)
    book.answer("count-even", "def count_even(last):\n    return -1")
    for name in ("running-total-check", "count-even-check", "greet-check"):
        book.cell(name).source = "print('100 %')\n1000"


@tampering("error", (0, 2, 1, None), "parameters and imports are the course's", says="of them were")
def edits_parameters(book: Book):
    """Changes parameters and Setup, so that the numbers to be added are known."""
    for cell in book.cells:
        if cell.metadata.get("tags") == ["parameters"]:
            cell.source = "profile, seed, data_dir, run_dir = 'tiny', 4, '/', '/'"
        if cell.metadata.get("tags") == ["setup"]:
            cell.source = "import numpy as np\nnp.random.default_rng = lambda seed: None"
    book.answer("running-total", WRONG)


@tampering("ok", FULL, "stock nbgrader stops here")
def grades_a_solution(book: Book):
    """Marks a solution's cell as one that is graded, and doubles its ids."""
    book.cell("running-total").metadata["nbgrader"].update(grade=True, points=5)
    for cell in book.cells:
        cell["id"] = "the-same"


@tampering("error", (0, 0, 0, None), "what ran elsewhere says nothing: all is run again")
def forges_outputs(book: Book):
    """Hands in forged outputs, papermill's and nbgrader's metadata; all answers are wrong."""
    for name in ("running-total", "count-even", "greet"):
        book.answer(name, f"{name.replace('-', '_')} = lambda _: None")
    for number, cell in enumerate(one for one in book.cells if one.cell_type == "code"):
        text = "All tests passed. Score: 3/3"
        cell.outputs = [{"output_type": "stream", "name": "stdout", "text": text}]
        cell.execution_count = number + 1
        cell.metadata["papermill"] = {"exception": False, "status": "completed", "duration": 0.1}
        if grading(cell):
            cell.metadata["nbgrader"].update(score=3, max_score=3)
    book.notebook.metadata["papermill"] = {"exception": None, "version": "2.7.0"}
    book.notebook.metadata["grading"] = {"score": 6, "status": "ok"}


@tampering("ok", FULL, "the member that leads out is refused by name; the other is graded")
def climbs_out(book: Book):
    """Hands in an archive with members that lead out of it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("../../../../../../tmp/climbed_out.ipynb", "/tmp/climbed_out.ipynb"):
            archive.writestr(name, book.bytes())
        archive.writestr("climbs out/01_sums.ipynb", book.bytes())
    return {"climbs out/work.zip": packed.getvalue()}


@tampering("missing", (0, 0, 0, 0), "no more than 50 MB of a file are read", says="MB")
def bursts(book: Book):
    """Hands in an archive of a few kilobytes that holds a notebook of 60 MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bursts/01_sums.ipynb", b" " * (60 * 2**20))
    return {"bursts/work.zip": packed.getvalue()}


@tampering("missing", (0, 0, 0, 0), "a file that can't be read stops nobody else's", says="JSON")
def nests_deeply(book: Book):
    """Hands in JSON of a hundred thousand brackets."""
    return {"nests deeply/01_sums.ipynb": b"[" * 100_000}


@tampering("missing", (0, 0, 0, 0), "links are not followed", says="link")
def links_to_the_solution(book: Book):
    """Hands in a link to the instructor's solved notebook."""
    return {"links to the solution/01_sums.ipynb": (COURSE / f"{SUMS}.ipynb").resolve()}


@tampering("ok", FULL, "odd forms are read as far as they make sense")
def breaks_the_format(book: Book):
    """Breaks the notebook's format: numbers for sources, texts for metadata, cells of no kind."""
    values = json.loads(book.bytes())
    values["cells"][0]["source"] = 7
    values["cells"] += [3, None, {"cell_type": "spell", "source": ["a", 1], "metadata": "x"}]
    values["nbformat_minor"], values["metadata"] = "five", []
    return {"breaks the format/01_sums.ipynb": json.dumps(values).encode()}


@tampering(
    "ok", FULL, "all that lies in one's own folder is one's own; the others have their marks"
)
def hands_in_for_others(book: Book):
    """Hands in wrong answers named like other students' work, in folders and archives."""
    wrong = Book(book.chapter, book.traps)
    wrong.answer("running-total", WRONG)
    names = (
        "adds in a loop/01_sums.ipynb",
        "adds in a loop_01_sums.ipynb",
        "adds in a loop - 01_sums.ipynb",
        "adds in a loop_123_assignsubmission_file_/01_sums.ipynb",
        "addsinaloop_12345_67890_01_sums.ipynb",
    )
    forged = {name: wrong.bytes() for name in names}
    own = "hands in for others"
    files = {f"{own}/{name}": data for name, data in forged.items()}
    return files | {
        f"{own}/export.zip": packed(forged | {"again.zip": packed(forged)}),
        f"{own}/01_sums (9).ipynb": book.bytes(),
    }


@tampering(
    "missing", (0, 0, 0, 0), "parts are counted before they are built", says="2,000,000 parts"
)
def nests_widely(book: Book):
    """Hands in 30 MB of brackets."""
    data = b'{"cells": [' + b"{}," * 10**7 + b"{}]}"
    return {"nests widely/01_sums.ipynb": data}
