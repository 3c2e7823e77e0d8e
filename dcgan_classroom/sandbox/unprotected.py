"""A kernel without a sandbox, for machines that have none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dcgan_classroom.sandbox.base import CONNECTION, Sandbox
from dcgan_classroom.sandbox.process import Running


@dataclass(frozen=True)
class Unprotected(Sandbox):
    """No sandbox at all: for students who are trusted. Time limits and output caps still hold.

    The kernel can read and change whatever its user can, memory and disk are not limited, and a
    process that leaves the kernel's group outlives the run.
    """

    kind = "unprotected"

    @property
    def memory(self) -> str:
        """See ``Sandbox.memory``."""
        return "Nothing bounds the memory of a notebook."

    def inside(self, box: Path) -> Path:
        """The folder itself: it is worked in where it lies."""
        return Path(box).resolve()

    def start(self, arguments, given, box, readable, limits):
        """See ``Sandbox.start``."""
        sockets = Path(tempfile.mkdtemp(prefix="dcgan-"))
        connection = sockets / CONNECTION
        connection.write_text(json.dumps({**given, "ip": str(sockets / "s")}), "utf-8")
        kept = {name: value for name, value in os.environ.items() if name != "JPY_PARENT_PID"}
        process = subprocess.Popen(
            [sys.executable, *(part.format(connection=connection) for part in arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=kept,
            start_new_session=True,
            cwd=box,
        )
        running = Running(process, limits, Path(box), sockets, sockets, contained=False)
        running.on_close.append(lambda: shutil.rmtree(sockets, ignore_errors=True))
        return running
