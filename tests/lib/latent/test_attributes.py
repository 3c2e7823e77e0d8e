"""Attributes of faces: each measure sees what it says, on pictures changed on purpose."""

import cv2
import numpy as np
import pytest

from dcgan_lib.latent.attributes import (
    ATTRIBUTES,
    CELEBA_ATTRIBUTES,
    celeba_attributes,
    label_thirds,
    measure_attribute,
)
from dcgan_lib.load import load_face_set
from dcgan_lib.shared.errors import CourseError

NAMES = ["Smiling", "Eyeglasses", *(f"Attribute_{n}" for n in range(3, CELEBA_ATTRIBUTES + 1))]


@pytest.fixture(scope="module")
def some(faces):
    """Two photographs each of persons 1 to 8 of ORL, and who each is."""
    face_set = load_face_set(faces)
    rows = [row for row, name in enumerate(face_set.names) if name.endswith(("1.png", "5.png"))]
    return face_set.images[rows], [face_set.names[row].split("/")[0] for row in rows]


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_every_attribute_is_one_finite_number_for_a_face_of_any_size(name, some):
    images = some[0][:4]
    values = measure_attribute(name, images)
    assert values.shape == (4,) and values.dtype == np.float64 and np.isfinite(values).all()
    small = np.stack([cv2.resize(image, (32, 32)) for image in images])
    assert np.isfinite(measure_attribute(name, small)).all()
    assert values.std() > 0


def test_glasses_are_seen_by_rims_and_by_eyes_that_hide(some):
    images, people = some
    wears = np.isin(people, ["s2", "s6"])  # in all of their photographs
    never = np.isin(people, ["s1", "s3", "s5", "s8"])
    assert measure_attribute("glasses", images)[wears].min() > np.median(
        measure_attribute("glasses", images)[never]
    )
    eyes = measure_attribute("plain_eyes", images)
    assert eyes[wears].mean() < eyes[never].mean()


def test_a_smile_is_seen_in_who_smiles(some):
    images, people = some
    values = measure_attribute("smile", images)
    smiles = values[np.isin(people, ["s5"])].mean()  # with teeth, in both
    assert smiles > values[np.isin(people, ["s1", "s6"])].mean()


def test_light_contrast_and_symmetry_follow_what_is_done_to_a_face(some):
    images = some[0]
    darker = (images * 0.6).astype(np.uint8)
    assert (measure_attribute("brightness", darker) < measure_attribute("brightness", images)).all()
    assert (measure_attribute("contrast", darker) < measure_attribute("contrast", images)).all()
    np.testing.assert_allclose(
        measure_attribute("symmetry", darker), measure_attribute("symmetry", images), atol=0.01
    )
    half = images.copy()
    half[:, :, :32] = half[:, :, :31:-1]
    np.testing.assert_allclose(measure_attribute("symmetry", half), 1, atol=1e-6)
    assert (measure_attribute("symmetry", images) < 0.99).all()


def test_hair_and_ground_are_where_the_crop_has_them(some):
    images = some[0].copy()
    images[:, :8, 16:48] = 200
    assert (measure_attribute("hair", images) == 200).all()
    images[:, :8, :8], images[:, :8, -8:] = 10, 30
    assert (measure_attribute("background", images) == 20).all()


def test_thirds_label_the_extremes_alone():
    labels = label_thirds(np.random.default_rng(0).random(300))
    assert [(labels == value).sum() for value in (-1, 0, 1)] == [100, 100, 100]
    scores = np.arange(9.0)
    np.testing.assert_array_equal(label_thirds(scores), [-1, -1, -1, 0, 0, 0, 1, 1, 1])


@pytest.mark.parametrize("count", [9, 90, 240])
def test_every_right_way_to_take_a_third_agrees_where_no_face_lies_on_a_limit(count):
    scores = np.random.default_rng(count).normal(size=count)
    labels, order = label_thirds(scores), np.argsort(scores)
    low, high = np.quantile(scores, [1 / 3, 2 / 3])
    np.testing.assert_array_equal(labels == 1, scores >= high)
    np.testing.assert_array_equal(labels == -1, scores <= low)
    assert set(np.flatnonzero(labels == 1)) == set(order[-count // 3 :])


def test_faces_on_a_limit_count_as_between():
    np.testing.assert_array_equal(label_thirds(np.array([1.0, 2, 3, 4])), [-1, 0, 0, 1])
    np.testing.assert_array_equal(label_thirds(np.zeros(6)), np.zeros(6))


def test_an_unknown_attribute_is_refused(some):
    with pytest.raises(CourseError, match=r"Expected one of smile, glasses.*'beard'"):
        measure_attribute("beard", some[0])


def celeba_file(path, rows, count=None, names=NAMES):
    lines = [str(len(rows) if count is None else count), " ".join(names) + " "]
    lines += [f"{name}  " + "  ".join(f"{value:2}" for value in values) for name, values in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_celebas_labels_are_read_by_file_name(tmp_path):
    random = np.random.default_rng(0)
    rows = [(f"{n:06}.jpg", random.choice([-1, 1], CELEBA_ATTRIBUTES)) for n in range(1, 6)]
    table = celeba_attributes(celeba_file(tmp_path / "list_attr_celeba.txt", rows))
    assert table.shape == (5, 40) and list(table.columns) == NAMES
    assert table.loc["000003.jpg", "Eyeglasses"] == rows[2][1][1]
    assert set(np.unique(table)) == {-1, 1}


def test_a_celeba_file_that_is_gone_cut_off_or_something_else_is_refused(tmp_path):
    rows = [("000001.jpg", [1] * 40), ("000002.jpg", [-1] * 40)]
    path = tmp_path / "list_attr_celeba.txt"
    with pytest.raises(CourseError, match=r"Fetch list_attr_celeba\.txt again"):
        celeba_attributes(path)
    with pytest.raises(CourseError, match="2 rows below a first line that says '202599'"):
        celeba_attributes(celeba_file(path, rows, count=202599))
    with pytest.raises(CourseError, match="39 names in the second line"):
        celeba_attributes(celeba_file(path, rows, names=NAMES[:-1]))
    with pytest.raises(CourseError, match=r"'000002\.jpg 0.* in line 4"):
        celeba_attributes(celeba_file(path, [rows[0], ("000002.jpg", [0] * 40)]))
    path.write_text("<html><title>Quota exceeded</title></html>\n<p>Sorry</p>\n", "utf-8")
    with pytest.raises(CourseError, match=r"Expected .*as the database brings it"):
        celeba_attributes(path)
