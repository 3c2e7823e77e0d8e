"""Chapter 10: its checks accept what is right and name what is wrong; its figures show it."""

import numpy as np
import pandas as pd
import pytest
from keras import Input, Model, layers
from PIL import Image
from scipy import stats

from dcgan_course.ch10_rules import checks as check, costs, plots as ranking, rankings, widgets
from dcgan_course.checking import CheckFailed
from dcgan_lib.rules import plots, rulebook, study
from dcgan_lib.rules.rulebook import AS_WRITTEN, MAIN, turned
from dcgan_lib.rules.study import study_settings
from dcgan_lib.rules.verdicts import MEASURES, compare_rules
from dcgan_lib.shared.files import atomic_path
from dcgan_lib.shared.pictures import image_grid


@pytest.fixture(scope="module")
def table():
    """A study of made-up figures: pooling does clear harm, LeakyReLU in G clear good."""
    random = np.random.default_rng(0)
    shift = dict(zip((AS_WRITTEN, *MAIN), (0, 40, 15, 10, -30, 0), strict=True))
    rows = []
    for seed in range(5):
        luck = random.normal(0, 15)
        for rule, change in shift.items():
            value = 70 + luck + change + random.normal(0, 3 if change else 12)
            figures = {name: value if kind.better == "lower" else 1 - value / 200
                       for name, kind in MEASURES.items()}  # fmt: skip
            rows.append({"rule": rule, "seed": seed, "seconds": 40.0} | figures)
    return pd.DataFrame(rows)


def pooled(width, *, strides=1, pool=3, norms=(1, 2), bias=False, slope=0.2, kernel=4):
    image = Input((32, 32, 3))
    x = image
    for step, channels in enumerate((width, 2 * width, 4 * width)):
        x = layers.Conv2D(channels, kernel, strides, padding="same", use_bias=bias)(x)
        x = layers.MaxPooling2D(2)(x) if step < pool else x
        x = layers.BatchNormalization(momentum=0.9)(x) if step in norms else x
        x = layers.LeakyReLU(slope)(x)
    return Model(image, layers.Flatten()(layers.Conv2D(1, 4, use_bias=False)(x)))


def paired(turned, written, *, ddof=1, factor=None, sides=0.975, root=True, freedom=1):
    differences = turned - written
    count = len(differences)
    factor = factor or stats.t.ppf(sides, count - freedom)
    reach = factor * differences.std(ddof=ddof) / (np.sqrt(count) if root else 1)
    return differences.mean(), differences.mean() - reach, differences.mean() + reach


def judged(low, high, better):
    worse, improved = (low > 0, high < 0) if better == "lower" else (high < 0, low > 0)
    return "holds" if worse else "does not hold" if improved else "undecided"


def test_the_right_answers_pass(capsys):
    check.check_ranking(lambda: MAIN[::-1])
    check.check_pooled(pooled)
    check.check_interval(paired)
    check.check_verdict(judged)
    assert capsys.readouterr().out.count("✓") == 4


@pytest.mark.parametrize(
    ("ranking", "message"),
    [
        ("pooling", "Received: 'pooling'"),
        ((0, 1, 2, 3, 4), "a tuple of five names"),
        (("poling", *MAIN[1:]), "no such rule.*Received: poling"),
        (MAIN[1:], "Expected 5 names"),
        ((*MAIN[:4], MAIN[0]), "none twice"),
    ],
)
def test_a_ranking_of_another_form_is_named(ranking, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_ranking(lambda: ranking)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pool": 0}, "another shape"),
        ({"pool": 0, "strides": 2}, "Strides still halve the side"),
        ({"norms": (0, 1, 2)}, "in the first as well"),
        ({"norms": ()}, r"guideline b\). Received: none"),
        ({"bias": True}, "have biases"),
        ({"kernel": 3}, "another size"),
        ({"slope": 0.3}, "another slope"),
    ],
)
def test_a_wrong_discriminator_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_pooled(lambda width: pooled(width, **change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"factor": 1.96}, "Student's t"),
        ({"ddof": 0}, "ddof=1"),
        ({"root": False}, "divided by √n"),
        ({"sides": 0.95}, "0.025 on each"),
        ({"freedom": 0}, "n - 1 degrees"),
        ({"factor": 7.0}, "Take the differences first"),
    ],
)
def test_a_wrong_interval_is_named(change, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_interval(lambda turned, written: paired(turned, written, **change))


def test_an_interval_of_another_form_or_sign_is_named():
    with pytest.raises(CheckFailed, match=r"tuple \(mean, low, high\)"):
        check.check_interval(lambda turned, written: (turned - written).mean())
    with pytest.raises(CheckFailed, match="turned minus as written"):
        check.check_interval(lambda turned, written: paired(written, turned))


@pytest.mark.parametrize(
    ("verdict", "message"),
    [
        (lambda low, high, better: judged(low, high, "lower"), "better='higher'"),
        (lambda low, high, better: judged((low + high) / 2, (low + high) / 2, better), "low=-1"),
        (lambda *a: {"undecided": "no effect"}.get(judged(*a), judged(*a)), "'no effect'"),
        (lambda low, *a: "does not hold" if np.isnan(low) else judged(low, *a), "no interval"),
    ],
)
def test_a_wrong_verdict_is_named(verdict, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_verdict(verdict)


def colours(figure):
    return [line.get_color() for line in figure.axes[0].lines if len(line.get_xdata()) == 2][1:]


def test_the_figure_of_a_study_has_a_column_for_each_figure_and_a_colour_for_each_verdict(table):
    figure = plots.plot_rules(table)
    assert len(figure.axes) == len(MEASURES)
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == [rulebook.label(rule) for rule in MAIN]
    verdicts = compare_rules(table, "sliced_wasserstein")["verdict"]
    assert set(verdicts) == {"holds", "does not hold", "undecided"}
    assert colours(figure) == [plots.VERDICT_COLOURS[verdict] for verdict in verdicts]


def test_a_rule_that_broke_down_is_named_in_the_figure(table):
    broken = table.copy()
    broken.loc[broken["rule"] == "pooling", list(MEASURES)] = np.nan
    texts = [text.get_text() for text in plots.plot_rules(broken).axes[0].texts]
    assert texts == [" broke down"]


def test_one_seed_and_many_comparisons_leave_more_undecided(table):
    def decided(seeds, careful=False):
        figure = plots.draw_verdicts(table, MAIN, "sliced_wasserstein", seeds, careful)
        return sum(colour != plots.VERDICT_COLOURS["undecided"] for colour in colours(figure))

    assert decided(1) == 0 and decided(5) >= 2
    assert decided(5, careful=True) <= decided(5)
    figure = plots.draw_verdicts(table, MAIN, "coverage", 5, True)
    assert figure.get_suptitle() == "5 seeds, 99 % intervals"
    assert plots.draw_verdicts(table, MAIN, "coverage", 1).get_suptitle().startswith("1 seed, no")
    with pytest.raises(ValueError, match="at least one rule"):
        plots.draw_verdicts(table, [], "coverage", 5)


def test_faces_are_those_of_the_last_grid(tmp_path):
    run = tmp_path / "pooling-seed0"
    with atomic_path(run / "settings.json") as part:
        part.write_text(pd.Series(turned(study_settings("tiny"), "pooling", 0).to_dict()).to_json())
    for epoch, level in ((0, 10), (1, 200)):
        grid = image_grid(np.full((16, 32, 32, 3), level, np.uint8))
        with atomic_path(run / "samples" / f"epoch_{epoch:04d}.png") as part:
            Image.fromarray(grid).save(part)
    faces = study.rule_faces(tmp_path, [AS_WRITTEN, "pooling"])
    assert list(faces) == ["pooling"]
    assert faces["pooling"].shape == (8, 32, 32, 3) and (faces["pooling"] == 200).all()
    figure = plots.draw_rule_faces(faces)
    assert figure.axes[0].get_ylabel().replace("\n", " ") == rulebook.label("pooling")


def test_pooling_costs_work_and_a_hidden_layer_costs_parameters():
    table = costs.rule_costs(study_settings("quick"))
    written, pooling, dense = (
        table.loc[rulebook.label(rule)] for rule in (AS_WRITTEN, "pooling", "fully-connected")
    )
    sizes = ["G's parameters", "D's parameters"]
    assert pooling[sizes].tolist() == written[sizes].tolist()
    assert 3 < pooling["times as written"] < 4.5 and written["times as written"] == 1
    assert (dense[sizes] > written[sizes]).all() and dense["times as written"] < 1.1


def test_multiplications_are_counted_by_hand():
    image = Input((8, 8, 3))
    x = layers.Conv2D(5, 4, 2, padding="same")(image)  # 4·4 windows of 4·4·3, 5 times
    x = layers.Conv2DTranspose(2, 4, 2, padding="same")(x)  # 4·4 stamps of 4·4·2, 5 times
    network = Model(image, layers.Dense(7)(layers.Flatten()(x)))  # 8·8·2 numbers, 7 times
    assert costs.multiplications(network) == 16 * 48 * 5 + 16 * 32 * 5 + 128 * 7


def test_pairs_that_share_their_luck_have_the_shorter_interval(table):
    by_rule = table.pivot(index="seed", columns="rule", values="sliced_wasserstein")
    pairs, heaps = rankings.both_intervals(by_rule["pooling"], by_rule[AS_WRITTEN])
    row = compare_rules(table, "sliced_wasserstein").iloc[0]
    assert pairs == pytest.approx((row["low"], row["high"]))
    assert pairs[1] - pairs[0] < heaps[1] - heaps[0]
    assert len(ranking.draw_pairs(table, "pooling").axes[0].lines) == 5


def test_rules_are_ranked_by_the_harm_that_turning_them_does(table):
    assert rankings.rank(table)[0] == "pooling" and rankings.rank(table)[-1] == "leaky-in-g"
    assert rankings.rank(table, "coverage") == rankings.rank(table, "precision")
    assert rankings.rank(table, "coverage")[0] == "pooling"  # higher is better there
    broken = table.copy()
    broken.loc[broken["rule"] == "relu-in-d", list(MEASURES)] = np.nan
    assert rankings.rank(broken)[0] == "relu-in-d"


def test_the_ranking_of_each_seed_stands_beside_that_of_all(table):
    axes = ranking.draw_ranks(table).axes[0]
    ticks = [text.get_text() for text in axes.get_xticklabels()]
    assert ticks == [*(f"seed {seed}" for seed in range(5)), "all seeds"]
    for number, rule in enumerate(MAIN):
        assert axes.lines[number].get_ydata()[-1] == rankings.rank(table).index(rule)


def test_a_prediction_is_scored_by_its_pairs(table):
    measured = rankings.rank(table)
    assert rankings.pairs_in_order(measured, measured) == 10
    assert rankings.pairs_in_order(measured[::-1], measured) == 0
    swapped = [measured[1], measured[0], *measured[2:]]
    assert ranking.draw_prediction(swapped, table).get_suptitle().startswith("9 of 10 pairs")


def test_placebos_get_a_verdict_once_in_twenty_times():
    bounds = np.concatenate([rankings.placebo_intervals(17, 5, seed) for seed in range(60)])
    wrong = ((bounds[:, 0] > 0) | (bounds[:, 1] < 0)).mean()
    assert 0.03 < wrong < 0.07
    careful = rankings.placebo_intervals(17, 5, 0, 1 - 0.05 / 17)
    plain = rankings.placebo_intervals(17, 5, 0)
    assert (np.ptp(careful, axis=1) > 2 * np.ptp(plain, axis=1)).all()
    for seeds in (2, 20):
        title = ranking.draw_placebos(17, seeds, 0, careful=True).axes[0].get_title()
        assert "of 17" in title and "99.71 % intervals" in title


def test_the_widget_of_verdicts_redraws_and_asks_for_a_rule(table):
    box = widgets.explore_verdicts(table)
    seen = {box.picture.value}
    for name, value in {"seeds": 1, "careful": True, "measure": "coverage"}.items():
        box.controls[name].value = value
        seen.add(box.picture.value)
    box.controls["seeds"].value = 5
    assert len(seen | {box.picture.value}) >= 4
    box.controls["rules"].value = ()
    assert "at least one rule" in box.message.value
    box.controls["rules"].value = ("pooling",)
    assert box.message.value == ""


def test_the_widget_of_placebos_redraws():
    box = widgets.explore_placebos()
    seen = {box.picture.value}
    for name, value in {"seed": 40, "seeds": 20, "careful": True}.items():
        box.controls[name].value = value
        seen.add(box.picture.value)
    assert len(seen) == 4
