"""What a run spends beside its epochs' steps: files, pictures and examinations.

    .venv/bin/python benchmarks/bench_overhead.py FACES

Trains profile quick on a folder of faces, such as data/faces/orl, and prints the share that each of
its callbacks takes, and its end: of the run's seconds, and of the processor time of its process,
which other work on the machine hardly changes. What TensorFlow needs to start (the first epoch,
in which it traces the step) is left out on both sides.
"""

from __future__ import annotations

import functools
import os
import platform
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from dcgan_lib.shared import import_tensorflow, run_command, usable_cores

HOOKS = ("on_epoch_begin", "on_epoch_end", "on_train_batch_end")
app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def bench(
    faces: Annotated[Path, typer.Argument(help="Folder of faces.")],
    epochs: Annotated[int, typer.Option(min=5, help="Epochs of the run.")] = 120,
) -> None:
    """Train profile quick, and print what its parts take."""
    import_tensorflow()
    spent = timed_callbacks()
    with tempfile.TemporaryDirectory() as folder:
        total = train_quick(faces, Path(folder, "run"), epochs, spent)
    print(f"{platform.platform()}, {usable_cores()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"profile quick, {epochs} epochs, the first one left out")
    print(f"{'':14}{'seconds':>9}{'share':>7}{'processor':>11}{'share':>7}")
    spent["beside the steps"] = sum(spent.values())
    for name, both in sorted([*spent.items(), ("all", total)], key=lambda item: item[1][0]):
        shares = both / total
        print(f"{name:16}{both[0]:7.2f}{shares[0]:7.1%}{both[1]:11.2f}{shares[1]:7.1%}")


def train_quick(faces: Path, run: Path, epochs: int, spent: dict[str, np.ndarray]) -> np.ndarray:
    """Seconds and processor seconds from the end of the first epoch to the end of the run."""
    import keras

    from dcgan_lib import get_settings
    from dcgan_lib.train import train

    marks: list[np.ndarray] = []

    class Start(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            marks.append(now())
            if epoch == 0:
                spent.clear()

    train(faces, run, get_settings("quick", epochs=epochs), callbacks=[Start()])
    spent["end"] = now() - marks[-1]
    return now() - marks[0]


def now() -> np.ndarray:
    return np.array([time.perf_counter(), time.process_time()])


def timed_callbacks() -> dict[str, np.ndarray]:
    """Have every callback of a training add its seconds, by its class, to what is returned."""
    import keras

    spent: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(2))
    set_model = keras.callbacks.CallbackList.set_model

    def set_model_and_time(self: keras.callbacks.CallbackList, model: keras.Model) -> None:
        set_model(self, model)
        for callback in self.callbacks:
            for hook in HOOKS:
                name = type(callback).__name__
                setattr(callback, hook, timed(getattr(callback, hook), name, spent))

    keras.callbacks.CallbackList.set_model = set_model_and_time
    return spent


def timed(hook: Callable[..., None], name: str, spent: dict[str, np.ndarray]) -> Callable:
    @functools.wraps(hook)
    def run(*arguments: object, **options: object) -> None:
        start = now()
        hook(*arguments, **options)
        spent[name] += now() - start

    return run


if __name__ == "__main__":
    run_command(app)
