"""What a machine has, and which precision it trains in."""

import numpy as np
import pytest
import tensorflow as tf

from dcgan_lib import machine
from dcgan_lib.generator import build_generator
from dcgan_lib.machine import best_precision, for_this_machine
from dcgan_lib.settings import get_settings


@pytest.fixture
def gpus(monkeypatch):
    """A machine with graphics cards of these compute capabilities."""

    def install(*capabilities):
        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: list(capabilities))
        monkeypatch.setattr(
            tf.config.experimental,
            "get_device_details",
            lambda gpu: {"compute_capability": gpu} if gpu else {},
        )

    return install


@pytest.mark.parametrize(
    ("capabilities", "precision"),
    [
        ([(7, 5)], "mixed_float16"),  # a T4, Colab's free GPU
        ([(8, 0)], "mixed_bfloat16"),  # an A100
        ([(8, 9), (7, 0)], "mixed_float16"),  # the oldest of several decides
        ([(6, 1)], "float32"),
        ([None], "float32"),  # not NVIDIA's
    ],
    ids=str,
)
def test_a_gpu_trains_in_the_half_precision_that_it_has(gpus, capabilities, precision):
    gpus(*capabilities)
    assert best_precision() == precision


@pytest.mark.parametrize(
    ("features", "precision"),
    [("sse4_2 avx2 avx512f", "float32"), ("avx512f avx512_bf16", "mixed_bfloat16")],
)
def test_a_processor_needs_instructions_for_bfloat16(gpus, monkeypatch, features, precision):
    gpus()
    monkeypatch.setattr(machine, "_of_processor", lambda field: features)
    assert best_precision() == precision


def test_auto_becomes_what_this_machine_does_best_and_the_rest_stays():
    settings = get_settings("gpu", image_size=32, generator_width=4)
    assert settings.precision == "auto"
    chosen = for_this_machine(settings)
    assert chosen.precision == best_precision()
    assert chosen.to_dict() | {"precision": "auto"} == settings.to_dict()
    assert for_this_machine(get_settings("tiny")) == get_settings("tiny")
    faces = build_generator(settings)(np.zeros((2, 100), np.float32), training=False)
    assert faces.dtype == tf.float32
