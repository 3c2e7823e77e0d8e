"""Chapter 07: its checks, its figures, and the panel over a training that really runs."""

import asyncio
import json
import math
import threading
import time

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from PIL import Image

from dcgan_course.ch07_train import checks as check, plots, widgets
from dcgan_course.checking import CheckFailed
from dcgan_lib.load import to_images
from dcgan_lib.losses import discriminator_loss, generator_loss
from dcgan_lib.settings import get_settings
from dcgan_lib.shared.errors import CourseError
from dcgan_lib.shared.palette import GENERATED_COLOUR, REAL_COLOUR
from dcgan_lib.shared.pictures import image_grid
from dcgan_lib.train.grids import first_faces, grid_at
from dcgan_lib.train.run import is_run, read_history
from dcgan_lib.train.training import train

PATIENCE = 300  # seconds for a batch, on however busy a machine
LONG = get_settings("tiny", image_size=32, epochs=500, sample_every=50, keep_every=50)


def adam(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999, *,
         correct=True, root=0.5, sign=1, carry=True):  # fmt: skip
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    m = mean / (1 - beta_1**step) if correct else mean
    v = square / (1 - beta_2**step) if correct else square
    value -= sign * rate * m / (v**root + 1e-7)
    return (value, mean, square) if carry else (value, m, v)


def training_step(gan, faces, z, *, training=True, mixed=False, labels=True, early=False,
                  one_optimizer=False, frozen=False, swapped=False):  # fmt: skip
    g, d = gan.generator, gan.discriminator
    g_optimizer, d_optimizer = gan.generator_optimizer, gan.discriminator_optimizer
    with tf.GradientTape(persistent=True) as tape:
        fakes = g(z, training=training)
        if mixed:
            logits = d(tf.concat([faces, fakes], 0), training=training)
            real, fake = tf.split(logits, 2)
        else:
            real, fake = d(faces, training=training), d(fakes, training=training)
        d_loss = discriminator_loss(real, fake) if labels else discriminator_loss(fake, real)
        g_loss = generator_loss(fake)
        followed = d_loss if swapped else g_loss
    d_gradients = tape.gradient(d_loss, d.trainable_variables)
    g_gradients = tape.gradient(followed, g.trainable_variables)
    d_optimizer.apply(d_gradients, d.trainable_variables)
    if early:  # D has moved already
        with tf.GradientTape() as tape:
            late = generator_loss(d(g(z, training=True), training=True))
        g_gradients = tape.gradient(late, g.trainable_variables)
    if one_optimizer:
        g_optimizer.learning_rate.assign(d_optimizer.learning_rate)
    if not frozen:
        g_optimizer.apply(g_gradients, g.trainable_variables)
    return d_loss, g_loss


def pictures(generator, noise):
    return to_images(generator(noise, training=False))


def test_the_right_answers_pass(capsys):
    check.check_count_updates(lambda faces, size, epochs: faces // size * epochs)
    check.check_adam_step(adam)
    check.check_training_step(training_step)
    check.check_face_pictures(pictures)
    check.check_face_pictures(lambda g, z: np.uint8((np.asarray(g(z, training=False)) + 1) * 127.5))
    assert capsys.readouterr().out.count("✓") == 5


@pytest.mark.parametrize(
    "count",
    [
        lambda faces, size, epochs: -(-faces // size) * epochs,
        lambda faces, size, epochs: faces * epochs // size,
        lambda faces, size, epochs: faces // size,
    ],
)
def test_a_wrong_count_is_named(count):
    with pytest.raises(CheckFailed, match=r"another number of batches for \d+ faces.*Expected \d"):
        check.check_count_updates(count)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"correct": False}, "Neither average is corrected"),
        ({"root": 1}, "divided by the square itself"),
        ({"sign": -1}, "climbs"),
        ({"carry": False}, "corrected already"),
    ],
)
def test_a_wrong_adam_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_adam_step(lambda *arguments: adam(*arguments, **change))


def test_an_adam_without_memory_is_named():
    with pytest.raises(CheckFailed, match=r"Expected a tuple .*Received: [-\d.]+"):
        check.check_adam_step(lambda value, gradient, *rest: value - 0.1 * gradient)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"training": False}, "BatchNormalization hasn't seen the batch"),
        ({"mixed": True}, r"d_loss has other values.*pass D apart"),
        ({"labels": False}, r"d_loss has other values.*Which labels"),
        ({"early": True}, r"generator has moved elsewhere.*before either network moves"),
        ({"one_optimizer": True}, r"generator has moved elsewhere.*its own optimizer"),
        ({"swapped": True}, "generator has moved elsewhere"),
        ({"frozen": True}, "generator hasn't moved"),
    ],
)
def test_a_wrong_step_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_training_step(lambda *arguments: training_step(*arguments, **change))


def test_the_librarys_own_step_is_no_answer():
    def borrowed(gan, faces, z):
        measured = gan.train_step(faces)
        return measured["d_loss"], measured["g_loss"]

    with pytest.raises(CheckFailed, match="d_loss has other values"):
        check.check_training_step(borrowed)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda g, z: pictures(g, z)[:2], "another shape"),
        (lambda g, z: pictures(g, z).astype(float), r"Expected uint8. Received: float64"),
        (lambda g, z: to_images(g(z, training=True)), "Looking has changed G"),
        (lambda g, z: np.uint8(np.abs(g(z, training=False)) * 255), "values are others"),
        (lambda g, z: 255 - pictures(g, z), "values are others"),
    ],
)
def test_wrong_pictures_are_named(wrong, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_face_pictures(wrong)


def test_a_small_beta_1_turns_at_once_and_a_large_one_runs_on():
    lines = plots.draw_turn(adam).axes[0].get_lines()[1:]
    slow, fast = (line.get_ydata() for line in lines)  # the gradient turns after step 20
    assert np.argmin(slow) == 25
    assert fast[21] == pytest.approx(fast[20], abs=1e-3) and fast[22] > fast[21] + 0.3


def test_the_first_updates_are_drawn_with_what_a_d_that_knows_nothing_loses():
    lines = plots.draw_updates(np.array([1.4, 0.6]), np.array([0.7, 1.1])).axes[0].get_lines()
    assert [line.get_ydata()[0] for line in lines[:2]] == pytest.approx([np.log(4), np.log(2)])
    assert [line.get_color() for line in lines[2:]] == [REAL_COLOUR, GENERATED_COLOUR]
    np.testing.assert_allclose(lines[2].get_xdata(), [1, 2])


def history(epochs):
    rows = np.linspace(0.2, 0.8, epochs)
    table = {"epoch": range(1, epochs + 1), "d_loss": rows, "g_loss": 4 * rows}
    return pd.DataFrame(table | {"d_real": rows, "d_fake": 1 - rows})


@pytest.mark.parametrize("done", [0, 1, 30])
def test_the_panel_draws_what_is_there_and_leaves_room_for_what_is_to_come(done):
    grid = np.full((20, 20, 3), 99, np.uint8)
    losses, outputs, faces = plots.draw_panel(history(done), grid, 30).axes
    assert losses.get_xlim() == outputs.get_xlim() == (0, 30.5)
    np.testing.assert_allclose(losses.get_lines()[1].get_ydata(), 4 * history(done)["d_loss"])
    assert losses.get_ylim()[1] > max([0.0, *history(done)["g_loss"]])
    assert faces.get_title() == f"faces after epoch {done} of 30"
    assert faces.images[0].get_array().shape == (20, 20, 3)
    assert not plots.draw_panel(history(done), None, 30).axes[2].images


@pytest.mark.parametrize("epochs", [1, 120])
def test_a_run_is_laid_beside_what_the_paper_prints_and_what_was_measured(epochs):
    d, g = plots.draw_beside_paper(history(epochs)).axes
    for axes, printed, last in ((d, 0.3544, 1.07), (g, 5.8984, 5.41)):
        measured, ours, paper = axes.get_lines()
        assert (measured.get_xdata()[-1], measured.get_ydata()[-1]) == (100, last)
        assert len(ours.get_xdata()) == epochs
        assert list(paper.get_xdata()) == [1, 21, 61] and paper.get_ydata()[-1] == printed


def test_examinations_are_drawn_with_their_limits_and_what_was_said(tmp_path, capsys):
    assert plots.draw_examinations(tmp_path) is None
    assert "Not examined" in capsys.readouterr().out
    row = {"spread": 0.1, "gradient": 9.0, "mode_gap": 0.2, "grid": 0.1, "memorised": math.nan}
    pd.DataFrame([{"updates": n, **row} for n in (450, 500)]).to_csv(tmp_path / "doctor.csv")
    ill = {"epoch": 9, "name": "mode collapse", "seen": "Faces differ 0.10 times as much."}
    (tmp_path / "doctor.json").write_text(json.dumps([ill]))
    panels = plots.draw_examinations(tmp_path).axes
    assert capsys.readouterr().out.startswith("Epoch 9: mode collapse. Faces differ 0.10")
    assert [axes.lines[0].get_ydata()[0] for axes in panels[:2]] == [0.1, 9.0]
    for axes, reach in zip(panels, ((0, 0.2), (0, 1), (1, 9), (1, 9), (0.5, 9)), strict=True):
        low, high = axes.collections[0].get_datalim(axes.transData).intervaly
        assert (high == reach[1]) if reach[0] == 0 else (low == reach[0])
    (tmp_path / "doctor.json").write_text("[]")
    plots.draw_examinations(tmp_path)
    assert "said nothing" in capsys.readouterr().out


def test_breakdowns_are_drawn_on_one_scale():
    runs = {"good": {"d_real": [0.5, 0.7], "d_fake": [0.5, 0.3]},
            "lost": {"d_real": [0.5, 1.0], "d_fake": [0.5, 0.0]}}  # fmt: skip
    panels = plots.draw_breakdowns(runs).axes
    assert [axes.get_title() for axes in panels] == ["good", "lost"]
    assert all(axes.get_ylim() == (-0.03, 1.03) for axes in panels)
    assert [line.get_ydata()[-1] for line in panels[1].get_lines()[1:]] == [1.0, 0.0]


@pytest.fixture
def sampled(tmp_path):
    """A folder as a run leaves it, with grids of 9 grey faces, lighter with each epoch."""
    (tmp_path / "settings.json").write_text(json.dumps(LONG.to_dict()), "utf-8")
    (tmp_path / "samples").mkdir()
    for epoch in (0, 4, 8, 12):
        faces = np.stack([np.full((32, 32, 3), epoch * 10 + face, np.uint8) for face in range(9)])
        Image.fromarray(image_grid(faces)).save(tmp_path / "samples" / f"epoch_{epoch:04d}.png")
    return tmp_path


def test_the_film_has_a_column_for_each_epoch_and_a_row_for_each_z(sampled):
    panels = plots.draw_film(sampled, columns=3, rows=2).axes
    assert [axes.get_title() for axes in panels] == ["epoch 0", "epoch 8", "epoch 12", "", "", ""]
    values = [int(axes.images[0].get_array()[0, 0, 0]) for axes in panels]
    assert values == [0, 80, 120, 1, 81, 121]
    assert len(plots.draw_film(sampled, columns=9, rows=99).axes) == 4 * 9


def test_the_first_faces_of_a_grid_can_be_enlarged(sampled):
    assert first_faces(sampled, 4, count=4, zoom=2).shape == (140, 140, 3)
    np.testing.assert_array_equal(first_faces(sampled, 4, 9), grid_at(sampled, 4))


def test_a_slider_moves_through_the_epochs(sampled):
    box = widgets.explore_film(sampled)
    seen = set()
    for epoch in (0, 4, 8, 12):
        box.controls["epoch"].value = epoch
        seen.add(box.picture.value)
    assert len(seen) == 4 and box.message.value == ""


def test_a_run_without_grids_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"Expected grids of faces in .*samples"):
        widgets.explore_film(tmp_path)


class Gate(threading.Event):
    """Lets the training pass, and says when it stands and waits."""

    def __init__(self):
        super().__init__()
        self.set()
        self.reached = threading.Event()

    def wait(self, timeout=None):
        self.reached.set()
        return super().wait(timeout)


class Watched:
    """A panel over a real training, both in threads of their own, as in a notebook."""

    def __init__(self, faces, run, settings):
        self.panel = widgets.training_panel(run, settings.epochs)
        self.panel.going = Gate()
        self.job = (train, faces, run, settings)
        self.thread = threading.Thread(target=self.main)
        self.result = self.loop = self.task = None

    def main(self):
        self.result = asyncio.run(self.wait())

    async def wait(self):
        self.loop, self.task = asyncio.get_running_loop(), asyncio.current_task()
        options = {"resume": is_run(self.panel.run), "callbacks": [self.panel.callback]}
        return await self.panel.watch(*self.job, **options)

    def wait_for(self, epochs):
        """Wait as long as the training goes on, however slowly: five minutes for a batch."""
        seen, since = -1, time.monotonic()
        while len(read_history(self.panel.run)) < epochs:
            if seen != self.panel.callback.batches:
                seen, since = self.panel.callback.batches, time.monotonic()
            assert self.thread.is_alive() and time.monotonic() - since < PATIENCE
            time.sleep(0.02)

    def pause(self):
        self.panel.pause.click()
        assert self.panel.going.reached.wait(PATIENCE)
        return self.panel.callback.batches

    def end(self):
        self.thread.join()  # at the latest after the run's last epoch
        return self.result


def test_pause_stop_interrupt_and_what_goes_on_afterwards(faces, tmp_path):
    watched = Watched(faces, tmp_path / "run", LONG)
    panel, before = watched.panel, watched.panel.picture.value
    watched.thread.start()
    watched.wait_for(2)
    seen = watched.pause()
    time.sleep(0.7)
    assert panel.callback.batches == seen > 0  # pause: no batch passes
    assert "Paused" in panel.status.value and panel.pause.description == "Go on"
    panel.pause.click()
    watched.wait_for(len(read_history(panel.run)) + 2)
    assert panel.callback.batches > seen
    panel.stop.click()
    done = watched.end()
    assert 4 <= done.epoch < 500
    assert panel.callback.batches == done.epoch * 5  # stop: whole epochs, of 40 faces in eights
    assert f"{done.epoch} of 500 epochs are done. Run the cell again" in panel.status.value
    assert panel.picture.value != before and panel.stop.disabled

    again = Watched(faces, panel.run, LONG)
    again.thread.start()
    again.wait_for(done.epoch + 1)
    again.panel.pause.click()
    again.loop.call_soon_threadsafe(again.task.cancel)  # what ■ does to a cell that awaits
    end = again.end()
    assert done.epoch < end.epoch < 500
    assert read_history(panel.run)["epoch"].tolist() == list(range(1, end.epoch + 1))


def test_an_error_of_the_training_reaches_the_cell(faces, tmp_path):
    panel = widgets.training_panel(tmp_path / "run", 1)
    assert panel.status.value == "Not started."
    with pytest.raises(CourseError, match="too few faces"):
        asyncio.run(panel.watch(train, faces, panel.run, get_settings("tiny", batch_size=64)))
