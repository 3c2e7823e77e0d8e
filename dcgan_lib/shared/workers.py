"""Work shared among processes: this one, this machine's, or those of a cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait as wait_for
from typing import Any

import cv2

from dcgan_lib.shared.errors import CourseError

WAITING = 8  # jobs that a process has at hand, so that it never waits for the next


@dataclass(frozen=True)
class Done:
    """A job and its result.

    Attributes:
        job: what the work was called with.
        value: what it returned; None where it took too long.
        in_time: whether it ended within its time.
    """

    job: Any
    value: Any
    in_time: bool = True


class TookTooLong(BaseException):
    """The time is over; not an Exception, so that no handler of damaged files takes it."""


def usable_cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_jobs(
    work: Callable[[Any], Any],
    jobs: Iterable[Any],
    workers: int | None = None,
    scheduler: str | None = None,
    seconds: float | None = None,
) -> Iterator[Done]:
    """Do every job and yield it with its result, as they come.

    However it ends (the last job, an error, Ctrl-C), no process is left behind.

    Args:
        work: a function that can be pickled.
        jobs: what it is called with, one at a time.
        workers: processes on this machine, by default one for each core; 1 works in this one.
        scheduler: address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``, whose workers
            do it instead. They must see the same folders and have the same environment.
        seconds: a job that takes longer is given up: its process is ended and another one takes
            its place. Within this process Python's own signal ends it, which a thread other than
            the main one, Windows and a cluster don't have.

    Raises:
        CourseError: no scheduler answers, ``distributed`` is not installed, or a process was
            killed.
    """
    if workers is not None and workers < 1:
        raise CourseError(
            f"{workers} processes can't share the work. Expected: 1 or more. Received: {workers}. "
            "Leave --workers out for one on each core."
        )
    if scheduler is not None:
        yield from _on_cluster(work, jobs, scheduler)
    elif (workers or usable_cores()) == 1:
        yield from (_here(work, job, seconds) for job in jobs)
    else:
        yield from _in_processes(work, jobs, workers or usable_cores(), seconds)


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise TookTooLong in the block after so many seconds, where the system has the signal."""
    is_main = threading.current_thread() is threading.main_thread()
    if seconds is None or not is_main or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _here(work: Callable[[Any], Any], job: Any, seconds: float | None) -> Done:
    try:
        with time_limit(seconds):
            return Done(job, work(job))
    except TookTooLong:
        return Done(job, None, in_time=False)


def _in_processes(
    work: Callable[[Any], Any], jobs: Iterable[Any], count: int, seconds: float | None
) -> Iterator[Done]:
    left, crew = iter(jobs), [_Process(work) for _ in range(count)]
    try:
        for process in crew:
            process.start()
        while True:
            for process in crew:
                process.give(left)
            busy = [process for process in crew if process.jobs]
            if not busy:
                return
            wait_for([process.pipe for process in busy], _soonest(busy, seconds))
            for process in busy:
                yield from process.results(seconds)
    finally:
        for process in crew:
            process.end()


def _soonest(busy: list[_Process], seconds: float | None) -> float | None:
    """How long until the first of these processes is out of time."""
    since = [process.since for process in busy if process.since is not None]
    if seconds is None or not since:
        return None
    return max(0.0, min(since) + seconds - time.monotonic())


class _Process:
    """A process that works on the jobs at hand, one after the other."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.work = work
        self.jobs: deque[Any] = deque()
        self.since: float | None = None  # when it began the first of them; None while it starts

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would copy OpenCV's threads' locks
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(self.work, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.since = None
        for job in self.jobs:
            self.pipe.send(job)

    def give(self, left: Iterator[Any]) -> None:
        """Hand over as many jobs as it should have at hand."""
        for job in islice(left, WAITING - len(self.jobs)):
            if not self.jobs and self.since is not None:
                self.since = time.monotonic()
            self.jobs.append(job)
            try:
                self.pipe.send(job)
            except OSError:
                raise _ended() from None

    def results(self, seconds: float | None) -> Iterator[Done]:
        """What it has done; where its time is over, the job is given up and it starts again."""
        while self.jobs and self.pipe.poll():
            try:
                answer = self.pipe.recv()
            except (EOFError, OSError):
                raise _ended() from None
            self.since = time.monotonic()
            if isinstance(answer, _Failed):
                raise answer.error
            if answer is not None:  # else it is ready for the first job
                yield Done(self.jobs.popleft(), answer.value)
        started = seconds is not None and self.since is not None
        if self.jobs and started and time.monotonic() > self.since + seconds:
            self.end()
            yield Done(self.jobs.popleft(), None, in_time=False)
            self.start()

    def end(self) -> None:
        if hasattr(self, "process"):
            self.process.kill()
            self.process.join()
            self.pipe.close()


@dataclass(frozen=True)
class _Worked:
    value: Any


@dataclass(frozen=True)
class _Failed:
    error: Exception


def _serve(work: Callable[[Any], Any], pipe: Connection) -> None:
    """What a process does: jobs in, results out, until it is ended."""
    _follow_parent()
    cv2.setNumThreads(1)  # the processes are the parallel part
    pipe.send(None)
    while True:
        try:
            answer: _Worked | _Failed = _Worked(work(pipe.recv()))
        except EOFError:
            return
        except Exception as error:
            answer = _Failed(error)
        pipe.send(answer)


def _ended() -> CourseError:
    return CourseError(
        "A process that shared the work ended. Expected: enough memory for every one, and, in "
        'a script of your own, the call below `if __name__ == "__main__":`. Received: an end '
        "without a result. See to it, or work with one process (--workers 1); the same call "
        "goes on where it stopped."
    )


def _follow_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it does: even SIGKILL leaves no orphans."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait_for([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _on_cluster(work: Callable[[Any], Any], jobs: Iterable[Any], scheduler: str) -> Iterator[Done]:
    """Keep a window of jobs in work, so that a million of them need no memory."""
    with dask_cluster(scheduler) as (executor, cores):
        pending = set()
        left = iter(jobs)
        while some := tuple(islice(left, WAITING)):
            pending.add(executor.submit(_with_one_thread, work, some))
            if len(pending) >= 3 * cores:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (result for future in done for result in future.result())
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            yield from (result for future in done for result in future.result())


def _with_one_thread(work: Callable[[Any], Any], jobs: tuple[Any, ...]) -> list[Done]:
    cv2.setNumThreads(1)
    return [Done(job, work(job)) for job in jobs]


@contextmanager
def dask_cluster(address: str) -> Iterator[tuple[Executor, int]]:
    try:
        from distributed import Client
    except ImportError:
        raise CourseError(
            "The work can't be handed to a Dask cluster. Expected: the package distributed. "
            'Received: an environment without it. Run: pip install "distributed>=2025.1"'
        ) from None
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CourseError(
            f"No Dask scheduler answers at {address}. Expected: the address that `dask scheduler` "
            f"prints, such as tcp://10.0.0.5:8786. Received: {type(error).__name__}. Start one, or "
            "leave --scheduler out to work on this machine."
        ) from None
    with client:
        cores = sum(client.ncores().values()) or 1
        executor = client.get_executor(pure=False)
        try:
            yield executor, cores
        finally:
            executor.shutdown(wait=False)
