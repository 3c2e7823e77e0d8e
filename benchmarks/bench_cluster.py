"""Cropping small photographs on a Dask cluster of two workers, of which one is killed.

    .venv/bin/python benchmarks/bench_cluster.py

A scheduler and two workers of one thread each run as processes of this machine. Portraits of
120×160 are cropped three times, each time into a new folder: half of them and all of them,
undisturbed, then all of them once more, where one worker gets SIGKILL after a third of the work.
Every photograph must have one row in each manifest, and all manifests must agree.

Printed are milliseconds per photograph, which stay the same where time is linear, and the peak
memory of the process that hands out the work, with what each further photograph adds to it.

Exits with 1 if a photograph is lost, doubled or decided otherwise.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from PIL import Image

from dcgan_lib.crop import crop_folder, read_manifest, read_photo
from dcgan_lib.shared import look_through, run_command, usable_cores

app = typer.Typer(add_completion=False, rich_markup_mode=None)
JOURNAL = ".journal.jsonl"  # of crop_folder: a line for each photograph that is done


@app.command()
def bench(
    photos: Annotated[Path, typer.Argument(help="Photographs to make others from.")],
    count: Annotated[int, typer.Option(min=100, help="Photographs to crop.")] = 20_000,
) -> None:
    """Crop on a cluster, undisturbed and with a worker killed, and compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_photographs(photos, folder / "half", count // 2, seed=0)
        make_photographs(photos, folder / "all", count, seed=0)
        rows = [measure(folder, "half", killed=False), measure(folder, "all", killed=False)]
        rows.append(measure(folder, "all", killed=True))
        calm, wild = (read_manifest(folder / f"faces_all_{kind}") for kind in (False, True))
    print(f"{platform.platform()}, {usable_cores()} cores, load {os.getloadavg()[0]:.1f}")
    for number, (seconds, megabytes, kept) in zip((count // 2, count, count), rows, strict=True):
        print(
            f"{number:7,} photographs, {kept:,} kept: {1e3 * seconds / number:6.1f} ms each, "
            f"peak {megabytes:.0f} MB"
        )
    print(f"each further photograph adds {1e3 * (rows[1][1] - rows[0][1]) / (count / 2):.1f} kB")
    lost, doubled = count - wild["source"].nunique(), len(wild) - wild["source"].nunique()
    print(
        f"with a worker killed: {lost} lost, {doubled} doubled, same manifest: {calm.equals(wild)}"
    )
    if lost or doubled or not calm.equals(wild):
        raise typer.Exit(1)


def measure(folder: Path, photos: str, killed: bool) -> tuple[float, float, int]:
    """Seconds and megabytes of one cropping, in a process of its own, and how many were kept."""
    dst = folder / f"faces_{photos}_{killed}"
    answers: multiprocessing.Queue = multiprocessing.get_context("spawn").Queue()
    with cluster() as (address, workers):
        arguments = (folder / photos, dst, address, answers)
        job = multiprocessing.get_context("spawn").Process(target=crop, args=arguments)
        job.start()
        if killed:
            kill_after_a_third(dst, sum(1 for _ in (folder / photos).iterdir()), workers[0])
        answer = answers.get()
        job.join()
    return answer


def crop(photos: Path, dst: Path, address: str, answers: multiprocessing.Queue) -> None:
    start = time.perf_counter()
    table = crop_folder(photos, dst, scheduler=address)
    seconds = time.perf_counter() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answers.put((seconds, megabytes, int((table["decision"] == "kept").sum())))


def kill_after_a_third(dst: Path, count: int, worker: subprocess.Popen[bytes]) -> None:
    journal = dst / JOURNAL
    while not journal.exists() or journal.read_bytes().count(b"\n") < count / 3:
        time.sleep(0.2)
    worker.send_signal(signal.SIGKILL)


@contextmanager
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers; ended with the block."""
    dask, quiet = [sys.executable, "-m", "dask"], {"stderr": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "scheduler.json")
        known = ["--scheduler-file", str(file), "--no-dashboard"]
        processes = [subprocess.Popen([*dask, "scheduler", "--port", "0", *known], **quiet)]
        one = [*dask, "worker", *known, "--nthreads", "1", "--no-nanny"]
        processes += [subprocess.Popen(one, cwd=folder, **quiet) for _ in range(2)]
        while not file.exists():
            time.sleep(0.1)
        try:
            yield json.loads(file.read_text())["address"], processes[1:]
        finally:
            for process in processes:
                process.kill()
                process.wait()


def make_photographs(source: Path, folder: Path, count: int, seed: int) -> None:
    """Portraits as a camera of 120×160 sees them, no two of which are alike."""
    folder.mkdir()
    random = np.random.default_rng(seed)
    portraits = [source / name for name in look_through(source).photographs]
    for index in range(count):
        photo = read_photo(portraits[random.integers(len(portraits))])
        around = cv2.copyMakeBorder(photo, 30, 10, 14, 14, cv2.BORDER_REFLECT)
        small = cv2.resize(around, (120, 160), interpolation=cv2.INTER_AREA).astype(int)
        small += random.integers(-30, 31, (5, 4, 1)).repeat(32, 0).repeat(30, 1)
        picture = np.clip(small, 0, 255).astype(np.uint8)
        Image.fromarray(picture).save(folder / f"{index:07}.jpg", quality=92)


if __name__ == "__main__":
    run_command(app)
