"""Submissions a minute: `grade` on three workers that are killed now and then, beside nbgrader's.

    python benchmarks/bench_grading.py

The submissions are notebooks of the small course that the grader's tests use (17 cells, four
exercises, no TensorFlow), with right, partly right and wrong answers, drawn by a seed. They are
graded three times:

1. by `grade` with three workers, undisturbed;
2. by `grade` with three workers, of which one, drawn by chance, gets SIGKILL every few seconds.
   A submission whose process was killed each time that it was tried is reported as not graded;
   `grade --resume` then goes on, undisturbed, and its time counts;
3. by stock `nbgrader autograde`, in a course folder of its own, made by `nbgrader
   generate_assignment` from the same notebook, in one process, since it has no others, and
   without any isolation.

Preparing the chapter and starting workers count in 1 and 2, making the assignment doesn't in 3.

Exits with 1 if a submission is lost, if a mark differs between 1 and 2, or if the killed run
grades fewer than 3 times as many submissions a minute as nbgrader.
"""

import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from dcgan_classroom import student_version
from dcgan_classroom.grading import Options, grade_class, read_results
from dcgan_classroom.sandbox import Limits, Sandbox, find_sandbox
from dcgan_course import grading, read_notebook, write_notebook
from dcgan_lib.shared import run_command, usable_cores

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))
from tests.support.killed import workers  # noqa: E402

COURSE = REPOSITORY / "tests" / "support" / "course"
CHAPTER = "01_sums"
WORKERS, LEAST_SPEEDUP = 3, 3.0  # a third one works while two wait for their kernels
LIMITS = Limits(memory_mb=4096, box_mb=16, tmp_mb=16)
ANSWERS = {  # the solved chapter's is one more choice for each
    "running-total": (
        "def running_total(values):\n    return np.array([values[: k + 1].sum() for k, _ in "
        "enumerate(values)], float)",
        "def running_total(values):\n    return np.cumsum(np.asarray(values).astype(int))",
        "def running_total(values):\n    return values",
        "def running_total(values):\n    raise NotImplementedError",
    ),
    "count-even": (
        "def count_even(last):\n    return len(range(2, last + 1, 2))",
        "def count_even(last):\n    return [0, 0, 1, 1, 2, 2][last]",
        "def count_even(last):\n    return last",
    ),
    "greet": ("def greet(name):\n    return name",),
}

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def bench(
    count: Annotated[int, typer.Option(min=4, help="Submissions.")] = 200,
    every: Annotated[float, typer.Option(min=2, help="Seconds from kill to kill.")] = 15.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the answers.")] = 0,
) -> None:
    """Grade the same submissions undisturbed, with workers killed, and by nbgrader."""
    sandbox = find_sandbox()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        hand_in(folder / "in", count, seed)
        calm, calm_seconds = timed(lambda: graded(folder, "calm", sandbox))
        with killing(every, seed) as killed:
            wild, wild_seconds = timed(lambda: graded(folder, "wild", sandbox))
        if wild.failed:
            _, seconds = timed(lambda: graded(folder, "wild", sandbox, resume=True))
            wild_seconds += seconds
        first, second = (marks(folder / which) for which in ("calm", "wild"))
        done, stock_seconds = autograde(folder)
    changed = [student for student in first if second.get(student) != first[student]]
    calm_rate, wild_rate = 60 * count / calm_seconds, 60 * count / wild_seconds
    stock_rate = 60 * count / stock_seconds
    print(f"{platform.platform()}, {usable_cores()} cores, load {os.getloadavg()[0]:.1f}")
    print(
        f"Python {platform.python_version()}, nbgrader {metadata.version('nbgrader')}, "
        f"papermill {metadata.version('papermill')}; kernels in {sandbox.kind}"
    )
    print(f"{count} submissions of {CHAPTER}, {len(set(first.values()))} different sets of marks")
    rows = [
        (f"grade, {WORKERS} workers", calm_rate, len(first)),
        (f"grade, {len(killed)} workers killed", wild_rate, len(second)),
        ("nbgrader autograde", stock_rate, done),
    ]
    for label, rate, there in rows:
        print(f"{label:26} {rate:6.1f} submissions/min, {there} of {count} accounted for")
    print(f"graded by a second run, with --resume: {wild.failed}")
    speedup = wild_rate / stock_rate
    print(f"marks changed by the kills: {len(changed)}")
    print(
        f"speed: {speedup:.1f} times nbgrader's while workers are killed "
        f"(floor {LEAST_SPEEDUP:.0f}), {calm_rate / stock_rate:.1f} undisturbed"
    )
    lost = count - min(len(first), len(second), calm.graded)
    if lost or changed or not killed or speedup < LEAST_SPEEDUP:
        raise typer.Exit(1)


def timed(job: Callable):
    start = time.perf_counter()
    result = job()
    return result, time.perf_counter() - start


def hand_in(folder: Path, count: int, seed: int) -> None:
    """Notebooks with answers drawn by the seed, in a folder for each student."""
    solved = read_notebook(COURSE / f"{CHAPTER}.ipynb")
    draw = random.Random(seed)
    for number in range(count):
        notebook = student_version(solved, CHAPTER)
        for cell, right in zip(notebook.cells, solved.cells, strict=True):
            data = grading(cell)
            if data and data.solution:
                lines = [line for line in right.source.splitlines() if "### " not in line]
                choices = ["\n".join(lines), *ANSWERS.get(data.grade_id, ())]
                choice = draw.choice(choices)
                cell.source = choice if choice == choices[0] else f"{lines[0]}\n{choice}"
        write_notebook(notebook, folder / f"student {number:03}" / f"{CHAPTER}.ipynb")


def graded(folder: Path, out: str, sandbox: Sandbox, resume: bool = False):
    options = Options(workers=WORKERS, limits=LIMITS, notebooks=COURSE, resume=resume)
    return grade_class(folder / "in", folder / out, sandbox, options, report=lambda line: None)


def marks(out: Path) -> dict[str, tuple]:
    return {
        one.student: (one.status, *((mark.score, mark.status) for mark in one.marks))
        for one in read_results(out)
    }


@contextmanager
def killing(every: float, seed: int):
    """Kill one of the workers every so many seconds; gives the list of those that were."""
    killed: list[int] = []
    done, draw = threading.Event(), random.Random(seed)

    def kill() -> None:
        while not done.wait(every):
            found = workers(os.getpid())
            if found:
                killed.append(draw.choice(found))
                os.kill(killed[-1], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        done.set()
        thread.join()


def autograde(folder: Path) -> tuple[int, float]:
    """How many nbgrader marked, and its seconds for them."""
    course, programs = folder / "nbgrader", Path(sys.executable).parent
    (course / "source" / "week").mkdir(parents=True)
    shutil.copy(COURSE / f"{CHAPTER}.ipynb", course / "source" / "week")
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'x'"
    )
    environment = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}

    def nbgrader(*arguments: str) -> None:
        line = [programs / "nbgrader", *arguments, "--log-level=ERROR"]
        subprocess.run(line, cwd=course, env=environment, check=False, capture_output=True)

    nbgrader("generate_assignment", "week")
    for student in sorted((folder / "in").iterdir()):
        target = course / "submitted" / student.name.replace(" ", "-") / "week"
        shutil.copytree(student, target)
    _, seconds = timed(lambda: nbgrader("autograde", "week"))
    return len(list((course / "autograded").glob("*/week/*.ipynb"))), seconds


if __name__ == "__main__":
    run_command(app)
