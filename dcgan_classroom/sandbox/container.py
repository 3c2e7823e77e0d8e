"""Where bubblewrap can't run: the whole run, papermill too, in a Docker or Podman container.

Weaker than bubblewrap: papermill runs beside the student's code there, which could forge how
its own run went (what the probes ask for is checked outside all the same), and the image holds
``dcgan_classroom`` (so build it without the solved chapters). Written from the two
programs' documentation: the command lines and the part inside are tested, a daemon's doing
with them has not been seen.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import nbformat

from dcgan_classroom.sandbox.base import (
    BOX,
    SHARED_MEMORY_MB,
    START_SECONDS,
    Sandbox,
    last_line,
    plain_entry,
)
from dcgan_classroom.sandbox.process import MB, Limits, copy_out
from dcgan_classroom.sandbox.unprotected import Unprotected
from dcgan_classroom.submissions import load_untrusted

PROGRAMS = ("docker", "podman")
IMAGE = "dcgan-course"
PARTS, LEVELS = 5_000_000, 200  # of an executed notebook's JSON
NOTEBOOK_MB = 256  # of an executed notebook, as it comes back
SPARE = 32  # processes for papermill and what else is beside the kernel


@dataclass(frozen=True)
class Container(Sandbox):
    """Runs whole notebooks in containers.

    Attributes:
        program: path of ``docker`` or ``podman``.
        image: with Python, the course's library and its ``classroom`` extra.
    """

    program: str
    image: str = IMAGE
    kind = "container"

    @property
    def memory(self) -> str:
        """See ``Sandbox.memory``."""
        return "The container's control group bounds the memory of a notebook."

    def start(self, *_: Any) -> Any:
        """Kernels alone are not started here."""
        raise NotImplementedError("A container holds a whole run: call run_notebook.")

    def command(self, name: str, readable: Sequence[Path], limits: Limits) -> list[str]:
        """The command line that runs one notebook, given on stdin, in a container."""
        line = [self.program, "run", "--rm", "--interactive", "--name", name, "--network", "none"]
        line += ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
        line += ["--user", "65534:65534", "--pids-limit", str(limits.processes + SPARE)]
        line += ["--memory", f"{limits.memory_mb}m", "--memory-swap", f"{limits.memory_mb}m"]
        line += ["--shm-size", f"{SHARED_MEMORY_MB}m", "--ulimit", "core=0"]
        line += ["--ulimit", f"fsize={limits.file_mb * MB}", "--ulimit", "nofile=1024"]
        for folder, size in (("/tmp", limits.tmp_mb), (BOX, limits.box_mb)):
            line += ["--tmpfs", f"{folder}:rw,nosuid,nodev,mode=1777,size={size}m"]
        for path in readable:
            line += ["--mount", f"type=bind,source={path},target={path},readonly"]
        line += ["--env", "HOME=/tmp", "--workdir", str(BOX), self.image]
        return [*line, "python", "-m", "dcgan_classroom.sandbox.container"]

    def run(
        self,
        notebook: nbformat.NotebookNode,
        parameters: dict[str, Any],
        limits: Limits,
        box: Path,
        readable: Sequence[Path],
        silent: Collection[str] = (),
    ) -> Any:
        """Run one notebook; see ``engine.run_notebook``."""
        name = f"dcgan-{uuid.uuid4().hex[:12]}"
        request = {"notebook": notebook, "parameters": parameters, "limits": asdict(limits)}
        request["silent"] = list(silent)
        line = self.command(name, readable, limits)
        most = (limits.box_mb + NOTEBOOK_MB) * MB
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as answered:
            pack(asked, request, box)
            asked.seek(0)
            process = subprocess.Popen(
                line, stdin=asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            kill = [self.program, "kill", name]
            seconds = limits.wall_seconds + START_SECONDS
            watch = threading.Timer(seconds, subprocess.run, [kill], {"capture_output": True})
            watch.start()
            try:
                while answered.tell() <= most and (part := process.stdout.read1(MB)):
                    answered.write(part)
            finally:
                watch.cancel()
                subprocess.run(kill, capture_output=True)
                process.kill()
                process.wait()
                process.stdout.close()
            answered.seek(0)
            return unpack(answered, notebook, box, limits)


def pack(stream: Any, header: dict[str, Any], box: Path) -> None:
    """Write a header and a work folder as one tar file."""
    with tarfile.open(fileobj=stream, mode="w|") as tar:
        data = json.dumps(header).encode()
        entry = tarfile.TarInfo("header.json")
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
        tar.add(box, "box", filter=plain_entry)


def unpack(stream: Any, notebook: nbformat.NotebookNode, box: Path, limits: Limits) -> Any:
    """The ``Run`` that a container sent; its files go into ``box``, within the limits."""
    from dcgan_classroom.sandbox.run import STATUSES, Run

    with tempfile.TemporaryDirectory() as folder:
        try:
            header = _extract(stream, Path(folder))
            executed = nbformat.from_dict(header["notebook"])
            nbformat.validate(executed)
            status, note = str(header["status"]), str(header["note"])
            run = Run(executed, status, float(header["seconds"]), note)
            if status not in STATUSES:
                raise ValueError(status)
        except Exception as error:  # it comes from where a student's code ran
            note = f"The container sent no result that can be read: {type(error).__name__}."
            return Run(notebook, "died", 0.0, note)
        (Path(folder) / "box").mkdir(exist_ok=True)
        left_out = copy_out(Path(folder) / "box", box, limits)
    return replace(run, left_out=tuple(left_out))


def find_container(problems: list[str]) -> Container | None:
    """Docker or Podman, with the course's image; adds why not to ``problems``."""
    for name in PROGRAMS:
        program = shutil.which(name)
        if program is None:
            continue
        line = [program, "image", "inspect", IMAGE]
        try:
            done = subprocess.run(line, capture_output=True, text=True, timeout=START_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            problems.append(f"{program}: {type(error).__name__}")
            continue
        if done.returncode == 0:
            return Container(program)
        problems.append(
            f"{program}: {last_line(done.stderr)} (its image is called {IMAGE}: a Python with the "
            "course's library and pip install 'dcgan-lib[classroom]')"
        )
    return None


def main() -> None:
    """Inside: a request on stdin, the run on stdout."""
    from dcgan_classroom.sandbox.engine import run_notebook

    with tempfile.TemporaryDirectory() as folder:
        header = _extract(sys.stdin.buffer, Path(folder))
        box = Path(folder) / "box"
        box.mkdir(exist_ok=True)
        if BOX.is_dir():
            shutil.copytree(box, BOX, dirs_exist_ok=True)
            box = BOX
        limits = Limits(**header["limits"])
        notebook = nbformat.from_dict(header["notebook"])
        run = run_notebook(notebook, header["parameters"], Unprotected(), limits, box)
        values = {"notebook": run.notebook, "status": run.status, "note": run.note}
        pack(sys.stdout.buffer, {**values, "seconds": run.seconds}, box)
        sys.stdout.buffer.flush()


def _extract(stream: Any, folder: Path) -> dict[str, Any]:
    header = None
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for entry in tar:
            if header is None:  # the first
                header = load_untrusted(tar.extractfile(entry).read(), PARTS, LEVELS)
            elif entry.isfile() or entry.isdir():
                tar.extract(entry, folder, filter="data")
    if not isinstance(header, dict):
        raise ValueError("no header")
    return header


if __name__ == "__main__":
    main()
