"""`python -m dcgan_course run | site | lint | tidy | repository | archive`."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from dcgan_course.chapters import NOTEBOOKS, REPOSITORY, badges, find_chapters, tidy_folder
from dcgan_course.site import site_command
from dcgan_lib import PROFILES, __version__, get_settings
from dcgan_lib.shared import CourseError, atomic_path, run_command

HELP = """Work with the chapters as notebooks.

\b
  python -m dcgan_course run build/course   # run chapters 00 to 11, in order
  python -m dcgan_course site build/site    # the course as a site, from what was run
  python -m dcgan_course lint               # what isn't in order, and what fixes it
  python -m dcgan_course tidy               # strip outputs, write the shared cells

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. --debug shows the traceback.
"""
README_MARK = "<!-- course -->"
NOT_CITED = "# repository-code: written by `make repository URL=…`"

app = typer.Typer(help=HELP, add_completion=False, no_args_is_help=True, rich_markup_mode=None)

Out = Annotated[Path, typer.Argument(help="Folder to write to.", show_default=False)]
Folder = Annotated[Path, typer.Option("--notebooks", help="Folder of the solved chapters.")]


@app.command()
def run(
    out: Out,
    profile: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(PROFILES)}.", show_default="quick")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every chapter.")] = 0,
    data_dir: Annotated[Path, typer.Option(help="Folder for photographs and faces.")] = Path(
        "data"
    ),
    run_dir: Annotated[Path, typer.Option(help="Folder for runs.")] = Path("runs"),
    notebooks: Folder = NOTEBOOKS,
    beyond: Annotated[
        bool, typer.Option("--beyond", help="Run chapters 12 and later in place of 00 to 11.")
    ] = False,
) -> None:
    """Run chapters 00 to 11 in order, and write a page that opens on the pictures."""
    from dcgan_course.prepare import run_folder
    from dcgan_course.run import run_course

    settings = get_settings(profile, seed=seed)
    index = run_course(out, settings, data_dir, run_dir, notebooks, beyond=beyond)
    print("Look at:")
    paths = (index, run_folder(run_dir, settings) / "training.gif", data_dir / "faces")
    for path in paths[:1] if beyond else paths:
        print(f"  {path}")


app.command("site")(site_command)


@app.command()
def lint(notebooks: Folder = NOTEBOOKS) -> None:
    """Name what isn't in order in the chapters, and what fixes it."""
    from dcgan_course.frame import problems

    found = [problem for path in find_chapters(notebooks) for problem in problems(path)]
    for problem in found:
        print(problem)
    if found:
        raise typer.Exit(1)
    print(f"{len(find_chapters(notebooks))} chapters are in order")


@app.command()
def tidy(notebooks: Folder = NOTEBOOKS) -> None:
    """Strip outputs and stray metadata, and write the cells that all chapters share."""
    changed = tidy_folder(notebooks)
    print("\n".join(f"changed {name}" for name in changed) or "nothing to change")


@app.command()
def repository(
    url: Annotated[
        str, typer.Argument(help="Public address; '' takes it away.", show_default=False)
    ],
) -> None:
    """Write the course's public address wherever it belongs: chapters, README, CITATION.cff."""
    if url and not re.fullmatch(r"https://[\w.-]+/[\w./-]+", url):
        raise CourseError(
            f"This can't be the course's address. Expected https://HOST/OWNER/NAME. "
            f"Received: {url!r}. Copy it from the repository's page."
        )
    url = url.removesuffix("/").removesuffix(".git")
    _replace(REPOSITORY / "pyproject.toml", r'^repository = ".*"', f'repository = "{url}"')
    first = find_chapters(NOTEBOOKS)[0].stem
    line = f"{README_MARK} {badges(first, url)}".rstrip()
    _replace(REPOSITORY / "README.md", rf"^{README_MARK}.*", line)
    cited = f'repository-code: "{url}"' if url else NOT_CITED
    _replace(REPOSITORY / "CITATION.cff", r"^(?:# )?repository-code:.*", cited)
    tidy_folder(NOTEBOOKS, url)
    print(f"The course's address is {url or 'empty'}. Commit, and tag it v{__version__}.")


@app.command()
def archive(out: Out) -> None:
    """Pack the committed course into dcgan-course-VERSION.zip, to upload where there is no git."""
    name = f"dcgan-course-{__version__}"
    out.mkdir(parents=True, exist_ok=True)
    path = out.resolve() / f"{name}.zip"
    line = ["git", "archive", "--format=zip", f"--prefix={name}/", f"--output={path}", "HEAD"]
    done = subprocess.run(line, cwd=REPOSITORY, capture_output=True, text=True)
    if done.returncode:
        raise CourseError(
            f"The course can't be packed. Expected: a git checkout. Received: "
            f"{done.stderr.strip()}. Clone the repository and run this there."
        )
    print(f"{path}\nUpload it beside a notebook on Colab, or to your Drive.")


def _replace(path: Path, pattern: str, line: str) -> None:
    text, count = re.subn(pattern, lambda _: line, path.read_text("utf-8"), flags=re.MULTILINE)
    if count != 1:
        raise CourseError(
            f"{path.name} can't be changed. Expected one line like {pattern}. Received: {count}. "
            "Take the file from the repository again."
        )
    with atomic_path(path) as part:
        part.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    run_command(app)
