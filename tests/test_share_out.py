"""Work that is shared out comes to its end, even if processes are killed while they start."""

import os
import signal
import threading
import time
from pathlib import Path

from classroom_killed import killing

from dcgan_lib.classroom.running import family
from dcgan_lib.classroom.share_out import share_out

STARTING = 3  # processes that are killed as soon as they are seen


def kill_the_first(done, killed):
    while not done.is_set() and len(killed) < STARTING:
        for pid in family(os.getpid()):
            line = Path(f"/proc/{pid}/cmdline")
            if pid not in killed and line.exists() and b"spawn_main" in line.read_bytes():
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
                break
        time.sleep(0.02)


def test_workers_that_are_killed_while_they_start_are_replaced(tmp_path):
    done, killed = threading.Event(), []
    thread = threading.Thread(target=kill_the_first, args=(done, killed))
    thread.start()
    try:
        jobs = [str(tmp_path / name) for name in "abcdef"]
        ended = list(share_out(killing, jobs, workers=2))
    finally:
        done.set()
        thread.join()
    assert len(killed) == STARTING
    assert sorted(one.value for one in ended) == list("abcdef")
