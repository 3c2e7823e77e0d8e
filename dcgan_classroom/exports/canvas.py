"""Marks for Canvas: Grades → Import takes the table that its gradebook export was turned into."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from dcgan_classroom.gradebook import ClassBook, GradedChapter
from dcgan_classroom.roster import Roster, plain
from dcgan_classroom.spreadsheet import write_csv

IDENTITY = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")  # Canvas finds people by it
POSSIBLE = "    Points Possible"
EXCUSED = "EX"  # what Canvas calls excused
ASSIGNMENT = re.compile(r"(?P<name>.+) \(\d+\)")  # an assignment's column: its name and number


def write_canvas_grades(book: ClassBook, roster: Roster, path: Path) -> None:
    """Write one row per student of the roster and one column per chapter.

    A chapter goes into the assignment of its name, if the export has one, in that one's points;
    otherwise Canvas makes an assignment of it.

    Args:
        book: the class, by this roster.
        roster: Canvas's gradebook export.
        path: of the CSV.
    """
    identity = [name for name in IDENTITY if name in roster.columns]
    columns = {chapter.name: _column(roster, chapter) for chapter in book.chapters}
    possible = {
        chapter.name: roster.possible.get(columns[chapter.name], chapter.points)
        for chapter in book.chapters
    }
    rows = [{"Student": POSSIBLE, **{columns[name]: f"{possible[name]:g}" for name in columns}}]
    for person in roster.people:
        scores = {
            columns[chapter.name]: _score(book, person.name, chapter, possible[chapter.name])
            for chapter in book.chapters
        }
        rows.append({**{name: person.row[name] for name in identity}, **scores})
    table = pd.DataFrame(rows, columns=[*identity, *columns.values()]).fillna("")
    write_csv(table, path)


def _column(roster: Roster, chapter: GradedChapter) -> str:
    names = {plain(chapter.name), plain(chapter.title)}
    for column in roster.columns:
        found = ASSIGNMENT.fullmatch(column)
        if found and plain(found["name"]) in names:
            return column
    return chapter.title


def _score(book: ClassBook, student: str, chapter: GradedChapter, possible: float) -> str:
    points = book.points_of(student, chapter)
    if not points and chapter.points:
        return EXCUSED
    share = book.score_of(student, chapter) / points if points else 0.0
    return f"{share * possible:.2f}"
