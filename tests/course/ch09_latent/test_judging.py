"""Chapter 09: what is said of sums and directions follows from what was measured."""

import numpy as np
import pytest

from dcgan_course.ch09_latent import judging
from dcgan_lib.latent.directions import Outcome, Share, Success

LOW, HIGH = Share(0.1, 0.02, 0.2), Share(0.6, 0.5, 0.7)


def moved(changed, same, at_random):
    along, control = Outcome(changed, same, 0.4), Outcome(at_random, at_random, 0.4)
    return Success("smile", 2.0, 60, along, control, 0.1)


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        (moved(HIGH, HIGH, LOW), judging.KEEPS),
        (moved(HIGH, LOW, LOW), judging.CHANGES),
        (moved(LOW, LOW, LOW), judging.NOTHING),
        (moved(HIGH, HIGH, HIGH), judging.NOTHING),
    ],
)
def test_a_direction_means_something_where_its_interval_is_clear_of_random_pushes(result, verdict):
    row = judging.judge_directions([result]).loc["smile"]
    assert row["verdict"] == verdict
    assert row["moved"] == 60 and row["changed"] == result.along.changed.share


def test_a_group_stands_where_its_faces_stand_among_all(monkeypatch):
    monkeypatch.setattr(judging, "generate", lambda generator, z: z)
    monkeypatch.setattr(judging, "measure_attribute", lambda name, faces: faces[:, 0])
    drawn = np.arange(10.0)[:, None]
    groups = {"low": np.array([[-1.0], [0.5]]), "high": np.array([[99.0]])}
    assert judging.shares_below(None, "smile", drawn, groups).to_dict() == {"low": 0.05, "high": 1}
