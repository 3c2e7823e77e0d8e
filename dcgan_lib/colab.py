"""`python -m dcgan_lib.colab`: what the course lacks on a hosted machine such as Colab.

The notebooks' Setup cell calls it after installing this library without its dependencies.
TensorFlow, Keras and NumPy stay as the machine has them.
"""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

from packaging.requirements import Requirement

from dcgan_lib.detect import WHEELS

KEPT = ("tensorflow", "keras", "numpy")  # the machine's own, made for its GPU
NOT_NEEDED = ("jupyterlab", "papermill")  # the page itself is the notebook server
OPENCV = "opencv-python-headless"


def main() -> None:
    """Install what is missing, and one OpenCV that has the Haar cascades."""
    wanted = [Requirement(line) for line in metadata.requires("dcgan-lib") or []]
    wanted = [one for one in wanted if one.marker is None and one.name not in (*NOT_NEEDED, OPENCV)]
    missing = [str(one) for one in wanted if not _is_installed(one)]
    if missing:
        pins = [f"{name}=={metadata.version(name)}" for name in KEPT if _version(name)]
        _pip("install", *missing, *pins)
    if not _has_cascades():
        found = [wheel for wheel in WHEELS if _version(wheel)]
        if found:  # they share one folder: all must go before one can be whole
            _pip("uninstall", "--yes", *found)
        _pip("install", "--no-deps", f"{OPENCV}>=4.8,<5")
    for name in ("tensorflow", OPENCV):
        print(f"{name} {_version(name)}")


def _is_installed(requirement: Requirement) -> bool:
    version = _version(requirement.name)
    return version is not None and (requirement.name in KEPT or version in requirement.specifier)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _has_cascades() -> bool:
    look = "from dcgan_lib.detect import load_cascade; load_cascade()"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True)
    return done.returncode == 0


def _pip(*arguments: str) -> None:
    line = [sys.executable, "-m", "pip", arguments[0], "--quiet", "--disable-pip-version-check"]
    subprocess.run([*line, *arguments[1:]], check=True)


if __name__ == "__main__":
    main()
