"""A run's grids, read again: the faces that were drawn, and an error where there are none."""

import json

import numpy as np
import pytest
from PIL import Image

from dcgan_lib.settings import get_settings
from dcgan_lib.shared.errors import CourseError
from dcgan_lib.shared.pictures import image_grid
from dcgan_lib.train.grids import (
    evenly_spaced_epochs,
    faces_at,
    faces_over_epochs,
    first_faces,
    sampled_epochs,
)


@pytest.fixture
def run(tmp_path):
    """A run that keeps grids of epochs 0, 4, …, 40; five faces whose grey is 10·place + epoch."""
    (tmp_path / "samples").mkdir()
    settings = get_settings("tiny", image_size=32, sample_count=5)
    (tmp_path / "settings.json").write_text(json.dumps(settings.to_dict()), "utf-8")
    for epoch in range(0, 41, 4):
        images = np.ones((5, 32, 32, 3)) * 10 * np.arange(5).reshape(5, 1, 1, 1) + epoch
        grid = Image.fromarray(image_grid(images.astype(np.uint8)))
        grid.save(tmp_path / "samples" / f"epoch_{epoch:04d}.png")
    return tmp_path


def test_a_grid_is_cut_into_the_faces_it_was_made_of(run):
    faces = faces_at(run, 8)
    assert faces.shape == (5, 32, 32, 3)  # not the empty sixth place
    assert [face.min() for face in faces] == [face.max() for face in faces] == [8, 18, 28, 38, 48]


def test_first_faces_are_enlarged_by_whole_pixels(run):
    grid = first_faces(run, 40, count=4, zoom=3)
    assert grid.shape == (3 * 70, 3 * 70, 3) and grid[9, 9].tolist() == [40] * 3


def test_epochs_are_evenly_spaced_from_the_first_to_the_last(run):
    assert evenly_spaced_epochs(run, 3) == [0, 20, 40]
    assert evenly_spaced_epochs(run, 99) == sampled_epochs(run) == list(range(0, 41, 4))
    columns = faces_over_epochs(run, columns=3, rows=2)
    assert list(columns) == ["epoch 0", "epoch 20", "epoch 40"]
    assert all(faces.shape == (2, 32, 32, 3) for faces in columns.values())


def test_a_grid_or_a_run_that_is_not_there_is_said_so(run, tmp_path):
    with pytest.raises(CourseError, match=r"no grid of this epoch.*one of \[0, 4, .*Received: 7"):
        faces_at(run, 7)
    with pytest.raises(CourseError, match="There is nothing to look at"):
        sampled_epochs(tmp_path / "none")
