"""What the tests of the page share: every kind of generator, and weights that it shows."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import keras
import numpy as np

from dcgan_lib import build_generator, get_settings

ENGINE = Path(__file__).parents[2] / "dcgan_lib/publish/page"
RUNNER = Path(__file__).with_name("run_engine.js")

VARIANTS = (
    {},
    {"pooling": True},
    {"batch_norm": "everywhere"},
    {"batch_norm": "none"},
    {"fully_connected": True},
    {"generator_activation": "leaky_relu", "leaky_slope": 0.3},
    {"output": "sigmoid"},
    {"noise": "normal", "latent_dim": 20},
    {"kernel_size": 3},
    {"kernel_size": 5},
    {"kernel_size": 7, "image_size": 32},
    {"image_size": 128},
    {"pooling": True, "kernel_size": 3, "image_size": 32},
    {
        "pooling": True,
        "kernel_size": 5,
        "fully_connected": True,
        "output": "sigmoid",
        "batch_norm": "everywhere",
    },
)


def filled(model: keras.Model, seed: int = 0) -> keras.Model:
    """Give every weight, and every moving statistic, a number that matters."""
    random = np.random.default_rng(seed)
    for weight in model.weights:
        shape = tuple(weight.shape)
        values = random.normal(0, np.prod(shape[:-1]) ** -0.5, shape)
        weight.assign(random.uniform(0.5, 1.5, shape) if len(shape) < 2 else values)
    return model


def make_run(folder: Path, **changes: Any) -> Path:
    """A run's folder as training leaves it, with G's weights drawn at large: its faces differ."""
    settings = get_settings("tiny", **changes)
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text(json.dumps(settings.to_dict()), "utf-8")
    split = {"train": [f"s{n}/1.png" for n in range(1, 41)], "held_out": []}
    (folder / "faces.json").write_text(json.dumps(split), "utf-8")
    filled(build_generator(settings)).save(folder / "generator.keras")
    return folder


def run_node(folder: Path, **values: Any) -> dict[str, Any]:
    """What the page's own scripts answer in Node; see run_engine.js for what they are asked."""
    (folder / "asked.json").write_text(json.dumps(values), "utf-8")
    line = ["node", RUNNER, ENGINE / "engine.js", ENGINE / "latent.js", folder / "asked.json"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout)
