"""Everything that goes back to the platform, in one folder: what the roster's platform takes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from dcgan_classroom.exports.canvas import write_canvas_grades
from dcgan_classroom.exports.moodle import (
    write_moodle_feedback,
    write_moodle_grades,
    write_moodle_worksheet,
)
from dcgan_classroom.gradebook import ClassBook
from dcgan_classroom.roster import CANVAS, MOODLE_WORKSHEET, Roster

CANVAS_FILE = "canvas_grades.csv"
WORKSHEET_FILE = "moodle_worksheet.csv"
GRADES_FILE = "moodle_grades.csv"
FEEDBACK_FILE = "moodle_feedback.zip"
UPLOAD_WORDS = {  # what each is for, as the class's page says it
    CANVAS_FILE: "Canvas: Grades, Import",
    WORKSHEET_FILE: "Moodle: the assignment, Upload grading worksheet",
    GRADES_FILE: "Moodle: Grades, Import, CSV file",
    FEEDBACK_FILE: "Moodle: the assignment, Upload multiple feedback files in a zip",
}


def write_uploads(
    book: ClassBook, roster: Roster | None, students: Path, names: Mapping[str, str], out: Path
) -> list[Path]:
    """Write what can be handed back, as far as the roster and the submissions' names allow it.

    Args:
        book: the class.
        roster: its class list, if there is one.
        students: the report's folder of students.
        names: of their folders in it.
        out: folder to write to; what a report before wrote there goes.

    Returns:
        The files.
    """
    shutil.rmtree(out, ignore_errors=True)
    if roster and roster.kind == CANVAS:
        write_canvas_grades(book, roster, out / CANVAS_FILE)
    if roster and roster.kind == MOODLE_WORKSHEET:
        write_moodle_worksheet(book, roster, out / WORKSHEET_FILE)
    if roster and roster.kind != CANVAS and any(one.email for one in roster.people):
        write_moodle_grades(book, out / GRADES_FILE)
    write_moodle_feedback(book, roster, students, names, out / FEEDBACK_FILE)
    return sorted(out.iterdir()) if out.is_dir() else []
