"""Chapter 08: known harms and who notices; checks accept what is right and name what is wrong."""

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dcgan_course.ch08_evaluate import (
    balls,
    checks as check,
    features as feature,
    harm_plots,
    harms,
    plots,
    widgets,
)
from dcgan_course.checking import CheckFailed
from dcgan_lib.evaluate.distances import nearest_distances
from dcgan_lib.evaluate.overlap import hog_features, precision_recall_density_coverage
from dcgan_lib.evaluate.wasserstein import laplacian_pyramid
from dcgan_lib.load import load_face_set
from dcgan_lib.settings import get_settings
from dcgan_lib.shared.pictures import image_grid

RIGHT = {
    "blur": ("wasserstein", "recall"),
    "noise": ("wasserstein", "ms_ssim"),
    "dropped people": ("ms_ssim", "haar"),
    "copies": ("memorisation", "wasserstein"),
}


@pytest.fixture(scope="module")
def face_set(faces):
    return load_face_set(faces, 64)


@pytest.fixture(scope="module")
def study(face_set):
    return harms.study(face_set, 12, [1.0], seed=0, draws=2)


def wasserstein(a, b):
    return np.abs(np.sort(a) - np.sort(b)).mean()


def in_place(a, b):
    a.sort()
    return wasserstein(a, b)


def nearest(face, photographs, mirrored=True, axis=2, over=np.min, squared=False):
    turned = [np.flip(photographs, axis)] if mirrored else []
    squares = ((np.concatenate([photographs, *turned]) - face) ** 2).mean(axis=(1, 2))
    return over(squares if squared else np.sqrt(squares))


def precision(real, generated, k, first=0, swap=False):
    if swap:
        real, generated = generated, real
    reach = np.sort(np.linalg.norm(real[:, None] - real, axis=2), axis=1)[:, k - first]
    apart = np.linalg.norm(real[:, None] - generated, axis=2)
    return (apart <= reach[:, None]).any(axis=0).mean()


def frechet(mean_a, deviation_a, mean_b, deviation_b):
    return ((mean_a - mean_b) ** 2 + (deviation_a - deviation_b) ** 2).sum()


def test_the_right_answers_pass(study, capsys):
    check.check_wasserstein(wasserstein)
    check.check_nearest(nearest)
    check.check_precision(precision)
    check.check_predictions(lambda: RIGHT, study)
    check.check_frechet(frechet)
    assert capsys.readouterr().out.count("✓") == 5


@pytest.mark.parametrize(
    ("distance", "message"),
    [
        (lambda a, b: np.abs(np.sort(a) - np.sort(b)), "one number"),
        (in_place, "in place"),
        (lambda a, b: np.abs(a - b).mean(), "in another order"),
        (lambda a, b: abs((np.sort(a) - np.sort(b)).mean()), "what goes down cancels"),
        (
            lambda a, b: np.sqrt(((np.sort(a) - np.sort(b)) ** 2).mean()),
            "root of their mean square",
        ),
        (lambda a, b: np.abs(np.sort(a) - np.sort(b)).sum(), "added up"),
    ],
)
def test_a_wrong_distance_of_samples_is_named(distance, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_wasserstein(distance)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mirrored": False}, "mirror image is a copy too"),
        ({"axis": 1}, "from left to right"),
        ({"over": np.mean}, "A copy is at distance 0"),
        ({"over": np.asarray}, "one nearest distance"),
        ({"squared": True}, "Root of the mean"),
    ],
)
def test_a_wrong_nearest_distance_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_nearest(lambda face, photographs: nearest(face, photographs, **change))


@pytest.mark.parametrize(
    ("change", "message"),
    [({"first": 1}, "neighbour of itself"), ({"swap": True}, "recall")],
)
def test_a_wrong_precision_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_precision(lambda real, generated, k: precision(real, generated, k, **change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"blur": ("recall", "haar")}, "blur: recall doesn't call it worse"),
        ({"copies": ("memorisation", "memorisation")}, "copies: memorisation does notice it"),
        ({"noise": ("fid", "recall")}, "two names among haar"),
    ],
)
def test_a_wrong_prediction_is_named(study, change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_predictions(lambda: RIGHT | change, study)


def test_a_missing_prediction_is_named(study):
    with pytest.raises(CheckFailed, match="other names"):
        check.check_predictions(lambda: {"blur": RIGHT["blur"]}, study)


@pytest.mark.parametrize(
    ("distance", "message"),
    [
        (lambda a, s, b, t: np.sqrt(frechet(a, s, b, t)), "root is taken"),
        (lambda a, s, b, t: ((a - b) ** 2).sum(), "deviations are missing"),
        (lambda a, s, b, t: ((a - b) ** 2 + s + t).sum(), "from itself"),
    ],
)
def test_a_wrong_frechet_distance_is_named(distance, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_frechet(distance)


def test_the_photographs_are_dealt_without_overlap_and_by_person(face_set):
    dealt = harms.deal(face_set, 100)
    parts = (dealt.training, dealt.candidates, dealt.new)
    assert len(parts[0]) == len(parts[1]) > 15 and len(parts[2]) >= 8
    assert len(np.unique(np.concatenate(parts), axis=0)) == sum(map(len, parts))
    assert len(dealt.people) == len(dealt.candidates) and len(np.unique(dealt.people)) == 8


@pytest.mark.parametrize("harm", harms.HARMS)
def test_every_harm_is_none_at_strength_0_and_keeps_number_and_type(face_set, harm):
    dealt = harms.deal(face_set, 12)
    assert np.array_equal(harms.HARMS[harm](dealt, 0.0), dealt.candidates)
    harmed = harms.HARMS[harm](dealt, 1.0)
    assert harmed.shape == dealt.candidates.shape and harmed.dtype == np.uint8
    assert not np.array_equal(harmed, dealt.candidates)


def test_the_strength_of_a_harm_is_its_share(face_set):
    dealt = harms.deal(face_set, 12)
    copied = (nearest_distances(harms.copy(dealt, 0.5), dealt.training) == 0).sum()
    assert copied == 6
    assert len(np.unique(harms.drop_people(dealt, 1.0), axis=0)) <= 2  # of one person


def test_the_study_finds_who_notices_and_who_is_fooled(study):
    worse = {harm: study.worse(harm, 1.0) for harm in harms.HARMS}
    assert worse["blur"]["wasserstein"] > 2 and worse["blur"]["precision"] > 2
    assert worse["noise"]["ms_ssim"] < 0 and worse["contrast"]["variety"] < -2
    assert worse["dropped people"]["ms_ssim"] > 2 and worse["copies"]["memorisation"] > 2
    assert worse["copies"]["wasserstein"] < -2
    assert study.answers.loc[("copies", 1.0), "wasserstein"] == 0
    assert all((study.worse(harm, 0.0) == 0).all() for harm in harms.HARMS)


def test_the_levels_of_a_pyramid_add_up_to_the_face(face_set):
    import cv2

    *details, rest = [level[0] for level in laplacian_pyramid(face_set.images[:1])]
    for detail in reversed(details):
        rest = cv2.pyrUp(rest) + detail
    np.testing.assert_allclose(rest, face_set.images[0], atol=1e-3)
    assert len(plots.draw_pyramid(face_set.images[0]).axes) == 4


def test_a_projection_is_normalised_and_its_figure_names_the_distance(study):
    real, noisy = (
        feature.projected(i) for i in (study.dealt.training, harms.noise(study.dealt, 1))
    )
    assert abs(real.mean()) < 0.2 and 0.3 < real.std() < 2
    assert np.array_equal(real, feature.projected(study.dealt.training))
    title = plots.draw_projection({"a": real, "b": noisy}, wasserstein).axes[1].get_title()
    assert f"{wasserstein(real, noisy):.3f}" in title


def test_the_balls_count_as_the_library_does():
    real, generated = balls.toy_points()
    titles = [axes.get_title() for axes in plots.draw_balls(real, generated, 3).axes]
    found = precision_recall_density_coverage(real, generated, 3)
    for title, name in zip(titles, ("precision", "recall", "coverage"), strict=True):
        assert title.startswith(f"{name} {getattr(found, name):.2f}")
    assert found.coverage < 0.7 < found.recall  # strays inflate recall alone


def test_fid_falls_with_n_where_nothing_differs_and_kid_does_not(face_set):
    features = feature.principal(hog_features(face_set.images), 8)
    np.testing.assert_allclose(features.T @ features / len(features), np.eye(8), atol=1e-4)
    table = feature.halves(features, [6, 12, 24], repeats=30)
    means = table.groupby("n").mean()
    assert means["fid"].is_monotonic_decreasing and means["fid"].iloc[-1] > 0
    errors = table.groupby("n")["kid"].std() / np.sqrt(30)
    assert (means["kid"].abs() < 4 * errors).all()
    assert len(plots.draw_bias(table).axes) == 2


def test_the_table_of_answers_shows_every_value(study):
    figure = harm_plots.draw_answers(study, [1.0])
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert len(texts) == 8 * (1 + len(harms.HARMS)) and "1.00" in texts


def test_the_picture_of_harms_has_a_row_for_each(study):
    figure = harm_plots.draw_harms(study.dealt, (0, 0.5, 1))
    assert len(figure.axes) == 3 * len(harms.HARMS)
    assert figure.axes[0].get_title() == "unharmed"


def test_the_widget_shows_the_chosen_harm_and_strength(study):
    box = widgets.explore_harms(study)
    pictures = {bytes(box.picture.value)}
    for harm in list(harms.HARMS)[1:]:
        box.controls["harm"].value = harm
        pictures.add(bytes(box.picture.value))
    assert len(pictures) == len(harms.HARMS) and box.message.value == ""
    box.controls["strength"].value = 0.0
    assert bytes(box.picture.value) not in pictures
    bars = harm_plots.draw_harm(study, "copies", 0.0).axes[1].patches
    assert all(bar.get_width() == 0 for bar in bars[:8])


def test_the_curves_show_one_epoch_or_many():
    row = {"sliced_wasserstein": 50.0, "precision": 0.5, "recall": 0.1, "memorisation": None}
    row |= {"sliced_wasserstein_real": 20.0, "recall_real": 1.0}
    row |= {"ms_ssim_generated": 0.7, "ms_ssim_training": 0.5}
    for epochs in ([1], [10, 20, 30]):
        figure = plots.draw_curves(pd.DataFrame([{"epoch": epoch} | row for epoch in epochs]))
        assert len(figure.axes) == 4
        assert list(figure.axes[1].lines[0].get_xdata()) == epochs


def test_the_story_shows_losses_over_the_faces_of_some_epochs(tmp_path, face_set):
    settings = get_settings("tiny")
    (tmp_path / "settings.json").write_text(json.dumps(settings.to_dict()))
    columns = {"d_loss": [1.4, 0.9, 0.7], "g_loss": [0.7, 2.0, 2.5]}
    columns |= dict.fromkeys(("d_real", "d_fake", "seconds", "images_per_second"), 0.5)
    pd.DataFrame({"epoch": [1, 2, 3]} | columns).to_csv(tmp_path / "history.csv", index=False)
    (tmp_path / "samples").mkdir()
    for epoch in range(4):
        grid = image_grid(face_set.images[epoch : epoch + 4])
        Image.fromarray(grid).save(tmp_path / "samples" / f"epoch_{epoch:04d}.png")
    curves, *panels = plots.draw_story(tmp_path, columns=3).axes
    assert [line.get_label() for line in curves.lines] == ["G", "D"]
    assert [panel.get_title() for panel in panels] == ["epoch 0", "epoch 2", "epoch 3"]


def test_grey_copies_are_what_the_library_compares(face_set):
    grey = feature.greys(face_set.images[:3])
    assert grey.shape == (3, 32, 32) and 0 <= grey.min() < grey.max() <= 1
    expected = nearest_distances(face_set.images[:1], face_set.images[1:3])[0]
    assert abs(nearest(grey[0], grey[1:]) - expected) < 1e-9
