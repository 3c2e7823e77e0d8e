"""What the notebooks' Setup cell calls: the right version, and what a hosted machine lacks.

`python -m dcgan_course.setup` installs what is missing on a machine such as Colab, where the cell
has installed this library without its dependencies. TensorFlow, Keras and NumPy stay as the
machine has them.
"""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

from packaging.requirements import Requirement

from dcgan_lib import __version__
from dcgan_lib.crop import WHEELS
from dcgan_lib.shared import CourseError

KEPT = ("tensorflow", "keras", "numpy")  # the machine's own, made for its GPU
# The page itself is the notebook server.
NOT_NEEDED = ("jupyterlab", "latex2mathml", "nbconvert", "nbformat", "papermill")
OPENCV = "opencv-python-headless"


def require_version(version: str) -> None:
    """Stop a notebook that belongs to another version of the library.

    Raises:
        CourseError: the versions differ.
    """
    if version != __version__:
        raise CourseError(
            f"This notebook and the library don't belong together. Expected dcgan_lib {version}, "
            f"the notebook's version. Received: {__version__}. Take both from one checkout or "
            "archive of the course, then restart the kernel."
        )


def main() -> None:
    """Install what is missing, and one OpenCV that has the Haar cascades."""
    missing = [f"{one.name}{one.specifier}" for one in _wanted() if not _is_installed(one)]
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


def _wanted() -> list[Requirement]:
    """What the library and its extra ``course`` need, without ``NOT_NEEDED``."""
    listed = [Requirement(line) for line in metadata.requires("dcgan-lib") or []]
    listed = [one for one in listed if one.name not in (*NOT_NEEDED, OPENCV)]
    return [one for one in listed if one.marker is None or one.marker.evaluate({"extra": "course"})]


def _is_installed(requirement: Requirement) -> bool:
    version = _version(requirement.name)
    return version is not None and (requirement.name in KEPT or version in requirement.specifier)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _has_cascades() -> bool:
    look = "from dcgan_lib.crop.detect import load_cascade; load_cascade()"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True)
    return done.returncode == 0


def _pip(*arguments: str) -> None:
    line = [sys.executable, "-m", "pip", arguments[0], "--quiet", "--disable-pip-version-check"]
    subprocess.run([*line, *arguments[1:]], check=True)


if __name__ == "__main__":
    main()
