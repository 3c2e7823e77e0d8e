"""Chapter 08: what students might write, before the visible check and before the mark."""

import math

import numpy as np
import pytest
from scipy import linalg, spatial, stats

from dcgan_course.ch08_evaluate import harms
from dcgan_lib.load import load_face_set
from tests.support.planted import Planted, PlantedTests, SolvedChapter

planted = Planted()
distance_of = "wasserstein"
nearest_of = "nearest-distance"
precision_of = "precision"
witnesses_of = "predict-witnesses"
frechet_of = "frechet"


@planted.right(distance_of)
def asks_scipy(a, b):
    return stats.wasserstein_distance(a, b)


@planted.right(distance_of)
def pairs_sorted_lists(a, b):
    pairs = zip(sorted(a.tolist()), sorted(b.tolist()), strict=True)
    return sum(abs(one - other) for one, other in pairs) / len(a)


@planted.right(distance_of)
def sorts_by_places(a, b):
    return np.abs(a[a.argsort()] - b[b.argsort()]).sum() / a.size


@planted.right(distance_of)
def measures_between_the_stairs(a, b):
    """The area between both empirical distributions."""
    every = np.sort(np.concatenate([a, b]))
    below = [(sample[:, None] <= every[:-1]).mean(axis=0) for sample in (a, b)]
    return float((np.abs(below[0] - below[1]) * np.diff(every)).sum())


@planted.wrong(distance_of)
def forgets_to_sort(a, b):
    return np.abs(a - b).mean()


@planted.wrong(distance_of)
def sorts_one(a, b):
    return np.abs(np.sort(a) - b).mean()


@planted.wrong(distance_of)
def compares_means(a, b):
    return abs(a.mean() - b.mean())


@planted.wrong(distance_of)
def takes_the_root_of_squares(a, b):
    return np.sqrt(((np.sort(a) - np.sort(b)) ** 2).mean())


@planted.wrong(distance_of)
def takes_squares(a, b):
    return ((np.sort(a) - np.sort(b)) ** 2).mean()


@planted.wrong(distance_of)
def sums_up(a, b):
    return np.abs(np.sort(a) - np.sort(b)).sum()


@planted.wrong(distance_of)
def takes_the_median(a, b):
    return np.median(np.abs(np.sort(a) - np.sort(b)))


@planted.wrong(distance_of)
def takes_the_largest(a, b):
    return np.abs(np.sort(a) - np.sort(b)).max()


@planted.wrong(distance_of)
def keeps_all_gaps(a, b):
    return np.abs(np.sort(a) - np.sort(b))


@planted.wrong(distance_of)
def sorts_the_first_in_place(a, b):
    a.sort()
    return np.abs(a - np.sort(b)).mean()


@planted.wrong(distance_of)
def sorts_the_second_in_place(a, b):
    b.sort()
    return np.abs(np.sort(a) - b).mean()


@planted.wrong(distance_of)
def pairs_opposites(a, b):
    return np.abs(np.sort(a) - np.sort(b)[::-1]).mean()


@planted.wrong(distance_of)
def pairs_the_nearest(a, b):
    return np.abs(a[:, None] - b).min(axis=1).mean()


@planted.right(nearest_of)
def loops_over_photographs(face, photographs):
    least = math.inf
    for photograph in photographs:
        for version in (photograph, np.fliplr(photograph)):
            least = min(least, math.sqrt(np.mean((version - face) ** 2)))
    return least


@planted.right(nearest_of)
def turns_the_face(face, photographs):
    squares = [((photographs - one) ** 2).mean(axis=(1, 2)) for one in (face, face[:, ::-1])]
    return np.sqrt(np.min(squares))


@planted.right(nearest_of)
def takes_norms(face, photographs):
    rows = np.concatenate([photographs, np.flip(photographs, 2)]).reshape(-1, face.size)
    return spatial.distance.cdist(face.reshape(1, -1), rows).min() / face.size**0.5


@planted.wrong(nearest_of)
def forgets_mirrors(face, photographs):
    return np.sqrt(((photographs - face) ** 2).mean(axis=(1, 2))).min()


@planted.wrong(nearest_of)
def looks_at_mirrors_alone(face, photographs):
    return np.sqrt(((photographs[:, :, ::-1] - face) ** 2).mean(axis=(1, 2))).min()


@planted.wrong(nearest_of)
def stands_them_on_their_heads(face, photographs):
    both = np.concatenate([photographs, photographs[:, ::-1]])
    return np.sqrt(((both - face) ** 2).mean(axis=(1, 2))).min()


@planted.wrong(nearest_of)
def turns_them_by_180_degrees(face, photographs):
    both = np.concatenate([photographs, photographs[:, ::-1, ::-1]])
    return np.sqrt(((both - face) ** 2).mean(axis=(1, 2))).min()


@planted.wrong(nearest_of)
def forgets_the_root(face, photographs):
    return np.min(
        [((one - face) ** 2).mean(axis=(1, 2)) for one in (photographs, photographs[:, :, ::-1])]
    )


@planted.wrong(nearest_of)
def takes_absolute_gaps(face, photographs):
    both = np.concatenate([photographs, photographs[:, :, ::-1]])
    return np.abs(both - face).mean(axis=(1, 2)).min()


@planted.wrong(nearest_of)
def takes_the_whole_norm(face, photographs):
    both = np.concatenate([photographs, photographs[:, :, ::-1]])
    return np.sqrt(((both - face) ** 2).sum(axis=(1, 2))).min()


@planted.wrong(nearest_of)
def averages_over_photographs(face, photographs):
    both = np.concatenate([photographs, photographs[:, :, ::-1]])
    return np.sqrt(((both - face) ** 2).mean(axis=(1, 2))).mean()


@planted.wrong(nearest_of)
def gives_all_distances(face, photographs):
    both = np.concatenate([photographs, photographs[:, :, ::-1]])
    return np.sqrt(((both - face) ** 2).mean(axis=(1, 2)))


@planted.wrong(nearest_of)
def takes_the_nearest_row(face, photographs):
    both = np.concatenate([photographs, photographs[:, :, ::-1]])
    return np.sqrt(((both - face) ** 2).mean(axis=2)).min()


@planted.wrong(nearest_of)
def subtracts_in_place(face, photographs):
    turned = photographs[:, :, ::-1] - face
    photographs -= face
    return np.sqrt((np.concatenate([photographs, turned]) ** 2).mean(axis=(1, 2))).min()


@planted.wrong(nearest_of)
def takes_brightness_out(face, photographs):
    both = np.concatenate([photographs, photographs[:, :, ::-1]])
    gaps = both - face
    return gaps.std(axis=(1, 2)).min()


def apart(a, b):
    return np.linalg.norm(a[:, None] - b, axis=2)


@planted.right(precision_of)
def asks_cdist(real, generated, k):
    reach = np.partition(spatial.distance.cdist(real, real), k, axis=1)[:, k]
    return np.mean((spatial.distance.cdist(generated, real) <= reach).any(axis=1))


@planted.right(precision_of)
def loops_over_points(real, generated, k):
    reaches = [sorted(np.linalg.norm(real - point, axis=1))[k] for point in real]
    inside = 0
    for point in generated:
        distances = np.linalg.norm(real - point, axis=1)
        inside += any(distances <= reaches)
    return inside / len(generated)


@planted.right(precision_of)
def leaves_itself_out_first(real, generated, k):
    own = apart(real, real) + np.diag(np.full(len(real), np.inf))
    reach = np.sort(own, axis=1)[:, k - 1]
    return float((apart(real, generated) <= reach[:, None]).any(axis=0).mean())


@planted.wrong(precision_of)
def takes_itself_for_a_neighbour(real, generated, k):
    reach = np.sort(apart(real, real), axis=1)[:, k - 1]
    return (apart(real, generated) <= reach[:, None]).any(axis=0).mean()


@planted.wrong(precision_of)
def goes_one_too_far(real, generated, k):
    reach = np.sort(apart(real, real), axis=1)[:, k + 1]
    return (apart(real, generated) <= reach[:, None]).any(axis=0).mean()


@planted.wrong(precision_of)
def measures_recall(real, generated, k):
    return asks_cdist(generated, real, k)


@planted.wrong(precision_of)
def measures_coverage(real, generated, k):
    reach = np.sort(apart(real, real), axis=1)[:, k]
    return (apart(real, generated) <= reach[:, None]).any(axis=1).mean()


@planted.wrong(precision_of)
def measures_density(real, generated, k):
    reach = np.sort(apart(real, real), axis=1)[:, k]
    return (apart(real, generated) <= reach[:, None]).sum(axis=0).mean() / k


@planted.wrong(precision_of)
def asks_for_all_balls(real, generated, k):
    reach = np.sort(apart(real, real), axis=1)[:, k]
    return (apart(real, generated) <= reach[:, None]).all(axis=0).mean()


@planted.wrong(precision_of)
def leaves_the_rim_out(real, generated, k):
    reach = np.sort(apart(real, real), axis=1)[:, k]
    return (apart(real, generated) < reach[:, None]).any(axis=0).mean()


@planted.wrong(precision_of)
def counts_points(real, generated, k):
    reach = np.sort(apart(real, real), axis=1)[:, k]
    return (apart(real, generated) <= reach[:, None]).any(axis=0).sum()


@planted.wrong(precision_of)
def gives_percent(real, generated, k):
    return 100 * asks_cdist(real, generated, k)


@planted.wrong(precision_of)
def draws_balls_of_one_size(real, generated, k):
    reach = np.sort(apart(real, real), axis=1)[:, k].mean()
    return (apart(real, generated) <= reach).any(axis=0).mean()


@planted.wrong(precision_of)
def draws_balls_around_generated_points(real, generated, k):
    reach = np.sort(apart(generated, generated), axis=1)[:, k]
    return (apart(generated, real) <= reach[:, None]).any(axis=1).mean()


@planted.wrong(precision_of)
def always_takes_five(real, generated, k):
    return asks_cdist(real, generated, 5)


SEEN = {
    "blur": ("wasserstein", "recall"),
    "noise": ("wasserstein", "ms_ssim"),
    "dropped people": ("ms_ssim", "haar"),
    "copies": ("memorisation", "wasserstein"),
}


@planted.right(witnesses_of)
def trusts_coverage():
    return SEEN | {"blur": ("coverage", "recall"), "noise": ("coverage", "variety")}


@planted.right(witnesses_of)
def gives_lists():
    return {harm: list(pair) for harm, pair in SEEN.items()}


@planted.right(witnesses_of)
def writes_out_other_witnesses():
    return dict(
        blur=("precision", "recall"),
        noise=("wasserstein", "memorisation"),
        copies=("memorisation", "coverage"),
    ) | {"dropped people": ("coverage", "precision")}


@planted.wrong(witnesses_of)
def believes_that_precision_sees_copies():
    return SEEN | {"copies": ("precision", "wasserstein")}


@planted.wrong(witnesses_of)
def believes_that_haar_sees_mode_collapse():
    return SEEN | {"dropped people": ("haar", "precision")}


@planted.wrong(witnesses_of)
def believes_that_recall_sees_blur():
    return SEEN | {"blur": ("recall", "haar")}


@planted.wrong(witnesses_of)
def believes_that_variety_sees_noise():
    return SEEN | {"noise": ("variety", "ms_ssim")}


@planted.wrong(witnesses_of)
def believes_that_memorisation_is_blind_to_copies():
    return SEEN | {"copies": ("memorisation", "memorisation")}


@planted.wrong(witnesses_of)
def turns_a_pair_round():
    return SEEN | {"copies": ("wasserstein", "memorisation")}


@planted.wrong(witnesses_of)
def names_a_measure_of_another_course():
    return SEEN | {"noise": ("fid", "ms_ssim")}


@planted.wrong(witnesses_of)
def forgets_a_harm():
    return {harm: SEEN[harm] for harm in ("blur", "noise", "copies")}


@planted.wrong(witnesses_of)
def names_one_measure():
    return {harm: pair[0] for harm, pair in SEEN.items()}


@planted.right(frechet_of)
def adds_feature_by_feature(mean_a, deviation_a, mean_b, deviation_b):
    rows = zip(mean_a, deviation_a, mean_b, deviation_b, strict=True)
    return sum((m - n) ** 2 + (s - t) ** 2 for m, s, n, t in rows)


@planted.right(frechet_of)
def takes_roots_of_matrices(mean_a, deviation_a, mean_b, deviation_b):
    one, other = np.diag(deviation_a**2), np.diag(deviation_b**2)
    both = np.trace(one + other - 2 * np.real(linalg.sqrtm(one @ other)))
    return float((mean_a - mean_b) @ (mean_a - mean_b) + both)


@planted.right(frechet_of)
def takes_a_norm(mean_a, deviation_a, mean_b, deviation_b):
    gaps = np.concatenate([mean_a - mean_b, deviation_a - deviation_b])
    return np.linalg.norm(gaps) ** 2


@planted.wrong(frechet_of)
def takes_the_root(mean_a, deviation_a, mean_b, deviation_b):
    return math.sqrt(adds_feature_by_feature(mean_a, deviation_a, mean_b, deviation_b))


@planted.wrong(frechet_of)
def compares_means_alone(mean_a, deviation_a, mean_b, deviation_b):
    return ((mean_a - mean_b) ** 2).sum()


@planted.wrong(frechet_of)
def compares_deviations_alone(mean_a, deviation_a, mean_b, deviation_b):
    return ((deviation_a - deviation_b) ** 2).sum()


@planted.wrong(frechet_of)
def compares_variances(mean_a, deviation_a, mean_b, deviation_b):
    return ((mean_a - mean_b) ** 2 + (deviation_a**2 - deviation_b**2) ** 2).sum()


@planted.wrong(frechet_of)
def takes_deviations_for_variances(mean_a, deviation_a, mean_b, deviation_b):
    spread = deviation_a + deviation_b - 2 * np.sqrt(deviation_a * deviation_b)
    return ((mean_a - mean_b) ** 2 + spread).sum()


@planted.wrong(frechet_of)
def forgets_the_product(mean_a, deviation_a, mean_b, deviation_b):
    return ((mean_a - mean_b) ** 2 + deviation_a**2 + deviation_b**2).sum()


@planted.wrong(frechet_of)
def averages_features(mean_a, deviation_a, mean_b, deviation_b):
    return ((mean_a - mean_b) ** 2 + (deviation_a - deviation_b) ** 2).mean()


@planted.wrong(frechet_of)
def takes_absolute_differences(mean_a, deviation_a, mean_b, deviation_b):
    return (np.abs(mean_a - mean_b) + np.abs(deviation_a - deviation_b)).sum()


@planted.wrong(frechet_of)
def keeps_features_apart(mean_a, deviation_a, mean_b, deviation_b):
    return (mean_a - mean_b) ** 2 + (deviation_a - deviation_b) ** 2


@planted.wrong(frechet_of)
def moves_the_first_mean(mean_a, deviation_a, mean_b, deviation_b):
    mean_a -= mean_b
    return (mean_a**2 + (deviation_a - deviation_b) ** 2).sum()


@pytest.fixture(scope="module")
def chapter(faces, tmp_path_factory):
    study = harms.study(load_face_set(faces, 64), 12, [1.0], seed=0, draws=2)
    return SolvedChapter("08", tmp_path_factory.mktemp("probes"), study=study)


class TestAnswers(PlantedTests):
    planted = planted
