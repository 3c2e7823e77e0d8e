"""What a run shows and records while it trains, as Keras callbacks (chapter 07; section 8b)."""

from __future__ import annotations

import contextlib
import math
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import keras
import pandas as pd
import tensorflow as tf
from tqdm.auto import tqdm

from dcgan_lib.shared import CourseError, atomic_path
from dcgan_lib.train.checkpoints import save_checkpoint
from dcgan_lib.train.doctor import not_finite_weights, weights_of
from dcgan_lib.train.gan import LOSSES
from dcgan_lib.train.grids import grid_path, write_grid
from dcgan_lib.train.run import read_history, save_generator
from dcgan_lib.train.sample import fixed_noise

LOOKED_AT = 8  # faces after each epoch, to see that they are finite
Logs = dict[str, float] | None


class WholeEpochs(keras.callbacks.Callback):
    """Acts after whole epochs alone: one that was broken off must not be taken for one."""

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.batches = 0

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        self.batches += 1

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.batches == self.params["steps"]:
            self.on_whole_epoch(epoch + 1, logs)

    def on_whole_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        """Act after an epoch, counted from 1, whose means are in ``logs``."""


class Progress(keras.callbacks.Callback):
    """One bar over the whole run, with the epoch's mean losses and images per second.

    Where stderr is neither a terminal nor a notebook, such as in a log, a line for each epoch.
    """

    def __init__(self, epochs: int, first_epoch: int, per_epoch: int, batch_size: int) -> None:
        super().__init__()
        drawn = sys.stderr.isatty() or "ipykernel" in sys.modules
        total, done = epochs * per_epoch, first_epoch * per_epoch
        self.bar = tqdm(total=total, initial=done, unit="step", disable=not drawn)
        self.batch_size = batch_size
        self.epochs = epochs

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.title = f"epoch {epoch + 1}/{self.epochs}"
        self.bar.set_description(self.title)
        self.started, self.steps = time.perf_counter(), 0

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        self.steps += 1
        if not self.bar.disable:
            self.bar.set_postfix_str(self._figures(logs), refresh=False)
            self.bar.update()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.bar.disable:
            print(f"{self.title}: {self._figures(logs)}", file=sys.stderr, flush=True)

    def on_train_end(self, logs: Logs = None) -> None:
        self.bar.close()

    def _figures(self, logs: dict[str, float]) -> str:
        speed = self.steps * self.batch_size / (time.perf_counter() - self.started)
        return ", ".join([*(f"{n}={logs[n]:.2f}" for n in LOSSES), f"images/s={speed:.0f}"])


class BrokeDown(CourseError):
    """Numbers are infinite or undefined: training is over, and its last checkpoint kept."""


class Guard(keras.callbacks.Callback):
    """Stop at the first loss that is not a number, before it reaches a checkpoint."""

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        broken = {name: logs[name] for name in LOSSES if not math.isfinite(logs[name])}
        if broken:
            where = f"in batch {batch + 1} of its epoch"
            raise BrokeDown(_broke_down(where, "finite losses", str(broken)))


class EpochGuard(WholeEpochs):
    """Stop after an epoch whose weights or faces are not finite, before anything is kept of it.

    Its losses can be finite all the same: each is computed before the update that it leads to.
    """

    def on_train_begin(self, logs: Logs = None) -> None:
        self.is_sound = tf.function(self._is_sound)  # traced once: it runs after every epoch

    def on_whole_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        if not self.is_sound():
            found = ", ".join(not_finite_weights(self.model)[:3]) or "generated faces"
            expected = "finite weights and faces"
            raise BrokeDown(_broke_down(f"in epoch {epoch}", expected, f"others in {found}"))

    def _is_sound(self) -> tf.Tensor:
        z = tf.constant(fixed_noise(self.model.settings)[:LOOKED_AT])
        faces = self.model.best_generator(z, training=False)
        values = (faces, *weights_of(self.model))
        return tf.reduce_all([tf.reduce_all(tf.math.is_finite(value)) for value in values])


def _broke_down(where: str, expected: str, received: str) -> str:
    return (
        f"Training broke down {where}. Expected {expected}. Received: {received}. The last "
        "checkpoint is kept; lower --set learning_rate=… or, in half precision, use "
        "--set precision=float32, and start another --run."
    )


class History(WholeEpochs):
    """``history.csv``: a row per epoch."""

    def __init__(self, run: Path, first_epoch: int, images_per_epoch: int) -> None:
        super().__init__()
        self.run, self.images_per_epoch = run, images_per_epoch
        self.rows = read_history(run).query("epoch <= @first_epoch").to_dict("records")

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        super().on_epoch_begin(epoch, logs)
        self.started = time.perf_counter()

    def on_whole_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        seconds = time.perf_counter() - self.started
        speed = self.images_per_epoch / seconds
        row = {"epoch": epoch} | {name: logs[name] for name in LOSSES}
        self.rows.append(row | {"seconds": seconds, "images_per_second": speed})
        with atomic_path(self.run / "history.csv") as path:
            pd.DataFrame(self.rows).to_csv(path, index=False, float_format="%.6g")


class Samples(WholeEpochs):
    """A grid of faces from one fixed batch of noise, unselected.

    Args:
        run: the run's folder.
        first_epoch: how many epochs are finished; their newest grid is drawn where it is missing.
    """

    def __init__(self, run: Path, first_epoch: int = 0) -> None:
        super().__init__()
        self.run, self.first_epoch = run, first_epoch

    def on_train_begin(self, logs: Logs = None) -> None:
        if self.first_epoch == 0 or not grid_path(self.run, self.first_epoch).exists():
            self._draw(self.first_epoch)

    def on_whole_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        self._draw(epoch)

    def _draw(self, epoch: int) -> None:
        if epoch % self.model.settings.sample_every == 0:
            write_grid(self.run, self.model.best_generator, self.model.settings, epoch)


class EpochMeans(keras.callbacks.TensorBoard):
    """Each epoch's means for TensorBoard, in ``tensorboard/``."""

    def __init__(self, run: Path) -> None:
        super().__init__(run / "tensorboard", write_graph=False)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Prepare nothing: Keras does so for each batch, and then writes none of it."""


class Generators(WholeEpochs):
    """A copy of G at intervals, ``generators/epoch_0010.keras``: quality over the epochs."""

    def __init__(self, run: Path) -> None:
        super().__init__()
        self.folder = run / "generators"

    def on_whole_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        if epoch % self.model.settings.keep_every == 0:
            save_generator(self.model.best_generator, self.folder / f"epoch_{epoch:04d}.keras")


class Checkpoints(WholeEpochs):
    """After each epoch a checkpoint."""

    def __init__(self, run: Path) -> None:
        super().__init__()
        self.run = run

    def on_whole_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        save_checkpoint(self.run, self.model, epoch)


class StopAfterEpoch(keras.callbacks.Callback):
    """Let the first Ctrl-C end training after the running epoch, and the second at once."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = False
        self.before: Any = None

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        if self.before is None:  # before the first epoch there is nothing to finish
            with contextlib.suppress(ValueError):  # outside the main thread it stays as it is
                self.before = signal.signal(signal.SIGINT, self._ask)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.asked:
            self.model.stop_training = True

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
