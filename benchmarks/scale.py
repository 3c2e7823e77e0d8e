"""What more photographs, a larger class or a larger database need: machines, hours, storage.

    .venv/bin/python benchmarks/scale.py
    .venv/bin/python benchmarks/scale.py --photographs 2e6 --crop-ms 8 --machines 4
    .venv/bin/python benchmarks/scale.py --students 300 --grade-seconds 90 --machines 1

The defaults are what docs/scale.md was written with: measured on one machine, or, where it says so
there, assumed. Give your own machine's.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Annotated

import numpy as np
import typer

from dcgan_lib.shared import run_command

NIGHT = 8.0  # hours in which work should be done
FACE_BYTES = 64 * 64 * 3  # of a row in the cache
app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def simulate(
    photographs: Annotated[float, typer.Option(help="Photographs to crop.")] = 10e6,
    crop_ms: Annotated[float, typer.Option(help="Of one core, for a photograph.")] = 13.0,
    photo_kb: Annotated[float, typer.Option(help="Kilobytes of a photograph.")] = 7.0,
    crop_kb: Annotated[float, typer.Option(help="Kilobytes of a crop.")] = 5.0,
    client_kb: Annotated[float, typer.Option(help="Memory for a photograph's row.")] = 1.0,
    hand_out_ms: Annotated[float, typer.Option(help="Of the scheduler, for a photograph.")] = 0.125,
    students: Annotated[int, typer.Option(help="Students of the class.")] = 10_000,
    grade_seconds: Annotated[float, typer.Option(help="Of one core, for a notebook.")] = 15.0,
    hand_in_hours: Annotated[float, typer.Option(help="Mean time before the deadline.")] = 24.0,
    faces: Annotated[float, typer.Option(help="Faces to train on.")] = 202_599,
    epochs: Annotated[int, typer.Option(help="Epochs to train.")] = 25,
    images_per_second: Annotated[float, typer.Option(help="Of the training step.")] = 2000.0,
    cores: Annotated[int, typer.Option(help="Cores of a machine.")] = 8,
    machines: Annotated[int, typer.Option(help="Machines of the cluster.")] = 10,
) -> None:
    """Print the three tables of docs/scale.md with these numbers."""
    crews = {"one core": 1, "one machine": cores, "cluster": cores * machines}
    print(f"{photographs:,.0f} photographs")
    tell_cropping(photographs, crop_ms / 1e3, crews, hand_out_ms / 1e3)
    print(f"  for one night: {machines_for(photographs, crop_ms / 1e3, NIGHT, cores)} machines")
    tell_storage(photographs, photo_kb, crop_kb, client_kb)
    print(f"{students:,} students hand in, on average {hand_in_hours:g} h before the deadline")
    tell_grading(hand_ins(students, hand_in_hours), grade_seconds / 3600, crews)
    hours = faces * epochs / images_per_second / 3600
    print(f"{faces:,.0f} faces, {epochs} epochs at {images_per_second:g} images/s: {hours:.1f} h")
    print(f"  the cache has {faces * FACE_BYTES / 1e9:.1f} GB")


def tell_cropping(
    photographs: float, seconds: float, crews: dict[str, int], hand_out: float
) -> None:
    for name, workers in crews.items():
        hours = hours_of(photographs, seconds, workers, hand_out)
        print(f"  {name:12} {hours:10,.1f} h, {'within' if hours <= NIGHT else 'past'} a night")
    print(f"  more than {seconds / hand_out:.0f} cores wait for the scheduler")


def tell_storage(photographs: float, photo_kb: float, crop_kb: float, client_kb: float) -> None:
    stored = photographs * ((photo_kb + crop_kb) * 1e3 + FACE_BYTES)
    print(f"  photographs, crops and cache: {stored / 1e12:.2f} TB")
    held = photographs * client_kb / 1e6
    print(f"  memory of the process that hands out the work: {held:.1f} GB")


def tell_grading(arrivals: np.ndarray, hours: float, crews: dict[str, int]) -> None:
    for name, workers in crews.items():
        waits = np.array(list(waiting(arrivals, hours, workers)))
        last = max(0.0, float((arrivals + waits).max()) + hours)
        print(
            f"  {name:12} last mark {last:8,.1f} h after the deadline, "
            f"longest wait {waits.max():,.1f} h"
        )


def hours_of(jobs: float, seconds: float, workers: int, hand_out: float = 0.0) -> float:
    """Hours in which equal jobs are done.

    Args:
        jobs: how many.
        seconds: of one worker, for a job.
        workers: how many; none waits for another.
        hand_out: seconds that the one scheduler takes for a job; it is the limit of large crews.
    """
    return jobs * max(seconds / workers, hand_out) / 3600


def machines_for(jobs: float, seconds: float, hours: float, cores: int) -> int:
    """The fewest machines of so many cores that do equal jobs within so many hours."""
    return int(np.ceil(hours_of(jobs, seconds, cores) / hours))


def hand_ins(count: int, mean_hours: float, seed: int = 0) -> np.ndarray:
    """When work is handed in: hours before the deadline, negative, in order; most of it late."""
    return np.sort(-np.random.default_rng(seed).exponential(mean_hours, count))


def waiting(arrivals: np.ndarray, service: float, workers: int) -> Iterator[float]:
    """How long each job waits until a worker begins it, first come, first served.

    Args:
        arrivals: when each comes, in order.
        service: how long a worker takes for one, in the same unit.
        workers: how many.
    """
    free = [float("-inf")] * workers
    for arrival in arrivals:
        start = max(arrival, heapq.heappop(free))
        heapq.heappush(free, start + service)
        yield start - arrival


if __name__ == "__main__":
    run_command(app)
