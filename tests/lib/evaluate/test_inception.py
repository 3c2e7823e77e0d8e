"""FID and KID against closed forms and second implementations; InceptionV3 with random weights."""

import json
from importlib.util import find_spec

import keras
import numpy as np
import pytest

from dcgan_lib.evaluate.comparison import FaceSets, measure_sets
from dcgan_lib.evaluate.inception import fid, frechet_distance, kid, load_inception, reference_fid
from dcgan_lib.load import load_faces
from dcgan_lib.shared.errors import CourseError


def normal(count, width, mean=0.0, scale=1.0, seed=0):
    return np.random.default_rng(seed).normal(mean, scale, (count, width))


def covariance(width, seed):
    factor = normal(2 * width, width, seed=seed)
    return factor.T @ factor / width


# FID


def test_frechet_distance_of_gaussians_with_one_set_of_axes_has_a_closed_form():
    deviations = np.array([0.5, 1, 2]), np.array([1, 3, 0])
    means = np.array([0, 1, 2]), np.array([2, 1, 1])
    expected = ((means[0] - means[1]) ** 2).sum() + ((deviations[0] - deviations[1]) ** 2).sum()
    found = frechet_distance(
        means[0], np.diag(deviations[0] ** 2), means[1], np.diag(deviations[1] ** 2)
    )
    assert found == pytest.approx(expected)


def test_frechet_distance_is_that_of_scipys_matrix_root():
    linalg = pytest.importorskip("scipy.linalg")
    a, b = covariance(30, 1), covariance(30, 2)
    expected = 4 * 30 + np.trace(a + b - 2 * linalg.sqrtm(a @ b).real)
    assert frechet_distance(np.zeros(30), a, np.full(30, 2), b) == pytest.approx(expected)


def test_fid_of_fewer_samples_than_features_is_that_of_singular_values():
    a, b = normal(20, 60), normal(25, 60, 0.3, 1.5, seed=1)
    x, y = ((part - part.mean(0)) / np.sqrt(len(part) - 1) for part in (a, b))
    shared = np.linalg.norm(x @ y.T, "nuc")  # the trace of (AB)^½, without any matrix root
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + (x**2).sum() + (y**2).sum() - 2 * shared
    assert fid(a, b) == pytest.approx(expected)
    assert fid(a, a) == pytest.approx(0, abs=1e-5)


def test_fid_grows_with_distance_and_falls_with_n():
    width = 16
    means = [fid(normal(400, width), normal(400, width, mean, seed=1)) for mean in (0, 0.2, 0.5, 1)]
    assert means == sorted(means)
    counts = [fid(normal(n, width), normal(n, width, seed=1)) for n in (400, 100, 30)]
    assert counts == sorted(counts) and counts[0] < 0.3 * counts[2]


# KID


def test_kid_of_one_distribution_is_zero_within_its_error():
    found = [kid(normal(80, 20, seed=2 * i), normal(60, 20, seed=2 * i + 1)) for i in range(60)]
    values, errors = np.transpose(found)
    assert abs(values.mean()) < 3 * values.std() / np.sqrt(60)
    assert values.min() < 0 < values.max()
    assert np.mean(np.abs(values) < 2 * errors) > 0.9


def test_kids_standard_error_is_the_spread_over_new_samples():
    found = [
        kid(normal(80, 20, seed=2 * i), normal(60, 20, 0.3, seed=2 * i + 1)) for i in range(100)
    ]
    values, errors = np.transpose(found)
    assert errors.mean() == pytest.approx(values.std(), rel=0.3)


def test_kid_of_shifted_gaussians_has_a_closed_form():
    width, shift = 10, 0.8
    # E (x·y/d + 1)³ of independent Gaussians: 1 + 3 E[p] + 3 E[p²] + E[p³], with p = x·y/d
    near = 1 + 3 / width
    s = shift**2  # mean of p when both are shifted
    second = s**2 + (1 + 2 * s) / width
    third = s**3 + 3 * s * (1 + 2 * s) / width + 6 * s / width**2
    far = 1 + 3 * s + 3 * second + third
    across = 1 + 3 * (1 + s) / width
    value, error = kid(normal(3000, width), normal(3000, width, shift, seed=1))
    assert value == pytest.approx(near + far - 2 * across, abs=4 * error)
    assert error < 0.05 * value


def test_kid_is_the_mean_over_the_published_random_subsets():
    def kernel(x, y):
        return (x @ y.T / x.shape[1] + 1) ** 3

    def of_subset(x, y):
        n = len(x)
        apart = sum(k.sum() - np.trace(k) for k in (kernel(x, x), kernel(y, y)))
        return apart / (n * (n - 1)) - 2 * kernel(x, y).mean()

    a, b = normal(200, 30), normal(150, 30, 0.1, 1.1, seed=1)
    random = np.random.default_rng(2)
    subsets = [
        of_subset(a[random.permutation(200)[:50]], b[random.permutation(150)[:50]])
        for _ in range(400)
    ]
    assert kid(a, b)[0] == pytest.approx(np.mean(subsets), abs=3 * np.std(subsets) / 20)


def test_kid_grows_with_distance():
    values = [kid(normal(100, 20), normal(100, 20, mean, seed=1))[0] for mean in (0, 0.3, 0.6, 1)]
    assert values == sorted(values)


# the network


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file of InceptionV3's shape: no network here to fetch the trained one."""
    keras.utils.set_random_seed(0)
    network = keras.applications.InceptionV3(
        include_top=False, weights=None, input_shape=(299, 299, 3), pooling="avg"
    )
    path = tmp_path_factory.mktemp("inception") / "random.weights.h5"
    network.save_weights(path)
    return path


def test_figures_by_inception_are_beside_the_others(weights, faces):
    images = np.array(load_faces(faces))
    sets = FaceSets(images[:6], images[6:12], images[:0])
    report = measure_sets(sets, inception=weights)
    assert report.compared == 3 and report.fid > 0 and report.fid_real > 0
    assert report.kid_error > 0 and report.kid_real_error > 0
    assert "InceptionV3 (random.weights.h5), RGB, 299×299 by antialiased" in report.preprocessing
    assert json.loads(json.dumps(report.to_dict()))["fid"] == report.fid


def test_weights_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(CourseError, match="no such file"):
        load_inception(tmp_path / "nowhere.h5")
    small = keras.Sequential([keras.Input((299, 299, 3)), keras.layers.GlobalAveragePooling2D()])
    small.save(tmp_path / "small.keras")
    with pytest.raises(CourseError, match=r"don't fit InceptionV3.*2048.*\(None, 3\).*--fid"):
        load_inception(tmp_path / "small.keras")
    (tmp_path / "page.h5").write_text("<html>quota exceeded</html>")
    with pytest.raises(CourseError, match=r"don't fit InceptionV3.*page\.h5"):
        load_inception(tmp_path / "page.h5")


def test_without_a_network_the_way_out_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nothing listens there
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))  # no weights yet
    with pytest.raises(CourseError, match=r"FID and KID can't be computed.*--inception PATH"):
        load_inception()


@pytest.mark.skipif(find_spec("torch_fidelity") is not None, reason="torch-fidelity is here")
def test_the_reference_fid_says_what_to_install():
    images = np.zeros((4, 32, 32, 3), np.uint8)
    with pytest.raises(CourseError, match="pip install torch-fidelity"):
        reference_fid(images, images)
