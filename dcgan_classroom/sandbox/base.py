"""What is inside of a sandbox: its folders, its variables, and what can be read there."""

from __future__ import annotations

import sys
import tarfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dcgan_course
import dcgan_lib
from dcgan_classroom.sandbox.process import Limits, Running

BOX = Path("/box")
SOCKETS = Path("/run/k")
CONNECTION = "connection.json"
PARTS = ("bin", "lib", "lib64", "pyvenv.cfg")  # of an environment; the rest may hold anything
SHARED_MEMORY_MB = 64
START_SECONDS = 60
FEW = (  # kernels run side by side; and threads count as processes and take address space
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "MALLOC_ARENA_MAX",
)


class Sandbox(ABC):
    """Starts kernels. Holds nothing open, so it can be pickled and used by many at once."""

    kind: str

    @property
    @abstractmethod
    def memory(self) -> str:
        """What bounds the memory of a notebook here, in a sentence."""

    def inside(self, box: Path) -> Path:
        """The work folder's path as the kernel sees it."""
        return BOX

    @abstractmethod
    def start(
        self,
        arguments: Sequence[str],
        given: dict[str, Any],
        box: Path,
        readable: Sequence[Path],
        limits: Limits,
    ) -> Running:
        """Start ``python arguments…`` in the box.

        Args:
            arguments: for Python; ``{connection}`` stands for the path of the connection file.
            given: what the connection file holds; its ``ip`` is filled in here.
            box: the work folder; its content is copied in.
            readable: files and folders that can be read, at the same paths.
            limits: of the run.

        Raises:
            CourseError: it could not be started; no student is to blame.
        """


def environment() -> dict[str, str]:
    """The variables that a kernel in a sandbox has; no other."""
    return {
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "HOME": "/tmp",
        "USER": "student",
        "LANG": "C.UTF-8",
        "IPYTHONDIR": "/tmp/.ipython",
        "MPLCONFIGDIR": "/tmp/.matplotlib",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **dict.fromkeys(FEW, "2"),
    }


def environment_paths() -> list[Path]:
    """What a kernel needs to read: Python, the environment's packages, library and course."""
    roots = dict.fromkeys(Path(prefix) for prefix in (sys.base_prefix, sys.prefix))
    roots = [root for root in roots if not root.is_relative_to("/usr")]
    paths = [root / part for root in roots for part in PARTS if (root / part).exists()]
    paths = [path for path in paths if not path.is_symlink()]
    own = [Path(package.__file__).resolve().parent for package in (dcgan_lib, dcgan_course)]
    outside = [one for one in own if not any(one.is_relative_to(path) for path in paths)]
    return [*paths, *outside]


def hidden_paths() -> list[Path]:
    """What lies among it and is none of the students' business: the grader, its probes.

    The debugger goes as well: nobody debugs here, and a kernel is ready sooner without it.
    """
    sites = list(Path(sys.prefix).glob("lib*/python*/site-packages"))
    own = Path(__file__).resolve().parents[1]
    readable = (*environment_paths(), Path("/usr"))
    hidden = [own] if any(own.is_relative_to(path) for path in readable) else []
    hidden += [site / name for site in sites for name in ("dcgan_classroom", "debugpy")]
    return sorted({path.resolve() for path in hidden if path.exists()})


def plain_entry(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """A filter for a work folder on its way in: plain files and folders, readable."""
    entry.mode |= 0o700 if entry.isdir() else 0o600
    return entry if entry.isfile() or entry.isdir() else None


def last_line(text: str) -> str:
    """The last line of a program's complaint, at most 300 characters."""
    lines = text.strip().splitlines()
    return lines[-1][:300] if lines else ""
