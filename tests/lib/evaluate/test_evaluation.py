"""A run's report: every figure beside that of photographs, curves over epochs, and the page."""

import json
import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from dcgan_lib.evaluate.comparison import FaceSets, measure_sets
from dcgan_lib.evaluate.evaluation import evaluate_checkpoints, evaluate_run, load_sets
from dcgan_lib.evaluate.face_report import Report
from dcgan_lib.evaluate.page import report_page, write_page
from dcgan_lib.evaluate.plots import CURVES, plot_checkpoints
from dcgan_lib.evaluate.readings import (
    READINGS,
    report_conditions,
    report_lines,
    report_table,
)
from dcgan_lib.load import load_faces
from dcgan_lib.settings import get_settings
from dcgan_lib.shared.errors import CourseError
from dcgan_lib.train.training import train


@pytest.fixture(scope="module")
def run(faces, tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "run"
    train(faces, run, get_settings("tiny", epochs=2, image_size=32))
    return run


@pytest.fixture(scope="module")
def images(faces):
    return np.array(load_faces(faces, 32))


def measure(*parts):
    return measure_sets(FaceSets(*parts))


def test_a_run_is_measured_beside_its_held_out_faces(run, faces):
    report = evaluate_run(run, faces, count=20)
    assert report == evaluate_run(run, faces, count=20)
    assert (report.count, report.compared) == (20, 10)
    assert report.haar_acceptance < 0.5 < report.haar_acceptance_held_out
    assert 0 < report.nearest_held_out < report.nearest_generated
    assert report.nearest_ratio > 1 and report.memorisation < 0.5
    assert report.variety_generated < report.variety_training
    assert report.spread_generated < report.spread_training
    assert report.ms_ssim_generated > report.ms_ssim_training
    assert report.sliced_wasserstein > 2 * report.sliced_wasserstein_real
    assert report.coverage < report.coverage_real
    assert report.fid is None and report.kid is None


def test_copies_are_told_from_photographs_that_training_never_saw(images):
    training, held_out = images[np.arange(48) % 6 > 0], images[::6]
    copies = measure(training[::2], training, held_out)
    assert copies.memorisation == 1 and copies.nearest_ratio == 0
    new = measure(held_out, training, held_out)
    assert new.memorisation == 0.5 and new.nearest_ratio == 1


def test_what_can_not_be_measured_is_none(images):
    report = measure(images[:8], images[8:16], images[:0])
    beside = (report.haar_acceptance_held_out, report.nearest_held_out, report.memorisation)
    assert beside == (None, None, None)
    assert report.precision is None  # needs more than 5 on each side
    assert report.sliced_wasserstein_64 is None and report.sliced_wasserstein_32 > 0
    shown = [line.reading.field for line in report_lines(report)]
    assert "memorisation" not in shown and "haar_acceptance" in shown


def test_every_figure_has_a_reading_that_names_fields(images):
    fields = set(measure(images[:4], images[4:8], images[:0]).to_dict())
    assert {reading.field for reading in READINGS} <= fields
    assert {reading.beside for reading in READINGS} - {""} <= fields
    assert len({reading.field for reading in READINGS}) == len(READINGS)


def test_n_and_preprocessing_stand_beside_the_figures(images):
    said = "\n".join(report_conditions(measure(images[:20], images[20:], images[:4])))
    assert "20 generated faces (seed 1), 28 training faces, 4 held out" in said
    assert "n = 10 on each side" in said
    assert "1,280 patches of 7×7" in said and "2 scales" in said and "k = 5" in said


def test_every_kept_epoch_is_measured_once(run, faces):
    measured = []
    table = evaluate_checkpoints(run, faces, count=16, each=measured.append)
    assert list(table["epoch"]) == [1, 2] and measured == [1, 1]
    files = sorted((run / "reports").iterdir())
    assert [path.name for path in files] == ["epoch_0001.json", "epoch_0002.json"]
    times = [path.stat().st_mtime_ns for path in files]
    files[1].unlink()  # as if it had been interrupted
    again = evaluate_checkpoints(run, faces, count=16)
    assert again.equals(table)
    assert files[0].stat().st_mtime_ns == times[0]
    other = evaluate_checkpoints(run, faces, count=12)
    assert list(other["count"]) == [12, 12]
    first = evaluate_run(run, faces, count=12, epoch=1)
    assert first.sliced_wasserstein == other["sliced_wasserstein"][0]


def test_the_page_needs_nothing_else(run, faces, tmp_path):
    sets = load_sets(run, faces, count=16)
    report, table = measure_sets(sets), evaluate_checkpoints(run, faces, count=16)
    write_page(tmp_path / "report.html", "orl <quick>", report, sets, table)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "orl &lt;quick&gt;" in page and "nobody looks like this" in page
    assert set(re.findall(r'(?:src|href)="(.{0,15})', page)) == {"data:image/png;"}
    assert page.count("<img ") == 1 + 4 + len(plot_checkpoints(table)) == 5 + len(CURVES)
    for line in report_lines(report):
        assert line.reading.title in page and f"<td>{line.generated}</td>" in page
    assert list(report_table(report)["generated"]) == [
        line.generated for line in report_lines(report)
    ]
    assert 'name="viewport"' in page
    few = report_page("few", measure_sets(replace(sets, generated=sets.generated[:4])), sets)
    assert few.count("<img ") == 4  # no overlap, no curves


def test_a_report_survives_json(images):
    report = measure(images[:14], images[14:], images[:4])
    assert Report(**json.loads(json.dumps(report.to_dict()))) == report


def test_what_evaluate_refuses(run, faces, tmp_path, images):
    with pytest.raises(CourseError, match="There is no run here"):
        evaluate_run(tmp_path, faces)
    with pytest.raises(CourseError, match="at least 2"):
        evaluate_run(run, faces, count=1)
    with pytest.raises(CourseError, match=r"G of this epoch was not kept.*Received: 7"):
        evaluate_run(run, faces, count=4, epoch=7)
    cv2.imwrite(str(tmp_path / "face.png"), images[0])
    with pytest.raises(CourseError, match="These are not the faces of this run"):
        evaluate_run(run, tmp_path, count=4)
