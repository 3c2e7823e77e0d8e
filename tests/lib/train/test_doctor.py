"""The training doctor: quiet in healthy runs, right in sick ones, and without side effects."""

import dataclasses
import json
import re
from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from dcgan_lib.crop.subset import split_held_out
from dcgan_lib.load import batches, load_face_set
from dcgan_lib.settings import Settings, get_settings
from dcgan_lib.train import doctor
from dcgan_lib.train.callbacks import Guard
from dcgan_lib.train.checkpoints import list_checkpoints
from dcgan_lib.train.doctor import CHECKS, FOG, PATIENCE, WAIT, Doctor, diagnose, wrong_range
from dcgan_lib.train.doctor.vitals import EXAMINED, Examiner, Vitals, choose_examiner, grid, spread
from dcgan_lib.train.gan import DCGAN
from dcgan_lib.train.run import load_split
from dcgan_lib.train.sample import draw_noise
from dcgan_lib.train.training import train

HEALTHY = Vitals(
    epoch=9,
    updates=500,
    d_real=0.8,
    d_fake=0.2,
    g_loss=2.5,
    low=-0.9,
    high=0.9,
    spread=0.8,
    gradient=15.0,
    mode_gap=0.2,
    grid=0.4,
    memorised=0.1,
)
STEPS = 50  # updates in an epoch of the runs below


@pytest.fixture(scope="module")
def face_set(faces):
    return load_face_set(faces, 32)


@pytest.fixture
def fit(face_set, tmp_path):
    """Train a small DCGAN under a doctor's eyes; return what was named, and the doctor."""

    def start(epochs, rates=None, few=None, callbacks=(), serve=lambda faces: faces, **changes):
        small = {"image_size": 32, "learning_rate": 0.001, "moving_average": 0}
        settings = get_settings("tiny", **(small | changes))
        train_names, held_out = split_held_out(face_set.names, 0.34, 0)
        split = {"train": train_names[:few], "held_out": held_out}
        noise = draw_noise(EXAMINED, settings.latent_dim, settings.seed)
        examiner = choose_examiner(face_set, split, noise, settings.seed)
        examiner = dataclasses.replace(examiner, training=np.asarray(serve(examiner.training)))
        tf.config.experimental.enable_op_determinism()  # as train does
        gan = DCGAN(settings)
        gan.compile()
        for optimizer, rate in zip(
            (gan.generator_optimizer, gan.discriminator_optimizer), rates or (), strict=False
        ):
            optimizer.learning_rate.assign(rate)
        rows = face_set.rows(split["train"])
        served = batches(face_set.images, 8, settings.seed, flip=True, rows=rows, epochs=500)
        watched = Doctor(tmp_path, examiner)
        keras.Model.fit(  # without DCGAN's own look at the first batch, as in a loop of one's own
            gan,
            served.map(serve),
            epochs=epochs,
            steps_per_epoch=STEPS,
            shuffle=False,
            verbose=0,
            callbacks=[*callbacks, watched],
        )
        return json.loads((tmp_path / "doctor.json").read_text("utf-8")), watched

    return start


def names(named):
    return [entry["name"] for entry in named]


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.long)])
def test_healthy_runs_are_told_nothing(fit, tmp_path, capsys, seed):
    named, watched = fit(5, seed=seed)
    assert named == []
    assert "Doctor" not in capsys.readouterr().out
    assert len(watched.course) == 5
    assert pd.read_csv(tmp_path / "doctor.csv")["updates"].tolist() == [50, 100, 150, 200, 250]


def test_examinations_become_rarer(tmp_path):
    class Stub:
        training = np.array([-1.0, 1.0])

        def examine(self, model, epoch, logs):
            updates = model.generator_optimizer.iterations
            return dataclasses.replace(HEALTHY, epoch=epoch, updates=updates), self.training

    watched = Doctor(tmp_path, Stub())
    model = SimpleNamespace(generator_optimizer=SimpleNamespace(iterations=0))
    model.generator = model.discriminator = model.averaged_generator = None
    watched.set_model(model)
    for epoch in range(500):
        watched.on_epoch_begin(epoch)
        model.generator_optimizer.iterations += 20
        watched.on_whole_epoch(epoch + 1, {})
    seen = np.array([vitals.updates for vitals in watched.course])
    assert seen[:10].tolist() == [60, 100, 160, 200, 260, 300, 360, 400, 460, 520]
    assert (np.diff(seen) <= np.maximum(70, seen[1:] / 8)).all()  # nothing stays unseen for long
    assert len(seen) < 50


@pytest.mark.long
def test_a_discriminator_twenty_times_as_fast_as_g_wins(fit, capsys):
    named, _ = fit(4, rates=(0.00005, 0.001))
    assert names(named) == ["D has won"]
    assert named[0]["epoch"] == 4
    assert capsys.readouterr().out.count("Doctor, epoch 4: D has won. D gives training faces") == 1


@pytest.mark.long
def test_without_batch_normalization_g_collapses_and_its_gradients_vanish(fit, capsys):
    """One grey image for all z, from which no gradient leads away."""
    named, watched = fit(10, batch_norm="none", learning_rate=0.0003)
    assert set(names(named)) == {"vanishing gradients", "mode collapse"}
    assert watched.course[-1].spread < 0.1 and watched.course[-1].gradient < 0.5
    assert capsys.readouterr().out.count("Doctor, epoch") == 2  # each illness once


@pytest.mark.long
def test_running_statistics_that_lag_behind_part_the_two_modes(fit):
    named, _ = fit(4, batch_norm_momentum=0.999)
    assert names(named) == ["BatchNormalization's two modes differ"]


@pytest.mark.long
def test_a_kernel_of_5_with_a_weak_discriminator_leaves_checkerboards(fit):
    named, _ = fit(4, kernel_size=5, discriminator_width=2, learning_rate=0.003)
    assert names(named) == ["checkerboards"]


@pytest.mark.long
def test_sixteen_faces_are_too_few(fit):
    named, watched = fit(6, few=16, discriminator_width=32)
    assert names(named) == ["too few faces for this network"]
    assert watched.course[-1].memorised > doctor.MOST_MEMORISED


@pytest.mark.parametrize(
    ("serve", "seen"),
    [
        (lambda faces: (faces + 1.0) * 127.5, r"Training faces go from \d+ to \d{3}; -1 to 1"),
        (lambda faces: (faces + 1.0) / 2.0, r"Training faces go from 0[.\d]* to (0\.\d+|1); -1"),
    ],
)
def test_images_in_another_range_are_named_before_the_first_epoch(fit, serve, seen):
    named, _ = fit(1, serve=serve)
    assert named[0]["name"] == "images in the wrong range" and named[0]["epoch"] == 0
    assert re.match(seen, named[0]["seen"])


@pytest.mark.long
def test_weights_that_broke_in_an_epochs_last_update_are_named_where_no_loss_shows_it(fit):
    def explode(batch, logs):
        rate = 1e38 if batch == STEPS - 1 else 0.001
        sick.model.generator_optimizer.learning_rate.assign(rate)

    sick = keras.callbacks.LambdaCallback(on_train_batch_begin=explode)
    named, _ = fit(1, callbacks=[Guard(), sick])  # Guard sees finite losses alone
    assert names(named) == ["not a number"]
    assert "generated faces" in named[0]["seen"] or "weights" in named[0]["seen"]


def test_a_run_is_the_same_bit_for_bit_with_a_doctor_and_also_when_resumed(
    faces, face_set, tmp_path
):
    def settings(epochs):  # 10 updates an epoch: examined after the fifth
        return get_settings("tiny", image_size=32, batch_size=4, epochs=epochs, sample_every=9)

    def watched(run):
        noise = draw_noise(EXAMINED, 100, 0)
        return Doctor(run, choose_examiner(face_set, load_split(plain), noise, 0))

    plain, seen = tmp_path / "plain", tmp_path / "seen"
    train(faces, plain, settings(6))
    train(faces, seen, settings(5), callbacks=[watched(seen)])
    again = watched(seen)
    train(faces, seen, settings(6), resume=True, callbacks=[again])
    assert [vitals.epoch for vitals in again.course] == [5]  # read back
    readers = [
        tf.train.load_checkpoint(str(list_checkpoints(r)[-1] / "state")) for r in (plain, seen)
    ]
    for name in readers[0].get_variable_to_shape_map():
        if name != "_CHECKPOINTABLE_OBJECT_GRAPH":
            ours, theirs = (reader.get_tensor(name) for reader in readers)
            np.testing.assert_array_equal(ours, theirs, err_msg=name)


def test_each_diagnosis_needs_its_number_beyond_the_limit():
    sick = {
        "mode collapse": {"spread": 0.1},
        "D has won": {"d_real": 0.99, "d_fake": 0.01, "g_loss": 6.0},
        "vanishing gradients": {"gradient": 0.1},
        "BatchNormalization's two modes differ": {"mode_gap": 1.5},
        "checkerboards": {"grid": 2.0},
        "images in the wrong range": {"high": 3.0},
        "too few faces for this network": {"memorised": 0.8},
    }
    assert len(sick) == len(CHECKS)
    for name, changes in sick.items():
        found = diagnose([dataclasses.replace(HEALTHY, **changes)] * PATIENCE)
        assert [diagnosis.name for diagnosis in found] == [name]
        assert re.search(r"\d", found[0].seen) and "chapter" in found[0].turn_to
        settings = re.findall(r"--set (\w+)=", found[0].turn_to)
        assert settings and set(settings) <= {field.name for field in dataclasses.fields(Settings)}
    assert diagnose([dataclasses.replace(HEALTHY, memorised=np.nan)] * PATIENCE) == []


def test_one_bad_examination_or_an_early_one_is_no_illness():
    bad = dataclasses.replace(HEALTHY, mode_gap=5.0)
    early = dataclasses.replace(bad, updates=WAIT - 1)
    assert diagnose([]) == diagnose([HEALTHY] * PATIENCE) == []
    assert diagnose([bad] * (PATIENCE - 1)) == diagnose([bad, HEALTHY, bad]) == []
    assert diagnose([early, bad, bad]) == []
    fog = dataclasses.replace(HEALTHY, spread=0.01, updates=FOG - 1)
    assert diagnose([fog] * PATIENCE) == []


def test_the_range_of_faces():
    assert wrong_range(np.array([-1.0, 0.2, 1.0])) is None
    assert "from 0 to 1" in wrong_range(np.array([0.0, 1.0])).seen
    assert "from 0 to 255" in wrong_range(np.array([0, 255], np.uint8)).seen


def test_measures_of_pictures_of_known_strength():
    rng = np.random.default_rng(0)
    faces = rng.uniform(-1, 1, (4, 32, 32, 3)).astype(np.float32)
    assert spread(faces[[0, 0, 0]]) == pytest.approx(0, abs=1e-6)
    levels = np.array([-0.5, 0.5], np.float32).reshape(2, 1, 1, 1)
    assert spread(np.zeros((2, 32, 32, 3), np.float32) + levels) == pytest.approx(0.5)
    board = np.indices((32, 32)).sum(0) % 2 * 2.0 - 1.0  # -1 and 1 by turns
    assert grid(0.1 * np.broadcast_to(board[None, :, :, None], faces.shape)) == pytest.approx(0.2)
    assert grid(np.zeros_like(faces)) == 0


def test_no_held_out_faces_are_no_illness(face_set):
    examiner = choose_examiner(
        face_set, {"train": face_set.names[:9], "held_out": []}, np.ones((3, 4)), 0
    )
    assert isinstance(examiner, Examiner)
    assert (len(examiner.noise), len(examiner.training), len(examiner.held_out)) == (3, 9, 0)
    gone = {"train": face_set.names[:9], "held_out": ["gone.png", face_set.names[20]]}
    assert len(choose_examiner(face_set, gone, np.ones((3, 4)), 0).held_out) == 1
