"""A style generator: modulation, styles, and three configurations that differ in one thing."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from dcgan_lib.beyond.style import (
    CONFIGURATIONS,
    build_style_generator,
    layer_roles,
    mix_styles,
    modulated_kernel,
    style_settings,
)
from dcgan_lib.beyond.style.modulation import ModulatedConvolution

SMALL = {"image_size": 32, "margin": 6, "most_channels": 8, "generator_width": 4}


def build(configuration, **changes):
    return build_style_generator(
        style_settings("tiny", configuration=configuration, **SMALL, **changes)
    )


@pytest.fixture(scope="module")
def generators():
    return {name: build(name) for name in CONFIGURATIONS}


@pytest.fixture(scope="module")
def z():
    return np.random.default_rng(3).standard_normal((3, 64)).astype(np.float32)


@pytest.mark.parametrize("demodulate", [True, False])
def test_one_convolution_for_all_does_what_a_kernel_for_each_does(demodulate):
    random = np.random.default_rng(0)
    maps, w = (random.normal(0, 1, shape).astype("f") for shape in ((2, 7, 7, 5), (2, 9)))
    layer = ModulatedConvolution(4, 3, demodulate=demodulate, seed=1, name="layer")
    together = layer(maps, w)
    styles = layer.to_style(w).numpy()
    for number in range(2):
        kernel = modulated_kernel(layer.kernel.numpy(), styles[number], demodulate)
        alone = tf.nn.conv2d(maps[number : number + 1], kernel * layer.scale, 1, "SAME")
        assert np.allclose(together[number], alone[0], atol=1e-4)


def test_demodulation_keeps_the_strength_of_noise():
    random = np.random.default_rng(0)
    maps = random.standard_normal((1, 40, 40, 16)).astype("f")
    kernel = modulated_kernel(random.normal(0, 3, (3, 3, 16, 8)), random.normal(1, 1, 16))
    assert np.std(tf.nn.conv2d(maps, kernel.astype("f"), 1, "VALID")) == pytest.approx(1, abs=0.1)


def test_plain_and_t_have_the_same_weights_and_r_has_smaller_kernels_alone(generators):
    plain, filtered, turned = (one.weights for one in generators.values())
    contrast = [w for w in plain if w.path.endswith("to_rgb/variable")]
    for a, b in zip(plain, filtered, strict=True):
        if a.shape != (1, 1, 4, 3):  # RGB's kernel brings each to the same contrast
            assert np.array_equal(a, b)
    changed = [(a.shape, c.shape) for a, c in zip(plain, turned, strict=True) if a.shape != c.shape]
    assert len(changed) == 6 and not contrast
    assert all(a[:2] == (3, 3) and c[:2] == (1, 1) and a[2:] == c[2:] for a, c in changed)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_faces_have_the_size_and_a_first_contrast(name, generators, z):
    faces = generators[name](z).numpy()
    assert faces.shape == (3, 32, 32, 3) and np.isfinite(faces).all()
    assert 0.1 < faces.std(axis=(1, 2)).mean() < 1


def test_the_same_seed_gives_the_same_generator(generators, z):
    assert np.array_equal(build("T")(z), generators["T"](z))
    assert not np.allclose(build("T", seed=1)(z), generators["T"](z), atol=0.1)


def test_truncation_leads_to_the_mean_face(generators, z):
    generator = generators["T"]
    mean, half, whole = (generator.styles(z, share).numpy() for share in (0, 0.5, 1))
    assert np.allclose(mean, mean[:1, :1], atol=1e-6)
    assert np.allclose(half, (mean + whole) / 2, atol=1e-5)


def test_mixing_takes_coarse_layers_from_one_and_fine_layers_from_the_other(generators, z):
    a, b = (generators["T"].styles(z[i : i + 1]) for i in range(2))
    mixed = mix_styles(a, b, 3).numpy()
    assert np.array_equal(mixed[:, :3], a[:, :3]) and np.array_equal(mixed[:, 3:], b[:, 3:])


def test_a_saved_generator_opens_with_the_same_faces(generators, z, tmp_path):
    generators["R"].save(tmp_path / "generator.keras")
    again = keras.saving.load_model(tmp_path / "generator.keras", compile=False)
    assert np.allclose(again(z), generators["R"](z), atol=1e-6)
    assert np.array_equal(again.mean_w, generators["R"].mean_w)


def test_roles_name_every_layer_and_an_untrained_source_poses_all_alike(generators, z):
    roles = layer_roles(generators["T"], z)
    assert list(roles.index[[0, 1, -1]]) == ["source", "convolution 1", "RGB"]
    assert (roles.loc["source"] < 1e-5).all() and (roles.iloc[1:] > 0.05).all(axis=None)


def test_the_pose_of_a_source_is_learnt_from_w(generators, z):
    generator = build("T")
    pose = generator.synthesis.get_layer("source").pose
    pose.bias.assign([0.0, 1.0, 0.0, 0.0])  # a quarter turn
    turned = generators["T"].synthesise(generator.styles(z), np.array([np.pi / 2, 0, 0]))
    assert np.allclose(generator(z), turned, atol=1e-4)
