"""The report on a graded class: tables, a page for the instructor, a folder for each student."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from nbformat import NotebookNode
from tqdm import tqdm

from dcgan_classroom.exports import UPLOAD_WORDS, write_uploads
from dcgan_classroom.gradebook import (
    ClassBook,
    Key,
    Policy,
    counted_by,
    enrolled,
    file_names,
    policy_text,
    read_class,
    read_policy,
    require_exercises,
    student_table,
    weighted,
    write_tables,
)
from dcgan_classroom.marking import (
    FILE,
    Decision,
    MarkingRow,
    anonymous_names,
    decided,
    marking_rows,
    update_decisions,
    write_form,
)
from dcgan_classroom.reporting import similar
from dcgan_classroom.reporting.clean import code, plain
from dcgan_classroom.reporting.feedback import STATUS_WORDS, write_student
from dcgan_classroom.reporting.overview import BINS, Change, changes, exercises
from dcgan_classroom.reporting.pages import write_page
from dcgan_classroom.reporting.to_mark import write_to_mark_page
from dcgan_classroom.reporting.work import Seen, read_work, releases
from dcgan_classroom.roster import Roster, read_roster
from dcgan_course import NOTEBOOKS, read_notebook
from dcgan_lib.shared import atomic_path

ROSTER, POLICY = "roster.csv", "policy.toml"  # in the folder of a grading: what it was given
MOST_FAILED = 12  # exercises in the list of what to teach again
Kept = TypeVar("Kept")


def write_report(
    folder: str | Path,
    *,
    roster: str | Path | None = None,
    policy: str | Path | None = None,
    marks: str | Path | None = None,
    anonymous: bool = False,
    before: str | Path | None = None,
    gradebook: str | Path | None = None,
    notebooks: str | Path = NOTEBOOKS,
    report: Callable[[str], object] = print,
) -> Path:
    """Write ``folder/report``: index.html, tables, pages to mark and compare, students' folders.

    Roster, policy and marks are kept in ``folder``: they hold until others are given.

    Args:
        folder: that ``grade`` wrote to.
        roster: the class list; see ``read_roster``.
        policy: of late work, attempts, weights and rubric; see ``read_policy``.
        marks: a filled-in ``marks_by_hand.csv``; the report's own is read in any case.
        anonymous: whether the page and the table to mark in name nobody.
        before: another grading of the class, to show who gained or lost since.
        gradebook: an nbgrader database to write the marks to.
        notebooks: the solved chapters, to tell what was handed out from what was written.
        report: receives one line per fact that the instructor should know.

    Returns:
        ``folder/report/index.html``.

    Raises:
        CourseError: no grading, or a roster, a policy or marks that can't be used.
    """
    folder = Path(folder)
    out = folder / "report"
    graded = read_class(folder)
    people = _kept(folder / ROSTER, roster, read_roster)
    rules = _kept(folder / POLICY, policy, read_policy) or Policy()
    book = counted_by(_enrolled(graded, people), rules)
    require_exercises(book, rules.rubric, "rubric")
    handed_out = releases(book, notebooks)
    executed = {key: _executed(book, *key) for key in book.counted}
    seen = read_work(executed, handed_out)
    shown = anonymous_names(folder, book.students) if anonymous else {}
    decisions = _decisions(book, seen, shown, Path(marks) if marks else None, report)
    rows = marking_rows(book, seen.answers, decisions, shown)
    book = weighted(decided(book, decisions.values(), rules.rubric), rules.weights)
    names = _write_students(out / "students", book, executed, policy_text(rules))
    write_tables(book, out)
    write_form(rows, out / FILE)
    write_to_mark_page(out / "to_mark.html", rows, rules, anonymous)
    overview = _Overview(
        book=book,
        rules=rules,
        seen=seen,
        names=names,
        pairs=_pairs(seen, handed_out),
        rows=rows,
        changed=_changed(before, graded, people),
        uploads=write_uploads(book, people, out / "students", names, out / "upload"),
    )
    _write_similar(out / "similar.html", overview)
    _write_index(out / "index.html", overview)
    if gradebook:
        from dcgan_classroom.exports import write_database

        report(f"{write_database(book, gradebook)} submissions are in {gradebook}")
    return out / "index.html"


def _decisions(
    book: ClassBook,
    seen: Seen,
    shown: Mapping[str, str],
    filled: Path | None,
    report: Callable[[str], object],
) -> Mapping[Key, Decision]:
    """What a human decided, now and before; what could not be used is reported."""
    rows = marking_rows(book, seen.answers, {}, shown)
    decisions, unused = update_decisions(book, rows, book.folder / "report" / FILE, filled)
    for line in unused:
        report(line)
    return decisions


def _changed(
    before: str | Path | None, graded: ClassBook, people: Roster | None
) -> list[Change] | None:
    """Who gained or lost since another grading; None where there is none to compare with."""
    if not before:
        return None
    return changes(_enrolled(read_class(before), people), _enrolled(graded, people))


def _kept(path: Path, chosen: str | Path | None, read: Callable[[Path], Kept]) -> Kept | None:
    """What a file says: the one that is chosen, which is kept for later, or the one kept before."""
    if chosen is None:
        return read(path) if path.exists() else None
    value, data = read(Path(chosen)), Path(chosen).read_bytes()
    with atomic_path(path) as part:
        part.write_bytes(data)
    return value


def _enrolled(book: ClassBook, roster: Roster | None) -> ClassBook:
    return enrolled(book, roster) if roster else book


def _executed(book: ClassBook, student: str, chapter: str) -> Path | None:
    name = book.counted[student, chapter].executed
    path = book.folder / name
    is_below = path.resolve().is_relative_to(book.folder.resolve())
    return path if name and is_below and path.is_file() else None


def _write_students(
    folder: Path,
    book: ClassBook,
    executed: Mapping[tuple[str, str], Path | None],
    policy_sentences: str,
) -> dict[str, str]:
    names = file_names(book.students)
    shutil.rmtree(folder, ignore_errors=True)  # a student who is no longer there leaves no page
    for student in tqdm(book.students, desc="feedback", unit="student"):
        paths = {chapter: path for (who, chapter), path in executed.items() if who == student}
        notebooks = {name: path and read_notebook(path) for name, path in paths.items()}
        write_student(folder / names[student], book, student, notebooks, policy_sentences)
    return names


def _pairs(seen: Seen, handed_out: Mapping[str, NotebookNode]) -> list[similar.Pair]:
    found = [
        pair
        for chapter, work in seen.written.items()
        for pair in similar.similar_pairs(chapter, work, handed_out.get(chapter))
    ]
    return sorted(found, key=lambda pair: (-pair.share, -pair.pieces))[: similar.MOST_PAIRS]


def _source(cell: similar.Written) -> object:
    return code(cell.source) if cell.kind == "code" else plain(cell.source)


@dataclass(frozen=True)
class _Overview:
    """What the instructor's page is made of."""

    book: ClassBook
    rules: Policy
    seen: Seen
    names: Mapping[str, str]
    pairs: list[similar.Pair]
    rows: list[MarkingRow]
    changed: list[Change] | None
    uploads: list[Path]


def _write_similar(path: Path, overview: _Overview) -> None:
    write_page(
        path,
        "similar.html",
        pairs=overview.pairs,
        book=overview.book,
        names=overview.names,
        limits=similar,
        source=_source,
    )


def _write_index(path: Path, overview: _Overview) -> None:
    book = overview.book
    done = exercises(book, overview.seen)
    failed = sorted((one for one in done if one.failed), key=lambda one: -one.failed / one.graded)
    write_page(
        path,
        "class.html",
        book=book,
        names=overview.names,
        pairs=overview.pairs,
        changed=overview.changed,
        bins=BINS,
        exercises=done,
        failed=failed[:MOST_FAILED],
        ended=[one for one in book.counted.values() if one.status not in ("ok", "missing")],
        policy_text=policy_text(overview.rules),
        students=student_table(book),
        status=STATUS_WORDS,
        limits=similar,
        to_mark=sum(not row.is_marked for row in overview.rows),
        answers=sum(row.is_open for row in overview.rows),
        uploads=[one.name for one in overview.uploads],
        upload_words=UPLOAD_WORDS,
        code=code,
    )
