"""Work whose process is killed, for a worker's first import to be quick."""

import os
import signal
from pathlib import Path


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
