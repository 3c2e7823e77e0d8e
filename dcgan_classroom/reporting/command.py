"""`python -m dcgan_classroom report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dcgan_course import NOTEBOOKS


def report_command(
    out: Annotated[Path, typer.Argument(help="Folder that `grade` wrote to.", show_default=False)],
    roster: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="The class list, from Canvas, Moodle or by hand."),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(metavar="TOML", help="Late work, extensions, attempts, weights, rubric."),
    ] = None,
    marks: Annotated[
        Path | None, typer.Option(metavar="CSV", help="marks_by_hand.csv, filled in.")
    ] = None,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Mark without names.", show_default=False)
    ] = False,
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
    """Write gradebook, class page, each student's feedback, and uploads into OUT/report."""
    from dcgan_classroom.reporting.report import write_report

    index = write_report(
        out,
        roster=roster,
        policy=policy,
        marks=marks,
        anonymous=anonymous,
        before=before,
        gradebook=gradebook,
        notebooks=notebooks,
    )
    print(f"Look at {index}")
