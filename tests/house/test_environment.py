"""pyproject.toml, environment.yml and constraints.txt say the same."""

import re
import tomllib

import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from tests.conftest import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = ("course", "cluster", "classroom", "docs", "dev")
ENVIRONMENT = (REPOSITORY / "environment.yml").read_text("utf-8")


def specified(lines):
    requirements = [Requirement(line) for line in lines if not line.startswith("dcgan-lib")]
    return {requirement.name: str(requirement.specifier) for requirement in requirements}


def wanted():
    extras = PROJECT["optional-dependencies"]
    return specified(sum((extras[name] for name in EXTRAS), PROJECT["dependencies"]))


def conda_lines():
    return yaml.safe_load(ENVIRONMENT)["dependencies"]


def test_conda_users_get_the_same_packages_and_ranges():
    from_pip = next(line["pip"] for line in conda_lines() if isinstance(line, dict))
    assert "-e ." in from_pip
    assert specified([line for line in from_pip if line != "-e ."]) == wanted()


def test_conda_users_get_the_same_python():
    python = next(line for line in conda_lines() if str(line).startswith("python"))
    assert python == f"python{PROJECT['requires-python']}"


def test_every_package_has_its_reason():
    packages = re.findall(r"^ +- (\S+[<>=]\S*|-e \.)(.*)$", ENVIRONMENT, re.MULTILINE)
    assert len(packages) > 20
    assert [name for name, reason in packages if not re.search(r"  # \S+ \S+", reason)] == []


def test_constraints_pin_one_version_within_every_range():
    lines = (REPOSITORY / "constraints.txt").read_text("utf-8").split()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line) for line in lines)
    pinned = {name.lower().replace("_", "-"): v for name, v in (x.split("==") for x in lines)}
    for name, range_ in wanted().items():
        assert Version(pinned[name.lower()]) in Requirement(f"{name}{range_}").specifier
