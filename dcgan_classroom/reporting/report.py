"""The report on a graded class: tables, a page for the instructor, a folder for each student."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from nbformat import NotebookNode
from tqdm import tqdm

from dcgan_classroom.reporting import similar
from dcgan_classroom.reporting.by_hand import (
    FILE,
    ToMark,
    csv_fields,
    open_answers,
    read_marks,
    write_to_mark,
)
from dcgan_classroom.reporting.clean import clean_markdown, code, plain
from dcgan_classroom.reporting.feedback import STATUS_WORDS, write_student
from dcgan_classroom.reporting.gradebook import (
    POLICY,
    ClassBook,
    file_names,
    read_class,
    student_table,
    with_scores,
    write_tables,
)
from dcgan_classroom.reporting.overview import BINS, Seen, changes, exercises, read_work, releases
from dcgan_classroom.reporting.pages import data_block, script, write_page
from dcgan_course import NOTEBOOKS, read_notebook

MOST_FAILED = 12  # exercises in the list of those that failed most often


def write_report(
    folder: str | Path,
    *,
    marks: str | Path | None = None,
    before: str | Path | None = None,
    gradebook: str | Path | None = None,
    notebooks: str | Path = NOTEBOOKS,
    report: Callable[[str], object] = print,
) -> Path:
    """Write ``folder/report``: index.html, tables, pages to mark and compare, students' folders.

    Args:
        folder: that ``grade`` wrote to.
        marks: a filled-in ``marks_by_hand.csv``; by default the report's own, where it has one.
        before: another grading of the class, to show who gained or lost since.
        gradebook: an nbgrader database to write the marks to.
        notebooks: the solved chapters, to tell what was handed out from what was written.
        report: receives one line per fact that the instructor should know.

    Returns:
        ``folder/report/index.html``.

    Raises:
        CourseError: no grading, or marks that can't be given.
    """
    out = Path(folder) / "report"
    book = read_class(folder)
    changed = changes(read_class(before), book) if before else None
    executed = {key: _executed(book, *key) for key in book.counted}
    handed_out = releases(book, notebooks)
    seen = read_work(executed, handed_out)
    book = _marked(book, seen, marks or out / FILE, report, needed=bool(marks))
    names = _write_students(out / "students", book, executed)
    write_tables(book, out)
    rows = open_answers(book, seen.answers)
    write_to_mark(rows, out / FILE)
    _write_to_mark_page(out / "to_mark.html", rows)
    pairs = _pairs(seen, handed_out)
    write_page(out / "similar.html", "similar.html", pairs=pairs, book=book, names=names,
               limits=similar, source=_source)  # fmt: skip
    _write_index(out / "index.html", book, seen, names, pairs, rows, changed)
    if gradebook:
        from dcgan_classroom.reporting.nbgrader_database import export

        report(f"{export(book, gradebook)} submissions are in {gradebook}")
    return out / "index.html"


def _executed(book: ClassBook, student: str, chapter: str) -> Path | None:
    name = book.counted[student, chapter].executed
    path = book.folder / name
    inside = path.resolve().is_relative_to(book.folder.resolve())
    return path if name and inside and path.is_file() else None


def _marked(
    book: ClassBook, seen: Seen, path: str | Path, report: Callable[[str], object], needed: bool
) -> ClassBook:
    if not needed and not Path(path).is_file():
        return book
    rows = open_answers(book, seen.answers)
    given, unused = read_marks(path, rows)
    for line in unused:
        report(line)
    return with_scores(book, given)


def _write_students(
    folder: Path, book: ClassBook, executed: Mapping[tuple[str, str], Path | None]
) -> dict[str, str]:
    names = file_names(book.students)
    shutil.rmtree(folder, ignore_errors=True)  # a student who is no longer there leaves no page
    for student in tqdm(book.students, desc="feedback", unit="student"):
        paths = {chapter: path for (who, chapter), path in executed.items() if who == student}
        notebooks = {name: path and read_notebook(path) for name, path in paths.items()}
        write_student(folder / names[student], book, student, notebooks)
    return names


def _write_to_mark_page(path: Path, rows: list[ToMark]) -> None:
    values = {"rows": rows, "answer": clean_markdown, "file": FILE}
    data = data_block([csv_fields(row) for row in rows])
    write_page(path, "to_mark.html", script=script("to_mark.js"), data=data, **values)


def _pairs(seen: Seen, releases: Mapping[str, NotebookNode]) -> list[similar.Pair]:
    found = [
        pair
        for chapter, work in seen.written.items()
        for pair in similar.similar_pairs(chapter, work, releases.get(chapter))
    ]
    return sorted(found, key=lambda pair: (-pair.share, -pair.pieces))[: similar.MOST_PAIRS]


def _source(cell: similar.Written) -> object:
    return code(cell.source) if cell.kind == "code" else plain(cell.source)


def _write_index(path, book, seen, names, pairs, rows, changed) -> None:
    done = exercises(book, seen.errors)
    failed = sorted((one for one in done if one.failed), key=lambda one: -one.failed / one.graded)
    ended = [result for result in book.counted.values() if result.status not in ("ok", "missing")]
    write_page(path, "class.html", book=book, names=names, pairs=pairs, changed=changed, bins=BINS,
               exercises=done, failed=failed[:MOST_FAILED], ended=ended, policy_text=POLICY,
               students=student_table(book), status=STATUS_WORDS, limits=similar,
               to_mark=sum(row.score is None for row in rows), answers=len(rows))  # fmt: skip
