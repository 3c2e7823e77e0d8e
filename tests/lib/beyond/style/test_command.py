"""`python -m dcgan_lib style …` prints its figures and writes its film."""

from __future__ import annotations

import re

import pytest
from PIL import Image
from typer.testing import CliRunner

from dcgan_lib.beyond.style import style_app


@pytest.fixture
def run():
    return lambda *line: CliRunner().invoke(style_app, list(map(str, line)))


def test_measure_prints_a_line_of_figures_for_each_configuration(run):
    done = run("measure", "--profile", "tiny", "--count", 2)
    assert done.exit_code == 0, done.output
    _, *lines = done.output.strip().splitlines()
    figures = {line.split()[0]: [float(part) for part in line.split()[1:]] for line in lines}
    assert list(figures) == ["plain", "T", "R"]
    assert all(len(row) == 8 for row in figures.values())
    assert figures["T"][0] > figures["plain"][0] + 20 and figures["R"][3] > figures["T"][3] + 15


def test_film_writes_a_gif(run, tmp_path):
    done = run("film", "--out", tmp_path / "moving.gif", "--profile", "tiny", "--frames", 3)
    assert done.exit_code == 0, done.output
    assert re.search(r"3 frames of plain, T, R", done.output)
    with Image.open(tmp_path / "moving.gif") as film:
        assert film.n_frames == 3
