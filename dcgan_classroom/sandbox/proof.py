"""Proves a sandbox: attempts to get out of it, each really made, and whether it held.

The attempts run as cells of a notebook, in the way a student's would. Where nothing is
isolated, those that could hurt the machine are left out and counted as not held.
"""

from __future__ import annotations

import os
import platform
import socket
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nbformat.v4 import new_code_cell, new_notebook

from dcgan_classroom.sandbox.base import Sandbox
from dcgan_classroom.sandbox.engine import run_notebook
from dcgan_classroom.sandbox.process import Limits
from dcgan_classroom.sandbox.system_calls import CALLS, a_key, take_key

LIMITS = Limits(memory_mb=2048, file_mb=8, box_mb=16, tmp_mb=16, cell_seconds=30, wall_seconds=120)
SECRET_VARIABLE = "DCGAN_DOCTOR"
KEYS = "read and leave keys in the grader's keyring"
HURTS = ("make processes without end", "fill the work folder", "fill /tmp", "fill memory")
NO_CALLS = dict.fromkeys(CALLS["x86_64"], -1)  # on a machine whose numbers aren't known here
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
    "read and leave keys in the grader's keyring": """
import ctypes
call = ctypes.CDLL(None, use_errno=True).syscall
found = call({keyctl}, 10, -3, b"user", {nonce!r}.encode(), 0)
error = os.strerror(ctypes.get_errno())
call({add_key}, b"user", b"left " + {nonce!r}.encode(), b"x", 1, -3)
report(found < 0, "a key was found" if found >= 0 else error if {has_keys} else "there is none")""",
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
import ctypes
held = hasattr(os, "memfd_create") and 0 <= ctypes.CDLL(None).syscall({memfd_create}, b"x", 0)
held = held or 0 <= ctypes.CDLL(None).shmget(0, 2**20, 0o1600)
try:
    while len(kept) < {memory_mb}:
        kept.append(bytearray(2**20))
    report(False, f"{{len(kept)}} MB taken")
except MemoryError:
    size, kept = len(kept), None
    report(not held, "memory that isn't counted" if held else f"{{size}} MB, then: MemoryError")""",
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
    if met.server:
        found["reach a server on loopback"] = (False, "the server was reached")
    if met.key_left:
        found[KEYS] = (False, "a key was left")
    if found["outlive the run"][0]:
        left = _outliving(nonce)
        found["outlive the run"] = (not left, f"{left} processes left" if left else "none is left")
    not_made = (False, "not attempted: nothing would hold it")
    return [Attempt(name, *found.get(name, not_made)) for name in ATTEMPTS]


@dataclass
class Met:
    """What was reached from inside: the server, the keyring."""

    server: bool = False
    key_left: bool = False


@contextmanager
def _surroundings(nonce: str, safe: bool) -> Iterator[tuple[dict[str, object], Met]]:
    """A secret file that anyone may read, a variable, a key in the keyring, and a server."""
    met = Met()
    os.environ[SECRET_VARIABLE] = nonce
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
        a_key(nonce) as has_keys,
    ):
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
                    "has_keys": has_keys,
                    **CALLS.get(platform.machine(), NO_CALLS),
                },
                met,
            )
            met.key_left = take_key(f"left {nonce}")
        finally:
            del os.environ[SECRET_VARIABLE]
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(server: socket.socket, met: Met) -> None:
    while True:
        try:
            server.accept()[0].close()
        except OSError:
            return
        met.server = True


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
