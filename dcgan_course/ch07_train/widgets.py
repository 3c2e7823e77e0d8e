"""Widgets of chapter 07: a panel over a training that runs, and a slider over its epochs."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import ipywidgets
import keras
import numpy as np

from dcgan_course.ch07_train.plots import draw_panel
from dcgan_course.exploring import explorer, to_png
from dcgan_lib.shared import image_grid, one_at_a_time
from dcgan_lib.train import (
    find_grids,
    first_faces,
    fixed_noise,
    generate,
    read_history,
    sampled_epochs,
)

SHARE = 0.05  # of the time may go into drawing
LONGEST = 15.0  # seconds without a new picture
LOOK = 0.1  # seconds between two looks at the thread that trains
FACES = 16
PAUSED = "Paused. Press <b>Go on</b>: the cell waits."
Result = TypeVar("Result")


class TrainingPanel:
    """Losses, D's outputs and faces of a run while it trains, with buttons to pause and to stop.

    The training runs in a thread of its own, so that the kernel is free for the buttons:
    ``await panel.watch(train, …, callbacks=[panel.callback])``. Where nobody presses anything
    the cell waits until the training is finished.

    Attributes:
        run: the run's folder.
        box: what the notebook displays.
        callback: the Keras callback that reports to this panel.
        pause, stop: the buttons.
        picture, status: what they stand above.
    """

    def __init__(self, run: str | Path, epochs: int) -> None:
        self.run, self.epochs = Path(run), epochs
        self.going = threading.Event()
        self.going.set()
        self.stopping = False
        # Not a ToggleButton: while a cell runs, JupyterLab sends each click, but of a value's
        # changes only the first (the next ones wait until the kernel is idle).
        self.pause = ipywidgets.Button(description="Pause", icon="pause")
        self.stop = ipywidgets.Button(
            description="Stop after this epoch", icon="stop", layout={"width": "190px"}
        )
        self.pause.on_click(lambda button: self.hold(self.going.is_set()))
        self.stop.on_click(lambda button: self.ask_to_stop())
        self.status = ipywidgets.HTML("Not started.")
        self.picture = ipywidgets.Image(format="png", layout={"width": "960px"})
        buttons = ipywidgets.HBox([self.pause, self.stop, self.status])
        self.box = ipywidgets.VBox([buttons, self.picture])
        self.callback = PanelCallback(self)
        self.draw(self._newest_grid())

    async def watch(self, job: Callable[..., Result], *arguments: Any, **options: Any) -> Result:
        """Run a training in a thread and wait for its end, open to the buttons meanwhile.

        Interrupting the kernel (■) asks for the same as Stop: the epoch is finished and saved.

        Args:
            job: such as ``train``; it is given ``arguments`` and ``options``.

        Returns:
            What ``job`` returns.

        Raises:
            Exception: what ``job`` raises.
        """
        context = contextvars.copy_context()  # so that what is printed belongs to this cell
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(context.run, self._alone, job, *arguments, **options)
            while not running.done():
                try:
                    await asyncio.sleep(LOOK)
                except asyncio.CancelledError:
                    self.ask_to_stop()
        self.finish()
        return running.result()

    def hold(self, paused: bool) -> None:
        """Pause the training after the running batch, or let it go on."""
        if paused:
            self.going.clear()
            self.pause.description, self.pause.icon = "Go on", "play"
            self.status.value = PAUSED
        else:
            self.going.set()
            self.pause.description, self.pause.icon = "Pause", "pause"

    def ask_to_stop(self) -> None:
        """Let the training end after the running epoch, as one Ctrl-C does."""
        self.stopping = True
        self.stop.disabled = True
        self.hold(False)
        self.status.value = "This epoch is finished and saved; then training stops."

    def draw(self, grid: np.ndarray | None) -> None:
        """Draw what ``history.csv`` holds, beside a grid of faces."""
        history = read_history(self.run)
        self.picture.value = to_png(draw_panel(history, grid, self.epochs))

    def finish(self) -> None:
        """Show how far the run has come, and switch the buttons off."""
        self.draw(self._newest_grid())
        done = len(read_history(self.run))
        rest = "" if done >= self.epochs else " Run the cell again to go on."
        self.status.value = f"{done} of {self.epochs} epochs are done.{rest}"
        self.pause.disabled = self.stop.disabled = True

    def _alone(self, job: Callable[..., Result], *arguments: Any, **options: Any) -> Result:
        with one_at_a_time(self.run):  # chapters may run side by side
            return job(*arguments, **options)

    def _newest_grid(self) -> np.ndarray | None:
        epochs = list(find_grids(self.run))
        return first_faces(self.run, epochs[-1], FACES) if epochs else None


class PanelCallback(keras.callbacks.Callback):
    """Reports a training to its panel, waits while that is paused, and stops when it is asked to.

    Args:
        panel: told after every batch and every epoch.

    Attributes:
        batches: how many have passed.
    """

    def __init__(self, panel: TrainingPanel) -> None:
        super().__init__()
        self.panel, self.epoch, self.batches, self.due = panel, 0, 0, 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        panel, self.batches = self.panel, self.batches + 1
        if panel.going.is_set() and not panel.stopping:
            panel.status.value = (
                f"epoch {self.epoch} of {panel.epochs}, batch {batch + 1}: loss of D "
                f"{logs['d_loss']:.2f}, of G {logs['g_loss']:.2f}"
            )
        if not panel.going.is_set():
            panel.status.value = PAUSED  # if the pause came just before the batch was reported
            self.draw()  # a pause is for looking
            panel.going.wait()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self.panel.stopping:
            self.model.stop_training = True
        if time.perf_counter() >= self.due:
            self.draw()

    def draw(self) -> None:
        """Draw the panel with fresh faces, and choose when to do so again."""
        started = time.perf_counter()
        noise = fixed_noise(self.model.settings)[:FACES]
        self.panel.draw(image_grid(generate(self.model.best_generator, noise)))
        now = time.perf_counter()
        self.due = now + min((now - started) / SHARE, LONGEST)


def training_panel(run: str | Path, epochs: int) -> TrainingPanel:
    """A panel over the training of ``run``, which goes on for ``epochs`` in all."""
    return TrainingPanel(run, epochs)


def explore_film(run: str | Path) -> ipywidgets.VBox:
    """A slider over a run's epochs, above the grid of faces of each."""
    epochs = sampled_epochs(Path(run))
    slider = ipywidgets.SelectionSlider(options=epochs, value=epochs[-1], description="epoch")

    def draw(epoch: int) -> np.ndarray:
        return first_faces(Path(run), epoch, FACES, zoom=2)

    return explorer(draw, width=540, epoch=slider)
