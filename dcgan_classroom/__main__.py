"""`python -m dcgan_classroom release | grade | report | doctor`."""

from __future__ import annotations

import typer

from dcgan_classroom.grading import doctor_command, grade_command
from dcgan_classroom.options import WithChapters
from dcgan_classroom.release import release_command
from dcgan_classroom.reporting import report_command
from dcgan_lib.shared import run_command

HELP = """Hand out the chapters, and grade what comes back.

\b
  python -m dcgan_classroom release build/release     # the students' version
  python -m dcgan_classroom grade submissions graded  # run and mark what came back
  python -m dcgan_classroom report graded             # feedback, gradebook, marks to upload
  python -m dcgan_classroom doctor                    # does the sandbox hold?

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. --debug shows the traceback.
"""

app = typer.Typer(help=HELP, add_completion=False, no_args_is_help=True, rich_markup_mode=None)
app.command("release", cls=WithChapters)(release_command)
app.command("grade", cls=WithChapters)(grade_command)
app.command("report")(report_command)
app.command("doctor")(doctor_command)

if __name__ == "__main__":
    run_command(app)
