"""Many submissions shared out to processes that may be killed: none is lost, nobody blamed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from dcgan_lib.shared import CourseError, dask_cluster, usable_cores

JobType = TypeVar("JobType")
WINDOW = 3  # jobs handed out at once for each worker
HEAL_SECONDS = 2
DASK_CONFIG = {
    "distributed.scheduler.allowed-failures": 1,  # then a killed job is done again alone
    "distributed.worker.multiprocessing-method": "forkserver",
}


@dataclass(frozen=True)
class Ended:
    """How one job ended: with a value, or with why it could not be done."""

    job: Any
    value: Any = None
    error: str = ""


def run_jobs(
    work: Callable[[JobType], Any],
    jobs: Sequence[JobType],
    workers: int | None = None,
    scheduler: str | None = None,
) -> Iterator[Ended]:
    """Do every job, and say of each how it ended, as they come.

    A job whose process is killed is done again by Dask, in the end alone, so that a neighbour
    that takes the process down costs nobody else anything.

    Args:
        work: a function that can be pickled, and can be called again for the same job.
        jobs: what it is called with.
        workers: processes on this machine, by default one for each core; 1 works in this one.
        scheduler: address of a Dask scheduler whose workers do it instead.

    Raises:
        CourseError: no scheduler answers, it went away, or ``distributed`` is not installed.
    """
    if workers is not None and workers < 1:
        raise CourseError(
            f"{workers} processes can't share the work. Expected: 1 or more. Received: {workers}. "
            "Leave --workers out for one on each core."
        )
    count = workers or usable_cores()
    if scheduler is None and (count == 1 or len(jobs) <= 1):
        yield from (_tried(work, job) for job in jobs)
        return
    with _pool(min(count, len(jobs)), scheduler, work.__module__) as pool:
        killed: list[JobType] = []
        for ended in _in_window(pool, work, jobs, WINDOW * pool.cores):
            if ended.error or ended.value is not None:
                yield ended
            else:
                killed.append(ended.job)
        for job in killed:
            yield _alone(pool, work, job)


def _tried(work: Callable[[JobType], Any], job: JobType) -> Ended:
    try:
        return Ended(job, work(job))
    except Exception as error:
        return Ended(job, error=_told(error))


def _told(error: Exception) -> str:
    """A sentence; what nobody has thought of costs one job, not all."""
    return str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"


@dataclass(frozen=True)
class _Pool:
    """Processes to work in, and a call that starts those again that could not be started."""

    executor: Executor
    cores: int
    heal: Callable[[], object]


def _in_window(
    pool: _Pool, work: Callable[[JobType], Any], jobs: Sequence[JobType], window: int
) -> Iterator[Ended]:
    pending: dict[Future, JobType] = {}
    for job in jobs:
        pending[pool.executor.submit(_tried, work, job)] = job
        while len(pending) >= window:
            yield from _next(pool, pending)
    while pending:
        yield from _next(pool, pending)


def _next(pool: _Pool, pending: dict[Future, JobType]) -> Iterator[Ended]:
    done, _ = wait(pending, timeout=HEAL_SECONDS, return_when=FIRST_COMPLETED)
    pool.heal()
    for future in done:
        yield _ended(future, pending.pop(future))


def _ended(future: Future, job: Any) -> Ended:
    """How a job ended; with neither value nor error where it was lost with its process.

    What the job itself raises comes as an ``Ended``. So whatever is raised here is Dask's, which
    can take even a good result for an error if the process that made it ends meanwhile.
    """
    try:
        return future.result()
    except CancelledError:
        raise CourseError(
            "The Dask scheduler went away. Expected: it stays until all is graded. Received: an "
            "end before that. What was graded is kept; start it, and go on with --resume."
        ) from None
    except Exception:
        return Ended(job)


def _alone(pool: _Pool, work: Callable[[JobType], Any], job: JobType) -> Ended:
    ended = next(_in_window(pool, work, [job], 1))
    lost = not ended.error and ended.value is None
    error = "Its process was killed each time, with nothing else running."
    return Ended(job, error=error) if lost else ended


@contextmanager
def _pool(count: int, scheduler: str | None, module: str) -> Iterator[_Pool]:
    if scheduler is not None:
        with dask_cluster(scheduler) as (executor, cores):
            yield _Pool(executor, cores, lambda: None)
        return
    try:
        import dask
        from distributed import LocalCluster
        from distributed.utils import get_mp_context
    except ImportError:
        raise CourseError(
            "The work can't be shared out. Expected: the package distributed. Received: an "
            'environment without it. Run: pip install "distributed>=2025.1", or work with one '
            "process (--workers 1)."
        ) from None
    for name in ("distributed", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with dask.config.set(DASK_CONFIG):
        get_mp_context().set_forkserver_preload(["distributed", module])  # imported once for all
        cluster = LocalCluster(
            n_workers=0,  # they come by `_heal`: one that is killed at its start ends nothing
            threads_per_worker=1,
            memory_limit=0,  # kernels have limits of their own
            dashboard_address="127.0.0.1:0",  # any free port: several may grade at once
            silence_logs=logging.CRITICAL,
        )
        with cluster, dask_cluster(cluster.scheduler_address) as (executor, _):
            _heal(cluster, count)
            yield _Pool(executor, count, lambda: _heal(cluster, count))


def _heal(cluster: Any, count: int) -> None:
    """Start the workers that are not there: Dask gives up those that end while they start."""

    def forget() -> None:
        for name, worker in list(cluster.workers.items()):
            if worker.status.name in ("closed", "failed"):
                del cluster.workers[name]

    cluster.loop.add_callback(forget)
    cluster.scale(count)
