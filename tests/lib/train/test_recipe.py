"""What profile `best` adds to the paper's recipe: each lever does what its source says."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dcgan_lib.layers import in_plain_keras
from dcgan_lib.settings import get_settings
from dcgan_lib.train.checkpoints import list_checkpoints
from dcgan_lib.train.gan import learning_rate_in
from dcgan_lib.train.training import train
from tests.support.small_gan import FACES, small, values


def weights_and_state(gan):
    optimizers = (gan.generator_optimizer, gan.discriminator_optimizer)
    states = [variable.numpy() for one in optimizers for variable in one.variables]
    return [*values(gan), *states, gan.random.state.numpy()]


LEVERS = {
    "augment": "color,translation,cutout",
    "augment_target": 0.6,
    "gradient_penalty": 1.0,
    "penalty_every": 2,
    "batch_norm": "generator",
    "batch_deviation": True,
    "moving_average": 0.9,
    "average_warm_up": True,
}


def test_the_levers_survive_saving_bit_for_bit(tmp_path):
    gan = small(**LEVERS)
    for _ in range(3):
        gan.train_on_batch(FACES)
    gan.augment_strength.assign(0.5)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    assert float(loaded.augment_strength) == 0.5
    for model in (gan, loaded):
        model.train_on_batch(FACES)
    assert all(map(np.array_equal, weights_and_state(gan), weights_and_state(loaded)))
    assert float(gan.augment_strength) == float(loaded.augment_strength) != 0.5


def test_d_is_told_how_varied_a_batch_is():
    d = small(batch_deviation=True).discriminator
    told = keras.Model(d.input, d.get_layer("batch_deviation").output)
    alike, varied = told(np.repeat(FACES[:1], 8, axis=0)), told(FACES)
    assert np.ptp(varied[..., -1]) == 0
    assert float(alike[0, 0, 0, -1]) < float(varied[0, 0, 0, -1]) / 5


def test_the_penalty_is_paid_once_in_so_many_updates():
    gan = small(batch_norm="generator", gradient_penalty=2.0, penalty_every=3)
    paid = []
    for _ in range(6):
        paid.append(float(gan._penalty(tf.constant(FACES))) > 0)
        gan.train_on_batch(FACES)
    assert paid == [True, False, False] * 2


def test_an_average_that_warms_up_follows_g_closely_at_first():
    slow, warm = (small(moving_average=0.99, average_warm_up=on) for on in (False, True))
    for gan in (slow, warm):
        gan.train_on_batch(FACES)
    apart = [
        sum(
            np.abs(a - b).sum()
            for a, b in zip(values(g.averaged_generator), values(g.generator), strict=True)
        )
        for g in (slow, warm)
    ]
    assert apart[1] < apart[0] / 2


class StopAfterTheFirst(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = True


def state_on_disk(run):
    reader = tf.train.load_checkpoint(str(list_checkpoints(run)[-1] / "state"))
    names = [n for n in reader.get_variable_to_shape_map() if n != "_CHECKPOINTABLE_OBJECT_GRAPH"]
    return {name: reader.get_tensor(name) for name in names}


@pytest.mark.long
def test_a_run_with_every_lever_resumes_bit_for_bit(faces, tmp_path):
    recipe = get_settings("tiny", image_size=32, epochs=3, learning_rate_decay=1.0, **LEVERS)
    assert train(faces, tmp_path / "whole", recipe).epoch == 3
    broken_off = tmp_path / "broken_off"
    assert train(faces, broken_off, recipe, callbacks=[StopAfterTheFirst()]).epoch == 1
    assert train(faces, broken_off, recipe, resume=True).epoch == 3
    ours, theirs = state_on_disk(broken_off), state_on_disk(tmp_path / "whole")
    assert [name for name in theirs if not np.array_equal(ours[name], theirs[name])] == []
    assert sum("augment_strength" in name for name in theirs) == 1


def test_the_learning_rate_falls_over_the_last_share_of_the_epochs():
    recipe = get_settings("tiny", epochs=8, learning_rate=0.001, learning_rate_decay=0.5)
    rates = [1e3 * learning_rate_in(epoch, recipe) for epoch in range(8)]
    assert rates == pytest.approx([1, 1, 1, 1, 1, 0.75, 0.5, 0.25])
    constant = get_settings("tiny", epochs=8, learning_rate=0.001)
    assert {learning_rate_in(epoch, constant) for epoch in range(8)} == {0.001}


def test_a_generator_of_the_recipe_opens_with_keras_alone():
    generator = in_plain_keras(small(**LEVERS, generator_activation="leaky_relu").generator)
    kinds = {type(layer).__module__.partition(".")[0] for layer in generator.layers}
    assert kinds == {"keras"}
