"""Work whose process is killed, and the processes that could be; quick to import."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from dcgan_classroom.sandbox.process import family

SERVER = b"multiprocessing.forkserver"


def workers(pid: int) -> list[int]:
    """Processes below this one that Dask works in, forked from multiprocessing's server."""
    commands = {}
    for member in family(pid):
        with suppress(OSError):
            commands[member] = Path(f"/proc/{member}/cmdline").read_bytes()
    server_and_forked = [member for member, command in commands.items() if SERVER in command]
    return server_and_forked[1:]


def killing(job: str) -> str:
    """The job's name; one called "kills once" kills its process before, "kills always" each time.

    Raises:
        ValueError: the job is called "fails".
    """
    path = Path(job)
    tried = path.with_suffix(".tried")
    if path.name == "kills always" or (path.name == "kills once" and not tried.exists()):
        tried.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if path.name == "fails":
        raise ValueError("No kernel.")
    return path.name
