"""One training step, by the equations, and what the settings switch."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dcgan_lib.losses import discriminator_loss, generator_loss
from dcgan_lib.settings import get_settings
from dcgan_lib.shared.errors import CourseError
from dcgan_lib.train.gan import DCGAN, LOSSES
from tests.support.small_gan import FACES, small, values


def test_a_step_equals_one_written_by_hand():
    gan, twin = small(), small()
    measured = gan.train_step(tf.constant(FACES))
    with tf.GradientTape(persistent=True) as tape:
        fakes = twin.generator(twin.noise(8), training=True)
        real_logits = twin.discriminator(FACES, training=True)
        fake_logits = twin.discriminator(fakes, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    gradients = {
        net.name: tape.gradient(loss, net.trainable_variables)
        for net, loss in ((twin.discriminator, d_loss), (twin.generator, g_loss))
    }
    for net in (twin.discriminator, twin.generator):
        optimizer = keras.optimizers.Adam(twin.settings.learning_rate, beta_1=0.5)
        optimizer.apply_gradients(zip(gradients[net.name], net.trainable_variables, strict=True))
    for ours, theirs in ((gan.generator, twin.generator), (gan.discriminator, twin.discriminator)):
        for a, b in zip(values(ours), values(theirs), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)
    assert float(measured["d_loss"]) == pytest.approx(float(d_loss), rel=1e-5)
    assert float(measured["d_fake"]) == pytest.approx(
        float(tf.reduce_mean(tf.sigmoid(fake_logits)))
    )


def weights_and_state(gan):
    optimizers = (gan.generator_optimizer, gan.discriminator_optimizer)
    states = [variable.numpy() for one in optimizers for variable in one.variables]
    return [*values(gan), *states, gan.random.state.numpy()]


def test_a_saved_model_is_loaded_by_keras_and_goes_on_as_if_nothing_had_been(tmp_path):
    gan = small(moving_average=0.9)
    gan.train_on_batch(FACES)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    assert loaded.settings == gan.settings
    for model in (gan, loaded):
        model.train_on_batch(FACES)
    pairs = list(zip(weights_and_state(gan), weights_and_state(loaded), strict=True))
    assert len(pairs) > 60
    assert all(np.array_equal(ours, theirs) for ours, theirs in pairs)


def test_optimizers_of_ones_own_are_saved_too(tmp_path):
    gan = small()
    gan.compile(keras.optimizers.RMSprop(0.01), keras.optimizers.SGD(0.02))
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    assert type(loaded.generator_optimizer) is keras.optimizers.RMSprop
    assert float(loaded.discriminator_optimizer.learning_rate) == pytest.approx(0.02)


def batches_by_hand():
    while True:
        yield (FACES,)


@pytest.mark.parametrize(
    "served",
    [
        FACES,
        tf.data.Dataset.from_tensors(FACES),
        tf.data.Dataset.from_tensors((FACES, np.zeros(8))),
        batches_by_hand(),
    ],
    ids=["array", "dataset", "dataset with labels", "generator"],
)
def test_fit_takes_what_keras_takes(served):
    history = small().fit(served, steps_per_epoch=1, verbose=0, shuffle=False).history
    assert set(LOSSES) <= set(history)


def test_labels_change_nothing():
    plain, labelled = small(), small()
    plain.train_on_batch(FACES)
    labelled.train_on_batch(FACES, np.arange(8))
    assert all(map(np.array_equal, weights_and_state(plain), weights_and_state(labelled)))


def test_validation_measures_other_faces_and_changes_nothing():
    plain, watched = small(), small()
    plain.fit(FACES, epochs=2, verbose=0, shuffle=False)
    options = {"epochs": 2, "verbose": 0, "shuffle": False}
    history = watched.fit(FACES, validation_data=FACES[::-1], **options).history
    assert {f"val_{name}" for name in LOSSES} <= set(history)
    assert np.isfinite(history["val_d_loss"]).all()
    assert all(map(np.array_equal, weights_and_state(plain), weights_and_state(watched)))


@pytest.mark.parametrize(
    ("faces", "received"),
    [
        (np.uint8((FACES + 1) * 127), r"uint8 from 0 to 25\d"),
        ((FACES + 1) / 2, r"float32 from \S+ to 1\."),
        ((FACES + 1) * 127.5, r"float32 from \S+ to 255\."),
    ],
    ids=["bytes", "0 to 1", "0 to 255"],
)
def test_faces_in_another_range_are_refused_before_anything_is_trained(faces, received):
    gan = small()
    before = values(gan)
    for train in (lambda: gan.fit(faces, verbose=0), lambda: gan.train_on_batch(faces)):
        with pytest.raises(CourseError, match=rf"Expected floats from -1 to 1.*{received}"):
            train()
    assert all(map(np.array_equal, before, values(gan)))


@pytest.mark.parametrize(
    "schedule",
    [
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 10),
        keras.callbacks.ReduceLROnPlateau(
            "d_loss", mode="min", factor=0.1, patience=1, min_delta=99
        ),
    ],
    ids=["scheduler", "plateau"],
)
def test_learning_rate_callbacks_move_both_networks(schedule):
    gan = small()
    gan.compile(keras.optimizers.Adam(0.001), keras.optimizers.Adam(0.004))
    gan.fit(FACES, epochs=3, verbose=0, callbacks=[schedule])
    rates = [o.learning_rate for o in (gan.generator_optimizer, gan.discriminator_optimizer)]
    assert float(rates[0]) < 0.0002
    assert float(rates[1] / rates[0]) == pytest.approx(4)


def test_a_learning_rate_schedule_may_be_given_to_each_network():
    gan = small()
    decay = keras.optimizers.schedules.ExponentialDecay(0.001, 1, 0.5)
    gan.compile(keras.optimizers.Adam(decay), keras.optimizers.Adam(decay))
    gan.fit(FACES, epochs=2, verbose=0)
    assert float(gan.discriminator_optimizer.learning_rate) == pytest.approx(0.00025)


def test_both_networks_learn_and_neither_is_frozen():
    gan = small()
    before = values(gan.generator), values(gan.discriminator)
    gan.train_step(tf.constant(FACES))
    for network, old in zip((gan.generator, gan.discriminator), before, strict=True):
        pairs = zip(network.weights, values(network), old, strict=True)
        assert all(not np.array_equal(now, then) for _, now, then in pairs)
        assert network.trainable


def test_fit_reports_the_four_means():
    history = (
        small().fit(tf.data.Dataset.from_tensors(FACES).repeat(3), verbose=0, shuffle=False).history
    )
    assert set(history) == set(LOSSES)
    assert 0 < history["d_real"][0] < 1


def test_d_learns_to_tell_noise_from_faces():
    faces = tf.data.Dataset.from_tensors(np.sign(FACES)).repeat(40)
    history = small().fit(faces, epochs=2, verbose=0, shuffle=False).history
    assert history["d_real"][-1] > 0.8 > 0.3 > history["d_fake"][-1]


def test_noise_is_uniform_in_minus_one_to_one():
    z = small().noise(2000).numpy()
    assert z.shape == (2000, 100)
    assert -1 <= z.min() < -0.999 and 0.999 < z.max() < 1
    assert z.std() == pytest.approx(1 / np.sqrt(3), rel=0.01)


def test_noise_may_be_normal():
    z = small(noise="normal").noise(2000).numpy()
    assert z.std() == pytest.approx(1, rel=0.01) and abs(z).max() > 3


def test_d_may_be_trained_twice_for_each_update_of_g():
    gan = small(discriminator_steps=2)
    gan.train_step(tf.constant(FACES))
    assert int(gan.discriminator_optimizer.iterations) == 2
    assert int(gan.generator_optimizer.iterations) == 1


def test_the_average_follows_g_slowly_with_its_statistics():
    gan = small(moving_average=0.9)
    average = values(gan.averaged_generator)
    for _ in range(2):
        gan.train_step(tf.constant(FACES))
        pairs = zip(average, values(gan.generator), strict=True)
        average = [0.9 * old + 0.1 * new for old, new in pairs]
    for ours, expected in zip(values(gan.averaged_generator), average, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-7)
    assert any("moving_variance" in w.path for w in gan.averaged_generator.weights)
    assert gan.best_generator is gan.averaged_generator


def test_without_an_average_g_itself_generates():
    gan = small()
    assert gan.averaged_generator is None
    assert gan.best_generator is gan.generator


ALL = "color,translation,cutout"


@pytest.mark.parametrize(
    ("precision", "augment"),
    [
        ("float32", ""),
        ("mixed_bfloat16", ALL),
        ("mixed_float16", ALL),
        pytest.param("float32", ALL, marks=pytest.mark.long),
        pytest.param("mixed_bfloat16", "", marks=pytest.mark.long),
        pytest.param("mixed_float16", "", marks=pytest.mark.long),
    ],
)
def test_every_precision_trains_with_and_without_augmentation(precision, augment):
    gan = small(precision=precision, augment=augment, moving_average=0.9)
    before = gan.generator.get_layer("up_16").kernel.numpy()
    history = gan.fit(
        tf.data.Dataset.from_tensors(FACES).repeat(2), verbose=0, shuffle=False
    ).history
    assert all(np.isfinite(value[0]) for value in history.values())
    assert not np.array_equal(before, gan.generator.get_layer("up_16").kernel.numpy())


def test_float16_losses_are_scaled():
    gan = small(precision="mixed_float16")
    assert isinstance(gan.generator_optimizer, keras.optimizers.LossScaleOptimizer)
    assert float(gan.discriminator_optimizer.scale_loss(1.0)) > 1000


def test_optimizers_can_be_given():
    gan = DCGAN(get_settings("tiny", image_size=32))
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.Adam(0.01, beta_1=0.9))
    assert isinstance(gan.generator_optimizer, keras.optimizers.SGD)
    assert float(gan.discriminator_optimizer.learning_rate) == pytest.approx(0.01)


def test_calling_the_model_generates_faces():
    gan = small()
    assert gan(np.zeros((2, 100), np.float32)).shape == (2, 32, 32, 3)
