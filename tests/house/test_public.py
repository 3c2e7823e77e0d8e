"""What a public project has: one version, one address, and files that name what there is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from dcgan_lib import __version__
from dcgan_lib.collect import DATABASES
from tests.conftest import REPOSITORY

WORKFLOW = REPOSITORY / ".github" / "workflows" / "course.yml"
FORMS = sorted((REPOSITORY / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
PACKAGES = ("dcgan_lib", "dcgan_course", "dcgan_classroom")
OWN_PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff")
TARGETS = set(re.findall(r"^([\w-]+):.*##", (REPOSITORY / "Makefile").read_text("utf-8"), re.M))


def text_of(name: str) -> str:
    return (REPOSITORY / name).read_text("utf-8")


def test_the_version_is_one():
    assert yaml.safe_load(text_of("CITATION.cff"))["version"] == __version__
    assert re.search(r"^## (\S+)", text_of("CHANGELOG.md"), re.M)[1] == __version__


def test_the_citation_names_the_paper():
    cited = yaml.safe_load(text_of("CITATION.cff"))
    assert cited["cff-version"] == "1.2.0" and cited["authors"]
    assert "Face Generation Model Based on DCGAN" in [work["title"] for work in cited["references"]]


def test_no_address_is_invented():
    address = tomllib.loads(text_of("pyproject.toml"))["tool"]["dcgan"]["repository"]
    known = (address,) if address else ()
    forms = [path.read_text("utf-8") for path in (WORKFLOW, *FORMS)]
    for text in (*map(text_of, OWN_PAGES), *forms):
        links = re.findall(r"https://(?:github|gitlab)\.com/[^\s)`'\"]*", text)
        assert [link for link in links if "…" not in link and not link.startswith(known)] == []


def test_the_workflow_runs_the_readmes_commands():
    jobs = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]
    steps = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    made = {line.split()[1] for line in steps if line.startswith("make ")}
    assert {"course", "test", "docs"} <= made <= TARGETS
    assert all(f"make {target}" in text_of("README.md") for target in made)
    requires = tomllib.loads(text_of("pyproject.toml"))["project"]["requires-python"]
    versions = jobs["test"]["strategy"]["matrix"]["python"]
    assert requires == f">={versions[0]},<3.{int(versions[-1].partition('.')[2]) + 1}"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_for_issues_asks_for_something(path):
    form = yaml.safe_load(path.read_text("utf-8"))
    assert form["name"] and form["description"]
    fields = [field["id"] for field in form["body"]]
    assert fields and len(set(fields)) == len(fields)


def test_every_target_that_a_page_names_is_there():
    pages = [*map(REPOSITORY.joinpath, OWN_PAGES), *REPOSITORY.glob("docs/**/*.md")]
    texts = [page.read_text("utf-8") for page in pages]
    named = {name for text in texts for name in re.findall(r"`make ([a-z-]+)", text)}
    assert "docs" in named and named <= TARGETS


def test_every_database_has_its_page_with_consent_and_known_harm():
    for name in DATABASES:
        text = text_of(f"docs/databases/{name}.md")
        assert f"facts/{name}.md" in text
        assert "## Consent" in text or "(lfw.md)" in text


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy and unpacked into a folder of its own, without dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / package, folder / "source" / package, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, folder / "source" / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", folder, folder / "source"], check=True)
    (wheel,) = folder.glob(f"dcgan_lib-{__version__}-*.whl")
    target = folder / "installed"
    subprocess.run([*pip, "install", "--no-deps", "--target", target, wheel], check=True)
    return target


def run_in(installed: Path, *line: str) -> str:
    done = subprocess.run(
        [sys.executable, *line],
        cwd=installed.parent,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.long
def test_the_wheel_holds_every_file_of_the_packages(installed: Path):
    files = [path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.*")]
    names = [path.relative_to(REPOSITORY) for path in files if "__pycache__" not in path.parts]
    assert [name for name in names if not (installed / name).exists()] == []


@pytest.mark.long
def test_the_wheel_works_from_another_folder(installed: Path):
    for package, command in zip(PACKAGES, ("collect", "site", "grade"), strict=True):
        assert command in run_in(installed, "-m", package, "--help")
        where = run_in(installed, "-c", f"import {package}; print({package}.__file__)")
        assert where.startswith(str(installed))
    study = "from dcgan_lib.rules import stored_study; print(len(stored_study()))"
    assert int(run_in(installed, "-c", study)) >= 66
    engine = "from dcgan_lib.publish import page_part; print(len(page_part('engine.js')))"
    assert int(run_in(installed, "-c", engine)) > 1000
