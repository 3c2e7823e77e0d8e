"""Work that is shared out comes to its end, even if processes are killed while they start."""

import os
import signal
import threading
import time
from concurrent.futures import Future
from contextlib import nullcontext

from dcgan_classroom.grading import parallel as module
from dcgan_classroom.grading.parallel import run_jobs
from tests.support.killed import killing, workers

STARTING = 3  # processes that are killed as soon as they are seen


def kill_the_first(done, killed):
    while not done.is_set() and len(killed) < STARTING:
        fresh = [pid for pid in workers(os.getpid()) if pid not in killed]
        for pid in fresh[:1]:
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
        time.sleep(0.02)


def test_workers_that_are_killed_while_they_start_are_replaced(tmp_path):
    done, killed = threading.Event(), []
    thread = threading.Thread(target=kill_the_first, args=(done, killed))
    thread.start()
    try:
        jobs = [str(tmp_path / name) for name in "abcdef"]
        ended = list(run_jobs(killing, jobs, workers=2))
    finally:
        done.set()
        thread.join()
    assert len(killed) == STARTING
    assert sorted(one.value for one in ended) == list("abcdef")


class LosesTheFirst:
    """An executor that takes its first good result for an error, as Dask's can.

    In `distributed.cfexecutor._cascade_future`, where the process ends after its result came.
    """

    def __init__(self):
        self.asked = 0

    def submit(self, work, *arguments):
        self.asked += 1
        result, future = work(*arguments), Future()
        if self.asked > 1:
            future.set_result(result)
        else:
            future.set_exception(TypeError("cannot unpack non-iterable Ended object"))
        return future


def test_a_result_that_dask_takes_for_an_error_is_not_the_jobs(monkeypatch):
    executor = LosesTheFirst()
    pool = module._Pool(executor, 2, lambda: None)
    monkeypatch.setattr(module, "_pool", lambda *_: nullcontext(pool))
    ended = {one.job: (one.value, one.error) for one in run_jobs(killing, "abc", workers=2)}
    assert ended == {"a": ("a", ""), "b": ("b", ""), "c": ("c", "")}
    assert executor.asked == 4
