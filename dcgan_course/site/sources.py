"""The site's sources in one folder: docs/ as it is written, and the pages made of the course."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from dcgan_course.chapters import REPOSITORY, find_chapters, read_notebook, write_notebook
from dcgan_course.site.interfaces import write_command_page, write_interfaces
from dcgan_course.site.lessons import lesson_page
from dcgan_course.site.pictures import write_gallery
from dcgan_course.site.provenance import write_database_facts, write_model_page
from dcgan_course.site.terms import read_terms
from dcgan_lib.publish import publish
from dcgan_lib.shared import CourseError

DOCS = REPOSITORY / "docs"
TEXTS = ("CHANGELOG.md", "CONTRIBUTING.md")  # pages of the site by reference


@dataclass(frozen=True)
class Made:
    """What was made before the site, and is shown in it.

    Attributes:
        course: folder of the executed chapters, as ``python -m dcgan_course run`` writes them.
        release: folder of their students' versions, as ``python -m dcgan_classroom release``
            writes them.
        run: folder of the run whose generator makes the faces of the live page.
        faces: folder of the faces that it was trained on, for its credit.
    """

    course: Path
    release: Path
    run: Path
    faces: Path


def gather_sources(made: Made, out: Path, solved: bool = True) -> None:
    """Write what Sphinx builds the site from.

    Args:
        made: what is shown.
        out: a folder that doesn't exist yet.
        solved: whether solutions and model answers are part of it.

    Raises:
        CourseError: something that has to be made before is missing.
    """
    require_made(made)
    shutil.copytree(DOCS, out)
    for name in TEXTS:
        shutil.copyfile(REPOSITORY / name, out / name)
    _write_lessons(made, out, solved)
    _write_face(made.run, out / "_static")
    write_model_page(made.run, made.faces, out / "model_card_of_run.md")
    write_database_facts(out / "databases" / "facts")
    write_gallery(out)
    write_interfaces(out / "api")
    write_command_page(out / "commands.md")


def require_made(made: Made) -> None:
    """Refuse to begin where something is missing.

    Raises:
        CourseError: it names the file, and the command that makes it.
    """
    names = [path.name for path in find_chapters()]
    wanted = {
        "make course": [made.run / "generator.keras", *(made.course / name for name in names)],
        "make release": [made.release / name for name in names],
    }
    for command, paths in wanted.items():
        for path in paths:
            if not path.is_file():
                raise CourseError(
                    f"The site shows what the course has made. Expected: {path}. Received: no "
                    f"such file. Run `{command}` first."
                )


def _write_lessons(made: Made, out: Path, solved: bool) -> None:
    terms = read_terms(DOCS / "glossary.md")
    for path in find_chapters():
        chapter, executed = read_notebook(path), read_notebook(made.course / path.name)
        student = read_notebook(made.release / path.name)
        page = lesson_page(chapter, executed, student, path.stem, terms, solved)
        write_notebook(page, out / "chapters" / path.name)
        write_notebook(student, out / "downloads" / "student" / path.name)
        if solved:
            write_notebook(chapter, out / "downloads" / "solved" / path.name)


def _write_face(run: Path, folder: Path) -> None:
    page = run / "face.html"
    if not page.exists():
        publish(run, page)
    shutil.copyfile(page, folder / "face.html")
