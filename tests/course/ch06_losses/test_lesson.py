"""Chapter 06's checks, figures, widgets and its toy GAN."""

import math

import numpy as np
import pytest
import tensorflow as tf

from dcgan_course.ch06_losses import checks as check, densities, formulas, plots, toy, widgets
from dcgan_course.checking import CheckFailed
from dcgan_lib.losses import discriminator_loss, generator_loss
from dcgan_lib.shared.errors import CourseError


def cross_entropy(logits, labels):
    return np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))


def test_the_stable_cross_entropy_is_accepted(capsys):
    check.check_cross_entropy(cross_entropy)
    assert "✓ Exercise 6.1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (formulas.naive_cross_entropy, "not finite at logits"),
        (lambda x, y: np.log1p(np.exp(-x)) * y + np.log1p(np.exp(x)) * (1 - y), "not finite"),
        (lambda x, y: cross_entropy(x, 1 - y), "wrong way round"),
        (lambda x, y: cross_entropy(x, y).mean(), "no mean yet"),
        (lambda x, y: -cross_entropy(x, y), "other values"),
        (lambda x, y: np.maximum(x, 0) - x * y, "small logits has other values"),
        (lambda x, y: cross_entropy(np.clip(x, -16, 16), y), "large logits has other values"),
    ],
)
def test_a_wrong_cross_entropy_is_refused(wrong, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_cross_entropy(wrong)


RIGHT = {"undecided": (math.log(4), math.log(2)), "D has won": (0, 100), "fooled": (100, 0)}


def test_right_predictions_are_accepted():
    check.check_predictions(lambda: RIGHT)
    check.check_predictions(lambda: RIGHT | {"undecided": (1.386, 0.693)})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"undecided": (1.39, 0.69)}, "other names"),
        (RIGHT | {"undecided": (math.log(2), math.log(2))}, "'undecided', D's loss"),
        (RIGHT | {"D has won": (0, 0)}, "'D has won', G's loss"),
        (RIGHT | {"fooled": (200, 0)}, "'fooled', D's loss"),
    ],
)
def test_wrong_predictions_are_refused(wrong, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_predictions(lambda: wrong)


def test_the_librarys_losses_are_accepted():
    check.check_losses(lambda real, fake: (discriminator_loss(real, fake), generator_loss(fake)))


def by_probabilities(real, fake):
    d_real, d_fake = tf.sigmoid(real), tf.sigmoid(fake)
    d_loss = -tf.reduce_mean(tf.math.log(d_real)) - tf.reduce_mean(tf.math.log(1 - d_fake))
    return d_loss, -tf.reduce_mean(tf.math.log(d_fake))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda r, f: discriminator_loss(r, f), "Expected two losses"),
        (lambda r, f: (discriminator_loss(r, f) / 2, generator_loss(f)), "is half"),
        (lambda r, f: (discriminator_loss(f, r), generator_loss(f)), "the wrong way round"),
        (lambda r, f: (discriminator_loss(r, f), tf.nn.softplus(-f)), "G's loss has another shape"),
        (
            lambda r, f: (discriminator_loss(r, f), -tf.reduce_mean(tf.nn.softplus(f))),
            "is the minimax one",
        ),
        (
            lambda r, f: (discriminator_loss(r, f), tf.reduce_mean(tf.nn.softplus(f))),
            "has D's label",
        ),
        (lambda r, f: (discriminator_loss(r, f), generator_loss(r)), "over real faces"),
        (by_probabilities, "logits of ±100 has other values"),
    ],
)
def test_wrong_losses_are_refused(wrong, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_losses(wrong)


def test_the_best_discriminator_is_accepted():
    check.check_best_discriminator(densities.best_discriminator)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda p, q: 0.5, "another shape"),
        (lambda p, q: p / q, "should be a probability"),
        (lambda p, q: q / (p + q), "isn't larger where real"),
        (lambda p, q: (p > q) * 1.0, "Another D does better"),
        (lambda p, q: p**2 / (p**2 + q**2), "Another D does better"),
    ],
)
def test_a_worse_discriminator_is_refused(wrong, message):
    with pytest.raises(CheckFailed, match=message):
        check.check_best_discriminator(wrong)


@pytest.mark.parametrize(("distance", "spread"), [(0, 1), (8, 2), (0, 0.4), (8, 0.4), (3, 1)])
def test_the_best_ds_loss_is_ln_4_less_twice_the_divergence(distance, spread):
    x = np.linspace(-20, 20, 4001)
    p, q = densities.bell(x, -distance / 2), densities.bell(x, distance / 2, spread)
    p, q = p + 1e-300, q + 1e-300
    best = np.clip(densities.best_discriminator(p, q), 1e-15, 1 - 1e-15)
    loss = -np.sum(p * np.log(best) + q * np.log(1 - best)) * 0.01
    apart = densities.divergence(p, q, 0.01)
    assert 0 <= apart <= math.log(2)
    assert loss == pytest.approx(math.log(4) - 2 * apart, abs=1e-6)
    title = plots.draw_best_discriminator(distance, spread).axes[0].get_title()
    assert f"{apart:.3f}" in title and f"{loss:.3f}" in title.replace("−", "-")


def test_the_naive_cross_entropy_breaks_where_the_chapter_says_so():
    logits = np.array([-100, 0, 20], np.float32)
    assert formulas.naive_cross_entropy(logits, np.ones(3, np.float32))[0] == np.inf
    assert formulas.naive_cross_entropy(logits, np.zeros(3, np.float32))[2] == np.inf
    left, right = plots.draw_cross_entropy(cross_entropy).axes
    assert left.lines[0].get_ydata()[0] == pytest.approx(120)
    assert right.lines[0].get_ydata()[-1] == pytest.approx(120)
    assert len(right.lines[1].get_ydata()) < len(right.lines[0].get_ydata())


def test_the_minimax_gradient_vanishes_and_the_other_does_not():
    logits = np.array([-10.0, 0.0, 10.0])
    curves = formulas.loss_gradients(logits)
    assert np.abs(curves["minimax"][1]) == pytest.approx([4.5e-5, 0.5, 1], abs=1e-4)
    assert np.abs(curves["non-saturating"][1]) == pytest.approx([1, 0.5, 4.5e-5], abs=1e-4)
    loss = generator_loss(tf.constant([[-10.0]]))
    assert curves["non-saturating"][0][0] == pytest.approx(float(loss))
    drawn = plots.draw_gradients().axes[1].lines
    assert drawn[0].get_ydata()[0] < 0.01 < 0.99 < drawn[1].get_ydata()[0]


def test_smoothing_has_its_lowest_point_where_d_says_the_label():
    axes = plots.draw_smoothing(0.1).axes[0]
    plain, smoothed, mark = axes.lines
    lowest = smoothed.get_xdata()[np.argmin(smoothed.get_ydata())]
    assert lowest == pytest.approx(math.log(9), abs=0.06)
    assert mark.get_xdata()[0] == pytest.approx(math.log(9))
    assert np.argmin(plain.get_ydata()) == len(plain.get_ydata()) - 1


def test_logits_are_drawn_with_their_losses():
    undecided = np.zeros((4, 1), np.float32)
    sure = (undecided + 9, undecided - 9)
    figure = plots.draw_logits({"fresh": (undecided, undecided), "sure": sure})
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["fresh\nlosses: D 1.386, G 0.693", "sure\nlosses: D 0.000, G 9.000"]


def test_the_toys_gradients_are_the_slopes_that_one_measures():
    random = np.random.default_rng(0)
    network, x = toy.Network(random, 2), random.normal(size=(5, 2))
    weights = random.normal(size=(5, 1))  # the loss is a weighted sum of the outputs
    flat, inputs = network.backward(network.forward(x), weights)

    def loss() -> float:
        return float((network.forward(x)[-1] * weights).sum())

    for values, gradient in ((network.flat, flat), (x, inputs)):
        for place in random.choice(values.size, 10, replace=False):
            before, spots = loss(), values.reshape(-1)
            spots[place] += 1e-6
            assert (loss() - before) / 1e-6 == pytest.approx(gradient.reshape(-1)[place], abs=1e-4)
            spots[place] -= 1e-6


def test_the_toys_adam_is_keras_adam():
    import keras

    network = toy.Network(np.random.default_rng(0), 1)
    theirs = keras.Variable(network.flat.astype(np.float32))
    mine, optimizer = toy.Adam(network, 0.01, 0.5), keras.optimizers.Adam(0.01, beta_1=0.5)
    for step in range(5):
        gradient = np.sin(np.arange(network.flat.size) + step)
        mine.apply(gradient)
        optimizer.apply([tf.constant(gradient, tf.float32)], [theirs])
    np.testing.assert_allclose(network.flat, theirs.numpy(), atol=1e-5)


def test_the_toys_losses_are_the_librarys():
    random = np.random.default_rng(0)
    generator, discriminator = toy.Network(random, toy.LATENT), toy.Network(random, 1)
    real, z = random.normal(size=(8, 1)), random.uniform(-1, 1, (8, toy.LATENT))
    real_logits = discriminator.forward(real)[-1]
    fake_logits = discriminator.forward(generator.forward(z)[-1])[-1]
    adams = [toy.Adam(network, 0.01, 0.5) for network in (generator, discriminator)]
    d_loss, g_loss, d_real, d_fake = toy._train_step(generator, discriminator, adams, real, z)
    assert d_loss == pytest.approx(float(discriminator_loss(real_logits, fake_logits)))
    assert g_loss == pytest.approx(float(generator_loss(fake_logits)))
    assert d_real == pytest.approx(float(tf.reduce_mean(tf.sigmoid(real_logits))))
    assert d_fake == pytest.approx(float(tf.reduce_mean(tf.sigmoid(fake_logits))))


def test_the_same_seed_gives_the_same_toy():
    run, same, other = (toy.train_toy(steps=5, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(run.points, same.points)
    assert run.d_loss.shape == (5,) and run.steps.tolist() == [0, 1, 2, 3, 4, 5]
    assert not np.array_equal(run.points, other.points)


def test_a_calm_toy_settles_and_a_hasty_one_collapses():
    calm, hasty = toy.toy_run(0.001, 0.5), toy.toy_run(0.03, 0.9)
    late = slice(len(calm.steps) // 2, None)
    assert toy.divergences(calm)[late].mean() < 0.1 < 0.3 < toy.divergences(hasty)[late].mean()
    assert calm.d_loss[500:].mean() == pytest.approx(math.log(4), abs=0.05)
    assert calm.d_fake[500:].std() * 5 < hasty.d_fake[500:].std()
    assert (calm.points[late].std(axis=1) > 1).all()  # both heaps
    assert (hasty.points[late].std(axis=1) < 0.5).mean() > 0.4  # one place, most of the time


def test_a_toy_may_forget_a_heap():
    both, one = toy.toy_run(0.003, 0.9), toy.toy_run(0.003, 0.9, seed=3)
    assert 0.3 < (both.points[-1] < 0).mean() < 0.7
    assert (one.points[25:] < 0).mean() < 0.05
    assert one.d_loss[500:].mean() < 1.2 < both.d_loss[500:].mean()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learning_rate": 0}, "learning_rate: a number above 0"),
        ({"beta_1": 1.0}, "beta_1: at least 0 and below 1"),
        ({"steps": 0}, "steps: at least 1"),
        ({"frames": 1}, "frames: at least 2"),
    ],
)
def test_the_toy_refuses_what_it_cant_do(changes, message):
    with pytest.raises(CourseError, match=message):
        toy.train_toy(**changes)


def test_densities_sum_to_one():
    spacing = toy.GRID[1] - toy.GRID[0]
    real = toy.draw_real(np.random.default_rng(0), toy.CENTRES, 4000)[:, 0]
    drawn, true = toy.generated_density(real), toy.real_density(toy.GRID)
    assert drawn.sum() * spacing == pytest.approx(1, abs=0.01)
    assert true.sum() * spacing == pytest.approx(1, abs=0.01)
    assert densities.divergence(drawn, true, spacing) < 0.02


@pytest.mark.parametrize("learning_rate", [10**-3.5, 10**-1.5])
@pytest.mark.parametrize("beta_1", [widgets.BETAS[0], widgets.BETAS[-1]])
def test_a_moment_of_the_toy_is_drawn_at_both_ends_of_each_slider(learning_rate, beta_1):
    figures = [plots.draw_toy(learning_rate, beta_1, step) for step in (0, 1000)]
    run = toy.toy_run(learning_rate, beta_1)
    assert all(np.isfinite(values).all() for values in (run.points, run.d_grid, run.d_loss))
    for figure, frame in zip(figures, (0, -1), strict=True):
        moment = figure.axes[0]
        assert f"step {run.steps[frame]}" in moment.get_title()
        np.testing.assert_array_equal(moment.lines[-1].get_ydata(), run.d_grid[frame])


def test_whole_runs_and_moments_are_drawn():
    run = toy.toy_run(0.001, 0.5)
    figure = plots.draw_toy_runs({"one": run, "two": run})
    assert [axes.get_title() for axes in figure.axes[::3]] == ["one", "two"]
    assert figure.axes[0].images[0].get_array().shape == (len(run.steps), len(toy.GRID))
    np.testing.assert_allclose(figure.axes[2].lines[-1].get_ydata(), toy.divergences(run))
    moments = plots.draw_toy_moments(run, (0, 1000))
    assert [axes.get_title() for axes in moments.axes] == ["step 0", "step 1000"]


def assert_redraws(box, name, value):
    before = box.picture.value
    box.controls[name].value = value
    assert box.picture.value != before and not box.message.value


def test_the_widgets_redraw():
    assert_redraws(widgets.explore_best_discriminator(), "distance", 0)
    assert_redraws(widgets.explore_toy_gan(), "beta_1", 0.9)


def test_moving_the_step_trains_nothing_again(monkeypatch):
    box = widgets.explore_toy_gan()
    monkeypatch.setattr(toy, "train_toy", None)
    assert_redraws(box, "step", 200)


def test_a_value_that_cant_be_used_is_said():
    from dcgan_course.exploring import explorer

    box = explorer(plots.draw_toy, beta_1=widgets.explore_toy_gan().controls["step"])  # β1 of 1000
    assert "Expected beta_1" in box.message.value
