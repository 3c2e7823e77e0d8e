"""Runs: what they leave on disk, how they resume after SIGKILL, and how they fail."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
import yaml
from PIL import Image

from dcgan_lib.generator import build_generator
from dcgan_lib.settings import get_settings
from dcgan_lib.shared.errors import CourseError
from dcgan_lib.shared.pictures import MARK
from dcgan_lib.train.checkpoints import list_checkpoints, restore_checkpoint, save_checkpoint
from dcgan_lib.train.gan import DCGAN
from dcgan_lib.train.grids import faces_at, sampled_epochs
from dcgan_lib.train.run import (
    kept_epochs,
    load_generator,
    load_settings,
    load_split,
    read_history,
    write_model_card,
)
from dcgan_lib.train.sample import draw_noise, fixed_noise, generate
from dcgan_lib.train.training import train

SMALL = {"image_size": 32, "epochs": 2}
REPORT = (".json", ".html")  # what `evaluate` writes beside a run


def settings(**changes):
    return get_settings("tiny", **{**SMALL, **changes})


def variables(checkpoint):
    reader = tf.train.load_checkpoint(str(checkpoint / "state"))
    names = [n for n in reader.get_variable_to_shape_map() if n != "_CHECKPOINTABLE_OBJECT_GRAPH"]
    return {name: reader.get_tensor(name) for name in names}


@pytest.fixture(scope="module")
def finished(faces, tmp_path_factory):
    """A run of two epochs."""
    run = tmp_path_factory.mktemp("runs") / "finished"
    result = train(faces, run, settings())
    assert (result.epoch, result.epochs) == (2, 2)
    return run


@pytest.fixture
def copy(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "copy")


def test_a_run_leaves_what_the_design_names(finished):
    names = {path.relative_to(finished).as_posix() for path in finished.rglob("*")}
    expected = {"settings.json", "faces.json", "history.csv", "losses.png", "d_outputs.png"}
    expected |= {
        "training.gif",
        "generator.keras",
        "model_card.md",
        "checkpoints/epoch_0002/notes.json",
    }
    expected |= {f"samples/epoch_{epoch:04d}.png" for epoch in range(3)}
    assert expected <= names
    assert any("tfevents" in name for name in names)
    assert not any(".part" in name for name in names)
    assert load_settings(finished) == settings()


def test_history_has_a_row_per_epoch_with_finite_losses(finished):
    history = pd.read_csv(finished / "history.csv")
    assert history["epoch"].tolist() == [1, 2]
    assert np.isfinite(history.to_numpy()).all()
    assert history[["d_real", "d_fake"]].to_numpy().min() > 0


def test_grids_and_film_show_the_fixed_noise(finished):
    last = np.asarray(Image.open(finished / "samples" / "epoch_0002.png"))
    assert last.shape == (4 * 34 + 2, 4 * 34 + 2, 3)  # 16 faces of 32×32, gaps of 2
    generator = load_generator(finished)
    face = generator(fixed_noise(settings())[:1], training=False).numpy()[0]
    np.testing.assert_allclose(last[2:34, 2:34], (face + 1) * 127.5, atol=0.51)
    with Image.open(finished / "training.gif") as film:
        assert film.n_frames >= 2  # Pillow joins equal frames
        assert film.size == (2 * 138, 2 * 138)  # small films are enlarged


def test_grids_and_film_say_that_they_are_generated(finished):
    with Image.open(finished / "samples" / "epoch_0000.png") as grid:
        assert grid.text["Description"] == MARK
    with Image.open(finished / "training.gif") as film:
        assert film.info["comment"].decode() == MARK


def test_the_film_shows_the_colours_of_the_grids(finished):
    """In a palette of its own for each frame: web colours are off by 14 levels on average."""
    last = np.asarray(Image.open(finished / "samples" / "epoch_0002.png"), int)
    with Image.open(finished / "training.gif") as film:
        film.seek(film.n_frames - 1)
        frame = np.asarray(film.convert("RGB"), int)[::2, ::2]
        assert film.info["duration"] == 2100
    assert abs(frame - last).mean() < 3


def test_numbers_in_names_are_sorted_as_numbers(copy, faces):
    for folder, name in (("checkpoints", "epoch_{:04d}"), ("generators", "epoch_{:04d}.keras")):
        for epoch in (1, 2):
            (copy / folder / name.format(epoch)).rename(copy / folder / name.format(9997 + epoch))
    for epoch in range(3):
        grids = copy / "samples"
        (grids / f"epoch_{epoch:04d}.png").rename(grids / f"epoch_{9997 + epoch}.png")
    shutil.copy(copy / "generators/epoch_9999.keras", copy / "generators/epoch_9999 (1).keras")
    for notes in (copy / "checkpoints").glob("*/notes.json"):
        notes.write_text(notes.read_text().replace('"epoch": ', '"epoch": 999'))
    gan = DCGAN(settings())
    gan.compile()
    for epoch in (10_000, 10_001):
        shutil.copytree(save_checkpoint(copy, gan, epoch), copy / "still there")
        shutil.rmtree(copy / "still there")
    names = [path.name for path in list_checkpoints(copy)]
    assert names == ["epoch_10000", "epoch_10001"]
    assert restore_checkpoint(copy, gan) == 10_001
    assert kept_epochs(copy) == [9998, 9999]
    shutil.copy(copy / "samples/epoch_9999.png", copy / "samples/epoch_10000.png")
    assert sampled_epochs(copy) == [9997, 9998, 9999, 10_000]
    assert faces_at(copy, 10_000).shape == (16, 32, 32, 3)


def test_copies_of_g_are_kept_at_intervals(finished):
    assert kept_epochs(finished) == [1, 2]
    z = fixed_noise(settings())[:2]
    first, second, last = (load_generator(finished, epoch)(z) for epoch in (1, 2, None))
    np.testing.assert_array_equal(second, last)
    assert not np.array_equal(first, second)
    with pytest.raises(CourseError, match=r"not kept.*: 1, 2. Received: 7"):
        load_generator(finished, 7)


def test_noise_drawn_outside_training_is_of_the_runs_kind():
    assert abs(draw_noise(1000, 100, 0)).max() <= 1
    normal = draw_noise(1000, 100, 0, "normal")
    assert normal.dtype == np.float32 and normal.std() == pytest.approx(1, rel=0.01)


def test_held_out_faces_are_apart_and_of_every_person(finished):
    split = load_split(finished)
    assert not set(split["train"]) & set(split["held_out"])
    assert {name.split("/")[0] for name in split["held_out"]} == {f"s{n}" for n in range(1, 9)}


def test_the_generator_opens_with_keras_alone(finished):
    """In a process that never sees this library, with the same faces."""
    script = (
        "import sys, keras, numpy as np\n"
        f"generator = keras.saving.load_model({str(finished / 'generator.keras')!r})\n"
        f"copy = keras.saving.load_model({str(finished / 'generators/epoch_0002.keras')!r})\n"
        "assert not any(name.startswith('dcgan') for name in sys.modules)\n"
        "z = np.random.default_rng(0).uniform(-1, 1, (4, 100)).astype('float32')\n"
        "np.save(sys.argv[1], generator(z, training=False))\n"
        "assert np.array_equal(copy(z, training=False), generator(z, training=False))\n"
    )
    path = finished.parent / "faces.npy"
    done = subprocess.run(
        [sys.executable, "-c", script, path], capture_output=True, text=True, cwd=finished
    )
    assert done.returncode == 0, done.stderr
    gan = DCGAN(settings())
    gan.compile()
    restore_checkpoint(finished, gan)
    z = draw_noise(4, 100, 0)
    np.testing.assert_allclose(np.load(path), gan.best_generator(z, training=False), atol=1e-6)


def test_a_generator_that_was_saved_with_our_own_class_still_opens(copy):
    fused = build_generator(settings())
    fused.save(copy / "generator.keras")  # as runs of before did
    with zipfile.ZipFile(copy / "generator.keras") as file:
        assert b"dcgan_lib>FusedBatchNormalization" in file.read("config.json")
    z = draw_noise(4, 100, 0)
    np.testing.assert_array_equal(load_generator(copy)(z), fused(z))


def test_a_model_card_stands_beside_the_generator(finished):
    card = (finished / "model_card.md").read_text("utf-8")
    front = yaml.safe_load(card.split("---")[1])
    assert front["library_name"] == "keras" and "dcgan" in front["tags"]
    for what in ("40 faces were trained on; 8 of", "| learning_rate | 0.0003 |", "| d_loss |"):
        assert what in card
    assert "isn't known here" in card  # whose photographs they are


def test_the_code_on_the_model_card_makes_faces(finished, monkeypatch):
    code = (finished / "model_card.md").read_text("utf-8").split("```")[1]
    monkeypatch.chdir(finished)
    names = {}
    exec(code.removeprefix("python"), names)
    np.testing.assert_array_equal(
        names["pictures"], generate(load_generator(finished), draw_noise(16, 100, 0))
    )


def test_the_model_card_names_the_licence_that_the_photographs_came_with(copy, faces, tmp_path):
    collected = tmp_path / "data/raw/orl/collection.json"
    collected.parent.mkdir(parents=True)
    values = {"title": "ORL", "licence": "for research", "terms": "Credit it.", "credit": "AT&T"}
    collected.write_text(json.dumps(values))
    write_model_card(copy, tmp_path / "data/faces/orl")
    card = (copy / "model_card.md").read_text("utf-8")
    assert yaml.safe_load(card.split("---")[1])["license_name"] == "for research"
    assert "ORL. Credit it. Credit: AT&T." in card


def test_the_generator_exports_as_a_saved_model(finished, tmp_path):
    generator = load_generator(finished)
    generator.export(tmp_path / "faces", verbose=False)
    z = draw_noise(3, 100, 0)
    saved = tf.saved_model.load(str(tmp_path / "faces"))
    np.testing.assert_allclose(saved.serve(z), generator(z, training=False), atol=1e-5)


def test_an_existing_run_is_not_overwritten(finished, faces):
    with pytest.raises(CourseError, match=r"This run exists.*--resume"):
        train(faces, finished, settings())


def test_other_settings_are_refused_on_resume(finished, faces):
    with pytest.raises(CourseError, match=r"as the run was started: batch_size=8.*batch_size=4"):
        train(faces, finished, settings(batch_size=4), resume=True)


def test_a_finished_run_resumes_to_nothing_or_to_more_epochs(copy, faces):
    before = variables(list_checkpoints(copy)[-1])
    reports = [copy / f"report{end}{kind}" for end in ("", "_epoch_0002") for kind in REPORT]
    reports[0].write_text('{"variety": 0.25}')
    reports[1].write_text("<title>of two epochs</title>")
    assert train(faces, copy, settings(), resume=True).epoch == 2
    after = variables(list_checkpoints(copy)[-1])
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert [path.exists() for path in reports] == [True, True, False, False]
    assert train(faces, copy, settings(epochs=3), resume=True).epoch == 3
    assert [path.exists() for path in reports] == [False, False, True, True]  # of another G
    assert "0.25" not in (copy / "model_card.md").read_text("utf-8")
    assert not np.array_equal(
        *(load_generator(copy, epoch)(fixed_noise(settings())[:2]) for epoch in (2, None))
    )
    assert pd.read_csv(copy / "history.csv")["epoch"].tolist() == [1, 2, 3]


def test_a_damaged_checkpoint_gives_way_to_the_one_before(copy, faces):
    newest = list_checkpoints(copy)[-1]
    data = next(newest.glob("state.data*"))
    data.write_bytes(data.read_bytes()[:1000])
    expected = variables(list_checkpoints(copy)[0])
    assert train(faces, copy, settings(), resume=True).epoch == 2
    assert pd.read_csv(copy / "history.csv")["epoch"].tolist() == [1, 2]
    assert variables(list_checkpoints(copy)[0]).keys() == expected.keys()


def test_a_checkpoint_of_version_0_2_is_gone_on_with(copy):
    gan, again, new = (DCGAN(load_settings(copy)) for _ in range(3))
    for model in (gan, again, new):
        model.compile()
    epoch = restore_checkpoint(copy, gan)
    newest = list_checkpoints(copy)[-1]
    for file in newest.glob("state*"):
        file.unlink()
    tf.train.Checkpoint(  # as it was written then
        generator=gan.generator,
        discriminator=gan.discriminator,
        generator_optimizer=gan.generator_optimizer,
        discriminator_optimizer=gan.discriminator_optimizer,
        random=gan.random,
        averaged_generator=gan.averaged_generator,
    ).write(str(newest / "state"))
    assert restore_checkpoint(copy, again) == epoch
    save_checkpoint(copy, again, epoch)
    assert restore_checkpoint(copy, new) == epoch
    for model in (again, new):
        for ours, theirs in zip(model.variables, gan.variables, strict=True):
            np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
        np.testing.assert_array_equal(model.random.state.numpy(), gan.random.state.numpy())


def test_only_damaged_checkpoints_are_an_error(copy, faces):
    for folder in list_checkpoints(copy):
        (folder / "state.index").write_bytes(b"")
    with pytest.raises(CourseError, match=r"No checkpoint of this run can be read.*epoch_0002"):
        train(faces, copy, settings(), resume=True)


def test_a_run_resumes_with_its_own_settings(copy, faces):
    assert train(faces, copy, resume=True).epochs == 2
    assert load_settings(copy) == settings()


def test_resuming_a_run_that_is_not_there_is_refused(faces, tmp_path):
    with pytest.raises(CourseError, match=r"no run to go on with.*without --resume"):
        train(faces, tmp_path / "run", settings(), resume=True)
    assert not (tmp_path / "run").exists()


def test_a_run_never_goes_back(copy, faces):
    with pytest.raises(CourseError, match=r"at least epochs=2.*Received: epochs=1"):
        train(faces, copy, settings(epochs=1), resume=True)
    assert load_settings(copy).epochs == 2
    shutil.rmtree(copy / "checkpoints")
    with pytest.raises(CourseError, match=r"can't go on. Expected a checkpoint"):
        train(faces, copy, settings(epochs=3), resume=True)
    assert (copy / "generator.keras").exists()


def test_resuming_finishes_what_was_left_undone(copy, faces):
    names = ("training.gif", "losses.png", "generator.keras", "model_card.md")
    for name in (*names, "samples/epoch_0002.png"):
        (copy / name).rename(copy / (name.replace("/", "-") + ".before"))
    assert train(faces, copy, resume=True).epoch == 2
    assert all((copy / name).exists() for name in names)
    again, before = copy / "samples/epoch_0002.png", copy / "samples-epoch_0002.png.before"
    assert again.read_bytes() == before.read_bytes()


def test_a_lost_grid_is_drawn_again_under_its_own_epoch(copy, faces):
    shutil.rmtree(copy / "samples")
    train(faces, copy, settings(epochs=3), resume=True)
    assert sampled_epochs(copy) == [2, 3]


def test_other_pictures_under_the_same_names_are_refused(copy, faces, tmp_path):
    others = shutil.copytree(faces, tmp_path / "others")
    one = others / load_split(copy)["train"][0]
    Image.fromarray(255 - np.asarray(Image.open(one))).save(one)
    with pytest.raises(CourseError, match=r"other pictures now.*the pictures aren't"):
        train(others, copy, settings(epochs=3), resume=True)


def test_a_run_from_before_resumes_though_it_has_no_hash(copy, faces):
    split = json.loads((copy / "faces.json").read_text())
    del split["sha256"]
    (copy / "faces.json").write_text(json.dumps(split))
    assert train(faces, copy, settings(epochs=3), resume=True).epoch == 3


def test_an_epoch_that_was_broken_off_is_not_taken_for_one(copy, faces):
    class StopsMidway(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = True

    done = train(faces, copy, settings(epochs=4), resume=True, callbacks=[StopsMidway()])
    assert done.epoch == 2
    assert list_checkpoints(copy)[-1].name == "epoch_0002"
    assert sampled_epochs(copy) == [0, 1, 2] and kept_epochs(copy) == [1, 2]
    assert pd.read_csv(copy / "history.csv")["epoch"].tolist() == [1, 2]


def test_a_run_that_failed_to_start_can_start_with_other_settings(finished, faces, tmp_path):
    run, first = tmp_path / "run", "samples/epoch_0000.png"
    with pytest.raises(CourseError, match="too few faces"):
        train(faces, run, settings(batch_size=64))
    failing = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        train(faces, run, settings(seed=1), callbacks=[failing])
    of_another_seed = (run / first).read_bytes()
    assert train(faces, run, settings(epochs=1)).epoch == 1
    assert (run / first).read_bytes() == (finished / first).read_bytes() != of_another_seed
    assert len(list((run / "tensorboard/train").iterdir())) == 1


@pytest.mark.parametrize("event", ["on_train_begin", "on_epoch_begin", "on_train_batch_begin"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_an_error_before_the_first_epochs_end_is_the_one_that_is_shown(
    event, error, faces, tmp_path
):
    def fail(*arguments, **logs):
        raise error

    before = signal.getsignal(signal.SIGINT)
    failing = keras.callbacks.LambdaCallback(**{event: fail})
    with pytest.raises(error):
        train(faces, tmp_path / "run", settings(), callbacks=[failing])
    assert signal.getsignal(signal.SIGINT) is before


def test_training_leaves_determinism_as_it_was(copy, faces):
    from tensorflow.python.framework import config

    assert not config.is_op_determinism_enabled()
    during = []
    look = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda *_: during.append(config.is_op_determinism_enabled())
    )
    train(faces, copy, settings(epochs=3), resume=True, callbacks=[look])
    assert during == [True]
    assert not config.is_op_determinism_enabled()


@pytest.mark.parametrize(
    ("name", "damage", "read"),
    [
        ("settings.json", '{"profile": "ti', load_settings),
        ("settings.json", "[1, 2]", load_settings),
        ("faces.json", '{"train": ["s1/1', load_split),
        ("faces.json", '{"train": ["s1/1.png"]}', load_split),
        ("history.csv", "epoch,d_loss,g_l", read_history),
        (
            "history.csv",
            "epoch,d_loss,g_loss,d_real,d_fake,seconds,images_per_second\n1,0.5,0.",
            read_history,
        ),
        ("history.csv", "", read_history),
        ("generator.keras", "PK not a zip", load_generator),
        ("generator.keras", "", load_generator),
    ],
)
def test_a_damaged_file_of_a_run_is_named(copy, name, damage, read):
    (copy / name).write_text(damage)
    with pytest.raises(CourseError, match=rf"{name}.*(copy|Delete it)"):
        read(copy)


def test_a_truncated_generator_is_named(copy):
    whole = (copy / "generator.keras").read_bytes()
    (copy / "generator.keras").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CourseError, match=r"can't be opened.*generator\.keras"):
        load_generator(copy)


def test_weights_that_are_not_finite_become_no_checkpoint(copy, faces, tmp_path):
    """One update in the epoch: its loss was computed before it, and is finite."""
    with pytest.raises(CourseError, match=r"in epoch 1. Expected finite weights and faces"):
        train(faces, tmp_path / "run", settings(batch_size=36, learning_rate=1e30, epochs=1))
    assert list_checkpoints(tmp_path / "run") == []
    for name in ("generator.keras", "generators", "history.csv", "samples/epoch_0001.png"):
        assert not (tmp_path / "run" / name).exists()


def test_missing_faces_are_named_on_resume(copy, faces, tmp_path):
    fewer = shutil.copytree(faces, tmp_path / "fewer")
    gone = load_split(copy)["train"][0]
    (fewer / gone).unlink()
    with pytest.raises(CourseError, match=f"without 1 of them, such as {gone}"):
        train(fewer, copy, settings(), resume=True)


def test_too_few_faces_for_a_batch(faces, tmp_path):
    with pytest.raises(CourseError, match=r"too few faces.*one batch of 64.*Received: 40 faces"):
        train(faces, tmp_path / "run", settings(batch_size=64))


def test_a_loss_that_is_no_number_keeps_the_last_checkpoint(copy, faces):
    def explode(epoch, logs):
        sick.model.generator_optimizer.learning_rate.assign(1e30 if epoch == 3 else 0.0003)

    sick = keras.callbacks.LambdaCallback(on_epoch_begin=explode)
    with pytest.raises(CourseError, match=r"Expected finite losses.*nan.*learning_rate"):
        train(faces, copy, settings(epochs=9), resume=True, callbacks=[sick])
    newest = list_checkpoints(copy)[-1]
    assert newest.name == "epoch_0003"
    floats = [value for value in variables(newest).values() if value.dtype.kind == "f"]
    assert floats and all(np.isfinite(value).all() for value in floats)


def test_a_run_in_use_is_refused(copy, faces):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK, copy / ".lock"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CourseError, match="This run is in use"):
            train(faces, copy, settings(), resume=True)
    finally:
        holder.kill()
        holder.communicate()
    assert train(faces, copy, settings(), resume=True).epoch == 2  # the lock died with its holder


HOLD_LOCK = """
import sys, time, filelock
lock = filelock.FileLock(sys.argv[1])
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


def start(faces, run, epochs, *more, **options):
    line = [sys.executable, "-m", "dcgan_lib", "train", faces, "--run", run, "--profile", "tiny"]
    line += ["--set", "image_size=32", "--set", f"epochs={epochs}", *more]
    return subprocess.Popen(
        list(map(str, line)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def newest_epoch(run):
    return int(list_checkpoints(run)[-1].name.removeprefix("epoch_"))


def wait_for_epoch(run, epoch, process):
    deadline = time.monotonic() + 120
    while not (run / "checkpoints" / f"epoch_{epoch:04d}").exists():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.005)


LAST = 16  # epochs: enough that a signal comes before the end, on a busy machine as well


@pytest.fixture(scope="module")
def uninterrupted(faces, tmp_path_factory):
    """All epochs in one process, as a reference."""
    run = tmp_path_factory.mktemp("reference") / "run"
    process = start(faces, run, LAST)
    out, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    assert f"Trained {LAST} epochs" in out
    return run


def assert_same_end(run, reference):
    ours, theirs = (
        variables(run / f"checkpoints/epoch_{LAST:04d}"),
        variables(reference / f"checkpoints/epoch_{LAST:04d}"),
    )
    assert ours.keys() == theirs.keys()
    assert len(ours) > 60  # two networks, an average, two optimizers, the random state
    different = [name for name in ours if not np.array_equal(ours[name], theirs[name])]
    assert different == []
    columns = ["epoch", "d_loss", "g_loss", "d_real", "d_fake"]
    histories = [pd.read_csv(path / "history.csv")[columns] for path in (run, reference)]
    pd.testing.assert_frame_equal(*histories)


@pytest.fixture(scope="module")
def interrupted(faces, tmp_path_factory):
    """A run that got Ctrl-C after two epochs, its exit code, and what it said."""
    run = tmp_path_factory.mktemp("interrupted") / "run"
    process = start(faces, run, LAST)
    wait_for_epoch(run, 2, process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=200)
    return run, process.returncode, out, err


def test_ctrl_c_saves_the_running_epoch(interrupted):
    run, code, out, err = interrupted
    assert code == 130 and "Traceback" not in err
    done = newest_epoch(run)
    assert 2 <= done < LAST
    assert f"Stopped after epoch {done} of {LAST}. Go on with --resume." in out
    assert not (run / "generator.keras").exists()  # that is for finished runs
    assert load_generator(run).output_shape == (None, 32, 32, 3)


def test_interrupted_resumed_killed_and_resumed_it_ends_bit_for_bit_as_if_it_had_not_been(
    interrupted, faces, tmp_path, uninterrupted
):
    run = shutil.copytree(interrupted[0], tmp_path / "run")
    reached = newest_epoch(run)
    process = start(faces, run, LAST, "--resume")
    wait_for_epoch(run, reached + 1, process)
    time.sleep(0.03)  # somewhere in the next epoch
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert reached < newest_epoch(run) < LAST
    assert len(load_generator(run)(np.zeros((1, 100)), training=False)) == 1
    process = start(faces, run, LAST, "--resume")
    _, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    assert (run / "generator.keras").exists()
    assert_same_end(run, uninterrupted)


def test_a_disk_that_takes_no_more_is_a_clear_error(faces, tmp_path):
    def limit():  # as a full disk: no file may grow beyond 1.5 MB, and a checkpoint has more
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))

    run = tmp_path / "run"
    options = ("--set", "generator_width=32", "--set", "keep_every=2")
    process = start(faces, run, 2, *options, preexec_fn=limit)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "couldn't be written" in " ".join(err.split())
    assert "Traceback" not in err
    assert list_checkpoints(run) == []
    assert not (run / "checkpoints" / ".part").exists()
