"""A subset is reproducible and balanced; a held-out part takes its share of every group."""

import random
from collections import Counter

import pytest

from dcgan_lib.files import CourseError
from dcgan_lib.subset import balanced_subset, split_held_out

ORL_NAMES = [f"s{person}/{shot}.png" for person in range(1, 41) for shot in range(1, 11)]


def per_group(names):
    return Counter(name.rpartition("/")[0] for name in names)


@pytest.mark.parametrize("count", [1, 39, 40, 100, 399, 400])
def test_groups_differ_by_at_most_one(count):
    chosen = balanced_subset(ORL_NAMES, count, seed=0)
    sizes = [per_group(chosen)[f"s{person}"] for person in range(1, 41)]
    assert len(set(chosen)) == count and set(chosen) <= set(ORL_NAMES)
    assert max(sizes) - min(sizes) <= 1
    assert chosen == sorted(chosen)


def test_small_groups_give_all_they_have_and_large_ones_the_rest():
    names = ["rare/1.png"] + [f"{group}/{i}.png" for group in "ab" for i in range(20)]
    assert per_group(balanced_subset(names, 21, seed=3)) == {"rare": 1, "a": 10, "b": 10}


def test_the_choice_depends_on_the_seed_and_not_on_the_order():
    shuffled = random.Random(1).sample(ORL_NAMES, len(ORL_NAMES))
    assert balanced_subset(shuffled, 50, seed=7) == balanced_subset(ORL_NAMES, 50, seed=7)
    assert balanced_subset(ORL_NAMES, 50, seed=8) != balanced_subset(ORL_NAMES, 50, seed=7)


def test_the_choice_is_the_same_on_every_machine():
    names = [f"{group}/{i}.png" for group in "abc" for i in range(4)]
    assert balanced_subset(names, 4, seed=42) == ["a/3.png", "b/3.png", "c/0.png", "c/3.png"]


@pytest.mark.parametrize("count", [0, -1, 401])
def test_an_impossible_count_is_refused(count):
    with pytest.raises(CourseError, match=rf"from 1 to 400.*Received: {count}\."):
        balanced_subset(ORL_NAMES, count, seed=0)


def test_every_person_gives_a_share():
    kept, held_out = split_held_out(ORL_NAMES, 0.1, seed=0)
    assert set(per_group(held_out).values()) == {1} and set(per_group(kept).values()) == {9}
    assert sorted(kept + held_out) == sorted(ORL_NAMES)
    shuffled = random.Random(1).sample(ORL_NAMES, len(ORL_NAMES))
    assert split_held_out(shuffled, 0.1, seed=0) == (kept, held_out)


def test_a_folder_without_groups_is_one_group():
    kept, held_out = split_held_out([f"{i:03}.png" for i in range(200)], 0.1, seed=0)
    assert (len(kept), len(held_out)) == (180, 20)


def test_a_pair_gives_one_and_a_single_photograph_stays():
    kept, held_out = split_held_out(["a/1.png", "a/2.png", "b/1.png"], 0.01, seed=0)
    assert len(held_out) == 1 and held_out[0].startswith("a/") and "b/1.png" in kept
    kept, held_out = split_held_out(["a/1.png", "a/2.png", "b/1.png"], 0.99, seed=0)
    assert len(held_out) == 1 and len(kept) == 2
    assert split_held_out(ORL_NAMES, 0.0, seed=0) == (sorted(ORL_NAMES), [])


@pytest.mark.parametrize("fraction", [-0.1, 1.0, float("nan")])
def test_an_impossible_fraction_is_refused(fraction):
    with pytest.raises(CourseError, match="at least 0 and below"):
        split_held_out(ORL_NAMES, fraction, seed=0)
