"""The images hold what they are for, and nothing that a student must not see."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from dcgan_classroom.sandbox.container import IMAGE

REPOSITORY = Path(__file__).parents[2]
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text("utf-8")
STAGES = {
    name: text
    for name, text in re.findall(r"^FROM \S+ AS (\w+)\n(.*?)(?=^FROM|\Z)", DOCKERFILE, re.M | re.S)
}


def copied(stage: str) -> list[str]:
    """What a stage takes from the checkout."""
    lines = re.findall(r"^COPY (.+) \S+$", STAGES[stage], re.M)
    return " ".join(lines).split()


def test_everything_that_is_copied_is_there_and_let_through():
    let_through = (REPOSITORY / ".dockerignore").read_text("utf-8").split("\n")
    for stage in STAGES:
        for name in copied(stage):
            assert (REPOSITORY / name).exists() and f"!{name}" in let_through


def test_the_grading_image_holds_no_chapter():
    assert "notebooks" not in copied("packages") + copied("grading")
    assert "notebooks" in copied("course")


def test_the_grading_image_is_the_one_that_grade_looks_for():
    assert f"docker build --target grading --tag {IMAGE} ." in DOCKERFILE
    guide = (REPOSITORY / "docs" / "instructor_guide.md").read_text("utf-8")
    assert f"docker build --target grading --tag {IMAGE} ." in guide


def test_the_grading_image_runs_as_nobody():
    assert "USER 65534:65534" in STAGES["grading"]


def test_binder_builds_the_courses_image_with_its_own_user():
    assert list(STAGES)[-1] == "course"
    assert "ARG NB_USER=student NB_UID=1000" in STAGES["course"]
    assert "--uid $NB_UID $NB_USER" in STAGES["course"] and "USER $NB_USER" in STAGES["course"]


@pytest.mark.parametrize("stage", ["grading", "course"])
def test_the_images_install_an_extra_that_there_is(stage):
    extras = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    (extra,) = re.findall(r"'\.\[(\w+)\]'", STAGES[stage])
    assert extra in extras["optional-dependencies"] and "-c constraints.txt" in STAGES[stage]


def test_the_development_container_sets_up_as_the_readme_does():
    values = json.loads((REPOSITORY / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    target = values["postCreateCommand"].removeprefix("make ")
    assert f"READY := {target}" in (REPOSITORY / "Makefile").read_text("utf-8")
    version = values["image"].rpartition(":")[2]
    assert version.startswith("3.11") and "python:3.11" in DOCKERFILE
