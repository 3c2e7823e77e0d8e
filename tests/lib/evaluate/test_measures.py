"""Measures of pictures: perfect for equal sets, worse with damage, right where one knows."""

import itertools
import math

import cv2
import numpy as np
import pytest

from dcgan_lib.evaluate.acceptance import haar_acceptance
from dcgan_lib.evaluate.distances import memorisation, nearest, nearest_distances, variety
from dcgan_lib.evaluate.overlap import (
    feature_spread,
    hog_features,
    precision_recall_density_coverage,
)
from dcgan_lib.evaluate.structural_similarity import (
    SCALE_WEIGHTS,
    diversity_ms_ssim,
    ms_ssim,
    scale_count,
)
from dcgan_lib.evaluate.wasserstein import sliced_distance, sliced_wasserstein
from dcgan_lib.load import load_faces


@pytest.fixture(scope="module")
def images(faces):
    return np.array(load_faces(faces))  # 48 faces of 8 people, 64×64


def noisy(images, strength):
    noise = np.random.default_rng(0).normal(0, strength, images.shape)
    return np.clip(images + noise, 0, 255).astype(np.uint8)


def blurred(images, sigma):
    return np.stack([cv2.GaussianBlur(image, (0, 0), sigma) for image in images])


def dropped(images, modes):
    """As many images, of which only the first ``modes`` differ."""
    return images[np.arange(len(images)) % modes]


def rises(values):
    return all(before < after for before, after in itertools.pairwise(values))


# faces at all


def test_the_cascade_accepts_faces_and_no_noise(images):
    assert haar_acceptance(images) >= 0.95
    noise = np.random.default_rng(0).integers(0, 256, (20, 64, 64, 3), np.uint8)
    assert haar_acceptance(noise) == 0
    half = np.concatenate([images[:10], noise[:10]])
    assert haar_acceptance(half) == pytest.approx(0.5, abs=0.1)


def test_the_cascade_accepts_fewer_faces_the_more_they_are_damaged(images):
    some = images[::2]
    assert rises([-haar_acceptance(noisy(some, strength)) for strength in (0, 120, 180, 300)])


# the nearest training face


def test_a_copy_and_a_mirrored_copy_are_at_distance_zero(images):
    assert nearest_distances(images[:5], images).max() == 0
    assert nearest_distances(images[:5, :, ::-1], images).max() < 0.005


def test_the_row_is_that_of_the_nearest_reference(images):
    distances, rows = nearest(noisy(images[20:25, :, ::-1], 5), images)
    np.testing.assert_array_equal(rows, np.arange(20, 25))
    assert 0 < distances.max() < 0.03


def test_distance_grows_with_noise_and_strangers_are_far(images):
    means = [nearest_distances(noisy(images, s), images).mean() for s in (0, 10, 30, 60)]
    assert means[0] == 0 and rises(means)
    strangers = nearest_distances(images[:6], images[6:])  # the six faces of one person
    assert strangers.min() > 0.05


def test_memorisation_is_a_half_for_equal_distances_and_one_for_copies():
    random = np.random.default_rng(0)
    new = random.uniform(0.05, 0.1, 40)
    assert memorisation(new, new) == 0.5
    assert memorisation(np.zeros(10), new) == 1
    assert memorisation(new + 1, new) == 0
    assert rises([memorisation(new * share, new) for share in (1.2, 1, 0.8, 0.6)])


def test_memorisation_is_the_mann_whitney_statistic():
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(0)
    generated, new = (np.round(random.normal(m, 1, n), 1) for m, n in ((0, 70), (0.5, 40)))
    statistic = stats.mannwhitneyu(new, generated).statistic
    assert memorisation(generated, new) == pytest.approx(statistic / (70 * 40))


# variety


def test_variety_is_zero_for_one_face_and_falls_when_modes_drop(images):
    assert variety(dropped(images, 1)) == 0
    assert rises([variety(dropped(images, modes)) for modes in (1, 3, 8, 48)])


def test_spread_in_edges_falls_when_modes_drop(images):
    spreads = [feature_spread(hog_features(dropped(images, modes))) for modes in (1, 3, 8, 48)]
    assert spreads[0] < 1e-3 and rises(spreads)


def test_edges_hardly_see_the_light(images):
    features = hog_features(images)
    darker = hog_features((images * 0.6 + 10).astype(np.uint8))
    assert features.shape == (48, 1764) and features.dtype == np.float32
    moved = np.linalg.norm(features - darker, axis=1).mean()
    assert moved < 0.25 * feature_spread(features)
    assert hog_features(images[:2, ::2, ::2]).shape == (2, 1764)


def test_likeness_is_one_for_one_face_and_rises_when_modes_drop(images):
    likeness = [diversity_ms_ssim(dropped(images, modes), pairs=150) for modes in (48, 4, 2, 1)]
    assert likeness[-1] == pytest.approx(1) and rises(likeness)
    assert diversity_ms_ssim(images, 1, 150) == pytest.approx(likeness[0], abs=0.05)


@pytest.mark.parametrize(("side", "scales"), [(32, 2), (64, 3), (128, 4), (256, 5)])
def test_ms_ssim_has_as_many_scales_as_fit(side, scales):
    assert scale_count(side) == scales


@pytest.mark.parametrize("side", [32, 64])
def test_ms_ssim_is_that_of_tensorflow(images, side):
    import tensorflow as tf

    a, b = (
        blurred(part, 1)[:, :: 64 // side, :: 64 // side] for part in (images[:8], images[8:16])
    )
    weights = np.array(SCALE_WEIGHTS[: scale_count(side)])
    theirs = tf.image.ssim_multiscale(a, b, 255, list(weights / weights.sum())).numpy()
    np.testing.assert_allclose(ms_ssim(a, b), theirs, atol=1e-4)


@pytest.mark.parametrize("damage", [noisy, blurred])
def test_ms_ssim_is_one_for_equal_pictures_and_falls_with_damage(images, damage):
    assert ms_ssim(images[:4], images[:4]) == pytest.approx(np.ones(4))
    means = [ms_ssim(images, damage(images, strength)).mean() for strength in (1, 3, 9)]
    assert means[0] < 1 and rises([-mean for mean in means])


# patches


def test_equal_sets_are_at_sliced_distance_zero(images):
    assert sliced_wasserstein(images[:8], images[:8]) == {64: 0, 32: 0, 16: 0}


@pytest.mark.parametrize(
    ("damage", "strengths"), [(noisy, (3, 8, 20)), (blurred, (0.6, 1, 2)), (dropped, (12, 4, 1))]
)
def test_sliced_distance_grows_with_damage(images, damage, strengths):
    some = images[::2]
    found = [sliced_wasserstein(some, damage(some, strength)) for strength in strengths]
    assert rises([0, *(np.mean(list(levels.values())) for levels in found)])


def test_the_level_tells_fine_damage_from_coarse(images):
    fine = sliced_wasserstein(images[::2], noisy(images[::2], 8))
    assert fine[64] > 2 * fine[32]


def test_light_and_contrast_of_a_set_do_not_count(images):
    even = (images[:8] // 4 * 2 + 50).astype(np.uint8)
    brighter = (images[:8] // 4 * 3 + 20).astype(np.uint8)
    assert max(sliced_wasserstein(even, brighter).values()) < 0.1


def test_of_the_larger_set_as_many_images_are_drawn(images):
    some = sliced_wasserstein(images, images[:8], seed=3)
    assert some == sliced_wasserstein(images, images[:8], seed=3)
    assert 0 < some[64] != sliced_wasserstein(images, images[:8], seed=4)[64]


def test_points_moved_by_a_vector_are_at_the_known_sliced_distance():
    width, length = 147, 2.5
    points = np.random.default_rng(0).normal(0, 1, (500, width)).astype(np.float32)
    shift = np.zeros(width, np.float32)
    shift[3] = length  # of a random unit vector, |one coordinate| has this mean:
    mean = math.exp(math.lgamma(width / 2) - math.lgamma((width + 1) / 2)) / math.sqrt(math.pi)
    found = sliced_distance(points, points + shift, np.random.default_rng(1))
    assert found == pytest.approx(length * mean, rel=0.1)


def test_sliced_distance_is_the_mean_of_one_dimensional_distances():
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(0)
    a, b = (random.normal(0, scale, (200, 1)).astype(np.float32) for scale in (1, 1.5))
    theirs = stats.wasserstein_distance(a[:, 0], b[:, 0])  # in one dimension all directions agree
    assert sliced_distance(a, b, random) == pytest.approx(theirs, rel=1e-4)


# overlap


def by_definition(real, generated, k):
    def reach(points, place):
        return sorted(np.linalg.norm(points - points[place], axis=1))[k]  # place itself comes first

    near = [
        [np.linalg.norm(x - y) <= reach(real, i) for y in generated] for i, x in enumerate(real)
    ]
    near = np.array(near)
    back = [any(np.linalg.norm(x - y) <= reach(generated, j) for j, y in enumerate(generated))
            for x in real]  # fmt: skip
    return near.any(0).mean(), np.mean(back), near.sum(0).mean() / k, near.any(1).mean()


def test_overlap_is_what_its_definitions_say():
    random = np.random.default_rng(0)
    real, generated = random.normal(0, 1, (40, 3)), random.normal(0.7, 0.6, (30, 3))
    found = precision_recall_density_coverage(real, generated, k=4)
    expected = by_definition(real, generated, 4)
    assert list(vars(found).values()) == pytest.approx(expected)


def test_overlap_of_equal_sets_is_whole_and_of_distant_ones_none(images):
    features = hog_features(images)
    same = precision_recall_density_coverage(features, features)
    assert (same.precision, same.recall, same.coverage) == (1, 1, 1) and same.density >= 1
    apart = precision_recall_density_coverage(features, features + 10)
    assert set(vars(apart).values()) == {0}


def test_new_samples_of_one_distribution_have_density_one():
    random = np.random.default_rng(0)
    found = precision_recall_density_coverage(*random.normal(0, 1, (2, 800, 4)))
    assert found.density == pytest.approx(1, abs=0.1)
    assert found.coverage == pytest.approx(1 - 0.5**5, abs=0.03)  # Naeem et al. 2020, equation 9


def test_dropped_modes_cost_recall_and_coverage_but_no_precision(images):
    features = hog_features(images)
    found = [
        precision_recall_density_coverage(features, dropped(features, modes) + 1e-6)
        for modes in (48, 16, 8, 2)
    ]
    assert {one.precision for one in found} == {1}
    assert rises([-one.coverage for one in found])
    assert found[0].recall > found[1].recall >= found[2].recall >= found[3].recall


def test_noise_costs_precision(images):
    features = hog_features(images)
    damaged = [hog_features(noisy(images, strength)) for strength in (2, 25, 60)]
    found = [precision_recall_density_coverage(features, other).precision for other in damaged]
    assert rises([-precision for precision in found])
