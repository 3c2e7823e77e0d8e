"""Training from a set that is larger than the memory it may use, beside a set that fits.

    .venv/bin/python benchmarks/bench_large_set.py FACES

FACES (such as data/faces/orl) is repeated until there are as many faces as asked for, by links that
take no room. Both sets are loaded in a process whose own memory is limited (RLIMIT_DATA: what it
can't give back, which pages of a file on disk are not); the large set's rows alone are larger
than the limit. Both then take turns at training profile quick. Before each turn, the system
is asked to forget the large set's pages, so its rows come from the disk. Before all this a
process that builds the cache is killed after a third of it, and the next one goes on.

Exits with 1 if rows of the cache differ from the faces, or if training from the large set is
slower than nine tenths of training from the one that fits.
"""

from __future__ import annotations

import mmap
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from dcgan_lib.load import batches, load_face_set
from dcgan_lib.shared import import_tensorflow, run_command, usable_cores

STEPS, TURNS, LEAST_SPEED = 20, 7, 0.9
LOAD = "import sys; from dcgan_lib.load import load_face_set; load_face_set(sys.argv[1])"
app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def bench(
    faces: Annotated[Path, typer.Argument(help="Folder of faces.")],
    count: Annotated[int, typer.Option(min=10_000, help="Faces of the large set.")] = 1_000_000,
    limit: Annotated[float, typer.Option(help="GB of memory that training may use.")] = 2.0,
) -> None:
    """Build the large set's cache with an interruption, and train from both sets."""
    print(f"{platform.platform()}, {usable_cores()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        large = Path(name, "large")
        repeat(faces, large, count)
        print(f"{count:,} faces; cache killed after {killed_build(large, count):.0%}")
        seconds = timed(lambda: subprocess.run([sys.executable, "-c", LOAD, large], check=True))
        print(f"the next process finished it in {seconds:.0f} s")
        print(f"opening the finished one: {timed(lambda: load_face_set(large)):.1f} s")
        speed = compare(faces, large, limit)
    if speed < LEAST_SPEED:
        raise typer.Exit(1)


def repeat(faces: Path, large: Path, count: int) -> None:
    """``large/<thousands>/<number>.png``, each a link to one of the faces."""
    originals = sorted(path.resolve() for path in faces.rglob("*/*.png"))
    for number in range(count):
        link = large / f"{number // 1000:05}" / f"{number:08}.png"
        link.parent.mkdir(parents=True, exist_ok=True)
        os.link(originals[number % len(originals)], link)


def killed_build(large: Path, count: int) -> float:
    """Kill a process that builds the cache; the share that it had made by then."""
    journal = large / ".cache" / "faces_64.part.jsonl"
    process = subprocess.Popen([sys.executable, "-c", LOAD, large])
    while process.poll() is None and done(journal) < count / 3:
        time.sleep(0.1)
    process.kill()
    process.wait()
    return min(1.0, done(journal) / count)


def done(journal: Path) -> int:
    return 1024 * (journal.read_bytes().count(b"\n") - 1) if journal.exists() else 0


def compare(faces: Path, large: Path, limit: float) -> float:
    """Images a second from the large set, as a share of those from the one that fits."""
    few, many = load_face_set(faces), load_face_set(large)
    for row in np.random.default_rng(0).integers(len(many.images), size=1000):
        if not np.array_equal(many.images[row], few.images[row % len(few.images)]):
            raise typer.Exit(1)
    import_tensorflow()
    import tensorflow as tf

    from dcgan_lib import get_settings
    from dcgan_lib.train import DCGAN

    if limit * 1e9 > many.images.nbytes:
        print(f"the set has {many.images.nbytes / 1e9:.1f} GB: it would fit")
    resource.setrlimit(resource.RLIMIT_DATA, (int(limit * 1e9), resource.RLIM_INFINITY))
    settings = get_settings("quick")
    gan = DCGAN(settings)
    gan.compile()
    step = tf.function(gan.train_step)
    served = [endless(face_set.images, settings.batch_size) for face_set in (few, many)]
    ratios, rates = [], []
    for turn in range(TURNS + 1):
        forget(many.images)
        few_rate, many_rate = (rate(step, one, settings.batch_size) for one in served)
        if turn:  # the first one traces the step
            ratios.append(many_rate / few_rate)
            rates.append((few_rate, many_rate))
    fits, larger = np.median(rates, axis=0)
    speed = statistics.median(ratios)
    print(
        f"{many.images.nbytes / 1e9:.1f} GB of rows under a limit of {limit:g} GB: "
        f"{larger:.0f} images/s, {fits:.0f} from a set that fits; ratio {speed:.2f} "
        f"({min(ratios):.2f}-{max(ratios):.2f}); own memory {own_memory():.2f} GB"
    )
    return speed


def endless(images: np.ndarray, size: int):
    return iter(batches(images, size, seed=0, flip=True, epochs=10**6))


def forget(images: np.memmap) -> None:
    """Have the system drop a mapped file's pages from memory, where it can."""
    if hasattr(os, "posix_fadvise"):
        images._mmap.madvise(mmap.MADV_DONTNEED)  # pages in use would stay
        handle = os.open(images.filename, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def rate(step: Callable[..., dict], served: object, size: int) -> float:
    work = lambda: [float(step(next(served))["g_loss"]) for _ in range(STEPS)]  # noqa: E731
    return STEPS * size / timed(work)


def own_memory() -> float:
    """GB that this process holds and couldn't give back (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1e6


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    run_command(app)
