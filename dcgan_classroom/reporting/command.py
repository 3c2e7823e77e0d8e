"""`python -m dcgan_classroom report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dcgan_course import NOTEBOOKS


def report_command(
    out: Annotated[Path, typer.Argument(help="Folder that `grade` wrote to.", show_default=False)],
    marks: Annotated[
        Path | None, typer.Option(metavar="CSV", help="marks_by_hand.csv, filled in.")
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option(metavar="OTHER_OUT", help="An earlier grading, to show who gained or lost."),
    ] = None,
    gradebook: Annotated[
        Path | None, typer.Option(metavar="FILE.db", help="nbgrader's database, to export into.")
    ] = None,
    notebooks: Annotated[
        Path, typer.Option("--notebooks", help="Folder of the solved chapters.")
    ] = NOTEBOOKS,
) -> None:
    """Write gradebook, class page, and each student's feedback into OUT/report."""
    from dcgan_classroom.reporting.report import write_report

    index = write_report(out, marks=marks, before=before, gradebook=gradebook, notebooks=notebooks)
    print(f"Look at {index}")
