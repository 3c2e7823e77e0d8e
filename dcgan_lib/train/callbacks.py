"""What a run shows and records while it trains, as Keras callbacks (chapter 07; section 8b)."""

from __future__ import annotations

import contextlib
import math
import signal
import time
from pathlib import Path
from types import FrameType
from typing import Any

import keras
import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from dcgan_lib.shared import CourseError, atomic_path, image_grid, write_png
from dcgan_lib.train.checkpoints import save_checkpoint
from dcgan_lib.train.gan import LOSSES
from dcgan_lib.train.grids import find_grids, grid_path, write_film
from dcgan_lib.train.plots import plot_history
from dcgan_lib.train.run import read_history
from dcgan_lib.train.sample import generate

Logs = dict[str, float] | None


class Progress(keras.callbacks.Callback):
    """One bar over the whole run, with the epoch's mean losses and images per second."""

    def __init__(self, epochs: int, first_epoch: int, per_epoch: int, batch_size: int) -> None:
        super().__init__()
        self.bar = tqdm(total=epochs * per_epoch, initial=first_epoch * per_epoch, unit="step")
        self.batch_size = batch_size
        self.epochs = epochs

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.bar.set_description(f"epoch {epoch + 1}/{self.epochs}")
        self.started, self.steps = time.perf_counter(), 0

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        self.steps += 1
        seconds = time.perf_counter() - self.started
        shown = {name: f"{logs[name]:.2f}" for name in LOSSES}
        shown["images/s"] = f"{self.steps * self.batch_size / seconds:.0f}"
        self.bar.set_postfix(shown, refresh=False)
        self.bar.update()

    def on_train_end(self, logs: Logs = None) -> None:
        self.bar.close()


class BrokeDown(CourseError):
    """A loss is no number any more: training is over, and its last checkpoint kept."""


class Guard(keras.callbacks.Callback):
    """Stop at the first loss that is not a number, before it reaches a checkpoint."""

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        broken = {name: logs[name] for name in LOSSES if not math.isfinite(logs[name])}
        if broken:
            raise BrokeDown(
                f"Training broke down in batch {batch + 1} of its epoch. Expected finite losses. "
                f"Received: {broken}. The last checkpoint is kept; lower --set learning_rate=… "
                "or, in half precision, use --set precision=float32, and start another --run."
            )


class History(keras.callbacks.Callback):
    """``history.csv``: a row per epoch; with the plots of losses and of D's outputs at the end."""

    def __init__(self, run: Path, first_epoch: int, images_per_epoch: int) -> None:
        super().__init__()
        self.run, self.images_per_epoch = run, images_per_epoch
        self.rows = read_history(run).query("epoch <= @first_epoch").to_dict("records")

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        seconds = time.perf_counter() - self.started
        speed = self.images_per_epoch / seconds
        row = {"epoch": epoch + 1} | {name: logs[name] for name in LOSSES}
        self.rows.append(row | {"seconds": seconds, "images_per_second": speed})
        with atomic_path(self.run / "history.csv") as path:
            pd.DataFrame(self.rows).to_csv(path, index=False, float_format="%.6g")

    def on_train_end(self, logs: Logs = None) -> None:
        if self.rows:
            for name, figure in plot_history(pd.DataFrame(self.rows)).items():
                with atomic_path(self.run / f"{name}.png") as path:
                    figure.savefig(path, dpi=120)


class Samples(keras.callbacks.Callback):
    """A grid of faces from one fixed batch of noise, unselected, and the film of all grids."""

    def __init__(self, run: Path, noise: np.ndarray, every: int) -> None:
        super().__init__()
        self.run, self.noise, self.every = run, noise, every

    def on_train_begin(self, logs: Logs = None) -> None:
        if not find_grids(self.run):
            self._draw(0)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if (epoch + 1) % self.every == 0:
            self._draw(epoch + 1)

    def on_train_end(self, logs: Logs = None) -> None:
        write_film(self.run)

    def _draw(self, epoch: int) -> None:
        images = generate(self.model.best_generator, self.noise)
        write_png(image_grid(images), grid_path(self.run, epoch))


class Generators(keras.callbacks.Callback):
    """A copy of G at intervals, ``generators/epoch_0010.keras``: quality over the epochs."""

    def __init__(self, run: Path, every: int) -> None:
        super().__init__()
        self.folder, self.every = run / "generators", every

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if (epoch + 1) % self.every == 0:
            with atomic_path(self.folder / f"epoch_{epoch + 1:04d}.keras") as path:
                self.model.best_generator.save(path)


class Checkpoints(keras.callbacks.Callback):
    """After each epoch a checkpoint; ``generator.keras`` when the run is finished."""

    def __init__(self, run: Path, epochs: int) -> None:
        super().__init__()
        self.run, self.epochs = run, epochs

    def on_train_begin(self, logs: Logs = None) -> None:
        (self.run / "generator.keras").unlink(missing_ok=True)  # of fewer epochs

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if epoch + 1 == self.epochs:
            with atomic_path(self.run / "generator.keras") as path:
                self.model.best_generator.save(path)
        save_checkpoint(self.run, self.model, epoch + 1)


class StopAfterEpoch(keras.callbacks.Callback):
    """Let the first Ctrl-C end training after the running epoch, and the second at once."""

    def on_train_begin(self, logs: Logs = None) -> None:
        self.asked = False
        self.before: Any = None
        with contextlib.suppress(ValueError):  # outside the main thread Ctrl-C stays as it is
            self.before = signal.signal(signal.SIGINT, self._ask)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.asked:
            self.model.stop_training = True

    def on_train_end(self, logs: Logs = None) -> None:
        self.release()

    def release(self) -> None:
        """Give Ctrl-C back to whoever had it."""
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)
            self.before = None

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            self.release()
            raise KeyboardInterrupt
        self.asked = True
        tqdm.write("Ctrl-C: this epoch is finished and saved first; once more stops at once.")
