"""Proves a sandbox: attempts to get out of it, each really made, and whether it held.

The attempts run as cells of a notebook, in the way a student's would. Where nothing is
isolated, those that could hurt the machine are left out and counted as not held.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from nbformat.v4 import new_code_cell, new_notebook

from dcgan_classroom.sandbox.base import Sandbox
from dcgan_classroom.sandbox.engine import run_notebook
from dcgan_classroom.sandbox.process import Limits

LIMITS = Limits(memory_mb=2048, file_mb=8, box_mb=16, tmp_mb=16, cell_seconds=30, wall_seconds=120)
SECRET_VARIABLE = "DCGAN_DOCTOR"
HURTS = ("make processes without end", "fill the work folder", "fill /tmp", "fill memory")
BEGIN = """\
import os, socket, subprocess, sys
from pathlib import Path
def report(held, seen):
    print("held" if held else "got out", seen, sep="|")
def fill(folder, most_mb):
    written = 0
    try:
        for number in range(most_mb):
            with open(os.path.join(folder, f"fill{number}"), "wb") as file:
                written += file.write(bytes(2**20))
    except OSError as error:
        return written / 2**20, error.strerror
    finally:
        for number in range(most_mb):
            Path(folder, f"fill{number}").unlink(missing_ok=True)
    return written / 2**20, "no limit met"
"""
ATTEMPTS = {
    "read a file outside": """
try:
    report(open({secret!r}).read() != {nonce!r}, "it was read")
except OSError as error:
    report(True, error.strerror)""",
    "see other processes": """
others = [p for p in os.listdir("/proc") if p.isdigit() and int(p) == {parent}]
count = sum(p.isdigit() for p in os.listdir("/proc"))
names = [Path("/proc", p, "cmdline").read_bytes() for p in others]
report(not any({program!r}.encode() in name for name in names), f"{{count}} processes in sight")""",
    "read the grader's environment": """
found = [name for name in os.environ if name == {variable!r}]
for process in os.listdir("/proc"):
    try:
        found += [process] * ({nonce!r}.encode() in Path("/proc", process, "environ").read_bytes())
    except OSError:
        pass
report(not found, f"found in {{found}}" if found else "nothing of it")""",
    "reach a server on loopback": """
try:
    socket.create_connection(("127.0.0.1", {port}), timeout=3).close()
    report(False, "it answered")
except OSError as error:
    report(True, error.strerror or str(error))""",
    "write outside": """
written = []
for folder in {folders!r}:
    try:
        path = Path(folder, {nonce!r})
        path.write_text("x")
        path.unlink()
        written.append(folder)
    except OSError:
        pass
report(not written, f"written into {{written}}" if written else "nowhere")""",
    "gain capabilities": """
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
sets = {{name: int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")}}
setuid = status["NoNewPrivs"].strip() != "1"
report(not any(sets.values()) and not setuid and os.getuid() != 0,
       f"uid {{os.getuid()}}, capabilities {{max(sets.values()):x}}")""",
    "make a user namespace": """
done = subprocess.run(["unshare", "--user", "--map-root-user", "id", "-u"], capture_output=True,
                      text=True)
report(done.returncode != 0, done.stdout.strip() or done.stderr.strip().splitlines()[-1])""",
    "read the solved chapters and the grader": """
import dcgan_lib
package = Path(dcgan_lib.__file__).parent
places = [package.parent / name for name in ("dcgan_classroom", "notebooks", "tests")]
found = [str(p) for place in places if place.is_dir() for p in place.iterdir()]
report(not found, f"{{len(found)}} files" if found else "nothing there")""",
    "make processes without end": """
children = []
try:
    while len(children) < {processes} + 50:
        child = os.fork()
        if child == 0:
            import time
            time.sleep(20)
            os._exit(0)
        children.append(child)
    report(False, f"{{len(children)}} made")
except OSError as error:
    report(True, f"{{len(children)}} made, then: {{error.strerror}}")
for child in children:
    os.kill(child, 9)
    os.waitpid(child, 0)""",
    "fill the work folder": """
size, end = fill(".", {box_mb} + 16)
report(size <= {box_mb}, f"{{size:.0f}} MB, then: {{end}}")""",
    "fill /tmp": """
size, end = fill("/tmp", {tmp_mb} + 16)
report(size <= {tmp_mb}, f"{{size:.0f}} MB, then: {{end}}")""",
    "fill memory": """
kept = []
try:
    while len(kept) < {memory_mb}:
        kept.append(bytearray(2**20))
    report(False, f"{{len(kept)}} MB taken")
except MemoryError:
    size, kept = len(kept), None
    report(True, f"{{size}} MB, then: MemoryError")""",
    "outlive the run": """
code = "import os, time; os.fork() and os._exit(0); open('daemon', 'w').close(); time.sleep(90)"
subprocess.Popen([sys.executable, "-c", code, {nonce!r}], start_new_session=True).wait()
import time
for _ in range(100):
    if os.path.exists("daemon"):
        break
    time.sleep(0.05)
report(os.path.exists("daemon"), "the daemon did not start")""",
}


class Attempt(NamedTuple):
    """What was attempted, whether the sandbox held, and what was seen."""

    attempt: str
    held: bool
    seen: str


def check(sandbox: Sandbox, limits: Limits = LIMITS) -> list[Attempt]:
    """Try to get out of a sandbox, in every way that we know.

    Args:
        sandbox: from ``find_sandbox``.
        limits: of the trial; small ones, so that filling them up takes no time.

    Returns:
        Each attempt, in order. Those that could hurt the machine are not made where nothing
        is isolated.

    Raises:
        CourseError: a kernel could not be started at all.
    """
    nonce, safe = uuid.uuid4().hex, sandbox.kind != "unprotected"
    names = [name for name in ATTEMPTS if safe or name not in HURTS]
    with _surroundings(nonce, safe) as (values, met), tempfile.TemporaryDirectory() as box:
        values.update(vars(limits))
        cells = [new_code_cell(ATTEMPTS[name].format(**values)) for name in names]
        notebook = new_notebook(cells=[new_code_cell(BEGIN), *cells])
        run = run_notebook(notebook, {}, sandbox, limits, box)
        printed = [_printed(cell) for cell in run.notebook.cells[1:]]
    found = dict(zip(names, printed, strict=True))
    if met:
        found["reach a server on loopback"] = (False, "the server was reached")
    if found["outlive the run"][0]:
        left = _outliving(nonce)
        found["outlive the run"] = (not left, f"{left} processes left" if left else "none is left")
    not_made = (False, "not attempted: nothing would hold it")
    return [Attempt(name, *found.get(name, not_made)) for name in ATTEMPTS]


@contextmanager
def _surroundings(nonce: str, safe: bool) -> Iterator[tuple[dict[str, object], list[bool]]]:
    """A secret file that anyone may read, a variable of the environment, and a server."""
    met: list[bool] = []
    os.environ[SECRET_VARIABLE] = nonce
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as server:
        Path(folder).chmod(0o755)
        secret = Path(folder, "secret")
        secret.write_text(nonce, "utf-8")
        secret.chmod(0o644)
        thread = threading.Thread(target=_serve, args=(server, met), daemon=True)
        thread.start()
        own = sys.prefix, str(Path(__file__).parents[1])
        # what lies in /tmp is, inside, a way through the sandbox's own /tmp, which can be written
        outside = ["/", "/usr", "/dev", "/etc", "/run"]
        outside += [place for place in own if not Path(place).is_relative_to("/tmp")]
        Path(folder, "open").mkdir()
        Path(folder, "open").chmod(0o777)
        try:
            yield (
                {
                    "secret": str(secret),
                    "nonce": nonce,
                    "variable": SECRET_VARIABLE,
                    "parent": os.getpid(),
                    "program": Path("/proc/self/cmdline").read_bytes().split(b"\0")[0].decode(),
                    "port": server.getsockname()[1],
                    "folders": [*(outside if safe else ()), str(Path(folder, "open"))],
                },
                met,
            )
        finally:
            del os.environ[SECRET_VARIABLE]
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(server: socket.socket, met: list[bool]) -> None:
    while True:
        try:
            server.accept()[0].close()
        except OSError:
            return
        met.append(True)


def _printed(cell) -> tuple[bool, str]:
    for output in cell.outputs:
        if output.output_type == "stream" and "|" in output.text:
            word, seen = output.text.strip().split("|", 1)
            return word == "held", seen
        if output.output_type == "error":
            return False, f"{output.ename}: {output.evalue}"
    return False, "the cell printed nothing"


def _outliving(nonce: str) -> int:
    """How many processes have the nonce in their command line; they are ended."""
    time.sleep(0.3)
    left = 0
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and nonce.encode() in (entry / "cmdline").read_bytes():
                left += 1
                os.kill(int(entry.name), 9)
        except OSError:
            continue
    return left
