"""Generated faces as training data: windows, copies, the comparison and its intervals."""

import numpy as np
import pandas as pd
import pytest

from dcgan_course.ch09_latent.plots import draw_synthetic
from dcgan_course.ch09_latent.training_data import (
    ARMS,
    OVERLAP,
    Pictures,
    altered_copies,
    compare_arms,
    near_misses,
    summarise,
)
from dcgan_lib.crop.manifest import read_manifest
from dcgan_lib.load import load_face_set
from dcgan_lib.shared.errors import CourseError


@pytest.fixture(scope="module")
def face_set(faces):
    return load_face_set(faces)


@pytest.fixture(scope="module")
def misses(faces, face_set):
    return near_misses(faces.parent / "raw", faces, face_set.names, 2, seed=0)


@pytest.fixture(scope="module")
def table(face_set, misses):
    """Of 48 real faces 12 are held out; further real ones stand for perfect generated ones."""
    training = Pictures(face_set.images[:24], misses[:48])
    test = Pictures(face_set.images[36:], misses[72:])
    return compare_arms(training, test, face_set.images[24:36], real=(2, 8), added=12, seeds=4)


def test_near_misses_are_parts_of_the_photograph_that_are_not_the_face(faces, face_set, misses):
    assert misses.shape == (96, 64, 64, 3) and misses.dtype == np.uint8
    again = near_misses(faces.parent / "raw", faces, face_set.names, 2, seed=0)
    np.testing.assert_array_equal(misses, again)
    assert len(np.unique(misses.reshape(96, -1), axis=0)) == 96
    assert OVERLAP[1] < 1 and len(read_manifest(faces)) == 48


def test_a_face_without_its_photograph_is_named(faces):
    with pytest.raises(CourseError, match=r"manifest of .*Received: s1/99\.png"):
        near_misses(faces.parent / "raw", faces, ["s1/99.png"])


def test_copies_are_the_same_faces_altered_and_repeat_by_seed(face_set):
    originals = face_set.images[:3]
    copies = altered_copies(originals, 20, seed=1)
    assert copies.shape == (20, 64, 64, 3) and copies.dtype == np.uint8
    np.testing.assert_array_equal(copies, altered_copies(originals, 20, seed=1))
    both = np.concatenate([originals, originals[:, :, ::-1]]).astype(float)
    inner = np.s_[:, 8:-8, 8:-8]
    for copy in copies[:5].astype(float):
        shifted = [np.roll(both, (y, x), (1, 2)) for y in range(-3, 4) for x in range(-3, 4)]
        near = np.concatenate(shifted)[inner].reshape(len(both) * 49, -1)
        wanted = copy[8:-8, 8:-8].ravel()
        scale = (near @ wanted) / (near**2).sum(axis=1)  # the light
        assert np.abs(near * scale[:, None] - wanted).max(axis=1).min() < 2


def test_every_arm_is_tested_in_every_repetition(table):
    assert len(table) == 2 * 4 * len(ARMS)
    assert table["accuracy"].between(0, 1).all()
    assert set(table["arm"]) == set(ARMS)
    alone = table[table["arm"] == "generated alone"]
    alone = alone.pivot(index="seed", columns="real", values="accuracy")
    assert (alone[2] == alone[8]).all()  # has no real face in it


def test_faces_that_are_new_help_a_classifier_that_has_seen_two(table):
    means = summarise(table).set_index(["real", "arm"])
    assert means.loc[(2, "more real"), "gain"] > 0
    assert means.loc[(2, "real and generated"), "low"] > 0  # real ones stand for them here
    assert (means.xs("real", level="arm")["gain"] == 0).all()


def test_noise_for_faces_is_no_help(face_set, misses):
    noise = np.random.default_rng(0).integers(0, 256, (12, 64, 64, 3)).astype(np.uint8)
    training = Pictures(face_set.images[:24], misses[:48])
    test = Pictures(face_set.images[36:], misses[72:])
    found = summarise(compare_arms(training, test, noise, real=(4,), added=12, seeds=2))
    means = found.set_index("arm")["mean"]
    assert means["generated alone"] < 0.6 < means["more real"]


def test_an_interval_holds_the_gain_and_tells_apart_what_differs():
    random, rows = np.random.default_rng(0), []
    for seed in range(12):
        base = random.normal(0.8, 0.05)
        for arm in ARMS:
            better = 0.03 if arm == "more real" else 0
            rows.append((arm, 5, seed, base + better + random.normal(0, 0.005)))
    table = pd.DataFrame(rows, columns=["arm", "real", "seed", "accuracy"])
    found = summarise(table).set_index("arm")
    assert (found["low"] <= found["gain"]).all() and (found["gain"] <= found["high"]).all()
    assert found.loc["more real", "low"] > 0.02  # pairs cancel what the seeds share
    assert found.loc["real and copies", "low"] < 0.003
    assert found["std"].min() > 0.02


def test_too_few_faces_are_refused(face_set, misses):
    sets = Pictures(face_set.images[:8], misses[:8]), Pictures(face_set.images[8:], misses[8:])
    with pytest.raises(CourseError, match="Expected 9 real and 4 generated"):
        compare_arms(*sets, face_set.images[:4], real=(9,), added=4)
    with pytest.raises(CourseError, match=r"4 generated\. Give more"):
        compare_arms(*sets, face_set.images[:4], real=(2,), added=5)


def test_the_figure_draws(table, tmp_path):
    draw_synthetic(summarise(table)).savefig(tmp_path / "bars.png", dpi=40)
    assert (tmp_path / "bars.png").stat().st_size > 2000
