"""The page's scripts, in Node, make Keras's faces and chapter 9's ways through z."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from dcgan_lib.generator import build_generator
from dcgan_lib.latent.concepts import arithmetic, move
from dcgan_lib.latent.walks import interpolate
from dcgan_lib.publish.engine import make_faces, seed_noise
from dcgan_lib.publish.packing import pack, unpack
from dcgan_lib.publish.stamps import fold_generator
from dcgan_lib.settings import get_settings
from dcgan_lib.train.sample import draw_noise, generate
from tests.support.publishing import VARIANTS, filled, run_node

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node isn't installed")
SEEDS = [0, 1, 5, 2**31, 2**32 - 1]


@pytest.fixture(scope="module", params=VARIANTS, ids=str)
def both(request, tmp_path_factory):
    """What Node answered for a variant of the course, and what it was asked about."""
    settings = get_settings("tiny", **request.param)
    generator = filled(build_generator(settings))
    z = draw_noise(3, settings.latent_dim, 1, settings.noise)
    directions = np.random.default_rng(2).normal(0, 0.3, (2, settings.latent_dim))
    asked = {
        "packed": pack(fold_generator(generator)),
        "z": z.tolist(),
        "seeds": SEEDS,
        "length": settings.latent_dim,
        "noise": settings.noise,
        "directions": directions.tolist(),
        "amounts": [2, -3],
    }
    answer = run_node(tmp_path_factory.mktemp("node"), **asked)
    return settings, generator, z, asked, answer


def test_faces_are_kerass_to_a_grey_level(both):
    settings, generator, z, asked, answer = both
    shape = (len(z), settings.image_size, settings.image_size, 4)
    faces = np.reshape(answer["faces"], shape)
    assert (faces[..., 3] == 255).all()
    off = np.abs(faces[..., :3] - generate(generator, z).astype(int))
    assert off.max() <= 1 and off.mean() < 0.02
    reference = make_faces(unpack(asked["packed"]), z)
    assert (faces[..., :3] != reference).mean() < 0.0005


def test_a_number_gives_the_same_z_in_python(both):
    settings, *_, answer = both
    z = [seed_noise(seed, settings.latent_dim, settings.noise) for seed in SEEDS]
    np.testing.assert_allclose(answer["drawn"], z, atol=1e-6)


def test_ways_through_z_are_chapter_nines(both):
    settings, _, z, asked, answer = both
    arc = interpolate(z[0], z[1], 5)[[0, 1, 2, 4]]
    np.testing.assert_allclose(answer["arcs"], arc, atol=1e-5)
    pushed = z[0] + np.asarray(asked["amounts"]) @ np.asarray(asked["directions"])
    total = z.mean(axis=0) - z[0] + z[1]
    if settings.noise == "uniform":  # kept in [-1, 1]
        pushed = move(z[0], np.asarray(asked["amounts"]) @ np.asarray(asked["directions"]), 1)
        total = arithmetic(z.mean(axis=0), z[0], z[1])
    np.testing.assert_allclose(answer["pushed"], pushed, atol=1e-5)
    np.testing.assert_allclose(answer["sum"], total, atol=1e-5)
