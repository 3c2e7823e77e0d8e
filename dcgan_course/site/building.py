"""The site, built whole or not at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from dcgan_course.site.sources import Made, gather_sources
from dcgan_lib.shared import CourseError

OURS = ".buildinfo"  # what Sphinx leaves in each site


def build_site(made: Made, out: str | Path, solved: bool = True) -> Path:
    """Build the course's site; a former one in the same folder is replaced when this one is done.

    Args:
        made: what the site shows.
        out: the site's folder.
        solved: whether solutions and model answers are part of it.

    Returns:
        ``out/index.html``.

    Raises:
        CourseError: something that has to be made before is missing, ``out`` holds other files,
            or Sphinx has found a mistake in the pages (a broken link, for instance).
    """
    out = Path(out).resolve()
    if out.exists() and any(out.iterdir()) and not (out / OURS).exists():
        raise CourseError(
            f"The site would replace other files. Expected: a folder that is absent, empty or "
            f"holds a former site. Received: {out}. Name another folder."
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".site-") as work:
        sources, built = Path(work) / "sources", Path(work) / "site"
        gather_sources(made, sources, solved)
        _run_sphinx(sources, built, Path(work) / "doctrees")
        if out.exists():
            shutil.rmtree(out)
        built.rename(out)
    return out / "index.html"


def _run_sphinx(sources: Path, built: Path, doctrees: Path) -> None:
    strict = ["-q", "-W", "--keep-going"]
    line = ["-m", "sphinx", "-b", "html", *strict, "-d", doctrees, sources, built]
    if subprocess.run([sys.executable, *line]).returncode:
        raise CourseError(
            "The site has mistakes. Expected: pages without a warning. Received: the lines "
            "above. Correct what they name: the page in docs/, the chapter, or the docstring."
        )
