"""A folded generator makes Keras's faces, in 32, 16 and 8 bits, for whatever a run can be."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

from dcgan_lib.generator import build_generator
from dcgan_lib.publish.engine import make_faces, seed_noise, up
from dcgan_lib.publish.packing import pack, unpack
from dcgan_lib.publish.stamps import fold_generator
from dcgan_lib.settings import get_settings
from dcgan_lib.shared.errors import CourseError
from dcgan_lib.train.sample import draw_noise, generate
from tests.support.publishing import VARIANTS, filled


@pytest.fixture(scope="module", params=VARIANTS, ids=str)
def run(request):
    """G of one of the course's variants with weights drawn at large, z, and Keras's faces."""
    settings = get_settings("tiny", **request.param)
    generator = filled(build_generator(settings))
    z = draw_noise(6, settings.latent_dim, 1, settings.noise)
    return generator, z, generate(generator, z)


def test_the_stamps_give_kerass_numbers(run):
    generator, z, _ = run
    maps = z[:, None, None]
    for stamp in fold_generator(generator):
        maps = up(stamp, maps)
    np.testing.assert_allclose(maps, generator(z, training=False), atol=2e-6)


def test_sixteen_bits_are_off_by_at_most_a_grey_level(run):
    generator, z, faces = run
    off = np.abs(make_faces(unpack(pack(fold_generator(generator), 16)), z) - faces.astype(int))
    assert off.max() <= 1 and off.mean() < 0.02


def test_eight_bits_are_hardly_seen(run):
    generator, z, faces = run
    off = np.abs(make_faces(unpack(pack(fold_generator(generator), 8)), z) - faces.astype(int))
    assert off.max() <= 12 and off.mean() < 0.8


def test_what_is_packed_is_json_and_half_as_long_in_eight_bits():
    stamps = fold_generator(filled(build_generator(get_settings("tiny"))))
    texts = {bits: json.dumps(pack(stamps, bits)) for bits in (16, 8)}
    weights = sum(stamp.kernel.size for stamp in stamps)
    assert len(texts[16]) < 2 * weights * 4 / 3 and len(texts[8]) < 0.65 * len(texts[16])


def test_a_loaded_generator_and_chapter_fours_own_are_known(tmp_path):
    layers = keras.layers
    own = keras.Sequential(
        [
            keras.Input((10,)),
            layers.Reshape((1, 1, 10)),
            layers.Conv2DTranspose(8, 4),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh"),
        ]
    )
    filled(own).save(tmp_path / "own.keras")
    z = draw_noise(5, 10, 0)
    faces = make_faces(fold_generator(keras.saving.load_model(tmp_path / "own.keras")), z)
    assert (faces != generate(own, z)).mean() < 0.001


def _network(*middle: keras.layers.Layer) -> keras.Model:
    z = keras.Input((10,))
    x = keras.layers.Conv2DTranspose(8, 4)(keras.layers.Reshape((1, 1, 10))(z))
    for layer in middle:
        x = layer(x)
    last = keras.layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh")
    return keras.Model(z, last(x))


@pytest.mark.parametrize(
    "layers",
    [
        lambda k: [k.PReLU(name="odd")],
        lambda k: [k.GaussianNoise(0.1, name="odd")],
        lambda k: [k.ReLU(), k.BatchNormalization(name="odd")],
        lambda k: [k.ReLU(max_value=6, name="odd")],
        lambda k: [k.Activation("gelu", name="odd")],
        lambda k: [k.Conv2D(8, 3, padding="same", name="odd")],
        lambda k: [k.UpSampling2D(2), k.ReLU(name="odd")],
        lambda k: [k.UpSampling2D(2, interpolation="bilinear", name="odd")],
        lambda k: [k.Conv2DTranspose(8, 3, dilation_rate=2, name="odd")],
        lambda k: [k.Conv2DTranspose(8, 1, strides=2, name="odd")],
        lambda k: [k.Rescaling(2.0, -1.0, name="odd")],
    ],
)
def test_a_layer_that_the_engine_does_not_know_is_named(layers):
    with pytest.raises(CourseError, match=r"doesn't know a layer.*Expected: .*Received: .*'odd'"):
        fold_generator(_network(*layers(keras.layers)))


def test_a_branch_is_named():
    z = keras.Input((10,))
    one = keras.layers.Conv2DTranspose(3, 4)(keras.layers.Reshape((1, 1, 10))(z))
    other = keras.layers.Add(name="branch")([one, one])
    with pytest.raises(CourseError, match="Add 'branch'"):
        fold_generator(keras.Model(z, other))


@pytest.mark.parametrize("end", ["sigmoid", "relu", "linear"])
def test_another_end_than_colours_from_minus_one_to_one_is_refused(end):
    z = keras.Input((10,))
    x = keras.layers.Reshape((1, 1, 10))(z)
    with pytest.raises(CourseError, match="three colours in \\[-1, 1\\] at its end"):
        fold_generator(keras.Model(z, keras.layers.Conv2DTranspose(3, 4, activation=end)(x)))


def test_other_bits_and_weights_too_large_are_refused():
    generator = filled(build_generator(get_settings("tiny")))
    stamps = fold_generator(generator)
    with pytest.raises(CourseError, match=r"Expected 16 or 8\. Received: 4"):
        pack(stamps, 4)
    stamps[0].kernel[0, 0, 0, 0] = 1e6
    with pytest.raises(CourseError, match=r"at most 65,504. Received: 1e\+06.*--bits 8"):
        pack(stamps, 16)
    assert np.isclose(unpack(pack(stamps, 8))[0].kernel[0, 0, 0, 0], 1e6)


def test_a_number_has_always_the_same_z_spread_as_in_training():
    first = [0.37954983, 0.54548657, -0.560474]  # of mulberry32 with the seed 5
    assert np.allclose(seed_noise(5, 3), first)
    z = np.stack([seed_noise(seed, 100) for seed in range(0, 2**32, 2**25)])
    assert z.min() >= -1 and z.max() < 1 and abs(z.mean()) < 0.02
    assert abs(z.std() - 3**-0.5) < 0.01
    normal = seed_noise(2**32 - 1, 4000, "normal")
    assert abs(normal.mean()) < 0.05 and abs(normal.std() - 1) < 0.05
