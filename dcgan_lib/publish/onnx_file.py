"""A run's generator for other programs: an ONNX file (chapter 11)."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

from dcgan_lib.shared import CourseError, atomic_path
from dcgan_lib.train import load_generator


def write_onnx(run: str | Path, out: str | Path) -> None:
    """Write a run's generator as ONNX: z (batch, latent_dim) → faces (batch, side, side, 3).

    Keras writes it, through tf2onnx; faces are float32 in [-1, 1], as the generator makes them.

    Args:
        run: folder of the run.
        out: the file, ending in ``.onnx``.

    Raises:
        CourseError: no such run, another ending, or an environment without tf2onnx.
        OSError: the file can't be written.
    """
    if Path(out).suffix != ".onnx":
        raise CourseError(
            "This ONNX file can't be written. Expected a name that ends in .onnx. Received: "
            f"{Path(out).name}. Choose another name."
        )
    if importlib.util.find_spec("tf2onnx") is None:
        raise CourseError(
            "An ONNX file can't be written here. Expected the packages of the extra onnx. "
            'Received: an environment without tf2onnx. Run: pip install "dcgan-lib[onnx]"'
        )
    generator = load_generator(run)
    generator(np.zeros((1, generator.input_shape[1]), np.float32), training=False)  # Keras asks
    with atomic_path(out) as path:
        generator.export(path, format="onnx", verbose=False)
