"""Chapter 07: one setting changed, and what comes of it, in trainings that really run."""

import pytest

from dcgan_course.ch07_train import experiment


def test_both_runs_of_an_experiment_are_those_of_its_settings(faces):
    change = ("label_smoothing", 0.3, "d_loss", "higher")
    table = experiment.try_experiment(faces, change, seeds=[0], updates=4)
    before = experiment.short_run(faces, 4, seed=0)["d_loss"][2:].mean()
    after = experiment.short_run(faces, 4, seed=0, label_smoothing=0.3)["d_loss"][2:].mean()
    row = table.loc[0]
    assert row["as it was"] == pytest.approx(before) and row["changed"] == pytest.approx(after)
    assert row["as foreseen"] == (after > before)


def test_every_setting_that_may_be_changed_is_one():
    known = experiment.experiment_settings().to_dict()
    assert set(experiment.ASKED) <= set(known)
