"""Work shared out in batches: to this process, to this machine's cores, or to a cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait as wait_for
from typing import Any

import cv2

from dcgan_lib.shared.errors import CourseError


def usable_cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_batches(
    work: Callable[[Any], Any],
    batches: Iterable[Any],
    workers: int | None = None,
    scheduler: str | None = None,
) -> Iterator[Any]:
    """Yield the result of ``work`` for every batch, as they come.

    Args:
        work: a function that can be pickled.
        batches: what it is called with, one at a time.
        workers: processes on this machine, by default one for each core; 1 works in this one.
        scheduler: address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``, whose workers
            do it instead. They must see the same folders and have the same environment.

    Raises:
        CourseError: no scheduler answers, ``distributed`` is not installed, or a worker was
            killed.
    """
    if workers is not None and workers < 1:
        raise CourseError(
            f"{workers} processes can't share the work. Expected: 1 or more. Received: {workers}. "
            "Leave --workers out for one on each core."
        )
    if scheduler is None and (workers or usable_cores()) == 1:
        yield from map(work, batches)
        return
    pool = _processes(workers or usable_cores()) if scheduler is None else dask_cluster(scheduler)
    try:
        with pool as (executor, cores):
            yield from _results(executor, work, batches, 3 * cores)
    except BrokenProcessPool:
        raise CourseError(
            "A process that shared the work ended. Expected: enough memory for every one, and, in "
            'a script of your own, the call below `if __name__ == "__main__":`. Received: an end '
            "without a result. See to it, or work with one process (--workers 1); the same call "
            "goes on where it stopped."
        ) from None


def _results(
    executor: Executor, work: Callable[[Any], Any], batches: Iterable[Any], window: int
) -> Iterator[Any]:
    """Keep a window of batches in work, so that a million of them need no memory."""
    pending = set()
    for batch in batches:
        pending.add(executor.submit(_with_one_thread, work, batch))
        if len(pending) >= window:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    while pending:
        done, pending = wait(pending, return_when=FIRST_COMPLETED)
        yield from (future.result() for future in done)


def _with_one_thread(work: Callable[[Any], Any], batch: Any) -> Any:
    cv2.setNumThreads(1)  # the processes are the parallel part
    return work(batch)


@contextmanager
def _processes(count: int) -> Iterator[tuple[Executor, int]]:
    context = multiprocessing.get_context("spawn")  # a fork would copy OpenCV's threads' locks
    executor = ProcessPoolExecutor(count, mp_context=context, initializer=_follow_parent)
    try:
        yield executor, count
    finally:
        executor.shutdown(cancel_futures=True)


def _follow_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it does: even SIGKILL leaves no orphans."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait_for([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


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
