"""How a class is graded, the same for everybody, and the key of all that marks depend on."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dcgan_classroom.probes import SOURCE, Probe, find_probes
from dcgan_classroom.sandbox import Limits, Sandbox
from dcgan_course import read_notebook
from dcgan_lib import __version__

MOST_SEEDS = 999_999
LIMITS = Limits(box_mb=1536)  # the library leaves 512 MB of a disk free when it copies photographs


@dataclass(frozen=True)
class Setting:
    """How a class is graded; the same for everybody.

    Attributes:
        notebooks: folder of the solved chapters.
        out: folder of results.
        profile: the notebooks' parameter.
        seed: of the course; every student's own comes from it.
        params: further parameters of the notebooks.
        limits: of one run.
        sandbox: where kernels run.
    """

    notebooks: Path
    out: Path
    profile: str
    seed: int
    params: Mapping[str, object]
    limits: Limits
    sandbox: Sandbox

    def parameters(self, student: str, inside: Path) -> dict[str, object]:
        """A notebook's parameters, with paths as the kernel sees them."""
        return {
            "profile": self.profile,
            "seed": student_seed(self.seed, student),
            **self.params,
            "data_dir": str(inside / "data"),
            "run_dir": str(inside / "runs"),
        }


def student_seed(seed: int, student: str) -> int:
    """A student's own seed, 1 to 999,999; "" stands for the solved chapter."""
    digest = hashlib.sha256(f"{seed} {student}".encode("utf-8", "replace")).digest()
    return 1 + int.from_bytes(digest[:8], "big") % MOST_SEEDS


@lru_cache(maxsize=32)
def load_chapter(notebooks: Path, chapter: str) -> tuple[NotebookNode, dict[str, Probe]]:
    """The solved chapter and its probes; not to be changed."""
    notebook = read_notebook(notebooks / f"{chapter}.ipynb")
    return notebook, find_probes(notebooks, [chapter])[chapter]


def chapter_key(setting: Setting, chapter: str) -> str:
    """SHA-256 of all that the marks of a chapter depend on, but for the submission."""
    notebook, probes = load_chapter(setting.notebooks, chapter)
    asked = [
        (name, probe.code, probe.needs, probe.tolerance, probe.message, _of_bands(probe))
        for name, probe in sorted(probes.items())
    ]
    parts = [nbformat.writes(notebook), asked, SOURCE, setting.profile, setting.seed]
    parts += [dict(setting.params), asdict(setting.limits), setting.sandbox.kind]
    parts += [__version__]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _of_bands(probe: Probe) -> object:
    if probe.bands is None:
        return None
    return [inspect.getsource(probe.bands.measure), dict(probe.bands.limits)]
