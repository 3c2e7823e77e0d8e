"""Chapter 07: what students might write, before the visible check and before the mark."""

import dataclasses
import math
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from dcgan_classroom.probes.paper.ch07_train import TRAINED
from dcgan_lib.losses import discriminator_loss, generator_loss
from tests.support.planted import Planted, PlantedTests, SolvedChapter

planted = Planted()
count_of = "count-updates"
adam_of = "adam-step"
step_of = "training-step"
pictures_of = "face-pictures"
experiment_of = "my-experiment"


@planted.right(count_of)
def counts_starts(faces, batch_size, epochs):
    return len(range(batch_size, faces + 1, batch_size)) * epochs


@planted.right(count_of)
def subtracts_the_rest(faces, batch_size, epochs):
    return (faces - faces % batch_size) // batch_size * epochs


@planted.right(count_of)
def loops_over_epochs(faces, batch_size, epochs):
    updates = 0
    for _ in range(epochs):
        left = faces
        while left >= batch_size:
            left, updates = left - batch_size, updates + 1
    return updates


@planted.wrong(count_of)
def fills_the_last_batch(faces, batch_size, epochs):
    return math.ceil(faces / batch_size) * epochs


@planted.wrong(count_of)
def rounds_after_all_epochs(faces, batch_size, epochs):
    return faces * epochs // batch_size


@planted.wrong(count_of)
def forgets_epochs(faces, batch_size, epochs):
    return faces // batch_size


@planted.wrong(count_of)
def rounds_to_the_nearest(faces, batch_size, epochs):
    return round(faces / batch_size) * epochs


@planted.wrong(count_of)
def counts_parts_of_batches(faces, batch_size, epochs):
    return faces / batch_size * epochs


@planted.wrong(count_of)
def counts_both_networks(faces, batch_size, epochs):
    return 2 * (faces // batch_size) * epochs


@planted.wrong(count_of)
def counts_faces(faces, batch_size, epochs):
    return faces // batch_size * batch_size * epochs


@planted.wrong(count_of)
def makes_at_least_one(faces, batch_size, epochs):
    return max(1, faces // batch_size) * epochs


def adam(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    m, v = mean / (1 - beta_1**step), square / (1 - beta_2**step)
    return value - rate * m / (v**0.5 + 1e-7), mean, square


@planted.right(adam_of)
def moves_averages_by_their_gap(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    mean += (1 - beta_1) * (gradient - mean)
    square += (1 - beta_2) * (gradient * gradient - square)
    root = math.sqrt(square / (1 - math.pow(beta_2, step)))
    return value - rate * mean / (1 - math.pow(beta_1, step)) / (root + 1e-7), mean, square


@planted.right(adam_of)
def corrects_the_rate(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    unseen = np.sqrt(1 - beta_2**step)
    move = rate * unseen / (1 - beta_1**step) * mean / (np.sqrt(square) + 1e-7 * unseen)
    return float(value - move), mean, square


@planted.right(adam_of)
def works_on_arrays(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    betas, seen = np.array([beta_1, beta_2]), np.array([gradient, gradient**2])
    averages = betas * [mean, square] + (1 - betas) * seen
    m, v = averages / (1 - betas**step)
    return value - rate * m / (v**0.5 + 1e-7), *averages


@planted.wrong(adam_of)
def never_corrects(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    return value - rate * mean / (square**0.5 + 1e-7), mean, square


@planted.wrong(adam_of)
def corrects_the_mean_alone(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    return value - rate * mean / (1 - beta_1**step) / (square**0.5 + 1e-7), mean, square


@planted.wrong(adam_of)
def forgets_the_root(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    m, v = mean / (1 - beta_1**step), square / (1 - beta_2**step)
    return value - rate * m / (v + 1e-7), mean, square


@planted.wrong(adam_of)
def climbs(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    moved, mean, square = adam(value, gradient, mean, square, step, rate, beta_1, beta_2)
    return 2 * value - moved, mean, square


@planted.wrong(adam_of)
def remembers_what_was_corrected(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    moved, mean, square = adam(value, gradient, mean, square, step, rate, beta_1, beta_2)
    return moved, mean / (1 - beta_1**step), square / (1 - beta_2**step)


@planted.wrong(adam_of)
def has_its_epsilon_below_the_root(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    m, v = mean / (1 - beta_1**step), square / (1 - beta_2**step)
    return value - rate * m / (v + 1e-7) ** 0.5, mean, square


@planted.wrong(adam_of)
def takes_the_papers_epsilon(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    m, v = mean / (1 - beta_1**step), square / (1 - beta_2**step)
    return value - rate * m / (v**0.5 + 1e-8), mean, square


@planted.wrong(adam_of)
def forgets_epsilon(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    m, v = mean / (1 - beta_1**step), square / (1 - beta_2**step)
    return value - rate * m / np.sqrt(v), mean, square


@planted.wrong(adam_of)
def swaps_the_shares(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    mean = (1 - beta_1) * mean + beta_1 * gradient
    square = (1 - beta_2) * square + beta_2 * gradient**2
    m, v = mean / (1 - beta_1**step), square / (1 - beta_2**step)
    return value - rate * m / (v**0.5 + 1e-7), mean, square


@planted.wrong(adam_of)
def swaps_the_betas(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    return adam(value, gradient, mean, square, step, rate, beta_2, beta_1)


@planted.wrong(adam_of)
def averages_without_squaring(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * abs(gradient)
    m, v = mean / (1 - beta_1**step), square / (1 - beta_2**step)
    return value - rate * m / (v**0.5 + 1e-7), mean, square


@planted.wrong(adam_of)
def counts_steps_from_0(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    m, v = mean / (1 - beta_1 ** (step + 1)), square / (1 - beta_2 ** (step + 1))
    return value - rate * m / (v**0.5 + 1e-7), mean, square


@planted.wrong(adam_of)
def multiplies_by_the_step(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    m, v = mean / (1 - beta_1 * step), square / (1 - beta_2 * step)
    return value - rate * m / (abs(v) ** 0.5 + 1e-7), mean, square


@planted.wrong(adam_of)
def ignores_beta_2(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    return adam(value, gradient, mean, square, step, rate, beta_1, 0.999)


@planted.wrong(adam_of)
def moves_before_it_looks(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    m, v = mean / (1 - beta_1**step), square / (1 - beta_2**step)
    _, mean, square = adam(value, gradient, mean, square, step, rate, beta_1, beta_2)
    return value - rate * m / (v**0.5 + 1e-7), mean, square


@planted.wrong(adam_of)
def has_no_memory(value, gradient, mean, square, step, rate, beta_1, beta_2=0.999):
    return value - rate * gradient


def moved(gan, tape, d_loss, g_loss):
    """Both networks by one step along the gradients of these losses."""
    d_weights, g_weights = gan.discriminator.trainable_variables, gan.generator.trainable_variables
    d_way, g_way = tape.gradient(d_loss, d_weights), tape.gradient(g_loss, g_weights)
    gan.discriminator_optimizer.apply(d_way, d_weights)
    gan.generator_optimizer.apply(g_way, g_weights)
    return d_loss, g_loss


@planted.right(step_of)
def holds_two_tapes(gan, faces, z):
    g, d = gan.generator, gan.discriminator
    with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
        fakes = g(z, training=True)
        real_logits, fake_logits = d(faces, training=True), d(fakes, training=True)
        d_loss = discriminator_loss(real_logits, fake_logits)
        g_loss = generator_loss(fake_logits)
    g_way = g_tape.gradient(g_loss, g.trainable_variables)
    d_way = d_tape.gradient(d_loss, d.trainable_variables)
    gan.generator_optimizer.apply_gradients(zip(g_way, g.trainable_variables, strict=True))
    gan.discriminator_optimizer.apply_gradients(zip(d_way, d.trainable_variables, strict=True))
    return d_loss, g_loss


@planted.right(step_of)
def writes_the_losses_itself(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        fakes = gan.generator(z, training=True)
        real = gan.discriminator(faces, training=True)
        fake = gan.discriminator(fakes, training=True)
        d_loss = tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))
        g_loss = tf.reduce_mean(tf.nn.softplus(-fake))
    return moved(gan, tape, d_loss, g_loss)


@planted.right(step_of)
def asks_for_both_gradients_at_once(gan, faces, z):
    g, d = gan.generator, gan.discriminator
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    with tf.GradientTape(persistent=True) as tape:
        real, fake = d(faces, training=True), d(g(z, training=True), training=True)
        d_loss = entropy(tf.ones_like(real), real) + entropy(tf.zeros_like(fake), fake)
        g_loss = entropy(tf.ones_like(fake), fake)
    ways = [
        tape.gradient(loss, network.trainable_variables)
        for loss, network in ((d_loss, d), (g_loss, g))
    ]
    gan.discriminator_optimizer.apply(ways[0], d.trainable_variables)
    gan.generator_optimizer.apply(ways[1], g.trainable_variables)
    return d_loss, g_loss


def looks(gan, faces, z, g_mode=True, real_mode=True, fake_mode=True):
    fakes = gan.generator(z, training=g_mode)
    real = gan.discriminator(faces, training=real_mode)
    return real, gan.discriminator(fakes, training=fake_mode)


@planted.wrong(step_of)
def forgets_training(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        real, fake = looks(gan, faces, z, None, None, None)
        losses = discriminator_loss(real, fake), generator_loss(fake)
    return moved(gan, tape, *losses)


@planted.wrong(step_of)
def forgets_training_in_g(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        real, fake = looks(gan, faces, z, g_mode=False)
        losses = discriminator_loss(real, fake), generator_loss(fake)
    return moved(gan, tape, *losses)


@planted.wrong(step_of)
def forgets_training_for_fakes(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        real, fake = looks(gan, faces, z, fake_mode=False)
        losses = discriminator_loss(real, fake), generator_loss(fake)
    return moved(gan, tape, *losses)


@planted.wrong(step_of)
def mixes_both_kinds(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        both = tf.concat([faces, gan.generator(z, training=True)], 0)
        real, fake = tf.split(gan.discriminator(both, training=True), 2)
        losses = discriminator_loss(real, fake), generator_loss(fake)
    return moved(gan, tape, *losses)


@planted.wrong(step_of)
def swaps_labels(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        real, fake = looks(gan, faces, z)
        losses = discriminator_loss(fake, real), generator_loss(fake)
    return moved(gan, tape, *losses)


@planted.wrong(step_of)
def plays_minimax(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        real, fake = looks(gan, faces, z)
        losses = discriminator_loss(real, fake), -tf.reduce_mean(tf.nn.softplus(fake))
    return moved(gan, tape, *losses)


@planted.wrong(step_of)
def lets_g_follow_ds_loss(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        real, fake = looks(gan, faces, z)
        d_loss, g_loss = discriminator_loss(real, fake), generator_loss(fake)
    moved(gan, tape, d_loss, d_loss)
    return d_loss, g_loss


@planted.wrong(step_of)
def lets_d_move_first(gan, faces, z):
    d_weights, g_weights = gan.discriminator.trainable_variables, gan.generator.trainable_variables
    with tf.GradientTape() as tape:
        d_loss = discriminator_loss(*looks(gan, faces, z))
    gan.discriminator_optimizer.apply(tape.gradient(d_loss, d_weights), d_weights)
    with tf.GradientTape() as tape:
        fakes = gan.generator(z, training=True)
        g_loss = generator_loss(gan.discriminator(fakes, training=True))
    gan.generator_optimizer.apply(tape.gradient(g_loss, g_weights), g_weights)
    return d_loss, g_loss


@planted.wrong(step_of)
def runs_g_twice(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        real, fake = looks(gan, faces, z)
        again = gan.discriminator(gan.generator(z, training=True), training=True)
        losses = discriminator_loss(real, fake), generator_loss(again)
    return moved(gan, tape, *losses)


@planted.wrong(step_of)
def shares_one_optimizer(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        real, fake = looks(gan, faces, z)
        d_loss, g_loss = discriminator_loss(real, fake), generator_loss(fake)
    gan.generator_optimizer.learning_rate.assign(gan.discriminator_optimizer.learning_rate)
    return moved(gan, tape, d_loss, g_loss)


@planted.wrong(step_of)
def swaps_optimizers(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        real, fake = looks(gan, faces, z)
        d_loss, g_loss = discriminator_loss(real, fake), generator_loss(fake)
    d_weights, g_weights = gan.discriminator.trainable_variables, gan.generator.trainable_variables
    d_way, g_way = tape.gradient(d_loss, d_weights), tape.gradient(g_loss, g_weights)
    rates = [gan.discriminator_optimizer.learning_rate, gan.generator_optimizer.learning_rate]
    values = [float(rate) for rate in rates]
    for rate, value in zip(rates, values[::-1], strict=True):
        rate.assign(value)
    gan.discriminator_optimizer.apply(d_way, d_weights)
    gan.generator_optimizer.apply(g_way, g_weights)
    return d_loss, g_loss


@planted.wrong(step_of)
def leaves_g_alone(gan, faces, z):
    with tf.GradientTape() as tape:
        real, fake = looks(gan, faces, z)
        d_loss = discriminator_loss(real, fake)
    weights = gan.discriminator.trainable_variables
    gan.discriminator_optimizer.apply(tape.gradient(d_loss, weights), weights)
    return d_loss, generator_loss(fake)


@planted.wrong(step_of)
def leaves_d_alone(gan, faces, z):
    with tf.GradientTape() as tape:
        real, fake = looks(gan, faces, z)
        g_loss = generator_loss(fake)
    weights = gan.generator.trainable_variables
    gan.generator_optimizer.apply(tape.gradient(g_loss, weights), weights)
    return discriminator_loss(real, fake), g_loss


@planted.wrong(step_of)
def draws_its_own_noise(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        real, fake = looks(gan, faces, tf.random.uniform(z.shape, -1, 1, seed=1))
        losses = discriminator_loss(real, fake), generator_loss(fake)
    return moved(gan, tape, *losses)


@planted.wrong(step_of)
def gives_gs_loss_first(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        real, fake = looks(gan, faces, z)
        losses = discriminator_loss(real, fake), generator_loss(fake)
    return moved(gan, tape, *losses)[::-1]


@planted.wrong(step_of)
def halves_ds_loss(gan, faces, z):
    with tf.GradientTape(persistent=True) as tape:
        real, fake = looks(gan, faces, z)
        losses = discriminator_loss(real, fake) / 2, generator_loss(fake)
    return moved(gan, tape, *losses)


@planted.wrong(step_of)
def asks_the_library(gan, faces, z):
    measured = gan.train_step(faces)
    return measured["d_loss"], measured["g_loss"]


@planted.right(pictures_of)
def stretches_and_shifts(generator, noise):
    faces = generator(noise, training=False)
    return tf.cast(tf.clip_by_value(tf.round(faces * 127.5 + 127.5), 0, 255), tf.uint8).numpy()


@planted.right(pictures_of)
def cuts_the_fraction_off(generator, noise):
    return ((np.asarray(generator(noise, training=False)) + 1) * 127.5).astype(np.uint8)


@planted.right(pictures_of)
def goes_face_by_face(generator, noise):
    faces = [np.asarray(generator(z[None], training=False))[0] for z in noise]
    return np.array([np.interp(face, [-1, 1], [0, 255]).round() for face in faces], np.uint8)


@planted.right(pictures_of)
def leaves_the_mode_to_keras(generator, noise):
    return np.uint8(np.rint((generator.predict(noise, verbose=0) / 2 + 0.5) * 255))


@planted.wrong(pictures_of)
def trains(generator, noise):
    return ((np.asarray(generator(noise, training=True)) + 1) * 127.5).astype(np.uint8)


@planted.wrong(pictures_of)
def forgets_bytes(generator, noise):
    return np.round((np.asarray(generator(noise, training=False)) + 1) * 127.5)


@planted.wrong(pictures_of)
def takes_larger_integers(generator, noise):
    return np.round((np.asarray(generator(noise, training=False)) + 1) * 127.5).astype(int)


@planted.wrong(pictures_of)
def forgets_the_shift(generator, noise):
    return np.clip(np.asarray(generator(noise, training=False)) * 255, 0, 255).astype(np.uint8)


@planted.wrong(pictures_of)
def stretches_too_far(generator, noise):
    return ((np.asarray(generator(noise, training=False)) + 1) * 255).astype(np.uint8)


@planted.wrong(pictures_of)
def clips_what_is_too_far(generator, noise):
    faces = np.asarray(generator(noise, training=False))
    return np.clip((faces + 0.5) * 255, 0, 255).astype(np.uint8)


@planted.wrong(pictures_of)
def wraps_round_at_white(generator, noise):
    return ((np.asarray(generator(noise, training=False)) + 1) * 128).astype(int).astype(np.uint8)


@planted.wrong(pictures_of)
def converts_too_soon(generator, noise):
    return ((np.asarray(generator(noise, training=False)) + 1) / 2).astype(np.uint8) * 255


@planted.wrong(pictures_of)
def has_less_contrast(generator, noise):
    return (np.asarray(generator(noise, training=False)) * 100 + 127.5).astype(np.uint8)


@planted.wrong(pictures_of)
def stretches_each_to_its_ends(generator, noise):
    faces = np.asarray(generator(noise, training=False))
    low, high = faces.min(axis=(1, 2, 3), keepdims=True), faces.max(axis=(1, 2, 3), keepdims=True)
    return np.uint8((faces - low) / (high - low) * 255)


@planted.wrong(pictures_of)
def turns_colours_round(generator, noise):
    return cuts_the_fraction_off(generator, noise)[..., ::-1]


@planted.wrong(pictures_of)
def gives_negatives(generator, noise):
    return 255 - cuts_the_fraction_off(generator, noise)


@planted.wrong(pictures_of)
def makes_one_alone(generator, noise):
    return cuts_the_fraction_off(generator, noise[:1])


@planted.wrong(pictures_of)
def changes_the_noise(generator, noise):
    pictures = cuts_the_fraction_off(generator, noise)
    noise *= 0.5
    return pictures


@planted.right(experiment_of)
def lengthens_the_memory():
    return "beta_1", 0.9, "d_real", "lower"


@planted.right(experiment_of)
def gives_a_list():
    return ["discriminator_steps", 3, "g_loss", "higher"]


@planted.right(experiment_of)
def takes_another_activation():
    return ("discriminator_activation", "relu", "d_fake", "lower")


@planted.wrong(experiment_of)
def invents_a_setting():
    return "speed", 2, "d_loss", "lower"


@planted.wrong(experiment_of)
def changes_nothing():
    return "beta_1", 0.5, "d_loss", "lower"


@planted.wrong(experiment_of)
def changes_what_training_never_asks():
    return "sample_count", 4, "d_loss", "lower"


@planted.wrong(experiment_of)
def leaves_the_range():
    return "label_smoothing", 0.7, "d_real", "lower"


@planted.wrong(experiment_of)
def asks_for_another_figure():
    return "beta_1", 0.9, "fid", "lower"


@planted.wrong(experiment_of)
def foresees_nothing():
    return "beta_1", 0.9, "d_loss", "different"


@planted.wrong(experiment_of)
def says_no_figure():
    return "beta_1", 0.9


@planted.wrong(experiment_of)
def gives_a_text():
    return "beta_1 0.9 d_loss lower"


@planted.wrong(experiment_of)
def gives_no_value():
    return "learning_rate", None, "d_loss", "lower"


@pytest.fixture(scope="module")
def data(faces, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    shutil.copytree(faces, folder / "faces" / "orl-48")
    return folder


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    """The chapter with all of its probes; exercise 7.3's trains sixty updates."""
    return SolvedChapter("07", tmp_path_factory.mktemp("probes"), data)


@pytest.fixture(scope="module")
def chapter(data, tmp_path_factory):
    """The chapter, where exercise 7.3's probe asks its questions and trains nothing."""
    made = SolvedChapter("07", tmp_path_factory.mktemp("probes"), data)
    probe = made.probes[step_of]
    asked = probe.code.replace(TRAINED, "")
    assert asked != probe.code
    made.probes[step_of] = dataclasses.replace(probe, code=asked, bands=None)
    return made


class TestAnswers(PlantedTests):
    planted = planted


@pytest.mark.long
@pytest.mark.parametrize(
    "answer", [one for one in planted.right_ones if one.grade_id == step_of], ids=str
)
def test_what_a_right_step_trains_lies_within_the_bands(answer, whole):
    assert whole.mark(answer) == 1
