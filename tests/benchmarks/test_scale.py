"""The arithmetic of docs/scale.md: against what queueing theory knows."""

import numpy as np
import pytest

from benchmarks.scale import hand_ins, hours_of, machines_for, waiting


def test_a_class_at_once_is_served_in_rounds():
    waits = list(waiting(np.zeros(10), 2.0, workers=4))
    assert waits == [0] * 4 + [2] * 4 + [4] * 2


@pytest.mark.parametrize("load", [0.3, 0.8])
def test_random_arrivals_wait_as_pollaczek_and_khinchine_say(load):
    arrivals = np.random.default_rng(0).exponential(1 / load, 200_000).cumsum()
    expected = load / (2 * (1 - load))  # of one worker and equal jobs of length 1
    assert np.mean(list(waiting(arrivals, 1.0, workers=1))) == pytest.approx(expected, rel=0.05)


def test_more_workers_never_wait_longer():
    arrivals = hand_ins(1000, 24)
    waits = [np.sum(list(waiting(arrivals, 0.1, workers))) for workers in (1, 2, 4)]
    assert waits[0] > waits[1] > waits[2]


def test_hours_and_machines_fit_each_other():
    assert hours_of(3600, 1.0, workers=2) == 0.5
    assert hours_of(3600, 1.0, workers=2000, hand_out=0.25) == 0.25  # the scheduler is the limit
    count = machines_for(10e6, 0.01, hours=1, cores=8)
    assert hours_of(10e6, 0.01, 8 * count) <= 1 < hours_of(10e6, 0.01, 8 * (count - 1))


def test_all_is_handed_in_before_the_deadline_and_most_of_it_late():
    times = hand_ins(10_000, 24)
    assert (times <= 0).all() and (np.diff(times) >= 0).all()
    assert np.mean(times > -24) == pytest.approx(1 - np.exp(-1), abs=0.02)
