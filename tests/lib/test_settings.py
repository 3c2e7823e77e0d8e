"""Profiles, their values from the paper, and what is refused."""

import dataclasses

import pytest

from dcgan_lib.settings import (
    PROFILES,
    Settings,
    change_settings,
    get_settings,
    settings_from_dict,
)
from dcgan_lib.shared.errors import CourseError


def test_paper_is_table_1():
    paper = get_settings("paper")
    table_1 = (paper.latent_dim, paper.batch_size, paper.learning_rate, paper.epochs)
    assert table_1 == (100, 64, 0.0003, 100)
    assert paper.image_size == 64


def test_paper_leaves_the_recipe_off():
    paper = get_settings("paper")
    assert (paper.moving_average, paper.augment, paper.label_smoothing) == (0, "", 0)
    assert (paper.flip, paper.precision, paper.held_out) == (False, "float32", 0)


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_knows_its_name_and_survives_json(name):
    settings = get_settings(name)
    assert settings.profile == name
    assert settings_from_dict(settings.to_dict()) == settings


def test_settings_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().epochs = 3


def test_the_environment_names_the_profile_where_nothing_else_does(monkeypatch):
    monkeypatch.setenv("DCGAN_PROFILE", "tiny")
    assert get_settings().profile == "tiny"
    assert get_settings("paper").profile == "paper"
    monkeypatch.delenv("DCGAN_PROFILE")
    assert get_settings().profile == "quick"


def test_values_may_come_as_text():
    settings = get_settings("tiny", epochs="7", learning_rate="1e-3", flip="false")
    assert (settings.epochs, settings.learning_rate, settings.flip) == (7, 0.001, False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epoch": 3}, r"no such setting.*epochs.*Received: 'epoch'"),
        ({"epochs": "many"}, r"epochs can't be read.*int.*'many'"),
        ({"epochs": 2.5}, r"epochs can't be read.*2.5"),
        ({"seed": -1}, r"seed can't be used.*at least 0.*seed=-1"),
        ({"epochs": 0}, r"epochs can't be used.*at least 1.*epochs=0"),
        ({"flip": "perhaps"}, r"flip can't be read.*bool"),
        ({"image_size": 48}, r"image_size.*\(32, 64, 128\).*48"),
        ({"batch_size": 1}, r"batch_size.*at least 2"),
        ({"moving_average": 1.0}, r"moving_average.*below 1"),
        ({"label_smoothing": 0.7}, r"label_smoothing.*below 0.5"),
        ({"augment": "rotation"}, r"augment.*color.*rotation"),
        ({"precision": "float8"}, r"precision.*mixed_bfloat16.*float8"),
        ({"learning_rate": "nan"}, r"learning_rate"),
    ],
)
def test_what_is_refused(change, message):
    with pytest.raises(CourseError, match=message):
        get_settings("tiny", **change)


def test_single_settings_are_changed_and_the_profile_is_not_one_of_them():
    tiny = get_settings("tiny")
    assert change_settings(tiny, epochs="7") == dataclasses.replace(tiny, epochs=7)
    with pytest.raises(CourseError, match=r"profile can't be changed like a single.*--profile"):
        change_settings(tiny, profile="paper")


def test_unknown_profile_lists_the_known_ones():
    with pytest.raises(CourseError, match=r"tiny, quick, paper, best, gpu.*'fast'"):
        get_settings("fast")
