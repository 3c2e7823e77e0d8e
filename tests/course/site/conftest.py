"""The site from tiny runs: chapters 07 and 11 are run, the others stand as they are stored."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dcgan_classroom.release import write_release
from dcgan_course.chapters import NOTEBOOKS, find_chapters
from dcgan_course.prepare import run_folder, set_name
from dcgan_course.run import run_chapter
from dcgan_course.site.building import build_site
from dcgan_course.site.sources import Made
from dcgan_lib.settings import get_settings
from tests.support.built_site import BuiltSite

RUN = ("07_train", "11_publish")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """What the site shows."""
    folder = tmp_path_factory.mktemp("made")
    settings, data, runs = get_settings("tiny"), folder / "data", folder / "runs"
    parameters = {"profile": "tiny", "seed": 0, "data_dir": str(data), "run_dir": str(runs)}
    (folder / "course").mkdir()
    for path in find_chapters():
        executed = folder / "course" / path.name
        if path.stem in RUN:
            run_chapter(path, executed, parameters)
        else:
            shutil.copy(path, executed)
    write_release(folder / "release", NOTEBOOKS)
    faces = data / "faces" / set_name(settings)
    return Made(folder / "course", folder / "release", run_folder(runs, settings), faces)


@pytest.fixture(scope="session")
def folder(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's folder."""
    return build_site(made, tmp_path_factory.mktemp("built") / "some where").parent


@pytest.fixture(scope="session")
def site(folder: Path) -> BuiltSite:
    """The site, solutions and all."""
    return BuiltSite(folder)


@pytest.fixture(scope="session")
def students_site(made: Made, tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """The site as students are given it."""
    out = tmp_path_factory.mktemp("students") / "site"
    return BuiltSite(build_site(made, out, solved=False).parent)
